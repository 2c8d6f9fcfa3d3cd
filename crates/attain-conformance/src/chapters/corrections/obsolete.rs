//! What waits for Revert: obsolete transactions, credits and earnings.

use attain_domain::change::{Changes, Departure, Obsoletion};
use attain_domain::credit::Credit;
use attain_domain::earning::{Earning, EarningPayment};
use attain_domain::ids::{CreditId, EarningId, TransactionId};
use attain_domain::ports::{ChunkSize, Pending};
use attain_domain::refusal::{Reason, RowError};
use attain_domain::stamp::Version;
use attain_domain::testing::{
    credit, credit_departure, date, earning, earning_departure, stamp_at, transaction, uuid,
};
use attain_domain::time::{Date, DateRange};
use attain_domain::transaction::{Transaction, TransactionProgress, TransactionStatus};

use super::{DAYS, in_parts, ranges};
use crate::case::cases;
use crate::pages::check_list;
use crate::samples::{
    adjusted, first_commit, replacement, second_commit, third_commit, transaction_departure,
    waiting_reversal,
};
use crate::site::Site;

cases! { "corrections":
    /// CorrectionRepository::pending: How much waits for Revert, by transaction, credit and
    /// earning date.
    what_waits_for_revert_is_counted_by_date
    /// CorrectionRepository::obsolete_transactions: The obsolete transactions by event date with
    /// ids above `after`, in rising id order.
    obsolete_transactions_are_listed_by_event_date
    /// CorrectionRepository::obsolete_credits: The obsolete credits by credit date with ids above
    /// `after`, in rising id order.
    obsolete_credits_are_listed_by_credit_date
    /// CorrectionRepository::obsolete_earnings: The obsolete earnings by earning date that stand
    /// on no unpaid sheet (as many of their parts are paid as are taken up), with ids above
    /// `after`, in rising id order.
    obsolete_earnings_on_no_unpaid_sheet_are_listed_by_earning_date
    /// CorrectionRepository::obsolete_earnings: The obsolete earnings by earning date that stand
    /// on no unpaid sheet (as many of their parts are paid as are taken up)
    a_row_waits_from_its_mark_until_it_departs
    /// repositories: Absence is `None` or an empty list, never an error.
    nothing_waits_where_nothing_is_obsolete
    /// ChangeSet::workspace: Where; nothing crosses a workspace.
    what_waits_next_door_is_not_seen
}

/// Of each day one of each status; later days have lower ids, so that only the id can give the
/// order.
fn transactions() -> Vec<Transaction> {
    let mut rows = Vec::new();
    let failed = TransactionStatus::Error(RowError::new(Reason::NoCreditRule, "none"));
    for (number, day) in (1..).zip(DAYS.into_iter().rev()) {
        let statuses = [
            TransactionStatus::New,
            TransactionStatus::Obsolete,
            TransactionStatus::Classified,
            TransactionStatus::Credited,
            TransactionStatus::Cancelled,
            failed.clone(),
        ];
        let numbered = (number * 10..).zip(statuses);
        rows.extend(numbered.map(|(number, status)| Transaction {
            event_date: date(day),
            replaced_by: replacement(&status),
            status,
            ..transaction(number)
        }));
    }
    rows
}

/// Of each day one that is obsolete, and one that is not.
fn credits() -> Vec<Credit> {
    let days = (1..).zip(DAYS.into_iter().rev());
    let rows = days.flat_map(|(number, day)| {
        let obsolete = Credit {
            obsolete: Some(adjusted()),
            ..credit(number * 10)
        };
        [obsolete, credit(number * 10 + 1)].map(|row| Credit {
            credit_date: date(day),
            ..row
        })
    });
    rows.collect()
}

/// Of each day five that are obsolete, two of which stand on unpaid sheets, and three that are not.
fn earnings() -> Vec<Earning> {
    let days = (1..).zip(DAYS.into_iter().rev());
    let rows = days.flat_map(|(number, day)| {
        let obsolete = |more, (count, taken, paid)| Earning {
            obsolete: Some(adjusted()),
            ..in_parts(count, taken, paid, earning(number * 10 + more))
        };
        [
            obsolete(0, (1, 0, 0)),
            obsolete(1, (1, 1, 0)),
            obsolete(2, (1, 1, 1)),
            obsolete(3, (12, 5, 4)),
            obsolete(4, (12, 5, 5)),
            earning(number * 10 + 5),
            in_parts(1, 1, 1, earning(number * 10 + 6)),
            waiting_reversal(number * 10 + 7, number * 10 + 2),
        ]
        .map(|row| Earning {
            date: date(day),
            ..row
        })
    });
    rows.collect()
}

async fn write_all(site: &Site) {
    site.commit(Changes {
        transactions: transactions().into_iter().rev().collect(),
        credits: credits().into_iter().rev().collect(),
        earnings: earnings().into_iter().rev().collect(),
        ..Changes::default()
    })
    .await;
}

fn obsolete_transactions(range: DateRange) -> Vec<Transaction> {
    let is_obsolete = |row: &Transaction| row.status == TransactionStatus::Obsolete;
    let rows = transactions().into_iter();
    rows.filter(|row| is_obsolete(row) && range.contains(row.event_date))
        .collect()
}

fn obsolete_credits(range: DateRange) -> Vec<Credit> {
    let rows = credits().into_iter();
    rows.filter(|row| row.obsolete.is_some() && range.contains(row.credit_date))
        .collect()
}

fn obsolete_earnings(range: DateRange) -> Vec<Earning> {
    let rows = earnings().into_iter().filter(|row| {
        let parts = row.instalments;
        row.obsolete.is_some() && parts.taken == parts.paid && range.contains(row.date)
    });
    rows.collect()
}

fn count<T>(rows: &[T]) -> u64 {
    u64::try_from(rows.len()).unwrap()
}

async fn what_waits_for_revert_is_counted_by_date(site: Site) {
    write_all(&site).await;
    let view = site.view().await;
    for range in ranges() {
        let transactions = obsolete_transactions(range);
        let credits = obsolete_credits(range);
        let earnings = obsolete_earnings(range);
        let dates = transactions.iter().map(|row| row.event_date);
        let dates = dates.chain(credits.iter().map(|row| row.credit_date));
        let dates: Vec<Date> = dates.chain(earnings.iter().map(|row| row.date)).collect();
        let expected = Pending {
            transactions: count(&transactions),
            credits: count(&credits),
            earnings: count(&earnings),
            first: dates.iter().min().copied(),
            last: dates.iter().max().copied(),
        };
        let pending = view.pending(range).await.unwrap();
        assert_eq!(pending, expected, "what waits in {range:?}");
    }
}

async fn obsolete_transactions_are_listed_by_event_date(site: Site) {
    write_all(&site).await;
    let view = site.view().await;
    for range in ranges() {
        check_list(
            "obsolete transactions",
            &obsolete_transactions(range),
            |row| row.id,
            async |after, chunk| {
                let page = view.obsolete_transactions(range, after, chunk).await;
                page.unwrap()
            },
        )
        .await;
    }
}

async fn obsolete_credits_are_listed_by_credit_date(site: Site) {
    write_all(&site).await;
    let view = site.view().await;
    for range in ranges() {
        check_list(
            "obsolete credits",
            &obsolete_credits(range),
            |row| row.id,
            async |after, chunk| view.obsolete_credits(range, after, chunk).await.unwrap(),
        )
        .await;
    }
}

async fn obsolete_earnings_on_no_unpaid_sheet_are_listed_by_earning_date(site: Site) {
    write_all(&site).await;
    let view = site.view().await;
    for range in ranges() {
        check_list(
            "obsolete earnings",
            &obsolete_earnings(range),
            |row| row.id,
            async |after, chunk| view.obsolete_earnings(range, after, chunk).await.unwrap(),
        )
        .await;
    }
}

/// The ids of what is listed, and that as many are counted.
async fn check_waiting(site: &Site, transactions: &[u64], credits: &[u64], earnings: &[u64]) {
    let view = site.view().await;
    let (range, chunk) = (DateRange::ALWAYS, ChunkSize::largest());
    let rows = view.obsolete_transactions(range, None, chunk).await;
    let ids: Vec<_> = rows.unwrap().iter().map(|row| row.id).collect();
    let expected: Vec<_> = transactions
        .iter()
        .map(|id| TransactionId(uuid(*id)))
        .collect();
    assert_eq!(ids, expected, "obsolete transactions");
    let rows = view.obsolete_credits(range, None, chunk).await.unwrap();
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let expected: Vec<_> = credits.iter().map(|id| CreditId(uuid(*id))).collect();
    assert_eq!(ids, expected, "obsolete credits");
    let rows = view.obsolete_earnings(range, None, chunk).await.unwrap();
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let expected: Vec<_> = earnings.iter().map(|id| EarningId(uuid(*id))).collect();
    assert_eq!(ids, expected, "obsolete earnings");
    let pending = view.pending(range).await.unwrap();
    let counted = (pending.transactions, pending.credits, pending.earnings);
    let listed = (count(transactions), count(credits), count(earnings));
    assert_eq!(counted, listed, "as many as are listed");
}

async fn a_row_waits_from_its_mark_until_it_departs(site: Site) {
    site.commit(Changes {
        transactions: vec![transaction(1)],
        credits: vec![credit(1), credit(2)],
        earnings: vec![in_parts(1, 1, 1, earning(1)), in_parts(2, 2, 1, earning(2))],
        ..Changes::default()
    })
    .await;
    check_waiting(&site, &[], &[], &[]).await;
    let stamp = || stamp_at(2);
    let mark = |number| Obsoletion {
        id: EarningId(uuid(number)),
        mark: adjusted(),
        stamp: stamp(),
    };
    site.commit(Changes {
        transactions: vec![Transaction {
            id: TransactionId(uuid(11)),
            ..transaction(1)
        }],
        transactions_progressed: vec![TransactionProgress {
            status: TransactionStatus::Obsolete,
            replaced_by: Some(TransactionId(uuid(11))),
            stamp: stamp(),
            ..TransactionProgress::of(&transaction(1))
        }],
        credits_obsoleted: vec![Obsoletion {
            id: CreditId(uuid(1)),
            mark: adjusted(),
            stamp: stamp(),
        }],
        earnings_obsoleted: vec![mark(1), mark(2)],
        ..Changes::default()
    })
    .await;
    check_waiting(&site, &[1], &[1], &[1]).await;
    // The sheet that the second earning stood on is paid.
    site.commit(Changes {
        earnings_paid: vec![EarningPayment {
            id: EarningId(uuid(2)),
            version_read: Version(2),
            instalments: in_parts(2, 2, 2, earning(2)).instalments,
            stamp: stamp_at(3),
        }],
        ..Changes::default()
    })
    .await;
    check_waiting(&site, &[1], &[1], &[1, 2]).await;
    site.commit(Changes {
        transactions_departed: vec![transaction_departure(1)],
        credits_departed: vec![Departure {
            archive: false,
            ..credit_departure(1)
        }],
        earnings_departed: vec![earning_departure(2)],
        ..Changes::default()
    })
    .await;
    check_waiting(&site, &[], &[], &[1]).await;
}

async fn nothing_waits_where_nothing_is_obsolete(site: Site) {
    for round in 0..2 {
        let view = site.view().await;
        for range in ranges() {
            let pending = view.pending(range).await.unwrap();
            assert_eq!(pending, Pending::default(), "{range:?}, round {round}");
            assert_eq!(view.waiting_reversal_count(range).await.unwrap(), 0);
        }
        check_waiting(&site, &[], &[], &[]).await;
        site.commit(Changes {
            transactions: vec![transaction(round + 1)],
            credits: vec![credit(round + 1)],
            earnings: vec![earning(round + 1)],
            ..Changes::default()
        })
        .await;
    }
}

async fn what_waits_next_door_is_not_seen(site: Site) {
    let beside = site.beside("acme ltd").await;
    beside.commit(first_commit()).await;
    beside.commit(second_commit()).await;
    let before = beside.everything().await;
    write_all(&site).await;
    let now = beside.everything().await;
    now.check_equal(&before, "with a lot that waits next door");
    let before = site.everything().await;
    beside.commit(third_commit()).await;
    let now = site.everything().await;
    now.check_equal(&before, "with a revert next door");
    let pending = beside.view().await.pending(DateRange::ALWAYS).await;
    assert_eq!(pending.unwrap().transactions, 0, "after the revert");
}
