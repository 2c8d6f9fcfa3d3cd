//! A story is told: operation by operation, on a store, with every check after each. One that fails
//! is made shorter until nothing more can be left out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use attain_domain::ports::Store;
use attain_domain::testing::ManualClock;
use attain_memory::MemoryStore;
use attain_sqlite::{Durability, Options, SqliteStore};
use futures::executor::block_on;

use crate::company::{Broken, Company, Kept, ensure};
use crate::linking::link;
use crate::operations::{Operation, Story};
use crate::owed::check_rewards;
use crate::standing::{check_closed, check_ledger, check_places};
use crate::taking::Outcome;
use crate::terms::{CARRIED, MONTHS};

/// Where a story is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    Memory,
    Sqlite,
}

/// What failed, and after how many operations.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) after: usize,
    pub(crate) broken: Broken,
}

/// Tells a story to its end.
pub(crate) fn tell(story: &Story, on: On) -> Result<(), Failure> {
    let told = std::sync::atomic::AtomicUsize::new(0);
    let outcome = catch_unwind(AssertUnwindSafe(|| match on {
        On::Memory => {
            let clock = Arc::new(ManualClock::default());
            let store = Arc::new(MemoryStore::with_clock(clock.clone()));
            block_on(tell_on(story, store, clock, &told))
        }
        On::Sqlite => on_sqlite(story, &told),
    }));
    let after = told.load(std::sync::atomic::Ordering::SeqCst);
    let broken = match outcome {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(broken)) => broken,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
            Broken {
                promise: "nothing panics",
                text: text.unwrap_or_default(),
            }
        }
    };
    Err(Failure { after, broken })
}

fn on_sqlite(story: &Story, told: &std::sync::atomic::AtomicUsize) -> Kept {
    let folder = tempfile::tempdir().expect("there is room for a file");
    let options = Options {
        migrate: true,
        durability: Durability::ProcessEnd,
        ..Options::default()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime can be made");
    runtime.block_on(async {
        let store = SqliteStore::open(folder.path().join("months.db"), options).await;
        let store = Arc::new(store.expect("the store opens"));
        let clock = Arc::new(ManualClock::default());
        let kept = tell_on(story, store.clone(), clock, told).await;
        store.close().await;
        kept
    })
}

async fn tell_on(
    story: &Story,
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
    told: &std::sync::atomic::AtomicUsize,
) -> Kept {
    let mut company = Company::begin(story, store, clock).await?;
    for operation in &story.operations {
        company.take(operation).await?;
        told.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    }
    company.end().await
}

impl Company {
    /// Takes an operation, and checks everything after it.
    async fn take(&mut self, operation: &Operation) -> Kept {
        self.clock.advance(1);
        let closed_before = self.business.terms.closed;
        let outcome = self.act(operation).await?;
        let after = self.read().await;
        if outcome == Outcome::Refused {
            ensure(
                after == self.books,
                "what is refused changes nothing",
                || format!("{operation:?}"),
            )?;
        }
        check_places(&after)?;
        check_ledger(&after)?;
        check_rewards(&self.books, &after)?;
        let mut closed = [false; MONTHS];
        for (month, closed) in closed.iter_mut().enumerate() {
            *closed = closed_before[month] && self.business.terms.closed[month];
        }
        check_closed(closed, &self.books, &after)?;
        self.check_paid(&after)?;
        link(&mut self.business, &after)?;
        self.check_owed(&after).await?;
        let before = std::mem::replace(&mut self.books, after);
        if let Outcome::RanAll(run) = &outcome {
            self.check_settled(&before, run).await?;
        }
        Ok(())
    }

    /// Opens what is closed, runs everything and pays everything.
    async fn end(&mut self) -> Kept {
        for month in 0..MONTHS {
            if self.business.terms.closed[month] {
                self.take(&Operation::Open(month)).await?;
            }
        }
        self.take(&Operation::RunAll).await?;
        self.clock.advance(1);
        let before = self.books.clone();
        self.pay_everything().await?;
        let after = self.books.clone();
        check_ledger(&after)?;
        check_rewards(&before, &after)?;
        self.check_owed(&after).await?;
        if self.business.terms.negative == CARRIED {
            // What is carried waits.
            return Ok(());
        }
        self.check_paid_is_earned()
    }
}

/// The shortest story found that breaks the same promise.
pub(crate) fn shortened(story: &Story, failure: Failure, on: On) -> (Story, Failure) {
    let mut best = (story.clone(), failure);
    let keep = best.1.after + 1;
    best.0.operations.truncate(keep);
    let promise = best.1.broken.promise;
    let fails = |story: &Story| {
        tell(story, on)
            .err()
            .filter(|f| f.broken.promise == promise)
    };
    match fails(&best.0) {
        Some(failure) => best.1 = failure,
        None => return (story.clone(), best.1),
    }
    let mut size = best.0.operations.len().div_ceil(2);
    loop {
        let mut shorter = false;
        let mut at = 0;
        while at < best.0.operations.len() {
            let mut story = best.0.clone();
            let until = story.operations.len().min(at + size);
            story.operations.drain(at..until);
            match fails(&story) {
                Some(failure) => {
                    best = (story, failure);
                    shorter = true;
                }
                None => at += size,
            }
        }
        if size == 1 && !shorter {
            break;
        }
        size = size.div_ceil(2).max(1);
    }
    simpler(&mut best, fails);
    best
}

/// Rows and deeds that are not needed, and choices that make no difference, are left out.
fn simpler(best: &mut (Story, Failure), fails: impl Fn(&Story) -> Option<Failure>) {
    let attempt = |best: &mut (Story, Failure), story: Story| match fails(&story) {
        Some(failure) => {
            *best = (story, failure);
            true
        }
        None => false,
    };
    let draws = best.0.terms.draws.min(1);
    for choice in 0..9 {
        let mut story = best.0.clone();
        match choice {
            0 => story.small_pieces = false,
            1 => story.terms.half_up = false,
            2 => story.terms.cancels_as_zero = false,
            3 => story.terms.rules = 0,
            4 => story.terms.rates = 0,
            5 => story.terms.team = 0,
            6 => story.terms.draws = draws,
            7 => story.terms.negative = 0,
            _ => story.terms.tree = 0,
        }
        attempt(best, story);
    }
    for at in 0..best.0.operations.len() {
        let mut part = 0;
        loop {
            let mut story = best.0.clone();
            let operation = &mut story.operations[at];
            if let Operation::Import(rows) = operation
                && rows.len() > 1
                && part < rows.len()
            {
                rows.remove(part);
            } else if let Operation::Adjust(deeds) = operation
                && deeds.len() > 1
                && part < deeds.len()
            {
                deeds.remove(part);
            } else {
                break;
            }
            if !attempt(best, story) {
                part += 1;
            }
        }
    }
}
