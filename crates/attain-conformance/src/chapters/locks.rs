//! The second lock: a set whose rows are not as it takes them to be is refused whole.

use attain_domain::change::{
    Changes, CreditEligibility, DefinitionChange, EarningFacts, Obsoletion,
};
use attain_domain::chunk::RunChunk;
use attain_domain::credit::{Credit, CreditStatus};
use attain_domain::definition::{Definition, DefinitionKind};
use attain_domain::earning::Earning;
use attain_domain::ids::{
    BatchId, CalculationId, ChunkId, CreditId, EarningId, LineId, PaysheetId, TransactionId,
    WorkItemId,
};
use attain_domain::refusal::{Reason, RowError};
use attain_domain::testing::{
    activity, chunk, credit, credit_departure, earning, earning_departure, log_entry, name,
    obsolete, participant, plan, put, stamp, stamp_at, transaction, uuid, work_item,
};
use attain_domain::transaction::{Transaction, TransactionProgress, TransactionStatus};

use crate::case::cases;
use crate::samples::{done, first_commit, replacement, returned, transaction_departure};
use crate::site::Site;

cases! { "locks":
    /// Store::commit: A set fails whole, as `StoreErrorKind::Conflict`, if a row that it adds
    /// is there already
    what_is_there_already_is_not_added
    /// Store::commit: if a row that it takes out or changes is not there
    what_is_not_there_is_neither_changed_nor_taken_out
    /// Store::commit: if a key would have two live transactions or two current earnings in the
    /// end.
    a_key_has_one_live_transaction
    /// Store::commit: if a key would have two live transactions or two current earnings in the
    /// end.
    a_key_has_one_current_earning
    /// Store::commit: if a key would have two live transactions or two current earnings in the
    /// end.
    a_replacement_comes_in_the_commit_that_ends_what_it_replaces
    /// Store::commit: if a key would have two live transactions or two current earnings in the
    /// end.
    what_is_over_does_not_count
}

/// A commit that is fine but for one thing: nothing of the rest may stay behind.
fn with_more(changes: Changes) -> Changes {
    let mut changes = changes;
    changes
        .definitions
        .insert(0, put(Definition::Participant(participant("bob")), 1));
    changes.transactions.insert(0, transaction(91));
    changes.credits.insert(0, credit(91));
    changes.earnings.insert(0, earning(91));
    changes.work.insert(0, work_item(91));
    changes.activities.push(activity(91));
    changes
}

async fn check_all_conflict(site: &Site, all: Vec<(&str, Changes)>) {
    for (why, changes) in all {
        site.check_conflicts(with_more(changes), why).await;
    }
    // Alone, what was fine is fine.
    site.commit(with_more(Changes::default())).await;
}

/// A set that does one thing.
macro_rules! only {
    ($field:ident: $($row:expr),+) => {
        Changes {
            $field: vec![$($row),+],
            ..Changes::default()
        }
    };
}

fn transaction_of(id: u64, number: u64) -> Transaction {
    Transaction {
        id: TransactionId(uuid(id)),
        ..transaction(number)
    }
}

fn chunk_of(id: u64, number: u64) -> RunChunk {
    RunChunk {
        id: ChunkId(uuid(id)),
        ..chunk(1, number)
    }
}

fn reversal_of(id: u64, number: u64) -> Earning {
    Earning {
        id: EarningId(uuid(id)),
        reversal_of: Some(EarningId(uuid(1))),
        ..earning(number)
    }
}

async fn what_is_there_already_is_not_added(site: Site) {
    site.commit(first_commit()).await;
    let plan = put(Definition::Plan(plan("reps")), 1);
    let there = vec![
        ("a version of a definition", only!(definitions: plan)),
        ("a transaction", only!(transactions: transaction_of(1, 92))),
        ("a credit", only!(credits: credit(1))),
        ("an earning", only!(earnings: reversal_of(1, 92))),
        ("an entry of a run's log", only!(run_log: log_entry(1, 1))),
        ("a work item", only!(work: work_item(1))),
        ("a chunk", only!(chunks: chunk_of(1_001, 92))),
        ("a number of a run's chunks", only!(chunks: chunk_of(92, 1))),
        ("an activity", only!(activities: activity(1))),
    ];
    check_all_conflict(&site, there).await;
    let (one, other) = (transaction_of(92, 92), transaction_of(92, 93));
    let (this, that) = (reversal_of(92, 92), reversal_of(92, 93));
    for (why, changes) in [
        ("a transaction twice", only!(transactions: one, other)),
        ("a credit twice", only!(credits: credit(92), credit(92))),
        ("an earning twice", only!(earnings: this, that)),
        (
            "an entry of a run's log twice",
            only!(run_log: log_entry(1, 2), log_entry(1, 2)),
        ),
        (
            "a work item twice",
            only!(work: work_item(92), work_item(92)),
        ),
        (
            "a chunk twice",
            only!(chunks: chunk_of(92, 92), chunk_of(92, 93)),
        ),
        (
            "a number of a run's chunks twice",
            only!(chunks: chunk_of(92, 92), chunk_of(93, 92)),
        ),
        (
            "an activity twice",
            only!(activities: activity(92), activity(92)),
        ),
    ] {
        site.check_conflicts(changes, why).await;
    }
}

fn of_credits_and_earnings_not_there() -> Vec<(&'static str, Changes)> {
    let (credit_id, earning_id) = (CreditId(uuid(99)), EarningId(uuid(99)));
    let credit_mark = Obsoletion {
        id: credit_id,
        mark: obsolete(),
        stamp: stamp(),
    };
    let judgement = CreditEligibility {
        id: credit_id,
        status: CreditStatus::Eligible,
        stamp: stamp(),
    };
    let earning_mark = Obsoletion {
        id: earning_id,
        mark: obsolete(),
        stamp: stamp(),
    };
    let facts = EarningFacts {
        id: earning_id,
        stamp: stamp(),
        ..EarningFacts::of(&earning(99))
    };
    let gone = credit_departure;
    let past = earning_departure;
    vec![
        (
            "a credit to depart",
            only!(credits_departed: gone(1), gone(99), gone(2)),
        ),
        (
            "a credit to depart once more",
            only!(credits_departed: gone(1), gone(1)),
        ),
        ("a credit to mark", only!(credits_obsoleted: credit_mark)),
        ("a credit to judge", only!(credits_judged: judgement)),
        (
            "an earning to depart",
            only!(earnings_departed: past(1), past(99)),
        ),
        (
            "an earning to depart once more",
            only!(earnings_departed: past(1), past(1)),
        ),
        (
            "an earning to mark",
            only!(earnings_obsoleted: earning_mark),
        ),
        ("an earning to explain", only!(earnings_explained: facts)),
        (
            "a past earning to return",
            only!(earnings_returned: returned(&earning(99))),
        ),
        (
            "a past earning to return that is live",
            only!(earnings_returned: returned(&earning(1))),
        ),
    ]
}

fn of_others_not_there() -> Vec<(&'static str, Changes)> {
    let definition = DefinitionChange::Delete {
        kind: DefinitionKind::Team,
        id: name("reps"),
        stamp: stamp_at(2),
    };
    let progress = TransactionProgress::of(&transaction(99));
    let calculation = |number| CalculationId(uuid(number));
    let line = |number| LineId(uuid(number));
    let sheet = |number| PaysheetId(uuid(number));
    let batch = |number| BatchId(uuid(number));
    let item = |number| WorkItemId(uuid(number));
    vec![
        ("a live definition", only!(definitions: definition)),
        ("a transaction", only!(transactions_progressed: progress)),
        (
            "a transaction to depart",
            only!(transactions_departed: transaction_departure(99)),
        ),
        (
            "a calculation",
            only!(calculations_deleted: calculation(1), calculation(99)),
        ),
        ("a line", only!(lines_deleted: line(1), line(99))),
        ("a paysheet", only!(paysheets_deleted: sheet(1), sheet(99))),
        ("a batch", only!(batches_deleted: batch(1), batch(99))),
        ("a work item", only!(work_done: item(1), item(99))),
        (
            "a chunk",
            only!(chunks_removed: chunk(1, 1).id, chunk(1, 99).id),
        ),
        (
            "a chunk that is worked on",
            only!(chunks_worked: done(&chunk(1, 1)), done(&chunk(1, 99))),
        ),
    ]
}

async fn what_is_not_there_is_neither_changed_nor_taken_out(site: Site) {
    site.commit(first_commit()).await;
    let all = [of_credits_and_earnings_not_there(), of_others_not_there()].concat();
    check_all_conflict(&site, all).await;
}

fn version(id: u64, status: TransactionStatus) -> Transaction {
    Transaction {
        id: TransactionId(uuid(id)),
        replaced_by: replacement(&status),
        status,
        ..transaction(1)
    }
}

async fn a_key_has_one_live_transaction(site: Site) {
    site.commit(first_commit()).await;
    let failed = TransactionStatus::Error(RowError::new(Reason::NoCreditRule, "none"));
    for status in [
        TransactionStatus::New,
        TransactionStatus::Classified,
        TransactionStatus::Credited,
        failed,
    ] {
        let changes = Changes {
            transactions: vec![version(50, status)],
            ..Changes::default()
        };
        site.check_conflicts(changes, "a second live version").await;
    }
    let both = [51, 52].map(|id| Transaction {
        id: TransactionId(uuid(id)),
        ..transaction(40)
    });
    let changes = Changes {
        transactions: both.to_vec(),
        ..Changes::default()
    };
    site.check_conflicts(changes, "two live versions at once")
        .await;
    site.commit(Changes {
        transactions: vec![version(53, TransactionStatus::Cancelled)],
        ..Changes::default()
    })
    .await;
    let alive_again = TransactionProgress::of(&version(53, TransactionStatus::New));
    let changes = Changes {
        transactions_progressed: vec![alive_again],
        ..Changes::default()
    };
    site.check_conflicts(changes, "a version that comes back")
        .await;
}

fn of_key(id: u64, number: u64) -> Earning {
    Earning {
        id: EarningId(uuid(id)),
        ..earning(number)
    }
}

/// An earning of an interval, which has no lineage.
fn per_interval(id: u64) -> Earning {
    let mut row = of_key(id, 1);
    row.key.lineage = None;
    row
}

async fn a_key_has_one_current_earning(site: Site) {
    site.commit(first_commit()).await;
    let of = |earnings| Changes {
        earnings,
        ..Changes::default()
    };
    site.commit(of(vec![per_interval(50)])).await;
    for (why, earnings) in [
        ("a second one for a credit", vec![of_key(51, 1)]),
        ("a second one for an interval", vec![per_interval(52)]),
        (
            "two at once for a credit",
            vec![of_key(53, 53), of_key(54, 53)],
        ),
        (
            "one that is new and one that is not",
            vec![earning(55), of_key(56, 2)],
        ),
    ] {
        site.check_conflicts(of(earnings), why).await;
    }
}

async fn a_replacement_comes_in_the_commit_that_ends_what_it_replaces(site: Site) {
    site.commit(first_commit()).await;
    site.commit(Changes {
        earnings: vec![per_interval(50)],
        ..Changes::default()
    })
    .await;
    let ended = |number, status| TransactionProgress {
        replaced_by: replacement(&status),
        status,
        stamp: stamp_at(2),
        ..TransactionProgress::of(&transaction(number))
    };
    let mark = |id: u64| Obsoletion {
        id: EarningId(uuid(id)),
        mark: obsolete(),
        stamp: stamp_at(2),
    };
    let mut removed = earning_departure(2);
    removed.archive = false;
    site.commit(Changes {
        transactions: vec![
            version(61, TransactionStatus::New),
            Transaction {
                id: TransactionId(uuid(62)),
                ..transaction(2)
            },
        ],
        transactions_progressed: vec![
            ended(1, TransactionStatus::Obsolete),
            ended(2, TransactionStatus::Cancelled),
        ],
        credits_departed: vec![credit_departure(1)],
        credits: vec![Credit {
            id: CreditId(uuid(61)),
            ..credit(1)
        }],
        earnings_departed: vec![earning_departure(1), removed],
        earnings_obsoleted: vec![mark(3), mark(50)],
        earnings: vec![
            of_key(61, 1),
            of_key(62, 2),
            of_key(63, 3),
            per_interval(64),
        ],
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let whose = [name("ann")];
    let range = attain_domain::time::DateRange::ALWAYS;
    let chunk = attain_domain::ports::ChunkSize::largest();
    let current = view
        .current_earnings(&whose, range, None, chunk)
        .await
        .unwrap();
    let ids: Vec<_> = current.iter().map(|row| row.id).collect();
    assert_eq!(ids, [4, 61, 62, 63, 64].map(|id| EarningId(uuid(id))));
}

async fn what_is_over_does_not_count(site: Site) {
    let over = |id, reversal: bool| {
        let mut row = of_key(id, 1);
        row.reversal_of = reversal.then(|| EarningId(uuid(1)));
        row.obsolete = (!reversal).then(obsolete);
        row
    };
    site.commit(Changes {
        transactions: vec![
            version(1, TransactionStatus::Obsolete),
            version(2, TransactionStatus::Obsolete),
            version(3, TransactionStatus::Cancelled),
            version(4, TransactionStatus::Cancelled),
            version(5, TransactionStatus::New),
        ],
        earnings: vec![
            over(1, false),
            over(2, false),
            over(3, true),
            over(4, true),
            of_key(5, 1),
        ],
        ..Changes::default()
    })
    .await;
    // Another workspace has keys of its own.
    let beside = site.beside("beside").await;
    beside
        .commit(Changes {
            transactions: vec![version(5, TransactionStatus::New)],
            earnings: vec![of_key(5, 1)],
            ..Changes::default()
        })
        .await;
}
