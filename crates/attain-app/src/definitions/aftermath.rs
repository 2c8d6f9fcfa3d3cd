//! What a change of definitions makes processes do again, and no more than that.

use std::collections::BTreeSet;

use attain_domain::change::Changes;
use attain_domain::definition::calendar::{Period, PeriodStatus};
use attain_domain::definition::{DefinitionKind, DefinitionSet, Participant};
use attain_domain::ids::{ParticipantId, PeriodId, WorkItemId};
use attain_domain::run::{Change, Process, Scope, WorkItem};
use attain_domain::working::Circumstances;

use super::apply::{AppliedDefinition, DefinitionOutcome};

/// What has to be done again in every open period.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Aftermath {
    /// The process that transactions go back to.
    stage: Option<Process>,
    /// Whose earnings are calculated again.
    scopes: BTreeSet<Scope>,
    /// The open periods.
    periods: Vec<PeriodId>,
}

/// What became of somebody's place in the hierarchy.
#[derive(Clone, Copy, PartialEq, Eq)]
enum InTheTree {
    Stayed,
    Moved,
}

/// Whether all that happens to the calendar is that periods are closed.
fn only_closes(before: &DefinitionSet, after: &DefinitionSet) -> bool {
    let (before, after) = (&before.calendar.periods, &after.calendar.periods);
    let same_but_closed = |(was, is): (&Period, &Period)| {
        let status = match is.status {
            PeriodStatus::Open => is.status,
            PeriodStatus::Closed | PeriodStatus::PermanentlyClosed => was.status,
        };
        let is = Period {
            status,
            ..is.clone()
        };
        *was == is
    };
    before.len() == after.len() && before.iter().zip(after).all(same_but_closed)
}

impl Aftermath {
    pub(super) fn of(
        before: &DefinitionSet,
        after: &DefinitionSet,
        applied: &[AppliedDefinition],
    ) -> Self {
        let mut aftermath = Self::default();
        for definition in applied {
            if definition.outcome != DefinitionOutcome::Unchanged {
                aftermath.note(before, after, definition);
            }
        }
        let open = after
            .calendar
            .periods
            .iter()
            .filter(|p| p.status == PeriodStatus::Open);
        aftermath.periods = open.map(|period| period.id.clone()).collect();
        aftermath
    }

    fn note(&mut self, before: &DefinitionSet, after: &DefinitionSet, one: &AppliedDefinition) {
        match one.kind {
            // A new rate is for rows that come; those that are stored keep theirs. Pay groups and
            // payment plans matter when a batch is made or refreshed: they change no earning.
            DefinitionKind::Rates | DefinitionKind::PayGroup | DefinitionKind::PaymentPlan => {}
            // A period is closed when nothing waits in it, and what counts in it counts on.
            DefinitionKind::Calendar if only_closes(before, after) => {}
            DefinitionKind::Settings
            | DefinitionKind::Attributes
            | DefinitionKind::Calendar
            | DefinitionKind::Categories
            | DefinitionKind::CategoryRules => {
                self.back_to(Process::Classify);
                self.scopes.insert(Scope::Everybody);
            }
            DefinitionKind::RuleSet | DefinitionKind::Team => self.back_to(Process::Credit),
            DefinitionKind::Plan => {
                self.scopes.insert(Scope::Everybody);
            }
            DefinitionKind::Participant => {
                let id = ParticipantId::parse(one.id.as_str()).expect("ids are names");
                let old = before.participants.get(&id);
                if let Some(new) = after.participants.get(&id)
                    && self.note_participant(old, new) == InTheTree::Moved
                {
                    self.note_tree(before, after, &id);
                }
            }
        }
    }

    fn note_participant(&mut self, old: Option<&Participant>, new: &Participant) -> InTheTree {
        let credited_alike = |old: &Participant| {
            old.reports_to == new.reports_to && old.start == new.start && old.end == new.end
        };
        let calculated_alike = |old: &Participant| {
            old.assignments == new.assignments && old.attributes == new.attributes
        };
        let stays = old.is_some_and(credited_alike);
        if !stays {
            self.back_to(Process::Credit);
        }
        if !stays || !old.is_some_and(calculated_alike) {
            self.scopes.insert(Scope::Participant(new.id.clone()));
        }
        if stays {
            InTheTree::Stayed
        } else {
            InTheTree::Moved
        }
    }

    /// Those above whom somebody stood until now add up less from now on. Those above whom the
    /// person stands now follow when the person is calculated. Summaries are of everybody below as
    /// well.
    fn note_tree(&mut self, before: &DefinitionSet, after: &DefinitionSet, id: &ParticipantId) {
        if after
            .settings
            .as_ref()
            .is_some_and(|settings| settings.summarised_roll_up)
        {
            self.scopes.insert(Scope::Everybody);
        }
        let mut waiting = vec![id];
        let mut above: BTreeSet<&ParticipantId> = BTreeSet::new();
        while let Some(below) = waiting.pop() {
            let lines = before
                .participants
                .get(below)
                .into_iter()
                .flat_map(|one| &one.reports_to);
            waiting.extend(
                lines
                    .map(|line| &line.manager)
                    .filter(|manager| above.insert(*manager)),
            );
        }
        self.scopes
            .extend(above.into_iter().cloned().map(Scope::Participant));
    }

    fn back_to(&mut self, stage: Process) {
        self.stage = Some(self.stage.map_or(stage, |known| known.min(stage)));
    }

    pub(super) fn write(&self, changes: &mut Changes, now: &mut Circumstances<'_>) {
        for period in &self.periods {
            if let Some(stage) = self.stage {
                let id = WorkItemId(now.id());
                changes
                    .work
                    .push(WorkItem::whole_period(id, stage, period.clone()));
            }
            let everybody = self.scopes.contains(&Scope::Everybody);
            let scopes = self
                .scopes
                .iter()
                .filter(|scope| !everybody || **scope == Scope::Everybody);
            for scope in scopes {
                changes.changed.push(Change {
                    period: period.clone(),
                    scope: scope.clone(),
                });
            }
        }
    }
}
