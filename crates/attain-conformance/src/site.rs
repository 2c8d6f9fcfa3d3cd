//! What most cases work on: one workspace of a fresh store, and all that they have tried to write.

use std::sync::{Arc, Mutex, PoisonError};

use attain_domain::change::{ChangeSet, Changes, Guard};
use attain_domain::ids::WorkspaceId;
use attain_domain::ports::{ChunkSize, CommitError, Snapshot, Store, StoreErrorKind};
use attain_domain::testing::{at, name};

use crate::Harness;
use crate::everything::Everything;
use crate::known::Known;

pub(crate) struct Site {
    pub(crate) harness: Arc<dyn Harness>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) workspace: WorkspaceId,
    known: Mutex<Known>,
}

impl Site {
    pub(crate) async fn open(harness: Arc<dyn Harness>) -> Self {
        let store = harness.fresh().await;
        let workspace: WorkspaceId = name("acme");
        let made = store.create_workspace(&workspace, at(0)).await;
        let what = harness.name();
        assert!(
            made.is_ok_and(|is_new| is_new),
            "{what}: a store of its own"
        );
        Self {
            harness,
            store,
            workspace,
            known: Mutex::default(),
        }
    }

    /// Another workspace of the same store.
    pub(crate) async fn beside(&self, workspace: &str) -> Self {
        let workspace: WorkspaceId = name(workspace);
        let is_new = self.store.create_workspace(&workspace, at(0)).await;
        assert!(is_new.expect("makes a workspace"), "a new workspace");
        Self {
            harness: Arc::clone(&self.harness),
            store: Arc::clone(&self.store),
            workspace,
            known: Mutex::default(),
        }
    }

    /// The same workspace after a restart of its store, if anything is left of it.
    pub(crate) async fn reopened(self) -> Option<Self> {
        let Self {
            harness,
            store,
            workspace,
            known,
        } = self;
        let store = harness.reopen(store).await?;
        Some(Self {
            harness,
            store,
            workspace,
            known,
        })
    }

    pub(crate) fn set(&self, guards: Vec<Guard>, changes: Changes) -> ChangeSet {
        ChangeSet {
            guards,
            changes,
            ..ChangeSet::new(self.workspace.clone())
        }
    }

    pub(crate) async fn try_commit(&self, set: ChangeSet) -> Result<(), CommitError> {
        self.note(&set);
        self.store.commit(set).await
    }

    /// Commits what nothing speaks against.
    pub(crate) async fn commit(&self, changes: Changes) {
        self.commit_guarded(Vec::new(), changes).await;
    }

    /// Commits what relies on facts that hold.
    pub(crate) async fn commit_guarded(&self, guards: Vec<Guard>, changes: Changes) {
        let set = self.set(guards, changes);
        self.try_commit(set)
            .await
            .expect("nothing speaks against the commit");
    }

    /// A commit that fails at a guard, and leaves nothing behind.
    pub(crate) async fn check_guard_fails(&self, set: ChangeSet, broken: &Guard) {
        match self.check_fails(set).await {
            CommitError::GuardFailed(failed) => assert_eq!(*failed, *broken, "another guard"),
            other @ (CommitError::RequestSeen(_) | CommitError::Store(_)) => {
                panic!("{broken:?} is broken, but the commit failed as {other:?}")
            }
        }
    }

    /// A commit that fails at the second lock, and leaves nothing behind.
    pub(crate) async fn check_conflicts(&self, changes: Changes, why: &str) {
        let set = self.set(Vec::new(), changes);
        match self.check_fails(set).await {
            CommitError::Store(error) => {
                assert_eq!(error.kind, StoreErrorKind::Conflict, "{why}: {error:?}");
            }
            other @ (CommitError::RequestSeen(_) | CommitError::GuardFailed(_)) => {
                panic!("{why}, but the commit failed as {other:?}")
            }
        }
    }

    /// A commit that fails, and leaves nothing behind.
    pub(crate) async fn check_fails(&self, set: ChangeSet) -> CommitError {
        self.note(&set);
        let before = self.everything().await;
        let what = format!("{set:?}");
        let failure = match self.try_commit(set).await {
            Ok(()) => panic!("applied, but should have been refused: {what}"),
            Err(failure) => failure,
        };
        let after = self.everything().await;
        after.check_equal(&before, "a refused commit must leave nothing behind");
        failure
    }

    pub(crate) async fn view(&self) -> Box<dyn Snapshot> {
        self.store
            .snapshot(&self.workspace)
            .await
            .expect("opens a view")
    }

    pub(crate) fn note(&self, set: &ChangeSet) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.note(set);
    }

    pub(crate) fn known(&self) -> Known {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Whatever can be read of what this site has tried to write.
    pub(crate) async fn everything(&self) -> Everything {
        let known = self.known();
        Everything::read(&*self.view().await, &known, ChunkSize::largest()).await
    }
}
