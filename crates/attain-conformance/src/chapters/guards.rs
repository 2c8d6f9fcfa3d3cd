//! Guards: a change is applied when all of its guards hold, and leaves nothing behind when one of
//! them, at whatever place, does not.

use attain_domain::change::ChangeSet;
use attain_domain::change::{Changes, DefinitionChange, DefinitionsMark, Guard};
use attain_domain::chunk::{ChunkEnd, ChunkState, RunChunk};
use attain_domain::definition::{Definition, DefinitionKind};
use attain_domain::earning::{EarningPayment, Instalments};
use attain_domain::ids::{
    BatchId, ClearId, CreditId, EarningId, LineId, PaysheetId, RewardId, RunId, TransactionId,
    WorkspaceId,
};
use attain_domain::ports::{CommitError, RewardsMark};
use attain_domain::refusal::{Reason, RowError};
use attain_domain::run::{Run, RunStatus};
use attain_domain::stamp::Version;
use attain_domain::testing::{
    activity, at, calendar, chunk, date, name, put, run, stamp_at, transaction, uuid,
};
use attain_domain::time::DateRange;
use attain_domain::transaction::{Transaction, TransactionStatus};

use crate::case::cases;
use crate::samples::{
    first_commit, january, leased, replacement, second_commit, transaction_departure,
};
use crate::site::Site;

cases! { "guards":
    /// Store::commit: Applies everything or nothing, after checking every guard in the set.
    everything_is_applied_when_all_hold
    /// Guard: If it no longer holds, nothing of the change is applied.
    nothing_is_applied_when_one_is_broken
    /// Store::commit: Applies everything or nothing, after checking every guard in the set.
    the_first_the_last_and_one_between_count_alike
    /// Guard: If it no longer holds, nothing of the change is applied.
    a_version_that_moved_on_is_broken
    /// Guard::DefinitionAbsent: There is no live definition of this id.
    a_deleted_definition_is_absent
    /// Guard::CreditAt: The credit is in the live table, at this version.
    what_went_to_history_is_at_no_version
    /// Guard::TransactionKeyFree: No live (not obsolete, not cancelled) transaction has this
    /// key.
    the_key_of_a_cancelled_or_obsolete_transaction_is_free
    /// Guard::NoRunOverlaps: No other run whose lease holds at this instant (it ends after it),
    /// and which has not ended, overlaps the dates.
    only_runs_at_work_over_the_same_dates_overlap
    /// Guard::ChunkHeld: The chunk is leased, and nobody took it up since.
    a_chunk_is_held_in_the_turn_of_its_lease_alone
    /// Changes::earnings_paid: A row that is not at the version read fails the whole commit as
    /// `Guard::EarningAt`.
    an_earning_that_moved_on_is_not_paid
    /// Store::commit: A commit into a workspace that does not exist fails as `WorkspaceExists`,
    /// whether or not the set names that guard.
    a_commit_needs_its_workspace
}

const FIRST: Version = Version(1);
const OTHER: Version = Version(2);

fn plan_reps() -> (DefinitionKind, attain_domain::ids::DefinitionId) {
    (DefinitionKind::Plan, name("reps"))
}

/// One of each kind, true after the first commit.
fn holding() -> Vec<Guard> {
    let (plan, reps) = plan_reps();
    vec![
        Guard::WorkspaceExists,
        Guard::DefinitionAt(plan, reps, FIRST),
        Guard::DefinitionAbsent(DefinitionKind::Team, name("reps")),
        Guard::DefinitionsUnchanged(DefinitionsMark(3)),
        Guard::TransactionKeyFree(transaction(99).key),
        Guard::TransactionAt(TransactionId(uuid(1)), FIRST),
        Guard::CreditAt(CreditId(uuid(1)), FIRST),
        Guard::EarningAt(EarningId(uuid(1)), FIRST),
        Guard::BatchAt(BatchId(uuid(1)), FIRST),
        Guard::PaysheetAt(PaysheetId(uuid(1)), FIRST),
        Guard::LineAt(LineId(uuid(1)), FIRST),
        Guard::RewardAt(RewardId(uuid(1)), FIRST),
        Guard::ClearAt(ClearId(uuid(1)), FIRST),
        unchanged("ann", 1),
        unchanged("bob", 0),
        Guard::RunAt(RunId(uuid(1)), FIRST),
        no_overlap(
            99,
            DateRange::between(date("2026-02-01"), date("2026-03-01")),
        ),
        held(1, 1),
        Guard::ChunkAt(chunk(1, 2).id, FIRST),
    ]
}

/// What holds after the first commit because of it, and in no other workspace.
pub(super) fn holding_only_there() -> Vec<Guard> {
    let needs_rows = |guard: &Guard| match guard {
        Guard::WorkspaceExists
        | Guard::DefinitionAbsent(..)
        | Guard::TransactionKeyFree(_)
        | Guard::NoRunOverlaps { .. } => false,
        Guard::RewardsUnchanged(read) => read.mark > 0,
        Guard::DefinitionAt(..)
        | Guard::DefinitionsUnchanged(_)
        | Guard::TransactionAt(..)
        | Guard::CreditAt(..)
        | Guard::EarningAt(..)
        | Guard::BatchAt(..)
        | Guard::PaysheetAt(..)
        | Guard::LineAt(..)
        | Guard::RewardAt(..)
        | Guard::ClearAt(..)
        | Guard::RunAt(..)
        | Guard::ChunkHeld { .. }
        | Guard::ChunkAt(..) => true,
    };
    holding().into_iter().filter(needs_rows).collect()
}

/// What the first commit breaks, and in no other workspace.
pub(super) fn broken_only_there() -> Vec<Guard> {
    let (plan, reps) = plan_reps();
    vec![
        Guard::DefinitionAbsent(plan, reps),
        Guard::DefinitionsUnchanged(DefinitionsMark(0)),
        Guard::TransactionKeyFree(transaction(1).key),
        unchanged("ann", 0),
        no_overlap(99, january()),
    ]
}

/// Of each kind what is false after the first commit: another version, and no record at all.
fn broken() -> Vec<Guard> {
    let (plan, reps) = plan_reps();
    vec![
        Guard::DefinitionAt(plan, reps.clone(), OTHER),
        Guard::DefinitionAt(plan, name("managers"), FIRST),
        Guard::DefinitionAt(DefinitionKind::Team, reps.clone(), FIRST),
        Guard::DefinitionAbsent(plan, reps),
        Guard::DefinitionsUnchanged(DefinitionsMark(2)),
        Guard::TransactionKeyFree(transaction(1).key),
        Guard::TransactionAt(TransactionId(uuid(1)), OTHER),
        Guard::TransactionAt(TransactionId(uuid(99)), FIRST),
        Guard::CreditAt(CreditId(uuid(1)), OTHER),
        Guard::CreditAt(CreditId(uuid(99)), FIRST),
        Guard::EarningAt(EarningId(uuid(1)), OTHER),
        Guard::EarningAt(EarningId(uuid(99)), FIRST),
        Guard::BatchAt(BatchId(uuid(1)), OTHER),
        Guard::BatchAt(BatchId(uuid(99)), FIRST),
        Guard::PaysheetAt(PaysheetId(uuid(1)), OTHER),
        Guard::PaysheetAt(PaysheetId(uuid(99)), FIRST),
        Guard::LineAt(LineId(uuid(1)), OTHER),
        Guard::LineAt(LineId(uuid(99)), FIRST),
        Guard::RewardAt(RewardId(uuid(1)), OTHER),
        Guard::RewardAt(RewardId(uuid(99)), FIRST),
        Guard::ClearAt(ClearId(uuid(1)), OTHER),
        Guard::ClearAt(ClearId(uuid(99)), FIRST),
        unchanged("ann", 0),
        unchanged("ann", 2),
        unchanged("bob", 1),
        Guard::RunAt(RunId(uuid(1)), OTHER),
        Guard::RunAt(RunId(uuid(99)), FIRST),
        no_overlap(99, january()),
        held(1, 2),
        held(1, 0),
        held(2, 0),
        held(2, 1),
        held(99, 1),
        Guard::ChunkAt(chunk(1, 2).id, OTHER),
        Guard::ChunkAt(chunk(1, 99).id, FIRST),
    ]
}

fn no_overlap(except: u64, range: DateRange) -> Guard {
    Guard::NoRunOverlaps {
        except: RunId(uuid(except)),
        range,
        at: at(0),
    }
}

/// Nobody wrote rewards of somebody since.
pub(super) fn unchanged(whose: &str, mark: u64) -> Guard {
    Guard::RewardsUnchanged(RewardsMark {
        participant: name(whose),
        mark,
    })
}

/// A turn of a worker with a chunk of run 1.
fn held(number: u64, attempt: u32) -> Guard {
    Guard::ChunkHeld {
        chunk: chunk(1, number).id,
        attempt,
    }
}

/// Any change: that nothing else speaks against.
fn anything(number: u64) -> Changes {
    Changes {
        activities: vec![activity(number)],
        ..Changes::default()
    }
}

async fn everything_is_applied_when_all_hold(site: Site) {
    site.commit_guarded(vec![Guard::WorkspaceExists], first_commit())
        .await;
    let before = site.everything().await;
    site.commit_guarded(holding(), second_commit()).await;
    assert!(
        site.everything().await != before,
        "the commit left no trace"
    );
}

async fn nothing_is_applied_when_one_is_broken(site: Site) {
    site.commit(first_commit()).await;
    for guard in broken() {
        let set = site.set(vec![guard.clone()], second_commit());
        site.check_guard_fails(set, &guard).await;
    }
}

async fn the_first_the_last_and_one_between_count_alike(site: Site) {
    site.commit(first_commit()).await;
    for guard in broken() {
        for place in [0, 7, holding().len()] {
            let mut guards = holding();
            guards.insert(place, guard.clone());
            let set = site.set(guards, second_commit());
            site.check_guard_fails(set, &guard).await;
        }
    }
}

async fn a_version_that_moved_on_is_broken(site: Site) {
    site.commit(first_commit()).await;
    let (plan, reps) = plan_reps();
    let moved_on = [
        Guard::DefinitionAt(plan, reps.clone(), FIRST),
        Guard::DefinitionAt(DefinitionKind::Participant, name("ann"), FIRST),
        Guard::DefinitionsUnchanged(DefinitionsMark(3)),
        Guard::TransactionAt(TransactionId(uuid(1)), FIRST),
        Guard::CreditAt(CreditId(uuid(3)), FIRST),
        Guard::EarningAt(EarningId(uuid(4)), FIRST),
        Guard::RunAt(RunId(uuid(1)), FIRST),
        Guard::BatchAt(BatchId(uuid(2)), FIRST),
        Guard::PaysheetAt(PaysheetId(uuid(2)), FIRST),
        Guard::LineAt(LineId(uuid(2)), FIRST),
        Guard::RewardAt(RewardId(uuid(1)), FIRST),
        Guard::ClearAt(ClearId(uuid(1)), FIRST),
        unchanged("ann", 1),
        held(1, 1),
        Guard::ChunkAt(chunk(1, 1).id, FIRST),
        Guard::ChunkAt(chunk(1, 2).id, FIRST),
    ];
    site.commit(second_commit()).await;
    for guard in moved_on {
        let set = site.set(vec![guard.clone()], anything(91));
        site.check_guard_fails(set, &guard).await;
    }
    let now = vec![
        Guard::DefinitionAt(plan, reps, OTHER),
        Guard::DefinitionsUnchanged(DefinitionsMark(5)),
        Guard::TransactionAt(TransactionId(uuid(1)), OTHER),
        // An obsolete row is still in the live table.
        Guard::CreditAt(CreditId(uuid(2)), OTHER),
        Guard::EarningAt(EarningId(uuid(2)), OTHER),
        Guard::RunAt(RunId(uuid(1)), OTHER),
        Guard::RewardAt(RewardId(uuid(1)), OTHER),
        Guard::RewardAt(RewardId(uuid(2)), FIRST),
        Guard::ClearAt(ClearId(uuid(1)), OTHER),
        unchanged("ann", 2),
        Guard::ChunkAt(chunk(1, 1).id, OTHER),
        Guard::ChunkAt(chunk(1, 3).id, FIRST),
    ];
    site.commit_guarded(now, anything(92)).await;
}

async fn a_deleted_definition_is_absent(site: Site) {
    let calendar_written = |version| Changes {
        definitions: vec![put(Definition::Calendar(calendar()), version)],
        ..Changes::default()
    };
    let absent = Guard::DefinitionAbsent(DefinitionKind::Calendar, name("calendar"));
    site.commit_guarded(vec![absent.clone()], calendar_written(1))
        .await;
    let set = site.set(vec![absent.clone()], calendar_written(2));
    site.check_guard_fails(set, &absent).await;
    let deleted = DefinitionChange::Delete {
        kind: DefinitionKind::Calendar,
        id: name("calendar"),
        stamp: stamp_at(2),
    };
    site.commit(Changes {
        definitions: vec![deleted],
        ..Changes::default()
    })
    .await;
    site.commit_guarded(vec![absent], calendar_written(3)).await;
}

async fn what_went_to_history_is_at_no_version(site: Site) {
    site.commit(first_commit()).await;
    site.commit(second_commit()).await;
    site.commit(Changes {
        transactions_departed: vec![transaction_departure(2)],
        ..Changes::default()
    })
    .await;
    for guard in [
        Guard::TransactionAt(TransactionId(uuid(2)), OTHER),
        Guard::CreditAt(CreditId(uuid(1)), FIRST),
        Guard::EarningAt(EarningId(uuid(1)), FIRST),
    ] {
        let set = site.set(vec![guard.clone()], anything(91));
        site.check_guard_fails(set, &guard).await;
    }
}

async fn the_key_of_a_cancelled_or_obsolete_transaction_is_free(site: Site) {
    let gone = |number, status| Transaction {
        replaced_by: replacement(&status),
        status,
        ..transaction(number)
    };
    site.commit(Changes {
        transactions: vec![
            gone(1, TransactionStatus::Cancelled),
            gone(2, TransactionStatus::Obsolete),
        ],
        ..Changes::default()
    })
    .await;
    let free = |number| Guard::TransactionKeyFree(transaction(number).key);
    site.commit_guarded(vec![free(1), free(2)], anything(91))
        .await;
}

async fn only_runs_at_work_over_the_same_dates_overlap(site: Site) {
    let february = DateRange::between(date("2026-02-01"), date("2026-03-01"));
    site.commit(Changes {
        runs: vec![
            run(1),
            Run {
                status: RunStatus::Succeeded,
                range: DateRange::ALWAYS,
                ..run(2)
            },
            Run {
                status: RunStatus::Queued,
                lease_until: at(0),
                range: february,
                ..run(3)
            },
        ],
        ..Changes::default()
    })
    .await;
    // The run itself does not count, one that has ended neither, nor one whose lease ends now.
    let free = vec![no_overlap(1, january()), no_overlap(99, february)];
    site.commit_guarded(free, anything(91)).await;
    let from = |from| DateRange {
        from: Some(date(from)),
        to: None,
    };
    let before = |to| DateRange {
        from: None,
        to: Some(date(to)),
    };
    let beside = vec![
        no_overlap(99, from("2026-02-01")),
        no_overlap(99, before("2026-01-01")),
    ];
    site.commit_guarded(beside, anything(92)).await;
    for range in [
        DateRange::ALWAYS,
        from("2026-01-31"),
        before("2026-01-02"),
        DateRange::between(date("2026-01-10"), date("2026-01-11")),
    ] {
        let guard = no_overlap(99, range);
        let set = site.set(vec![guard.clone()], anything(93));
        site.check_guard_fails(set, &guard).await;
    }
}

async fn a_chunk_is_held_in_the_turn_of_its_lease_alone(site: Site) {
    let ended = |number, end| RunChunk {
        state: ChunkState::Ended(end),
        attempt: 1,
        ..chunk(1, number)
    };
    let failed = ChunkEnd::Failed(RowError::new(Reason::NoPlan, "nobody's"));
    let waiting = RunChunk {
        attempt: 1,
        ..chunk(1, 4)
    };
    site.commit(Changes {
        chunks: vec![
            leased(chunk(1, 1), 0),
            ended(2, ChunkEnd::Done),
            ended(3, failed),
            waiting,
        ],
        ..Changes::default()
    })
    .await;
    // Long over, but nobody took it.
    site.commit_guarded(vec![held(1, 1)], anything(91)).await;
    for number in 2..=4 {
        let guard = held(number, 1);
        let set = site.set(vec![guard.clone()], anything(92));
        site.check_guard_fails(set, &guard).await;
    }
}

async fn an_earning_that_moved_on_is_not_paid(site: Site) {
    site.commit(first_commit()).await;
    let paid = |number, version| EarningPayment {
        id: EarningId(uuid(number)),
        version_read: version,
        instalments: Instalments::at_once(date("2026-01-15")),
        stamp: stamp_at(9),
    };
    for (number, version) in [(1, OTHER), (99, FIRST)] {
        let changes = Changes {
            activities: vec![activity(91)],
            earnings_paid: vec![paid(2, FIRST), paid(number, version), paid(3, FIRST)],
            ..Changes::default()
        };
        let set = site.set(Vec::new(), changes);
        let broken = Guard::EarningAt(EarningId(uuid(number)), version);
        site.check_guard_fails(set, &broken).await;
    }
}

async fn a_commit_needs_its_workspace(site: Site) {
    let nowhere: WorkspaceId = name("nowhere");
    for guards in [vec![Guard::WorkspaceExists], vec![]] {
        let set = ChangeSet {
            guards,
            changes: anything(91),
            ..ChangeSet::new(nowhere.clone())
        };
        let refused = site.store.commit(set).await;
        match refused {
            Err(CommitError::GuardFailed(guard)) => assert_eq!(*guard, Guard::WorkspaceExists),
            other => panic!("there is no such workspace, but: {other:?}"),
        }
    }
    let workspaces = site.store.workspaces().await.unwrap();
    assert_eq!(workspaces, std::slice::from_ref(&site.workspace));
}
