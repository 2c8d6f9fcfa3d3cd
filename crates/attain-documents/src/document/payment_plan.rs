//! `kind: payment_plan`: what somebody is paid at least, whether that is owed back, and how it is
//! recovered.

use std::borrow::Cow;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use attain_domain::definition::calendar::IntervalKind;
use attain_domain::ids::{
    AttributeName, CategoryId, ComponentId, ParticipantId, PaymentPlanId, PlanId,
};
use attain_domain::payment_plan::{
    AssignedTo, BalanceCap, DrawMode, DrawProration, Floor, Minimum, PayCap, PaymentPlan,
    PlanAssignment, Recoverability, RecoveryTerms, RecoveryTiming, Sharing, Withheld,
};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::Date;

use super::leaf::{As, Leaf};
use super::listed::{Listed, Short};
use super::number::{Number, Percent};
use super::{Mirror, each_inside, exactly_one, is_default, name_or_id, range, unless_id};

/// What somebody is paid at least (a draw or a guarantee), whether that is owed back, and how it is
/// recovered. Amounts are in operating currency.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaymentPlanDocument {
    /// Its id.
    id: As<PaymentPlanId>,
    /// A name for people; the id, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<As<String>>,
    /// First date on which it pays its minimum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<As<Date>>,
    /// First date on which it no longer pays it: `to` is exclusive. What is owed is recovered after
    /// that too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<As<Date>>,
    /// Of several plans of one participant the lower one is settled first, equal ones by id; 0 is
    /// the default.
    #[serde(default, skip_serializing_if = "is_default")]
    priority: u16,
    /// Who has it: a participant's id, or a list of ids or of `{participant | plan | attribute, …}`.
    #[serde(default, skip_serializing_if = "Listed::is_empty")]
    assignments: Listed<PlanAssignmentDocument>,
    /// Which earnings count towards the minimum and pay back; all, if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shared_by: Option<SharingDocument>,
    /// What is paid at least.
    minimum: MinimumDocument,
    /// Whether what it advances is owed back.
    recoverability: RecoverabilityDocument,
    /// How it is recovered; at once and in full above the minimum, if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recovery: Option<RecoveryDocument>,
    /// The most that is paid per interval of the minimum, out of the earnings that count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pay_cap: Option<CapDocument>,
}

/// Who has the payment plan, and when: one of `participant`, `plan` and `attribute`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PlanAssignmentDocument {
    /// One participant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    participant: Option<As<ParticipantId>>,
    /// Everybody in a plan, while they are in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plan: Option<As<PlanId>>,
    /// Everybody whose attribute of this name has the text in `is`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attribute: Option<As<AttributeName>>,
    /// With `attribute`: its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    is: Option<As<String>>,
    /// First date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<As<Date>>,
    /// First date on which it is no longer theirs: `to` is exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<As<Date>>,
}

impl Short for PlanAssignmentDocument {
    const WANTED: &'static str = "a participant's id";

    fn from_short(text: &str) -> Result<Self, String> {
        Ok(Self {
            participant: Some(As(ParticipantId::read(text)?)),
            plan: None,
            attribute: None,
            is: None,
            from: None,
            to: None,
        })
    }

    fn short(&self) -> Option<Cow<'_, str>> {
        let always = self.from.is_none() && self.to.is_none();
        let participant = self.participant.as_ref().filter(|_| always);
        participant.map(|participant| participant.0.write())
    }
}

/// Which earnings count: one of the two.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum SharingDocument {
    /// Those of components that are paid for sales of these categories, or of those below them.
    Categories(Vec<As<CategoryId>>),
    /// Those of these components.
    Components(Vec<ComponentOf>),
}

/// A component of a plan.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ComponentOf {
    /// The plan.
    plan: As<PlanId>,
    /// The component.
    component: As<ComponentId>,
}

/// What is paid at least.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MinimumDocument {
    /// Per interval; 0 or more. With 0, pay only never goes below zero.
    amount: Number,
    /// The span it is for: `period` (the default), `quarter` or `year`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    interval: Option<As<IntervalKind>>,
    /// `top_up` (the default): what was earned is topped up to it. `on_top`: it is paid in addition
    /// to what was earned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mode: Option<As<DrawMode>>,
    /// For an interval in which somebody starts or ends: `by_day` (the default) or `whole`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proration: Option<As<DrawProration>>,
}

/// Whether what is advanced is owed back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RecoverabilityDocument {
    /// No: it is a guarantee.
    NotRecoverable,
    /// Yes, until it is paid back.
    Recoverable,
    /// Yes, until the plan ends: what is left then is forgiven. Needs `to`.
    ForgivenAtEnd,
}

/// How what was advanced is recovered.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RecoveryDocument {
    /// `immediate` (the default): on every sheet after the draw. `{interval_end: quarter}`: on
    /// sheets of the last period of an interval only. `{from: DATE}`: on sheets that are paid on
    /// that date or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    timing: Option<TimingDocument>,
    /// Percent of what is above the floor; more than 0, at most 100 (the default).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    percent: Option<Percent>,
    /// `kept` (the default): it takes only from what is above the minimum. `not_kept`: once more
    /// than the minimum was earned it takes from all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    floor: Option<As<Floor>>,
    /// The most that may be owed because of this plan; a draw that would go above it is cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    balance_cap: Option<CapDocument>,
    /// Sheets that are paid after this date recover nothing: what is left is forgiven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waive_after: Option<As<Date>>,
}

/// When the balance is recovered.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum TimingDocument {
    /// On every sheet after the draw.
    Immediate,
    /// On sheets of the last period of an interval: `period`, `quarter` or `year`.
    IntervalEnd(As<IntervalKind>),
    /// On sheets that are paid on this date or later.
    From(As<Date>),
}

/// A most, and what becomes of what is above it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CapDocument {
    /// The most.
    amount: Number,
    /// What is above it: `lost` (the default, shown and never paid) or `carried_forward` (due again
    /// later).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    withheld: Option<As<Withheld>>,
}

/// A choice, unless it is the usual one.
fn unless_default<T: Default + PartialEq>(value: T) -> Option<As<T>> {
    (!is_default(&value)).then_some(As(value))
}

fn or_default<T: Default>(leaf: Option<As<T>>) -> T {
    leaf.map(|leaf| leaf.0).unwrap_or_default()
}

impl CapDocument {
    fn of(amount: Decimal, withheld: Withheld) -> Self {
        Self {
            amount: Number(amount),
            withheld: unless_default(withheld),
        }
    }
}

impl Mirror for PaymentPlanDocument {
    type Domain = PaymentPlan;

    fn from_domain(plan: &PaymentPlan) -> Self {
        let PaymentPlan {
            id,
            name,
            effective,
            priority,
            assignments,
            shared_by,
            minimum,
            recoverability,
            pay_cap,
        } = plan;
        let kind = match recoverability {
            Recoverability::NotRecoverable => RecoverabilityDocument::NotRecoverable,
            Recoverability::Recoverable(_) => RecoverabilityDocument::Recoverable,
            Recoverability::ForgivenAtEnd(_) => RecoverabilityDocument::ForgivenAtEnd,
        };
        let terms = recoverability.terms().map(RecoveryDocument::from);
        let assigned = assignments.iter().map(PlanAssignmentDocument::from);
        Self {
            id: As(id.clone()),
            name: unless_id(name, id.as_str()),
            from: effective.from.map(As),
            to: effective.to.map(As),
            priority: *priority,
            assignments: Listed(assigned.collect()),
            shared_by: SharingDocument::of(shared_by),
            minimum: MinimumDocument::from(minimum),
            recoverability: kind,
            recovery: terms.filter(|terms| !terms.is_usual()),
            pay_cap: pay_cap.map(|PayCap { amount, withheld }| CapDocument::of(amount, withheld)),
        }
    }

    fn into_domain(self) -> Result<PaymentPlan, Refusal> {
        let terms = || self.recovery.clone().unwrap_or_default().terms();
        let recoverability = match self.recoverability {
            RecoverabilityDocument::NotRecoverable if self.recovery.is_some() => {
                let text = "what is not recoverable has no terms of recovery";
                return Err(Refusal::new(Reason::MalformedValue, text).at("recovery"));
            }
            RecoverabilityDocument::NotRecoverable => Recoverability::NotRecoverable,
            RecoverabilityDocument::Recoverable => Recoverability::Recoverable(terms()),
            RecoverabilityDocument::ForgivenAtEnd => Recoverability::ForgivenAtEnd(terms()),
        };
        let assignment = PlanAssignmentDocument::assignment;
        Ok(PaymentPlan {
            name: name_or_id(self.name, self.id.0.as_str()),
            id: self.id.0,
            effective: range(self.from, self.to),
            priority: self.priority,
            assignments: each_inside("assignments", self.assignments.0, assignment)?,
            shared_by: self
                .shared_by
                .map_or(Sharing::Everything, SharingDocument::sharing),
            minimum: self.minimum.minimum(),
            recoverability,
            pay_cap: self.pay_cap.map(|cap| PayCap {
                amount: cap.amount.0,
                withheld: or_default(cap.withheld),
            }),
        })
    }
}

impl From<&PlanAssignment> for PlanAssignmentDocument {
    fn from(assignment: &PlanAssignment) -> Self {
        let PlanAssignment { to, effective } = assignment;
        let mut document = Self {
            participant: None,
            plan: None,
            attribute: None,
            is: None,
            from: effective.from.map(As),
            to: effective.to.map(As),
        };
        match to {
            AssignedTo::Participant(id) => document.participant = Some(As(id.clone())),
            AssignedTo::Plan(id) => document.plan = Some(As(id.clone())),
            AssignedTo::Attribute(name, text) => {
                document.attribute = Some(As(name.clone()));
                document.is = Some(As(text.clone()));
            }
        }
        document
    }
}

impl PlanAssignmentDocument {
    fn assignment(self) -> Result<PlanAssignment, Refusal> {
        let attribute = match (self.attribute, self.is) {
            (Some(name), Some(text)) => Some(AssignedTo::Attribute(name.0, text.0)),
            (None, None) => None,
            (Some(_), None) => {
                let text = "is needed beside `attribute`: the text that it has";
                return Err(Refusal::new(Reason::MissingValue, text).at("is"));
            }
            (None, Some(_)) => {
                let text = "is needed beside `is`: the attribute that has the text";
                return Err(Refusal::new(Reason::MissingValue, text).at("attribute"));
            }
        };
        let participant = self.participant.map(|id| AssignedTo::Participant(id.0));
        let plan = self.plan.map(|id| AssignedTo::Plan(id.0));
        let to = exactly_one([
            ("participant", participant),
            ("plan", plan),
            ("attribute", attribute),
        ])?;
        Ok(PlanAssignment {
            to,
            effective: range(self.from, self.to),
        })
    }
}

impl SharingDocument {
    /// None for everything.
    fn of(sharing: &Sharing) -> Option<Self> {
        match sharing {
            Sharing::Everything => None,
            Sharing::Categories(named) => {
                let named = named.iter().cloned();
                Some(Self::Categories(named.map(As).collect()))
            }
            Sharing::Components(named) => {
                let component = |(plan, component): &(PlanId, ComponentId)| ComponentOf {
                    plan: As(plan.clone()),
                    component: As(component.clone()),
                };
                Some(Self::Components(named.iter().map(component).collect()))
            }
        }
    }

    fn sharing(self) -> Sharing {
        match self {
            Self::Categories(named) => {
                let named = named.into_iter();
                Sharing::Categories(named.map(|leaf| leaf.0).collect())
            }
            Self::Components(named) => {
                let named = named.into_iter();
                Sharing::Components(named.map(|of| (of.plan.0, of.component.0)).collect())
            }
        }
    }
}

impl From<&Minimum> for MinimumDocument {
    fn from(minimum: &Minimum) -> Self {
        let Minimum {
            amount,
            interval,
            mode,
            proration,
        } = minimum;
        Self {
            amount: Number(*amount),
            interval: (*interval != IntervalKind::Period).then_some(As(*interval)),
            mode: (*mode != DrawMode::TopUp).then_some(As(*mode)),
            proration: unless_default(*proration),
        }
    }
}

impl MinimumDocument {
    fn minimum(self) -> Minimum {
        Minimum {
            amount: self.amount.0,
            interval: self.interval.map_or(IntervalKind::Period, |leaf| leaf.0),
            mode: self.mode.map_or(DrawMode::TopUp, |leaf| leaf.0),
            proration: or_default(self.proration),
        }
    }
}

impl From<&RecoveryTerms> for RecoveryDocument {
    fn from(terms: &RecoveryTerms) -> Self {
        let RecoveryTerms {
            timing,
            percent,
            floor,
            balance_cap,
            waive_after,
        } = terms;
        let cap = |BalanceCap { amount, withheld }| CapDocument::of(amount, withheld);
        Self {
            timing: match timing {
                RecoveryTiming::Immediate => None,
                RecoveryTiming::IntervalEnd(kind) => Some(TimingDocument::IntervalEnd(As(*kind))),
                RecoveryTiming::From(date) => Some(TimingDocument::From(As(*date))),
            },
            percent: (*percent != Decimal::ONE_HUNDRED).then_some(Percent(*percent)),
            floor: unless_default(*floor),
            balance_cap: balance_cap.map(cap),
            waive_after: waive_after.map(As),
        }
    }
}

impl RecoveryDocument {
    /// Whether there is nothing to write about it.
    fn is_usual(&self) -> bool {
        self.timing.is_none()
            && self.percent.is_none()
            && self.floor.is_none()
            && self.balance_cap.is_none()
            && self.waive_after.is_none()
    }

    fn terms(self) -> RecoveryTerms {
        RecoveryTerms {
            timing: match self.timing {
                None | Some(TimingDocument::Immediate) => RecoveryTiming::Immediate,
                Some(TimingDocument::IntervalEnd(kind)) => RecoveryTiming::IntervalEnd(kind.0),
                Some(TimingDocument::From(date)) => RecoveryTiming::From(date.0),
            },
            percent: self.percent.map_or(Decimal::ONE_HUNDRED, |leaf| leaf.0),
            floor: or_default(self.floor),
            balance_cap: self.balance_cap.map(|cap| BalanceCap {
                amount: cap.amount.0,
                withheld: or_default(cap.withheld),
            }),
            waive_after: self.waive_after.map(|leaf| leaf.0),
        }
    }
}
