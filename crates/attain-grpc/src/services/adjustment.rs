//! Adjustments, and what waits for Revert after them.

use attain_app::Engine;
use attain_domain::adjusting::{Adjustment, Outcome};
use attain_domain::refusal::Refusal;
use attain_proto::attain::v1 as proto;
use attain_proto::attain::v1::adjustment_service_server::AdjustmentService;
use attain_proto::attain::v1::{
    AdjustmentOutcome, BatchAdjustRequest, BatchAdjustResponse, ListPendingRequest,
    ListPendingResponse, PreviewAdjustRequest, PreviewAdjustResponse,
};
use prost::Message;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status, async_trait};

use crate::identity::Identity;
use crate::status::{answer, status_of_all};
use crate::wire::adjustment::{from_wire, outcome, pending_counts, pending_row, preview};
use crate::wire::values::range_from_wire;

/// A preview keeps no reason, and the domain wants one.
const PREVIEW: &str = "preview";
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

impl Adjustments {
    async fn adjust(
        &self,
        metadata: &MetadataMap,
        message: &BatchAdjustRequest,
    ) -> Result<BatchAdjustResponse, Vec<Refusal>> {
        let caller = Identity::of(metadata)
            .and_then(|identity| identity.writes(&message.workspace, &message.request_id))
            .map_err(|refusal| vec![refusal])?;
        let adjustments = read(&message.adjustments)?;
        let report = self.engine.adjust(&caller, &adjustments, &message.reason);
        let report = report.await.map_err(|refusal| vec![refusal])?;
        Ok(BatchAdjustResponse {
            outcomes: answers(&report.outcomes),
        })
    }

    async fn preview(
        &self,
        metadata: &MetadataMap,
        message: &PreviewAdjustRequest,
    ) -> Result<PreviewAdjustResponse, Vec<Refusal>> {
        let caller = Identity::of(metadata)
            .and_then(|identity| identity.reads(&message.workspace))
            .map_err(|refusal| vec![refusal])?;
        let adjustments = read(&message.adjustments)?;
        let read = self.engine.preview_adjust(&caller, &adjustments, PREVIEW);
        let read = read.await.map_err(|refusal| vec![refusal])?;
        preview(&read, answers(&read.outcomes)).map_err(|refusal| vec![refusal])
    }
}

/// The answers to all elements, in their order.
fn answers(outcomes: &[Result<Outcome, Refusal>]) -> Vec<AdjustmentOutcome> {
    let outcomes = (0_u64..).zip(outcomes);
    outcomes.map(|(index, one)| outcome(index, one)).collect()
}

/// The adjustments of a request, or everything that cannot be read of them.
fn read(adjustments: &[proto::Adjustment]) -> Result<Vec<Adjustment>, Vec<Refusal>> {
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
