//! Opening what `--store` names, whatever it is.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use attain_domain::ports::{Store, StoreError, StoreErrorKind};
use attain_domain::refusal::{Reason, Refusal};
use attain_local_postgres::Local;
use attain_postgres::PostgresStore;
use attain_sqlite::{Options, SqliteStore};
use tokio::task::block_in_place;

use crate::address::StoreAddress;
use crate::args::Global;
use crate::failure::Failure;
use crate::postgres::PostgresSettings;

/// A store that is open.
pub(crate) struct OpenStore {
    kind: Kind,
    /// The server, where it is ours; dropping it stops it if nobody else uses it.
    local: Option<Local>,
}

enum Kind {
    Sqlite(Arc<SqliteStore>),
    Postgres(Arc<PostgresStore>),
}

impl OpenStore {
    /// What the engine uses.
    pub(crate) fn store(&self) -> Arc<dyn Store> {
        match &self.kind {
            Kind::Sqlite(store) => store.clone(),
            Kind::Postgres(store) => store.clone(),
        }
    }

    /// Waits for what is at work, and leaves everything in a state that can be copied: a file has
    /// its log in it, a server of ours is stopped.
    pub(crate) async fn close(self) {
        match &self.kind {
            Kind::Sqlite(store) => store.close().await,
            Kind::Postgres(store) => store.close().await,
        }
        let Some(local) = self.local else { return };
        if let Err(error) = block_in_place(|| local.close()) {
            eprintln!("warning: the local PostgreSQL was not stopped: {error}");
        }
    }
}

/// Opens the store of the command line.
pub(crate) async fn open_store(global: &Global, migrate: bool) -> Result<OpenStore, Failure> {
    open_address(&global.store(), &global.postgres, migrate).await
}

/// Opens a store. A new file or local cluster is made; what is old is migrated only when asked,
/// but for a local cluster, which has no administrator.
pub(crate) async fn open_address(
    address: &StoreAddress,
    settings: &PostgresSettings,
    migrate: bool,
) -> Result<OpenStore, Failure> {
    let opened = match address {
        StoreAddress::Sqlite(path) => return open_file(path, migrate).await,
        StoreAddress::Postgres(url) => open_url(url.reveal(), settings, migrate).await,
        StoreAddress::Local(folder) => {
            let local = open_local(address, folder)?;
            let opened = open_url(&local.url(), settings, true).await;
            opened.map(|store| OpenStore {
                local: Some(local),
                ..store
            })
        }
    };
    opened.map_err(|error| told_with_cause(address, &error))
}

/// Opens a database file.
pub(crate) async fn open_file(path: &Path, migrate: bool) -> Result<OpenStore, Failure> {
    let options = Options {
        migrate: migrate || !path.exists(),
        ..Options::default()
    };
    let store = SqliteStore::open(path, options).await;
    let store = store.map_err(|error| told(&path.display(), &error))?;
    Ok(OpenStore {
        kind: Kind::Sqlite(Arc::new(store)),
        local: None,
    })
}

async fn open_url(
    url: &str,
    settings: &PostgresSettings,
    migrate: bool,
) -> Result<OpenStore, StoreError> {
    let store = PostgresStore::open(url, settings.options(migrate)).await?;
    Ok(OpenStore {
        kind: Kind::Postgres(Arc::new(store)),
        local: None,
    })
}

fn open_local(address: &StoreAddress, folder: &Path) -> Result<Local, Failure> {
    let opened = block_in_place(|| Local::open(folder));
    opened.map_err(|error| {
        Refusal::new(Reason::StoreUnavailable, format!("{address}: {error}")).into()
    })
}

/// Brings the store of the command line to this program's version, and spreads it over the
/// machines of a Citus cluster if that is asked.
pub(crate) async fn migrate(global: &Global, distribute: bool) -> Result<(), Failure> {
    let address = global.store();
    let store = open_address(&address, &global.postgres, true).await?;
    let outcome = match (distribute, &address, &store.local) {
        (true, StoreAddress::Postgres(url), _) => spread(&address, url.reveal()).await,
        (true, _, Some(local)) => spread(&address, &local.url()).await,
        (true | false, _, _) => Ok(()),
    };
    store.close().await;
    outcome?;
    println!("{address} is at this program's version");
    Ok(())
}

async fn spread(address: &StoreAddress, url: &str) -> Result<(), Failure> {
    let spread = PostgresStore::distribute(url).await;
    spread.map_err(|error| told_with_cause(address, &error))?;
    println!("{address} is distributed");
    Ok(())
}

/// Why a store was not opened.
fn told(address: &dyn fmt::Display, error: &StoreError) -> Failure {
    Refusal::new(reason(error.kind), format!("{address}: {error}")).into()
}

/// The same, with what the network or the server said: a port, a database, a role.
fn told_with_cause(address: &StoreAddress, error: &StoreError) -> Failure {
    let Some(cause) = &error.source else {
        return told(address, error);
    };
    let text = format!("{address}: {error}: {cause}");
    Refusal::new(reason(error.kind), text).into()
}

fn reason(kind: StoreErrorKind) -> Reason {
    match kind {
        StoreErrorKind::Version => Reason::StoreVersion,
        StoreErrorKind::Full => Reason::StoreFull,
        StoreErrorKind::Corrupt => Reason::StoreCorrupt,
        StoreErrorKind::Unavailable | StoreErrorKind::Conflict => Reason::StoreUnavailable,
        StoreErrorKind::Internal => Reason::Internal,
    }
}
