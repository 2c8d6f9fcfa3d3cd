//! Adjustments, and what waits for Revert after them.

use std::collections::{BTreeMap, BTreeSet};

use attain_app::{Caller, Engine};
use attain_domain::adjusting::{Adjustment, AdjustmentKind, Outcome};
use attain_domain::ids::TransactionId;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::transaction::TransactionKey;
use attain_proto::attain::v1 as proto;
use attain_proto::attain::v1::adjustment_service_server::AdjustmentService;
use attain_proto::attain::v1::{
    AdjustmentOutcome, BatchAdjustRequest, BatchAdjustResponse, ListPendingRequest,
    ListPendingResponse, PreviewAdjustRequest, PreviewAdjustResponse,
};
use futures::{StreamExt, TryStreamExt, stream};
use prost::Message;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status, async_trait};

use super::transaction::no_such;
use crate::identity::Identity;
use crate::status::{answer, status_of_all};
use crate::wire::adjustment::{
    Asked, What, from_wire, outcome, pending_counts, pending_row, preview,
};
use crate::wire::values::range_from_wire;

/// A preview keeps no reason, and the domain wants one.
const PREVIEW: &str = "preview";
/// How many natural keys are looked up at once.
const LOOKUPS_AT_ONCE: usize = 8;
/// What waits is named up to here: most clients take messages of 4 MiB only.
const PENDING_BYTES_MAX: usize = 3 * 1024 * 1024;

pub(crate) struct Adjustments {
    pub(crate) engine: Engine,
}

#[async_trait]
impl AdjustmentService for Adjustments {
    async fn batch_adjust(
        &self,
        request: Request<BatchAdjustRequest>,
    ) -> Result<Response<BatchAdjustResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        let done = self.adjust(&metadata, &message).await;
        done.map(Response::new)
            .map_err(|refusals| status_of_all(&refusals))
    }

    async fn preview_adjust(
        &self,
        request: Request<PreviewAdjustRequest>,
    ) -> Result<Response<PreviewAdjustResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        let read = self.preview(&metadata, &message).await;
        read.map(Response::new)
            .map_err(|refusals| status_of_all(&refusals))
    }

    async fn list_pending(
        &self,
        request: Request<ListPendingRequest>,
    ) -> Result<Response<ListPendingResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let range = range_from_wire("dates", message.dates.as_ref())?;
            let report = self.engine.pending(&caller, range).await?;
            let mut pending = ListPendingResponse {
                counts: Some(pending_counts(&report)),
                first: Vec::new(),
            };
            let mut bytes = 0_usize;
            for row in &report.first {
                let row = pending_row(row)?;
                bytes = bytes.saturating_add(row.encoded_len());
                if bytes > PENDING_BYTES_MAX {
                    break;
                }
                pending.first.push(row);
            }
            Ok(pending)
        })
        .await
    }
}

/// A request whose natural keys are looked up.
struct Known {
    adjustments: Vec<Adjustment>,
    /// Elements whose keys are not there, by their place; the others are adjustments.
    unknown: BTreeMap<usize, Refusal>,
}

impl Known {
    /// The answers for all elements, from those for the adjustments.
    fn answers(
        mut self,
        outcomes: Vec<Result<Outcome, Refusal>>,
    ) -> Result<Vec<AdjustmentOutcome>, Refusal> {
        let count = self.adjustments.len() + self.unknown.len();
        let mut done = outcomes.into_iter();
        let answers = (0..count).zip(0_u64..).map(|(place, index)| {
            let refused = self.unknown.remove(&place).map(Err);
            let one = refused.or_else(|| done.next())?;
            Some(outcome(index, &one))
        });
        let answers: Option<Vec<_>> = answers.collect();
        answers.ok_or_else(|| Refusal::new(Reason::Internal, "an adjustment has no answer"))
    }
}

impl Adjustments {
    async fn adjust(
        &self,
        metadata: &MetadataMap,
        message: &BatchAdjustRequest,
    ) -> Result<BatchAdjustResponse, Vec<Refusal>> {
        let caller = Identity::of(metadata)
            .and_then(|identity| identity.writes(&message.workspace, &message.request_id))
            .map_err(|refusal| vec![refusal])?;
        let asked = read(&message.adjustments)?;
        let done = async {
            let known = self.known(&caller, asked).await?;
            let (engine, reason) = (&self.engine, &message.reason);
            let report = engine.adjust(&caller, &known.adjustments, reason).await?;
            known.answers(report.outcomes)
        };
        let outcomes = done.await.map_err(|refusal| vec![refusal])?;
        Ok(BatchAdjustResponse { outcomes })
    }

    async fn preview(
        &self,
        metadata: &MetadataMap,
        message: &PreviewAdjustRequest,
    ) -> Result<PreviewAdjustResponse, Vec<Refusal>> {
        let caller = Identity::of(metadata)
            .and_then(|identity| identity.reads(&message.workspace))
            .map_err(|refusal| vec![refusal])?;
        let asked = read(&message.adjustments)?;
        let done = async {
            let known = self.known(&caller, asked).await?;
            let (engine, adjustments) = (&self.engine, &known.adjustments);
            let mut read = engine.preview_adjust(&caller, adjustments, PREVIEW).await?;
            let outcomes = known.answers(std::mem::take(&mut read.outcomes))?;
            preview(&read, outcomes)
        };
        done.await.map_err(|refusal| vec![refusal])
    }

    /// Looks natural keys up. A key that is not there refuses its element only.
    async fn known(&self, caller: &Caller, asked: Vec<Asked>) -> Result<Known, Refusal> {
        let ids = self.ids_of(caller, &asked).await?;
        let mut known = Known {
            adjustments: Vec::with_capacity(asked.len()),
            unknown: BTreeMap::new(),
        };
        for (place, Asked { version, what }) in asked.into_iter().enumerate() {
            let kind = match what {
                What::Named(kind) => kind,
                What::ByKey(key, action) => match ids.get(&key) {
                    Some(id) => AdjustmentKind::Transaction(*id, action),
                    None => {
                        known.unknown.insert(place, no_such(&key).at("transaction"));
                        continue;
                    }
                },
            };
            known.adjustments.push(Adjustment { version, kind });
        }
        Ok(known)
    }

    /// The newest versions of the transactions that are asked for by their natural keys.
    async fn ids_of(
        &self,
        caller: &Caller,
        asked: &[Asked],
    ) -> Result<BTreeMap<TransactionKey, TransactionId>, Refusal> {
        let keys: BTreeSet<TransactionKey> = asked
            .iter()
            .filter_map(|one| match &one.what {
                What::ByKey(key, _) => Some(key.clone()),
                What::Named(_) => None,
            })
            .collect();
        let look_up = |key: TransactionKey| {
            let (engine, caller) = (self.engine.clone(), caller.clone());
            async move {
                let view = engine.transaction(&caller, &key).await?;
                Ok(view.map(|view| (key, view.transaction.id)))
            }
        };
        let found = stream::iter(keys)
            .map(look_up)
            .buffer_unordered(LOOKUPS_AT_ONCE);
        let found = found.try_filter_map(|one| std::future::ready(Ok(one)));
        found.try_collect().await
    }
}

/// The adjustments of a request, or everything that cannot be read of them.
fn read(adjustments: &[proto::Adjustment]) -> Result<Vec<Asked>, Vec<Refusal>> {
    let (mut asked, mut refusals) = (Vec::with_capacity(adjustments.len()), Vec::new());
    for (index, adjustment) in adjustments.iter().enumerate() {
        match from_wire(adjustment) {
            Ok(one) => asked.push(one),
            Err(refusal) => refusals.push(refusal.inside(&format!("adjustments[{index}]"))),
        }
    }
    if refusals.is_empty() {
        Ok(asked)
    } else {
        Err(refusals)
    }
}
