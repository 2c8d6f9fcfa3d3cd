//! The compiled definitions that were used last: a request compiles them only after they changed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use attain_domain::change::DefinitionsMark;
use attain_domain::ids::WorkspaceId;
use quick_cache::Weighter;
use quick_cache::unsync::Cache;

use crate::world::World;

/// How many participants and teams the kept worlds have together. One of them takes about 5 kB.
const PEOPLE_MAX: u64 = 50_000;
/// A world weighs no more than this, so that the largest workspace is kept, too.
const PEOPLE_OF_WORLD_MAX: usize = 25_000;
/// What a world weighs beside its people: its rules and plans, as so many of them.
const OWN_WEIGHT: usize = 20;
/// How many workspaces are expected to be at work; more may be.
const WORKSPACES: usize = 256;

/// A world, and the state of the definitions that it was compiled from.
type Kept = (DefinitionsMark, Arc<World>);

#[derive(Clone)]
struct ByPeople;

impl Weighter<WorkspaceId, Kept> for ByPeople {
    fn weight(&self, _: &WorkspaceId, (_, world): &Kept) -> u64 {
        let people = world.set.participants.len() + world.set.teams.len();
        let weight = OWN_WEIGHT + people.min(PEOPLE_OF_WORLD_MAX);
        u64::try_from(weight).unwrap_or(PEOPLE_MAX)
    }
}

/// Behind one lock: a cache that is cut into shards has no room for a world that is larger than its
/// shard.
pub(crate) struct Worlds(Mutex<Cache<WorkspaceId, Kept, ByPeople>>);

impl Default for Worlds {
    fn default() -> Self {
        let cache = Cache::with_weighter(WORKSPACES, PEOPLE_MAX, ByPeople);
        Self(Mutex::new(cache))
    }
}

impl Worlds {
    /// What was kept of a workspace, if its definitions are still those.
    pub(crate) fn of(&self, workspace: &WorkspaceId, now: DefinitionsMark) -> Option<Arc<World>> {
        let kept = self.lock();
        let (mark, world) = kept.get(workspace)?;
        (*mark == now).then(|| Arc::clone(world))
    }

    /// Keeps a world, if need be instead of others.
    pub(crate) fn keep(&self, workspace: &WorkspaceId, mark: DefinitionsMark, world: &Arc<World>) {
        let world = Arc::clone(world);
        self.lock().insert(workspace.clone(), (mark, world));
    }

    fn lock(&self) -> MutexGuard<'_, Cache<WorkspaceId, Kept, ByPeople>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
