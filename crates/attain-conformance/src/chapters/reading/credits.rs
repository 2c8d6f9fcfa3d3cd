//! Credits.

use attain_domain::change::Changes;
use attain_domain::credit::{Credit, CreditKind, CreditOrigin, CreditPosition};
use attain_domain::ids::{CreditId, LineageId, ParticipantId, TransactionId};
use attain_domain::ports::ChunkSize;
use attain_domain::testing::{credit, credit_departure, date, name, obsolete, uuid};
use attain_domain::time::DateRange;

use super::NAMES;
use crate::case::cases;
use crate::difference::check_same;
use crate::pages::check_list;
use crate::site::Site;

cases! {
    "reading":
    /// CreditRepository::credits_of_transactions: The credits of these transactions in the live
    /// table, in rising (transaction, id) order.
    credits_are_given_by_transaction_obsolete_ones_included
    /// CreditRepository::credits_by_id: The credits of these ids in the live table, in rising
    /// id order.
    credits_are_given_by_id_obsolete_ones_included
    /// CreditRepository::summarised_credits_through: The summarised roll-up credits that came
    /// through a participant, by credit date, not obsolete, in rising (participant, date, id)
    /// order.
    summarised_credits_are_given_by_the_report_they_came_through
    "paging":
    /// CreditRepository::credits_of_participants: The credits of these participants that are
    /// not obsolete, by credit date, above `after`, in rising position order.
    credits_that_count_are_listed_in_the_order_of_calculation
    /// CreditRepository::credits_of_participants: The credits of these participants that are
    /// not obsolete, by credit date, above `after`, in rising position order.
    credits_are_listed_by_credit_date
    /// CreditRepository::credits_of_participants: The credits of these participants that are
    /// not obsolete, by credit date, above `after`, in rising position order.
    credits_are_listed_after_a_position_that_is_gone
}

async fn write(site: &Site, mut rows: Vec<Credit>) {
    rows.reverse();
    site.commit(Changes {
        credits: rows,
        ..Changes::default()
    })
    .await;
}

fn obsolete_credit(number: u64) -> Credit {
    Credit {
        obsolete: Some(obsolete()),
        ..credit(number)
    }
}

async fn credits_are_given_by_transaction_obsolete_ones_included(site: Site) {
    let of = |transaction: u64, row: Credit| Credit {
        transaction: Some(TransactionId(uuid(transaction))),
        ..row
    };
    let expected = vec![
        of(10, credit(5)),
        of(10, obsolete_credit(6)),
        of(20, credit(1)),
        of(20, credit(9)),
    ];
    let departing = of(20, credit(2));
    let summarised = Credit {
        transaction: None,
        ..credit(4)
    };
    let mut rows = expected.clone();
    rows.extend([departing, summarised, of(30, credit(3))]);
    write(&site, rows).await;
    site.commit(Changes {
        credits_departed: vec![credit_departure(2)],
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let ids = [20, 99, 10, 20].map(|id| TransactionId(uuid(id)));
    let read = view.credits_of_transactions(&ids).await.unwrap();
    check_same(&read, &expected, "credits of transactions");
    assert!(view.credits_of_transactions(&[]).await.unwrap().is_empty());
}

async fn credits_are_given_by_id_obsolete_ones_included(site: Site) {
    let expected = vec![credit(1), obsolete_credit(2), credit(3)];
    write(&site, [expected.clone(), vec![credit(4)]].concat()).await;
    let view = site.view().await;
    let ids = [3, 99, 2, 1, 3].map(|id| CreditId(uuid(id)));
    let read = view.credits_by_id(&ids).await.unwrap();
    check_same(&read, &expected, "credits by id");
    assert!(view.credits_by_id(&[]).await.unwrap().is_empty());
}

/// In order of calculation: participant, date, key, kind, lineage; the ids fall.
fn in_order() -> Vec<Credit> {
    let mut rows = Vec::new();
    for whose in NAMES {
        for day in ["2026-01-01", "2026-01-02"] {
            for (number, kind) in [
                ("1", "ORDER"),
                ("10", "ORDER"),
                ("2", "INVOICE"),
                ("2", "ORDER"),
            ] {
                let mut row = credit(1);
                row.participant = name(whose);
                row.credit_date = date(day);
                row.key.number = name(number);
                row.key.kind = name(kind);
                rows.push(row);
            }
        }
    }
    let mut ties = Vec::new();
    for kind in [CreditKind::Direct, CreditKind::Indirect, CreditKind::Team] {
        for lineage in [1, 2] {
            ties.push(Credit {
                kind,
                lineage: LineageId(uuid(10_000 + lineage)),
                ..rows[0].clone()
            });
        }
    }
    rows.splice(0..1, ties);
    let count = u64::try_from(rows.len()).unwrap();
    for (row, number) in rows.iter_mut().zip((1..=count).rev()) {
        row.id = CreditId(uuid(number));
        if row.lineage == credit(1).lineage {
            row.lineage = LineageId(uuid(number));
        }
    }
    rows
}

fn all_names() -> Vec<ParticipantId> {
    NAMES.iter().rev().map(|text| name(text)).collect()
}

async fn credits_that_count_are_listed_in_the_order_of_calculation(site: Site) {
    let expected = in_order();
    let mut rows = expected.clone();
    rows.push(obsolete_credit(20_001));
    rows.push(credit(20_002));
    write(&site, rows).await;
    let view = site.view().await;
    let (range, whose) = (DateRange::ALWAYS, all_names());
    check_list(
        "credits",
        &expected,
        CreditPosition::of,
        async |after, chunk| {
            view.credits_of_participants(&whose, range, after.as_ref(), chunk)
                .await
                .unwrap()
        },
    )
    .await;
    let some: [ParticipantId; 4] = [name("é"), name("nobody"), name("B"), name("é")];
    let of_some = expected
        .iter()
        .filter(|row| some.contains(&row.participant));
    let of_some: Vec<_> = of_some.cloned().collect();
    check_list(
        "credits of some",
        &of_some,
        CreditPosition::of,
        async |after, chunk| {
            view.credits_of_participants(&some, range, after.as_ref(), chunk)
                .await
                .unwrap()
        },
    )
    .await;
    let of_none = view
        .credits_of_participants(&[], range, None, ChunkSize::largest())
        .await;
    assert!(of_none.unwrap().is_empty());
}

async fn credits_are_listed_by_credit_date(site: Site) {
    let days = ["2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01"];
    let rows = (1..).zip(days).map(|(number, day)| Credit {
        credit_date: date(day),
        // The other date of a credit plays no part.
        roll_up_date: date("2026-01-15"),
        ..credit(number)
    });
    let rows: Vec<Credit> = rows.collect();
    write(&site, rows.clone()).await;
    let view = site.view().await;
    let (first, last) = (date("2026-01-01"), date("2026-02-01"));
    for range in [
        DateRange::between(first, last),
        DateRange::between(last, first),
        DateRange {
            from: None,
            to: Some(first),
        },
        DateRange {
            from: Some(last),
            to: None,
        },
    ] {
        let expected = rows.iter().filter(|row| range.contains(row.credit_date));
        let expected: Vec<_> = expected.cloned().collect();
        check_list(
            "credits",
            &expected,
            CreditPosition::of,
            async |after, chunk| {
                let ann = [name("ann")];
                view.credits_of_participants(&ann, range, after.as_ref(), chunk)
                    .await
                    .unwrap()
            },
        )
        .await;
    }
}

async fn credits_are_listed_after_a_position_that_is_gone(site: Site) {
    let rows = in_order();
    write(&site, rows.clone()).await;
    let gone = rows
        .iter()
        .step_by(2)
        .map(|row| attain_domain::change::Departure {
            id: row.id,
            ..credit_departure(1)
        });
    site.commit(Changes {
        credits_departed: gone.collect(),
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let (range, whose, chunk) = (DateRange::ALWAYS, all_names(), ChunkSize::new(1));
    for pair in rows.chunks_exact(2) {
        let after = CreditPosition::of(&pair[0]);
        let read = view
            .credits_of_participants(&whose, range, Some(&after), chunk)
            .await;
        check_same(
            &read.unwrap(),
            &pair[1..],
            "the credit after one that is gone",
        );
    }
}

async fn summarised_credits_are_given_by_the_report_they_came_through(site: Site) {
    let through = |report: &str, whose: &str, day: &str, number| Credit {
        transaction: None,
        kind: CreditKind::Indirect,
        origin: CreditOrigin::From {
            source: None,
            through: name(report),
        },
        participant: name(whose),
        credit_date: date(day),
        ..credit(number)
    };
    let expected = vec![
        through("bob", "Zoe", "2026-01-31", 9),
        through("bob", "ann", "2026-01-01", 8),
        through("bob", "ann", "2026-01-02", 6),
        through("bob", "ann", "2026-01-02", 7),
    ];
    let mut others = vec![
        through("bobby", "ann", "2026-01-02", 11),
        through("bob", "ann", "2026-02-01", 12),
        through("bob", "ann", "2025-12-31", 13),
        Credit {
            obsolete: Some(obsolete()),
            ..through("bob", "ann", "2026-01-02", 14)
        },
        credit(15),
    ];
    others.push(Credit {
        origin: CreditOrigin::From {
            source: Some(CreditId(uuid(15))),
            through: name("bob"),
        },
        ..credit(16)
    });
    write(&site, [expected.clone(), others].concat()).await;
    let view = site.view().await;
    let january = DateRange::between(date("2026-01-01"), date("2026-02-01"));
    let read = view
        .summarised_credits_through(&name("bob"), january)
        .await
        .unwrap();
    check_same(&read, &expected, "summarised credits");
    let read = view
        .summarised_credits_through(&name("ann"), DateRange::ALWAYS)
        .await
        .unwrap();
    assert!(read.is_empty());
}
