//! Looking at credits.

use crate::connection::Client;
use crate::page::{Rows, listed};
use crate::proto::{Credit, DateRange, ListCreditsRequest};

impl Client {
    /// The credits of a participant by credit date, without obsolete ones, in the order in which
    /// they are calculated: date, natural key, kind.
    #[must_use]
    pub fn credits(&self, participant: &str, dates: DateRange) -> Rows<Credit> {
        let message = ListCreditsRequest {
            workspace: self.named_workspace(),
            participant: participant.to_owned(),
            dates: Some(dates),
            ..ListCreditsRequest::default()
        };
        listed!(
            self,
            credit_service_client::CreditServiceClient.list_credits,
            message,
            credits
        )
    }
}
