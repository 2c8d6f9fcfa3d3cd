//! Rows that leave: to history, or for good.

use attain_domain::change::{Changes, Departure};
use attain_domain::credit::{Credit, LeftBecause, PastCredit};
use attain_domain::earning::{Earning, PastEarning};
use attain_domain::ids::{CreditId, EarningId, TransactionId};
use attain_domain::ports::ChunkSize;
use attain_domain::testing::{
    at, credit, credit_departure, date, earning, earning_departure, name, obsolete, uuid,
};
use attain_domain::time::DateRange;

use crate::case::cases;
use crate::difference::check_same;
use crate::samples::adjusted;
use crate::site::Site;

cases! { "history_moves":
    /// EarningRepository::past_earnings: The earnings of these ids that went to history, in
    /// rising id order.
    archived_earnings_are_kept_as_they_were
    /// CorrectionRepository::past_credits: The credits of these ids that went to history, in
    /// rising id order.
    archived_credits_are_kept_as_they_were
    /// Departure::archive: Whether it goes to history; else it is removed.
    earnings_that_are_not_archived_leave_no_trace
    /// Departure: A row that leaves its live table.
    what_departs_is_in_no_live_list
    /// EarningRepository::past_earnings: The earnings of these ids that went to history, in
    /// rising id order.
    past_earnings_are_given_in_order_by_id
}

fn departure(number: u64, archive: bool) -> Departure<EarningId> {
    Departure {
        id: EarningId(uuid(number)),
        because: LeftBecause::CalculationDeleted,
        archive,
        at: at(77),
        actor: name("somebody else"),
    }
}

async fn archived_earnings_are_kept_as_they_were(site: Site) {
    let marked = Earning {
        obsolete: Some(obsolete()),
        ..earning(2)
    };
    let reversal = Earning {
        reversal_of: Some(EarningId(uuid(2))),
        ..earning(3)
    };
    let rows = vec![earning(1), marked, reversal];
    site.commit(Changes {
        earnings: rows.clone(),
        ..Changes::default()
    })
    .await;
    site.commit(Changes {
        earnings_departed: (1..=3).map(|number| departure(number, true)).collect(),
        ..Changes::default()
    })
    .await;
    let past = rows.iter().cloned().map(|earning| PastEarning {
        earning,
        because: LeftBecause::CalculationDeleted,
        left_at: at(77),
        left_by: name("somebody else"),
    });
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let read = site.view().await.past_earnings(&ids).await.unwrap();
    check_same(&read, &past.collect::<Vec<_>>(), "past earnings");
}

async fn archived_credits_are_kept_as_they_were(site: Site) {
    let marked = Credit {
        obsolete: Some(adjusted()),
        ..credit(2)
    };
    let adjusted = Credit {
        adjusted_from: Some(CreditId(uuid(2))),
        ..credit(3)
    };
    let rows = vec![credit(1), marked, adjusted];
    site.commit(Changes {
        credits: rows.clone(),
        ..Changes::default()
    })
    .await;
    let departed = rows.iter().map(|row| Departure {
        id: row.id,
        because: LeftBecause::Adjusted,
        archive: true,
        at: at(77),
        actor: name("somebody else"),
    });
    site.commit(Changes {
        credits_departed: departed.rev().collect(),
        ..Changes::default()
    })
    .await;
    let past = rows.iter().cloned().map(|credit| PastCredit {
        credit,
        because: LeftBecause::Adjusted,
        left_at: at(77),
        left_by: name("somebody else"),
    });
    let past: Vec<PastCredit> = past.collect();
    let (ids, keys): (Vec<_>, Vec<_>) = rows.iter().map(|row| (row.id, row.key.clone())).unzip();
    let view = site.view().await;
    let read = view.past_credits(&ids).await.unwrap();
    check_same(&read, &past, "past credits");
    let read = view.past_credits_of_keys(&keys).await.unwrap();
    check_same(&read, &past, "past credits of their keys");
}

async fn earnings_that_are_not_archived_leave_no_trace(site: Site) {
    site.commit(Changes {
        earnings: vec![earning(1), earning(2)],
        credits: vec![credit(1), credit(2)],
        ..Changes::default()
    })
    .await;
    let mut credit_removed = credit_departure(1);
    credit_removed.archive = false;
    site.commit(Changes {
        earnings_departed: vec![departure(1, false)],
        credits_departed: vec![credit_removed],
        ..Changes::default()
    })
    .await;
    let beside = site.beside("beside").await;
    beside
        .commit(Changes {
            earnings: vec![earning(2)],
            credits: vec![credit(2)],
            ..Changes::default()
        })
        .await;
    let all = Changes {
        earnings: vec![earning(1), earning(2)],
        credits: vec![credit(1), credit(2)],
        ..Changes::default()
    };
    beside.note(&site.set(Vec::new(), all));
    let is = site.everything().await;
    is.check_equal(&beside.everything().await, "as if it had never been");
}

async fn what_departs_is_in_no_live_list(site: Site) {
    // Archived in the last round: what went to history does not come back under its id.
    for archive in [false, true] {
        site.commit(Changes {
            credits: vec![credit(1), credit(2)],
            earnings: vec![earning(1), earning(2)],
            ..Changes::default()
        })
        .await;
        let mut credits_departed = vec![credit_departure(1), credit_departure(2)];
        credits_departed
            .iter_mut()
            .for_each(|row| row.archive = archive);
        site.commit(Changes {
            credits_departed,
            earnings_departed: vec![departure(1, archive), departure(2, archive)],
            ..Changes::default()
        })
        .await;
        check_nothing_is_live(&site).await;
    }
}

async fn check_nothing_is_live(site: &Site) {
    let view = site.view().await;
    let (ann, range, chunk) = ([name("ann")], DateRange::ALWAYS, ChunkSize::largest());
    let (credits, earnings) = ([1, 2].map(uuid), [1, 2].map(uuid));
    let (credits, transactions) = (credits.map(CreditId), credits.map(TransactionId));
    let lineages = [1, 2].map(|number| credit(number).lineage);
    let mut live = Vec::new();
    live.push(view.credits_by_id(&credits).await.unwrap().len());
    live.push(
        view.credits_of_transactions(&transactions)
            .await
            .unwrap()
            .len(),
    );
    live.push(
        view.credits_of_participants(&ann, range, None, chunk)
            .await
            .unwrap()
            .len(),
    );
    live.push(
        view.earnings_by_id(&earnings.map(EarningId))
            .await
            .unwrap()
            .len(),
    );
    live.push(
        view.earnings_of_lineages(&ann, &lineages)
            .await
            .unwrap()
            .len(),
    );
    live.push(
        view.current_earnings(&ann, range, None, chunk)
            .await
            .unwrap()
            .len(),
    );
    live.push(
        view.earnings_after(None, range, None, chunk)
            .await
            .unwrap()
            .len(),
    );
    let payable = view
        .payable_earnings(date("9999-12-31"), None, chunk)
        .await
        .unwrap();
    live.push(payable.len());
    let rows = view.earnings_for_lineages(&lineages).await.unwrap();
    live.push(rows.len());
    assert_eq!(live, [0; 9]);
}

async fn past_earnings_are_given_in_order_by_id(site: Site) {
    site.commit(Changes {
        earnings: (1..=5).map(earning).collect(),
        ..Changes::default()
    })
    .await;
    for number in [4, 1, 3] {
        site.commit(Changes {
            earnings_departed: vec![earning_departure(number)],
            ..Changes::default()
        })
        .await;
    }
    let ids = [5, 4, 3, 99, 1, 4].map(|number| EarningId(uuid(number)));
    let past = site.view().await.past_earnings(&ids).await.unwrap();
    let past: Vec<_> = past.into_iter().map(|past| past.earning).collect();
    check_same(&past, &[1, 3, 4].map(earning), "past earnings");
}
