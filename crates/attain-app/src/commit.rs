//! Commits with retries: look, decide, commit; when a guard no longer holds, look again.

use attain_domain::change::{ChangeSet, Guard, RequestRecord};
use attain_domain::ports::{CommitError, Snapshot, StoreErrorKind};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::Instant;
use sha2::{Digest, Sha256};

use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::{commit_refusal, store_refusal};

/// How often one write may look again.
pub(crate) struct Attempts {
    left: u32,
    of: u32,
}

impl Attempts {
    /// One more look.
    pub(crate) fn next(&mut self) -> Result<(), Refusal> {
        if self.left == 0 {
            let text = format!("others were faster {} times; repeat later", self.of);
            return Err(Refusal::new(Reason::Contention, text));
        }
        self.left -= 1;
        Ok(())
    }
}

/// Names the content of a request.
pub(crate) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

impl Engine {
    pub(crate) fn attempts(&self) -> Attempts {
        Attempts {
            left: self.limits.attempts,
            of: self.limits.attempts,
        }
    }

    /// The record of a caller's request, to be committed with what it asked for.
    pub(crate) fn request_record(
        &self,
        caller: &Caller,
        content: &str,
        answer: &str,
        at: Instant,
    ) -> Option<RequestRecord> {
        let id = caller.request.clone()?;
        Some(RequestRecord {
            id,
            digest: digest(&[content]),
            answer: answer.to_owned(),
            at,
        })
    }

    /// Commits. False when somebody else was faster, or the request was carried out meanwhile:
    /// look again.
    pub(crate) async fn commit_or_look_again(&self, mut set: ChangeSet) -> Result<bool, Refusal> {
        set.guards.push(Guard::WorkspaceExists);
        match self.store.commit(set).await {
            Ok(()) => Ok(true),
            // The next look finds the record and answers from it.
            Err(CommitError::RequestSeen(_)) => Ok(false),
            Err(CommitError::GuardFailed(guard)) if looks_again(&guard) => Ok(false),
            Err(CommitError::Store(error)) if error.kind == StoreErrorKind::Conflict => Ok(false),
            Err(error) => Err(commit_refusal(error)),
        }
    }

    /// The answer of a request that was carried out before.
    pub(crate) async fn first_answer(
        &self,
        caller: &Caller,
        snapshot: &dyn Snapshot,
        content: &str,
    ) -> Result<Option<String>, Refusal> {
        let Some(id) = &caller.request else {
            return Ok(None);
        };
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
        Guard::WorkspaceExists | Guard::NoRunOverlaps { .. } | Guard::ChunkHeld { .. } => false,
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
        | Guard::RewardAt(..)
        | Guard::ClearAt(..)
        | Guard::RewardsUnchanged(..)
        | Guard::ChunkAt(..)
        | Guard::RunAt(..) => true,
    }
}
