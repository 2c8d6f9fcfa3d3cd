//! Components plain enough for the fast lane: one measure of amounts or quantities with a running
//! total over the component's own interval, one dimension of tiers, nothing else. Their drafts
//! are those of the decimal path, made with less work.

use rust_decimal::Decimal;

use super::compiled::{CompiledComponent, CompiledMeasure, CompiledSource, CompiledValue};
use super::component::ComponentState;
use super::curve::Curve;
use super::draft::{CreditInput, EarningDraft};
use super::lane::{Lane, Stride};
use super::membership::{Membership, Scene};
use super::table::CompiledTable;
use crate::credit::Credit;
use crate::earning::{EarningKey, EarningOutcome, MeasureTrace, RateTrace, SliceTrace, Trace};
use crate::money::{Money, divide};
use crate::plan::Basis;

/// The walk of a plain component through one interval.
#[derive(Clone, Debug)]
pub(super) struct Plain<'a> {
    pub(super) lane: Lane,
    pub(super) curve: Curve,
    pub(super) table: &'a CompiledTable,
    /// The key of its earnings, lineages aside.
    key: EarningKey,
    goal: Option<Decimal>,
    quantities: bool,
}

impl CompiledComponent {
    /// The one measure of a plain component, and whether it adds up quantities.
    fn plain_measure(&self) -> Option<(&CompiledMeasure, bool)> {
        let running = self.basis
            == Basis::PerEvent {
                running_total: true,
            };
        let bare = self.output.is_none()
            && self.threshold.is_none()
            && self.cap.is_none()
            && self.floor.is_none()
            && self.input == Some(0);
        let [measure] = self.measures.as_slice() else {
            return None;
        };
        if !running || !bare || measure.kind != self.interval {
            return None;
        }
        match &measure.source {
            CompiledSource::Credits { value, .. } => match value {
                CompiledValue::Amount => Some((measure, false)),
                CompiledValue::Quantity => Some((measure, true)),
                CompiledValue::Program(_) => None,
            },
            CompiledSource::ReportEarnings { .. } => None,
        }
    }
}

impl<'a> Plain<'a> {
    /// The start of the interval that a period is in, if all is plain there.
    pub(super) fn start(
        scene: &Scene<'a>,
        membership: &Membership<'a>,
        state: &ComponentState<'a>,
    ) -> Option<Self> {
        let (_, quantities) = state.component.plain_measure()?;
        let span = scene.timeline.span(state.component.interval, state.period);
        if !scene.is_wanted(span) || !scene.lanes {
            return None;
        }
        let range = span.interval.range();
        let table = membership.only_table(state.component, state.number, range)?;
        let traces = state.interval_traces();
        let curve = table.curve(0, &traces).ok()?;
        let digits = scene.currency.digits();
        let lane = Lane::start(&curve, scene.rounding, digits, state.component.each)?;
        let key = EarningKey {
            participant: scene.participant.id.clone(),
            plan: membership.plan.id.clone(),
            component: state.component.id.clone(),
            interval: span.interval.id.clone(),
            lineage: None,
        };
        let goal = traces.first().and_then(|trace| trace.goal);
        Some(Self {
            lane,
            curve,
            table,
            key,
            goal,
            quantities,
        })
    }

    /// Makes the draft of a credit that counts; `None` if it must be done in decimals.
    fn draft(
        &mut self,
        scene: &Scene<'a>,
        membership: &Membership<'a>,
        state: (&CompiledComponent, usize),
        input: CreditInput<'_>,
        out: &mut Vec<EarningDraft>,
    ) -> Option<()> {
        let (component, period) = state;
        let credit: &Credit = input.credit;
        let value = if self.quantities {
            credit.quantity
        } else {
            credit.amount.amount
        };
        let measure = component.measures.first()?;
        let stride = self.lane.step(value)?;
        let (slices, rate) = self.slices(&stride, value);
        out.push(EarningDraft {
            key: EarningKey {
                participant: self.key.participant.clone(),
                plan: self.key.plan.clone(),
                component: self.key.component.clone(),
                interval: self.key.interval.clone(),
                lineage: Some(credit.lineage),
            },
            period: scene.timeline.period(period).id.clone(),
            date: credit.credit_date,
            credit: Some(credit.id),
            transaction: credit.transaction,
            outcome: EarningOutcome::Amount(Money::new(stride.amount, scene.currency)),
            instalments: component.instalments,
            trace: Trace {
                plan_version: membership.plan.version,
                measures: vec![MeasureTrace {
                    measure: measure.id.clone(),
                    value,
                    before: stride.before,
                    after: stride.after,
                    goal: self.goal,
                }],
                rate: Some(RateTrace {
                    table: self.table.id.clone(),
                    split: self.table.mode,
                    looked_up: Vec::new(),
                    slices,
                    rate,
                    commission: stride.given,
                }),
                factors: Vec::new(),
                threshold_reached: None,
                unrounded: stride.given,
                withheld: Decimal::ZERO,
                lifted: Decimal::ZERO,
            },
            about: None,
        });
        Some(())
    }

    /// The slices of a row, and its blended rate. Numbers that the lane holds never overflow here.
    fn slices(&self, stride: &Stride, value: Decimal) -> (Vec<SliceTrace>, Option<Decimal>) {
        if let Some(segment) = stride.tier.and_then(|tier| self.curve.segment_at(tier)) {
            let slice = SliceTrace {
                from: segment.tier.from,
                to: segment.tier.to,
                input: value,
                value: segment.value,
                result: stride.given,
            };
            let rate = (!value.is_zero()).then_some(segment.slope);
            return (vec![slice], rate);
        }
        let slices = self
            .curve
            .slices(stride.before, stride.after)
            .unwrap_or_default();
        let rate = divide(stride.given, value).ok();
        (slices, rate)
    }
}

impl<'a> ComponentState<'a> {
    /// Takes a credit the fast way. False if the decimals must take it.
    pub(super) fn plain_credit(
        &mut self,
        scene: &Scene<'a>,
        membership: &Membership<'a>,
        input: CreditInput<'_>,
        out: &mut Vec<EarningDraft>,
    ) -> bool {
        let Some(plain) = &mut self.plain else {
            return false;
        };
        let counted = self
            .component
            .measures
            .first()
            .is_some_and(|m| m.counts(input.credit));
        if !counted {
            return true;
        }
        let is_due = self.component.effective.contains(input.credit.credit_date);
        let state = (self.component, self.period);
        let made = is_due.then(|| plain.draft(scene, membership, state, input, out));
        if made.flatten().is_none() {
            self.leave_lane();
            return false;
        }
        true
    }

    /// Goes on in decimals from where the lane is.
    #[cold]
    fn leave_lane(&mut self) {
        let Some(plain) = self.plain.take() else {
            return;
        };
        let Some((total, given, settled)) = plain.lane.so_far() else {
            self.broken = Some(super::curve::overflow(crate::money::MoneyError::Overflow));
            return;
        };
        self.set_total(total);
        self.accrued = super::accrual::Accrued::resumed(given, settled, self.component.each);
        let span = self.measures.first().and_then(|running| running.span);
        self.rater.resume(
            plain.table,
            plain.curve,
            span.unwrap_or_default(),
            (total, given),
        );
    }
}
