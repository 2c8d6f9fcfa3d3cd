//! All category rules and credit rules of a workspace, checked and compiled.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::index::{Condition, Index, Scratch};
use super::names::{Facts, category_scope, credit_scope};
use super::rule_checks::{check_receivers, check_rules, compiled};
use crate::definition::check::about;
use crate::definition::rules::{CreditRule, Receiver, ReceiverKind};
use crate::definition::{DefinitionKind, DefinitionSet, RuleSet};
use crate::expression::{EvaluationError, Scope};
use crate::ids::{CategoryId, ParticipantId, RuleId, RuleSetId, TeamId};
use crate::refusal::{Reason, Refusal, RowError};
use crate::transaction::Transaction;

/// The name under which refusals speak of the category rules.
const CATEGORY_RULES: &str = "category-rules";

/// The rules of a workspace, ready to be asked.
pub struct Rulebook {
    /// Whether the workspace classifies at all: not without categories.
    classifies: bool,
    category_index: Index,
    categories: Vec<(RuleId, CategoryId)>,
    pub(super) sets: Vec<CompiledSet>,
    /// The teams that share credits of their members, by member.
    sharing: BTreeMap<ParticipantId, Vec<TeamId>>,
    /// The rules that credit teams, with those receivers.
    team_rules: TeamRules,
}

/// By set and rule, the teams that are credited and their percents.
type TeamRules = BTreeMap<RuleSetId, BTreeMap<RuleId, Vec<(TeamId, Decimal)>>>;

/// One rule set.
pub(super) struct CompiledSet {
    pub(super) id: RuleSetId,
    pub(super) index: Index,
    pub(super) rules: Vec<CompiledRule>,
}

/// What is left of a credit rule beside its condition.
pub(super) struct CompiledRule {
    pub(super) id: RuleId,
    pub(super) receivers: Vec<Receiver>,
}

impl Rulebook {
    /// Checks and compiles the category rules and all rule sets.
    ///
    /// # Errors
    /// Everything that is wrong. `field` is the path in the definition, such as `rules[2].when`;
    /// `details` and the text name the definition.
    pub fn compile(set: &DefinitionSet) -> Result<Self, Vec<Refusal>> {
        let mut wrong = Vec::new();
        let (categories, category_index) = compile_category_rules(set, &mut wrong);
        let scope = credit_scope(&set.attributes);
        let sets: Vec<CompiledSet> = set
            .rule_sets
            .values()
            .map(|rules| compile_set(set, rules, &scope, &mut wrong))
            .collect();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Self {
            classifies: !set.categories.parents.is_empty(),
            category_index,
            categories,
            sharing: sharing(set),
            team_rules: team_rules(&sets),
            sets,
        })
    }

    /// Whether transactions need a category: not in a workspace without categories.
    pub(super) fn classifies(&self) -> bool {
        self.classifies
    }

    /// The category that the first matching category rule gives.
    pub(super) fn classify(
        &self,
        transaction: &Transaction,
        scratch: &mut Scratch,
    ) -> Result<Option<&CategoryId>, RowError> {
        let facts = Facts {
            transaction,
            category: None,
        };
        match self
            .category_index
            .first(facts, transaction.event_date, scratch)
        {
            Ok(rank) => Ok(rank
                .and_then(|rank| self.categories.get(rank))
                .map(|(_, category)| category)),
            Err((rank, wrong)) => {
                let rule = self
                    .categories
                    .get(rank)
                    .map_or("", |(rule, _)| rule.as_str());
                Err(failed(&format!("category rule `{rule}`"), &wrong))
            }
        }
    }

    /// The teams in which a member's direct credits are shared.
    pub(super) fn sharing_teams(&self, member: &ParticipantId) -> &[TeamId] {
        self.sharing
            .get(member)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The teams that a rule credits, and their percents.
    pub(super) fn credited_teams(&self, set: &RuleSetId, rule: &RuleId) -> &[(TeamId, Decimal)] {
        let rules = self.team_rules.get(set);
        rules
            .and_then(|rules| rules.get(rule))
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}

impl CompiledSet {
    /// The first rule that matches.
    pub(super) fn first(
        &self,
        facts: Facts<'_>,
        scratch: &mut Scratch,
    ) -> Result<Option<&CompiledRule>, RowError> {
        match self
            .index
            .first(facts, facts.transaction.event_date, scratch)
        {
            Ok(rank) => Ok(rank.and_then(|rank| self.rules.get(rank))),
            Err((rank, wrong)) => {
                let rule = self.rules.get(rank).map_or("", |rule| rule.id.as_str());
                Err(failed(
                    &format!("rule `{rule}` of rule set `{}`", self.id),
                    &wrong,
                ))
            }
        }
    }
}

fn failed(what: &str, wrong: &EvaluationError) -> RowError {
    RowError::new(
        Reason::ExpressionFailed,
        format!("the condition of {what}: {wrong}"),
    )
}

fn compile_category_rules(
    set: &DefinitionSet,
    wrong: &mut Vec<Refusal>,
) -> (Vec<(RuleId, CategoryId)>, Index) {
    let mut found = Vec::new();
    let rules = &set.category_rules.rules;
    check_rules(
        rules.iter().map(|rule| (&rule.id, rule.effective)),
        &mut found,
    );
    let scope = category_scope(&set.attributes);
    let mut conditions: Vec<Condition> = Vec::with_capacity(rules.len());
    for (position, rule) in rules.iter().enumerate() {
        conditions.extend(compiled(
            position,
            &rule.when,
            rule.effective,
            &scope,
            &mut found,
        ));
        if !set.categories.contains(&rule.category) {
            let text = format!("the category tree has no `{}`", rule.category);
            let field = format!("rules[{position}].category");
            found.push(Refusal::new(Reason::UnknownCategory, text).at(field));
        }
    }
    let kind = DefinitionKind::CategoryRules;
    wrong.extend(
        found
            .into_iter()
            .map(|refusal| about(kind, CATEGORY_RULES, refusal)),
    );
    let categories = rules
        .iter()
        .map(|rule| (rule.id.clone(), rule.category.clone()));
    (categories.collect(), Index::new(conditions))
}

fn compile_set(
    set: &DefinitionSet,
    rules: &RuleSet,
    scope: &Scope,
    wrong: &mut Vec<Refusal>,
) -> CompiledSet {
    let mut found = Vec::new();
    check_rules(
        rules.rules.iter().map(|rule| (&rule.id, rule.effective)),
        &mut found,
    );
    let mut conditions: Vec<Condition> = Vec::with_capacity(rules.rules.len());
    for (position, rule) in rules.rules.iter().enumerate() {
        conditions.extend(compiled(
            position,
            &rule.when,
            rule.effective,
            scope,
            &mut found,
        ));
        check_receivers(set, position, &rule.receivers, &mut found);
    }
    let (kind, id) = (DefinitionKind::RuleSet, rules.id.as_str());
    wrong.extend(found.into_iter().map(|refusal| about(kind, id, refusal)));
    let compiled_rule = |rule: &CreditRule| CompiledRule {
        id: rule.id.clone(),
        receivers: rule.receivers.clone(),
    };
    CompiledSet {
        id: rules.id.clone(),
        index: Index::new(conditions),
        rules: rules.rules.iter().map(compiled_rule).collect(),
    }
}

fn sharing(set: &DefinitionSet) -> BTreeMap<ParticipantId, Vec<TeamId>> {
    let mut sharing: BTreeMap<ParticipantId, Vec<TeamId>> = BTreeMap::new();
    for team in set
        .teams
        .values()
        .filter(|team| team.shares_members_credits)
    {
        for member in &team.members {
            let teams = sharing.entry(member.participant.clone()).or_default();
            // Somebody may be a member twice, at different times.
            if teams.last() != Some(&team.id) {
                teams.push(team.id.clone());
            }
        }
    }
    sharing
}

fn team_rules(sets: &[CompiledSet]) -> TeamRules {
    let mut by_set = BTreeMap::new();
    for set in sets {
        let mut by_rule = BTreeMap::new();
        for rule in &set.rules {
            let team = |receiver: &Receiver| match &receiver.who {
                ReceiverKind::Team(team) => Some((team.clone(), receiver.percent)),
                ReceiverKind::Participant(_) | ReceiverKind::Attribute(_) => None,
            };
            let teams: Vec<(TeamId, Decimal)> = rule.receivers.iter().filter_map(team).collect();
            if !teams.is_empty() {
                by_rule.insert(rule.id.clone(), teams);
            }
        }
        if !by_rule.is_empty() {
            by_set.insert(set.id.clone(), by_rule);
        }
    }
    by_set
}
