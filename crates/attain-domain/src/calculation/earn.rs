//! What a row of a component earns: rate table, output, threshold, limits, rounding.

use rust_decimal::Decimal;

use super::accrual::{Settled, Terms};
use super::component::ComponentState;
use super::curve::{Commission, overflow};
use super::membership::{Membership, Scene};
use super::names::Facts;
use super::rater::{Input, Rated};
use crate::earning::RateTrace;
use crate::ids::{FactorId, RateTableId};
use crate::money::{add, percent_of};
use crate::plan::{Basis, Limit, SplitMode};
use crate::refusal::{Reason, RowError};

/// The limits of one interval.
#[derive(Clone, Debug)]
pub(super) struct Limits {
    target: Option<Decimal>,
    terms: Terms,
}

/// What a rate table gave, and which.
type Named = ((RateTableId, SplitMode), Rated);

/// What a row has earned, and why.
#[derive(Clone, Debug)]
pub(super) struct Earned {
    pub(super) settled: Settled,
    pub(super) rate: Option<RateTrace>,
    pub(super) factors: Vec<(FactorId, Decimal)>,
    pub(super) threshold_reached: Option<bool>,
}

impl<'a> ComponentState<'a> {
    /// What the row earns. `ends` is given for an interval: whether its last period is done.
    pub(super) fn earn(
        &mut self,
        scene: &Scene<'a>,
        membership: &Membership<'a>,
        facts: &Facts<'_>,
        ends: Option<bool>,
    ) -> Result<Earned, RowError> {
        let limits = self.limits(scene, membership)?;
        let threshold_reached = self.threshold_reached(facts)?;
        let rated = self.rated(scene, membership, facts, ends)?;
        let facts = Facts {
            rate: rated.as_ref().and_then(|(_, rated)| rated.commission.rate),
            commission: rated.as_ref().map(|(_, rated)| rated.commission.amount),
            target: limits.target,
            ..*facts
        };
        let given = self.given(&facts, rated.as_ref().map(|(_, rated)| rated), ends)?;
        let mut terms = limits.terms;
        if ends == Some(false) {
            terms.floor = None;
        }
        let reached = threshold_reached.unwrap_or(true);
        let settled = self
            .accrued
            .settle(&terms, given, reached)
            .map_err(overflow)?;
        if let Some((_, rated)) = &rated {
            self.rater.accept(rated);
        }
        let mut factors = Vec::new();
        self.note_factors(&facts, &mut factors);
        let input = self
            .component
            .input
            .and_then(|input| facts.measures.get(input));
        let has_input = input.is_some_and(|measure| !measure.value.is_zero());
        Ok(Earned {
            settled,
            rate: rated.map(|(named, rated)| rate_trace(named, rated, has_input)),
            factors,
            threshold_reached,
        })
    }

    fn rated(
        &mut self,
        scene: &Scene<'a>,
        membership: &Membership<'a>,
        facts: &Facts<'_>,
        ends: Option<bool>,
    ) -> Result<Option<Named>, RowError> {
        let Some(measure) = self.component.input else {
            return Ok(None);
        };
        let span = self.measures.get(measure).and_then(|running| running.span);
        let range = ends.map(|_| {
            let span = scene.timeline.span(self.component.interval, self.period);
            span.interval.range()
        });
        let table = membership.table(self.component, self.number, facts.date, range);
        let table = table.ok_or_else(|| {
            let text = format!(
                "no version of the rate table is effective on {}",
                facts.date
            );
            RowError::new(Reason::ValueOutsideTiers, text)
        })?;
        let input = Input {
            measure,
            span: span.unwrap_or_default(),
            running: matches!(
                self.component.basis,
                Basis::PerEvent {
                    running_total: true
                }
            ),
            given: self.accrued.given,
        };
        let rated = self.rater.rate(table, facts, input)?;
        Ok(Some(((table.id.clone(), table.mode), rated)))
    }

    /// What the rows of the interval give together now; for an interval, what it gives.
    fn given(
        &self,
        facts: &Facts<'_>,
        rated: Option<&Rated>,
        ends: Option<bool>,
    ) -> Result<Decimal, RowError> {
        let row = match (&self.component.output, rated) {
            (Some(program), _) => program.evaluate(facts)?,
            (
                None,
                Some(Rated {
                    given: Some(given), ..
                }),
            ) => return Ok(*given),
            (None, Some(rated)) => rated.commission.amount,
            (None, None) => Decimal::ZERO,
        };
        match ends {
            Some(_) => Ok(row),
            None => add(self.accrued.given, row).map_err(overflow),
        }
    }

    /// A threshold looks at the running total, even where the rate sees each credit alone.
    fn threshold_reached(&self, facts: &Facts<'_>) -> Result<Option<bool>, RowError> {
        let Some(threshold) = &self.component.threshold else {
            return Ok(None);
        };
        let goal = facts
            .measures
            .get(threshold.measure)
            .and_then(|measure| measure.goal);
        let running = self.measures.get(threshold.measure);
        let (Some(running), Some(goal)) = (running, goal.filter(|goal| *goal > Decimal::ZERO))
        else {
            let text = "the threshold needs a goal";
            return Err(RowError::new(Reason::MissingGoal, text));
        };
        let needed = percent_of(goal, threshold.percent).map_err(overflow)?;
        Ok(Some(running.total >= needed))
    }

    fn limits(
        &mut self,
        scene: &Scene<'a>,
        membership: &Membership<'a>,
    ) -> Result<Limits, RowError> {
        if let Some(limits) = &self.limits {
            return Ok(limits.clone());
        }
        let limits = self.new_limits(scene, membership)?;
        self.limits = Some(limits.clone());
        Ok(limits)
    }

    fn new_limits(
        &self,
        scene: &Scene<'a>,
        membership: &Membership<'a>,
    ) -> Result<Limits, RowError> {
        let component = self.component;
        let target = if component.uses_target {
            let span = scene.timeline.span(component.interval, self.period);
            membership.target(scene.timeline, span).map_err(overflow)?
        } else {
            None
        };
        let limit = |limit: Option<Limit>| match limit {
            None => Ok(None),
            Some(Limit::Amount(amount)) => Ok(Some(amount)),
            Some(Limit::PercentOfTarget(percent)) => match target {
                Some(target) => percent_of(target, percent).map(Some).map_err(overflow),
                None => {
                    let text = "a limit in percent of target needs a target incentive";
                    Err(RowError::new(Reason::MissingGoal, text))
                }
            },
        };
        let terms = Terms {
            cap: limit(component.cap)?,
            floor: limit(component.floor)?,
            rounding: scene.rounding,
            digits: scene.currency.digits(),
            each: component.each,
        };
        Ok(Limits { target, terms })
    }

    fn note_factors(&self, facts: &Facts<'_>, factors: &mut Vec<(FactorId, Decimal)>) {
        if facts.credit.is_some() {
            for program in self.component.measure_programs() {
                program.note_factors(facts, factors);
            }
        }
        if let Some(program) = &self.component.output {
            program.note_factors(facts, factors);
        }
    }
}

fn rate_trace(
    (table, split): (RateTableId, SplitMode),
    rated: Rated,
    has_input: bool,
) -> RateTrace {
    let Commission {
        amount,
        rate,
        slices,
    } = rated.commission;
    RateTrace {
        table,
        split,
        looked_up: rated.looked_up,
        slices,
        rate: rate.filter(|_| has_input),
        commission: amount,
    }
}
