//! The activity log.

use prost_types::Timestamp;

use crate::connection::Client;
use crate::page::{Rows, listed};
use crate::proto::{Activity, ListActivitiesRequest, RecordKind};

/// Which entries of the activity log; the default is all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActivityFilter {
    /// About which kind of record; unspecified for all.
    pub record: RecordKind,
    /// By whom; none for everybody.
    pub actor: Option<String>,
    /// From this instant on.
    pub since: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
}

impl Client {
    /// The activity log in the order of writing.
    #[must_use]
    pub fn activities(&self) -> Rows<Activity> {
        self.activities_where(ActivityFilter::default())
    }

    /// Some entries of the activity log, in the order of writing.
    #[must_use]
    pub fn activities_where(&self, filter: ActivityFilter) -> Rows<Activity> {
        let ActivityFilter {
            record,
            actor,
            since,
            until,
        } = filter;
        let message = ListActivitiesRequest {
            workspace: self.named_workspace(),
            record: record.into(),
            actor: actor.unwrap_or_default(),
            since_time: since,
            until_time: until,
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
