//! One guarded write after another: looking again when somebody else was faster.

use attain_domain::change::{ChangeSet, Guard, RequestRecord};
use attain_domain::paying::Decided;
use attain_domain::ports::{CommitError, StoreErrorKind};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::Instant;
use attain_domain::working::Circumstances;

use crate::caller::Caller;
use crate::commit::digest;
use crate::engine::Engine;
use crate::failure::commit_refusal;

/// How often one write may look again.
pub(super) struct Attempts {
    left: u32,
    of: u32,
}

impl Attempts {
    pub(super) fn next(&mut self) -> Result<(), Refusal> {
        if self.left == 0 {
            let text = format!("others were faster {} times; repeat later", self.of);
            return Err(Refusal::new(Reason::Contention, text));
        }
        self.left -= 1;
        Ok(())
    }
}

/// What a request asked for, and the answer that a repeat of it gets.
pub(super) struct Answered<'a> {
    pub(super) content: &'a str,
    pub(super) answer: String,
}

impl Engine {
    pub(super) fn attempts(&self) -> Attempts {
        Attempts {
            left: self.limits.attempts,
            of: self.limits.attempts,
        }
    }

    /// Lets a pure decision be made, now.
    pub(super) fn decide_now<T>(
        &self,
        caller: &Caller,
        what: impl FnOnce(&mut Circumstances<'_>, &mut Decided) -> Result<T, Refusal>,
    ) -> Result<(T, Decided, Instant), Refusal> {
        let at = self.clock.now();
        let ids = std::sync::Arc::clone(&self.ids);
        let mut next_id = move || ids.next();
        let mut circumstances = Circumstances {
            at,
            actor: &caller.actor,
            next_id: &mut next_id,
        };
        let mut decided = Decided::default();
        let answer = what(&mut circumstances, &mut decided)?;
        decided.log(caller.request.as_ref(), &mut circumstances);
        Ok((answer, decided, at))
    }

    /// Commits what was decided. False when somebody else was faster: look again.
    pub(super) async fn write(
        &self,
        caller: &Caller,
        decided: Decided,
        at: Instant,
        request: Option<Answered<'_>>,
    ) -> Result<bool, Refusal> {
        let mut set = ChangeSet::new(caller.workspace.clone());
        set.guards = decided.guards;
        set.guards.push(Guard::WorkspaceExists);
        set.changes = decided.changes;
        set.request = match (request, &caller.request) {
            (Some(Answered { content, answer }), Some(id)) => Some(RequestRecord {
                id: id.clone(),
                digest: digest(&[content]),
                answer,
                at,
            }),
            _ => None,
        };
        match self.store.commit(set).await {
            Ok(()) => Ok(true),
            // The next look finds the record of the request and answers from it.
            Err(CommitError::RequestSeen(_)) => Ok(false),
            Err(CommitError::GuardFailed(guard)) if *guard != Guard::WorkspaceExists => Ok(false),
            Err(CommitError::Store(error)) if error.kind == StoreErrorKind::Conflict => Ok(false),
            Err(error) => Err(commit_refusal(error)),
        }
    }
}
