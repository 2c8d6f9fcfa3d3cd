//! Three commits that together use every kind of change: for cases that are about commits as a
//! whole.

use attain_domain::activity::Activity;
use attain_domain::change::{
    Changes, Claim, ClaimDone, CreditEligibility, DefinitionChange, Departure, EarningFacts,
    Obsoletion,
};
use attain_domain::chunk::{ChunkEnd, ChunkLease, ChunkState, ChunkTask, ChunkWork, RunChunk};
use attain_domain::credit::{Credit, CreditStatus, LeftBecause, Obsolete};
use attain_domain::definition::{Definition, DefinitionKind};
use attain_domain::earning::{Earning, EarningPayment, Instalments};
use attain_domain::ids::{
    BatchId, CalculationId, ClearUndoId, CreditId, EarningId, LineId, PaysheetId, RunId,
    TransactionId, WorkItemId,
};
use attain_domain::refusal::{Reason, RowError};
use attain_domain::reward::{Clear, ClearUndone, Reward, RewardLine, RewardPayment};
use attain_domain::run::{Calculation, Process, Run, RunStatus};
use attain_domain::stamp::Version;
use attain_domain::testing::{
    activity, at, batch, calculation, calendar, change_for, chunk, clear, clear_undo, credit,
    credit_departure, date, earning, earning_departure, line, log_entry, name, obsolete,
    participant, paysheet, plan, put, reward, run, stamp_at, transaction, uuid, work_item,
};
use attain_domain::time::DateRange;
use attain_domain::transaction::{Transaction, TransactionProgress, TransactionStatus};
use attain_domain::working::RowFailure;
use rust_decimal::Decimal;

/// January 2026.
pub(crate) fn january() -> DateRange {
    DateRange::between(date("2026-01-01"), date("2026-02-01"))
}

/// Rows in every table, into an empty workspace.
pub(crate) fn first_commit() -> Changes {
    Changes {
        definitions: vec![
            put(Definition::Calendar(calendar()), 1),
            put(Definition::Plan(plan("reps")), 1),
            put(Definition::Participant(participant("ann")), 1),
        ],
        transactions: (1..=3).map(transaction).collect(),
        credits: (1..=4).map(credit).collect(),
        earnings: (1..=4).map(earning).collect(),
        calculations: vec![calculation(1), calculation(2)],
        batches: vec![batch(1), batch(2)],
        paysheets: vec![paysheet(1), paysheet(2)],
        lines: vec![line(1), line(2)],
        rewards: vec![reward(1), reward(2)],
        clears: vec![clear(1)],
        clear_undos: vec![clear_undo(1)],
        runs: vec![run(1), run(2)],
        run_log: vec![log_entry(1, 1)],
        chunks: vec![leased(chunk(1, 1), 60), chunk(1, 2), chunk(1, 3)],
        work: vec![work_item(1), work_item(2)],
        changed: vec![change_for("2026-01", "ann")],
        claims: vec![Claim {
            run: RunId(uuid(1)),
            range: january(),
        }],
        activities: vec![activity(1)],
        ..Changes::default()
    }
}

/// Every kind of change that needs no past at once, after [`first_commit`].
pub(crate) fn second_commit() -> Changes {
    let stamp = || stamp_at(2);
    Changes {
        definitions: vec![put(Definition::Plan(plan("reps")), 2), ann_deleted()],
        transactions: vec![transaction(11), transaction_2_again()],
        transactions_progressed: vec![transaction_1_classified(), transaction_2_replaced()],
        // Needs what was replaced before.
        transactions_departed: Vec::new(),
        credits_departed: vec![credit_departure(1)],
        credits_obsoleted: vec![Obsoletion {
            id: CreditId(uuid(2)),
            mark: adjusted(),
            stamp: stamp(),
        }],
        credits_judged: vec![CreditEligibility {
            id: CreditId(uuid(3)),
            status: CreditStatus::Eligible,
            stamp: stamp(),
        }],
        credits: vec![credit_2_adjusted()],
        earnings_departed: vec![earning_departure(1)],
        // Needs what departed before.
        earnings_returned: Vec::new(),
        earnings_obsoleted: vec![Obsoletion {
            id: EarningId(uuid(2)),
            mark: obsolete(),
            stamp: stamp(),
        }],
        earnings_explained: vec![earning_3_explained()],
        earnings_paid: vec![earning_4_taken_up()],
        earnings: vec![earning(11), waiting_reversal(12, 1)],
        calculations: vec![
            Calculation {
                released: true,
                stamp: stamp(),
                ..calculation(1)
            },
            calculation(11),
        ],
        calculations_deleted: vec![CalculationId(uuid(2))],
        lines_deleted: vec![LineId(uuid(2))],
        paysheets_deleted: vec![PaysheetId(uuid(2))],
        batches_deleted: vec![BatchId(uuid(2))],
        batches: vec![batch(11)],
        paysheets: vec![paysheet(11)],
        lines: vec![line(11)],
        rewards: vec![reward_1_taken(), reward(11)],
        clears: vec![clear_1_undone(), clear(11)],
        clear_undos: vec![clear_undo(11)],
        runs: vec![run_1_failed(), run(11)],
        run_log: vec![log_entry(2, 1)],
        chunks_removed: vec![chunk(1, 2).id],
        chunks_worked: vec![done(&chunk(1, 1))],
        chunks: vec![chunk(2, 1)],
        work_done: vec![WorkItemId(uuid(1))],
        work: vec![work_item(11)],
        changed: vec![change_for("2026-01", "bob"), change_for("2026-02", "bob")],
        claims: vec![Claim {
            run: RunId(uuid(2)),
            range: january(),
        }],
        claims_done: vec![ClaimDone {
            run: RunId(uuid(2)),
            change: change_for("2026-01", "bob"),
        }],
        activities: vec![activity_2_with_reason()],
    }
}

/// What needs a past, after [`second_commit`]: a version that was replaced leaves, and an earning
/// comes back, because what was taken back is earned again.
pub(crate) fn third_commit() -> Changes {
    Changes {
        transactions_departed: vec![transaction_departure(2)],
        earnings_departed: vec![Departure {
            archive: false,
            ..earning_departure(12)
        }],
        earnings_returned: vec![returned(&earning(1))],
        activities: vec![activity(3)],
        ..Changes::default()
    }
}

/// What replaced a transaction: there is something if it is obsolete.
pub(crate) fn replacement(status: &TransactionStatus) -> Option<TransactionId> {
    (*status == TransactionStatus::Obsolete).then(|| TransactionId(uuid(7)))
}

/// A transaction leaves for history, because it was replaced.
pub(crate) fn transaction_departure(number: u64) -> Departure<TransactionId> {
    Departure {
        id: TransactionId(uuid(number)),
        because: LeftBecause::Adjusted,
        archive: true,
        at: at(61),
        actor: name("reverter"),
    }
}

/// The mark of what somebody adjusted, with a reason.
pub(crate) fn adjusted() -> Obsolete {
    Obsolete {
        because: LeftBecause::Adjusted,
        reason: Some("the deal was larger".to_owned()),
        ..obsolete()
    }
}

/// What Revert leaves for the calculation.
pub(crate) fn waiting_reversal(number: u64, reversed: u64) -> Earning {
    Earning {
        key: earning(reversed).key,
        reversal_of: Some(EarningId(uuid(reversed))),
        awaits_calculation: true,
        ..earning(number)
    }
}

/// The facts that an earning comes back with: those of other versions.
pub(crate) fn returned(earning: &Earning) -> EarningFacts {
    let mut trace = earning.trace.clone();
    trace.plan_version = 2;
    EarningFacts {
        id: earning.id,
        credit: Some(CreditId(uuid(11))),
        transaction: Some(TransactionId(uuid(11))),
        calculation: CalculationId(uuid(11)),
        period: name("2026-02"),
        date: date("2026-02-20"),
        trace,
        stamp: stamp_at(3),
    }
}

/// A version of transaction 2 that takes its place.
fn transaction_2_again() -> Transaction {
    let before = transaction(2);
    Transaction {
        id: TransactionId(uuid(12)),
        replaces: Some(before.id),
        ..before
    }
}

fn transaction_1_classified() -> TransactionProgress {
    TransactionProgress {
        status: TransactionStatus::Classified,
        category: Some(name("hardware")),
        stamp: stamp_at(2),
        ..TransactionProgress::of(&transaction(1))
    }
}

fn transaction_2_replaced() -> TransactionProgress {
    TransactionProgress {
        status: TransactionStatus::Obsolete,
        replaced_by: Some(TransactionId(uuid(12))),
        stamp: stamp_at(2),
        ..TransactionProgress::of(&transaction(2))
    }
}

/// The chunk in the first turn of a worker, until a second.
pub(crate) fn leased(chunk: RunChunk, until: i64) -> RunChunk {
    RunChunk {
        state: ChunkState::Leased(ChunkLease {
            worker: name("worker"),
            until: at(until),
        }),
        attempt: 1,
        ..chunk
    }
}

/// All of a chunk is done.
pub(crate) fn done(chunk: &RunChunk) -> ChunkWork {
    let mut counts = chunk.counts.clone();
    counts.note("credits_created", 4);
    ChunkWork {
        id: chunk.id,
        left: ChunkTask::Credit {
            process: Process::RunAll,
            items: Vec::new(),
        },
        counts,
        units: 1,
        failures: vec![RowFailure {
            subject: "ORDER 000001".to_owned(),
            error: RowError::new(Reason::NoPlan, "nobody's"),
        }],
        end: Some(ChunkEnd::Done),
    }
}

fn credit_2_adjusted() -> Credit {
    Credit {
        adjusted_from: Some(CreditId(uuid(2))),
        ..credit(11)
    }
}

fn activity_2_with_reason() -> Activity {
    Activity {
        reason: adjusted().reason,
        ..activity(2)
    }
}

fn ann_deleted() -> DefinitionChange {
    DefinitionChange::Delete {
        kind: DefinitionKind::Participant,
        id: name("ann"),
        stamp: stamp_at(2),
    }
}

fn earning_3_explained() -> EarningFacts {
    let earning = earning(3);
    EarningFacts {
        id: earning.id,
        credit: Some(CreditId(uuid(11))),
        transaction: Some(TransactionId(uuid(11))),
        stamp: stamp_at(2),
        ..EarningFacts::of(&earning)
    }
}

fn earning_4_taken_up() -> EarningPayment {
    EarningPayment {
        id: EarningId(uuid(4)),
        version_read: Version(1),
        instalments: Instalments {
            taken: 1,
            ..Instalments::at_once(date("2026-01-15"))
        },
        stamp: stamp_at(2),
    }
}

/// The line of reward `number` on paysheet `number`.
pub(crate) fn reward_line(number: u64) -> RewardLine {
    RewardLine {
        batch: BatchId(uuid(number)),
        paysheet: PaysheetId(uuid(number)),
        currency_rate: Decimal::ONE,
        pay_amount: reward(number).amount,
        held: false,
    }
}

fn reward_1_taken() -> Reward {
    Reward {
        payment: RewardPayment::OnPaysheet(reward_line(1)),
        stamp: stamp_at(2),
        ..reward(1)
    }
}

fn clear_1_undone() -> Clear {
    Clear {
        undone: Some(ClearUndone {
            undo: ClearUndoId(uuid(1)),
            date: date("2026-02-15"),
            at: at(61),
        }),
        stamp: stamp_at(2),
        ..clear(1)
    }
}

fn run_1_failed() -> Run {
    Run {
        status: RunStatus::Failed,
        stamp: stamp_at(2),
        ..run(1)
    }
}
