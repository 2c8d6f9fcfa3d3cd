//! People and teams: who is paid, who reports to whom, who is in which plan.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::expression::Value;
use crate::ids::{AttributeName, GoalId, ParticipantId, PayGroupId, PlanId, RateTableId, TeamId};
use crate::money::Currency;
use crate::plan::{Goal, RateTable};
use crate::time::{Date, DateRange};

/// Somebody a participant reports to, for some time. Several at once are allowed (overlays).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportingLine {
    /// Who gets the roll-up.
    pub manager: ParticipantId,
    /// When.
    pub effective: DateRange,
}

/// A participant in a plan, for some time, with what is personal.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The plan.
    pub plan: PlanId,
    /// When.
    pub effective: DateRange,
    /// Personal goals, instead of the plan's.
    pub goals: BTreeMap<GoalId, Goal>,
    /// Personal rate tables, instead of the plan's.
    pub rate_tables: BTreeMap<RateTableId, RateTable>,
    /// Target incentive per year, in operating currency.
    pub target_incentive: Option<Decimal>,
}

/// A person who is paid.
#[derive(Clone, Debug, PartialEq)]
pub struct Participant {
    /// The id the customer's systems use.
    pub id: ParticipantId,
    /// A name for people.
    pub name: String,
    /// First day; `None` is always.
    pub start: Option<Date>,
    /// Last day, inclusive; `None` while employed.
    pub end: Option<Date>,
    /// The pay group, if any: without one the person is credited but never paid.
    pub pay_group: Option<PayGroupId>,
    /// The currency of paysheets; the operating currency if none.
    pub pay_currency: Option<Currency>,
    /// Whom the person reports to.
    pub reports_to: Vec<ReportingLine>,
    /// The plans the person is in.
    pub assignments: Vec<Assignment>,
    /// What expressions can read as `participant.NAME`.
    pub attributes: BTreeMap<AttributeName, Value>,
}

impl Participant {
    /// Whether the person is there on a date.
    #[must_use]
    pub fn is_active(&self, date: Date) -> bool {
        self.start.is_none_or(|start| start <= date) && self.end.is_none_or(|end| date <= end)
    }
}

/// A member of a team, for some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamMember {
    /// Who.
    pub participant: ParticipantId,
    /// When.
    pub effective: DateRange,
}

/// People credited together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// A name for people.
    pub name: String,
    /// The original receiver when a rule credits the team: this credit rolls up. Without a lead,
    /// no credit of the team rolls up.
    pub lead: Option<ParticipantId>,
    /// When a member receives a direct credit, every other member gets a team credit as well.
    pub shares_members_credits: bool,
    /// The members.
    pub members: Vec<TeamMember>,
}
