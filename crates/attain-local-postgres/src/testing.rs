//! The server that the tests of a process share.

use std::env;
use std::sync::{Mutex, PoisonError};

use url::Url;

use crate::error::LocalError;
use crate::throwaway::Throwaway;

/// Names a server for tests: a URL of a superuser. Tests make databases of their own there.
pub const URL_VARIABLE: &str = "ATTAIN_TEST_POSTGRES_URL";
/// Names the coordinator of a Citus cluster for tests: a URL of a superuser, of a database whose
/// nodes are those to use.
pub const CITUS_VARIABLE: &str = "ATTAIN_TEST_CITUS_URL";

/// A server that a variable names, or a throw-away cluster that ends with the process.
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

    /// How to connect to a database of another node of its cluster, as the same user.
    pub fn url_at(&self, host: &str, port: u16, database: &str) -> Result<String, LocalError> {
        let refused = |why: &str| LocalError::Address {
            why: format!("{host}:{port}: {why}"),
        };
        let mut url = self.url.clone();
        url.set_host(Some(host))
            .map_err(|why| refused(&why.to_string()))?;
        url.set_port(Some(port))
            .map_err(|()| refused("it takes no port"))?;
        // There a socket's folder may stand instead.
        let rest = url.query_pairs().filter(|(name, _)| name != "host");
        let rest: Vec<_> = rest
            .map(|(n, v)| (n.into_owned(), v.into_owned()))
            .collect();
        url.set_query(None);
        if !rest.is_empty() {
            url.query_pairs_mut().extend_pairs(rest);
        }
        url.set_path(database);
        Ok(url.into())
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
    match named(URL_VARIABLE)? {
        Some(server) => Ok(server),
        None => at(&own()?),
    }
}

/// The coordinator of a Citus cluster for tests, if one is given.
pub fn try_test_citus() -> Result<Option<TestServer>, LocalError> {
    named(CITUS_VARIABLE)
}

fn named(variable: &str) -> Result<Option<TestServer>, LocalError> {
    match env::var(variable) {
        Ok(url) if !url.is_empty() => at(&url).map(Some),
        Ok(_) | Err(_) => Ok(None),
    }
}

fn at(url: &str) -> Result<TestServer, LocalError> {
    let url = Url::parse(url).map_err(|error| LocalError::Address {
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
