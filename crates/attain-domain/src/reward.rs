//! Rewards: signed amounts that were assigned, by a person or by a payment plan, and the clearing of
//! what is owed because of them. What may be done with them is in `rewarding`.

use rust_decimal::Decimal;

use crate::ids::{
    ActorId, BatchId, ClearId, ClearUndoId, ComponentId, ParticipantId, PaymentPlanId, PaysheetId,
    PlanId, RewardId,
};
use crate::money::Money;
use crate::stamp::Stamp;
use crate::time::{Date, Instant};

/// What a reward is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RewardKind {
    /// A positive amount that is never owed back.
    Bonus,
    /// A positive amount that is owed back: a draw.
    Advance,
    /// A negative amount that pays back: a recovery.
    Repayment,
    /// Anything else that is to be added or taken.
    Adjustment,
}

impl RewardKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Bonus,
        Self::Advance,
        Self::Repayment,
        Self::Adjustment,
    ];

    /// The name used in documents, stores and on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bonus => "bonus",
            Self::Advance => "advance",
            Self::Repayment => "repayment",
            Self::Adjustment => "adjustment",
        }
    }

    /// Reads a name back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// Which of a participant's balances a recoverable reward counts in. What a participant owes is the
/// sum of all of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// What was assigned by hand, and what lifted a negative sheet.
    General,
    /// What a payment plan advanced and recovered.
    PaymentPlan(PaymentPlanId),
}

/// Why the settlement of a paysheet made a reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SettlementStep {
    /// The minimum was not earned: this is the rest of it, or the draw that is paid on top.
    Draw,
    /// An earlier sheet of the same interval drew more than the interval as a whole needed.
    DrawTakenBack,
    /// Something that is owed was recovered.
    Recovery,
    /// More was due than the most that may be paid, or what was over it earlier is paid now.
    PayCap,
}

/// Where a reward came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RewardOrigin {
    /// Somebody assigned it.
    ByHand,
    /// A payment plan made it for a sheet.
    PaymentPlan {
        /// Which plan.
        plan: PaymentPlanId,
        /// The batch whose sheet it is for.
        batch: BatchId,
        /// Why.
        step: SettlementStep,
    },
    /// The workspace's setting about negative sheets made it, where no payment plan says more.
    NegativeSheet {
        /// The batch whose sheet it is for.
        batch: BatchId,
        /// A draw that lifted a sheet, or its recovery.
        step: SettlementStep,
    },
}

impl RewardOrigin {
    /// The batch that made it; none for what was assigned by hand.
    #[must_use]
    pub fn batch(&self) -> Option<BatchId> {
        match self {
            Self::ByHand => None,
            Self::PaymentPlan { batch, .. } | Self::NegativeSheet { batch, .. } => Some(*batch),
        }
    }
}

/// A reward as a line of a paysheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RewardLine {
    /// The batch.
    pub batch: BatchId,
    /// The sheet.
    pub paysheet: PaysheetId,
    /// The rate to pay currency at the pay date.
    pub currency_rate: Decimal,
    /// In pay currency; this is what is paid.
    pub pay_amount: Money,
    /// Held: not part of the sheet's total, and waits for its release.
    pub held: bool,
}

/// How far the payment of a reward has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RewardPayment {
    /// On no paysheet.
    Unpaid,
    /// On a sheet of a batch that is not paid yet, or held on one.
    OnPaysheet(RewardLine),
    /// Paid, for good.
    Paid {
        /// The line that paid it.
        line: RewardLine,
        /// When.
        at: Instant,
    },
}

/// A recoverable reward became one that is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleared {
    /// By which clearing.
    pub clear: ClearId,
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: ActorId,
}

/// A reward that will not be paid after all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: ActorId,
    /// Why.
    pub reason: String,
}

/// One reward. Its amount, its date and whether it is recoverable never change; a clearing is noted
/// beside them.
#[derive(Clone, Debug, PartialEq)]
pub struct Reward {
    /// Its id.
    pub id: RewardId,
    /// Whose.
    pub participant: ParticipantId,
    /// Operating currency; never 0.
    pub amount: Money,
    /// Whether it was assigned as owed back (or as paying back).
    pub recoverable: bool,
    /// What it is for.
    pub kind: RewardKind,
    /// The balance it counts in while it is owed.
    pub account: Account,
    /// Where it came from.
    pub origin: RewardOrigin,
    /// The component that it stands beside on the sheet, if any.
    pub component: Option<(PlanId, ComponentId)>,
    /// It is owed from this date on, and taken by batches paid on or after it.
    pub date: Date,
    /// Why it was assigned.
    pub reason: String,
    /// How far its payment has come.
    pub payment: RewardPayment,
    /// Set while a clearing stands that made it non-recoverable.
    pub cleared: Option<Cleared>,
    /// Set when it will not be paid after all.
    pub withdrawn: Option<Withdrawn>,
    /// Version, times, actor.
    pub stamp: Stamp,
}

impl Reward {
    /// Whether it counts in the owed balance: recoverable, not cleared, not withdrawn.
    #[must_use]
    pub fn is_owed(&self) -> bool {
        self.recoverable && self.cleared.is_none() && self.withdrawn.is_none()
    }

    /// Whether a batch may take it: on no sheet, and not withdrawn.
    #[must_use]
    pub fn is_payable(&self) -> bool {
        self.payment == RewardPayment::Unpaid && self.withdrawn.is_none()
    }

    /// Whether it was paid.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        match self.payment {
            RewardPayment::Paid { .. } => true,
            RewardPayment::Unpaid | RewardPayment::OnPaysheet(_) => false,
        }
    }

    /// The line of a sheet that shows it, paid or not. A reward that was withdrawn has none.
    #[must_use]
    pub fn line(&self) -> Option<&RewardLine> {
        match &self.payment {
            RewardPayment::Unpaid => None,
            RewardPayment::OnPaysheet(line) | RewardPayment::Paid { line, .. } => Some(line),
        }
    }

    /// Whether a line shows it that does not count.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.line().is_some_and(|line| line.held)
    }
}

/// Why a balance was cleared, and how much of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClearOrigin {
    /// Somebody forgave everything that the participant owed.
    ByHand,
    /// A payment plan says that what is left in its account is not recovered any more.
    Waived {
        /// Which plan.
        plan: PaymentPlanId,
        /// The batch that found it due.
        batch: BatchId,
    },
}

/// The undoing of a clearing, as the clearing itself shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClearUndone {
    /// The record of it.
    pub undo: ClearUndoId,
    /// From this date on everything is owed again.
    pub date: Date,
    /// When it was recorded.
    pub at: Instant,
}

/// One clearing of a participant's balance: what was recoverable is not any more.
#[derive(Clone, Debug, PartialEq)]
pub struct Clear {
    /// Its id.
    pub id: ClearId,
    /// Whose balance.
    pub participant: ParticipantId,
    /// From this date on nothing of it is owed; a balance as of an earlier date still has it.
    pub date: Date,
    /// When it was recorded.
    pub at: Instant,
    /// By whom.
    pub by: ActorId,
    /// Why.
    pub reason: String,
    /// By hand or by a payment plan.
    pub origin: ClearOrigin,
    /// How much was forgiven: the balance before. Operating currency.
    pub forgiven: Money,
    /// The rewards that it made non-recoverable, positive and negative, in rising order.
    pub rewards: Vec<RewardId>,
    /// Set when it was undone.
    pub undone: Option<ClearUndone>,
    /// Version, times, actor.
    pub stamp: Stamp,
}

/// The undoing of a clearing, as a record of its own. The clearing stays readable.
#[derive(Clone, Debug, PartialEq)]
pub struct ClearUndo {
    /// Its id.
    pub id: ClearUndoId,
    /// What it undoes.
    pub clear: ClearId,
    /// Whose balance.
    pub participant: ParticipantId,
    /// From this date on everything is owed again.
    pub date: Date,
    /// Why.
    pub reason: String,
    /// How much is owed again. Operating currency.
    pub restored: Money,
    /// Version, times, actor.
    pub stamp: Stamp,
}
