//! `kind: participant` and `kind: team`: who is paid, and who is credited together.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use attain_domain::definition::participant::{Assignment, ReportingLine, TeamMember};
use attain_domain::definition::{Participant, Team};
use attain_domain::ids::{AttributeName, ParticipantId, PayGroupId, PlanId, TeamId};
use attain_domain::money::Currency;
use attain_domain::plan::NamedGoal;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::{Date, DateRange};

use super::leaf::{As, Leaf};
use super::listed::{Listed, Short};
use super::number::{AnyValue, Number};
use super::plan::{GoalDocument, RateTableDocument};
use super::{Mirror, each_inside, is_default, name_or_id, range, unless_id};

/// A person who is paid.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParticipantDocument {
    /// The id that the customer's systems use.
    id: As<ParticipantId>,
    /// A name for people; the id, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<As<String>>,
    /// First day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start: Option<As<Date>>,
    /// Last day, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<As<Date>>,
    /// The pay group. Without one the person is credited but never paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pay_group: Option<As<PayGroupId>>,
    /// The currency of paysheets; the operating currency, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pay_currency: Option<As<Currency>>,
    /// Whom the person reports to: an id, or a list of ids or of `{manager, from, to}`.
    #[serde(default, skip_serializing_if = "Listed::is_empty")]
    reports_to: Listed<ReportingLineDocument>,
    /// The plans the person is in: an id, or a list of ids or of `{plan, from, to, …}`.
    #[serde(default, skip_serializing_if = "Listed::is_empty")]
    plans: Listed<AssignmentDocument>,
    /// What expressions read as `participant.NAME`. `7` is a number and `"7"` a text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<As<AttributeName>, AnyValue>,
}

/// Somebody a participant reports to, for some time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReportingLineDocument {
    /// Who gets the roll-up.
    manager: As<ParticipantId>,
    /// First date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<As<Date>>,
    /// First date on which it no longer holds: `to` is exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<As<Date>>,
}

impl Short for ReportingLineDocument {
    const WANTED: &'static str = "a manager's id";

    fn from_short(text: &str) -> Result<Self, String> {
        let manager = As(ParticipantId::read(text)?);
        Ok(Self {
            manager,
            from: None,
            to: None,
        })
    }

    fn short(&self) -> Option<Cow<'_, str>> {
        let always = self.from.is_none() && self.to.is_none();
        always.then(|| self.manager.0.write())
    }
}

/// A participant in a plan, for some time, with what is personal.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AssignmentDocument {
    /// The plan.
    plan: As<PlanId>,
    /// First date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<As<Date>>,
    /// First date on which the person is no longer in the plan: `to` is exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<As<Date>>,
    /// Target incentive per year, in operating currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target_incentive: Option<Number>,
    /// Personal goals, instead of the plan's of the same id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    goals: Vec<GoalDocument>,
    /// Personal rate tables, instead of the plan's of the same id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rate_tables: Vec<RateTableDocument>,
}

impl Short for AssignmentDocument {
    const WANTED: &'static str = "a plan's id";

    fn from_short(text: &str) -> Result<Self, String> {
        Ok(Self {
            plan: As(PlanId::read(text)?),
            from: None,
            to: None,
            target_incentive: None,
            goals: Vec::new(),
            rate_tables: Vec::new(),
        })
    }

    fn short(&self) -> Option<Cow<'_, str>> {
        let always = self.from.is_none() && self.to.is_none();
        let usual =
            self.target_incentive.is_none() && self.goals.is_empty() && self.rate_tables.is_empty();
        (always && usual).then(|| self.plan.0.write())
    }
}

impl Mirror for ParticipantDocument {
    type Domain = Participant;

    fn from_domain(participant: &Participant) -> Self {
        let Participant {
            id,
            name,
            start,
            end,
            pay_group,
            pay_currency,
            reports_to,
            assignments,
            attributes,
        } = participant;
        let values = attributes.iter();
        Self {
            id: As(id.clone()),
            name: unless_id(name, id.as_str()),
            start: start.map(As),
            end: end.map(As),
            pay_group: pay_group.clone().map(As),
            pay_currency: pay_currency.map(As),
            reports_to: Listed(reports_to.iter().map(ReportingLineDocument::from).collect()),
            plans: Listed(assignments.iter().map(AssignmentDocument::from).collect()),
            attributes: values
                .map(|(name, value)| (As(name.clone()), AnyValue(value.clone())))
                .collect(),
        }
    }

    fn into_domain(self) -> Result<Participant, Refusal> {
        let line = |line: ReportingLineDocument| ReportingLine {
            manager: line.manager.0,
            effective: range(line.from, line.to),
        };
        let values = self.attributes.into_iter();
        Ok(Participant {
            name: name_or_id(self.name, self.id.0.as_str()),
            id: self.id.0,
            start: self.start.map(|leaf| leaf.0),
            end: self.end.map(|leaf| leaf.0),
            pay_group: self.pay_group.map(|leaf| leaf.0),
            pay_currency: self.pay_currency.map(|leaf| leaf.0),
            reports_to: self.reports_to.0.into_iter().map(line).collect(),
            assignments: each_inside("plans", self.plans.0, AssignmentDocument::assignment)?,
            attributes: values.map(|(name, value)| (name.0, value.0)).collect(),
        })
    }
}

impl From<&ReportingLine> for ReportingLineDocument {
    fn from(line: &ReportingLine) -> Self {
        let ReportingLine { manager, effective } = line;
        Self {
            manager: As(manager.clone()),
            from: effective.from.map(As),
            to: effective.to.map(As),
        }
    }
}

impl From<&Assignment> for AssignmentDocument {
    fn from(assignment: &Assignment) -> Self {
        let Assignment {
            plan,
            effective,
            goals,
            rate_tables,
            target_incentive,
        } = assignment;
        let named = |(id, goal): (&_, &_)| GoalDocument::named(id, goal);
        Self {
            plan: As(plan.clone()),
            from: effective.from.map(As),
            to: effective.to.map(As),
            target_incentive: target_incentive.map(Number),
            goals: goals.iter().map(named).collect(),
            rate_tables: rate_tables.values().map(RateTableDocument::from).collect(),
        }
    }
}

impl AssignmentDocument {
    fn assignment(self) -> Result<Assignment, Refusal> {
        let goals = each_inside("goals", self.goals, GoalDocument::goal)?;
        let tables = each_inside("rate_tables", self.rate_tables, RateTableDocument::table)?;
        let goals = goals.into_iter().map(|NamedGoal { id, goal }| (id, goal));
        let tables = tables.into_iter().map(|table| (table.id.clone(), table));
        Ok(Assignment {
            plan: self.plan.0,
            effective: range(self.from, self.to),
            goals: unique("goals", goals)?,
            rate_tables: unique("rate_tables", tables)?,
            target_incentive: self.target_incentive.map(|number| number.0),
        })
    }
}

fn unique<K: Ord + std::fmt::Display, V>(
    field: &str,
    entries: impl Iterator<Item = (K, V)>,
) -> Result<BTreeMap<K, V>, Refusal> {
    let mut map = BTreeMap::new();
    for (index, (id, entry)) in entries.enumerate() {
        if map.contains_key(&id) {
            let text = format!("the id `{id}` is there already");
            return Err(Refusal::new(Reason::Duplicate, text).at(format!("{field}[{index}].id")));
        }
        map.insert(id, entry);
    }
    Ok(map)
}

/// People who are credited together.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TeamDocument {
    /// Its id.
    id: As<TeamId>,
    /// A name for people; the id, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<As<String>>,
    /// Whose credit rolls up when a rule credits the team. Without a lead none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lead: Option<As<ParticipantId>>,
    /// Whether every member gets a team credit when one of them receives a direct credit.
    #[serde(default, skip_serializing_if = "is_default")]
    shares_members_credits: bool,
    /// The members: a list of ids or of `{participant, from, to}`.
    #[serde(default, skip_serializing_if = "Listed::is_empty")]
    members: Listed<TeamMemberDocument>,
}

/// A member of a team, for some time.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TeamMemberDocument {
    /// Who.
    participant: As<ParticipantId>,
    /// First date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<As<Date>>,
    /// First date on which the person is no longer a member: `to` is exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<As<Date>>,
}

impl Short for TeamMemberDocument {
    const WANTED: &'static str = "a member's id";

    fn from_short(text: &str) -> Result<Self, String> {
        let participant = As(ParticipantId::read(text)?);
        Ok(Self {
            participant,
            from: None,
            to: None,
        })
    }

    fn short(&self) -> Option<Cow<'_, str>> {
        let always = self.from.is_none() && self.to.is_none();
        always.then(|| self.participant.0.write())
    }
}

impl Mirror for TeamDocument {
    type Domain = Team;

    fn from_domain(team: &Team) -> Self {
        let Team {
            id,
            name,
            lead,
            shares_members_credits,
            members,
        } = team;
        let member = |member: &TeamMember| {
            let TeamMember {
                participant,
                effective: DateRange { from, to },
            } = member;
            TeamMemberDocument {
                participant: As(participant.clone()),
                from: from.map(As),
                to: to.map(As),
            }
        };
        Self {
            id: As(id.clone()),
            name: unless_id(name, id.as_str()),
            lead: lead.clone().map(As),
            shares_members_credits: *shares_members_credits,
            members: Listed(members.iter().map(member).collect()),
        }
    }

    fn into_domain(self) -> Result<Team, Refusal> {
        let member = |member: TeamMemberDocument| TeamMember {
            participant: member.participant.0,
            effective: range(member.from, member.to),
        };
        Ok(Team {
            name: name_or_id(self.name, self.id.0.as_str()),
            id: self.id.0,
            lead: self.lead.map(|leaf| leaf.0),
            shares_members_credits: self.shares_members_credits,
            members: self.members.0.into_iter().map(member).collect(),
        })
    }
}
