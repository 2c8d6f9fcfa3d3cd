//! The book of plans: all plans of a workspace, compiled once for a run.

use std::collections::BTreeMap;

use super::check::{check_plan, check_table};
use super::compiled::{CompiledComponent, CompiledPlan, compile_plan, tables_of};
use super::draft::Window;
use super::membership::PersonalTables;
use super::names::kind_name;
use super::table::CompiledTable;
use super::timeline::Timeline;
use crate::credit::{Credit, CreditStatus};
use crate::definition::calendar::IntervalKind;
use crate::definition::{DefinitionSet, Participant};
use crate::ids::{ParticipantId, PlanId};
use crate::plan::{Basis, Phase, Plan};
use crate::refusal::{Reason, Refusal, RowError};
use crate::time::{Date, DateRange};

/// All plans of a workspace, compiled.
#[derive(Clone, Debug, Default)]
pub struct PlanBook {
    timeline: Timeline,
    plans: BTreeMap<PlanId, CompiledPlan>,
    /// Of those who have some, by the number of the assignment.
    personal: BTreeMap<ParticipantId, Vec<PersonalTables>>,
}

impl PlanBook {
    /// Compiles all plans of a set of definitions.
    ///
    /// # Errors
    /// Everything that is wrong with the plans and with personal rate tables: the field from the
    /// plan's root, the plan's name in the text.
    pub fn compile(set: &DefinitionSet) -> Result<Self, Vec<Refusal>> {
        let mut refusals = Vec::new();
        let mut plans = BTreeMap::new();
        if set.settings.is_none() && !set.plans.is_empty() {
            let text = "plans cannot be calculated without settings";
            refusals.push(Refusal::new(Reason::MissingValue, text).at("settings"));
        }
        for versioned in set.plans.values() {
            let wrong = check_plan(&versioned.plan, set);
            if !wrong.is_empty() {
                refusals.extend(wrong);
                continue;
            }
            match compile_plan(&versioned.plan, versioned.version, set) {
                Ok(plan) => {
                    plans.insert(plan.id.clone(), plan);
                }
                Err(wrong) => refusals.extend(wrong),
            }
        }
        refusals.extend(set.participants.values().flat_map(wrong_tables));
        if !refusals.is_empty() {
            return Err(refusals);
        }
        Ok(Self {
            timeline: Timeline::new(&set.calendar),
            plans,
            personal: personal_tables(set),
        })
    }

    /// Whether a credit counts for anything.
    #[must_use]
    pub fn eligibility(&self, set: &DefinitionSet, credit: &Credit) -> CreditStatus {
        if !credit.calculates {
            return CreditStatus::Credited;
        }
        let date = credit.credit_date;
        let participant = set.participants.get(&credit.participant);
        let assigned = participant.into_iter().flat_map(|participant| {
            let assignments = participant.assignments.iter();
            assignments.filter(move |assignment| assignment.effective.contains(date))
        });
        let mut plans = assigned.filter_map(|assignment| self.plans.get(&assignment.plan));
        let mut names: Vec<&str> = Vec::new();
        if plans.any(|plan| {
            names.push(plan.id.as_str());
            plan.components
                .iter()
                .any(|component| counts(component, credit))
        }) {
            return CreditStatus::Eligible;
        }
        CreditStatus::Error(unmatched(credit, &names))
    }

    /// Whether any formula or table needs more of a transaction than its credits carry.
    #[must_use]
    pub fn reads_transactions(&self) -> bool {
        self.components().any(CompiledComponent::reads_transactions)
    }

    /// Whether any plan has components that are earned once for an interval.
    #[must_use]
    pub fn has_intervals(&self) -> bool {
        self.components()
            .any(|one| matches!(one.basis, Basis::PerInterval { .. }))
    }

    /// Whether any plan has components of a phase.
    #[must_use]
    pub fn has_phase(&self, phase: Phase) -> bool {
        self.components().any(|component| component.phase == phase)
    }

    /// The dates of the credits that are needed to calculate a window: from the start of the
    /// longest interval that any calculated interval adds up over.
    #[must_use]
    pub fn span(&self, _set: &DefinitionSet, window: Window) -> DateRange {
        let Some(end) = window.through.succ_opt() else {
            return DateRange::between(window.from, window.through);
        };
        let wanted = DateRange::between(window.from, end);
        let Some((first, _)) = self.timeline.numbers_in(wanted) else {
            return DateRange::between(end, end);
        };
        let start_of = |kind: IntervalKind, period: usize| self.timeline.span(kind, period);
        let starts = self.components().flat_map(|component| {
            let own = start_of(component.interval, first);
            let measures = component.measures.iter().map(move |measure| measure.kind);
            measures
                .map(move |kind| start_of(kind, own.first).interval.start)
                .chain([own.interval.start])
        });
        DateRange::between(starts.min().unwrap_or(window.from), end)
    }

    /// The dates in which something may have been earned for the intervals of a window: those of
    /// [`Self::span`], up to the end of the intervals. What counts in the window now may have
    /// counted in a later period of its interval before.
    #[must_use]
    pub fn reach(&self, set: &DefinitionSet, window: Window) -> DateRange {
        let span = self.span(set, window);
        let Some((_, last)) = self.timeline.numbers_in(span) else {
            return span;
        };
        let ends = self
            .components()
            .map(|component| self.timeline.span(component.interval, last).interval.end);
        DateRange {
            from: span.from,
            to: ends.chain(span.to).max(),
        }
    }

    fn components(&self) -> impl Iterator<Item = &CompiledComponent> {
        self.plans.values().flat_map(|plan| &plan.components)
    }

    pub(super) fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The plans of a participant, each once, whatever the dates.
    pub(super) fn plans_of(&self, participant: &Participant) -> Vec<&CompiledPlan> {
        let mut plans: Vec<&CompiledPlan> = Vec::new();
        for assignment in &participant.assignments {
            let known = plans.iter().any(|plan| plan.id == assignment.plan);
            plans.extend(self.plans.get(&assignment.plan).filter(|_| !known));
        }
        plans
    }

    /// The rate tables of one assignment, by component.
    pub(super) fn personal_tables(
        &self,
        participant: &Participant,
        assignment: usize,
    ) -> &[Vec<CompiledTable>] {
        let tables = self
            .personal
            .get(&participant.id)
            .and_then(|all| all.get(assignment));
        tables.map_or(&[], Vec::as_slice)
    }
}

fn counts(component: &CompiledComponent, credit: &Credit) -> bool {
    let date: Date = credit.credit_date;
    component.effective.contains(date)
        && component.wants(credit.kind)
        && component
            .measures
            .iter()
            .any(|measure| measure.counts(credit))
}

fn unmatched(credit: &Credit, plans: &[&str]) -> RowError {
    let who = &credit.participant;
    if plans.is_empty() {
        let text = format!("`{who}` has no plan on {}", credit.credit_date);
        return RowError::new(Reason::NoPlan, text);
    }
    let (kind, plans) = (kind_name(credit.kind), plans.join("`, `"));
    let category = credit.category.as_ref();
    let what = category.map_or("no category".to_owned(), |c| format!("category `{c}`"));
    let text = format!("no measure of plan `{plans}` counts a {kind} credit of {what}");
    RowError::new(Reason::NoMatchingMeasure, text)
}

/// What is wrong with personal rate tables; fields from the participant's root.
fn wrong_tables(participant: &Participant) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for (number, assignment) in participant.assignments.iter().enumerate() {
        for (id, table) in &assignment.rate_tables {
            let outer = format!("assignments[{number}].rate_tables.{id}");
            for refusal in check_table(table) {
                let text = format!("participant `{}`: {}", participant.id, refusal.text);
                refusals.push(Refusal { text, ..refusal }.inside(&outer));
            }
        }
    }
    refusals
}

fn personal_tables(set: &DefinitionSet) -> BTreeMap<ParticipantId, Vec<PersonalTables>> {
    let with_tables = set.participants.values().filter(|participant| {
        participant
            .assignments
            .iter()
            .any(|assignment| !assignment.rate_tables.is_empty())
    });
    with_tables
        .map(|participant| {
            let assignments = participant.assignments.iter();
            let tables = assignments.map(|assignment| {
                let plan: Option<&Plan> = set.plans.get(&assignment.plan).map(|v| &v.plan);
                let Some(plan) = plan else { return Vec::new() };
                let of =
                    |component| tables_of(component, plan, set, assignment.rate_tables.values());
                plan.components.iter().map(of).collect()
            });
            (participant.id.clone(), tables.collect())
        })
        .collect()
}
