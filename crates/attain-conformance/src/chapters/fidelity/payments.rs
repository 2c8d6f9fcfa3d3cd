//! Batches, paysheets and lines: new, and written over others.

use attain_domain::change::Changes;
use attain_domain::ids::{BatchId, EarningId, PaysheetId};
use attain_domain::payment::{
    BatchStatus, LineKind, PaymentBatch, PaymentLine, Paysheet, PaysheetStatus,
};
use attain_domain::ports::ChunkSize;
use attain_domain::testing::{batch, line, paysheet, uuid};

use super::extremes::{Numbered, amounts, computed_numbers, dates, names, stamps};
use super::settlements::settlements;
use crate::case::cases;
use crate::difference::check_same;
use crate::site::Site;

cases! { "fidelity":
    /// Snapshot: What was written is read back equal, field by field.
    batches_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    paysheets_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    lines_are_read_as_they_were_written
}

fn batch_statuses() -> Vec<BatchStatus> {
    use BatchStatus::{Building, Deleting, Frozen, Paid, Paying, Unpaid};
    vec![Building, Unpaid, Frozen, Paying, Paid, Deleting]
}

fn sheet_statuses() -> Vec<PaysheetStatus> {
    use PaysheetStatus::{Approved, Locked, Submitted, Unpaid};
    vec![Unpaid, Locked, Submitted, Approved]
}

fn batches() -> Vec<PaymentBatch> {
    Numbered::new(batch)
        .vary(names(), |row, name| row.pay_group = name)
        .vary(names(), |row, name| row.period = name)
        .vary(dates(), |row, date| row.pay_date = date)
        .vary(batch_statuses(), |row, status| row.status = status)
        .vary(stamps(), |row, stamp| row.stamp = stamp)
        .rows
}

fn paysheets() -> Vec<Paysheet> {
    Numbered::new(paysheet)
        .vary([BatchId(uuid(7))], |row, batch| row.batch = batch)
        .vary(names(), |row, name| row.participant = name)
        .vary(sheet_statuses(), |row, status| row.status = status)
        .vary(amounts(), |row, money| row.total = money)
        .vary(amounts(), |row, money| row.held = money)
        .vary(settlements(), |row, settlement| {
            row.settlement = Some(Box::new(settlement));
        })
        .vary(stamps(), |row, stamp| row.stamp = stamp)
        .rows
}

fn lines() -> Vec<PaymentLine> {
    Numbered::new(line)
        .vary([PaysheetId(uuid(7))], |row, sheet| row.paysheet = sheet)
        .vary([BatchId(uuid(7))], |row, batch| row.batch = batch)
        .vary(names(), |row, name| row.participant = name)
        .vary([LineKind::Earning, LineKind::Reversal], |row, kind| {
            row.kind = kind
        })
        .vary([EarningId(uuid(7))], |row, earning| row.earning = earning)
        .vary([1, 11, u16::MAX], |row, part| row.instalment = part)
        .vary(names(), |row, name| row.plan = name)
        .vary(names(), |row, name| row.component = name)
        .vary(names(), |row, name| row.earning_period = name)
        .vary(dates(), |row, date| row.date = date)
        .vary(amounts(), |row, money| row.amount = money)
        .vary(computed_numbers(), |row, rate| row.currency_rate = rate)
        .vary(amounts(), |row, money| row.pay_amount = money)
        .vary([true], |row, held| row.held = held)
        .vary(stamps(), |row, stamp| row.stamp = stamp)
        .rows
}

fn plain<T>(make: fn(u64) -> T, like: &[T]) -> Vec<T> {
    (1..).zip(like).map(|(number, _)| make(number)).collect()
}

async fn batches_are_read_as_they_were_written(site: Site) {
    let varied = batches();
    for rows in [plain(batch, &varied), varied] {
        site.commit(Changes {
            batches: rows.clone(),
            ..Changes::default()
        })
        .await;
        let view = site.view().await;
        let read = view
            .batches_after(None, ChunkSize::largest())
            .await
            .unwrap();
        check_same(&read, &rows, "payments");
        for row in rows {
            check_same(&view.batch(row.id).await.unwrap(), &Some(row), "payments");
        }
    }
}

async fn paysheets_are_read_as_they_were_written(site: Site) {
    let varied = paysheets();
    for rows in [plain(paysheet, &varied), varied] {
        site.commit(Changes {
            paysheets: rows.clone(),
            ..Changes::default()
        })
        .await;
        let view = site.view().await;
        for row in rows {
            let of_batch = view.paysheets_of_batch(row.batch, None, ChunkSize::largest());
            assert!(of_batch.await.unwrap().contains(&row));
            let of_whom = view.paysheets_of_participant(&row.participant);
            assert!(of_whom.await.unwrap().contains(&row));
            check_same(
                &view.paysheet(row.id).await.unwrap(),
                &Some(row),
                "payments",
            );
        }
    }
}

async fn lines_are_read_as_they_were_written(site: Site) {
    let varied = lines();
    for rows in [plain(line, &varied), varied] {
        site.commit(Changes {
            lines: rows.clone(),
            ..Changes::default()
        })
        .await;
        let view = site.view().await;
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        check_same(&view.lines_by_id(&ids).await.unwrap(), &rows, "payments");
        for row in rows {
            let of_sheet = view.lines_of_paysheets(&[row.paysheet]).await.unwrap();
            assert!(of_sheet.contains(&row));
            let of_earning = view.lines_of_earnings(&[row.earning]).await.unwrap();
            assert!(of_earning.contains(&row));
        }
    }
}
