//! What the settlement of a paysheet is given, and what it answers. Amounts are in operating
//! currency.

use std::collections::BTreeMap;

use crate::ids::{
    BatchId, CategoryId, ComponentId, IntervalId, ParticipantId, PaymentPlanId, PeriodId, PlanId,
    RewardId,
};
use crate::money::Money;
use crate::reward::{Account, Reward, RewardKind, RewardOrigin, RewardPayment, SettlementStep};
use crate::time::Date;
use crate::working::Circumstances;

/// An earning, reversal or part of one on the sheet that is not held, or a sum of such lines.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetLine {
    /// The plan.
    pub plan: PlanId,
    /// The component.
    pub component: ComponentId,
    /// What kinds of sale it is paid for: the category of its credit, or
    /// [`categories_of`](super::categories_of) its component.
    pub categories: Vec<CategoryId>,
    /// What it pays.
    pub amount: Money,
}

/// Everything that a settlement looks at.
#[derive(Clone, Debug)]
pub struct SheetFacts<'a> {
    /// The period of the batch.
    pub period: &'a PeriodId,
    /// The pay date of the batch: the rewards that are made are dated so.
    pub pay_date: Date,
    /// What the sheet pays of earnings, in the order of the sheet.
    pub lines: &'a [SheetLine],
    /// The rewards that the sheet takes which were there before it. Those that a settlement of the
    /// same sheet made before are not among them.
    pub rewards: &'a [Reward],
    /// What was owed before the sheet, by account, without any of the sheet's own rewards.
    pub balances: &'a BTreeMap<Account, Money>,
    /// How far the plans had come before the sheet: [`Settlement::states`] of the participant's
    /// last sheet before it.
    pub states: &'a BTreeMap<PaymentPlanId, PlanState>,
}

/// How far a payment plan has come in its interval for one participant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanState {
    /// The interval.
    pub interval: IntervalId,
    /// What the interval's sheets have paid out of the plan's components so far, rewards of
    /// payment plans included.
    pub paid: Money,
    /// What of it the plan has drawn, less what it took back.
    pub drawn: Money,
    /// By how much the minimum is raised because a balance cap withheld that in intervals before.
    pub raised: Money,
    /// What a balance cap withholds now; due again in the next interval.
    pub withheld: Money,
    /// What a pay cap has withheld so far and will pay later.
    pub over_cap: Money,
}

/// A reward that a settlement asks for; it becomes one with an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftReward {
    /// Not 0.
    pub amount: Money,
    /// Whether it is owed back, or pays back.
    pub recoverable: bool,
    /// What it is for.
    pub kind: RewardKind,
    /// The balance it counts in.
    pub account: Account,
    /// The plan that asks for it; none for the workspace's setting about negative sheets.
    pub plan: Option<PaymentPlanId>,
    /// Why.
    pub step: SettlementStep,
    /// The first component of the sheet that is not empty, of those that share the plan.
    pub component: Option<(PlanId, ComponentId)>,
}

impl DraftReward {
    /// The reward, dated at the pay date. It is on no sheet yet.
    #[must_use]
    pub fn into_reward(
        self,
        participant: &ParticipantId,
        batch: BatchId,
        pay_date: Date,
        circumstances: &mut Circumstances<'_>,
    ) -> Reward {
        let step = self.step;
        let reason = match (&self.plan, step) {
            (Some(plan), SettlementStep::Draw) => format!("draw of payment plan `{plan}`"),
            (Some(plan), SettlementStep::DrawTakenBack) => {
                format!("draw of payment plan `{plan}` that its interval did not need")
            }
            (Some(plan), SettlementStep::Recovery) => format!("recovery of payment plan `{plan}`"),
            (Some(plan), SettlementStep::PayCap) => format!("pay cap of payment plan `{plan}`"),
            (None, SettlementStep::Recovery) => "recovery of what is owed".to_owned(),
            (
                None,
                SettlementStep::Draw | SettlementStep::DrawTakenBack | SettlementStep::PayCap,
            ) => "advance that lifts a negative sheet to zero".to_owned(),
        };
        let origin = match self.plan {
            Some(plan) => RewardOrigin::PaymentPlan { plan, batch, step },
            None => RewardOrigin::NegativeSheet { batch, step },
        };
        Reward {
            id: RewardId(circumstances.id()),
            participant: participant.clone(),
            amount: self.amount,
            recoverable: self.recoverable,
            kind: self.kind,
            account: self.account,
            origin,
            component: self.component,
            date: pay_date,
            reason,
            payment: RewardPayment::Unpaid,
            cleared: None,
            withdrawn: None,
            stamp: circumstances.stamp(),
        }
    }
}

/// What became of the sheet as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetOutcome {
    /// It pays nothing or more.
    Pays,
    /// It is negative and stands so.
    Negative,
    /// It would be this much below zero: nothing of it is paid, its lines and rewards wait for the
    /// next sheet.
    Carried(Money),
}

/// How the minimum of an interval came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MinimumTrace {
    /// For a whole interval.
    pub whole: Money,
    /// Days of the interval on which the participant has the plan.
    pub days_covered: i64,
    /// Days of the interval.
    pub days: i64,
    /// For these days, rounded.
    pub prorated: Money,
    /// By how much it is raised because a balance cap withheld that before.
    pub raised: Money,
    /// What earlier sheets of the interval paid.
    pub paid_before: Money,
}

/// What one payment plan made of the sheet, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanSettlement {
    /// Which.
    pub plan: PaymentPlanId,
    /// What its components earned on this sheet, with what plans before it advanced for them; and
    /// the sum of other rewards where that is negative and the plan is shared by everything.
    pub earned: Money,
    /// The minimum; none when the participant does not have the plan in the interval.
    pub minimum: Option<MinimumTrace>,
    /// What this sheet had to pay at least.
    pub floor: Money,
    /// What was advanced.
    pub advance: Money,
    /// What was taken back of the interval's earlier draws.
    pub taken_back: Money,
    /// What was recovered, of all accounts.
    pub recovered: Money,
    /// What a balance cap withheld of the minimum.
    pub withheld: Money,
    /// What the pay cap withheld (negative: paid of what it had withheld before).
    pub over_cap: Money,
    /// What was forgiven before anything else.
    pub waived: Money,
    /// What was owed in the plan's account before the sheet.
    pub balance_before: Money,
    /// What is owed in it after the sheet.
    pub balance_after: Money,
}

/// What a paysheet keeps of its settlement: the explanation, and what the next sheet goes on from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetSettlement {
    /// Negative, carried, or neither.
    pub outcome: SheetOutcome,
    /// What is owed after the sheet, over all accounts, its own rewards included.
    pub balance: Money,
    /// The explanation, plan by plan in their order.
    pub plans: Vec<PlanSettlement>,
    /// How far the plans have come.
    pub states: BTreeMap<PaymentPlanId, PlanState>,
}

/// What payment plans, and the workspace's setting, make of one sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Settlement {
    /// The rewards to be made, at most one of an account, plan and step.
    pub rewards: Vec<DraftReward>,
    /// The accounts that are to be cleared, as section 8 says of *waive-after* and of a plan that
    /// forgives at its end, with what that forgives. A batch that is deleted undoes it.
    pub waived: Vec<(PaymentPlanId, Money)>,
    /// Negative, carried, or neither.
    pub outcome: SheetOutcome,
    /// What the sheet pays: earnings, the rewards that it takes, and those that are made.
    pub pays: Money,
    /// What is owed after the sheet, over all accounts, its own rewards included.
    pub balance: Money,
    /// The explanation, plan by plan in their order. Empty for a carried sheet.
    pub plans: Vec<PlanSettlement>,
    /// How far the plans have come.
    pub states: BTreeMap<PaymentPlanId, PlanState>,
}
