//! Process runs: started, watched, cancelled, looked at.

use futures::TryStreamExt;

use crate::connection::{Client, service, unary};
use crate::error::ClientError;
use crate::page::{Rows, listed};
use crate::proto::{
    CancelRunRequest, DateRange, GetRunRequest, ListRunLogRequest, ListRunsRequest, Process, Run,
    RunLogEntry, RunStatus, StartRunRequest, WatchRunRequest, WhenBusy,
};

impl Client {
    /// Starts a run; the server executes it. The end of `dates` is needed, save for
    /// [`Process::Revert`]: without any dates it takes exactly what is pending.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn start_run(
        &self,
        process: Process,
        dates: DateRange,
        when_busy: WhenBusy,
    ) -> Result<Run, ClientError> {
        let message = StartRunRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            process: process.into(),
            dates: Some(dates),
            when_busy: when_busy.into(),
        };
        let answer = unary!(
            self,
            run_service_client::RunServiceClient.start_run,
            message
        );
        answer.await?.run.ok_or(ClientError::Incomplete("run"))
    }

    /// The run as it is now, and again whenever it has changed, until it has ended.
    ///
    /// # Errors
    /// See [`ClientError`]; the runs too can end with one.
    pub async fn watch_run(&self, run_id: &str) -> Result<Rows<Run>, ClientError> {
        let message = WatchRunRequest {
            workspace: self.named_workspace(),
            run_id: run_id.to_owned(),
        };
        let answers = self
            .call(message, |request| {
                let mut service = service!(self, run_service_client::RunServiceClient);
                async move { service.watch_run(request).await }
            })
            .await?;
        Ok(Box::pin(answers.map_err(ClientError::from).and_then(
            |answer| async move { answer.run.ok_or(ClientError::Incomplete("run")) },
        )))
    }

    /// Watches a run to its end, over lost connections too; `progress` sees every change.
    ///
    /// # Errors
    /// See [`ClientError`]. A run that ended in a failure is no error.
    pub async fn watch_to_end(
        &self,
        run_id: &str,
        mut progress: impl FnMut(&Run),
    ) -> Result<Run, ClientError> {
        let mut lost = 0;
        loop {
            match self
                .watch_once(run_id, &mut |run| {
                    lost = 0;
                    progress(run);
                })
                .await
            {
                Ok(Some(run)) => return Ok(run),
                Ok(None) => {}
                Err(error) if error.is_retryable() => {
                    lost += 1;
                    match self.retries().wait_after(lost) {
                        Some(wait) => tokio::time::sleep(wait).await,
                        None => return Err(error),
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Watches until the run has ended, or the server stops telling.
    async fn watch_once(
        &self,
        run_id: &str,
        progress: &mut impl FnMut(&Run),
    ) -> Result<Option<Run>, ClientError> {
        let mut answers = self.watch_run(run_id).await?;
        while let Some(run) = answers.try_next().await? {
            progress(&run);
            if run.end_time.is_some() {
                return Ok(Some(run));
            }
        }
        Ok(None)
    }

    /// Starts a run and watches it to its end.
    ///
    /// # Errors
    /// See [`ClientError`]. A run that ended in a failure is no error.
    pub async fn run_to_end(
        &self,
        process: Process,
        dates: DateRange,
        when_busy: WhenBusy,
        progress: impl FnMut(&Run),
    ) -> Result<Run, ClientError> {
        let run = self.start_run(process, dates, when_busy).await?;
        self.watch_to_end(&run.run_id, progress).await
    }

    /// One run.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn run(&self, run_id: &str) -> Result<Run, ClientError> {
        let message = GetRunRequest {
            workspace: self.named_workspace(),
            run_id: run_id.to_owned(),
        };
        let answer = unary!(self, run_service_client::RunServiceClient.get_run, message);
        answer.await?.run.ok_or(ClientError::Incomplete("run"))
    }

    /// The runs, newest first.
    #[must_use]
    pub fn runs(&self) -> Rows<Run> {
        self.runs_where(Process::Unspecified, RunStatus::Unspecified)
    }

    /// The runs of one process, in one state, newest first; unspecified for all.
    #[must_use]
    pub fn runs_where(&self, process: Process, status: RunStatus) -> Rows<Run> {
        let message = ListRunsRequest {
            workspace: self.named_workspace(),
            process: process.into(),
            status: status.into(),
            ..ListRunsRequest::default()
        };
        listed!(
            self,
            run_service_client::RunServiceClient.list_runs,
            message,
            runs
        )
    }

    /// Asks a run to stop between two of its commits.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn cancel_run(&self, run_id: &str) -> Result<Run, ClientError> {
        let message = CancelRunRequest {
            workspace: self.named_workspace(),
            request_id: self.new_request_id(),
            run_id: run_id.to_owned(),
        };
        let answer = unary!(
            self,
            run_service_client::RunServiceClient.cancel_run,
            message
        );
        answer.await?.run.ok_or(ClientError::Incomplete("run"))
    }

    /// The log of a run, from its beginning to where it is now.
    #[must_use]
    pub fn run_log(&self, run_id: &str) -> Rows<RunLogEntry> {
        let message = ListRunLogRequest {
            workspace: self.named_workspace(),
            run_id: run_id.to_owned(),
            ..ListRunLogRequest::default()
        };
        listed!(
            self,
            run_service_client::RunServiceClient.list_run_log,
            message,
            entries
        )
    }
}
