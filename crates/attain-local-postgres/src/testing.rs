//! The server that the tests of a process share.

use std::env;
use std::sync::{Mutex, PoisonError};

use url::Url;

use crate::error::LocalError;
use crate::throwaway::Throwaway;

/// Names a server for tests: a URL of a superuser. Tests make databases of their own there.
pub const URL_VARIABLE: &str = "ATTAIN_TEST_POSTGRES_URL";

/// The server that [`URL_VARIABLE`] names, or a throw-away cluster that ends with the process.
#[derive(Clone, Debug)]
pub struct TestServer {
    url: Url,
}

impl TestServer {
    /// How to connect, as a superuser, to a database that is there.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// How to connect to another database of the server.
    pub fn url_of(&self, database: &str) -> String {
        let mut url = self.url.clone();
        url.set_path(database);
        url.into()
    }
}

/// A static is never dropped: the cluster's guardian removes it when the process has ended.
static OWN: Mutex<Option<Throwaway>> = Mutex::new(None);

/// The server for tests.
///
/// # Panics
/// If there is none, with what has to be installed. A test that is left out for that would pass.
#[track_caller]
pub fn test_server() -> TestServer {
    match try_test_server() {
        Ok(server) => server,
        Err(error) => panic!("tests need a PostgreSQL server: {error}"),
    }
}

/// The server for tests, or why there is none.
pub fn try_test_server() -> Result<TestServer, LocalError> {
    let text = match env::var(URL_VARIABLE) {
        Ok(url) if !url.is_empty() => url,
        Ok(_) | Err(_) => own()?,
    };
    let url = Url::parse(&text).map_err(|error| LocalError::Address {
        why: error.to_string(),
    })?;
    Ok(TestServer { url })
}

fn own() -> Result<String, LocalError> {
    let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    let cluster = match own.take() {
        Some(cluster) => cluster,
        None => Throwaway::start()?,
    };
    Ok(own.insert(cluster).url("postgres"))
}
