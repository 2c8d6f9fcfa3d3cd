//! How a database is opened, and what of it is a choice.

use std::path::Path;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

/// What a commit that was answered survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// The loss of power: every commit waits for the disk. The default, since what was paid must
    /// never be forgotten.
    #[default]
    PowerLoss,
    /// The end of the process, however sudden. A loss of power may take back the last commits,
    /// whole and in order. For tests, and for what can be made again.
    ProcessEnd,
}

/// The choices in opening a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether to make the database if there is none, and to bring an older one up to date. Else
    /// both are refused.
    pub migrate: bool,
    /// What a commit survives.
    pub durability: Durability,
    /// How long a commit waits for another process that is writing, and a view for a connection.
    pub patience: Duration,
    /// Most views that may be open at once; each has a connection and a thread.
    pub views_max: u32,
    /// Most pages of 8 KiB that the file may have; the store is full then. `None` is all that the
    /// disk has.
    pub pages_max: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            migrate: false,
            durability: Durability::default(),
            patience: Duration::from_secs(10),
            views_max: 64,
            pages_max: None,
        }
    }
}

/// Bytes of a page. Rows have some 400 bytes: with SQLite's 4 KiB a page holds too few.
const PAGE_BYTES: u32 = 8_192;
/// Kilobytes of pages that a connection keeps. Negative is SQLite's way to say that it is not
/// pages.
const WRITER_CACHE: &str = "-65536";
const READER_CACHE: &str = "-16384";
/// Pages in the log before they are moved into the database: 80 MB. SQLite's own 1 000 make bulk
/// work write the same pages again and again.
const CHECKPOINT_PAGES: &str = "10000";
/// Prepared statements kept. There are some 30 bulk statements in five sizes.
const WRITER_STATEMENTS: usize = 256;

impl Options {
    /// A connection that writes.
    pub(crate) fn writer(&self, path: &Path) -> SqliteConnectOptions {
        let synchronous = match self.durability {
            Durability::PowerLoss => SqliteSynchronous::Full,
            Durability::ProcessEnd => SqliteSynchronous::Normal,
        };
        let options = self
            .plain(path)
            .page_size(PAGE_BYTES)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .pragma("cache_size", WRITER_CACHE)
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            .statement_cache_capacity(WRITER_STATEMENTS);
        match self.pages_max {
            Some(pages) => options.pragma("max_page_count", pages.to_string()),
            None => options,
        }
    }

    /// A connection that only reads.
    pub(crate) fn reader(&self, path: &Path) -> SqliteConnectOptions {
        self.plain(path)
            .pragma("query_only", "ON")
            .pragma("cache_size", READER_CACHE)
    }

    /// A connection that changes nothing by being opened, to look what a file is.
    pub(crate) fn plain(&self, path: &Path) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(self.patience)
            .disable_statement_logging()
    }
}
