//! Applying definitions: everything is checked together, then written together.

use attain_domain::activity::{Activity, ActivityAction, RecordKind};
use attain_domain::calculation::lint::{Finding, lint_plan};
use attain_domain::change::{ChangeSet, DefinitionChange, Guard};
use attain_domain::definition::check::{about, check, is_deletable};
use attain_domain::definition::{Definition, DefinitionKind, DefinitionRecord, DefinitionSet};
use attain_domain::ids::{ActivityId, DefinitionId, PaymentPlanId};
use attain_domain::payment_plan::lint::DrawFinding;
use attain_domain::payment_plan::lint_together;
use attain_domain::ports::{ChunkSize, Snapshot};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::stamp::{Stamp, Version};
use attain_domain::time::DateRange;
use attain_domain::working::Circumstances;

use super::aftermath::Aftermath;
use super::closing::refuse_closing;
use super::{all_of_kind, answer, load};
use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;
use crate::world::World;

/// Most definitions that one apply may write.
pub(super) const APPLY_MAX: usize = 200_000;

/// Whether to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplyMode {
    /// Check and say what would change.
    Validate,
    /// Write.
    Write,
}

/// What happens to one definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefinitionOutcome {
    /// It is new.
    Created,
    /// It gets a new version.
    Updated,
    /// It says what is stored already.
    Unchanged,
    /// It ends.
    Deleted,
}

/// One definition of an apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedDefinition {
    /// Its kind.
    pub kind: DefinitionKind,
    /// Its id.
    pub id: DefinitionId,
    /// What happens to it.
    pub outcome: DefinitionOutcome,
    /// Its version afterwards.
    pub version: Version,
}

/// What an apply does, or would do.
#[derive(Clone, Debug, PartialEq)]
pub struct ApplyPlan {
    /// Each definition that was given or deleted, in the order given.
    pub definitions: Vec<AppliedDefinition>,
    /// What the lint of plans found: worth a look, not wrong.
    pub findings: Vec<Finding>,
    /// What the lint of payment plans found, alone and as people have them.
    pub draw_findings: Vec<DrawFinding>,
}

impl ApplyPlan {
    /// What an apply does to these definitions, with what the lint finds about them.
    fn new(world: &World, definitions: Vec<AppliedDefinition>) -> Self {
        Self {
            findings: findings(world, &definitions),
            draw_findings: draw_findings(world, &definitions),
            definitions,
        }
    }
}

/// Everything that has been decided, before it is written.
struct Decided {
    plan: ApplyPlan,
    writes: Vec<DefinitionChange>,
    aftermath: Aftermath,
}

impl Engine {
    /// Checks definitions together with those that stand, and writes all of them or none.
    /// `deleted` end in the same commit.
    ///
    /// # Errors
    /// Everything that is wrong, at once; nothing is written then.
    pub async fn apply(
        &self,
        caller: &Caller,
        definitions: &[Definition],
        deleted: &[(DefinitionKind, DefinitionId)],
        mode: ApplyMode,
    ) -> Result<ApplyPlan, Vec<Refusal>> {
        refuse_twice(definitions, deleted)?;
        let content = content_of(caller, definitions, deleted);
        let mut attempts = self.attempts();
        loop {
            attempts.next().map_err(one)?;
            let snapshot = self.snapshot(caller).await.map_err(one)?;
            let repeated = self.first_answer(caller, &*snapshot, &content).await;
            if let Some(answer) = repeated.map_err(one)? {
                let definitions = answer::read(&answer).map_err(one)?;
                let world = self.world(caller, &*snapshot).await.map_err(one)?;
                return Ok(ApplyPlan::new(&world, definitions));
            }
            let mark = snapshot
                .definitions_mark()
                .await
                .map_err(store_refusal)
                .map_err(one)?;
            let before = load(&*snapshot).await.map_err(one)?;
            let ids = std::sync::Arc::clone(&self.ids);
            let mut next_id = move || ids.next();
            let at = self.clock.now();
            let mut now = Circumstances {
                at,
                actor: &caller.actor,
                next_id: &mut next_id,
            };
            let decided = decide(&*snapshot, &before, definitions, deleted, &now).await?;
            if mode == ApplyMode::Validate || decided.writes.is_empty() {
                return Ok(decided.plan);
            }
            let mut changes = changes_of(caller, &decided, &mut now);
            changes.guards.push(Guard::DefinitionsUnchanged(mark));
            let answer = answer::written(&decided.plan.definitions);
            changes.request = self.request_record(caller, &content, &answer, at);
            drop(snapshot);
            if self.commit_or_look_again(changes).await.map_err(one)? {
                return Ok(decided.plan);
            }
        }
    }
}

/// Names what was asked; only a request with an id needs it.
fn content_of(
    caller: &Caller,
    definitions: &[Definition],
    deleted: &[(DefinitionKind, DefinitionId)],
) -> String {
    match caller.request {
        Some(_) => format!("apply {definitions:?} {deleted:?}"),
        None => String::new(),
    }
}

fn changes_of(caller: &Caller, decided: &Decided, now: &mut Circumstances<'_>) -> ChangeSet {
    let mut set = ChangeSet::new(caller.workspace.clone());
    for applied in &decided.plan.definitions {
        let action = match applied.outcome {
            DefinitionOutcome::Created => ActivityAction::Created,
            DefinitionOutcome::Updated => ActivityAction::Updated,
            DefinitionOutcome::Deleted => ActivityAction::Deleted,
            DefinitionOutcome::Unchanged => continue,
        };
        let version = applied.version.0;
        set.changes.activities.push(Activity {
            id: ActivityId(now.id()),
            at: now.at,
            actor: caller.actor.clone(),
            request: caller.request.clone(),
            run: None,
            action,
            record: RecordKind::Definition,
            subject: format!("{}/{}", applied.kind.name(), applied.id),
            count: 1,
            before: (version > 1).then(|| format!("version {}", version - 1)),
            after: Some(format!("version {version}")),
            reason: None,
        });
    }
    set.changes.definitions.clone_from(&decided.writes);
    decided.aftermath.write(&mut set.changes, now);
    set
}

fn one(refusal: Refusal) -> Vec<Refusal> {
    vec![refusal]
}

fn refuse_twice(
    definitions: &[Definition],
    deleted: &[(DefinitionKind, DefinitionId)],
) -> Result<(), Vec<Refusal>> {
    if definitions.len() + deleted.len() > APPLY_MAX {
        let text = format!(
            "{} definitions; the limit is {APPLY_MAX}",
            definitions.len()
        );
        return Err(one(Refusal::new(Reason::TooMany, text)));
    }
    let mut seen = std::collections::BTreeSet::new();
    let given = definitions
        .iter()
        .map(|d| (d.kind(), d.id()))
        .chain(deleted.iter().cloned());
    let twice: Vec<Refusal> = given
        .filter(|key| !seen.insert(key.clone()))
        .map(|(kind, id)| {
            let refusal = Refusal::new(Reason::Duplicate, "is given twice");
            about(kind, id.as_str(), refusal)
        })
        .collect();
    if twice.is_empty() { Ok(()) } else { Err(twice) }
}

/// What is written so far, and the definitions as they will stand.
struct Draft {
    definitions: Vec<AppliedDefinition>,
    writes: Vec<DefinitionChange>,
    after: DefinitionSet,
}

impl Draft {
    fn put(
        &mut self,
        definition: &Definition,
        old: Option<&DefinitionRecord>,
        past: Version,
        now: &Circumstances<'_>,
    ) {
        let (kind, id) = (definition.kind(), definition.id());
        let (outcome, version) = match old {
            Some(old) if old.body == *definition => {
                (DefinitionOutcome::Unchanged, old.stamp.version)
            }
            Some(old) => (DefinitionOutcome::Updated, old.stamp.version.next()),
            None => (DefinitionOutcome::Created, past.next()),
        };
        if outcome != DefinitionOutcome::Unchanged {
            let stamp = Stamp {
                version,
                created_at: old.map_or(now.at, |old| old.stamp.created_at),
                updated_at: now.at,
                actor: now.actor.clone(),
            };
            let (body, live) = (definition.clone(), true);
            let record = DefinitionRecord { body, live, stamp };
            self.writes.push(DefinitionChange::Put(Box::new(record)));
            self.after.put(definition.clone(), version.0);
        }
        self.note(kind, id, outcome, version);
    }

    fn delete(&mut self, old: &DefinitionRecord, now: &Circumstances<'_>) {
        let (kind, id, stamp) = (old.body.kind(), old.body.id(), now.touch(&old.stamp));
        remove(&mut self.after, &old.body);
        self.note(kind, id.clone(), DefinitionOutcome::Deleted, stamp.version);
        self.writes
            .push(DefinitionChange::Delete { kind, id, stamp });
    }

    fn note(
        &mut self,
        kind: DefinitionKind,
        id: DefinitionId,
        outcome: DefinitionOutcome,
        version: Version,
    ) {
        self.definitions.push(AppliedDefinition {
            kind,
            id,
            outcome,
            version,
        });
    }
}

async fn decide(
    snapshot: &dyn Snapshot,
    before: &DefinitionSet,
    definitions: &[Definition],
    deleted: &[(DefinitionKind, DefinitionId)],
    now: &Circumstances<'_>,
) -> Result<Decided, Vec<Refusal>> {
    let stored = stored_records(snapshot, definitions, deleted)
        .await
        .map_err(one)?;
    let mut draft = Draft {
        definitions: Vec::new(),
        writes: Vec::new(),
        after: before.clone(),
    };
    for definition in definitions {
        let (kind, id) = (definition.kind(), definition.id());
        let old = stored.get(&(kind, id.clone()));
        let past = match old {
            Some(old) => Ok(old.stamp.version.0),
            // Versions go on where those of one that was deleted ended.
            None => snapshot.definition_version(kind, &id).await,
        };
        let past = Version(past.map_err(store_refusal).map_err(one)?);
        draft.put(definition, old, past, now);
    }
    let mut refusals = Vec::new();
    for (kind, id) in deleted {
        match stored.get(&(*kind, id.clone())) {
            Some(old) if is_deletable(&old.body) => draft.delete(old, now),
            Some(_) => refusals.push(not_deletable(*kind, id)),
            None => refusals.push(no_such(*kind, id)),
        }
    }
    let Draft {
        definitions,
        writes,
        after,
    } = draft;
    refusals.extend(
        refuse_currency_change(snapshot, before, &after)
            .await
            .map_err(one)?,
    );
    let closing = refuse_closing(snapshot, before, &after).await;
    refusals.extend(closing.map_err(one)?);
    let world = check_all(after, &mut refusals);
    let Some(world) = world else {
        return Err(refusals);
    };
    let aftermath = Aftermath::of(before, &world.set, &definitions);
    Ok(Decided {
        plan: ApplyPlan::new(&world, definitions),
        writes,
        aftermath,
    })
}

type Stored = std::collections::BTreeMap<(DefinitionKind, DefinitionId), DefinitionRecord>;

/// The stored records of every kind that is given.
async fn stored_records(
    snapshot: &dyn Snapshot,
    definitions: &[Definition],
    deleted: &[(DefinitionKind, DefinitionId)],
) -> Result<Stored, Refusal> {
    let kinds = definitions
        .iter()
        .map(Definition::kind)
        .chain(deleted.iter().map(|(k, _)| *k));
    let mut stored = Stored::new();
    for kind in kinds.collect::<std::collections::BTreeSet<_>>() {
        for record in all_of_kind(snapshot, kind).await? {
            stored.insert((kind, record.body.id()), record);
        }
    }
    Ok(stored)
}

fn remove(set: &mut DefinitionSet, definition: &Definition) {
    match definition {
        Definition::RuleSet(rules) => drop(set.rule_sets.remove(&rules.id)),
        Definition::Team(team) => drop(set.teams.remove(&team.id)),
        Definition::PayGroup(group) => drop(set.pay_groups.remove(&group.id)),
        Definition::PaymentPlan(plan) => drop(set.payment_plans.remove(&plan.id)),
        Definition::Settings(_)
        | Definition::Attributes(_)
        | Definition::Calendar(_)
        | Definition::Rates(_)
        | Definition::Categories(_)
        | Definition::CategoryRules(_)
        | Definition::Plan(_)
        | Definition::Participant(_) => {}
    }
}

fn not_deletable(kind: DefinitionKind, id: &DefinitionId) -> Refusal {
    let text = "records may refer to it: end its dates instead of deleting it";
    about(kind, id.as_str(), Refusal::new(Reason::InUse, text))
}

fn no_such(kind: DefinitionKind, id: &DefinitionId) -> Refusal {
    about(
        kind,
        id.as_str(),
        Refusal::new(Reason::NotFound, "there is none to delete"),
    )
}

/// Amounts are stored in operating currency: it stays once there are transactions.
async fn refuse_currency_change(
    snapshot: &dyn Snapshot,
    before: &DefinitionSet,
    after: &DefinitionSet,
) -> Result<Option<Refusal>, Refusal> {
    let currency = |set: &DefinitionSet| set.settings.as_ref().map(|s| s.operating_currency);
    if before.settings.is_none() || currency(before) == currency(after) {
        return Ok(None);
    }
    let any = snapshot
        .transactions_after(DateRange::ALWAYS, None, ChunkSize::new(1))
        .await;
    let text = "the operating currency cannot change once there are transactions";
    let refusal = Refusal::new(Reason::WrongState, text).at("operating_currency");
    let stays = !any.map_err(store_refusal)?.is_empty();
    Ok(stays.then(|| about(DefinitionKind::Settings, "settings", refusal)))
}

fn check_all(set: DefinitionSet, refusals: &mut Vec<Refusal>) -> Option<World> {
    refusals.extend(check(&set));
    if !refusals.is_empty() {
        return None;
    }
    match World::compile(set) {
        Ok(world) => Some(world),
        Err(wrong) => {
            refusals.extend(wrong);
            None
        }
    }
}

fn findings(world: &World, applied: &[AppliedDefinition]) -> Vec<Finding> {
    let plans = applied.iter().filter(|a| a.kind == DefinitionKind::Plan);
    plans
        .filter_map(|applied| {
            let mut plans = world.set.plans.values();
            plans.find(|versioned| versioned.plan.id.as_str() == applied.id.as_str())
        })
        .flat_map(|versioned| lint_plan(&versioned.plan, &world.set))
        .collect()
}

fn draw_findings(world: &World, applied: &[AppliedDefinition]) -> Vec<DrawFinding> {
    let plans = applied
        .iter()
        .filter(|applied| applied.kind == DefinitionKind::PaymentPlan)
        .filter_map(|applied| PaymentPlanId::parse(applied.id.as_str()).ok());
    lint_together(&plans.collect(), &world.set)
}
