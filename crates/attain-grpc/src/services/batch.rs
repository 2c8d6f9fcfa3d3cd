//! Payment batches.

use attain_app::{BatchView, Engine};
use attain_domain::ids::{BatchId, PayGroupId, PeriodId};
use attain_domain::refusal::Refusal;
use attain_domain::stamp::Version;
use attain_domain::time::Date;
use attain_proto::attain::v1 as proto;
use attain_proto::attain::v1::batch_service_server::BatchService;
use attain_proto::attain::v1::{
    CreateBatchRequest, CreateBatchResponse, DeleteBatchRequest, DeleteBatchResponse,
    FreezeBatchRequest, FreezeBatchResponse, GetBatchRequest, GetBatchResponse, ListBatchesRequest,
    ListBatchesResponse, ListLeftOutRequest, ListLeftOutResponse, PayBatchRequest,
    PayBatchResponse, RefreshBatchRequest, RefreshBatchResponse, UpdateBatchRequest,
    UpdateBatchResponse,
};
use tonic::{Request, Response, Status, async_trait};

use crate::identity::Identity;
use crate::paging::Paging;
use crate::status::answer;
use crate::wire::payment::{batch, left_out, summary};
use crate::wire::values::{date_from_wire, etag, malformed, missing, name};

pub(crate) struct Batches {
    pub(crate) engine: Engine,
}

#[async_trait]
impl BatchService for Batches {
    async fn create_batch(
        &self,
        request: Request<CreateBatchRequest>,
    ) -> Result<Response<CreateBatchResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller =
                Identity::of(&metadata)?.writes(&message.workspace, &message.request_id)?;
            let group = name("pay_group", &message.pay_group, PayGroupId::parse)?;
            let period = name("period", &message.period, PeriodId::parse)?;
            let pay_date = message.pay_date.as_ref();
            let pay_date = pay_date
                .map(|date| date_from_wire("pay_date", date))
                .transpose()?;
            let view = self
                .engine
                .create_batch(&caller, &group, &period, pay_date)
                .await?;
            let (batch, summary, left_out) = filled(&view)?;
            Ok(CreateBatchResponse {
                batch,
                summary,
                left_out,
            })
        })
        .await
    }

    async fn get_batch(
        &self,
        request: Request<GetBatchRequest>,
    ) -> Result<Response<GetBatchResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let view = self
                .engine
                .batch(&caller, batch_id(&message.batch_id)?)
                .await?;
            let (batch, summary, _) = filled(&view)?;
            Ok(GetBatchResponse { batch, summary })
        })
        .await
    }

    async fn list_batches(
        &self,
        request: Request<ListBatchesRequest>,
    ) -> Result<Response<ListBatchesResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let filter = [message.workspace.as_str()];
            let paging = Paging::read("batches", &filter, message.page_size, &message.page_token)?;
            let after = paging.after(|parts| match parts {
                [id] => BatchId::parse(id).ok(),
                _ => None,
            })?;
            let read = self.engine.batches(&caller, after, paging.chunk()).await?;
            let (batches, next_page_token) =
                paging.page(&read, |row| Ok(batch(row)), |row| vec![row.id.to_string()])?;
            Ok(ListBatchesResponse {
                batches,
                next_page_token,
            })
        })
        .await
    }

    async fn list_left_out(
        &self,
        request: Request<ListLeftOutRequest>,
    ) -> Result<Response<ListLeftOutResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let failures = self
                .engine
                .left_out(&caller, batch_id(&message.batch_id)?)
                .await?;
            Ok(ListLeftOutResponse {
                left_out: left_out(&failures),
            })
        })
        .await
    }

    async fn update_batch(
        &self,
        request: Request<UpdateBatchRequest>,
    ) -> Result<Response<UpdateBatchResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller =
                Identity::of(&metadata)?.writes(&message.workspace, &message.request_id)?;
            let (id, pay_date, etag) = edit_from_wire(&message)?;
            let view = self.engine.edit_batch(&caller, id, pay_date, etag).await?;
            let (batch, summary, left_out) = filled(&view)?;
            Ok(UpdateBatchResponse {
                batch,
                summary,
                left_out,
            })
        })
        .await
    }

    async fn refresh_batch(
        &self,
        request: Request<RefreshBatchRequest>,
    ) -> Result<Response<RefreshBatchResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller =
                Identity::of(&metadata)?.writes(&message.workspace, &message.request_id)?;
            let (id, etag) = (batch_id(&message.batch_id)?, etag("etag", &message.etag)?);
            let view = self.engine.refresh_batch(&caller, id, etag).await?;
            let (batch, summary, left_out) = filled(&view)?;
            Ok(RefreshBatchResponse {
                batch,
                summary,
                left_out,
            })
        })
        .await
    }

    async fn freeze_batch(
        &self,
        request: Request<FreezeBatchRequest>,
    ) -> Result<Response<FreezeBatchResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller =
                Identity::of(&metadata)?.writes(&message.workspace, &message.request_id)?;
            let (id, etag) = (batch_id(&message.batch_id)?, etag("etag", &message.etag)?);
            let view = self.engine.freeze_batch(&caller, id, etag).await?;
            let (batch, summary, _) = filled(&view)?;
            Ok(FreezeBatchResponse { batch, summary })
        })
        .await
    }

    async fn pay_batch(
        &self,
        request: Request<PayBatchRequest>,
    ) -> Result<Response<PayBatchResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller =
                Identity::of(&metadata)?.writes(&message.workspace, &message.request_id)?;
            let (id, etag) = (batch_id(&message.batch_id)?, etag("etag", &message.etag)?);
            let view = self.engine.pay_batch(&caller, id, etag).await?;
            let (batch, summary, _) = filled(&view)?;
            Ok(PayBatchResponse { batch, summary })
        })
        .await
    }

    async fn delete_batch(
        &self,
        request: Request<DeleteBatchRequest>,
    ) -> Result<Response<DeleteBatchResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller =
                Identity::of(&metadata)?.writes(&message.workspace, &message.request_id)?;
            let (id, etag) = (batch_id(&message.batch_id)?, etag("etag", &message.etag)?);
            self.engine.delete_batch(&caller, id, etag).await?;
            Ok(DeleteBatchResponse {})
        })
        .await
    }
}

fn batch_id(text: &str) -> Result<BatchId, Refusal> {
    name("batch_id", text, BatchId::parse)
}

type Filled = (
    Option<proto::Batch>,
    Option<proto::BatchSummary>,
    Vec<proto::LeftOut>,
);

fn filled(view: &BatchView) -> Result<Filled, Refusal> {
    Ok((
        Some(batch(&view.batch)),
        Some(summary(view)?),
        left_out(&view.left_out),
    ))
}

/// The batch that is to be changed, its pay date then, and the version that was read.
fn edit_from_wire(
    message: &UpdateBatchRequest,
) -> Result<(BatchId, Date, Option<Version>), Refusal> {
    let wanted = message.batch.as_ref().ok_or_else(|| missing("batch"))?;
    let id = name("batch.batch_id", &wanted.batch_id, BatchId::parse)?;
    let paths = message.update_mask.iter().flat_map(|mask| &mask.paths);
    for (index, path) in paths.enumerate() {
        if path != "pay_date" && path != "*" {
            let field = format!("update_mask.paths[{index}]");
            return Err(malformed(
                &field,
                format!("`{path}` is not a field that can be changed"),
            ));
        }
    }
    let pay_date = wanted
        .pay_date
        .as_ref()
        .ok_or_else(|| missing("batch.pay_date"))?;
    let pay_date = date_from_wire("batch.pay_date", pay_date)?;
    Ok((id, pay_date, etag("batch.etag", &wanted.etag)?))
}
