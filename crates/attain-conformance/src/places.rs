//! Where stores lie: for harnesses that open them once more.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use attain_domain::ports::Store;

/// Remembers where each store of a harness lies (a path, a URL), for
/// [`Harness::reopen`](crate::Harness::reopen) and [`Harness::interrupt`](crate::Harness::interrupt).
#[derive(Debug)]
pub struct Places<P>(Mutex<BTreeMap<usize, P>>);

impl<P> Default for Places<P> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<P: Clone> Places<P> {
    /// Notes where a store lies, and gives it as the kit wants it.
    pub fn note(&self, store: impl Store + 'static, place: P) -> Arc<dyn Store> {
        let store: Arc<dyn Store> = Arc::new(store);
        self.all().insert(address_of(&store), place);
        store
    }

    /// Where a store lies.
    #[must_use]
    pub fn of(&self, store: &Arc<dyn Store>) -> Option<P> {
        self.all().get(&address_of(store)).cloned()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<usize, P>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stores are told apart by where they are in memory. One that is gone may leave its address to a
/// later one, which then notes a place of its own.
fn address_of(store: &Arc<dyn Store>) -> usize {
    Arc::as_ptr(store).cast::<()>() as usize
}
