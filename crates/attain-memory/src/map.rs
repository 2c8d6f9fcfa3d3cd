//! The persistent maps that all tables are made of, and what a change does that finds a table
//! otherwise than it says: the second lock behind the guards.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Bound;

use attain_domain::ports::{StoreError, StoreErrorKind};
use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};

pub(crate) type Map<K, V> = RedBlackTreeMapSync<K, V>;
pub(crate) type Set<K> = RedBlackTreeSetSync<K>;

/// The rows are not as the change takes them to be: somebody else was faster, or there is a bug.
pub(crate) fn conflict(what: impl fmt::Display, is: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Conflict, format!("{what} {is}"))
}

/// Adds a row that must not be there.
pub(crate) fn add<K, V>(map: &mut Map<K, V>, key: K, value: V) -> Result<(), StoreError>
where
    K: Ord + fmt::Debug,
{
    if map.contains_key(&key) {
        return Err(conflict(format_args!("{key:?}"), "exists already"));
    }
    map.insert_mut(key, value);
    Ok(())
}

/// Takes out a row that must be there.
pub(crate) fn take<K, V>(map: &mut Map<K, V>, key: &K) -> Result<V, StoreError>
where
    K: Ord + fmt::Debug,
    V: Clone,
{
    let value = map.get(key).cloned();
    let value = value.ok_or_else(|| conflict(format_args!("{key:?}"), "does not exist"))?;
    map.remove_mut(key);
    Ok(value)
}

/// The rows of these keys that there are, in rising key order, each once.
pub(crate) fn of_keys<K: Ord, V>(keys: &[K], look_up: impl Fn(&K) -> Option<V>) -> Vec<V> {
    let keys: BTreeSet<&K> = keys.iter().collect();
    keys.into_iter().filter_map(look_up).collect()
}

/// From above a position, or from the beginning.
pub(crate) fn above<K>(after: Option<K>) -> Bound<K> {
    after.map_or(Bound::Unbounded, Bound::Excluded)
}
