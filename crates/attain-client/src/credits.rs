//! Looking at credits.

use crate::connection::Client;
use crate::page::{Rows, listed};
use crate::proto::{Credit, DateRange, ListCreditsRequest};

impl Client {
    /// The credits of a participant by credit date, without obsolete ones, in order of date,
    /// natural key, kind.
    #[must_use]
    pub fn credits_of_participant(&self, participant: &str, dates: DateRange) -> Rows<Credit> {
        self.credits(ListCreditsRequest {
            workspace: self.named_workspace(),
            participant: participant.to_owned(),
            dates: Some(dates),
            ..ListCreditsRequest::default()
        })
    }

    /// The credits of a transaction version, obsolete ones included, in order of id.
    #[must_use]
    pub fn credits_of_transaction(&self, transaction_id: &str) -> Rows<Credit> {
        self.credits(ListCreditsRequest {
            workspace: self.named_workspace(),
            transaction_id: transaction_id.to_owned(),
            ..ListCreditsRequest::default()
        })
    }

    fn credits(&self, message: ListCreditsRequest) -> Rows<Credit> {
        listed!(
            self,
            credit_service_client::CreditServiceClient.list_credits,
            message,
            credits
        )
    }
}
