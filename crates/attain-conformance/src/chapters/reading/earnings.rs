//! Earnings and reversals, past earnings, calculations.

use attain_domain::change::Changes;
use attain_domain::earning::{Earning, EarningOutcome, Instalments};
use attain_domain::ids::{CalculationId, EarningId, LineageId, ParticipantId};
use attain_domain::ports::{ChunkSize, EarningPosition};
use attain_domain::refusal::{Reason, RowError};
use attain_domain::testing::{calculation, date, earning, earning_departure, name, obsolete, uuid};
use attain_domain::time::DateRange;

use super::NAMES;
use crate::case::cases;
use crate::difference::check_same;
use crate::pages::check_list;
use crate::samples::waiting_reversal;
use crate::site::Site;

cases! {
    "reading":
    /// EarningRepository::earnings_of_lineages: The current earnings (neither obsolete nor
    /// reversals) of these participants for these credits, in rising (participant, id) order.
    current_earnings_are_given_by_lineage
    /// EarningRepository::earnings_by_id: The live earnings of these ids, in rising id order.
    earnings_are_given_by_id
    /// EarningRepository::calculations: All calculations, in rising id order.
    calculations_are_given
    "paging":
    /// EarningRepository::current_earnings: The current earnings of these participants by
    /// earning date, above `after`, in rising position order.
    current_earnings_are_listed_by_participant_and_date
    /// EarningRepository::earnings_after: All live earnings by earning date, obsolete ones and
    /// reversals included, of one participant or all, above `after`, in rising position order.
    all_live_earnings_are_listed
    /// EarningRepository::payable_earnings: Earnings and reversals with an amount, a part of
    /// which is not taken up yet and due on or before a date, not obsolete and awaiting no
    /// calculation, above `after`, in rising position order.
    earnings_with_a_part_that_is_due_are_listed
}

async fn write(site: &Site, mut rows: Vec<Earning>) {
    rows.reverse();
    site.commit(Changes {
        earnings: rows,
        ..Changes::default()
    })
    .await;
}

fn position_of(row: &Earning) -> EarningPosition {
    EarningPosition {
        participant: row.key.participant.clone(),
        date: row.date,
        id: row.id,
    }
}

fn obsolete_earning(number: u64) -> Earning {
    Earning {
        obsolete: Some(obsolete()),
        ..earning(number)
    }
}

fn reversal(number: u64) -> Earning {
    Earning {
        reversal_of: Some(EarningId(uuid(1))),
        ..earning(number)
    }
}

/// By participant, date, id; per participant and date one current, one obsolete, one reversal.
fn in_order() -> Vec<Earning> {
    let mut rows = Vec::new();
    let days = ["2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01"];
    let mut number = 1_000;
    for whose in NAMES {
        // Later dates have lower ids, so that only the date can give the order.
        for day in days {
            number -= 10;
            for mut row in [
                earning(number),
                obsolete_earning(number + 1),
                reversal(number + 2),
            ] {
                row.key.participant = name(whose);
                row.date = date(day);
                rows.push(row);
            }
        }
    }
    rows
}

fn ranges() -> [DateRange; 4] {
    let (first, last) = (date("2026-01-01"), date("2026-02-01"));
    [
        DateRange::ALWAYS,
        DateRange::between(first, last),
        DateRange {
            from: None,
            to: Some(first),
        },
        DateRange {
            from: Some(last),
            to: None,
        },
    ]
}

async fn current_earnings_are_given_by_lineage(site: Site) {
    let of = |whose: &str, lineage: u64, component: &str, row: Earning| {
        let mut row = row;
        row.key.participant = name(whose);
        row.key.lineage = Some(LineageId(uuid(lineage)));
        row.key.component = name(component);
        row
    };
    let expected = vec![
        of("Zoe", 2, "a", earning(9)),
        of("ann", 2, "a", earning(5)),
        of("ann", 1, "a", earning(6)),
        of("ann", 1, "b", earning(7)),
    ];
    let mut per_interval = earning(11);
    per_interval.key.lineage = None;
    let others = vec![
        of("bob", 1, "a", earning(12)),
        of("ann", 3, "a", earning(13)),
        of("ann", 1, "a", obsolete_earning(14)),
        of("ann", 1, "a", reversal(15)),
        per_interval,
    ];
    write(&site, [expected.clone(), others].concat()).await;
    let view = site.view().await;
    let whose: [ParticipantId; 4] = [name("ann"), name("Zoe"), name("nobody"), name("ann")];
    let lineages = [2, 1, 99, 2].map(|lineage| LineageId(uuid(lineage)));
    let read = view.earnings_of_lineages(&whose, &lineages).await.unwrap();
    check_same(&read, &expected, "earnings of lineages");
    assert!(
        view.earnings_of_lineages(&whose, &[])
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        view.earnings_of_lineages(&[], &lineages)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn current_earnings_are_listed_by_participant_and_date(site: Site) {
    let rows = in_order();
    write(&site, rows.clone()).await;
    let view = site.view().await;
    let all: Vec<ParticipantId> = NAMES.iter().rev().map(|text| name(text)).collect();
    let some = vec![name("é"), name("nobody"), name("B"), name("é")];
    for whose in [all, some, Vec::new()] {
        for range in ranges() {
            let expected = rows.iter().filter(|row| {
                let is_theirs = whose.contains(&row.key.participant);
                is_theirs && row.is_current() && range.contains(row.date)
            });
            let expected: Vec<_> = expected.cloned().collect();
            check_list(
                "current earnings",
                &expected,
                position_of,
                async |after, chunk| {
                    view.current_earnings(&whose, range, after.as_ref(), chunk)
                        .await
                        .unwrap()
                },
            )
            .await;
        }
    }
}

async fn all_live_earnings_are_listed(site: Site) {
    let rows = in_order();
    let departed = rows[7].id;
    write(&site, rows.clone()).await;
    site.commit(Changes {
        earnings_departed: vec![attain_domain::change::Departure {
            id: departed,
            ..earning_departure(1)
        }],
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let nobody: ParticipantId = name("nobody");
    for whose in [None, Some(name("a")), Some(nobody)] {
        for range in ranges() {
            let expected = rows.iter().filter(|row| {
                let is_theirs = whose
                    .as_ref()
                    .is_none_or(|whose| *whose == row.key.participant);
                is_theirs && row.id != departed && range.contains(row.date)
            });
            let expected: Vec<_> = expected.cloned().collect();
            check_list("earnings", &expected, position_of, async |after, chunk| {
                let page = view.earnings_after(whose.as_ref(), range, after.as_ref(), chunk);
                page.await.unwrap()
            })
            .await;
        }
    }
    let gone = position_of(&rows[7]);
    let one = ChunkSize::new(1);
    let read = view
        .earnings_after(None, DateRange::ALWAYS, Some(&gone), one)
        .await
        .unwrap();
    check_same(&read, &rows[8..9], "the earning after one that is gone");
}

async fn earnings_with_a_part_that_is_due_are_listed(site: Site) {
    let due = date("2026-01-31");
    let part = |count, taken, next_due: &str, row: Earning| Earning {
        instalments: Instalments {
            count,
            taken,
            paid: 0,
            next_due: date(next_due),
        },
        ..row
    };
    let mut expected = vec![
        part(1, 0, "2026-01-31", earning(4)),
        part(12, 11, "2026-01-01", earning(3)),
        part(1, 0, "2026-01-31", reversal(2)),
        part(1, 0, "2025-01-31", earning(1)),
    ];
    for (row, whose) in expected.iter_mut().zip(["B", "a", "a b", "é"]) {
        row.key.participant = name(whose);
    }
    let mut failed = part(1, 0, "2026-01-31", earning(11));
    failed.outcome = EarningOutcome::Error(RowError::new(Reason::MissingGoal, "none"));
    let others = vec![
        part(1, 0, "2026-02-01", earning(12)),
        part(1, 1, "2026-01-31", earning(13)),
        part(12, 12, "2026-01-31", earning(14)),
        part(1, 0, "2026-01-31", obsolete_earning(15)),
        part(1, 0, "2026-01-31", waiting_reversal(16, 1)),
        failed,
    ];
    write(&site, [expected.clone(), others].concat()).await;
    let view = site.view().await;
    check_list(
        "payable earnings",
        &expected,
        position_of,
        async |after, chunk| {
            view.payable_earnings(due, after.as_ref(), chunk)
                .await
                .unwrap()
        },
    )
    .await;
}

async fn earnings_are_given_by_id(site: Site) {
    let live = vec![earning(1), obsolete_earning(2), reversal(3)];
    write(&site, [live.clone(), vec![earning(4), earning(5)]].concat()).await;
    let mut removed = earning_departure(5);
    removed.archive = false;
    site.commit(Changes {
        earnings_departed: vec![earning_departure(4), removed],
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let ids = [5, 3, 99, 2, 4, 1, 3].map(|id| EarningId(uuid(id)));
    check_same(
        &view.earnings_by_id(&ids).await.unwrap(),
        &live,
        "live ones",
    );
    let past = view.past_earnings(&ids).await.unwrap();
    let past: Vec<_> = past.into_iter().map(|past| past.earning).collect();
    check_same(&past, &[earning(4)], "past ones");
    assert!(view.earnings_by_id(&[]).await.unwrap().is_empty());
    assert!(view.past_earnings(&[]).await.unwrap().is_empty());
}

async fn calculations_are_given(site: Site) {
    let all = [1, 2, 3].map(calculation);
    site.commit(Changes {
        calculations: all.iter().rev().cloned().collect(),
        ..Changes::default()
    })
    .await;
    site.commit(Changes {
        calculations_deleted: vec![CalculationId(uuid(2))],
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let expected = vec![all[0].clone(), all[2].clone()];
    check_same(
        &view.calculations().await.unwrap(),
        &expected,
        "calculations",
    );
    assert_eq!(
        view.calculation(CalculationId(uuid(2))).await.unwrap(),
        None
    );
    let one = view.calculation(CalculationId(uuid(3))).await.unwrap();
    check_same(&one, &Some(all[2].clone()), "one calculation");
}
