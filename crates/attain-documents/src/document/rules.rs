//! `kind: rule_set`: who gets how much of which transaction.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use attain_domain::definition::RuleSet;
use attain_domain::definition::rules::{CreditRule, Receiver, ReceiverKind};
use attain_domain::ids::{AttributeName, ParticipantId, RuleId, RuleSetId, TeamId};
use attain_domain::refusal::Refusal;
use attain_domain::time::Date;

use super::leaf::As;
use super::number::Percent;
use super::{
    Mirror, always, each_inside, exactly_one, is_true, name_or_id, range, unless_always, unless_id,
    yes,
};

/// A set of credit rules. The first rule that matches wins; others are not tried.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleSetDocument {
    /// Its id.
    id: As<RuleSetId>,
    /// A name for people; the id, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<As<String>>,
    /// In the order in which they are tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rules: Vec<CreditRuleDocument>,
}

/// One credit rule.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreditRuleDocument {
    /// Its name; unique in the set.
    id: As<RuleId>,
    /// First event date for which it applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<As<Date>>,
    /// First event date for which it no longer applies: `to` is exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<As<Date>>,
    /// A condition over the transaction; without one the rule always matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    when: Option<As<String>>,
    /// Who receives a credit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    receivers: Vec<ReceiverDocument>,
}

/// One receiver: exactly one of `participant`, `team` and `attribute`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReceiverDocument {
    /// A participant by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    participant: Option<As<ParticipantId>>,
    /// A team by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    team: Option<As<TeamId>>,
    /// The attribute of the transaction in which the participant's id stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attribute: Option<As<AttributeName>>,
    /// The share of the transaction; 100 if it is not given. Shares with `revenue: true` must
    /// total 100 in a rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    percent: Option<Percent>,
    /// Whether this is revenue (the default) or a credit besides it.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    revenue: bool,
    /// Whether the credit rolls up to managers; it does unless this is `false`.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    rolls_up: bool,
}

impl Mirror for RuleSetDocument {
    type Domain = RuleSet;

    fn from_domain(set: &RuleSet) -> Self {
        let RuleSet { id, name, rules } = set;
        Self {
            id: As(id.clone()),
            name: unless_id(name, id.as_str()),
            rules: rules.iter().map(CreditRuleDocument::from).collect(),
        }
    }

    fn into_domain(self) -> Result<RuleSet, Refusal> {
        Ok(RuleSet {
            name: name_or_id(self.name, self.id.0.as_str()),
            id: self.id.0,
            rules: each_inside("rules", self.rules, CreditRuleDocument::rule)?,
        })
    }
}

impl From<&CreditRule> for CreditRuleDocument {
    fn from(rule: &CreditRule) -> Self {
        let CreditRule {
            id,
            effective,
            when,
            receivers,
        } = rule;
        Self {
            id: As(id.clone()),
            from: effective.from.map(As),
            to: effective.to.map(As),
            when: unless_always(when),
            receivers: receivers.iter().map(ReceiverDocument::from).collect(),
        }
    }
}

impl CreditRuleDocument {
    fn rule(self) -> Result<CreditRule, Refusal> {
        Ok(CreditRule {
            id: self.id.0,
            effective: range(self.from, self.to),
            when: always(self.when),
            receivers: each_inside("receivers", self.receivers, ReceiverDocument::receiver)?,
        })
    }
}

impl From<&Receiver> for ReceiverDocument {
    fn from(receiver: &Receiver) -> Self {
        let Receiver {
            who,
            percent,
            revenue,
            rolls_up,
        } = receiver;
        let mut document = Self {
            percent: (*percent != Decimal::ONE_HUNDRED).then_some(Percent(*percent)),
            revenue: *revenue,
            rolls_up: *rolls_up,
            ..Self::default()
        };
        match who {
            ReceiverKind::Participant(id) => document.participant = Some(As(id.clone())),
            ReceiverKind::Team(id) => document.team = Some(As(id.clone())),
            ReceiverKind::Attribute(name) => document.attribute = Some(As(name.clone())),
        }
        document
    }
}

impl ReceiverDocument {
    fn receiver(self) -> Result<Receiver, Refusal> {
        let who = exactly_one([
            (
                "participant",
                self.participant.map(|id| ReceiverKind::Participant(id.0)),
            ),
            ("team", self.team.map(|id| ReceiverKind::Team(id.0))),
            (
                "attribute",
                self.attribute.map(|name| ReceiverKind::Attribute(name.0)),
            ),
        ])?;
        Ok(Receiver {
            who,
            percent: self
                .percent
                .map_or(Decimal::ONE_HUNDRED, |percent| percent.0),
            revenue: self.revenue,
            rolls_up: self.rolls_up,
        })
    }
}
