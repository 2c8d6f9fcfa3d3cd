//! The storage kit on SQLite files.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use attain_conformance::Harness;
use attain_domain::ports::Store;
use attain_sqlite::{Durability, Options, SqliteStore};
use tempfile::TempDir;

struct Sqlite {
    folder: TempDir,
    /// Which store has which file, by where it lies in memory.
    files: Mutex<BTreeMap<usize, PathBuf>>,
}

impl Sqlite {
    async fn open(&self, path: PathBuf) -> Arc<dyn Store> {
        let options = Options {
            migrate: true,
            durability: Durability::ProcessEnd,
            ..Options::default()
        };
        let store = SqliteStore::open(&path, options).await;
        let store: Arc<dyn Store> = Arc::new(store.expect("a file in a temporary folder opens"));
        let files = self.files.lock();
        let mut files = files.unwrap_or_else(PoisonError::into_inner);
        files.insert(place_of(&store), path);
        store
    }
}

fn place_of(store: &Arc<dyn Store>) -> usize {
    Arc::as_ptr(store).cast::<()>() as usize
}

#[async_trait]
impl Harness for Sqlite {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    async fn fresh(&self) -> Arc<dyn Store> {
        let file = tempfile::Builder::new()
            .suffix(".db")
            .tempfile_in(self.folder.path());
        let (_, path) = file.expect("a file can be made").keep().expect("and kept");
        self.open(path).await
    }

    async fn reopen(&self, store: Arc<dyn Store>) -> Option<Arc<dyn Store>> {
        let path = {
            let files = self.files.lock();
            let mut files = files.unwrap_or_else(PoisonError::into_inner);
            files.remove(&place_of(&store))?
        };
        drop(store);
        Some(self.open(path).await)
    }
}

fn main() -> ExitCode {
    attain_conformance::main(Sqlite {
        folder: TempDir::new().expect("a temporary folder can be made"),
        files: Mutex::default(),
    })
}
