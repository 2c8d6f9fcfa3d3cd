//! A company at work: an engine over a store, and beside it the reference that is told the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use attain_app::{ApplyMode, Caller, Engine, Limits};
use attain_domain::ids::{BatchId, WorkspaceId};
use attain_domain::payment::BatchStatus;
use attain_domain::ports::Store;
use attain_domain::refusal::Refusal;
use attain_domain::testing::{ManualClock, SequentialIds, name};

use crate::books::{BatchFact, Books};
use crate::documents::documents;
use crate::operations::Story;
use crate::owed::Remembered;
use crate::reference::Business;
use crate::terms::Terms;

/// A promise that was broken.
#[derive(Clone, Debug)]
pub(crate) struct Broken {
    /// Which, in a few words: what stays the same while a story is made shorter.
    pub(crate) promise: &'static str,
    pub(crate) text: String,
}

/// Nothing, or what was broken.
pub(crate) type Kept = Result<(), Broken>;

/// Breaks a promise.
pub(crate) fn broken<T>(promise: &'static str, text: impl Into<String>) -> Result<T, Broken> {
    let text = text.into();
    Err(Broken { promise, text })
}

/// Breaks a promise unless something holds.
pub(crate) fn ensure(holds: bool, promise: &'static str, text: impl FnOnce() -> String) -> Kept {
    if holds {
        return Ok(());
    }
    broken(promise, text())
}

/// What should never be refused.
pub(crate) fn accepted<T>(what: &str, outcome: Result<T, Refusal>) -> Result<T, Broken> {
    outcome.or_else(|refusal| {
        broken(
            "nothing is refused without need",
            format!("{what}: {refusal:?}"),
        )
    })
}

/// A company at work.
pub(crate) struct Company {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) caller: Caller,
    pub(crate) business: Business,
    /// What is stored, as it was read after the last operation.
    pub(crate) books: Books,
    /// Batches that were paid, as they were then.
    pub(crate) paid: BTreeMap<BatchId, BatchFact>,
    /// What was owed, as it was answered after past operations.
    pub(crate) owed: Vec<Remembered>,
}

/// So small that everything is cut into several pieces.
fn small_limits() -> Limits {
    Limits {
        import_rows: 100,
        chunk_transactions: 3,
        chunk_credits: 4,
        chunk_participants: 2,
        chunk_payments: 3,
        attempts: 5,
        lease_seconds: 60,
        workers: 1,
    }
}

impl Company {
    /// Begins a story on a store that is empty.
    pub(crate) async fn begin(
        story: &Story,
        store: Arc<dyn Store>,
        clock: Arc<ManualClock>,
    ) -> Result<Self, Broken> {
        let workspace: WorkspaceId = name("months");
        let ids = Arc::new(SequentialIds::default());
        let limits = if story.small_pieces {
            small_limits()
        } else {
            let workers = 1;
            Limits {
                workers,
                ..Limits::default()
            }
        };
        let engine = Engine::new(store.clone(), clock.clone(), ids).with_limits(limits);
        accepted("a workspace", engine.create_workspace(&workspace).await)?;
        let caller = Caller::new(workspace, name("tester"));
        let business = Business::new(story.terms.clone());
        let snapshot = store.snapshot(&caller.workspace).await;
        let snapshot = snapshot.expect("the store answers");
        let books = Books::read(&*snapshot).await.expect("the store answers");
        drop(snapshot);
        let company = Self {
            engine,
            store,
            clock,
            caller,
            business,
            books,
            paid: BTreeMap::new(),
            owed: Vec::new(),
        };
        company.define(&story.terms).await?;
        Ok(company)
    }

    /// Writes the documents, which are accepted.
    pub(crate) async fn define(&self, terms: &Terms) -> Kept {
        let applied = self.applied(terms).await;
        applied.or_else(|refusals| broken("documents are accepted", format!("{refusals:?}")))
    }

    /// Writes the documents.
    pub(crate) async fn applied(&self, terms: &Terms) -> Result<(), Vec<Refusal>> {
        let (documents, write) = (documents(terms), ApplyMode::Write);
        let (engine, caller) = (&self.engine, &self.caller);
        engine.apply(caller, &documents, &[], write).await.map(drop)
    }

    /// Reads what is stored.
    pub(crate) async fn read(&self) -> Books {
        let snapshot = self.store.snapshot(&self.caller.workspace).await;
        let snapshot = snapshot.expect("the store answers");
        Books::read(&*snapshot).await.expect("the store answers")
    }

    /// A batch, picked by a number.
    pub(crate) fn batch(&self, which: u8) -> Option<&BatchFact> {
        let all = &self.books.batches;
        all.get(usize::from(which) % all.len().max(1))
    }

    /// Nothing of a paid batch has changed, and there are all that there were.
    pub(crate) fn check_paid(&mut self, now: &Books) -> Kept {
        let promise = "a paid batch never changes";
        for (id, paid) in &self.paid {
            let fact = now.batches.iter().find(|fact| fact.batch.id == *id);
            ensure(fact == Some(paid), promise, || {
                format!("it was {paid:#?}\nand is {fact:#?}")
            })?;
        }
        let paid = now.batches.iter();
        let paid = paid.filter(|fact| fact.batch.status == BatchStatus::Paid);
        self.paid
            .extend(paid.map(|fact| (fact.batch.id, fact.clone())));
        Ok(())
    }
}
