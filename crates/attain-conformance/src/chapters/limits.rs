//! Limits: lists of as many ids as the ports allow, commits and pages of as many rows.

use attain_domain::change::{
    Changes, CreditEligibility, Departure, EarningFacts, Guard, Obsoletion,
};
use attain_domain::credit::{Credit, CreditStatus};
use attain_domain::earning::{Earning, EarningPayment, Instalments};
use attain_domain::ids::ParticipantId;
use attain_domain::payment::{PaymentLine, Paysheet};
use attain_domain::ports::{ChunkSize, Pending};
use attain_domain::run::WorkItem;
use attain_domain::stamp::Version;
use attain_domain::testing::{
    activity, change_for, credit, credit_departure, date, earning, earning_departure, line, name,
    obsolete, paysheet, stamp_at, transaction, work_item,
};
use attain_domain::time::DateRange;
use attain_domain::transaction::{Transaction, TransactionProgress, TransactionStatus};

use crate::case::cases;
use crate::samples::{adjusted, replacement, returned, transaction_departure, waiting_reversal};
use crate::site::Site;

cases! { "limits":
    /// repositories: Lists of ids may hold up to `ChunkSize::MAX` of them; answers come in the
    /// stated order.
    lists_of_ten_thousand_ids_of_transactions_and_credits
    /// repositories: Lists of ids may hold up to `ChunkSize::MAX` of them; answers come in the
    /// stated order.
    lists_of_ten_thousand_ids_of_earnings_and_lines
    /// Store::commit: Applies everything or nothing, after checking every guard in the set.
    commits_of_ten_thousand_changes_and_guards
    /// Changes::credits_departed: Credits that leave the live table.
    moves_of_ten_thousand_rows
    /// repositories: Lists of ids may hold up to `ChunkSize::MAX` of them; answers come in the
    /// stated order.
    lists_of_ten_thousand_ids_of_corrections
    /// Changes::earnings_returned: Earnings that come back from history
    reverts_and_returns_of_ten_thousand_rows
    /// ChunkSize: How many rows a page may have: 1 to `ChunkSize::MAX`.
    pages_of_ten_thousand_rows
}

const MANY: u64 = ChunkSize::MAX as u64;

/// The ids of as many as the limit.
fn ids<T, Id>(make: impl Fn(u64) -> T, id: impl Fn(T) -> Id) -> Vec<Id> {
    (1..=MANY).map(|number| id(make(number))).collect()
}

fn whose(number: u64) -> ParticipantId {
    name(&format!("participant {number:05}"))
}

fn credit_of_many(number: u64) -> Credit {
    Credit {
        participant: whose(number),
        ..credit(number)
    }
}

fn earning_of_many(number: u64) -> Earning {
    let mut row = earning(number);
    row.key.participant = whose(number);
    row
}

fn rows<T>(make: impl Fn(u64) -> T) -> Vec<T> {
    (1..=MANY).map(make).collect()
}

/// Three of them, spread over the whole list, are as they were written.
fn check_rows<T: PartialEq + std::fmt::Debug>(read: &[T], make: impl Fn(u64) -> T) {
    assert_eq!(u64::try_from(read.len()).unwrap(), MANY);
    for number in [1, MANY / 2, MANY] {
        let index = usize::try_from(number - 1).unwrap();
        assert_eq!(read[index], make(number));
    }
}

async fn lists_of_ten_thousand_ids_of_transactions_and_credits(site: Site) {
    site.commit(Changes {
        transactions: rows(transaction),
        credits: rows(credit_of_many),
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let keys = ids(transaction, |row| row.key);
    check_rows(&view.transactions_by_key(&keys).await.unwrap(), transaction);
    let transactions = ids(transaction, |row| row.id);
    check_rows(
        &view.transactions_by_id(&transactions).await.unwrap(),
        transaction,
    );
    let read = view.credits_of_transactions(&transactions).await.unwrap();
    check_rows(&read, credit_of_many);
    let credits = ids(credit, |row| row.id);
    check_rows(&view.credits_by_id(&credits).await.unwrap(), credit_of_many);
    let people: Vec<_> = rows(whose);
    let range = DateRange::ALWAYS;
    let read = view
        .credits_of_participants(&people, range, None, ChunkSize::largest())
        .await
        .unwrap();
    check_rows(&read, credit_of_many);
}

async fn lists_of_ten_thousand_ids_of_earnings_and_lines(site: Site) {
    site.commit(Changes {
        earnings: rows(earning_of_many),
        paysheets: rows(paysheet),
        lines: rows(line),
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let people: Vec<_> = rows(whose);
    let lineages = ids(credit, |row| row.lineage);
    let read = view.earnings_of_lineages(&people, &lineages).await.unwrap();
    check_rows(&read, earning_of_many);
    let range = DateRange::ALWAYS;
    let read = view
        .current_earnings(&people, range, None, ChunkSize::largest())
        .await
        .unwrap();
    check_rows(&read, earning_of_many);
    let earnings = ids(earning, |row| row.id);
    check_rows(
        &view.earnings_by_id(&earnings).await.unwrap(),
        earning_of_many,
    );
    assert!(view.past_earnings(&earnings).await.unwrap().is_empty());
    check_rows(&view.lines_of_earnings(&earnings).await.unwrap(), line);
    let sheets = ids(paysheet, |row: Paysheet| row.id);
    check_rows(&view.lines_of_paysheets(&sheets).await.unwrap(), line);
    let lines = ids(line, |row: PaymentLine| row.id);
    check_rows(&view.lines_by_id(&lines).await.unwrap(), line);
}

/// Every row comes on by one step.
fn changes_of_all(instalments: Instalments) -> Changes {
    let classified = |number| TransactionProgress {
        status: TransactionStatus::Classified,
        stamp: stamp_at(2),
        ..TransactionProgress::of(&transaction(number))
    };
    let eligible = |number| CreditEligibility {
        id: credit(number).id,
        status: CreditStatus::Eligible,
        stamp: stamp_at(2),
    };
    let taken_up = |number| EarningPayment {
        id: earning(number).id,
        version_read: Version(1),
        instalments,
        stamp: stamp_at(2),
    };
    Changes {
        transactions_progressed: rows(classified),
        credits_judged: rows(eligible),
        earnings_paid: rows(taken_up),
        ..Changes::default()
    }
}

async fn commits_of_ten_thousand_changes_and_guards(site: Site) {
    site.commit(Changes {
        transactions: rows(transaction),
        credits: rows(credit),
        earnings: rows(earning),
        ..Changes::default()
    })
    .await;
    let instalments = Instalments {
        taken: 1,
        ..Instalments::at_once(date("2026-01-15"))
    };
    let mut guards = rows(|number| Guard::TransactionAt(transaction(number).id, Version(1)));
    guards.extend(rows(|number| {
        Guard::CreditAt(credit(number).id, Version(1))
    }));
    site.commit_guarded(guards, changes_of_all(instalments))
        .await;
    let view = site.view().await;
    let transactions = ids(transaction, |row| row.id);
    check_rows(
        &view.transactions_by_id(&transactions).await.unwrap(),
        |number| Transaction {
            status: TransactionStatus::Classified,
            stamp: stamp_at(2),
            ..transaction(number)
        },
    );
    let credits = ids(credit, |row| row.id);
    check_rows(&view.credits_by_id(&credits).await.unwrap(), |number| {
        Credit {
            status: CreditStatus::Eligible,
            stamp: stamp_at(2),
            ..credit(number)
        }
    });
    let earnings = ids(earning, |row| row.id);
    check_rows(&view.earnings_by_id(&earnings).await.unwrap(), |number| {
        Earning {
            instalments,
            stamp: stamp_at(2),
            ..earning(number)
        }
    });
}

async fn moves_of_ten_thousand_rows(site: Site) {
    site.commit(Changes {
        credits: rows(credit),
        earnings: rows(earning),
        ..Changes::default()
    })
    .await;
    let mark = |number| Obsoletion {
        id: credit(number).id,
        mark: obsolete(),
        stamp: stamp_at(2),
    };
    let facts = |number| EarningFacts {
        credit: None,
        transaction: None,
        stamp: stamp_at(2),
        ..EarningFacts::of(&earning(number))
    };
    let set = site.set(
        Vec::new(),
        Changes {
            credits_obsoleted: rows(mark),
            earnings_explained: rows(facts),
            ..Changes::default()
        },
    );
    site.store
        .commit(set)
        .await
        .expect("nothing speaks against it");
    let credits_departed = rows(|number| Departure {
        id: credit(number).id,
        ..credit_departure(1)
    });
    let earnings_departed = rows(|number| Departure {
        id: earning(number).id,
        ..earning_departure(1)
    });
    let set = site.set(
        Vec::new(),
        Changes {
            credits_departed,
            earnings_departed,
            ..Changes::default()
        },
    );
    site.store
        .commit(set)
        .await
        .expect("nothing speaks against it");
    let view = site.view().await;
    let credits = ids(credit, |row| row.id);
    assert!(view.credits_by_id(&credits).await.unwrap().is_empty());
    let earnings = ids(earning, |row| row.id);
    assert!(view.earnings_by_id(&earnings).await.unwrap().is_empty());
    let past = view.past_earnings(&earnings).await.unwrap();
    let past: Vec<_> = past.into_iter().map(|past| past.earning).collect();
    check_rows(&past, |number| Earning {
        credit: None,
        transaction: None,
        stamp: stamp_at(2),
        ..earning(number)
    });
}

/// What waits for Revert.
fn obsolete_transaction(number: u64) -> Transaction {
    let status = TransactionStatus::Obsolete;
    Transaction {
        replaced_by: replacement(&status),
        status,
        ..transaction(number)
    }
}

/// What waits for Revert, each adjusted from one that is not there any more.
fn obsolete_credit(number: u64) -> Credit {
    Credit {
        adjusted_from: Some(credit(number + MANY).id),
        obsolete: Some(adjusted()),
        ..credit(number)
    }
}

/// What waits for Revert.
fn obsolete_earning(number: u64) -> Earning {
    Earning {
        obsolete: Some(adjusted()),
        ..earning_of_many(number)
    }
}

/// Each for an earning of its number, and of its participant.
fn waiting_reversal_of_many(number: u64) -> Earning {
    Earning {
        key: earning_of_many(number).key,
        ..waiting_reversal(number + MANY, number)
    }
}

async fn lists_of_ten_thousand_ids_of_corrections(site: Site) {
    let waiting = rows(waiting_reversal_of_many);
    site.commit(Changes {
        credits: rows(obsolete_credit),
        earnings: rows(obsolete_earning).into_iter().chain(waiting).collect(),
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let before = ids(obsolete_credit, |row| row.adjusted_from.unwrap());
    let read = view.credits_adjusted_from(&before).await.unwrap();
    check_rows(&read, obsolete_credit);
    let lineages = ids(credit, |row| row.lineage);
    let read = view.earnings_for_lineages(&lineages).await.unwrap();
    check_rows(&read, obsolete_earning);
    let range = DateRange::ALWAYS;
    let read = view.waiting_reversals(&rows(whose), range).await.unwrap();
    check_rows(&read, waiting_reversal_of_many);
    let count = view.waiting_reversal_count(range).await.unwrap();
    assert_eq!(count, MANY);
    let pending = view.pending(range).await.unwrap();
    assert_eq!((pending.credits, pending.earnings), (MANY, MANY));
    let chunk = ChunkSize::largest();
    let page = view.obsolete_credits(range, None, chunk).await.unwrap();
    check_rows(&page, obsolete_credit);
    let page = view.obsolete_earnings(range, None, chunk).await.unwrap();
    check_rows(&page, obsolete_earning);
}

async fn reverts_and_returns_of_ten_thousand_rows(site: Site) {
    let obsolete_earning = |number| Earning {
        obsolete: Some(adjusted()),
        ..earning(number)
    };
    site.commit(Changes {
        transactions: rows(obsolete_transaction),
        credits: rows(obsolete_credit),
        earnings: rows(obsolete_earning),
        ..Changes::default()
    })
    .await;
    site.commit(Changes {
        transactions_departed: rows(transaction_departure),
        credits_departed: rows(credit_departure),
        earnings_departed: rows(earning_departure),
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let (range, chunk) = (DateRange::ALWAYS, ChunkSize::largest());
    assert_eq!(view.pending(range).await.unwrap(), Pending::default());
    let keys = ids(transaction, |row| row.key);
    let past = view.past_transactions_of_keys(&keys).await.unwrap();
    let past: Vec<_> = past.into_iter().map(|past| past.transaction).collect();
    check_rows(&past, obsolete_transaction);
    let past = view.past_credits_of_keys(&keys).await.unwrap();
    let past: Vec<_> = past.into_iter().map(|past| past.credit).collect();
    check_rows(&past, obsolete_credit);
    let past = view.past_credits(&ids(credit, |row| row.id)).await.unwrap();
    let past: Vec<_> = past.into_iter().map(|past| past.credit).collect();
    check_rows(&past, obsolete_credit);
    let ann = name("ann");
    let past = view.past_earnings_of_participant(&ann, range, None, chunk);
    let past = past.await.unwrap();
    let past: Vec<_> = past.into_iter().map(|past| past.earning).collect();
    check_rows(&past, obsolete_earning);
    site.commit(Changes {
        earnings_returned: rows(|number| returned(&earning(number))),
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let earnings = ids(earning, |row| row.id);
    assert_eq!(view.past_earnings(&earnings).await.unwrap(), []);
    check_rows(&view.earnings_by_id(&earnings).await.unwrap(), |number| {
        let facts = returned(&earning(number));
        Earning {
            credit: facts.credit,
            transaction: facts.transaction,
            calculation: facts.calculation,
            period: facts.period,
            date: facts.date,
            trace: facts.trace,
            stamp: facts.stamp,
            ..earning(number)
        }
    });
}

async fn pages_of_ten_thousand_rows(site: Site) {
    let more = MANY + 1;
    site.commit(Changes {
        transactions: (1..=more).map(transaction).collect(),
        work: (1..=more).map(work_item).collect(),
        changed: (1..=more)
            .map(|number| change_for("2026-01", whose(number).as_str()))
            .collect(),
        activities: (1..=more).map(activity).collect(),
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let range = DateRange::ALWAYS;
    let periods = [name("2026-01")];
    let page = view
        .transactions_after(range, None, ChunkSize::largest())
        .await
        .unwrap();
    check_rows(&page, transaction);
    let after = page.last().map(|row| row.id);
    let rest = view
        .transactions_after(range, after, ChunkSize::largest())
        .await
        .unwrap();
    assert_eq!(rest, [transaction(more)]);
    let stage = work_item(1).stage;
    let page = view
        .work_after(stage, &periods, None, ChunkSize::largest())
        .await
        .unwrap();
    check_rows(&page, work_item);
    let after = page.last().map(|item: &WorkItem| item.id);
    let rest = view
        .work_after(stage, &periods, after, ChunkSize::largest())
        .await
        .unwrap();
    assert_eq!(rest, [work_item(more)]);
    assert_eq!(view.work_count(stage, &periods).await.unwrap(), more);
    let page = view
        .changes_after(&periods, None, ChunkSize::largest())
        .await
        .unwrap();
    check_rows(&page, |number| {
        change_for("2026-01", whose(number).as_str())
    });
    let rest = view
        .changes_after(&periods, page.last(), ChunkSize::largest())
        .await
        .unwrap();
    assert_eq!(rest, [change_for("2026-01", whose(more).as_str())]);
    check_rows(
        &view
            .activities_after(None, ChunkSize::largest())
            .await
            .unwrap(),
        activity,
    );
}
