//! Commits with retries: look, decide, commit; when a guard no longer holds, look again.

use attain_domain::change::{ChangeSet, Guard, RequestRecord};
use attain_domain::ports::{CommitError, Snapshot, StoreErrorKind};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::working::Circumstances;
use sha2::{Digest, Sha256};

use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::{commit_refusal, store_refusal};

/// What a use case decided: what to commit, and the answer to give once it is.
pub(crate) struct Decision {
    /// What to commit; `None` when nothing has to change.
    pub(crate) changes: Option<ChangeSet>,
    /// The answer, as text: the same for a repeat of the request.
    pub(crate) answer: String,
}

/// Names the content of a request.
pub(crate) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Engine {
    /// Decides and commits one write, at most `attempts` times, and answers a repeated request
    /// with the first answer. `content` names what was asked.
    pub(crate) async fn decide<F>(
        &self,
        caller: &Caller,
        content: &str,
        mut decide: F,
    ) -> Result<String, Refusal>
    where
        F: for<'a> AsyncFnMut(
            &'a dyn Snapshot,
            &'a mut Circumstances<'_>,
        ) -> Result<Decision, Refusal>,
    {
        for _ in 0..self.limits.attempts {
            let snapshot = self.snapshot(caller).await?;
            if let Some(answer) = self.first_answer(caller, &*snapshot, content).await? {
                return Ok(answer);
            }
            let ids = std::sync::Arc::clone(&self.ids);
            let mut next_id = move || ids.next();
            let at = self.clock.now();
            let mut circumstances =
                Circumstances { at, actor: &caller.actor, next_id: &mut next_id };
            let decision = decide(&*snapshot, &mut circumstances).await?;
            drop(snapshot);
            let Some(mut changes) = decision.changes else { return Ok(decision.answer) };
            changes.guards.push(Guard::WorkspaceExists);
            changes.request = caller.request.clone().map(|id| RequestRecord {
                id,
                digest: digest(&[content]),
                answer: decision.answer.clone(),
                at,
            });
            match self.store.commit(changes).await {
                Ok(()) => return Ok(decision.answer),
                // The next look finds the record and answers from it.
                Err(CommitError::RequestSeen(_)) => {}
                Err(CommitError::GuardFailed(guard)) if looks_again(&guard) => {}
                Err(CommitError::Store(error)) if error.kind == StoreErrorKind::Conflict => {}
                Err(error) => return Err(commit_refusal(error)),
            }
        }
        let text = format!("others were faster {} times; repeat later", self.limits.attempts);
        Err(Refusal::new(Reason::Contention, text))
    }

    /// The answer of a request that was carried out before.
    pub(crate) async fn first_answer(
        &self,
        caller: &Caller,
        snapshot: &dyn Snapshot,
        content: &str,
    ) -> Result<Option<String>, Refusal> {
        let Some(id) = &caller.request else { return Ok(None) };
        let Some(record) = snapshot.request(id).await.map_err(store_refusal)? else {
            return Ok(None);
        };
        if record.digest == digest(&[content]) {
            return Ok(Some(record.answer));
        }
        Err(commit_refusal(CommitError::RequestSeen(id.clone())))
    }
}

/// Whether a second look can help. A workspace that is not there stays away, and a run that is in
/// the way is for the caller to wait for.
fn looks_again(guard: &Guard) -> bool {
    match guard {
        Guard::WorkspaceExists | Guard::NoRunOverlaps { .. } | Guard::LeaseHeld { .. } => false,
        Guard::DefinitionAt(..)
        | Guard::DefinitionAbsent(..)
        | Guard::DefinitionsUnchanged(_)
        | Guard::TransactionKeyFree(_)
        | Guard::TransactionAt(..)
        | Guard::CreditAt(..)
        | Guard::EarningAt(..)
        | Guard::BatchAt(..)
        | Guard::PaysheetAt(..)
        | Guard::LineAt(..)
        | Guard::RunAt(..) => true,
    }
}
