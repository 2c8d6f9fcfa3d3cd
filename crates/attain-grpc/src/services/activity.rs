//! The activity log.

use attain_app::Engine;
use attain_domain::activity::Activity;
use attain_domain::ids::ActivityId;
use attain_proto::attain::v1::activity_service_server::ActivityService;
use attain_proto::attain::v1::{ListActivitiesRequest, ListActivitiesResponse};
use tonic::{Request, Response, Status, async_trait};

use crate::identity::Identity;
use crate::paging::{Paging, Sieve};
use crate::status::answer;
use crate::wire::activity::{ActivityFilter, to_wire};

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
            let filter = ActivityFilter::from_wire(&message)?;
            let chosen = [
                message.workspace.as_str(),
                &message.record.to_string(),
                message.actor.as_str(),
                &format!("{:?} {:?}", message.since_time, message.until_time),
            ];
            let paging = Paging::read(
                "activities",
                &chosen,
                message.page_size,
                &message.page_token,
            )?;
            let mut after = paging.after(|parts| match parts {
                [id] => ActivityId::parse(id).ok(),
                _ => None,
            })?;
            let mut sieve = Sieve::new(&paging, filter.is_open());
            loop {
                let chunk = sieve.chunk();
                let read = self.engine.activities(&caller, after, chunk).await?;
                after = read.last().map(|row| row.id).or(after);
                if !sieve.take(read, |row| filter.takes(row), position) {
                    break;
                }
            }
            let (activities, next_page_token) =
                paging.sifted(&sieve, |row| Ok(to_wire(row)), position)?;
            Ok(ListActivitiesResponse {
                activities,
                next_page_token,
            })
        })
        .await
    }
}

fn position(row: &Activity) -> Vec<String> {
    vec![row.id.to_string()]
}
