//! A relay between a store and its server, that counts the statements that pass by.
#![allow(
    clippy::unwrap_used,
    reason = "a test's own tool: what cannot be, fails the test"
)]

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream, UnixStream};

pub(crate) struct Relay {
    url: String,
    statements: Arc<AtomicUsize>,
}

impl Relay {
    /// One that leads to the database of a URL.
    pub(crate) async fn to(url: &str) -> Self {
        let target = PgConnectOptions::from_str(url).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let statements = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&statements);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(relay(client, target.clone(), Arc::clone(&counter)));
            }
        });
        let url = through(url, port);
        Self { url, statements }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn begin(&self) {
        self.statements.store(0, Ordering::SeqCst);
    }

    pub(crate) fn statements(&self) -> usize {
        self.statements.load(Ordering::SeqCst)
    }
}

/// The same user and database, at the relay, which does not read what is encrypted.
fn through(url: &str, port: u16) -> String {
    let (scheme, rest) = url.split_once("://").unwrap();
    let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
    let (place, database) = rest.split_once('/').unwrap();
    let user = place.rsplit_once('@').map_or("postgres", |(user, _)| user);
    format!("{scheme}://{user}@127.0.0.1:{port}/{database}?sslmode=disable")
}

async fn relay(client: TcpStream, target: PgConnectOptions, statements: Arc<AtomicUsize>) {
    let socket = target.get_socket().cloned();
    let socket = socket.or_else(|| {
        let host = target.get_host();
        host.starts_with('/').then(|| host.into())
    });
    let port = target.get_port();
    if let Some(folder) = socket {
        let path = folder.join(format!(".s.PGSQL.{port}"));
        let server = UnixStream::connect(path).await.unwrap();
        between(client, server.into_split(), statements).await;
    } else {
        let server = TcpStream::connect((target.get_host(), port)).await.unwrap();
        between(client, server.into_split(), statements).await;
    }
}

async fn between<R, W>(client: TcpStream, server: (R, W), statements: Arc<AtomicUsize>)
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin,
{
    let (from_client, mut to_client) = client.into_split();
    let (mut from_server, to_server) = server;
    tokio::spawn(async move { copy(&mut from_server, &mut to_client).await });
    // It ends when either side does.
    let _ = pass_on(from_client, to_server, &statements).await;
}

/// Passes messages on to the server, the first of which has no kind.
async fn pass_on(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    statements: &AtomicUsize,
) -> std::io::Result<()> {
    let mut kind = None;
    loop {
        let length = from.read_u32().await?;
        let mut body = vec![0; length as usize - 4];
        from.read_exact(&mut body).await?;
        // A statement without parameters, or one to be carried out with them.
        if let Some(b'Q' | b'E') = kind {
            statements.fetch_add(1, Ordering::SeqCst);
        }
        if let Some(kind) = kind {
            to.write_u8(kind).await?;
        }
        to.write_u32(length).await?;
        to.write_all(&body).await?;
        to.flush().await?;
        kind = Some(from.read_u8().await?);
    }
}
