//! Draws of runs and their logs, work, the change log, claims, activity.

use attain_domain::change::{Claim, ClaimDone};
use attain_domain::chunk::RunChunk;
use attain_domain::ids::{ActivityId, ChunkId, RunId, TransactionId, WorkItemId};
use attain_domain::refusal::Reason;
use attain_domain::run::{Change, LogLevel, Run, RunLogEntry, RunStatus, Scope, WorkItem};
use attain_domain::testing::{
    activity as plain_activity, at, chunk as plain_chunk, log_entry, run as plain_run, uuid,
    work_item,
};

use super::draft::Draft;
use crate::everything::{PROCESSES, STAGES};
use crate::samples::{done, leased};

fn a_run(draft: &mut Draft<'_>) -> RunId {
    let now = draft.now;
    match now.runs.as_slice() {
        [] => RunId(uuid(1)),
        rows => draft.dice.pick(rows).id,
    }
}

pub(super) fn run(draft: &mut Draft<'_>) {
    let now = draft.now;
    let old = draft.some(&now.runs, |row| row.id);
    let old = old.filter(|_| !draft.dice.one_in(4));
    let statuses = [
        RunStatus::Queued,
        RunStatus::Running,
        RunStatus::Running,
        RunStatus::Succeeded,
        RunStatus::SucceededWithErrors,
        RunStatus::Failed,
        RunStatus::Cancelled,
    ];
    let id = old.map_or_else(|| RunId(uuid(draft.id())), |row| row.id);
    let mut row = Run {
        id,
        process: *draft.dice.pick(&PROCESSES),
        range: draft.range(),
        status: *draft.dice.pick(&statuses),
        units_done: draft.dice.between(0, 9),
        cancel_requested: draft.dice.one_in(2),
        lease_until: at(i64::try_from(draft.dice.between(0, 120)).unwrap()),
        stamp: draft.stamp(old.map(|row| &row.stamp)),
        ..plain_run(1)
    };
    row.counts.taken = draft.dice.between(0, 9);
    row.counts.errors.insert(Reason::NoPlan, 3);
    row.counts.note("credits_created", draft.dice.between(0, 5));
    draft.changes.runs.push(row);
}

pub(super) fn log(draft: &mut Draft<'_>) {
    let run = a_run(draft);
    let numbers = draft.now.run_log.iter().filter(|entry| entry.run == run);
    let highest = numbers.map(|entry| entry.number).max().unwrap_or(0);
    let number = if highest > 0 && draft.errs() {
        highest
    } else {
        highest + 1
    };
    if !draft.names(("log", run)) {
        return;
    }
    let levels = [LogLevel::Info, LogLevel::Error];
    draft.changes.run_log.push(RunLogEntry {
        run,
        number,
        level: *draft.dice.pick(&levels),
        ..log_entry(1, 1)
    });
}

pub(super) fn chunk(draft: &mut Draft<'_>) {
    let now = draft.now;
    let old = draft.some(&now.chunks, |row| row.id);
    let absent = || ChunkId(uuid(1_000_001));
    match (draft.dice.below(4), old) {
        (0, Some(old)) => {
            let id = if draft.errs() { absent() } else { old.id };
            draft.changes.chunks_removed.push(id);
        }
        (1, Some(old)) => {
            let mut work = done(old);
            if draft.errs() {
                work.id = absent();
            }
            work.counts.taken = draft.dice.between(0, 9);
            work.end = work.end.filter(|_| draft.dice.one_in(3));
            draft.changes.chunks_worked.push(work);
        }
        _ => new_chunk(draft),
    }
}

fn new_chunk(draft: &mut Draft<'_>) {
    let run = a_run(draft);
    let numbers = draft.now.chunks.iter().filter(|chunk| chunk.run == run);
    let highest = numbers.map(|chunk| chunk.number).max().unwrap_or(0);
    let number = if highest > 0 && draft.errs() {
        highest
    } else {
        highest + 1
    };
    if !draft.names(("chunk", run)) {
        return;
    }
    let row = RunChunk {
        id: ChunkId(uuid(draft.id())),
        run,
        number,
        ..plain_chunk(1, 1)
    };
    let row = if draft.dice.one_in(2) {
        leased(row, 60)
    } else {
        row
    };
    draft.changes.chunks.push(row);
}

pub(super) fn work(draft: &mut Draft<'_>) {
    let now = draft.now;
    let old = draft.some(&now.work, |item| item.id);
    if draft.dice.one_in(2) {
        let absent = draft.errs().then(|| WorkItemId(draft.absent_id()));
        let done = absent.or(old.map(|item| item.id));
        draft.changes.work_done.extend(done);
        return;
    }
    let item = WorkItem {
        id: WorkItemId(uuid(draft.id())),
        stage: *draft.dice.pick(&STAGES),
        period: draft.period(),
        first: TransactionId(uuid(draft.dice.between(0, 20))),
        ..work_item(1)
    };
    draft.changes.work.push(item);
}

fn entry(draft: &mut Draft<'_>) -> Change {
    let scope = match draft.dice.below(5) {
        0 => Scope::Everybody,
        _ => Scope::Participant(draft.participant()),
    };
    Change {
        period: draft.period(),
        scope,
    }
}

pub(super) fn change(draft: &mut Draft<'_>) {
    let entry = entry(draft);
    draft.changes.changed.push(entry);
}

pub(super) fn claim(draft: &mut Draft<'_>) {
    let now = draft.now;
    if draft.dice.one_in(2) {
        let (run, range) = (a_run(draft), draft.range());
        draft.changes.claims.push(Claim { run, range });
        return;
    }
    let (run, change) = match now.claimed.as_slice() {
        [] => (a_run(draft), entry(draft)),
        rows => draft.dice.pick(rows).clone(),
    };
    draft.changes.claims_done.push(ClaimDone { run, change });
}

pub(super) fn activity(draft: &mut Draft<'_>) {
    let now = draft.now;
    let known = now.activities.first().map(|entry| entry.id);
    let repeated = known.filter(|_| draft.errs());
    let mut entry = plain_activity(1);
    entry.id = repeated.unwrap_or_else(|| ActivityId(uuid(draft.id())));
    entry.count = draft.dice.between(0, 9);
    draft.changes.activities.push(entry);
}
