//! Credit rules: who gets how much of which transaction.

use rust_decimal::Decimal;

use crate::ids::{AttributeName, ParticipantId, RuleId, RuleSetId, TeamId};
use crate::time::DateRange;

/// Who receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceiverKind {
    /// A named participant.
    Participant(ParticipantId),
    /// A named team.
    Team(TeamId),
    /// The participant whose id stands in an attribute of the transaction.
    Attribute(AttributeName),
}

/// One receiver of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// Who.
    pub who: ReceiverKind,
    /// Split percent, 0 to 100 (above 100 for non-revenue credits only).
    pub percent: Decimal,
    /// Revenue splits of a rule total 100; non-revenue ones need not.
    pub revenue: bool,
    /// Whether the credit rolls up the hierarchy.
    pub rolls_up: bool,
}

/// One credit rule.
#[derive(Clone, Debug, PartialEq)]
pub struct CreditRule {
    /// Its name; unique in the set.
    pub id: RuleId,
    /// When it applies, by event date.
    pub effective: DateRange,
    /// A condition over the transaction; CEL.
    pub when: String,
    /// Who receives, in the order of cumulative rounding.
    pub receivers: Vec<Receiver>,
}

/// A set of rules. In each set the first matching rule by rank wins.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleSet {
    /// Its id.
    pub id: RuleSetId,
    /// A name for people.
    pub name: String,
    /// In rank order.
    pub rules: Vec<CreditRule>,
}
