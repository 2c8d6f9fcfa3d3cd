//! Folds one participant's credits, in their order, into drafts of earnings.

use super::book::PlanBook;
use super::component::ComponentState;
use super::draft::{CreditInput, EarningDraft, ReportEarning, Window};
use super::membership::{Assigned, Membership, Scene};
use crate::definition::{DefinitionSet, Participant};
use crate::plan::Phase;
use crate::time::Date;

/// One plan of the participant at work.
#[derive(Clone, Debug)]
struct Unit<'a> {
    membership: Membership<'a>,
    components: Vec<ComponentState<'a>>,
}

/// The calculation of one participant, credit by credit: memory does not grow with their number.
#[derive(Clone, Debug)]
pub struct ParticipantFold<'a> {
    scene: Option<Scene<'a>>,
    units: Vec<Unit<'a>>,
    /// First-phase earnings of reports, with the number of their period.
    reports: Vec<(usize, ReportEarning)>,
    /// The numbers of the first and last period, and of the one at work.
    first: usize,
    last: usize,
    period: Option<usize>,
}

impl<'a> ParticipantFold<'a> {
    /// Starts with the first date that [`PlanBook::span`] names. `reports` are what a second phase
    /// may use: first-phase earnings of those below the participant in the same dates.
    #[must_use]
    pub fn begin(
        book: &'a PlanBook,
        set: &'a DefinitionSet,
        participant: &'a Participant,
        window: Window,
        phase: Phase,
        reports: &[ReportEarning],
    ) -> Self {
        let units = units(book, participant, phase);
        let timeline = book.timeline();
        let scene = set.settings.as_ref().map(|settings| Scene {
            timeline,
            participant,
            window,
            currency: settings.operating_currency,
            rounding: settings.rounding,
            lanes: true,
        });
        let span = timeline.numbers_in(book.span(set, window));
        let numbered = |report: &ReportEarning| {
            let number = timeline.number_of(&report.period)?;
            Some((number, report.clone()))
        };
        Self {
            scene: scene.filter(|_| span.is_some() && !units.is_empty()),
            units,
            reports: reports.iter().filter_map(numbered).collect(),
            first: span.map_or(0, |(first, _)| first),
            last: span.map_or(0, |(_, last)| last),
            period: None,
        }
    }

    /// Without the fast lane, to compare with.
    #[cfg(test)]
    pub(super) fn in_decimals(mut self) -> Self {
        if let Some(scene) = &mut self.scene {
            scene.lanes = false;
        }
        self
    }

    /// Adds one credit. Credits come in the order of [`crate::credit::CreditPosition`]; obsolete
    /// ones, those that are not to be calculated and those outside of the dates do not count.
    pub fn credit(&mut self, input: &CreditInput<'_>, out: &mut Vec<EarningDraft>) {
        let credit = input.credit;
        let Some(scene) = self.scene else { return };
        if !credit.calculates
            || credit.obsolete.is_some()
            || credit.credit_date > scene.window.through
        {
            return;
        }
        if !self.reach(&scene, credit.credit_date, out) {
            return;
        }
        for unit in &mut self.units {
            if !unit.membership.is_assigned(credit.credit_date) {
                continue;
            }
            for component in &mut unit.components {
                component.credit(&scene, &unit.membership, *input, out);
            }
        }
    }

    /// Ends the intervals that the window covers.
    pub fn finish(mut self, out: &mut Vec<EarningDraft>) {
        let Some(scene) = self.scene else {
            return;
        };
        self.enter(&scene, self.last, out);
        self.close(&scene, out);
    }

    /// Ends the periods before a date and enters the one that holds it. False for a date that
    /// lies in no period, or before the one at work.
    fn reach(&mut self, scene: &Scene<'a>, date: Date, out: &mut Vec<EarningDraft>) -> bool {
        if let Some(period) = self.period
            && scene.timeline.period(period).range().contains(date)
        {
            return true;
        }
        match scene.timeline.number_at(date) {
            Some(number) if number >= self.period.unwrap_or(self.first) => {
                self.enter(scene, number, out);
                true
            }
            Some(_) | None => false,
        }
    }

    /// Ends the periods before the one of a number and enters it.
    fn enter(&mut self, scene: &Scene<'a>, number: usize, out: &mut Vec<EarningDraft>) {
        let next = self.period.map_or(self.first, |period| period + 1);
        for next in next..=number {
            if self.period.is_some() {
                self.close(scene, out);
            }
            self.period = Some(next);
            for unit in &mut self.units {
                for component in &mut unit.components {
                    component.enter(scene, &unit.membership, next);
                }
            }
        }
    }

    fn close(&mut self, scene: &Scene<'a>, out: &mut Vec<EarningDraft>) {
        let Some(period) = self.period else { return };
        let last_date = scene.timeline.period(period).last_date();
        let in_period = self.reports.iter().filter(|(number, _)| *number == period);
        let reports: Vec<&ReportEarning> = in_period.map(|(_, report)| report).collect();
        for unit in &mut self.units {
            let reports = if unit.membership.is_assigned(last_date) {
                &reports[..]
            } else {
                &[]
            };
            for component in &mut unit.components {
                component.report(&unit.membership, reports);
                component.close(scene, &unit.membership, out);
            }
        }
    }
}

/// The participant's plans that have components of the phase.
fn units<'a>(book: &'a PlanBook, participant: &'a Participant, phase: Phase) -> Vec<Unit<'a>> {
    let mut units: Vec<Unit<'a>> = Vec::new();
    for plan in book.plans_of(participant) {
        let components: Vec<ComponentState<'a>> = plan
            .components
            .iter()
            .enumerate()
            .filter(|(_, component)| component.phase == phase)
            .map(|(number, component)| ComponentState::new(component, number))
            .collect();
        if components.is_empty() {
            continue;
        }
        let assigned = participant
            .assignments
            .iter()
            .enumerate()
            .filter(|(_, assignment)| assignment.plan == plan.id)
            .map(|(number, assignment)| Assigned {
                assignment,
                tables: book.personal_tables(participant, number),
            })
            .collect();
        let membership = Membership::new(plan, assigned, participant);
        units.push(Unit {
            membership,
            components,
        });
    }
    units
}
