//! Transactions.

use attain_domain::change::{Changes, Departure};
use attain_domain::ids::{TransactionId, WorkItemId};
use attain_domain::run::{Process, WorkItem};
use attain_domain::testing::{name, transaction, uuid};
use attain_domain::transaction::{
    PastTransaction, Transaction, TransactionFlags, TransactionKey, TransactionProgress,
    TransactionStatus,
};

use super::extremes::{
    LEFT_BECAUSE, Numbered, amounts, attributes, circumstances, computed_numbers, dates, instants,
    names, numbers, row_errors, stamps,
};
use crate::case::cases;
use crate::difference::check_same;
use crate::samples::replacement;
use crate::site::Site;

cases! { "fidelity":
    /// Snapshot: What was written is read back equal, field by field.
    transactions_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    transactions_are_read_as_they_came_on
    /// Snapshot: What was written is read back equal, field by field.
    past_transactions_are_read_as_they_were
}

fn statuses() -> Vec<TransactionStatus> {
    let mut all = vec![
        TransactionStatus::New,
        TransactionStatus::Classified,
        TransactionStatus::Credited,
        TransactionStatus::Obsolete,
        TransactionStatus::Cancelled,
    ];
    all.extend(row_errors().into_iter().map(TransactionStatus::Error));
    all
}

fn flags() -> Vec<TransactionFlags> {
    let flags = |bits: u32| TransactionFlags {
        preserve_credits: bits & 1 != 0,
        hold: bits & 2 != 0,
        do_not_classify: bits & 4 != 0,
        do_not_roll_up: bits & 8 != 0,
        do_not_calculate: bits & 16 != 0,
    };
    (0..32).map(flags).collect()
}

fn varied() -> Vec<Transaction> {
    let ids = || [None, Some(TransactionId(uuid(7)))];
    Numbered::new(transaction)
        .vary(names(), |row, name| row.key.number = name)
        .vary(names(), |row, name| row.key.kind = name)
        .vary(dates(), |row, date| row.event_date = date)
        .vary(names(), |row, name| row.period = name)
        .vary(amounts(), |row, money| row.amount = money)
        .vary(amounts(), |row, money| row.operating_amount = money)
        .vary(computed_numbers(), |row, rate| row.currency_rate = rate)
        .vary(numbers(), |row, number| row.quantity = number)
        .vary([attributes()], |row, attributes| {
            row.attributes = attributes
        })
        .vary(instants(), |row, at| row.source_updated_at = Some(at))
        .vary(flags(), |row, flags| row.flags = flags)
        .vary(statuses(), |row, status| {
            row.replaced_by = replacement(&status);
            row.status = status;
        })
        .vary(names(), |row, name| row.category = Some(name))
        .vary(ids(), |row, id| row.replaces = id)
        .vary(ids(), |row, id| row.replaced_by = id)
        .vary(stamps(), |row, stamp| row.stamp = stamp)
        .rows
}

async fn check_read(site: &Site, expected: &[Transaction]) {
    let view = site.view().await;
    let ids: Vec<_> = expected.iter().map(|row| row.id).collect();
    let read = view.transactions_by_id(&ids).await.unwrap();
    check_same(&read, expected, "transactions");
    for row in expected {
        let key = TransactionKey::clone(&row.key);
        let read = view.transactions_by_key(&[key]).await.unwrap();
        check_same(&read, std::slice::from_ref(row), "transactions");
        let item = WorkItem {
            id: WorkItemId(uuid(1)),
            stage: Process::Credit,
            period: row.period.clone(),
            first: row.id,
            last: row.id,
        };
        let chunk = attain_domain::ports::ChunkSize::largest();
        let read = view.transactions_of_work(&item, None, chunk).await.unwrap();
        check_same(&read, std::slice::from_ref(row), "transactions");
    }
}

async fn transactions_are_read_as_they_were_written(site: Site) {
    let rows = varied();
    site.commit(Changes {
        transactions: rows.clone(),
        ..Changes::default()
    })
    .await;
    check_read(&site, &rows).await;
}

async fn transactions_are_read_as_they_came_on(site: Site) {
    let progress = |number| TransactionProgress::of(&transaction(number));
    let progressed = Numbered::new(progress)
        .vary(statuses(), |row, status| {
            row.replaced_by = replacement(&status);
            row.status = status;
        })
        .vary(names(), |row, name| row.category = Some(name))
        .vary(flags(), |row, flags| row.flags = flags)
        .vary([TransactionId(uuid(7))], |row, id| {
            row.replaced_by = Some(id)
        })
        .vary(stamps(), |row, stamp| row.stamp = stamp)
        .rows;
    let before = |number| Transaction {
        category: Some(name("hardware")),
        status: TransactionStatus::Credited,
        attributes: attributes(),
        ..transaction(number)
    };
    let count = u64::try_from(progressed.len()).unwrap();
    site.commit(Changes {
        transactions: (1..=count).map(before).collect(),
        ..Changes::default()
    })
    .await;
    site.commit(Changes {
        transactions_progressed: progressed.clone(),
        ..Changes::default()
    })
    .await;
    let after = (1..).zip(progressed).map(|(number, progress)| Transaction {
        status: progress.status,
        category: progress.category,
        flags: progress.flags,
        replaced_by: progress.replaced_by,
        stamp: progress.stamp,
        ..before(number)
    });
    check_read(&site, &after.collect::<Vec<_>>()).await;
}

async fn past_transactions_are_read_as_they_were(site: Site) {
    let mut rows = varied();
    for row in &mut rows {
        row.status = TransactionStatus::Obsolete;
        row.replaced_by = Some(TransactionId(uuid(7)));
    }
    site.commit(Changes {
        transactions: rows.clone(),
        ..Changes::default()
    })
    .await;
    let causes = LEFT_BECAUSE.into_iter().cycle();
    let past = rows.into_iter().zip(causes.zip(circumstances()));
    let past = past.map(
        |(transaction, (because, (left_at, left_by)))| PastTransaction {
            transaction,
            because,
            left_at,
            left_by,
        },
    );
    let past: Vec<PastTransaction> = past.collect();
    let departed = past.iter().map(|past| Departure {
        id: past.transaction.id,
        because: past.because,
        archive: true,
        at: past.left_at,
        actor: past.left_by.clone(),
    });
    site.commit(Changes {
        transactions_departed: departed.collect(),
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let keys = past.iter().map(|past| past.transaction.key.clone());
    let keys: Vec<TransactionKey> = keys.collect();
    let read = view.past_transactions_of_keys(&keys).await.unwrap();
    check_same(&read, &past, "transactions");
    check_read(&site, &[]).await;
}
