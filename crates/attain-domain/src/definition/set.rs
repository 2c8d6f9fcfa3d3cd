//! All live definitions of a workspace, side by side, as processes use them.

use std::collections::BTreeMap;

use super::{
    AttributeSchema, Calendar, CategoryRules, CategoryTree, CurrencyRates, Definition,
    DefinitionRecord, Participant, PayGroup, RuleSet, Settings, Team,
};
use crate::ids::{ParticipantId, PayGroupId, PaymentPlanId, PlanId, RuleSetId, TeamId};
use crate::payment_plan::PaymentPlan;
use crate::plan::Plan;
use crate::time::Date;

/// A plan with the version that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionedPlan {
    /// The plan.
    pub plan: Plan,
    /// Its version.
    pub version: u32,
}

/// All live definitions of a workspace. Not checked: see `definition::check`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DefinitionSet {
    /// Absent until the first `apply`.
    pub settings: Option<Settings>,
    /// Attributes of transactions.
    pub attributes: AttributeSchema,
    /// The pay calendar.
    pub calendar: Calendar,
    /// Currency rates.
    pub rates: CurrencyRates,
    /// The category tree.
    pub categories: CategoryTree,
    /// Category rules.
    pub category_rules: CategoryRules,
    /// Plans.
    pub plans: BTreeMap<PlanId, VersionedPlan>,
    /// Pay groups.
    pub pay_groups: BTreeMap<PayGroupId, PayGroup>,
    /// Participants.
    pub participants: BTreeMap<ParticipantId, Participant>,
    /// Teams.
    pub teams: BTreeMap<TeamId, Team>,
    /// Sets of credit rules.
    pub rule_sets: BTreeMap<RuleSetId, RuleSet>,
    /// Payment plans.
    pub payment_plans: BTreeMap<PaymentPlanId, PaymentPlan>,
}

impl DefinitionSet {
    /// Gathers live records.
    #[must_use]
    pub fn gather(records: impl IntoIterator<Item = DefinitionRecord>) -> Self {
        let mut set = Self::default();
        for record in records {
            set.put(record.body, record.stamp.version.0);
        }
        set
    }

    /// Puts one definition, in the place of the one it replaces.
    pub fn put(&mut self, definition: Definition, version: u32) {
        match definition {
            Definition::Settings(settings) => self.settings = Some(settings),
            Definition::Attributes(attributes) => self.attributes = attributes,
            Definition::Calendar(calendar) => self.calendar = calendar,
            Definition::Rates(rates) => self.rates = rates,
            Definition::Categories(tree) => self.categories = tree,
            Definition::CategoryRules(rules) => self.category_rules = rules,
            Definition::Plan(plan) => {
                self.plans
                    .insert(plan.id.clone(), VersionedPlan { plan, version });
            }
            Definition::PayGroup(group) => {
                self.pay_groups.insert(group.id.clone(), group);
            }
            Definition::Participant(participant) => {
                self.participants
                    .insert(participant.id.clone(), participant);
            }
            Definition::Team(team) => {
                self.teams.insert(team.id.clone(), team);
            }
            Definition::RuleSet(rules) => {
                self.rule_sets.insert(rules.id.clone(), rules);
            }
            Definition::PaymentPlan(plan) => {
                self.payment_plans.insert(plan.id.clone(), plan);
            }
        }
    }

    /// A participant who is there on a date.
    #[must_use]
    pub fn active_participant(&self, id: &ParticipantId, date: Date) -> Option<&Participant> {
        self.participants
            .get(id)
            .filter(|participant| participant.is_active(date))
    }
}
