//! Races: commits that run into each other. Of those that rely on the same fact, one wins.

use std::sync::Arc;

use attain_domain::change::{ChangeSet, Changes, Claim, DefinitionsMark, Guard};
use attain_domain::definition::{Definition, DefinitionKind};
use attain_domain::earning::{Earning, EarningPayment, Instalments};
use attain_domain::ids::{BatchId, EarningId, PaysheetId, RunId, TransactionId};
use attain_domain::payment::{PaymentBatch, Paysheet};
use attain_domain::ports::{ChunkSize, CommitError, Store};
use attain_domain::run::Change;
use attain_domain::stamp::{Stamp, Version};
use attain_domain::testing::{
    activity, at, batch, calendar, change_for, credit, date, earning, name, participant, paysheet,
    plan, put, request, run, stamp_at, team, transaction, uuid,
};
use attain_domain::time::DateRange;
use attain_domain::transaction::Transaction;
use futures::future::join_all;

use crate::case::cases;
use crate::samples::january;
use crate::site::Site;

cases! { "races":
    /// Guard: If it no longer holds, nothing of the change is applied.
    of_many_on_one_version_one_wins
    /// Guard: If it no longer holds, nothing of the change is applied.
    of_many_on_an_absent_definition_one_wins
    /// Guard::DefinitionsUnchanged: No definition of the workspace was written or deleted since
    /// the mark was read.
    of_many_on_one_state_of_all_definitions_one_wins
    /// Guard: If it no longer holds, nothing of the change is applied.
    of_many_on_one_free_key_one_wins
    /// Store::commit: Behind the guards there is a second lock.
    of_many_without_a_guard_the_second_lock_lets_one_win
    /// Guard::NoRunOverlaps: No other run whose lease holds at this instant (it ends after it),
    /// and which has not ended, overlaps the dates.
    of_many_runs_over_the_same_dates_one_begins
    /// Changes::earnings_paid: A row that is not at the version read fails the whole commit as
    /// `Guard::EarningAt`.
    of_many_that_pay_one_earning_one_wins
    /// Store::commit: A request that the set names and that was carried out before fails the
    /// commit with `CommitError::RequestSeen`, before any guard is looked at.
    of_many_with_one_request_one_is_carried_out
    /// Store::create_workspace: Makes a workspace; `Ok(false)` when it exists already.
    of_many_that_make_one_workspace_one_makes_it
    /// Store::commit: Between different kinds of records nothing is checked: that a credit's
    /// transaction exists, say, is up to the guards.
    those_that_have_nothing_in_common_all_arrive
    /// Claim: Moves entries to a run's own list: those that stand in the change log now, and
    /// those left on the lists of runs that have ended.
    every_entry_is_claimed_by_one_run
    /// Store::commit: Applies everything or nothing, after checking every guard in the set.
    commits_are_seen_whole
}

pub(super) const RACERS: u64 = 12;
/// A store may send a racer back as often as it likes, but not forever.
const TRIES_MAX: u32 = 10_000;

/// Commits until the store knows; being in each other's way is no answer.
async fn commit_stubbornly(store: &dyn Store, set: ChangeSet) -> Result<(), CommitError> {
    let mut tries = 0;
    loop {
        let outcome = store.commit(set.clone()).await;
        tries += 1;
        match &outcome {
            Err(CommitError::Store(error)) if error.is_retryable() && tries < TRIES_MAX => {
                tokio::task::yield_now().await;
            }
            _ => return outcome,
        }
    }
}

/// All at once; the numbers of those that were applied.
pub(super) async fn race(site: &Site, make: impl Fn(u64) -> ChangeSet) -> Vec<u64> {
    let sets: Vec<_> = (1..=RACERS).map(|number| (number, make(number))).collect();
    sets.iter().for_each(|(_, set)| site.note(set));
    let racers = sets.into_iter().map(|(number, set)| {
        let store = Arc::clone(&site.store);
        let racer = async move { (number, commit_stubbornly(&*store, set).await) };
        tokio::spawn(racer)
    });
    let outcomes = join_all(racers).await;
    let mut winners = Vec::new();
    for outcome in outcomes {
        let (number, outcome) = outcome.expect("a racer does not panic");
        match outcome {
            Ok(()) => winners.push(number),
            Err(CommitError::GuardFailed(_) | CommitError::RequestSeen(_)) => {}
            Err(CommitError::Store(error)) => panic!("racer {number} failed: {error:?}"),
        }
    }
    winners
}

/// One is applied, and of the others nothing.
pub(super) async fn check_one_wins(site: &Site, make: impl Fn(u64) -> ChangeSet) -> u64 {
    let logged = |mut set: ChangeSet, number| {
        set.changes.activities.push(activity(1_000 + number));
        set
    };
    let winners = race(site, |number| logged(make(number), number)).await;
    assert_eq!(winners.len(), 1, "the winners are {winners:?}");
    let view = site.view().await;
    let log = view
        .activities_after(None, ChunkSize::largest())
        .await
        .unwrap();
    let log: Vec<_> = log.iter().map(|entry| entry.id).collect();
    assert_eq!(
        log,
        [activity(1_000 + winners[0]).id],
        "one commit left a trace"
    );
    winners[0]
}

async fn of_many_on_one_version_one_wins(site: Site) {
    let reps = |version| put(Definition::Plan(plan("reps")), version);
    site.commit(Changes {
        definitions: vec![reps(1)],
        ..Changes::default()
    })
    .await;
    let guard = Guard::DefinitionAt(DefinitionKind::Plan, name("reps"), Version(1));
    check_one_wins(&site, |_| {
        let changes = Changes {
            definitions: vec![reps(2)],
            ..Changes::default()
        };
        site.set(vec![guard.clone()], changes)
    })
    .await;
    let view = site.view().await;
    let highest = view
        .definition_version(DefinitionKind::Plan, &name("reps"))
        .await
        .unwrap();
    assert_eq!(highest, 2);
}

async fn of_many_on_an_absent_definition_one_wins(site: Site) {
    // What they write has nothing in common; only the guard stands between them.
    let guard = Guard::DefinitionAbsent(DefinitionKind::Plan, name("reps"));
    check_one_wins(&site, |_| {
        let changes = Changes {
            definitions: vec![put(Definition::Plan(plan("reps")), 1)],
            ..Changes::default()
        };
        site.set(vec![guard.clone()], changes)
    })
    .await;
}

async fn of_many_on_one_state_of_all_definitions_one_wins(site: Site) {
    check_one_wins(&site, |number| {
        let body = Definition::Participant(participant(&format!("participant {number}")));
        let changes = Changes {
            definitions: vec![put(body, 1)],
            ..Changes::default()
        };
        let guard = Guard::DefinitionsUnchanged(DefinitionsMark(0));
        site.set(vec![guard], changes)
    })
    .await;
    let mark = site.view().await.definitions_mark().await.unwrap();
    assert_eq!(mark, DefinitionsMark(1));
}

fn of_key_1(id: u64) -> Transaction {
    Transaction {
        id: TransactionId(uuid(id)),
        ..transaction(1)
    }
}

async fn of_many_on_one_free_key_one_wins(site: Site) {
    let winner = check_one_wins(&site, |number| {
        let changes = Changes {
            transactions: vec![of_key_1(number)],
            ..Changes::default()
        };
        let guard = Guard::TransactionKeyFree(transaction(1).key);
        site.set(vec![guard], changes)
    })
    .await;
    let read = site
        .view()
        .await
        .transactions_by_key(&[transaction(1).key])
        .await
        .unwrap();
    assert_eq!(read, [of_key_1(winner)]);
}

async fn of_many_without_a_guard_the_second_lock_lets_one_win(site: Site) {
    let earning_of_key_1 = |id: u64| Earning {
        id: EarningId(uuid(id)),
        ..earning(1)
    };
    let sets = (1..=RACERS).map(|number| {
        let changes = Changes {
            transactions: vec![of_key_1(number)],
            earnings: vec![earning_of_key_1(number)],
            ..Changes::default()
        };
        site.set(Vec::new(), changes)
    });
    let racers = sets.map(|set| {
        let store = Arc::clone(&site.store);
        site.note(&set);
        // A conflict is an answer here: the key stays taken. Being too busy is none.
        tokio::spawn(async move {
            for _ in 0..TRIES_MAX {
                match store.commit(set.clone()).await {
                    Ok(()) => return true,
                    Err(CommitError::Store(error)) if error.is_retryable() => {
                        let seen = store.snapshot(&set.workspace).await.expect("opens a view");
                        let taken = seen.transactions_by_key(&[transaction(1).key]).await;
                        if !taken.expect("reads").is_empty() {
                            return false;
                        }
                    }
                    Err(other) => panic!("a racer failed: {other:?}"),
                }
            }
            panic!("a racer never came through")
        })
    });
    let racers: Vec<_> = racers.collect();
    let won = join_all(racers)
        .await
        .into_iter()
        .filter(|won| *won.as_ref().unwrap())
        .count();
    assert_eq!(won, 1);
    let view = site.view().await;
    let ids: Vec<_> = (1..=RACERS).map(|number| EarningId(uuid(number))).collect();
    assert_eq!(view.earnings_by_id(&ids).await.unwrap().len(), 1);
}

async fn of_many_runs_over_the_same_dates_one_begins(site: Site) {
    let winner = check_one_wins(&site, |number| {
        let changes = Changes {
            runs: vec![run(number)],
            ..Changes::default()
        };
        let guard = Guard::NoRunOverlaps {
            except: RunId(uuid(number)),
            range: january(),
            at: at(0),
        };
        site.set(vec![guard], changes)
    })
    .await;
    assert_eq!(site.view().await.runs_open().await.unwrap(), [run(winner)]);
}

async fn of_many_that_pay_one_earning_one_wins(site: Site) {
    site.commit(Changes {
        earnings: vec![earning(1)],
        ..Changes::default()
    })
    .await;
    check_one_wins(&site, |number| {
        let paid = EarningPayment {
            id: EarningId(uuid(1)),
            version_read: Version(1),
            instalments: Instalments {
                taken: 1,
                ..Instalments::at_once(date("2026-01-15"))
            },
            stamp: Stamp {
                actor: name(&format!("payer {number}")),
                ..stamp_at(2)
            },
        };
        let changes = Changes {
            earnings_paid: vec![paid],
            ..Changes::default()
        };
        site.set(Vec::new(), changes)
    })
    .await;
}

async fn of_many_with_one_request_one_is_carried_out(site: Site) {
    check_one_wins(&site, |number| {
        let changes = Changes {
            credits: vec![credit(number)],
            ..Changes::default()
        };
        ChangeSet {
            request: Some(request("once")),
            ..site.set(Vec::new(), changes)
        }
    })
    .await;
}

async fn of_many_that_make_one_workspace_one_makes_it(site: Site) {
    let racers = (1..=RACERS).map(|_| {
        let store = Arc::clone(&site.store);
        tokio::spawn(async move {
            for _ in 0..TRIES_MAX {
                match store.create_workspace(&name("contested"), at(0)).await {
                    Ok(is_new) => return is_new,
                    Err(error) if error.is_retryable() => tokio::task::yield_now().await,
                    Err(error) => panic!("a racer failed: {error:?}"),
                }
            }
            panic!("a racer never came through")
        })
    });
    let racers: Vec<_> = racers.collect();
    let makers = join_all(racers)
        .await
        .into_iter()
        .filter(|made| *made.as_ref().unwrap());
    assert_eq!(makers.count(), 1);
}

async fn those_that_have_nothing_in_common_all_arrive(site: Site) {
    let arrived = race(&site, |number| {
        let changes = Changes {
            definitions: vec![put(Definition::Team(team(&format!("team {number}"))), 1)],
            transactions: vec![transaction(number)],
            credits: vec![credit(number)],
            earnings: vec![earning(number)],
            runs: vec![run(number)],
            changed: vec![change_for("2026-01", &format!("participant {number}"))],
            activities: vec![activity(number)],
            ..Changes::default()
        };
        let guard = Guard::TransactionKeyFree(transaction(number).key);
        site.set(vec![guard, Guard::WorkspaceExists], changes)
    })
    .await;
    assert_eq!(arrived, (1..=RACERS).collect::<Vec<_>>());
    let view = site.view().await;
    assert_eq!(
        view.definitions_mark().await.unwrap(),
        DefinitionsMark(RACERS)
    );
    let chunk = ChunkSize::largest();
    let all = u64::try_from(view.activities_after(None, chunk).await.unwrap().len()).unwrap();
    let open = u64::try_from(view.runs_open().await.unwrap().len()).unwrap();
    assert_eq!((all, open), (RACERS, RACERS));
}

async fn every_entry_is_claimed_by_one_run(site: Site) {
    site.commit(Changes {
        definitions: vec![put(Definition::Calendar(calendar()), 1)],
        ..Changes::default()
    })
    .await;
    let logged = |number| change_for("2026-01", &format!("participant {number}"));
    race(&site, |number| {
        let claim = Claim {
            run: RunId(uuid(number)),
            range: DateRange::ALWAYS,
        };
        let changes = match number % 2 {
            0 => Changes {
                claims: vec![claim],
                ..Changes::default()
            },
            _ => Changes {
                changed: vec![logged(number)],
                ..Changes::default()
            },
        };
        site.set(Vec::new(), changes)
    })
    .await;
    let (view, chunk) = (site.view().await, ChunkSize::largest());
    let mut entries = view
        .changes_after(&[name("2026-01")], None, chunk)
        .await
        .unwrap();
    for number in 1..=RACERS {
        let run = RunId(uuid(number));
        entries.extend(view.claimed_after(run, None, chunk).await.unwrap());
    }
    entries.sort();
    let mut expected: Vec<Change> = (1..=RACERS).step_by(2).map(logged).collect();
    expected.sort();
    assert_eq!(entries, expected, "neither lost nor claimed twice");
}

/// Writes a batch and its sheet together, again and again.
async fn write_pairs(store: Arc<dyn Store>, workspace: attain_domain::ids::WorkspaceId, last: u32) {
    for version in 2..=last {
        let set = ChangeSet {
            guards: vec![Guard::BatchAt(BatchId(uuid(1)), Version(version - 1))],
            changes: pair(version),
            ..ChangeSet::new(workspace.clone())
        };
        commit_stubbornly(&*store, set)
            .await
            .expect("the only writer");
    }
}

fn pair(version: u32) -> Changes {
    let stamp = || stamp_at(version);
    Changes {
        batches: vec![PaymentBatch {
            stamp: stamp(),
            ..batch(1)
        }],
        paysheets: vec![Paysheet {
            stamp: stamp(),
            ..paysheet(1)
        }],
        ..Changes::default()
    }
}

async fn commits_are_seen_whole(site: Site) {
    const LAST: u32 = 40;
    site.commit(pair(1)).await;
    let (store, workspace) = (Arc::clone(&site.store), site.workspace.clone());
    let writer = tokio::spawn(write_pairs(store, workspace, LAST));
    let mut newest = Version(0);
    while newest < Version(LAST) {
        let view = site.view().await;
        let sheet = view.paysheet(PaysheetId(uuid(1))).await.unwrap().unwrap();
        tokio::task::yield_now().await;
        let batch = view.batch(BatchId(uuid(1))).await.unwrap().unwrap();
        let (sheet, batch) = (sheet.stamp.version, batch.stamp.version);
        assert_eq!(sheet, batch, "half of a commit is seen");
        assert!(newest <= batch, "a later view is older");
        newest = batch;
        if writer.is_finished() && newest < Version(LAST) {
            let last = site
                .view()
                .await
                .batch(BatchId(uuid(1)))
                .await
                .unwrap()
                .unwrap();
            assert_eq!(last.stamp.version, Version(LAST), "the writer has finished");
        }
    }
    writer.await.expect("the writer does not panic");
}
