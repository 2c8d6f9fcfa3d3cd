//! A view of one workspace: a reference to its state. What each port reads is beside its tables.

use std::sync::Arc;

use crate::tables::Tables;

pub(crate) struct MemorySnapshot {
    pub(crate) tables: Arc<Tables>,
}
