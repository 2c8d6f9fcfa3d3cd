//! One component at work for one participant: adds up its measures and makes drafts of earnings.

use rust_decimal::Decimal;

use super::accrual::Accrued;
use super::compiled::{CompiledComponent, CompiledSource, CompiledValue};
use super::curve::overflow;
use super::draft::{CreditInput, EarningDraft, ReportEarning};
use super::earn::{Earned, Limits};
use super::membership::{Membership, Scene};
use super::names::Facts;
use super::plain::Plain;
use super::rater::Rater;
use crate::definition::calendar::IntervalKind;
use crate::earning::{EarningKey, EarningOutcome, MeasureTrace, Trace};
use crate::ids::IntervalId;
use crate::money::{Money, add, subtract};
use crate::plan::{Basis, ReportDepth};
use crate::refusal::RowError;
use crate::time::{Date, DateRange};

/// What one measure has come to.
#[derive(Clone, Debug)]
pub(super) struct Running {
    /// The number of its interval; none before the first.
    pub(super) span: Option<usize>,
    pub(super) total: Decimal,
    /// The part of the total that came in the component's interval.
    in_interval: Decimal,
    goal: Option<Decimal>,
}

/// A component at work.
#[derive(Clone, Debug)]
pub(super) struct ComponentState<'a> {
    pub(super) component: &'a CompiledComponent,
    /// Its number in the plan.
    pub(super) number: usize,
    pub(super) measures: Vec<Running>,
    /// The number of its interval; none before the first.
    span: Option<usize>,
    pub(super) period: usize,
    pub(super) limits: Option<Limits>,
    pub(super) accrued: Accrued,
    pub(super) rater: Rater<'a>,
    /// The walk in whole numbers, where that is enough. The fields above stand still meanwhile.
    pub(super) plain: Option<Box<Plain<'a>>>,
    /// Why nothing can be earned in the interval.
    pub(super) broken: Option<RowError>,
    values: Vec<Decimal>,
}

impl<'a> ComponentState<'a> {
    pub(super) fn new(component: &'a CompiledComponent, number: usize) -> Self {
        let nothing = Running {
            span: None,
            total: Decimal::ZERO,
            in_interval: Decimal::ZERO,
            goal: None,
        };
        Self {
            component,
            number,
            measures: vec![nothing; component.measures.len()],
            span: None,
            period: 0,
            limits: None,
            accrued: Accrued::default(),
            rater: Rater::default(),
            plain: None,
            broken: None,
            values: Vec::with_capacity(component.measures.len()),
        }
    }

    /// Goes on to a period, and to new intervals where they begin.
    pub(super) fn enter(&mut self, scene: &Scene<'a>, membership: &Membership<'a>, period: usize) {
        self.period = period;
        let timeline = scene.timeline;
        let span = timeline.span_number(self.component.interval, period);
        let is_new = self.span != Some(span);
        if is_new {
            self.span = Some(span);
            self.limits = None;
            self.accrued = Accrued::default();
            self.rater.clear();
            self.broken = None;
        }
        for (running, measure) in self.measures.iter_mut().zip(&self.component.measures) {
            let number = timeline.span_number(measure.kind, period);
            if running.span != Some(number) {
                running.span = Some(number);
                running.total = Decimal::ZERO;
                running.in_interval = Decimal::ZERO;
                let span = timeline.span(measure.kind, period);
                match membership.goal(measure, timeline, span) {
                    Ok(goal) => running.goal = goal,
                    Err(error) => self.broken = Some(overflow(error)),
                }
            }
            if is_new {
                running.in_interval = Decimal::ZERO;
            }
        }
        if is_new {
            let plain = self
                .broken
                .is_none()
                .then(|| Plain::start(scene, membership, self));
            self.plain = plain.flatten().map(Box::new);
        }
    }

    /// Sets the total of the first measure, all of it in the interval.
    pub(super) fn set_total(&mut self, total: Decimal) {
        if let Some(running) = self.measures.first_mut() {
            (running.total, running.in_interval) = (total, total);
        }
    }

    /// Adds one credit, and makes its draft if the component is per event.
    pub(super) fn credit(
        &mut self,
        scene: &Scene<'a>,
        membership: &Membership<'a>,
        input: CreditInput<'_>,
        out: &mut Vec<EarningDraft>,
    ) {
        let credit = input.credit;
        let component = self.component;
        if !component.wants(credit.kind) || self.plain_credit(scene, membership, input, out) {
            return;
        }
        let counted = component
            .measures
            .first()
            .is_some_and(|measure| measure.counts(credit));
        let facts = Facts {
            date: credit.credit_date,
            credit: Some(input),
            participant: scene.participant,
            factors: &membership.plan.factors,
            measures: &[],
            rate: None,
            commission: None,
            target: None,
        };
        let problem = self.read_values(&facts);
        match component.basis {
            Basis::PerInterval { .. } => {
                let problem = self.add_values().err().or(problem);
                if let Some(error) = problem {
                    let text = format!("{}: {}", credit.key, error.text);
                    self.broken.get_or_insert(RowError::new(error.reason, text));
                }
            }
            Basis::PerEvent { running_total } => {
                let traces = self.traces(running_total);
                let problem = self.add_values().err().or(problem);
                let span = scene.timeline.span(component.interval, self.period);
                let is_due =
                    component.effective.contains(credit.credit_date) && scene.is_wanted(span);
                if !is_due || !counted && problem.is_none() {
                    return;
                }
                let facts = Facts {
                    measures: &traces,
                    ..facts
                };
                let earned = match problem.or_else(|| self.broken.clone()) {
                    Some(error) => Err(error),
                    None => self.earn(scene, membership, &facts, None),
                };
                let place = Place {
                    interval: span.interval.id.clone(),
                    period: self.period,
                    date: credit.credit_date,
                };
                out.push(self.draft(scene, membership, place, Some(input), traces, earned));
            }
        }
    }

    /// What each measure makes of the credit; the error of the first that cannot be computed,
    /// which then counts as nothing.
    fn read_values(&mut self, facts: &Facts<'_>) -> Option<RowError> {
        self.values.clear();
        let CreditInput { credit, .. } = facts.credit?;
        let mut problem = None;
        for measure in &self.component.measures {
            let value = match &measure.source {
                CompiledSource::Credits { value, .. } if measure.counts(credit) => match value {
                    CompiledValue::Amount => credit.amount.amount,
                    CompiledValue::Quantity => credit.quantity,
                    CompiledValue::Program(program) => match program.evaluate(facts) {
                        Ok(value) => value,
                        Err(error) => {
                            let text = format!("measure `{}`: {}", measure.id, error.text);
                            problem.get_or_insert(RowError::new(error.reason, text));
                            Decimal::ZERO
                        }
                    },
                },
                CompiledSource::Credits { .. } | CompiledSource::ReportEarnings { .. } => {
                    Decimal::ZERO
                }
            };
            self.values.push(value);
        }
        problem
    }

    fn add_values(&mut self) -> Result<(), RowError> {
        for (running, value) in self.measures.iter_mut().zip(&self.values) {
            let total = add(running.total, *value).map_err(overflow)?;
            running.in_interval = add(running.in_interval, *value).map_err(overflow)?;
            running.total = total;
        }
        Ok(())
    }

    /// What the measures are around the credit whose values were read.
    fn traces(&self, running_total: bool) -> Vec<MeasureTrace> {
        let alone =
            |number| !running_total && (number == 0 || self.component.input == Some(number));
        let measures = self
            .measures
            .iter()
            .zip(&self.component.measures)
            .zip(&self.values);
        measures
            .enumerate()
            .map(|(number, ((running, measure), value))| {
                let before = if alone(number) {
                    Decimal::ZERO
                } else {
                    running.total
                };
                MeasureTrace {
                    measure: measure.id.clone(),
                    value: *value,
                    before,
                    after: before.checked_add(*value).unwrap_or(before),
                    goal: running.goal,
                }
            })
            .collect()
    }

    /// What the measures are in the interval so far.
    pub(super) fn interval_traces(&self) -> Vec<MeasureTrace> {
        let measures = self.measures.iter().zip(&self.component.measures);
        measures
            .map(|(running, measure)| MeasureTrace {
                measure: measure.id.clone(),
                value: running.in_interval,
                before: subtract(running.total, running.in_interval).unwrap_or_default(),
                after: running.total,
                goal: running.goal,
            })
            .collect()
    }

    /// Adds what reports have earned in the period that ends.
    pub(super) fn report(&mut self, membership: &Membership<'a>, reports: &[&ReportEarning]) {
        for (running, measure) in self.measures.iter_mut().zip(&self.component.measures) {
            let CompiledSource::ReportEarnings { components, depth } = &measure.source else {
                continue;
            };
            for report in reports {
                let is_wanted = components.is_empty()
                    || components.iter().any(|(plan, component)| {
                        *plan == report.plan && *component == report.component
                    });
                let is_near = *depth == ReportDepth::All || report.depth == ReportDepth::Direct;
                if !is_wanted || !is_near {
                    continue;
                }
                let amount = report.amount.amount;
                match (add(running.total, amount), add(running.in_interval, amount)) {
                    (Ok(total), Ok(in_interval)) => {
                        (running.total, running.in_interval) = (total, in_interval);
                    }
                    (Err(error), _) | (_, Err(error)) => {
                        let text = format!("plan `{}`: {error}", membership.plan.id);
                        self.broken = Some(RowError::new(overflow(error).reason, text));
                    }
                }
            }
        }
    }

    /// Ends the period: makes the draft of a per-interval component that is due.
    pub(super) fn close(
        &mut self,
        scene: &Scene<'a>,
        membership: &Membership<'a>,
        out: &mut Vec<EarningDraft>,
    ) {
        let Basis::PerInterval { true_up } = self.component.basis else {
            return;
        };
        let span = scene.timeline.span(self.component.interval, self.period);
        let period = scene.timeline.period(self.period);
        let is_last = self.period == span.last;
        let date = period.last_date();
        let so_far = DateRange::between(span.interval.start, period.end);
        let was_there = membership.presence.overlaps(so_far);
        let has_left = scene.participant.end.is_some_and(|end| end < date);
        if !(true_up || is_last)
            || !scene.is_wanted(span)
            || date > scene.window.through
            || !self.component.effective.contains(date)
            || !was_there
            || has_left && !self.component.pays_leavers
        {
            return;
        }
        let traces = self.interval_traces();
        let facts = Facts {
            date,
            credit: None,
            participant: scene.participant,
            factors: &membership.plan.factors,
            measures: &traces,
            rate: None,
            commission: None,
            target: None,
        };
        let earned = match self.broken.clone() {
            Some(error) => Err(error),
            None => self.earn(scene, membership, &facts, Some(is_last)),
        };
        let named = if true_up {
            IntervalKind::Period
        } else {
            self.component.interval
        };
        let place = Place {
            interval: scene.timeline.span(named, self.period).interval.id.clone(),
            period: self.period,
            date,
        };
        out.push(self.draft(scene, membership, place, None, traces, earned));
    }

    fn draft(
        &self,
        scene: &Scene<'a>,
        membership: &Membership<'a>,
        place: Place,
        input: Option<CreditInput<'_>>,
        measures: Vec<MeasureTrace>,
        earned: Result<Earned, RowError>,
    ) -> EarningDraft {
        let credit = input.map(|input| input.credit);
        let mut trace = Trace {
            plan_version: membership.plan.version,
            measures,
            rate: None,
            factors: Vec::new(),
            threshold_reached: None,
            unrounded: Decimal::ZERO,
            withheld: Decimal::ZERO,
            lifted: Decimal::ZERO,
        };
        let (outcome, about) = match earned {
            Ok(earned) => {
                trace.rate = earned.rate;
                trace.factors = earned.factors;
                trace.threshold_reached = earned.threshold_reached;
                trace.unrounded = earned.settled.unrounded;
                trace.withheld = earned.settled.withheld;
                trace.lifted = earned.settled.lifted;
                let amount = Money::new(earned.settled.amount, scene.currency);
                (EarningOutcome::Amount(amount), None)
            }
            Err(error) => {
                let about = credit.map(|credit| Box::new(credit.key.clone()));
                (EarningOutcome::Error(error), about)
            }
        };
        EarningDraft {
            key: EarningKey {
                participant: scene.participant.id.clone(),
                plan: membership.plan.id.clone(),
                component: self.component.id.clone(),
                interval: place.interval,
                lineage: credit.map(|credit| credit.lineage),
            },
            period: scene.timeline.period(place.period).id.clone(),
            date: place.date,
            credit: credit.map(|credit| credit.id),
            transaction: credit.and_then(|credit| credit.transaction),
            outcome,
            instalments: self.component.instalments,
            trace,
            about,
        }
    }
}

/// Where a draft belongs.
struct Place {
    interval: IntervalId,
    period: usize,
    date: Date,
}
