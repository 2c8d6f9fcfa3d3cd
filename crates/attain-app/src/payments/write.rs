//! One guarded write after another: looking again when somebody else was faster.

use attain_domain::change::ChangeSet;
use attain_domain::paying::Decided;
use attain_domain::refusal::Refusal;
use attain_domain::time::Instant;
use attain_domain::working::Circumstances;

use crate::caller::Caller;
use crate::engine::Engine;

/// What a request asked for, and the answer that a repeat of it gets.
pub(super) struct Answered<'a> {
    pub(super) content: &'a str,
    pub(super) answer: String,
}

impl Engine {
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
        set.changes = decided.changes;
        set.request = request.and_then(|Answered { content, answer }| {
            self.request_record(caller, content, &answer, at)
        });
        self.commit_or_look_again(set).await
    }
}
