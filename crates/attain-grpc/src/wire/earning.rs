//! Earnings and what they were derived from.

use attain_domain::earning::{
    Earning, EarningOutcome, Instalments, MeasureTrace, PaymentState, RateTrace, SliceTrace, Trace,
};
use attain_domain::plan::SplitMode;
use attain_domain::refusal::Refusal;
use attain_proto::attain::v1 as proto;
use attain_proto::attain::v1::earning::Outcome;

use super::credit::obsolete;
use super::values::{date, decimal, money, row_error, stamp, text_or_empty};

/// Whether an earning goes with what it was derived from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// Without the trace.
    Basic,
    /// With it.
    Full,
}

/// The view that is asked for.
///
/// # Errors
/// `MALFORMED_VALUE`.
pub(crate) fn view_from_wire(number: i32) -> Result<View, Refusal> {
    if number == 0 {
        return Ok(View::Basic);
    }
    match super::values::choice("view", number)? {
        proto::EarningView::Unspecified | proto::EarningView::Basic => Ok(View::Basic),
        proto::EarningView::Full => Ok(View::Full),
    }
}

/// An earning or a reversal.
///
/// # Errors
/// What `money` refuses.
pub(crate) fn to_wire(earning: &Earning, view: View) -> Result<proto::Earning, Refusal> {
    let stamp = stamp(&earning.stamp);
    Ok(proto::Earning {
        earning_id: earning.id.to_string(),
        participant: earning.key.participant.to_string(),
        plan: earning.key.plan.to_string(),
        component: earning.key.component.to_string(),
        interval: earning.key.interval.to_string(),
        lineage_id: text_or_empty(earning.key.lineage),
        period: earning.period.to_string(),
        earning_date: Some(date(earning.date)),
        credit_id: text_or_empty(earning.credit),
        transaction_id: text_or_empty(earning.transaction),
        outcome: Some(match &earning.outcome {
            EarningOutcome::Amount(amount) => Outcome::Amount(money(*amount)?),
            EarningOutcome::Error(error) => Outcome::Error(row_error(error)),
        }),
        payment_state: payment_state(earning.instalments.state()).into(),
        instalments: Some(instalments(&earning.instalments)),
        obsolete: earning.obsolete.as_ref().map(obsolete),
        reversal_of: text_or_empty(earning.reversal_of),
        calculation_id: earning.calculation.to_string(),
        trace: (view == View::Full).then(|| trace(&earning.trace)),
        etag: stamp.etag,
        create_time: stamp.create_time,
        update_time: stamp.update_time,
        actor: stamp.actor,
        awaits_calculation: earning.awaits_calculation,
    })
}

fn payment_state(state: PaymentState) -> proto::PaymentState {
    match state {
        PaymentState::Unpaid => proto::PaymentState::Unpaid,
        PaymentState::OnPaysheet => proto::PaymentState::OnPaysheet,
        PaymentState::Paid => proto::PaymentState::Paid,
    }
}

fn instalments(parts: &Instalments) -> proto::Instalments {
    proto::Instalments {
        count: parts.count.into(),
        taken: parts.taken.into(),
        paid: parts.paid.into(),
        next_due_date: Some(date(parts.next_due)),
    }
}

fn trace(trace: &Trace) -> proto::Trace {
    let factor = |(factor, value): &(attain_domain::ids::FactorId, _)| proto::FactorTrace {
        factor: factor.to_string(),
        value: Some(decimal(*value)),
    };
    proto::Trace {
        plan_version: trace.plan_version,
        measures: trace.measures.iter().map(measure).collect(),
        rate: trace.rate.as_ref().map(rate),
        factors: trace.factors.iter().map(factor).collect(),
        threshold_reached: trace.threshold_reached,
        unrounded: Some(decimal(trace.unrounded)),
        withheld: Some(decimal(trace.withheld)),
        lifted: Some(decimal(trace.lifted)),
    }
}

fn measure(measure: &MeasureTrace) -> proto::MeasureTrace {
    proto::MeasureTrace {
        measure: measure.measure.to_string(),
        value: Some(decimal(measure.value)),
        before: Some(decimal(measure.before)),
        after: Some(decimal(measure.after)),
        goal: measure.goal.map(decimal),
    }
}

fn rate(rate: &RateTrace) -> proto::RateTrace {
    let split = match rate.split {
        SplitMode::Flat => proto::SplitMode::Flat,
        SplitMode::Step => proto::SplitMode::Step,
        SplitMode::Interpolated => proto::SplitMode::Interpolated,
    };
    proto::RateTrace {
        rate_table: rate.table.to_string(),
        split: split.into(),
        looked_up: rate.looked_up.iter().map(ToString::to_string).collect(),
        slices: rate.slices.iter().map(slice).collect(),
        rate: rate.rate.map(decimal),
        commission: Some(decimal(rate.commission)),
    }
}

fn slice(slice: &SliceTrace) -> proto::SliceTrace {
    proto::SliceTrace {
        from: Some(decimal(slice.from)),
        to: slice.to.map(decimal),
        input: Some(decimal(slice.input)),
        value: Some(decimal(slice.value)),
        result: Some(decimal(slice.result)),
    }
}
