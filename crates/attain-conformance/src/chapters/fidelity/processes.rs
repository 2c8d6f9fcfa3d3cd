//! Runs and their logs, the work list, the change log, requests.

use std::collections::BTreeMap;

use attain_domain::calculation::Window;
use attain_domain::change::{ChangeSet, Changes, Claim, RequestRecord};
use attain_domain::chunk::{
    CalculateTask, ChunkEnd, ChunkLease, ChunkState, ChunkTask, Due, RunChunk,
};
use attain_domain::definition::Definition;
use attain_domain::ids::{ParticipantId, RequestId, RunId, TransactionId};
use attain_domain::plan::Phase;
use attain_domain::ports::ChunkSize;
use attain_domain::refusal::Reason;
use attain_domain::run::{
    Change, LogLevel, Run, RunCounts, RunLogEntry, RunStatus, Scope, WorkItem,
};
use attain_domain::stamp::Version;
use attain_domain::testing::{
    calculation, calendar, chunk, log_entry, put, request, run, uuid, work_item,
};
use attain_domain::time::{Date, DateRange};
use attain_domain::working::RowFailure;

use super::extremes::{
    LARGEST, Numbered, dates, instants, names, ranges, row_errors, stamps, texts,
};
use crate::case::cases;
use crate::difference::check_same;
use crate::everything::{PROCESSES, STAGES};
use crate::site::Site;

cases! { "fidelity":
    /// Snapshot: What was written is read back equal, field by field.
    runs_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    run_logs_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    work_items_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    chunks_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    entries_of_the_change_log_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    requests_are_read_as_they_were_written
}

const CHUNK: u32 = ChunkSize::MAX;

fn statuses() -> Vec<RunStatus> {
    use RunStatus::{Cancelled, Failed, Queued, Running, Succeeded, SucceededWithErrors};
    vec![
        Queued,
        Running,
        Succeeded,
        SucceededWithErrors,
        Failed,
        Cancelled,
    ]
}

fn counts() -> Vec<RunCounts> {
    let errors: BTreeMap<_, _> = Reason::ALL.iter().copied().zip(1..).collect();
    let outcomes = ["credits_created", "earnings created", "naïve"].into_iter();
    let largest = RunCounts {
        taken: LARGEST,
        done: LARGEST,
        skipped: LARGEST,
        failed: LARGEST,
        errors,
        outcomes: outcomes.map(|name| (name.into(), LARGEST)).collect(),
    };
    let distinct = RunCounts {
        taken: 10,
        done: 5,
        skipped: 3,
        failed: 2,
        ..RunCounts::default()
    };
    vec![RunCounts::default(), distinct, largest]
}

fn runs() -> Vec<Run> {
    Numbered::new(run)
        .vary(PROCESSES, |row, process| row.process = process)
        .vary(ranges(), |row, range| row.range = range)
        .vary(statuses(), |row, status| row.status = status)
        .vary(PROCESSES, |row, stage| row.stage = Some(stage))
        .vary([1, LARGEST], |row, units| row.units_done = units)
        .vary([1, LARGEST], |row, units| row.units_total = units)
        .vary(counts(), |row, counts| row.counts = counts)
        .vary([true], |row, asked| row.cancel_requested = asked)
        .vary(instants(), |row, at| row.lease_until = at)
        .vary(instants(), |row, at| row.ended_at = Some(at))
        .vary(stamps(), |row, stamp| row.stamp = stamp)
        .rows
}

async fn runs_are_read_as_they_were_written(site: Site) {
    let varied = runs();
    let plain = (1..).zip(&varied).map(|(number, _)| run(number)).collect();
    for mut rows in [plain, varied] {
        site.commit(Changes {
            runs: Vec::clone(&rows),
            ..Changes::default()
        })
        .await;
        let view = site.view().await;
        let open = rows.iter().filter(|run| !run.status.has_ended()).cloned();
        check_same(
            &view.runs_open().await.unwrap(),
            &open.collect::<Vec<_>>(),
            "processes",
        );
        rows.reverse();
        let read = view.runs_before(None, ChunkSize::largest()).await.unwrap();
        check_same(&read, &rows, "processes");
        for row in rows {
            check_same(&view.run(row.id).await.unwrap(), &Some(row), "processes");
        }
    }
}

async fn run_logs_are_read_as_they_were_written(site: Site) {
    let reasons = Reason::ALL.iter().copied();
    let entries: Vec<RunLogEntry> = Numbered::new(|number| log_entry(1, number))
        .vary(instants(), |row, at| row.at = at)
        .vary([LogLevel::Info, LogLevel::Error], |row, level| {
            row.level = level
        })
        .vary(reasons, |row, reason| row.reason = Some(reason))
        .vary(texts(), |row, text| row.subject = text)
        .vary(texts(), |row, text| row.text = text)
        .vary([LARGEST], |row, number| row.number = number)
        .rows;
    site.commit(Changes {
        run_log: entries.clone(),
        ..Changes::default()
    })
    .await;
    let (run, chunk) = (RunId(uuid(1)), ChunkSize::new(CHUNK));
    let read = site
        .view()
        .await
        .run_log_after(run, 0, chunk)
        .await
        .unwrap();
    check_same(&read, &entries, "processes");
}

fn tasks() -> Vec<ChunkTask> {
    let people: Vec<ParticipantId> = names();
    let item = |stage| WorkItem {
        stage,
        ..work_item(1)
    };
    let calculate = |phase, (from, through): (Date, Date)| CalculateTask {
        phase,
        window: Window { from, through },
        calculations: names()
            .into_iter()
            .map(|id| (id, calculation(1).id))
            .collect(),
        participants: people
            .iter()
            .map(|who| Due {
                participant: who.clone(),
                struck: names(),
            })
            .collect(),
        compared: LARGEST,
    };
    let (dates, later) = (dates(), dates().into_iter().rev());
    let windows = dates.into_iter().zip(later);
    let phases = [Phase::First, Phase::Second].into_iter().cycle();
    let calculates = windows
        .zip(phases)
        .map(|(window, phase)| calculate(phase, window));
    let credits = STAGES.map(|process| ChunkTask::Credit {
        process,
        items: STAGES.map(item).to_vec(),
    });
    let mut all = vec![
        ChunkTask::Coordinate,
        ChunkTask::Summarise {
            children: people.clone(),
        },
        ChunkTask::Summarise { children: vec![] },
    ];
    all.extend(credits);
    all.extend(calculates.map(ChunkTask::Calculate));
    all
}

fn states() -> Vec<ChunkState> {
    let leases = names().into_iter().zip(instants());
    let leases = leases.map(|(worker, until)| ChunkState::Leased(ChunkLease { worker, until }));
    let failed = row_errors().into_iter().map(ChunkEnd::Failed);
    let ends = failed.chain([ChunkEnd::Done]).map(ChunkState::Ended);
    leases.chain(ends).collect()
}

async fn chunks_are_read_as_they_were_written(site: Site) {
    let failures = texts().into_iter().zip(row_errors());
    let failures = failures.map(|(subject, error)| vec![RowFailure { subject, error }]);
    let rows: Vec<RunChunk> = Numbered::new(|number| chunk(1, number))
        .vary(names(), |row, actor| row.actor = actor)
        .vary(names(), |row, request| row.request = Some(request))
        .vary(tasks(), |row, task| row.task = task)
        .vary(states(), |row, state| row.state = state)
        .vary([1, u32::MAX], |row, attempt| row.attempt = attempt)
        .vary([2, u32::MAX], |row, version| row.version = Version(version))
        .vary(counts(), |row, counts| row.counts = counts)
        .vary([1, LARGEST], |row, units| row.units = units)
        .vary(failures, |row, failures| row.failures = failures)
        .rows;
    site.commit(Changes {
        chunks: rows.clone(),
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let read = view.chunks_of_run(RunId(uuid(1)), None, ChunkSize::new(CHUNK));
    check_same(&read.await.unwrap(), &rows, "chunks");
}

async fn work_items_are_read_as_they_were_written(site: Site) {
    let ids = || [0, 1, u64::MAX].map(|id| TransactionId(uuid(id)));
    let items: Vec<WorkItem> = Numbered::new(work_item)
        .vary(STAGES, |row, stage| row.stage = stage)
        .vary(names(), |row, name| row.period = name)
        .vary(ids(), |row, id| row.first = id)
        .vary(ids(), |row, id| row.last = id)
        .rows;
    site.commit(Changes {
        work: items.clone(),
        ..Changes::default()
    })
    .await;
    let periods: Vec<_> = items.iter().map(|item| item.period.clone()).collect();
    let view = site.view().await;
    let mut read = Vec::new();
    for stage in STAGES {
        let of_stage = view.work_after(stage, &periods, None, ChunkSize::new(CHUNK));
        read.extend(of_stage.await.unwrap());
    }
    read.sort_by_key(|item| item.id);
    check_same(&read, &items, "processes");
}

async fn entries_of_the_change_log_are_read_as_they_were_written(site: Site) {
    let scopes = names().into_iter().map(Scope::Participant);
    let scopes: Vec<Scope> = scopes.chain([Scope::Everybody]).collect();
    let periods: Vec<attain_domain::ids::PeriodId> = names();
    let entry = |period: &_, scope: &Scope| Change {
        period: Clone::clone(period),
        scope: scope.clone(),
    };
    let of_period = |period| scopes.iter().map(move |scope| entry(period, scope));
    let mut entries: Vec<Change> = periods.iter().flat_map(of_period).collect();
    let mut calendar = calendar();
    calendar.periods.truncate(1);
    calendar.periods[0].id = periods[0].clone();
    site.commit(Changes {
        definitions: vec![put(Definition::Calendar(calendar), 1)],
        changed: entries.clone(),
        ..Changes::default()
    })
    .await;
    entries.sort();
    let chunk = ChunkSize::largest();
    let read = site
        .view()
        .await
        .changes_after(&periods, None, chunk)
        .await
        .unwrap();
    check_same(&read, &entries, "processes");
    let run = RunId(uuid(1));
    let claim = Claim {
        run,
        range: DateRange::ALWAYS,
    };
    site.commit(Changes {
        claims: vec![claim],
        ..Changes::default()
    })
    .await;
    let read = site
        .view()
        .await
        .claimed_after(run, None, chunk)
        .await
        .unwrap();
    entries.retain(|entry| entry.period == periods[0]);
    check_same(&read, &entries, "processes");
}

async fn requests_are_read_as_they_were_written(site: Site) {
    let plain = |_| request("plain");
    let mut records: Vec<RequestRecord> = Numbered::new(plain)
        .vary(texts(), |row, text| row.digest = text)
        .vary(texts(), |row, text| row.answer = text)
        .vary(instants(), |row, at| row.at = at)
        .rows;
    for (number, record) in records.iter_mut().enumerate() {
        record.id = attain_domain::testing::name(&format!("request {number}"));
    }
    records.extend(names().into_iter().map(|id: RequestId| RequestRecord {
        id,
        ..request("plain")
    }));
    for record in &records {
        let set = ChangeSet {
            request: Some(record.clone()),
            ..ChangeSet::new(site.workspace.clone())
        };
        site.try_commit(set).await.expect("a new request");
    }
    let view = site.view().await;
    for record in records {
        check_same(
            &view.request(&record.id).await.unwrap(),
            &Some(record),
            "processes",
        );
    }
}
