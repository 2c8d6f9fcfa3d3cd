//! Commits that do something of every kind, to any number of rows.

use attain_domain::change::{
    ChangeSet, Claim, ClaimDone, CreditEligibility, DefinitionChange, DefinitionsMark, Departure,
    EarningFacts, Guard, Obsoletion,
};
use attain_domain::chunk::{ChunkEnd, ChunkWork, RunChunk};
use attain_domain::credit::CreditStatus;
use attain_domain::definition::{Definition, DefinitionKind};
use attain_domain::earning::{Earning, EarningPayment};
use attain_domain::ids::{
    BatchId, CalculationId, ClearId, CreditId, EarningId, LineId, ParticipantId, PaysheetId,
    RewardId, RunId, TransactionId, WorkItemId,
};
use attain_domain::ports::RewardsMark;
use attain_domain::reward::{Clear, Reward};
use attain_domain::stamp::Version;
use attain_domain::testing::{
    activity, at, batch, calculation, calendar as months_of_2026, change_for, chunk, clear,
    clear_undo, credit, credit_departure, earning, earning_departure, line, log_entry, name,
    obsolete, paysheet, put, request, reward, run, stamp_at, team, transaction, uuid, work_item,
};
use attain_domain::time::DateRange;
use attain_domain::transaction::{Transaction, TransactionProgress, TransactionStatus};

/// Rows of one round begin here; each kind of change has a block of its own.
pub(crate) fn block(round: u64, number: u64) -> u64 {
    round * 100_000 + number * 10_000
}

fn set() -> ChangeSet {
    ChangeSet::new(name("acme"))
}

fn team_id(number: u64) -> String {
    format!("team-{number}")
}

fn new_team(number: u64, version: u32) -> DefinitionChange {
    put(Definition::Team(team(&team_id(number))), version)
}

pub(crate) fn calendar() -> ChangeSet {
    let mut set = set();
    let calendar = Definition::Calendar(months_of_2026());
    set.changes.definitions = vec![put(calendar, 1)];
    set
}

/// What [`everything`] relies on, changes and takes out, in two commits: the second sends to history
/// what comes back from there.
pub(crate) fn before(round: u64, rows: u64) -> [ChangeSet; 2] {
    let mut left = set();
    let these = (0..rows).map(|row| block(round, 6) + row);
    left.changes.earnings_departed = these.map(earning_departure).collect();
    [stored(round, rows), left]
}

fn stored(round: u64, rows: u64) -> ChangeSet {
    let mut set = set();
    let these = |number: u64| (0..rows).map(move |row| block(round, number) + row);
    let changes = &mut set.changes;
    changes.definitions = these(0).chain(these(1)).map(|at| new_team(at, 1)).collect();
    let live = these(0).chain(these(1)).map(transaction);
    changes.transactions = live.chain(these(2).map(replaced)).collect();
    changes.credits = (0..4).flat_map(these).map(credit).collect();
    changes.earnings = (0..5).chain([6]).flat_map(these).map(earning).collect();
    changes.calculations = these(0).map(calculation).collect();
    changes.batches = these(0).chain(these(1)).map(batch).collect();
    changes.paysheets = these(0).chain(these(1)).map(paysheet).collect();
    changes.lines = these(0).chain(these(1)).map(line).collect();
    changes.rewards = these(0).map(owned_reward).collect();
    changes.clears = these(0).map(owned_clear).collect();
    changes.runs = these(0).map(run).collect();
    let both = |row: u64| [chunk(row, 0), chunk(row, 1)];
    changes.chunks = these(0).flat_map(both).collect();
    changes.work = these(0).map(work_item).collect();
    let whose = |row: u64| change_for("2026-01", &format!("before-{row}"));
    changes.changed = these(0).map(whose).collect();
    set
}

/// Every kind of guard and of change, each for so many rows.
pub(crate) fn everything(round: u64, rows: u64, mark: DefinitionsMark) -> ChangeSet {
    let mut set = set();
    set.request = Some(request(&format!("round-{round}")));
    let these = |number: u64| (0..rows).map(move |row| block(round, number) + row);
    guard(&mut set, round, rows, mark);
    let changes = &mut set.changes;
    changes.definitions = these(0)
        .map(|at| new_team(at, 2))
        .chain(these(1).map(|at| DefinitionChange::Delete {
            kind: DefinitionKind::Team,
            id: name(&team_id(at)),
            stamp: stamp_at(2),
        }))
        .collect();
    changes.transactions = these(5).map(transaction).collect();
    let ends = these(0).map(|at| progress(at, TransactionStatus::Cancelled));
    let goes_on = these(1).map(|at| progress(at, TransactionStatus::Credited));
    changes.transactions_progressed = ends.chain(goes_on).collect();
    changes.transactions_departed = these(2).map(transaction_departure).collect();
    changes.credits_departed = these(0).map(credit_departure).collect();
    changes.credits_obsoleted = these(1)
        .map(|at| Obsoletion {
            id: CreditId(uuid(at)),
            mark: obsolete(),
            stamp: stamp_at(2),
        })
        .collect();
    changes.credits_judged = these(2)
        .map(|at| CreditEligibility {
            id: CreditId(uuid(at)),
            status: CreditStatus::Eligible,
            stamp: stamp_at(2),
        })
        .collect();
    changes.credits = these(5).map(credit).collect();
    change_earnings(&mut set, round, rows);
    change_payments(&mut set, round, rows);
    change_work(&mut set, round, rows);
    set
}

fn guard(set: &mut ChangeSet, round: u64, rows: u64, mark: DefinitionsMark) {
    let first = Version::FIRST;
    set.guards = vec![
        Guard::WorkspaceExists,
        Guard::DefinitionsUnchanged(mark),
        Guard::NoRunOverlaps {
            except: RunId(uuid(block(round, 5))),
            range: DateRange::ALWAYS,
            at: at(61),
        },
    ];
    for row in 0..rows {
        let here = block(round, 0) + row;
        let new = block(round, 5) + row;
        let team = DefinitionKind::Team;
        set.guards.extend([
            Guard::DefinitionAt(team, name(&team_id(here)), first),
            Guard::DefinitionAbsent(team, name(&team_id(new))),
            Guard::TransactionKeyFree(transaction(new).key),
            Guard::TransactionAt(TransactionId(uuid(here)), first),
            Guard::CreditAt(CreditId(uuid(here)), first),
            Guard::EarningAt(EarningId(uuid(here)), first),
            Guard::BatchAt(BatchId(uuid(here)), first),
            Guard::PaysheetAt(PaysheetId(uuid(here)), first),
            Guard::LineAt(LineId(uuid(here)), first),
            Guard::RewardAt(RewardId(uuid(here)), first),
            Guard::ClearAt(ClearId(uuid(here)), first),
            Guard::RewardsUnchanged(RewardsMark {
                participant: owner(here),
                mark: 1,
            }),
            Guard::RewardsUnchanged(RewardsMark {
                participant: owner(new),
                mark: 0,
            }),
            Guard::RunAt(RunId(uuid(here)), first),
            Guard::ChunkAt(chunk(here, 0).id, first),
        ]);
    }
}

fn replaced(number: u64) -> Transaction {
    Transaction {
        status: TransactionStatus::Obsolete,
        replaced_by: Some(TransactionId(uuid(block(9, 9)))),
        ..transaction(number)
    }
}

fn transaction_departure(number: u64) -> Departure<TransactionId> {
    let Departure {
        because,
        archive,
        at,
        actor,
        ..
    } = credit_departure(number);
    Departure {
        id: TransactionId(uuid(number)),
        because,
        archive,
        at,
        actor,
    }
}

fn progress(number: u64, status: TransactionStatus) -> TransactionProgress {
    TransactionProgress {
        status,
        stamp: stamp_at(2),
        ..TransactionProgress::of(&transaction(number))
    }
}

fn change_earnings(set: &mut ChangeSet, round: u64, rows: u64) {
    let these = |number: u64| (0..rows).map(move |row| block(round, number) + row);
    let changes = &mut set.changes;
    changes.earnings_departed = these(0).map(earning_departure).collect();
    changes.earnings_obsoleted = these(1)
        .map(|at| Obsoletion {
            id: EarningId(uuid(at)),
            mark: obsolete(),
            stamp: stamp_at(2),
        })
        .collect();
    changes.earnings_returned = these(6).map(facts).collect();
    changes.earnings_explained = these(2).map(facts).collect();
    changes.earnings_paid = these(3).map(|at| payment(&earning(at))).collect();
    changes.earnings = these(5).map(earning).collect();
    changes.calculations = these(5).map(calculation).collect();
    changes.calculations_deleted = these(0).map(|at| CalculationId(uuid(at))).collect();
}

fn facts(number: u64) -> EarningFacts {
    EarningFacts {
        stamp: stamp_at(2),
        ..EarningFacts::of(&earning(number))
    }
}

fn payment(earning: &Earning) -> EarningPayment {
    let mut instalments = earning.instalments;
    instalments.taken = 1;
    EarningPayment {
        id: earning.id,
        version_read: earning.stamp.version,
        instalments,
        stamp: stamp_at(2),
    }
}

fn change_payments(set: &mut ChangeSet, round: u64, rows: u64) {
    let these = |number: u64| (0..rows).map(move |row| block(round, number) + row);
    let changes = &mut set.changes;
    changes.lines_deleted = these(0).map(|at| LineId(uuid(at))).collect();
    changes.paysheets_deleted = these(0).map(|at| PaysheetId(uuid(at))).collect();
    changes.batches_deleted = these(0).map(|at| BatchId(uuid(at))).collect();
    // Some are there, some are new.
    changes.batches = these(1).chain(these(5)).map(batch).collect();
    changes.paysheets = these(1).chain(these(5)).map(paysheet).collect();
    changes.lines = these(1).chain(these(5)).map(line).collect();
    changes.rewards = these(0).chain(these(5)).map(owned_reward).collect();
    changes.clears = these(0).chain(these(5)).map(owned_clear).collect();
    changes.clear_undos = these(0).map(clear_undo).collect();
}

/// Somebody who has one reward and one clearing.
fn owner(number: u64) -> ParticipantId {
    name(&format!("owner-{number}"))
}

fn owned_reward(number: u64) -> Reward {
    Reward {
        participant: owner(number),
        ..reward(number)
    }
}

fn owned_clear(number: u64) -> Clear {
    Clear {
        participant: owner(number),
        ..clear(number)
    }
}

fn worked(chunk: &RunChunk) -> ChunkWork {
    ChunkWork {
        id: chunk.id,
        left: chunk.task.clone(),
        counts: chunk.counts.clone(),
        units: 1,
        failures: Vec::new(),
        end: Some(ChunkEnd::Done),
    }
}

fn change_work(set: &mut ChangeSet, round: u64, rows: u64) {
    let these = |number: u64| (0..rows).map(move |row| block(round, number) + row);
    let changes = &mut set.changes;
    changes.runs = these(0).chain(these(5)).map(run).collect();
    changes.run_log = these(0).map(|at| log_entry(at, 1)).collect();
    changes.chunks_removed = these(0).map(|row| chunk(row, 0).id).collect();
    changes.chunks_worked = these(0).map(|row| worked(&chunk(row, 1))).collect();
    changes.chunks = these(0).map(|row| chunk(row, 2)).collect();
    changes.work_done = these(0).map(|at| WorkItemId(uuid(at))).collect();
    changes.work = these(5).map(work_item).collect();
    let whose = |row: u64| change_for("2026-01", &format!("after-{row}"));
    changes.changed = these(0).map(whose).collect();
    // A commit claims for one run: it takes everything, and leaves nothing for another.
    changes.claims = these(0)
        .take(1)
        .map(|at| Claim {
            run: RunId(uuid(at)),
            range: DateRange::ALWAYS,
        })
        .collect();
    changes.claims_done = these(0)
        .map(|at| ClaimDone {
            run: RunId(uuid(at)),
            change: whose(at),
        })
        .collect();
    changes.activities = these(0).map(activity).collect();
}
