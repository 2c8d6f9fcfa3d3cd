//! Runs and their logs, the work list, the change log.

use std::cmp::Reverse;

use attain_domain::change::{Changes, Claim};
use attain_domain::definition::Definition;
use attain_domain::ids::{PeriodId, RunId, WorkItemId};
use attain_domain::run::{Change, Process, Run, RunLogEntry, RunStatus, WorkItem};
use attain_domain::testing::{
    calendar, change_for, change_for_everybody, log_entry, name, put, run, uuid, work_item,
};
use attain_domain::time::DateRange;

use super::NAMES;
use crate::case::cases;
use crate::difference::check_same;
use crate::pages::check_list;
use crate::site::Site;

cases! {
    "reading":
    /// RunRepository::runs_open: Runs that have not ended, in rising id order.
    runs_that_have_not_ended_are_given
    /// repositories: Absence is `None` or an empty list, never an error.
    requests_that_were_not_carried_out_are_absent
    "paging":
    /// RunRepository::runs_before: Runs with ids below `before`, newest first.
    runs_are_listed_newest_first
    /// RunRepository::run_log_after: Log entries of a run with numbers above `after`, in rising
    /// order.
    the_log_of_a_run_is_listed
    /// WorkRepository::work_after: Work items of a stage in these periods with ids above
    /// `after`, in rising id order.
    work_items_of_a_stage_and_of_periods_are_listed_and_counted
    /// WorkRepository::changes_after: Entries of the change log for these periods above
    /// `after`, in rising order.
    the_change_log_is_listed
    /// WorkRepository::claimed_after: Entries on a run's own list above `after`, in rising
    /// order.
    the_list_of_a_run_is_listed
}

async fn runs_are_listed_newest_first(site: Site) {
    let mut all: Vec<Run> = (1..=5).map(run).collect();
    site.commit(Changes {
        runs: all.clone(),
        ..Changes::default()
    })
    .await;
    all.reverse();
    let view = site.view().await;
    check_list(
        "runs",
        &all,
        |row| Reverse(row.id),
        async |before, chunk| {
            let before = before.map(|Reverse(id)| id);
            view.runs_before(before, chunk).await.unwrap()
        },
    )
    .await;
    assert_eq!(view.run(RunId(uuid(99))).await.unwrap(), None);
}

async fn runs_that_have_not_ended_are_given(site: Site) {
    use RunStatus::{Cancelled, Failed, Queued, Running, Succeeded, SucceededWithErrors};
    let statuses = [
        Queued,
        Running,
        Succeeded,
        SucceededWithErrors,
        Failed,
        Cancelled,
    ];
    let of = |number, status| Run {
        status,
        ..run(number)
    };
    let all = (1..)
        .zip(statuses)
        .map(|(number, status)| of(number, status));
    site.commit(Changes {
        runs: all.collect(),
        ..Changes::default()
    })
    .await;
    let read = site.view().await.runs_open().await.unwrap();
    check_same(&read, &[of(1, Queued), of(2, Running)], "open runs");
    // One ends, one is taken up again.
    site.commit(Changes {
        runs: vec![of(1, Cancelled), of(5, Running)],
        ..Changes::default()
    })
    .await;
    let read = site.view().await.runs_open().await.unwrap();
    check_same(&read, &[of(2, Running), of(5, Running)], "open runs");
}

async fn the_log_of_a_run_is_listed(site: Site) {
    let of_run = |run| (1..=4).map(move |number| log_entry(run, number));
    let expected: Vec<RunLogEntry> = of_run(2).collect();
    let mut all: Vec<_> = of_run(1).chain(of_run(2)).chain(of_run(3)).collect();
    all.reverse();
    site.commit(Changes {
        run_log: all,
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    check_list(
        "log",
        &expected,
        |entry| entry.number,
        async |after, chunk| {
            let after = after.unwrap_or(0);
            view.run_log_after(RunId(uuid(2)), after, chunk)
                .await
                .unwrap()
        },
    )
    .await;
}

async fn work_items_of_a_stage_and_of_periods_are_listed_and_counted(site: Site) {
    let of = |number, stage, period: &str| WorkItem {
        stage,
        period: name(period),
        ..work_item(number)
    };
    let expected = vec![
        of(3, Process::Credit, "2026-02"),
        of(4, Process::Credit, "2026-01"),
        of(5, Process::Credit, "2026-01"),
        of(6, Process::Credit, "2026-02"),
    ];
    let mut all = vec![
        of(1, Process::Classify, "2026-01"),
        of(2, Process::Credit, "2026-03"),
        of(7, Process::RollUp, "2026-02"),
        of(8, Process::Credit, "2026-01"),
    ];
    all.extend(expected.iter().rev().cloned());
    site.commit(Changes {
        work: all,
        ..Changes::default()
    })
    .await;
    site.commit(Changes {
        work_done: vec![WorkItemId(uuid(8))],
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let stage = Process::Credit;
    let periods: [PeriodId; 4] = [
        name("2026-02"),
        name("2026-09"),
        name("2026-01"),
        name("2026-02"),
    ];
    check_list(
        "work",
        &expected,
        |item| item.id,
        async |after, chunk| {
            view.work_after(stage, &periods, after, chunk)
                .await
                .unwrap()
        },
    )
    .await;
    assert_eq!(view.work_count(stage, &periods).await.unwrap(), 4);
    assert_eq!(
        view.work_count(Process::Classify, &periods).await.unwrap(),
        1
    );
    assert_eq!(
        view.work_count(Process::Calculate, &periods).await.unwrap(),
        0
    );
    assert_eq!(view.work_count(stage, &[]).await.unwrap(), 0);
    let of_none = view.work_after(stage, &[], None, attain_domain::ports::ChunkSize::largest());
    assert!(of_none.await.unwrap().is_empty());
}

/// By period, then people, then everybody.
fn entries(period: &str) -> Vec<Change> {
    let people = NAMES.iter().map(|whose| change_for(period, whose));
    people.chain([change_for_everybody(period)]).collect()
}

async fn the_change_log_is_listed(site: Site) {
    let expected = [entries("2026-01"), entries("2026-02")].concat();
    let mut all = expected.clone();
    all.extend(entries("2026-03"));
    all.reverse();
    site.commit(Changes {
        changed: all,
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let periods: [PeriodId; 3] = [name("2026-02"), name("2026-01"), name("2026-02")];
    check_list(
        "change log",
        &expected,
        Change::clone,
        async |after, chunk| {
            view.changes_after(&periods, after.as_ref(), chunk)
                .await
                .unwrap()
        },
    )
    .await;
    let of_none = view.changes_after(&[], None, attain_domain::ports::ChunkSize::largest());
    assert!(of_none.await.unwrap().is_empty());
}

async fn the_list_of_a_run_is_listed(site: Site) {
    let expected = [entries("2026-01"), entries("2026-02")].concat();
    let claim = |run| Claim {
        run: RunId(uuid(run)),
        range: DateRange::ALWAYS,
    };
    let claimed = |changed: Vec<Change>, run| Changes {
        changed,
        claims: vec![claim(run)],
        ..Changes::default()
    };
    site.commit(Changes {
        definitions: vec![put(Definition::Calendar(calendar()), 1)],
        ..Changes::default()
    })
    .await;
    site.commit(claimed(entries("2026-03"), 1)).await;
    site.commit(claimed(expected.iter().rev().cloned().collect(), 2))
        .await;
    site.commit(claimed(entries("2026-03"), 3)).await;
    let view = site.view().await;
    check_list("claimed", &expected, Change::clone, async |after, chunk| {
        let after = after.as_ref();
        view.claimed_after(RunId(uuid(2)), after, chunk)
            .await
            .unwrap()
    })
    .await;
}

async fn requests_that_were_not_carried_out_are_absent(site: Site) {
    assert_eq!(
        site.view().await.request(&name("never")).await.unwrap(),
        None
    );
}
