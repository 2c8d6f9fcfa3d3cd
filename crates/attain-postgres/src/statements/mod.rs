//! Every SQL text of the store, and the list of them, so that a test can prepare each against a
//! migrated database. `$1` is the workspace, and every table of a statement is told it: so one
//! shard of Citus has all the rows.

macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $($text:expr),+;)+) => {
        $($(#[$doc])* pub(crate) const $name: &str = concat!($($text),+);)+
        #[cfg(test)]
        pub(super) const LIST: &[(&str, &str)] = &[$((stringify!($name), $name)),+];
    };
}

/// The columns of a row's stamp, in the order of `Reading::stamp` and `Cells::stamps`.
macro_rules! stamp {
    () => {
        "version, created_at, updated_at, actor_id"
    };
}

#[macro_use]
mod columns;

pub(crate) mod activity;
pub(crate) mod chunks;
pub(crate) mod corrections;
pub(crate) mod credits;
pub(crate) mod definitions;
pub(crate) mod earnings;
pub(crate) mod guards;
pub(crate) mod payments;
pub(crate) mod requests;
pub(crate) mod rewards;
pub(crate) mod runs;
pub(crate) mod schema;
pub(crate) mod transactions;
pub(crate) mod work;

#[cfg(test)]
mod distributed;
#[cfg(test)]
mod tests;
