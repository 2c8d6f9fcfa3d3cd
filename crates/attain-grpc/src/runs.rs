//! The workers of this server: they take up the runs that it starts, and whatever other process has
//! left or cannot manage alone. When the server stops, they give back what they hold, between two
//! commits: what is committed stays, and the next worker goes on from there.

use attain_app::Engine;
use attain_domain::ids::{IdError, WorkerId};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Says that the server is stopping. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Stopping(watch::Receiver<bool>);

impl Stopping {
    /// The sender that says so, and what hears it.
    pub(crate) fn channel() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    /// Waits until the server is stopping.
    pub(crate) async fn begun(&mut self) {
        // A sender that is gone means that nobody can say so any more: it has stopped.
        let _ = self.0.wait_for(|is_stopping| *is_stopping).await;
    }
}

/// The workers at work.
pub(crate) struct Workers(JoinSet<()>);

impl Workers {
    /// Starts some, until the server stops.
    ///
    /// # Errors
    /// Never: their names are short.
    pub(crate) fn start(engine: &Engine, count: u32, stopping: &Stopping) -> Result<Self, IdError> {
        let mut tasks = JoinSet::new();
        for number in 1..=count {
            let name = format!("serve-{}-{number}", std::process::id());
            let worker = WorkerId::parse(&name)?;
            let (engine, mut stopping) = (engine.clone(), stopping.clone());
            tasks.spawn(async move { engine.work(&worker, stopping.begun()).await });
        }
        Ok(Self(tasks))
    }

    /// Waits until none is at work.
    pub(crate) async fn left(mut self) {
        while self.0.join_next().await.is_some() {}
    }
}
