//! Chunks of runs: what is left of them, and the rows in error that they have met.

use std::borrow::Cow;
use std::collections::BTreeMap;

use attain_domain::calculation::Window;
use attain_domain::chunk::{CalculateTask, ChunkTask, Due};
use attain_domain::ids::{
    CalculationId, IdError, ParticipantId, PeriodId, TransactionId, WorkItemId,
};
use attain_domain::plan::Phase;
use attain_domain::refusal::RowError;
use attain_domain::run::{Process, WorkItem};
use attain_domain::time::Date;
use attain_domain::working::RowFailure;
use serde::{Deserialize, Serialize};

use super::rows::{from_json, reason};
use super::{StoredError, to_json};
use crate::document::leaf::As;

const TASK: &str = "chunk";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum StoredTask {
    Coordinate,
    Credit {
        process: StoredProcess,
        items: Vec<StoredItem>,
    },
    Summarise {
        children: Vec<As<ParticipantId>>,
    },
    Calculate {
        phase: As<Phase>,
        from: As<Date>,
        through: As<Date>,
        calculations: BTreeMap<As<PeriodId>, String>,
        participants: Vec<(As<ParticipantId>, Vec<As<PeriodId>>)>,
        compared: u64,
    },
}

/// Id, stage, period, first and last transaction.
#[derive(Serialize, Deserialize)]
struct StoredItem(String, StoredProcess, As<PeriodId>, String, String);

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredProcess {
    Revert,
    Classify,
    Credit,
    RollUp,
    Calculate,
    RunAll,
}

impl From<Process> for StoredProcess {
    fn from(process: Process) -> Self {
        match process {
            Process::Revert => Self::Revert,
            Process::Classify => Self::Classify,
            Process::Credit => Self::Credit,
            Process::RollUp => Self::RollUp,
            Process::Calculate => Self::Calculate,
            Process::RunAll => Self::RunAll,
        }
    }
}

impl From<StoredProcess> for Process {
    fn from(process: StoredProcess) -> Self {
        match process {
            StoredProcess::Revert => Self::Revert,
            StoredProcess::Classify => Self::Classify,
            StoredProcess::Credit => Self::Credit,
            StoredProcess::RollUp => Self::RollUp,
            StoredProcess::Calculate => Self::Calculate,
            StoredProcess::RunAll => Self::RunAll,
        }
    }
}

/// What is left of a chunk, as JSON.
#[must_use]
pub fn encode_chunk_task(task: &ChunkTask) -> String {
    let stored = match task {
        ChunkTask::Coordinate => StoredTask::Coordinate,
        ChunkTask::Credit { process, items } => StoredTask::Credit {
            process: (*process).into(),
            items: items.iter().map(stored_item).collect(),
        },
        ChunkTask::Summarise { children } => StoredTask::Summarise {
            children: children.iter().cloned().map(As).collect(),
        },
        ChunkTask::Calculate(task) => stored_calculate(task),
    };
    to_json(&stored)
}

fn stored_item(item: &WorkItem) -> StoredItem {
    let WorkItem {
        id,
        stage,
        period,
        first,
        last,
    } = item;
    StoredItem(
        id.to_string(),
        (*stage).into(),
        As(period.clone()),
        first.to_string(),
        last.to_string(),
    )
}

fn stored_calculate(task: &CalculateTask) -> StoredTask {
    let CalculateTask {
        phase,
        window: Window { from, through },
        calculations,
        participants,
        compared,
    } = task;
    let due = |due: &Due| {
        let periods = due.struck.iter().cloned().map(As);
        (As(due.participant.clone()), periods.collect())
    };
    StoredTask::Calculate {
        phase: As(*phase),
        from: As(*from),
        through: As(*through),
        calculations: calculations
            .iter()
            .map(|(period, id)| (As(period.clone()), id.to_string()))
            .collect(),
        participants: participants.iter().map(due).collect(),
        compared: *compared,
    }
}

/// Reads what [`encode_chunk_task`] wrote.
///
/// # Errors
/// [`StoredError`] for any other text.
pub fn decode_chunk_task(json: &str) -> Result<ChunkTask, StoredError> {
    Ok(match from_json(TASK, json)? {
        StoredTask::Coordinate => ChunkTask::Coordinate,
        StoredTask::Credit { process, items } => ChunkTask::Credit {
            process: process.into(),
            items: items.into_iter().map(item).collect::<Result<_, _>>()?,
        },
        StoredTask::Summarise { children } => ChunkTask::Summarise {
            children: children.into_iter().map(|child| child.0).collect(),
        },
        StoredTask::Calculate {
            phase,
            from,
            through,
            calculations,
            participants,
            compared,
        } => {
            let calculation = |(period, text): (As<PeriodId>, String)| {
                Ok((period.0, id(&text, CalculationId::parse)?))
            };
            let due = |(who, struck): (As<ParticipantId>, Vec<As<PeriodId>>)| Due {
                participant: who.0,
                struck: struck.into_iter().map(|period| period.0).collect(),
            };
            ChunkTask::Calculate(CalculateTask {
                phase: phase.0,
                window: Window {
                    from: from.0,
                    through: through.0,
                },
                calculations: calculations
                    .into_iter()
                    .map(calculation)
                    .collect::<Result<_, StoredError>>()?,
                participants: participants.into_iter().map(due).collect(),
                compared,
            })
        }
    })
}

fn item(stored: StoredItem) -> Result<WorkItem, StoredError> {
    let StoredItem(item, stage, period, first, last) = stored;
    Ok(WorkItem {
        id: id(&item, WorkItemId::parse)?,
        stage: stage.into(),
        period: period.0,
        first: id(&first, TransactionId::parse)?,
        last: id(&last, TransactionId::parse)?,
    })
}

fn id<T>(text: &str, parse: impl Fn(&str) -> Result<T, IdError>) -> Result<T, StoredError> {
    parse(text).map_err(|error| StoredError::new(TASK, error))
}

/// Rows in error as JSON: of each its subject, its reason and its sentence.
#[must_use]
pub fn encode_failures(failures: &[RowFailure]) -> String {
    let rows: Vec<(&str, &str, &str)> = failures
        .iter()
        .map(|RowFailure { subject, error }| {
            let RowError { reason, text } = error;
            (subject.as_str(), reason.code(), text.as_str())
        })
        .collect();
    to_json(&rows)
}

/// Reads what [`encode_failures`] wrote.
///
/// # Errors
/// [`StoredError`] for any other text, an unknown reason among them.
pub fn decode_failures(json: &str) -> Result<Vec<RowFailure>, StoredError> {
    let rows: Vec<(String, Cow<'_, str>, String)> = from_json("failures", json)?;
    let failure = |(subject, code, text): (String, Cow<'_, str>, String)| {
        let error = RowError::new(reason("failures", &code)?, text);
        Ok(RowFailure { subject, error })
    };
    rows.into_iter().map(failure).collect()
}
