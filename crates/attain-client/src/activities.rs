//! The activity log.

use crate::connection::Client;
use crate::page::{Rows, listed};
use crate::proto::{Activity, ListActivitiesRequest};

impl Client {
    /// The activity log in the order of writing.
    #[must_use]
    pub fn activities(&self) -> Rows<Activity> {
        let message = ListActivitiesRequest {
            workspace: self.named_workspace(),
            ..ListActivitiesRequest::default()
        };
        listed!(
            self,
            activity_service_client::ActivityServiceClient.list_activities,
            message,
            activities
        )
    }
}
