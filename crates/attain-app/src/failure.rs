//! Turns what stores answer into refusals.

use attain_domain::change::Guard;
use attain_domain::ports::{CommitError, StoreError, StoreErrorKind};
use attain_domain::refusal::{Reason, Refusal};

/// A store error as a refusal. Its cause is logged here, once, and does not reach the caller.
pub(crate) fn store_refusal(error: StoreError) -> Refusal {
    let reason = match error.kind {
        StoreErrorKind::Unavailable => Reason::StoreUnavailable,
        StoreErrorKind::Conflict => Reason::Contention,
        StoreErrorKind::Full => Reason::StoreFull,
        StoreErrorKind::Version => Reason::StoreVersion,
        StoreErrorKind::Corrupt => Reason::StoreCorrupt,
        StoreErrorKind::Internal => Reason::Internal,
    };
    let source: Option<&(dyn std::error::Error + Send + Sync)> = error.source.as_deref();
    tracing::error!(reason = reason.code(), error = %error, source = ?source, "the store failed");
    Refusal::new(reason, error.text)
}

/// A commit that will not be tried again, as a refusal.
pub(crate) fn commit_refusal(error: CommitError) -> Refusal {
    match error {
        CommitError::Store(error) => store_refusal(error),
        CommitError::RequestSeen(id) => Refusal::new(
            Reason::RequestIdReused,
            format!("the request id `{id}` was used before with other content"),
        )
        .at("request_id")
        .with("request_id", id),
        CommitError::GuardFailed(guard) => guard_refusal(&guard),
    }
}

fn guard_refusal(guard: &Guard) -> Refusal {
    match guard {
        Guard::WorkspaceExists => Refusal::new(Reason::UnknownWorkspace, "no such workspace"),
        Guard::NoRunOverlaps { range, .. } => Refusal::new(
            Reason::RunInProgress,
            format!("another run over dates {range} is at work in this workspace"),
        ),
        Guard::ChunkHeld { chunk, .. } => Refusal::new(
            Reason::VersionMismatch,
            format!("another worker took {chunk} over, or it has ended"),
        ),
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
        | Guard::RunAt(..) => Refusal::new(
            Reason::VersionMismatch,
            "somebody else changed it meanwhile; read it again and repeat",
        ),
    }
}
