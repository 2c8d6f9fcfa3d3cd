//! The activity log.

use attain_app::Engine;
use attain_domain::ids::ActivityId;
use attain_proto::attain::v1::activity_service_server::ActivityService;
use attain_proto::attain::v1::{ListActivitiesRequest, ListActivitiesResponse};
use tonic::{Request, Response, Status, async_trait};

use crate::identity::Identity;
use crate::paging::Paging;
use crate::status::answer;
use crate::wire::activity::to_wire;

pub(crate) struct Activities {
    pub(crate) engine: Engine,
}

#[async_trait]
impl ActivityService for Activities {
    async fn list_activities(
        &self,
        request: Request<ListActivitiesRequest>,
    ) -> Result<Response<ListActivitiesResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let filter = [message.workspace.as_str()];
            let paging = Paging::read(
                "activities",
                &filter,
                message.page_size,
                &message.page_token,
            )?;
            let after = paging.after(|parts| match parts {
                [id] => ActivityId::parse(id).ok(),
                _ => None,
            })?;
            let read = self
                .engine
                .activities(&caller, after, paging.chunk())
                .await?;
            let (activities, next_page_token) = paging.page(
                &read,
                |row| Ok(to_wire(row)),
                |row| vec![row.id.to_string()],
            )?;
            Ok(ListActivitiesResponse {
                activities,
                next_page_token,
            })
        })
        .await
    }
}
