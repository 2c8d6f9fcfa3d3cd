//! What Revert has left for the calculation: reversals that wait, and what they are found by.

use attain_domain::change::{Changes, Departure};
use attain_domain::credit::Credit;
use attain_domain::earning::Earning;
use attain_domain::ids::{CreditId, EarningId, LineageId, ParticipantId};
use attain_domain::ports::ChunkSize;
use attain_domain::testing::{
    credit, credit_departure, date, earning, earning_departure, name, stamp_at, uuid,
};
use attain_domain::time::DateRange;

use super::{DAYS, in_parts, ranges};
use crate::case::cases;
use crate::difference::check_same;
use crate::samples::{adjusted, waiting_reversal};
use crate::site::Site;

cases! { "corrections":
    /// CorrectionRepository::waiting_reversals: The reversals that await a calculation, by
    /// earning date, of these participants, in rising id order.
    reversals_that_wait_are_given_by_participant_and_date
    /// CorrectionRepository::waiting_reversal_count: How many reversals await a calculation, by
    /// earning date.
    reversals_that_wait_are_counted_by_date
    /// EarningRepository::payable_earnings: not obsolete and awaiting no calculation
    a_reversal_that_waits_is_not_payable
    /// CorrectionRepository::credits_adjusted_from: The credits in the live table that were
    /// adjusted from these, in rising id order.
    credits_are_given_by_what_they_were_adjusted_from
    /// CorrectionRepository::earnings_for_lineages: All live earnings for these credits, obsolete
    /// ones included, reversals not, in rising id order.
    live_earnings_are_given_by_lineage_obsolete_ones_too
}

const PEOPLE: [&str; 4] = ["B", "ann", "ann b", "é"];

async fn write(site: &Site, rows: Vec<Earning>) {
    site.commit(Changes {
        earnings: rows.into_iter().rev().collect(),
        ..Changes::default()
    })
    .await;
}

/// Of each participant and day a reversal that waits, one that does not, and an earning. Who comes
/// first, and what is earlier, has higher ids, so that only the id can give the order.
fn rows() -> Vec<Earning> {
    let mut rows = Vec::new();
    let mut number = 0;
    for whose in PEOPLE.into_iter().rev() {
        for day in DAYS.into_iter().rev() {
            number += 10;
            let posted = Earning {
                awaits_calculation: false,
                ..waiting_reversal(number + 1, number + 2)
            };
            let rest = [posted, earning(number + 2)];
            for mut row in [waiting_reversal(number, number + 2)]
                .into_iter()
                .chain(rest)
            {
                row.key.participant = name(whose);
                row.date = date(day);
                rows.push(row);
            }
        }
    }
    rows
}

async fn reversals_that_wait_are_given_by_participant_and_date(site: Site) {
    let all = rows();
    write(&site, all.clone()).await;
    let view = site.view().await;
    let everybody: Vec<ParticipantId> = PEOPLE.map(name).to_vec();
    let some = vec![name("é"), name("nobody"), name("ann"), name("é")];
    for whose in [everybody, some, vec![name("nobody")], Vec::new()] {
        for range in ranges() {
            let expected = all.iter().filter(|row| {
                row.awaits_calculation
                    && whose.contains(&row.key.participant)
                    && range.contains(row.date)
            });
            let expected: Vec<_> = expected.cloned().collect();
            let read = view.waiting_reversals(&whose, range).await.unwrap();
            check_same(&read, &expected, "reversals that wait");
        }
    }
}

async fn reversals_that_wait_are_counted_by_date(site: Site) {
    let all = rows();
    write(&site, all.clone()).await;
    let departed = all[0].id;
    site.commit(Changes {
        earnings_departed: vec![Departure {
            id: departed,
            archive: false,
            ..earning_departure(1)
        }],
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    for range in ranges() {
        let waits = |row: &&Earning| {
            row.awaits_calculation && row.id != departed && range.contains(row.date)
        };
        let expected = u64::try_from(all.iter().filter(waits).count()).unwrap();
        let count = view.waiting_reversal_count(range).await.unwrap();
        assert_eq!(count, expected, "reversals that wait in {range:?}");
    }
}

async fn a_reversal_that_waits_is_not_payable(site: Site) {
    let payable = async || {
        let due = date("9999-12-31");
        let view = site.view().await;
        let rows = view.payable_earnings(due, None, ChunkSize::largest()).await;
        rows.unwrap()
    };
    let waiting = waiting_reversal(2, 1);
    write(&site, vec![in_parts(1, 1, 1, earning(1)), waiting.clone()]).await;
    assert_eq!(payable().await, [], "it waits for the calculation");
    // The calculation posts it.
    let posted = Earning {
        id: EarningId(uuid(3)),
        awaits_calculation: false,
        stamp: stamp_at(2),
        ..waiting
    };
    site.commit(Changes {
        earnings_departed: vec![Departure {
            archive: false,
            ..earning_departure(2)
        }],
        earnings: vec![posted.clone()],
        ..Changes::default()
    })
    .await;
    assert_eq!(payable().await, [posted], "it is posted");
    let view = site.view().await;
    let (ann, range) = ([name("ann")], DateRange::ALWAYS);
    assert_eq!(view.waiting_reversals(&ann, range).await.unwrap(), []);
    assert_eq!(view.waiting_reversal_count(range).await.unwrap(), 0);
}

async fn credits_are_given_by_what_they_were_adjusted_from(site: Site) {
    let from = |number, before| Credit {
        adjusted_from: Some(CreditId(uuid(before))),
        ..credit(number)
    };
    let obsolete = Credit {
        obsolete: Some(adjusted()),
        ..from(5, 2)
    };
    // What was adjusted need not be there; what was adjusted last need not have the highest id.
    let expected = vec![from(3, 90), from(4, 2), obsolete, from(6, 1), from(7, 2)];
    let others = vec![credit(1), credit(2), from(8, 3), from(9, 2), from(10, 1)];
    site.commit(Changes {
        credits: [expected.clone(), others].concat(),
        ..Changes::default()
    })
    .await;
    site.commit(Changes {
        credits_departed: vec![
            credit_departure(9),
            Departure {
                archive: false,
                ..credit_departure(10)
            },
        ],
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let ids = [2, 99, 90, 1, 2].map(|id| CreditId(uuid(id)));
    let read = view.credits_adjusted_from(&ids).await.unwrap();
    check_same(&read, &expected, "credits adjusted from others");
    assert_eq!(view.credits_adjusted_from(&[]).await.unwrap(), []);
}

async fn live_earnings_are_given_by_lineage_obsolete_ones_too(site: Site) {
    let of = |number, lineage, whose: &str| {
        let mut row = earning(number);
        row.key.lineage = Some(LineageId(uuid(lineage)));
        row.key.participant = name(whose);
        row
    };
    let obsolete = |row| Earning {
        obsolete: Some(adjusted()),
        ..row
    };
    let expected = vec![
        of(1, 2, "é"),
        obsolete(in_parts(1, 1, 0, of(2, 1, "ann"))),
        of(3, 1, "ann"),
        obsolete(of(4, 2, "B")),
        obsolete(of(5, 1, "ann")),
    ];
    let reversal = |number, waits| Earning {
        reversal_of: Some(EarningId(uuid(1))),
        awaits_calculation: waits,
        ..of(number, 1, "ann")
    };
    let mut per_interval = earning(6);
    per_interval.key.lineage = None;
    let others = vec![
        per_interval,
        of(7, 3, "ann"),
        reversal(8, true),
        reversal(9, false),
        obsolete(of(10, 1, "ann")),
        obsolete(of(11, 2, "ann")),
    ];
    write(&site, [expected.clone(), others].concat()).await;
    site.commit(Changes {
        earnings_departed: vec![
            earning_departure(10),
            Departure {
                archive: false,
                ..earning_departure(11)
            },
        ],
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let lineages = [2, 1, 99, 2].map(|lineage| LineageId(uuid(lineage)));
    let read = view.earnings_for_lineages(&lineages).await.unwrap();
    check_same(&read, &expected, "live earnings for lineages");
    assert_eq!(view.earnings_for_lineages(&[]).await.unwrap(), []);
}
