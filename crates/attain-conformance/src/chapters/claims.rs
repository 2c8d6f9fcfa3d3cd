//! The work list, the change log, and what runs claim of it.

use attain_domain::change::{Changes, Claim, ClaimDone};
use attain_domain::definition::{Calendar, Definition};
use attain_domain::ids::{RunId, WorkItemId};
use attain_domain::ports::ChunkSize;
use attain_domain::run::{Change, Process, Run, RunStatus};
use attain_domain::testing::{
    calendar, change_for, change_for_everybody, date, months, name, put, run, uuid, work_item,
};
use attain_domain::time::DateRange;

use crate::case::cases;
use crate::difference::check_same;
use crate::samples::january;
use crate::site::Site;

cases! { "claims":
    /// Changes::changed: Entries of the change log; one that stands there already is not added
    /// again.
    an_entry_is_logged_once
    /// Claim: Moves entries to a run's own list: those that stand in the change log now, and
    /// those left on the lists of runs that have ended.
    a_claim_takes_what_stands_there_in_its_periods
    /// Claim: the live calendar says which periods the dates touch.
    a_period_that_is_touched_is_claimed_whole
    /// Claim: What is logged later waits for the next run.
    what_is_logged_later_waits_for_the_next_claim
    /// Changes: Lists are applied in the order of the fields: what leaves first, what comes
    /// later; a row may be named by one list only.
    what_a_commit_logs_and_claims_is_claimed
    /// Claim: Moves entries to a run's own list: those that stand in the change log now, and
    /// those left on the lists of runs that have ended.
    a_run_may_claim_again
    /// Claim: Moves entries to a run's own list: those that stand in the change log now, and
    /// those left on the lists of runs that have ended.
    entries_of_ended_runs_are_taken_over
    /// Claim: Moves entries to a run's own list: those that stand in the change log now, and
    /// those left on the lists of runs that have ended.
    entries_of_runs_at_work_are_left_alone
    /// Claim: Periods and runs are looked up as the commit leaves them
    the_run_that_the_commit_ends_has_ended
    /// Claim: Moves entries to a run's own list: those that stand in the change log now, and
    /// those left on the lists of runs that have ended.
    a_run_that_has_ended_keeps_its_own_list
    /// Claim: Periods and runs are looked up as the commit leaves them: the live calendar says
    /// which periods the dates touch.
    the_calendar_that_the_commit_leaves_counts
    /// Claim: the live calendar says which periods the dates touch.
    without_a_calendar_nothing_is_claimed
    /// Changes::claims_done: Entries of a run's own list that are done; one that does not stand
    /// there is no error.
    what_is_done_is_struck_off_one_list
    /// Changes: Lists are applied in the order of the fields: what leaves first, what comes
    /// later; a row may be named by one list only.
    done_work_makes_room_in_the_commit_that_adds_more
}

const MONTHS: [&str; 4] = ["2026-01", "2026-02", "2026-03", "2026-04"];

fn entry(period: &str) -> Change {
    change_for(period, "ann")
}

fn claim(run: u64, range: DateRange) -> Claim {
    let run = RunId(uuid(run));
    Claim { run, range }
}

fn claiming(run: u64, range: DateRange) -> Changes {
    Changes {
        claims: vec![claim(run, range)],
        ..Changes::default()
    }
}

fn logging(changed: Vec<Change>) -> Changes {
    Changes {
        changed,
        ..Changes::default()
    }
}

fn with_calendar(calendar: Calendar, version: u32) -> Changes {
    Changes {
        definitions: vec![put(Definition::Calendar(calendar), version)],
        ..Changes::default()
    }
}

fn in_status(number: u64, status: RunStatus) -> Run {
    Run {
        status,
        ..run(number)
    }
}

async fn check_log(site: &Site, expected: &[Change]) {
    let months = MONTHS.map(name);
    let read = site
        .view()
        .await
        .changes_after(&months, None, ChunkSize::largest())
        .await;
    check_same(&read.unwrap(), expected, "the change log");
}

async fn check_claimed(site: &Site, run: u64, expected: &[Change]) {
    let (view, id) = (site.view().await, RunId(uuid(run)));
    let read = view.claimed_after(id, None, ChunkSize::largest()).await;
    check_same(&read.unwrap(), expected, &format!("the list of run {run}"));
}

async fn an_entry_is_logged_once(site: Site) {
    let both = vec![entry("2026-01"), change_for_everybody("2026-01")];
    site.commit(logging([both.clone(), both.clone()].concat()))
        .await;
    site.commit(logging(both.clone())).await;
    check_log(&site, &both).await;
}

async fn a_claim_takes_what_stands_there_in_its_periods(site: Site) {
    let jan = [
        entry("2026-01"),
        change_for("2026-01", "bob"),
        change_for_everybody("2026-01"),
    ];
    site.commit(with_calendar(calendar(), 1)).await;
    site.commit(logging(
        [&jan[..], &[entry("2026-02"), entry("2025-12")]].concat(),
    ))
    .await;
    site.commit(claiming(1, january())).await;
    check_claimed(&site, 1, &jan).await;
    check_log(&site, &[entry("2026-02")]).await;
    site.commit(claiming(1, DateRange::ALWAYS)).await;
    check_log(&site, &[]).await;
    check_claimed(&site, 1, &[&jan[..], &[entry("2026-02")]].concat()).await;
    // No period of the calendar has this name, so no claim comes by.
    let before = site.view().await;
    let left = before
        .changes_after(&[name("2025-12")], None, ChunkSize::largest())
        .await;
    check_same(&left.unwrap(), &[entry("2025-12")], "what is in no period");
}

async fn a_period_that_is_touched_is_claimed_whole(site: Site) {
    let ranges = [
        (
            DateRange::between(date("2026-02-28"), date("2026-03-02")),
            &MONTHS[1..3],
        ),
        (
            DateRange::between(date("2026-02-01"), date("2026-03-01")),
            &MONTHS[1..2],
        ),
        (
            DateRange {
                from: None,
                to: Some(date("2026-01-02")),
            },
            &MONTHS[..1],
        ),
        (
            DateRange {
                from: Some(date("2026-04-30")),
                to: None,
            },
            &MONTHS[3..],
        ),
        (
            DateRange::between(date("2025-01-01"), date("2026-01-01")),
            &MONTHS[..0],
        ),
    ];
    site.commit(with_calendar(calendar(), 1)).await;
    for (run, (range, claimed)) in (1..).zip(ranges) {
        site.commit(logging(MONTHS.map(entry).to_vec())).await;
        site.commit(claiming(run, range)).await;
        let claimed: Vec<_> = claimed.iter().map(|month| entry(month)).collect();
        check_claimed(&site, run, &claimed).await;
        let rest: Vec<_> = MONTHS
            .map(entry)
            .into_iter()
            .filter(|it| !claimed.contains(it))
            .collect();
        check_log(&site, &rest).await;
    }
}

async fn what_is_logged_later_waits_for_the_next_claim(site: Site) {
    site.commit(with_calendar(calendar(), 1)).await;
    site.commit(logging(vec![entry("2026-01")])).await;
    site.commit(claiming(1, january())).await;
    // The same once more: the run may have looked already.
    let later = [entry("2026-01"), change_for("2026-01", "bob")];
    site.commit(logging(later.to_vec())).await;
    check_claimed(&site, 1, &[entry("2026-01")]).await;
    check_log(&site, &later).await;
    site.commit(claiming(2, january())).await;
    check_claimed(&site, 1, &[entry("2026-01")]).await;
    check_claimed(&site, 2, &later).await;
}

async fn what_a_commit_logs_and_claims_is_claimed(site: Site) {
    site.commit(Changes {
        changed: vec![entry("2026-01")],
        claims: vec![claim(1, january()), claim(2, january())],
        ..with_calendar(calendar(), 1)
    })
    .await;
    check_log(&site, &[]).await;
    check_claimed(&site, 1, &[entry("2026-01")]).await;
    check_claimed(&site, 2, &[]).await;
}

async fn a_run_may_claim_again(site: Site) {
    site.commit(with_calendar(calendar(), 1)).await;
    for _ in 0..2 {
        site.commit(logging(vec![entry("2026-01")])).await;
        site.commit(claiming(1, january())).await;
        check_claimed(&site, 1, &[entry("2026-01")]).await;
        check_log(&site, &[]).await;
    }
}

async fn entries_of_ended_runs_are_taken_over(site: Site) {
    site.commit(with_calendar(calendar(), 1)).await;
    let statuses = [
        RunStatus::Succeeded,
        RunStatus::SucceededWithErrors,
        RunStatus::Failed,
        RunStatus::Cancelled,
    ];
    let own = |run: u64| change_for("2026-01", &format!("participant {run}"));
    for run in 1..=4 {
        site.commit(Changes {
            runs: vec![in_status(run, RunStatus::Running)],
            changed: vec![own(run), entry("2026-02")],
            ..claiming(run, DateRange::ALWAYS)
        })
        .await;
    }
    let ended = (1..)
        .zip(statuses)
        .map(|(run, status)| in_status(run, status));
    site.commit(Changes {
        runs: ended.collect(),
        ..Changes::default()
    })
    .await;
    for run in 1..=4 {
        check_claimed(&site, run, &[own(run), entry("2026-02")]).await;
    }
    let all = [1, 2, 3, 4].map(own);
    site.commit(claiming(9, january())).await;
    check_claimed(&site, 9, &all).await;
    for run in 1..=4 {
        check_claimed(&site, run, &[entry("2026-02")]).await;
    }
    // Four times the same becomes one.
    site.commit(claiming(9, DateRange::ALWAYS)).await;
    check_claimed(&site, 9, &[&all[..], &[entry("2026-02")]].concat()).await;
    for run in 1..=4 {
        check_claimed(&site, run, &[]).await;
    }
}

async fn entries_of_runs_at_work_are_left_alone(site: Site) {
    site.commit(with_calendar(calendar(), 1)).await;
    for (run, status) in [(1, RunStatus::Running), (2, RunStatus::Queued)] {
        site.commit(Changes {
            runs: vec![in_status(run, status)],
            changed: vec![entry("2026-01")],
            ..claiming(run, january())
        })
        .await;
    }
    site.commit(claiming(9, january())).await;
    check_claimed(&site, 1, &[entry("2026-01")]).await;
    check_claimed(&site, 2, &[entry("2026-01")]).await;
    check_claimed(&site, 9, &[]).await;
}

async fn the_run_that_the_commit_ends_has_ended(site: Site) {
    site.commit(Changes {
        runs: vec![in_status(1, RunStatus::Running)],
        changed: vec![entry("2026-01")],
        claims: vec![claim(1, january())],
        ..with_calendar(calendar(), 1)
    })
    .await;
    site.commit(Changes {
        runs: vec![
            in_status(1, RunStatus::Failed),
            in_status(2, RunStatus::Running),
        ],
        ..claiming(2, january())
    })
    .await;
    check_claimed(&site, 1, &[]).await;
    check_claimed(&site, 2, &[entry("2026-01")]).await;
    // Taken up again, it is at work: what it claims now stays with it.
    site.commit(Changes {
        runs: vec![in_status(1, RunStatus::Running)],
        changed: vec![entry("2026-02")],
        ..claiming(1, DateRange::ALWAYS)
    })
    .await;
    site.commit(claiming(3, DateRange::ALWAYS)).await;
    check_claimed(&site, 1, &[entry("2026-02")]).await;
    check_claimed(&site, 3, &[]).await;
}

async fn a_run_that_has_ended_keeps_its_own_list(site: Site) {
    site.commit(Changes {
        runs: vec![in_status(1, RunStatus::Failed)],
        changed: vec![entry("2026-01")],
        claims: vec![claim(1, january())],
        ..with_calendar(calendar(), 1)
    })
    .await;
    site.commit(logging(vec![change_for("2026-01", "bob")]))
        .await;
    site.commit(claiming(1, january())).await;
    check_claimed(&site, 1, &[entry("2026-01"), change_for("2026-01", "bob")]).await;
}

async fn the_calendar_that_the_commit_leaves_counts(site: Site) {
    site.commit(with_calendar(months(2026, 2), 1)).await;
    site.commit(logging(MONTHS.map(entry).to_vec())).await;
    let mut shifted = months(2026, 4);
    // January is where February was: names say nothing about dates.
    shifted.periods.remove(0);
    shifted.periods[0].id = name("2026-01");
    site.commit(Changes {
        claims: vec![claim(
            1,
            DateRange::between(date("2026-02-01"), date("2026-04-01")),
        )],
        ..with_calendar(shifted, 2)
    })
    .await;
    check_claimed(&site, 1, &[entry("2026-01"), entry("2026-03")]).await;
    check_log(&site, &[entry("2026-02"), entry("2026-04")]).await;
}

async fn without_a_calendar_nothing_is_claimed(site: Site) {
    site.commit(Changes {
        changed: vec![entry("2026-01")],
        ..claiming(1, DateRange::ALWAYS)
    })
    .await;
    check_claimed(&site, 1, &[]).await;
    check_log(&site, &[entry("2026-01")]).await;
}

async fn what_is_done_is_struck_off_one_list(site: Site) {
    site.commit(with_calendar(calendar(), 1)).await;
    for run in 1..=2 {
        site.commit(Changes {
            changed: vec![entry("2026-01"), entry("2026-02")],
            ..claiming(run, DateRange::ALWAYS)
        })
        .await;
    }
    site.commit(logging(vec![entry("2026-01")])).await;
    let done = |run: u64, month: &str| ClaimDone {
        run: RunId(uuid(run)),
        change: entry(month),
    };
    // Striking off what does not stand there is no error.
    site.commit(Changes {
        claims_done: vec![done(1, "2026-01"), done(1, "2026-03"), done(7, "2026-01")],
        ..Changes::default()
    })
    .await;
    check_claimed(&site, 1, &[entry("2026-02")]).await;
    check_claimed(&site, 2, &[entry("2026-01"), entry("2026-02")]).await;
    check_log(&site, &[entry("2026-01")]).await;
    // What a commit claims it may strike off at once.
    site.commit(Changes {
        claims_done: vec![done(1, "2026-01")],
        ..claiming(1, january())
    })
    .await;
    check_claimed(&site, 1, &[entry("2026-02")]).await;
    check_log(&site, &[]).await;
}

async fn done_work_makes_room_in_the_commit_that_adds_more(site: Site) {
    site.commit(Changes {
        work: vec![work_item(1), work_item(2)],
        ..Changes::default()
    })
    .await;
    site.commit(Changes {
        work_done: vec![WorkItemId(uuid(1))],
        work: vec![work_item(3)],
        ..Changes::default()
    })
    .await;
    let (view, periods) = (site.view().await, [name("2026-01")]);
    let stage = Process::Classify;
    let left = view
        .work_after(stage, &periods, None, ChunkSize::largest())
        .await
        .unwrap();
    check_same(&left, &[work_item(2), work_item(3)], "the work list");
    assert_eq!(view.work_count(stage, &periods).await.unwrap(), 2);
}
