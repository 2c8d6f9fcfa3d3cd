//! Payment plans (draws): what somebody is paid at least, whether that is owed back, and how it is
//! recovered. The definition, its checks, what it makes of a paysheet, and its lint. Pure.
//!
//! With a minimum *d*, earnings *e*, an opening balance *B* and full immediate recovery above the
//! minimum, a sheet pays `max(d, e − B)` and leaves `max(0, B + d − e)` owed (domain rules,
//! section 8). Every parameter bends that rule; [`settle`] is the only place that applies it.
//!
//! **Interval to date.** A minimum is one amount per interval, however many sheets are paid in it.
//! What earlier sheets of the interval paid and drew counts ([`PlanState`]), so that a second sheet
//! neither draws again nor keeps a draw that the interval as a whole did not need.
//!
//! **Order.** Several plans of one participant are settled in order of priority: first what each
//! advances, then what each recovers. A recovery never takes out of what the same sheet advances,
//! nor out of the minimum of another plan that shares its components.

mod applied;
mod check;
mod desk;
mod lane;
pub mod lint;
mod pot;
mod recover;
mod settle;
mod sheet;
mod together;

use rust_decimal::Decimal;

use crate::definition::calendar::IntervalKind;
use crate::ids::{AttributeName, CategoryId, ComponentId, ParticipantId, PaymentPlanId, PlanId};
use crate::time::{Date, DateRange};

pub use applied::{AppliedPlan, applied_plans, categories_of, participants_with_plans};
pub use check::check_payment_plan;
pub use settle::settle;
pub use sheet::{
    DraftReward, MinimumTrace, PlanSettlement, PlanState, Settlement, SheetFacts, SheetLine,
    SheetOutcome, SheetSettlement,
};
pub use together::lint_together;

#[cfg(test)]
#[cfg(feature = "testing")]
mod tests;

/// How the minimum is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawMode {
    /// What was earned is topped up to it, on the sheets of its interval's last period. On earlier
    /// sheets only what is below zero is topped up, to zero.
    TopUp,
    /// It is paid in addition to what was earned, once per interval.
    OnTop,
}

/// What becomes of the minimum of an interval in which somebody starts or ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DrawProration {
    /// One day in the interval gives all of it.
    Whole,
    /// Days covered / days of the interval.
    #[default]
    ByDay,
}

/// What somebody is paid at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Minimum {
    /// Per interval, in operating currency; 0 or more. With 0 pay only never goes below zero.
    pub amount: Decimal,
    /// The span it is for.
    pub interval: IntervalKind,
    /// Top-up or on top.
    pub mode: DrawMode,
    /// At start and end.
    pub proration: DrawProration,
}

/// What becomes of something that a cap withheld.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Withheld {
    /// It is shown and never paid.
    #[default]
    Lost,
    /// It is due again on later sheets.
    CarriedForward,
}

/// When the balance is recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryTiming {
    /// On every sheet after the draw.
    Immediate,
    /// On sheets of the last period of an interval only.
    IntervalEnd(IntervalKind),
    /// On sheets that are paid on this date or later.
    From(Date),
}

/// Whether recovery leaves the minimum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Floor {
    /// It takes only from what is above the minimum.
    #[default]
    Kept,
    /// Once more than the minimum was earned it takes from all that was earned. Then earning more
    /// can pay less, which the lint says.
    NotKept,
}

/// The most that may be owed in the plan's account because of draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BalanceCap {
    /// Operating currency; 0 or more. A draw that would take the account above it is cut.
    pub amount: Decimal,
    /// Whether what was cut raises the minimum of later intervals, as long as the plan lasts.
    pub withheld: Withheld,
}

/// How what was advanced is recovered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecoveryTerms {
    /// When.
    pub timing: RecoveryTiming,
    /// Percent of what is above the floor; more than 0, at most 100. Rounded once.
    pub percent: Decimal,
    /// Whether the minimum stays.
    pub floor: Floor,
    /// The most that may be owed.
    pub balance_cap: Option<BalanceCap>,
    /// Sheets paid after this date recover nothing: what is left in the account is forgiven.
    pub waive_after: Option<Date>,
}

/// Whether a draw is owed back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recoverability {
    /// No: it is a guarantee.
    NotRecoverable,
    /// Yes, until it is paid back.
    Recoverable(RecoveryTerms),
    /// Yes, until the plan ends for the participant: what is left then is forgiven.
    ForgivenAtEnd(RecoveryTerms),
}

impl Recoverability {
    /// The terms of recovery, if there is any.
    #[must_use]
    pub fn terms(&self) -> Option<&RecoveryTerms> {
        match self {
            Self::NotRecoverable => None,
            Self::Recoverable(terms) | Self::ForgivenAtEnd(terms) => Some(terms),
        }
    }
}

/// The most that is paid per interval of the minimum, out of the components that share the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayCap {
    /// Operating currency; not below the minimum. Prorated as the minimum.
    pub amount: Decimal,
    /// Whether what is above it is paid later, or never.
    pub withheld: Withheld,
}

/// Which earnings count towards the minimum, and pay back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sharing {
    /// All.
    #[default]
    Everything,
    /// Those of components that are paid for sales of these categories, or of their descendants.
    Categories(Vec<CategoryId>),
    /// Those of these components.
    Components(Vec<(PlanId, ComponentId)>),
}

/// Who has the payment plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AssignedTo {
    /// One participant.
    Participant(ParticipantId),
    /// Everybody in a compensation plan, while they are in it.
    Plan(PlanId),
    /// Everybody whose attribute has this text: a role.
    Attribute(AttributeName, String),
}

/// Who has the payment plan, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanAssignment {
    /// Who.
    pub to: AssignedTo,
    /// When.
    pub effective: DateRange,
}

/// A payment plan.
#[derive(Clone, Debug, PartialEq)]
pub struct PaymentPlan {
    /// Its id.
    pub id: PaymentPlanId,
    /// A name for people.
    pub name: String,
    /// When it pays its minimum. What is owed is recovered after that too.
    pub effective: DateRange,
    /// Lower is first; equal ones go by id.
    pub priority: u16,
    /// Who has it.
    pub assignments: Vec<PlanAssignment>,
    /// Which earnings count.
    pub shared_by: Sharing,
    /// What is paid at least.
    pub minimum: Minimum,
    /// Whether that is owed back, and how it is recovered.
    pub recoverability: Recoverability,
    /// The most that is paid.
    pub pay_cap: Option<PayCap>,
}
