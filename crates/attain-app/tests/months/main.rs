//! Random months of business: sales come, change and are cancelled, credits are adjusted, rules,
//! rates and hierarchies change, processes run, batches are paid or left, months are closed. In some
//! stories there are payment plans, rewards are assigned and withdrawn, and what is owed is
//! forgiven. After every operation the engine is compared with a slow reference that shares no code with it.
//!
//! `ATTAIN_MONTHS_SEQUENCES` asks for more stories, `ATTAIN_MONTHS_SEED` for others,
//! `ATTAIN_MONTHS_OPERATIONS` for longer ones: 200 is the long mode. What fails is printed with its
//! seed and made shorter; such a story belongs into `regressions.rs`.

mod books;
mod chance;
mod company;
mod documents;
mod draws;
mod linking;
mod operations;
mod owed;
mod paying;
mod reference;
mod regressions;
mod rewarding;
mod settled;
mod standing;
mod taking;
mod telling;
mod terms;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::operations::{Story, reward_story, story};
use crate::telling::{On, shortened, tell};

/// The first seed, unless the environment names another.
const SEED: u64 = 20_260_101;
/// Makes a story of a seed, of so many operations.
type Teller = fn(u64, usize) -> Story;
/// Every so many stories one is long.
const LONG_EVERY: u64 = 50;
/// Operations of a long story.
const LONG: usize = 200;

fn wanted(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Most are short: 25 to 40 operations.
fn length(seed: u64) -> usize {
    if let Some(wanted) = wanted("ATTAIN_MONTHS_OPERATIONS") {
        return usize::try_from(wanted).expect("a number of operations");
    }
    if seed.is_multiple_of(LONG_EVERY) {
        return LONG;
    }
    25 + usize::try_from(seed % 16).expect("it is below 16")
}

/// Tells so many stories, side by side, and panics with the first that fails.
fn check_stories(teller: Teller, on: On, usual: u64) {
    let stories = wanted("ATTAIN_MONTHS_SEQUENCES").unwrap_or(usual);
    let first = wanted("ATTAIN_MONTHS_SEED").unwrap_or(SEED);
    let next = AtomicU64::new(0);
    let failed: Mutex<Option<(u64, Story)>> = Mutex::new(None);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    let is_over = failed.lock().expect("nobody panics").is_some();
                    if number >= stories || is_over {
                        return;
                    }
                    let seed = first + number;
                    let story = teller(seed, length(seed));
                    if tell(&story, on).is_err() {
                        let mut failed = failed.lock().expect("nobody panics");
                        failed.get_or_insert((seed, story));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().expect("nobody panics");
    if let Some((seed, story)) = failed {
        explain(seed, &story, on);
    }
}

/// Makes a story shorter, and panics with what is left of it.
fn explain(seed: u64, story: &Story, on: On) {
    let Err(failure) = tell(story, on) else {
        panic!("seed {seed} failed on {on:?}, and did not when it was told again");
    };
    let (short, failure) = shortened(story, failure, on);
    panic!(
        "seed {seed} on {on:?} breaks a promise: {}\nafter {} operations: {}\n{}\n\
         ATTAIN_MONTHS_SEED={seed} ATTAIN_MONTHS_SEQUENCES=1 tells it again",
        failure.broken.promise,
        failure.after,
        failure.broken.text,
        written(&short)
    );
}

/// A story as it is written down in `regressions.rs`.
fn written(story: &Story) -> String {
    let operations = story.operations.iter();
    let operations = operations.map(|one| format!("    {one:?},\n").replace('[', "vec!["));
    let operations: String = operations.collect();
    let (terms, pieces) = (&story.terms, story.small_pieces);
    format!("{terms:?}\nsmall_pieces: {pieces}\noperations: vec![\n{operations}]")
}

#[test]
fn months_on_memory() {
    check_stories(story, On::Memory, 2_000);
}

#[test]
fn months_on_sqlite() {
    check_stories(story, On::Sqlite, 30);
}

#[test]
fn months_with_rewards_on_memory() {
    check_stories(reward_story, On::Memory, 150);
}

#[test]
fn months_with_rewards_on_sqlite() {
    check_stories(reward_story, On::Sqlite, 6);
}
