//! Batches, paysheets and lines.

use attain_domain::change::Changes;
use attain_domain::ids::{BatchId, EarningId, LineId, PaysheetId};
use attain_domain::payment::{BatchStatus, PaymentBatch, PaymentLine, Paysheet};
use attain_domain::ports::PaysheetPosition;
use attain_domain::testing::{batch, date, line, name, paysheet, uuid};

use super::NAMES;
use crate::case::cases;
use crate::difference::check_same;
use crate::pages::check_list;
use crate::site::Site;

cases! {
    "reading":
    /// PaymentRepository::paysheets_of_participant: The sheets of a participant, in rising id
    /// order.
    the_paysheets_of_a_participant_are_given
    /// PaymentRepository::lines_of_paysheets: The lines of these sheets, in rising
    /// (participant, date, id) order.
    lines_are_given_by_paysheet_earning_and_id
    /// Changes::lines_deleted: Payment lines deleted (their batch is unpaid, or they were held
    /// when it was paid and are released now).
    what_is_deleted_is_gone
    "paging":
    /// PaymentRepository::batches_after: Batches with ids above `after`, in rising id order.
    batches_are_listed
    /// PaymentRepository::paysheets_of_batch: The paysheets of a batch above `after`, in rising
    /// position order.
    the_paysheets_of_a_batch_are_listed_by_participant
    /// PaymentRepository::held_lines: Held lines of paid batches, whose payment waits for a
    /// release, in rising id order, above `after`.
    held_lines_of_paid_batches_are_listed
}

fn payments(batches: Vec<PaymentBatch>, sheets: Vec<Paysheet>, lines: Vec<PaymentLine>) -> Changes {
    Changes {
        batches,
        paysheets: sheets,
        lines,
        ..Changes::default()
    }
}

async fn batches_are_listed(site: Site) {
    let all: Vec<_> = (1..=5).map(batch).collect();
    let reversed = all.iter().rev().cloned().collect();
    site.commit(payments(reversed, Vec::new(), Vec::new()))
        .await;
    let view = site.view().await;
    check_list(
        "batches",
        &all,
        |row| row.id,
        async |after, chunk| view.batches_after(after, chunk).await.unwrap(),
    )
    .await;
    assert_eq!(view.batch(BatchId(uuid(99))).await.unwrap(), None);
}

async fn the_paysheets_of_a_batch_are_listed_by_participant(site: Site) {
    let in_batch = |number, whose: &str| Paysheet {
        batch: BatchId(uuid(1)),
        participant: name(whose),
        ..paysheet(number)
    };
    let expected: Vec<_> = (1..)
        .zip(NAMES)
        .map(|(number, whose)| in_batch(100 - number, whose))
        .collect();
    let mut all = vec![paysheet(2)];
    all.extend(expected.iter().rev().cloned());
    site.commit(payments(Vec::new(), all, Vec::new())).await;
    let view = site.view().await;
    let position = |row: &Paysheet| PaysheetPosition {
        participant: row.participant.clone(),
        id: row.id,
    };
    check_list("paysheets", &expected, position, async |after, chunk| {
        view.paysheets_of_batch(BatchId(uuid(1)), after.as_ref(), chunk)
            .await
            .unwrap()
    })
    .await;
    assert_eq!(view.paysheet(PaysheetId(uuid(1_000))).await.unwrap(), None);
}

async fn the_paysheets_of_a_participant_are_given(site: Site) {
    let of_bob = |number| Paysheet {
        participant: name("bob"),
        ..paysheet(number)
    };
    let all = vec![paysheet(4), of_bob(3), paysheet(2), of_bob(1)];
    site.commit(payments(Vec::new(), all, Vec::new())).await;
    // Ann's second sheet becomes Bob's.
    site.commit(payments(Vec::new(), vec![of_bob(4)], Vec::new()))
        .await;
    let view = site.view().await;
    let read = view.paysheets_of_participant(&name("bob")).await.unwrap();
    check_same(&read, &[of_bob(1), of_bob(3), of_bob(4)], "Bob's paysheets");
    let read = view.paysheets_of_participant(&name("ann")).await.unwrap();
    check_same(&read, &[paysheet(2)], "Ann's paysheets");
    assert!(
        view.paysheets_of_participant(&name("bo"))
            .await
            .unwrap()
            .is_empty()
    );
}

async fn lines_are_given_by_paysheet_earning_and_id(site: Site) {
    let of = |number, sheet: u64, earning: u64, whose: &str, day: &str| PaymentLine {
        paysheet: PaysheetId(uuid(sheet)),
        earning: EarningId(uuid(earning)),
        participant: name(whose),
        date: date(day),
        ..line(number)
    };
    // By participant, date, id.
    let all = vec![
        of(9, 2, 1, "Zoe", "2026-01-02"),
        of(8, 1, 2, "ann", "2026-01-01"),
        of(3, 1, 1, "ann", "2026-01-02"),
        of(4, 1, 2, "ann", "2026-01-02"),
        of(1, 1, 3, "ann", "2026-01-03"),
    ];
    let mut rows = vec![of(7, 3, 4, "ann", "2026-01-01")];
    rows.extend(all.iter().rev().cloned());
    site.commit(payments(Vec::new(), Vec::new(), rows)).await;
    let view = site.view().await;
    let sheets = [2, 99, 1, 2].map(|sheet| PaysheetId(uuid(sheet)));
    let read = view.lines_of_paysheets(&sheets).await.unwrap();
    check_same(&read, &all, "lines of paysheets");
    let mut by_id = all;
    by_id.sort_by_key(|line| line.id);
    let ids: Vec<_> = by_id
        .iter()
        .rev()
        .map(|line| line.id)
        .chain([LineId(uuid(99))])
        .collect();
    check_same(
        &view.lines_by_id(&ids).await.unwrap(),
        &by_id,
        "lines by id",
    );
    by_id.retain(|line| line.earning != EarningId(uuid(3)));
    let earnings = [2, 99, 1, 2].map(|earning| EarningId(uuid(earning)));
    let read = view.lines_of_earnings(&earnings).await.unwrap();
    check_same(&read, &by_id, "lines of earnings");
    assert!(view.lines_of_paysheets(&[]).await.unwrap().is_empty());
    assert!(view.lines_of_earnings(&[]).await.unwrap().is_empty());
    assert!(view.lines_by_id(&[]).await.unwrap().is_empty());
}

async fn held_lines_of_paid_batches_are_listed(site: Site) {
    use BatchStatus::{Building, Deleting, Frozen, Paid, Paying, Unpaid};
    let statuses = [Paid, Paying, Frozen, Unpaid, Building, Deleting];
    let batches = (1..).zip(statuses).map(|(number, status)| PaymentBatch {
        status,
        ..batch(number)
    });
    let of = |number, batch: u64, held| PaymentLine {
        batch: BatchId(uuid(batch)),
        held,
        ..line(number)
    };
    let expected = vec![of(11, 1, true), of(12, 1, true), of(13, 1, true)];
    let mut lines = vec![of(14, 1, false), of(15, 1, true), of(16, 99, true)];
    lines.extend((2..=6).map(|batch| of(20 + batch, batch, true)));
    lines.extend(expected.iter().rev().cloned());
    site.commit(payments(batches.collect(), Vec::new(), lines))
        .await;
    // One is released.
    site.commit(payments(Vec::new(), Vec::new(), vec![of(15, 1, false)]))
        .await;
    let view = site.view().await;
    check_list(
        "held lines",
        &expected,
        |row| row.id,
        async |after, chunk| view.held_lines(after, chunk).await.unwrap(),
    )
    .await;
}

async fn what_is_deleted_is_gone(site: Site) {
    let numbers = 1..=2;
    let batches = numbers.clone().map(batch).collect();
    let sheets = numbers.clone().map(paysheet).collect();
    site.commit(payments(batches, sheets, numbers.map(line).collect()))
        .await;
    site.commit(Changes {
        batches_deleted: vec![BatchId(uuid(1))],
        paysheets_deleted: vec![PaysheetId(uuid(1))],
        lines_deleted: vec![LineId(uuid(1))],
        ..Changes::default()
    })
    .await;
    let beside = site.beside("beside").await;
    beside
        .commit(payments(vec![batch(2)], vec![paysheet(2)], vec![line(2)]))
        .await;
    beside.note(&site.set(
        Vec::new(),
        payments(vec![batch(1)], vec![paysheet(1)], vec![line(1)]),
    ));
    let is = site.everything().await;
    is.check_equal(&beside.everything().await, "as if it had never been");
}
