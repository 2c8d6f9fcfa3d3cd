//! What went to history: by key, by id, by participant.

use attain_domain::change::{Changes, Departure};
use attain_domain::credit::{Credit, LeftBecause, PastCredit};
use attain_domain::earning::{Earning, PastEarning};
use attain_domain::ids::{CreditId, EarningId, ParticipantId, TransactionId};
use attain_domain::ports::ChunkSize;
use attain_domain::testing::{
    at, credit, credit_departure, date, earning, earning_departure, name, transaction, uuid,
};
use attain_domain::time::DateRange;
use attain_domain::transaction::{PastTransaction, Transaction, TransactionStatus};

use super::{DAYS, ranges};
use crate::case::cases;
use crate::difference::check_same;
use crate::pages::check_list;
use crate::samples::{adjusted, replacement, returned, transaction_departure};
use crate::site::Site;

cases! { "corrections":
    /// CorrectionRepository::past_transactions_of_keys: The transactions of these keys that went
    /// to history, in rising id order.
    past_transactions_are_given_by_key
    /// CorrectionRepository::past_credits_of_keys: The credits of these keys that went to
    /// history, in rising id order.
    past_credits_are_given_by_key
    /// CorrectionRepository::past_credits: The credits of these ids that went to history, in
    /// rising id order.
    past_credits_are_given_by_id
    /// CorrectionRepository::past_earnings_of_participant: The earnings of a participant that
    /// went to history, by earning date, with ids above `after`, in rising id order.
    past_earnings_of_a_participant_are_listed_by_date
}

/// The same, but of no trace.
fn removed<Id>(departure: Departure<Id>) -> Departure<Id> {
    Departure {
        archive: false,
        ..departure
    }
}

async fn past_transactions_are_given_by_key(site: Site) {
    let version = |id, key, status| Transaction {
        id: TransactionId(uuid(id)),
        replaced_by: replacement(&status),
        status,
        ..transaction(key)
    };
    let obsolete = |id, key| version(id, key, TransactionStatus::Obsolete);
    let expected = [obsolete(1, 2), obsolete(2, 1), obsolete(3, 2)];
    let mut rows = expected.to_vec();
    rows.extend([
        obsolete(4, 2),
        obsolete(5, 2),
        obsolete(6, 3),
        version(7, 1, TransactionStatus::New),
        version(8, 2, TransactionStatus::Credited),
        version(9, 3, TransactionStatus::Cancelled),
    ]);
    site.commit(Changes {
        transactions: rows,
        ..Changes::default()
    })
    .await;
    // One of the key is removed, another stays obsolete.
    for departure in [
        transaction_departure(3),
        transaction_departure(2),
        removed(transaction_departure(4)),
        transaction_departure(6),
        transaction_departure(1),
    ] {
        site.commit(Changes {
            transactions_departed: vec![departure],
            ..Changes::default()
        })
        .await;
    }
    let expected = expected.map(|transaction| PastTransaction {
        transaction,
        because: LeftBecause::Adjusted,
        left_at: at(61),
        left_by: name("reverter"),
    });
    let view = site.view().await;
    let keys = [2, 99, 1, 2].map(|number| transaction(number).key);
    let read = view.past_transactions_of_keys(&keys).await.unwrap();
    check_same(&read, &expected, "past transactions");
    assert_eq!(view.past_transactions_of_keys(&[]).await.unwrap(), []);
}

/// Credits of three keys, one of them without a transaction, which depart one by one: the first
/// four to history, the fifth for good; the sixth stays.
async fn write_credits(site: &Site) -> Vec<PastCredit> {
    let of = |number, key| Credit {
        key: credit(key).key,
        ..credit(number)
    };
    let rows = vec![
        of(1, 2),
        Credit {
            obsolete: Some(adjusted()),
            adjusted_from: Some(CreditId(uuid(1))),
            ..of(2, 1)
        },
        of(3, 2),
        Credit {
            transaction: None,
            ..of(4, 3)
        },
        of(5, 2),
        of(6, 2),
    ];
    site.commit(Changes {
        credits: rows.clone(),
        ..Changes::default()
    })
    .await;
    for departure in [
        credit_departure(3),
        credit_departure(1),
        removed(credit_departure(5)),
        credit_departure(4),
        credit_departure(2),
    ] {
        site.commit(Changes {
            credits_departed: vec![departure],
            ..Changes::default()
        })
        .await;
    }
    let past = rows.into_iter().take(4).map(|credit| PastCredit {
        credit,
        because: LeftBecause::Recredited,
        left_at: at(60),
        left_by: name("tester"),
    });
    past.collect()
}

async fn past_credits_are_given_by_key(site: Site) {
    let past = write_credits(&site).await;
    let view = site.view().await;
    let keys = [2, 99, 1, 3, 2].map(|number| credit(number).key);
    let read = view.past_credits_of_keys(&keys).await.unwrap();
    check_same(&read, &past, "past credits");
    let read = view.past_credits_of_keys(&keys[..2]).await.unwrap();
    let of_it = [past[0].clone(), past[2].clone()];
    check_same(&read, &of_it, "past credits of one key");
    assert_eq!(view.past_credits_of_keys(&[]).await.unwrap(), []);
}

async fn past_credits_are_given_by_id(site: Site) {
    let past = write_credits(&site).await;
    let view = site.view().await;
    let ids = [6, 3, 99, 2, 5, 1, 4, 3].map(|id| CreditId(uuid(id)));
    let read = view.past_credits(&ids).await.unwrap();
    check_same(&read, &past, "past credits");
    let read = view.past_credits(&ids[..3]).await.unwrap();
    check_same(&read, &past[2..3], "one past credit");
    assert_eq!(view.past_credits(&[]).await.unwrap(), []);
}

/// Of each participant and day one that goes to history, one that is removed, one that stays, and
/// one that comes back; earlier days have higher ids, so that only the id can give the order.
fn earnings() -> Vec<Earning> {
    let mut rows = Vec::new();
    let mut number = 0;
    for whose in ["B", "ann", "ann b"] {
        for day in DAYS.into_iter().rev() {
            number += 10;
            for more in 0..4 {
                let mut row = earning(number + more);
                row.key.participant = name(whose);
                row.date = date(day);
                rows.push(row);
            }
        }
    }
    rows
}

async fn past_earnings_of_a_participant_are_listed_by_date(site: Site) {
    let rows = earnings();
    site.commit(Changes {
        earnings: rows.clone(),
        ..Changes::default()
    })
    .await;
    let of_kind = |kind: usize| rows.iter().skip(kind).step_by(4);
    let departure = |row: &Earning, archive| Departure {
        id: row.id,
        archive,
        ..earning_departure(1)
    };
    let archived = of_kind(0).chain(of_kind(3)).map(|row| departure(row, true));
    let removed = of_kind(1).map(|row| departure(row, false));
    site.commit(Changes {
        earnings_departed: archived.chain(removed).rev().collect(),
        ..Changes::default()
    })
    .await;
    site.commit(Changes {
        earnings_returned: of_kind(3).map(returned).collect(),
        ..Changes::default()
    })
    .await;
    let past: Vec<PastEarning> = of_kind(0)
        .map(|row| PastEarning {
            earning: row.clone(),
            because: LeftBecause::Recalculated,
            left_at: at(60),
            left_by: name("tester"),
        })
        .collect();
    let view = site.view().await;
    for whose in ["ann", "B", "nobody"] {
        let whose: ParticipantId = name(whose);
        for range in ranges() {
            let expected = past.iter().filter(|past| {
                past.earning.key.participant == whose && range.contains(past.earning.date)
            });
            let expected: Vec<_> = expected.cloned().collect();
            check_list(
                "past earnings",
                &expected,
                |past| past.earning.id,
                async |after, chunk| {
                    let page = view.past_earnings_of_participant(&whose, range, after, chunk);
                    page.await.unwrap()
                },
            )
            .await;
        }
    }
    // A page begins above an id that is not there, too.
    let (ann, chunk) = (name("ann"), ChunkSize::new(1));
    let gone = Some(EarningId(uuid(51)));
    let page = view.past_earnings_of_participant(&ann, DateRange::ALWAYS, gone, chunk);
    let next: Vec<_> = past
        .iter()
        .filter(|past| past.earning.id == EarningId(uuid(60)))
        .collect();
    let page = page.await.unwrap();
    check_same(
        &page.iter().collect::<Vec<_>>(),
        &next,
        "the page above a removed earning",
    );
}
