//! Random scripts: commits drawn from a seed, applied to the store and to the memory store. Whatever
//! can be read must be the same after each of them, and in views that are some commits old.

mod calculated;
pub(super) mod draft;
mod paid;
mod processed;
mod rewarded;
mod sold;

use std::env;
use std::str::FromStr;

use attain_domain::change::{ChangeSet, Guard};
use attain_domain::ids::RequestId;
use attain_domain::ports::{ChunkSize, CommitError, Snapshot, Store, StoreErrorKind};
use attain_domain::testing::at;
use attain_memory::MemoryStore;

use self::draft::Script;
use crate::case::{Case, Ended};
use crate::dice::Dice;
use crate::everything::Everything;
use crate::known::Known;
use crate::pages::CHUNKS;
use crate::site::Site;

const SCRIPTS: &str = "ATTAIN_CONFORMANCE_SCRIPTS";
const SEED: &str = "ATTAIN_CONFORMANCE_SEED";
const SCRIPTS_IF_NOT_SET: u64 = 8;
const COMMITS: u32 = 24;
const PROMISE: &str =
    "Store::commit: Applies everything or nothing, after checking every guard in the set.";
/// How many old views are kept open.
const VIEWS: usize = 3;

pub(super) fn cases() -> Vec<Case> {
    let first = number_in(SEED).unwrap_or(0);
    let count = number_in(SCRIPTS).unwrap_or(SCRIPTS_IF_NOT_SET);
    (first..first.saturating_add(count)).map(case).collect()
}

fn number_in(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    let number = u64::from_str(&text);
    Some(number.unwrap_or_else(|why| panic!("{variable}={text}: {why}")))
}

fn case(seed: u64) -> Case {
    Case {
        chapter: "random_scripts",
        name: format!("script_of_seed_{seed}_ends_as_on_the_memory_store").into(),
        promise: PROMISE,
        needs: None,
        run: Box::new(move |site| {
            Box::pin(async move {
                run_script(site, seed).await;
                Ended::Kept
            })
        }),
    }
}

/// How a commit ended.
#[derive(Debug, PartialEq)]
enum Outcome {
    Applied,
    Broken(Box<Guard>),
    Seen(RequestId),
    Conflict,
}

async fn outcome_of(store: &dyn Store, set: ChangeSet) -> Outcome {
    match store.commit(set).await {
        Ok(()) => Outcome::Applied,
        Err(CommitError::GuardFailed(guard)) => Outcome::Broken(guard),
        Err(CommitError::RequestSeen(id)) => Outcome::Seen(id),
        Err(CommitError::Store(error)) => {
            assert_eq!(error.kind, StoreErrorKind::Conflict, "{error:?}");
            Outcome::Conflict
        }
    }
}

/// Says, when a case fails, how to come there again.
struct Trail {
    seed: u64,
    commit: u32,
    set: ChangeSet,
}

impl Drop for Trail {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self { seed, commit, set } = self;
            eprintln!("commit {commit} of the script of seed {seed} was {set:#?}");
            eprintln!("run it again with {SEED}={seed} {SCRIPTS}=1");
        }
    }
}

/// A view, and what it has to say as long as it is open.
struct OldView {
    view: Box<dyn Snapshot>,
    known: Known,
    expected: Everything,
}

async fn run_script(site: Site, seed: u64) {
    let oracle = MemoryStore::new();
    oracle
        .create_workspace(&site.workspace, at(0))
        .await
        .unwrap();
    let mut script = Script::new(seed, site.workspace.clone());
    let mut dice = Dice::new(!seed);
    let mut views: Vec<OldView> = Vec::new();
    let mut now = Everything::default();
    for commit in 1..=COMMITS {
        let set = script.next(&now);
        site.note(&set);
        let trail = Trail {
            seed,
            commit,
            set: set.clone(),
        };
        let expected = outcome_of(&oracle, set.clone()).await;
        let outcome = outcome_of(&*site.store, set).await;
        assert_eq!(outcome, expected, "the outcome");
        let known = site.known();
        now = read(&oracle, &site, &known, ChunkSize::largest()).await;
        let chunk = ChunkSize::new(*dice.pick(&CHUNKS));
        let is = read(&*site.store, &site, &known, chunk).await;
        is.check_equal(&now, "after the commit");
        check_old_views(&mut views, &mut dice).await;
        views.push(OldView {
            view: site.view().await,
            expected: read(&oracle, &site, &known, ChunkSize::largest()).await,
            known,
        });
        drop(trail);
    }
}

async fn read(store: &dyn Store, site: &Site, known: &Known, chunk: ChunkSize) -> Everything {
    let view = store.snapshot(&site.workspace).await.expect("opens a view");
    Everything::read(&*view, known, chunk).await
}

/// When there are too many, one is read for the last time.
async fn check_old_views(views: &mut Vec<OldView>, dice: &mut Dice) {
    if views.len() < VIEWS {
        return;
    }
    let OldView {
        view,
        known,
        expected,
    } = views.swap_remove(dice.below(VIEWS));
    let is = Everything::read(&*view, &known, ChunkSize::largest()).await;
    is.check_equal(&expected, "in a view that is some commits old");
}
