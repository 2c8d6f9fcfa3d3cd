//! Process runs and their logs.

use attain_app::{RunRequest, WhenBusy};
use attain_domain::refusal::Refusal;
use attain_domain::run::{LogLevel, Process, Run, RunCounts, RunLogEntry, RunStatus};
use attain_domain::time::DateRange;
use attain_proto::attain::v1 as proto;

use super::values::{choice, missing, range, range_from_wire, stamp, time};

/// What to run.
///
/// # Errors
/// `MISSING_VALUE`, `MALFORMED_VALUE`, `OUT_OF_RANGE`.
pub(crate) fn request_from_wire(message: &proto::StartRunRequest) -> Result<RunRequest, Refusal> {
    let process = process_from_wire(message.process)?;
    let range = range_from_wire("dates", message.dates.as_ref())?;
    let is_what_is_pending = process == Process::Revert && range == DateRange::ALWAYS;
    if range.to.is_none() && !is_what_is_pending {
        return Err(missing("dates.end_date"));
    }
    let when_busy = match message.when_busy {
        0 => WhenBusy::Refuse,
        number => match choice("when_busy", number)? {
            proto::WhenBusy::Unspecified | proto::WhenBusy::Refuse => WhenBusy::Refuse,
            proto::WhenBusy::Wait => WhenBusy::Wait,
        },
    };
    Ok(RunRequest {
        process,
        range,
        when_busy,
    })
}

fn process_from_wire(number: i32) -> Result<Process, Refusal> {
    match choice("process", number)? {
        proto::Process::Unspecified => Err(missing("process")),
        proto::Process::Classify => Ok(Process::Classify),
        proto::Process::Credit => Ok(Process::Credit),
        proto::Process::RollUp => Ok(Process::RollUp),
        proto::Process::Calculate => Ok(Process::Calculate),
        proto::Process::RunAll => Ok(Process::RunAll),
        proto::Process::Revert => Ok(Process::Revert),
    }
}

/// Which runs to list.
pub(crate) struct RunFilter {
    process: Option<Process>,
    status: Option<RunStatus>,
}

impl RunFilter {
    /// Reads it.
    ///
    /// # Errors
    /// `MALFORMED_VALUE`.
    pub(crate) fn from_wire(message: &proto::ListRunsRequest) -> Result<Self, Refusal> {
        let given = |number: i32| (number != 0).then_some(number);
        Ok(Self {
            process: given(message.process).map(process_from_wire).transpose()?,
            status: given(message.status).map(status_from_wire).transpose()?,
        })
    }

    /// Whether it leaves every run.
    pub(crate) fn is_open(&self) -> bool {
        self.process.is_none() && self.status.is_none()
    }

    /// Whether a run is to be listed.
    pub(crate) fn takes(&self, run: &Run) -> bool {
        self.process.is_none_or(|process| process == run.process)
            && self.status.is_none_or(|status| status == run.status)
    }
}

/// A run.
pub(crate) fn to_wire(run: &Run) -> proto::Run {
    let stamp = stamp(&run.stamp);
    let stage = run.stage.map_or(proto::Process::Unspecified, process);
    proto::Run {
        run_id: run.id.to_string(),
        process: process(run.process).into(),
        dates: Some(range(run.range)),
        status: status(run.status).into(),
        stage: stage.into(),
        units_done: run.units_done,
        units_total: run.units_total,
        counts: Some(counts(&run.counts)),
        cancel_requested: run.cancel_requested,
        lease_until_time: Some(time(run.lease_until)),
        end_time: run.ended_at.map(time),
        etag: stamp.etag,
        create_time: stamp.create_time,
        update_time: stamp.update_time,
        actor: stamp.actor,
    }
}

fn process(process: Process) -> proto::Process {
    match process {
        Process::Classify => proto::Process::Classify,
        Process::Credit => proto::Process::Credit,
        Process::RollUp => proto::Process::RollUp,
        Process::Calculate => proto::Process::Calculate,
        Process::RunAll => proto::Process::RunAll,
        Process::Revert => proto::Process::Revert,
    }
}

fn status_from_wire(number: i32) -> Result<RunStatus, Refusal> {
    match choice("status", number)? {
        proto::RunStatus::Unspecified => Err(missing("status")),
        proto::RunStatus::Queued => Ok(RunStatus::Queued),
        proto::RunStatus::Running => Ok(RunStatus::Running),
        proto::RunStatus::Succeeded => Ok(RunStatus::Succeeded),
        proto::RunStatus::SucceededWithErrors => Ok(RunStatus::SucceededWithErrors),
        proto::RunStatus::Failed => Ok(RunStatus::Failed),
        proto::RunStatus::Cancelled => Ok(RunStatus::Cancelled),
    }
}

fn status(status: RunStatus) -> proto::RunStatus {
    match status {
        RunStatus::Queued => proto::RunStatus::Queued,
        RunStatus::Running => proto::RunStatus::Running,
        RunStatus::Succeeded => proto::RunStatus::Succeeded,
        RunStatus::SucceededWithErrors => proto::RunStatus::SucceededWithErrors,
        RunStatus::Failed => proto::RunStatus::Failed,
        RunStatus::Cancelled => proto::RunStatus::Cancelled,
    }
}

fn counts(counts: &RunCounts) -> proto::RunCounts {
    let errors = counts
        .errors
        .iter()
        .map(|(reason, count)| (reason.code().to_owned(), *count));
    let outcomes = counts
        .outcomes
        .iter()
        .map(|(name, count)| (name.to_string(), *count));
    proto::RunCounts {
        taken: counts.taken,
        done: counts.done,
        skipped: counts.skipped,
        failed: counts.failed,
        errors: errors.collect(),
        outcomes: outcomes.collect(),
    }
}

/// A line of the log.
pub(crate) fn log_entry(entry: &RunLogEntry) -> proto::RunLogEntry {
    let level = match entry.level {
        LogLevel::Info => proto::LogLevel::Info,
        LogLevel::Error => proto::LogLevel::Error,
    };
    proto::RunLogEntry {
        run_id: entry.run.to_string(),
        number: entry.number,
        log_time: Some(time(entry.at)),
        level: level.into(),
        reason: entry
            .reason
            .map(|reason| reason.code().to_owned())
            .unwrap_or_default(),
        subject: entry.subject.clone(),
        text: entry.text.clone(),
    }
}
