//! Earnings that come back from history.

use std::sync::Arc;

use attain_domain::change::{ChangeSet, Changes, Departure, EarningFacts, Guard, Obsoletion};
use attain_domain::credit::LeftBecause;
use attain_domain::earning::{Earning, EarningKey, PastEarning};
use attain_domain::ids::EarningId;
use attain_domain::ports::{ChunkSize, CommitError, Store};
use attain_domain::stamp::Version;
use attain_domain::testing::{
    activity, at, date, earning, earning_departure, name, stamp_at, uuid,
};
use attain_domain::time::DateRange;
use futures::future::join_all;

use super::in_parts;
use crate::case::cases;
use crate::difference::check_same;
use crate::samples::{adjusted, returned, waiting_reversal};
use crate::site::Site;

cases! { "corrections":
    /// Changes::earnings_returned: Earnings that come back from history, without their obsolete
    /// mark: what was taken back is earned again. Their facts are as named here.
    an_earning_comes_back_as_it_was_without_its_mark_and_with_other_facts
    /// Changes::earnings_returned: Earnings that come back from history, without their obsolete
    /// mark
    an_earning_that_came_back_is_in_every_live_list_and_not_in_history
    /// Changes::earnings_returned: Earnings that come back from history, without their obsolete
    /// mark
    an_earning_leaves_and_comes_back_as_often_as_it_is_told
    /// Changes: Lists are applied in the order of the fields: what leaves first, what comes later
    an_earning_comes_back_in_the_commit_that_takes_out_what_was_in_its_place
    /// Store::commit: if a row that it takes out or changes is not there
    what_is_not_in_history_does_not_come_back
    /// Store::commit: if a key would have two live transactions or two current earnings in the
    /// end.
    an_earning_comes_back_only_where_its_key_is_free
    "races":
    /// Store::commit: Behind the guards there is a second lock.
    of_many_that_bring_one_earning_back_one_wins
}

const RACERS: u64 = 12;
/// A store may send a racer back as often as it likes, but not forever.
const TRIES_MAX: u32 = 10_000;

async fn write(site: &Site, earnings: Vec<Earning>) {
    site.commit(Changes {
        earnings,
        ..Changes::default()
    })
    .await;
}

async fn depart(site: &Site, numbers: &[u64]) {
    let departed = numbers.iter().map(|number| earning_departure(*number));
    site.commit(Changes {
        earnings_departed: departed.collect(),
        ..Changes::default()
    })
    .await;
}

fn give_back(returned: Vec<EarningFacts>) -> Changes {
    Changes {
        earnings_returned: returned,
        ..Changes::default()
    }
}

/// A row as it comes back with [`returned`] facts.
fn back(row: &Earning) -> Earning {
    let EarningFacts {
        id,
        credit,
        transaction,
        calculation,
        period,
        date,
        trace,
        stamp,
    } = returned(row);
    Earning {
        id,
        credit,
        transaction,
        calculation,
        period,
        date,
        trace,
        stamp,
        obsolete: None,
        ..row.clone()
    }
}

/// An earning like another, of the same key.
fn of_key(id: u64, key: &EarningKey) -> Earning {
    Earning {
        key: key.clone(),
        ..earning(id)
    }
}

async fn an_earning_comes_back_as_it_was_without_its_mark_and_with_other_facts(site: Site) {
    let mut per_interval = in_parts(12, 5, 5, earning(2));
    per_interval.key.lineage = None;
    let marked = Earning {
        obsolete: Some(adjusted()),
        ..in_parts(1, 1, 1, earning(1))
    };
    let posted = Earning {
        awaits_calculation: false,
        ..waiting_reversal(3, 1)
    };
    let rows = [marked, per_interval, posted, waiting_reversal(4, 2)];
    write(&site, rows.to_vec()).await;
    depart(&site, &[1, 2, 3, 4]).await;
    site.commit(give_back(rows.iter().rev().map(returned).collect()))
        .await;
    let ids = rows.clone().map(|row| row.id);
    let read = site.view().await.earnings_by_id(&ids).await.unwrap();
    let expected = rows.each_ref().map(back);
    check_same(&read, &expected, "earnings that came back");
    // Without facts, too.
    depart(&site, &[1]).await;
    let bare = EarningFacts {
        credit: None,
        transaction: None,
        ..returned(&rows[0])
    };
    site.commit(give_back(vec![bare])).await;
    let read = site.view().await.earnings_by_id(&ids[..1]).await.unwrap();
    let expected = Earning {
        credit: None,
        transaction: None,
        ..back(&rows[0])
    };
    check_same(&read, &[expected], "an earning without a credit");
}

async fn an_earning_that_came_back_is_in_every_live_list_and_not_in_history(site: Site) {
    let row = in_parts(2, 1, 1, earning(1));
    let marked = Earning {
        obsolete: Some(adjusted()),
        ..row.clone()
    };
    write(&site, vec![marked]).await;
    depart(&site, &[1]).await;
    site.commit(give_back(vec![returned(&row)])).await;
    let view = site.view().await;
    let (ann, range, chunk) = ([name("ann")], DateRange::ALWAYS, ChunkSize::largest());
    let (ids, lineages) = ([row.id], [row.key.lineage.unwrap()]);
    let past = view.past_earnings(&ids).await.unwrap();
    assert_eq!(past, [], "it left the history");
    let past = view.past_earnings_of_participant(&ann[0], range, None, chunk);
    assert_eq!(
        past.await.unwrap(),
        [],
        "it left the history of its participant"
    );
    let obsolete = view.obsolete_earnings(range, None, chunk).await.unwrap();
    assert_eq!(obsolete, [], "its mark is gone");
    let due = date("9999-12-31");
    for (list, read) in [
        ("by id", view.earnings_by_id(&ids).await),
        (
            "of all",
            view.earnings_after(None, range, None, chunk).await,
        ),
        (
            "of a participant",
            view.earnings_after(Some(&ann[0]), range, None, chunk).await,
        ),
        (
            "current ones",
            view.current_earnings(&ann, range, None, chunk).await,
        ),
        (
            "of lineages",
            view.earnings_of_lineages(&ann, &lineages).await,
        ),
        ("for lineages", view.earnings_for_lineages(&lineages).await),
        (
            "payable ones",
            view.payable_earnings(due, None, chunk).await,
        ),
    ] {
        check_same(&read.unwrap(), &[back(&row)], list);
    }
    let there = Guard::EarningAt(row.id, Version(3));
    let something = Changes {
        activities: vec![activity(91)],
        ..Changes::default()
    };
    site.commit_guarded(vec![there], something).await;
}

async fn an_earning_leaves_and_comes_back_as_often_as_it_is_told(site: Site) {
    let row = earning(1);
    write(&site, vec![row.clone()]).await;
    depart(&site, &[1]).await;
    site.commit(give_back(vec![returned(&row)])).await;
    site.commit(Changes {
        earnings_obsoleted: vec![Obsoletion {
            id: row.id,
            mark: adjusted(),
            stamp: stamp_at(4),
        }],
        ..Changes::default()
    })
    .await;
    site.commit(Changes {
        earnings_departed: vec![Departure {
            id: row.id,
            because: LeftBecause::Cancelled,
            archive: true,
            at: at(77),
            actor: name("somebody else"),
        }],
        ..Changes::default()
    })
    .await;
    let past = PastEarning {
        earning: Earning {
            obsolete: Some(adjusted()),
            stamp: stamp_at(4),
            ..back(&row)
        },
        because: LeftBecause::Cancelled,
        left_at: at(77),
        left_by: name("somebody else"),
    };
    let read = site.view().await.past_earnings(&[row.id]).await.unwrap();
    check_same(&read, &[past], "the second time in history");
    site.commit(give_back(vec![returned(&row)])).await;
    let read = site.view().await.earnings_by_id(&[row.id]).await.unwrap();
    check_same(&read, &[back(&row)], "the second time back");
}

async fn an_earning_comes_back_in_the_commit_that_takes_out_what_was_in_its_place(site: Site) {
    let row = earning(1);
    write(&site, vec![row.clone()]).await;
    depart(&site, &[1]).await;
    let instead = of_key(2, &row.key);
    write(&site, vec![instead.clone(), waiting_reversal(3, 1)]).await;
    site.commit(Changes {
        earnings_departed: vec![
            earning_departure(2),
            Departure {
                archive: false,
                ..earning_departure(3)
            },
        ],
        ..give_back(vec![returned(&row)])
    })
    .await;
    let view = site.view().await;
    let (range, chunk) = (DateRange::ALWAYS, ChunkSize::largest());
    let live = view.earnings_after(None, range, None, chunk).await.unwrap();
    check_same(&live, &[back(&row)], "live earnings");
    let ids = [1, 2, 3].map(|id| EarningId(uuid(id)));
    let past = view.past_earnings(&ids).await.unwrap();
    let past: Vec<_> = past.into_iter().map(|past| past.earning).collect();
    check_same(&past, &[instead], "past earnings");
}

async fn what_is_not_in_history_does_not_come_back(site: Site) {
    write(&site, [1, 2, 3, 4].map(earning).to_vec()).await;
    let removed = Departure {
        archive: false,
        ..earning_departure(2)
    };
    site.commit(Changes {
        earnings_departed: vec![earning_departure(1), removed, earning_departure(4)],
        ..Changes::default()
    })
    .await;
    // Under the id of one in history stands another.
    let other = of_key(4, &earning(5).key);
    write(&site, vec![other]).await;
    let facts = |number| returned(&earning(number));
    for (why, returned) in [
        ("one that never was", vec![facts(99)]),
        ("one that is live", vec![facts(3)]),
        ("one that was removed", vec![facts(2)]),
        ("one of several that never was", vec![facts(1), facts(99)]),
        ("the same twice", vec![facts(1), facts(1)]),
        ("one whose id is live", vec![facts(4)]),
    ] {
        site.check_conflicts(give_back(returned), why).await;
    }
    let beside = site.beside("acme ltd").await;
    let why = "one that is in the history of another workspace";
    beside.check_conflicts(give_back(vec![facts(1)]), why).await;
    site.commit(give_back(vec![facts(1)])).await;
    let why = "one that came back already";
    site.check_conflicts(give_back(vec![facts(1)]), why).await;
}

async fn an_earning_comes_back_only_where_its_key_is_free(site: Site) {
    let mut per_interval = earning(5);
    per_interval.key.lineage = None;
    let key = earning(1).key;
    write(&site, vec![earning(1), per_interval.clone()]).await;
    depart(&site, &[1, 5]).await;
    write(&site, vec![of_key(2, &key), of_key(6, &per_interval.key)]).await;
    let facts = |number| returned(&earning(number));
    for (why, returned) in [
        ("a second current one for a credit", vec![facts(1)]),
        ("a second current one for an interval", vec![facts(5)]),
    ] {
        site.check_conflicts(give_back(returned), why).await;
    }
    depart(&site, &[2]).await;
    let both = give_back(vec![facts(1), facts(2)]);
    site.check_conflicts(both, "two at once").await;
    let and_new = Changes {
        earnings: vec![of_key(7, &key)],
        ..give_back(vec![facts(1)])
    };
    site.check_conflicts(and_new, "one that returns and a new one")
        .await;
    // Neither what is obsolete nor reversals count.
    let obsolete = Earning {
        obsolete: Some(adjusted()),
        ..of_key(8, &key)
    };
    write(&site, vec![obsolete, waiting_reversal(9, 1)]).await;
    site.commit(give_back(vec![facts(1)])).await;
    let view = site.view().await;
    let (ann, range, chunk) = ([name("ann")], DateRange::ALWAYS, ChunkSize::largest());
    let current = view.current_earnings(&ann, range, None, chunk).await;
    let ids: Vec<_> = current.unwrap().iter().map(|row| row.id).collect();
    // It came back with a later date.
    assert_eq!(ids, [6, 1].map(|id| EarningId(uuid(id))));
}

/// True if it was this set that brought earning 1 back. Once it is live, a conflict is an answer;
/// being too busy is none.
async fn brings_back(store: &dyn Store, set: ChangeSet) -> bool {
    for _ in 0..TRIES_MAX {
        match store.commit(set.clone()).await {
            Ok(()) => return true,
            Err(CommitError::Store(error)) if error.is_retryable() => {
                let seen = store.snapshot(&set.workspace).await.expect("opens a view");
                let live = seen.earnings_by_id(&[earning(1).id]).await;
                if !live.expect("reads").is_empty() {
                    return false;
                }
                tokio::task::yield_now().await;
            }
            Err(other) => panic!("a racer failed: {other:?}"),
        }
    }
    panic!("a racer never came through")
}

async fn of_many_that_bring_one_earning_back_one_wins(site: Site) {
    write(&site, vec![earning(1)]).await;
    depart(&site, &[1]).await;
    let racers = (1..=RACERS).map(|number| {
        let changes = Changes {
            activities: vec![activity(number)],
            ..give_back(vec![returned(&earning(1))])
        };
        let (set, store) = (site.set(Vec::new(), changes), Arc::clone(&site.store));
        tokio::spawn(async move { brings_back(&*store, set).await })
    });
    let racers: Vec<_> = racers.collect();
    let outcomes = join_all(racers).await;
    let won = outcomes.into_iter().filter(|won| *won.as_ref().unwrap());
    assert_eq!(won.count(), 1, "one brings it back");
    let view = site.view().await;
    let log = view.activities_after(None, ChunkSize::largest()).await;
    assert_eq!(log.unwrap().len(), 1, "one commit left a trace");
    let live = view.earnings_by_id(&[earning(1).id]).await.unwrap();
    check_same(&live, &[back(&earning(1))], "the earning");
}
