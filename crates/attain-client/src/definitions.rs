//! Definitions: plans, rules, participants, calendars, settings.

use futures::stream::{self, StreamExt, TryStreamExt};

use crate::connection::{Client, service, unary};
use crate::error::ClientError;
use crate::page::{Rows, listed};
use crate::proto::{
    ApplyDefinitionsRequest, ApplyDefinitionsResponse, Definition, DefinitionFile, DefinitionKind,
    DefinitionReference, ExportDefinitionsRequest, ListDefinitionsRequest,
};

/// Whether definitions are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplyMode {
    /// Check and say what would change.
    Validate,
    /// Write.
    Write,
}

impl Client {
    /// Checks documents together with what stands, and writes all of them or none.
    ///
    /// # Errors
    /// See [`ClientError`]; `Refused::fields` has what is wrong, as far as it fits into an answer.
    pub async fn apply(
        &self,
        files: Vec<DefinitionFile>,
        deletions: Vec<DefinitionReference>,
        mode: ApplyMode,
    ) -> Result<ApplyDefinitionsResponse, ClientError> {
        let message = ApplyDefinitionsRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            files,
            deletions,
            validate_only: mode == ApplyMode::Validate,
        };
        unary!(
            self,
            definition_service_client::DefinitionServiceClient.apply_definitions,
            message
        )
        .await
    }

    /// The live definitions of a kind in rising order of ids.
    #[must_use]
    pub fn definitions(&self, kind: DefinitionKind) -> Rows<Definition> {
        let message = ListDefinitionsRequest {
            workspace: self.named_workspace(),
            kind: kind.into(),
            ..ListDefinitionsRequest::default()
        };
        listed!(
            self,
            definition_service_client::DefinitionServiceClient.list_definitions,
            message,
            definitions
        )
    }

    /// Every live definition, in an order in which each refers to earlier ones.
    ///
    /// # Errors
    /// See [`ClientError`]; the rows too can end with one.
    pub async fn export(&self) -> Result<Rows<Definition>, ClientError> {
        let message = ExportDefinitionsRequest {
            workspace: self.named_workspace(),
        };
        let answers = self
            .call(message, |request| {
                let mut service =
                    service!(self, definition_service_client::DefinitionServiceClient);
                async move { service.export_definitions(request).await }
            })
            .await?;
        let rows = answers
            .map_err(ClientError::from)
            .map_ok(|answer| stream::iter(answer.definitions).map(Ok))
            .try_flatten();
        Ok(Box::pin(rows))
    }
}
