//! One command's engine and caller.

use std::sync::Arc;

use attain_app::{Caller, Engine, Limits, SystemClock, TimeOrderedIds};
use attain_domain::ids::{ActorId, IdError, RequestId, WorkspaceId};
use attain_domain::ports::Store;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::{Date, DateRange, Instant};
use chrono::DateTime;

use crate::args::{Dates, Global};
use crate::failure::Failure;
use crate::store::{OpenStore, open_store};

/// What a command works with.
pub(crate) struct Session {
    pub(crate) engine: Engine,
    pub(crate) caller: Caller,
    store: OpenStore,
}

/// An engine over a store, with this machine's clock.
pub(crate) fn engine_over(store: Arc<dyn Store>, limits: Limits) -> Engine {
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(TimeOrderedIds::default()));
    Engine::new(store, clock, ids).with_limits(limits)
}

impl Session {
    /// Opens the store of the command line.
    pub(crate) async fn open(global: &Global) -> Result<Self, Failure> {
        let store = open_store(global, false).await?;
        Self::over(store, global)
    }

    /// A session on a store that is open.
    pub(crate) fn over(store: OpenStore, global: &Global) -> Result<Self, Failure> {
        Ok(Self {
            engine: engine_over(store.store(), global.limits()),
            caller: caller(global)?,
            store,
        })
    }

    /// Ends it in order: see [`OpenStore::close`].
    pub(crate) async fn close(self) {
        self.store.close().await;
    }
}

/// Who asks, as the command line says.
fn caller(global: &Global) -> Result<Caller, Failure> {
    let workspace = WorkspaceId::parse(&global.workspace);
    let workspace = workspace.map_err(|error| argument("--workspace", &error))?;
    let actor = ActorId::parse(&global.actor).map_err(|error| argument("--actor", &error))?;
    let request = global
        .request_id
        .as_deref()
        .map(RequestId::parse)
        .transpose();
    let request = request.map_err(|error| argument("--request-id", &error))?;
    Ok(Caller::new(workspace, actor).with_request(request))
}

/// A wrong argument.
pub(crate) fn argument(name: &str, error: &IdError) -> Failure {
    Refusal::new(Reason::MalformedValue, error.to_string())
        .at(name)
        .into()
}

/// Reads a date of the command line.
pub(crate) fn date(name: &str, text: &str) -> Result<Date, Refusal> {
    Date::parse_from_str(text, "%Y-%m-%d").map_err(|_| {
        let text = format!("`{text}` is not a date such as 2026-01-31");
        Refusal::new(Reason::MalformedValue, text).at(name)
    })
}

/// Reads an instant of the command line; a date stands for its beginning, in UTC.
pub(crate) fn instant(name: &str, text: &str) -> Result<Instant, Refusal> {
    let begun = format!("{text}T00:00:00Z");
    let read = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc3339(&begun));
    read.map(|at| Instant::new(at.to_utc())).map_err(|_| {
        let text =
            format!("`{text}` is neither an instant such as 2026-01-31T17:00:00Z nor a date");
        Refusal::new(Reason::MalformedValue, text).at(name)
    })
}

/// The dates that the command line names: a period, several, or from and through.
pub(crate) async fn dates(session: &Session, dates: &Dates) -> Result<DateRange, Failure> {
    if let Some(period) = &dates.period {
        let (first, last) = period.split_once("..").unwrap_or((period, period));
        let first = session.engine.period(&session.caller, first).await?;
        let last = session.engine.period(&session.caller, last).await?;
        return Ok(DateRange::between(first.start, last.end));
    }
    let from = dates
        .from
        .as_deref()
        .map(|text| date("--from", text))
        .transpose()?;
    let through = dates
        .through
        .as_deref()
        .map(|text| date("--through", text))
        .transpose()?;
    let to = through.and_then(|through| through.succ_opt());
    Ok(DateRange { from, to })
}
