//! Process runs.

use std::time::Duration;

use attain_app::{Caller, Engine};
use attain_domain::ids::RunId;
use attain_domain::refusal::Refusal;
use attain_domain::run::Run;
use attain_proto::attain::v1::run_service_server::RunService;
use attain_proto::attain::v1::{
    CancelRunRequest, CancelRunResponse, GetRunRequest, GetRunResponse, ListRunLogRequest,
    ListRunLogResponse, ListRunsRequest, ListRunsResponse, StartRunRequest, StartRunResponse,
    WatchRunRequest, WatchRunResponse,
};
use futures::stream;
use tonic::{Request, Response, Status, async_trait};

use super::Answers;
use crate::identity::Identity;
use crate::paging::{Paging, Sieve};
use crate::runs::Stopping;
use crate::status::{answer, status_of};
use crate::wire::run::{RunFilter, log_entry, request_from_wire, to_wire};
use crate::wire::values::name;

/// How often a watched run is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

pub(crate) struct RunsService {
    pub(crate) engine: Engine,
    pub(crate) stopping: Stopping,
}

#[async_trait]
impl RunService for RunsService {
    async fn start_run(
        &self,
        request: Request<StartRunRequest>,
    ) -> Result<Response<StartRunResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller =
                Identity::of(&metadata)?.writes(&message.workspace, &message.request_id)?;
            let wanted = request_from_wire(&message)?;
            // A worker takes it up, of this server or another.
            let run = self.engine.start_run(&caller, &wanted).await?;
            Ok(StartRunResponse {
                run: Some(to_wire(&run)),
            })
        })
        .await
    }

    async fn get_run(
        &self,
        request: Request<GetRunRequest>,
    ) -> Result<Response<GetRunResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let run = self.engine.run(&caller, run_id(&message.run_id)?).await?;
            Ok(GetRunResponse {
                run: Some(to_wire(&run)),
            })
        })
        .await
    }

    async fn list_runs(
        &self,
        request: Request<ListRunsRequest>,
    ) -> Result<Response<ListRunsResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let filter = RunFilter::from_wire(&message)?;
            let chosen = [
                message.workspace.as_str(),
                &message.process.to_string(),
                &message.status.to_string(),
            ];
            let paging = Paging::read("runs", &chosen, message.page_size, &message.page_token)?;
            let mut before = paging.after(|parts| match parts {
                [id] => RunId::parse(id).ok(),
                _ => None,
            })?;
            let mut sieve = Sieve::new(&paging, filter.is_open());
            loop {
                let read = self.engine.runs(&caller, before, sieve.chunk()).await?;
                before = read.last().map(|run| run.id).or(before);
                if !sieve.take(read, |run| filter.takes(run), position) {
                    break;
                }
            }
            let (runs, next_page_token) =
                paging.sifted(&sieve, |run| Ok(to_wire(run)), position)?;
            Ok(ListRunsResponse {
                runs,
                next_page_token,
            })
        })
        .await
    }

    type WatchRunStream = Answers<WatchRunResponse>;

    async fn watch_run(
        &self,
        request: Request<WatchRunRequest>,
    ) -> Result<Response<Self::WatchRunStream>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let run = self.engine.run(&caller, run_id(&message.run_id)?).await?;
            let watching = Watching {
                engine: self.engine.clone(),
                caller,
                stopping: self.stopping.clone(),
                last: run,
                is_told: false,
            };
            let answers: Self::WatchRunStream =
                Box::pin(stream::try_unfold(watching, |mut watching| async move {
                    let run = watching.next().await?;
                    Ok(run.map(|run| {
                        (
                            WatchRunResponse {
                                run: Some(to_wire(&run)),
                            },
                            watching,
                        )
                    }))
                }));
            Ok(answers)
        })
        .await
    }

    async fn cancel_run(
        &self,
        request: Request<CancelRunRequest>,
    ) -> Result<Response<CancelRunResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller =
                Identity::of(&metadata)?.writes(&message.workspace, &message.request_id)?;
            let run = self
                .engine
                .cancel_run(&caller, run_id(&message.run_id)?)
                .await?;
            Ok(CancelRunResponse {
                run: Some(to_wire(&run)),
            })
        })
        .await
    }

    async fn list_run_log(
        &self,
        request: Request<ListRunLogRequest>,
    ) -> Result<Response<ListRunLogResponse>, Status> {
        let (metadata, _, message) = request.into_parts();
        answer(async {
            let caller = Identity::of(&metadata)?.reads(&message.workspace)?;
            let id = run_id(&message.run_id)?;
            let filter = [message.workspace.as_str(), message.run_id.as_str()];
            let paging = Paging::read("run_log", &filter, message.page_size, &message.page_token)?;
            let after = paging.after(|parts| match parts {
                [number] => number.parse::<u64>().ok(),
                _ => None,
            })?;
            // A log without a run is empty; an unknown run is an error.
            self.engine.run(&caller, id).await?;
            let read = self
                .engine
                .run_log(&caller, id, after.unwrap_or(0), paging.chunk())
                .await?;
            let (entries, next_page_token) = paging.page(
                &read,
                |entry| Ok(log_entry(entry)),
                |entry| vec![entry.number.to_string()],
            )?;
            Ok(ListRunLogResponse {
                entries,
                next_page_token,
            })
        })
        .await
    }
}

fn position(run: &Run) -> Vec<String> {
    vec![run.id.to_string()]
}

fn run_id(text: &str) -> Result<RunId, Refusal> {
    name("run_id", text, RunId::parse)
}

/// A run that somebody watches.
struct Watching {
    engine: Engine,
    caller: Caller,
    stopping: Stopping,
    last: Run,
    is_told: bool,
}

impl Watching {
    /// The run when it has changed; nothing once its end was told.
    async fn next(&mut self) -> Result<Option<Run>, Status> {
        if !self.is_told {
            self.is_told = true;
            return Ok(Some(self.last.clone()));
        }
        while !self.last.status.has_ended() {
            tokio::select! {
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                () = self.stopping.begun() => {
                    return Err(Status::unavailable("the server is stopping; watch again"));
                }
            }
            let run = self.engine.run(&self.caller, self.last.id).await;
            let run = run.map_err(|refusal| status_of(&refusal))?;
            if run.stamp.version != self.last.stamp.version {
                self.last = run;
                return Ok(Some(self.last.clone()));
            }
        }
        Ok(None)
    }
}
