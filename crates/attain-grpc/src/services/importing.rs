//! Imports of any kind: rows come in as a stream and are stored in chunks, and nothing is read
//! while a chunk is stored. So a caller can never be ahead by more than what the connection buffers.

use std::collections::VecDeque;
use std::time::Duration;

use attain_app::{Caller, Engine, ImportReport};
use attain_domain::collecting::CollectCounts;
use attain_domain::refusal::Refusal;
use attain_proto::attain::v1 as proto;
use futures::stream;
use tonic::{Status, Streaming};

use super::Answers;
use crate::identity::Identity;
use crate::status::status_of;
use crate::wire::import::{counts, rejected};

/// How long rows that have come wait for more, so that a caller who sends some and waits for the
/// answer gets one.
const LINGER: Duration = Duration::from_millis(20);

/// One kind of import.
pub(crate) trait Import: Send + 'static {
    /// What comes in.
    type Message: Send + 'static;
    /// A row of it.
    type Row: Send + Sync + 'static;
    /// What goes out.
    type Answer: Send + 'static;

    /// Workspace and request id, which count in the first message.
    fn head(message: &Self::Message) -> (&str, &str);
    /// The rows of a message.
    fn rows(message: Self::Message) -> impl Iterator<Item = Self::Row>;
    /// Stores a chunk.
    fn import(
        engine: &Engine,
        caller: &Caller,
        rows: &[(u64, Self::Row)],
    ) -> impl Future<Output = Result<ImportReport, Refusal>> + Send;
    /// The answer for a chunk.
    fn answer(counts: proto::ImportCounts, rejected: Vec<proto::RejectedRow>) -> Self::Answer;
}

/// An import under way.
struct UnderWay<I: Import> {
    engine: Engine,
    incoming: Streaming<I::Message>,
    identity: Option<Identity>,
    caller: Option<Caller>,
    waiting: VecDeque<I::Row>,
    next_index: u64,
    counts: CollectCounts,
    is_over: bool,
}

/// The answers of an import.
pub(crate) fn answers<I: Import>(
    engine: Engine,
    identity: Identity,
    incoming: Streaming<I::Message>,
) -> Answers<I::Answer> {
    let under_way = UnderWay::<I> {
        engine,
        incoming,
        identity: Some(identity),
        caller: None,
        waiting: VecDeque::new(),
        next_index: 0,
        counts: CollectCounts::default(),
        is_over: false,
    };
    Box::pin(stream::try_unfold(under_way, |mut under_way| async move {
        let answer = under_way.next_answer().await?;
        Ok(answer.map(|answer| (answer, under_way)))
    }))
}

impl<I: Import> UnderWay<I> {
    async fn next_answer(&mut self) -> Result<Option<I::Answer>, Status> {
        let chunk_rows = self.engine.import_chunk_rows();
        self.gather(chunk_rows).await?;
        let Some(caller) = self.caller.as_ref().filter(|_| !self.waiting.is_empty()) else {
            return Ok(None);
        };
        let taken = self.waiting.len().min(chunk_rows);
        let chunk: Vec<(u64, I::Row)> = (self.next_index..)
            .zip(self.waiting.drain(..taken))
            .collect();
        self.next_index += chunk.len() as u64;
        let report = I::import(&self.engine, caller, &chunk).await;
        let report = report.map_err(|refusal| status_of(&refusal))?;
        self.counts.add(&report.counts);
        let refused = report.rejected.iter().map(rejected).collect();
        Ok(Some(I::answer(counts(&self.counts), refused)))
    }

    /// Takes messages until there is a chunk, or nothing more comes for now.
    async fn gather(&mut self, chunk_rows: usize) -> Result<(), Status> {
        while !self.is_over && self.waiting.len() < chunk_rows {
            let message = if self.waiting.is_empty() {
                self.incoming.message().await
            } else {
                match tokio::time::timeout(LINGER, self.incoming.message()).await {
                    Ok(message) => message,
                    Err(_) => return Ok(()),
                }
            };
            match message? {
                Some(message) => self.take(message)?,
                None => self.is_over = true,
            }
        }
        Ok(())
    }

    fn take(&mut self, message: I::Message) -> Result<(), Status> {
        if let Some(identity) = self.identity.take() {
            let (workspace, request_id) = I::head(&message);
            let caller = identity.writes(workspace, request_id);
            self.caller = Some(caller.map_err(|refusal| status_of(&refusal))?);
        }
        self.waiting.extend(I::rows(message));
        Ok(())
    }
}
