//! The storage kit on redb files.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use attain_conformance::{Harness, Places};
use attain_domain::ports::Store;
use attain_redb::RedbStore;
use tempfile::{NamedTempFile, TempDir};

struct Redb {
    folder: TempDir,
    files: Places<PathBuf>,
}

impl Redb {
    fn open(&self, file: PathBuf) -> Arc<dyn Store> {
        let store = RedbStore::open(&file).expect("the file is a store, or becomes one");
        self.files.note(store.without_flushing(), file)
    }
}

#[async_trait]
impl Harness for Redb {
    fn name(&self) -> &'static str {
        "redb"
    }

    async fn fresh(&self) -> Arc<dyn Store> {
        let file = NamedTempFile::new_in(self.folder.path()).expect("a file can be made");
        let (_, file) = file.keep().expect("and kept");
        self.open(file)
    }

    async fn reopen(&self, store: Arc<dyn Store>) -> Option<Arc<dyn Store>> {
        let file = self.files.of(&store)?;
        drop(store);
        Some(self.open(file))
    }
}

fn main() -> ExitCode {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let files = Places::default();
    attain_conformance::main(Redb { folder, files })
}
