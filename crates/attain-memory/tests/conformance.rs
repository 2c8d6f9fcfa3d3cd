//! The kit on the store that it takes for its oracle.

use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use attain_conformance::{Harness, Hook};
use attain_domain::ports::Store;
use attain_memory::MemoryStore;

struct Memory;

#[async_trait]
impl Harness for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    async fn fresh(&self) -> Arc<dyn Store> {
        Arc::new(MemoryStore::new())
    }

    fn offers(&self, _hook: Hook) -> bool {
        false
    }
}

fn main() -> ExitCode {
    attain_conformance::main(Memory)
}
