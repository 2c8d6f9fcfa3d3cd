//! Undoing a clearing, and reading clearings.

use attain_domain::change::{ChangeSet, Guard};
use attain_domain::ids::{ClearId, ParticipantId};
use attain_domain::ports::{RewardsMark, Snapshot};
use attain_domain::refusal::Refusal;
use attain_domain::reward::{Clear, ClearUndo};
use attain_domain::rewarding::{UndoRequest, tell_undo, undo_clear};
use attain_domain::stamp::Version;
use attain_domain::time::Date;

use super::clear::{check_date, put_rewards, today};
use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;
use crate::payments::{check_etag, not_found, reward_facts};

/// A clearing, and its undoing if there was one.
#[derive(Clone, Debug, PartialEq)]
pub struct ClearView {
    /// The clearing.
    pub clear: Clear,
    /// Its undoing.
    pub undo: Option<ClearUndo>,
}

impl Engine {
    /// Undoes a clearing: what it forgave is owed again, from `date` on (today, if none is given).
    /// It is a record of its own; the clearing stays readable.
    ///
    /// # Errors
    /// `NOT_FOUND`, `VERSION_MISMATCH`, `WRONG_STATE`; `OUT_OF_RANGE` of a date before the
    /// clearing's; `PERIOD_NOT_OPEN`; `MISSING_VALUE`, `OUT_OF_RANGE` of the reason; when the store
    /// fails.
    pub async fn undo_clear(
        &self,
        caller: &Caller,
        id: ClearId,
        date: Option<Date>,
        reason: &str,
        etag: Option<Version>,
    ) -> Result<ClearView, Refusal> {
        let content = format!("undo_clear {id} {date:?} {reason}");
        let mut attempts = self.attempts();
        loop {
            attempts.next()?;
            let snapshot = self.snapshot(caller).await?;
            let first = self.first_answer(caller, &*snapshot, &content).await?;
            let read = view_of(&*snapshot, id).await?;
            if first.is_some() {
                return Ok(read);
            }
            check_etag(etag, read.clear.stamp.version)?;
            let world = self.world(caller, &*snapshot).await?;
            let whose = read.clear.participant.clone();
            let mut facts = reward_facts(&*snapshot, std::slice::from_ref(&whose)).await?;
            let facts = facts.remove(&whose).unwrap_or_default();
            drop(snapshot);
            let date = date.unwrap_or_else(|| today(self.clock.now()).max(read.clear.date));
            check_date(&world.set, date)?;
            let request = UndoRequest {
                date,
                reason: reason.to_owned(),
            };
            let mut set = ChangeSet::new(caller.workspace.clone());
            set.guards
                .push(Guard::ClearAt(id, read.clear.stamp.version));
            set.guards.push(Guard::RewardsUnchanged(RewardsMark {
                participant: whose,
                mark: facts.mark,
            }));
            let view = self.now(caller, |now| {
                let restored = undo_clear(&read.clear, &facts.rewards, &request, now)?;
                let asked = caller.request.as_ref();
                let entries = tell_undo(&read.clear, &restored.undo, asked, now);
                set.changes.activities.extend(entries);
                put_rewards(&facts.rewards, restored.rewards, &mut set);
                set.changes.clears.push(restored.clear.clone());
                set.changes.clear_undos.push(restored.undo.clone());
                set.request = self.request_record(caller, &content, &id.to_string(), now.at);
                Ok::<_, Refusal>(ClearView {
                    clear: restored.clear,
                    undo: Some(restored.undo),
                })
            })?;
            if self.commit_or_look_again(set).await? {
                return Ok(view);
            }
        }
    }

    /// The clearings of a participant, oldest first, with their undoings.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn clears(
        &self,
        caller: &Caller,
        participant: &ParticipantId,
    ) -> Result<Vec<ClearView>, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let whose = std::slice::from_ref(participant);
        let clears = snapshot.clears_of_participants(whose).await;
        with_undos(&*snapshot, clears.map_err(store_refusal)?).await
    }
}

async fn view_of(snapshot: &dyn Snapshot, id: ClearId) -> Result<ClearView, Refusal> {
    let found = snapshot.clears_by_id(&[id]).await.map_err(store_refusal)?;
    let mut views = with_undos(snapshot, found).await?;
    views.pop().ok_or_else(|| not_found("clear", id))
}

async fn with_undos(
    snapshot: &dyn Snapshot,
    clears: Vec<Clear>,
) -> Result<Vec<ClearView>, Refusal> {
    let ids: Vec<ClearId> = clears.iter().map(|clear| clear.id).collect();
    let undos = if ids.is_empty() {
        Vec::new()
    } else {
        snapshot
            .undos_of_clears(&ids)
            .await
            .map_err(store_refusal)?
    };
    let view = |clear: Clear| ClearView {
        undo: undos.iter().find(|undo| undo.clear == clear.id).cloned(),
        clear,
    };
    Ok(clears.into_iter().map(view).collect())
}
