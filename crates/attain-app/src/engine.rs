//! The engine: a store, a clock, a source of ids. Every use case is a method of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use attain_domain::ids::WorkspaceId;
use attain_domain::ports::{Clock, IdSource, Snapshot, Store};
use attain_domain::refusal::{Reason, Refusal};

use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::caller::Caller;
use crate::failure::store_refusal;
use crate::world::World;
use crate::worlds::Worlds;

/// How much is done at once. Results never depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Rows per commit of an import. At most 10 000, the keys that one look-up may name.
    pub import_rows: u32,
    /// Transactions per commit of crediting. 2 000 with 4 credits each stay below the 10 000 rows
    /// of a page.
    pub chunk_transactions: u32,
    /// Credits read at once by the calculation.
    pub chunk_credits: u32,
    /// Participants calculated side by side.
    pub chunk_participants: u32,
    /// Earnings or payment lines per commit of a batch, and at least those of one participant.
    pub chunk_payments: u32,
    /// How often a use case looks again when somebody else was faster.
    pub attempts: u32,
    /// How long a worker may be silent before another may take its work over.
    pub lease_seconds: u32,
    /// Workers of this process on one run, side by side.
    pub workers: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            import_rows: 10_000,
            chunk_transactions: 2_000,
            chunk_credits: 10_000,
            chunk_participants: 500,
            chunk_payments: 10_000,
            attempts: 5,
            lease_seconds: 60,
            workers: workers_of_this_machine(),
        }
    }
}

/// Most workers on one run, unless told otherwise: more of them wait for one store.
const WORKERS_MAX: u32 = 4;

fn workers_of_this_machine() -> u32 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    u32::try_from(cores).map_or(WORKERS_MAX, |cores| cores.min(WORKERS_MAX))
}

/// The use cases of Attain over one store. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) limits: Limits,
    /// Held while an import gives out ids.
    pub(crate) deciding: Arc<Mutex<()>>,
    /// The compiled definitions that were used last, by workspace.
    worlds: Arc<Worlds>,
    /// Wakes the workers of this process.
    changed: Arc<Notify>,
}

impl Engine {
    /// An engine over a store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        Self {
            store,
            clock,
            ids,
            limits: Limits::default(),
            deciding: Arc::default(),
            worlds: Arc::default(),
            changed: Arc::default(),
        }
    }

    /// The same engine with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Makes a workspace; `false` when it exists already.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn create_workspace(&self, workspace: &WorkspaceId) -> Result<bool, Refusal> {
        self.store
            .create_workspace(workspace, self.clock.now())
            .await
            .map_err(store_refusal)
    }

    /// The workspaces, in rising order.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceId>, Refusal> {
        self.store.workspaces().await.map_err(store_refusal)
    }

    pub(crate) async fn snapshot(&self, caller: &Caller) -> Result<Box<dyn Snapshot>, Refusal> {
        self.store
            .snapshot(&caller.workspace)
            .await
            .map_err(store_refusal)
    }

    /// The compiled definitions of a workspace as a snapshot sees them.
    ///
    /// # Errors
    /// `UNKNOWN_WORKSPACE` before the first apply; the reasons why definitions do not compile
    /// (they are checked when saved, so this means that an older program saved them).
    pub(crate) async fn world(
        &self,
        caller: &Caller,
        snapshot: &dyn Snapshot,
    ) -> Result<Arc<World>, Refusal> {
        let mark = snapshot.definitions_mark().await.map_err(store_refusal)?;
        if let Some(world) = self.worlds.of(&caller.workspace, mark) {
            return Ok(world);
        }
        let set = crate::definitions::load(snapshot).await?;
        if set.settings.is_none() {
            let text = format!(
                "workspace `{}` has no settings yet: apply some",
                caller.workspace
            );
            return Err(Refusal::new(Reason::UnknownWorkspace, text));
        }
        let world = Arc::new(World::compile(set).map_err(|mut refusals| {
            refusals
                .pop()
                .unwrap_or_else(|| Refusal::new(Reason::Internal, "no world, no reason"))
        })?);
        self.worlds.keep(&caller.workspace, mark, &world);
        Ok(world)
    }

    /// How long a lease holds.
    pub(crate) fn lease(&self) -> Duration {
        Duration::from_secs(self.limits.lease_seconds.into())
    }

    /// Wakes the workers of this process: there may be something to do.
    pub(crate) fn wake(&self) {
        self.changed.notify_waiters();
    }

    /// The next waking after this call.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.changed.notified()
    }

    /// Waits for a waking, or for a while. Without a runtime there is no time to wait for: then
    /// others only get their turn.
    pub(crate) async fn pause(&self, changed: Notified<'_>, most: Duration) {
        if Handle::try_current().is_err() {
            return tokio::task::yield_now().await;
        }
        tokio::select! {
            () = changed => {}
            () = tokio::time::sleep(most) => {}
        }
    }
}
