//! Whatever the ports can tell about a workspace, to be compared as a whole.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use attain_domain::activity::Activity;
use attain_domain::change::{DefinitionsMark, RequestRecord};
use attain_domain::chunk::RunChunk;
use attain_domain::credit::{Credit, CreditPosition, PastCredit};
use attain_domain::definition::{DefinitionKind, DefinitionRecord};
use attain_domain::earning::{Earning, PastEarning};
use attain_domain::ids::{DefinitionId, ParticipantId, RunId, TransactionId};
use attain_domain::payment::{PaymentBatch, PaymentLine, Paysheet};
use attain_domain::ports::{ChunkSize, EarningPosition, PaysheetPosition, Pending, Snapshot};
use attain_domain::run::{Calculation, Change, Process, Run, RunLogEntry, WorkItem};
use attain_domain::testing::date;
use attain_domain::time::DateRange;
use attain_domain::transaction::{PastTransaction, Transaction};

use crate::difference::check_same;
use crate::known::Known;
use crate::pages::all_pages;
use crate::rewarded::Rewarded;

const READS: &str = "the view answers";
/// What work items wait for.
pub(crate) const STAGES: [Process; 5] = [
    Process::Classify,
    Process::Credit,
    Process::RollUp,
    Process::Calculate,
    Process::RunAll,
];
/// What runs carry out.
pub(crate) const PROCESSES: [Process; 6] = [
    Process::Revert,
    Process::Classify,
    Process::Credit,
    Process::RollUp,
    Process::Calculate,
    Process::RunAll,
];

macro_rules! everything {
    ($($field:ident: $type:ty,)+) => {
        #[derive(Debug, Default, PartialEq)]
        pub(crate) struct Everything {
            $(pub(crate) $field: $type,)+
        }

        impl Everything {
            /// Names the first kind of answer that differs, with both answers.
            pub(crate) fn check_equal(&self, expected: &Self, what: &str) {
                $(
                    let field = format!("{what}: {}", stringify!($field));
                    check_same(&self.$field, &expected.$field, &field);
                )+
            }
        }
    };
}

everything! {
    definitions: Vec<DefinitionRecord>,
    definitions_of_ids: Vec<Option<DefinitionRecord>>,
    definition_versions: Vec<Option<DefinitionRecord>>,
    definition_highest: BTreeMap<(DefinitionKind, DefinitionId), u32>,
    mark: DefinitionsMark,
    transactions: Vec<Transaction>,
    transactions_by_key: Vec<Transaction>,
    transactions_by_id: Vec<Transaction>,
    transactions_of_work: Vec<Transaction>,
    spans_of_work: Vec<TransactionId>,
    credits_of_transactions: Vec<Credit>,
    credits_by_id: Vec<Credit>,
    credits_of_participants: Vec<Credit>,
    credits_summarised: Vec<Credit>,
    pending: Vec<Pending>,
    transactions_obsolete: Vec<Transaction>,
    credits_obsolete: Vec<Credit>,
    earnings_obsolete: Vec<Earning>,
    credits_adjusted: Vec<Credit>,
    earnings_for_lineages: Vec<Earning>,
    reversals_waiting: Vec<Earning>,
    reversals_waiting_counts: Vec<u64>,
    transactions_past: Vec<PastTransaction>,
    credits_past_of_keys: Vec<PastCredit>,
    credits_past: Vec<PastCredit>,
    earnings_past_of_each: Vec<PastEarning>,
    earnings_of_lineages: Vec<Earning>,
    earnings_current: Vec<Earning>,
    earnings: Vec<Earning>,
    earnings_of_each: Vec<Earning>,
    earnings_payable: Vec<Earning>,
    earnings_by_id: Vec<Earning>,
    earnings_past: Vec<PastEarning>,
    calculations: Vec<Calculation>,
    calculations_by_id: Vec<Option<Calculation>>,
    batches: Vec<PaymentBatch>,
    batches_by_id: Vec<Option<PaymentBatch>>,
    paysheets_of_batches: Vec<Paysheet>,
    paysheets_by_id: Vec<Option<Paysheet>>,
    paysheets_of_participants: Vec<Paysheet>,
    lines_of_paysheets: Vec<PaymentLine>,
    lines_of_earnings: Vec<PaymentLine>,
    lines_by_id: Vec<PaymentLine>,
    lines_held: Vec<PaymentLine>,
    rewarded: Rewarded,
    runs: Vec<Run>,
    runs_by_id: Vec<Option<Run>>,
    runs_open: Vec<Run>,
    run_log: Vec<RunLogEntry>,
    chunks: Vec<RunChunk>,
    chunks_ended: Vec<RunChunk>,
    work: Vec<WorkItem>,
    work_counts: Vec<u64>,
    changes: Vec<Change>,
    claimed: Vec<(RunId, Change)>,
    activities: Vec<Activity>,
    requests: Vec<Option<RequestRecord>>,
}

impl Everything {
    /// Asks every port, for everything that is known, in pages of a size.
    pub(crate) async fn read(view: &dyn Snapshot, known: &Known, chunk: ChunkSize) -> Self {
        let mut all = Self::default();
        all.read_definitions(view, known, chunk).await;
        all.read_transactions(view, known, chunk).await;
        all.read_credits(view, known, chunk).await;
        all.read_obsolete(view, chunk).await;
        all.read_waiting(view, known).await;
        all.read_past(view, known, chunk).await;
        all.read_earnings(view, known, chunk).await;
        all.read_calculations(view, known).await;
        all.read_payments(view, known, chunk).await;
        all.read_lines(view, known, chunk).await;
        all.rewarded = Rewarded::read(view, known, chunk).await;
        all.read_runs(view, known, chunk).await;
        all.read_work(view, known, chunk).await;
        all.read_log(view, known, chunk).await;
        all
    }

    async fn read_definitions(&mut self, view: &dyn Snapshot, known: &Known, chunk: ChunkSize) {
        for kind in DefinitionKind::ALL.iter().copied() {
            let page = async |after: Option<DefinitionId>| {
                let page = view.definitions_after(kind, after.as_ref(), chunk).await;
                page.expect(READS)
            };
            let rows = all_pages(chunk, |row: &DefinitionRecord| row.body.id(), page).await;
            self.definitions.extend(rows);
        }
        for (kind, id, version) in &known.definitions {
            let live = view.definition(*kind, id).await.expect(READS);
            self.definitions_of_ids.push(live);
            let one = view.definition_at(*kind, id, *version).await.expect(READS);
            self.definition_versions.push(one);
            let highest = view.definition_version(*kind, id).await.expect(READS);
            self.definition_highest.insert((*kind, id.clone()), highest);
        }
        self.mark = view.definitions_mark().await.expect(READS);
    }

    async fn read_transactions(&mut self, view: &dyn Snapshot, known: &Known, chunk: ChunkSize) {
        let keys: Vec<_> = known.keys.iter().cloned().collect();
        let ids: Vec<_> = known.transactions.iter().copied().collect();
        self.transactions_by_key = view.transactions_by_key(&keys).await.expect(READS);
        self.transactions_by_id = view.transactions_by_id(&ids).await.expect(READS);
        let range = DateRange::ALWAYS;
        let page = async |after| {
            view.transactions_after(range, after, chunk)
                .await
                .expect(READS)
        };
        self.transactions = all_pages(chunk, |row: &Transaction| row.id, page).await;
        for period in &known.periods {
            let id = attain_domain::ids::WorkItemId(attain_domain::testing::uuid(0));
            let item = WorkItem::whole_period(id, Process::Classify, period.clone());
            let page = async |after| {
                let page = view.transactions_of_work(&item, after, chunk).await;
                page.expect(READS)
            };
            let rows = all_pages(chunk, |row: &Transaction| row.id, page).await;
            self.transactions_of_work.extend(rows);
            let spans = view.spans_of_work(&item, ChunkSize::new(3)).await;
            self.spans_of_work.extend(spans.expect(READS));
        }
    }

    async fn read_credits(&mut self, view: &dyn Snapshot, known: &Known, chunk: ChunkSize) {
        let transactions: Vec<_> = known.transactions.iter().copied().collect();
        let rows = view.credits_of_transactions(&transactions).await;
        self.credits_of_transactions = rows.expect(READS);
        let ids: Vec<_> = known.credits.iter().copied().collect();
        self.credits_by_id = view.credits_by_id(&ids).await.expect(READS);
        let participants = participants(known);
        let range = DateRange::ALWAYS;
        let page = async |after: Option<CreditPosition>| {
            let after = after.as_ref();
            let page = view
                .credits_of_participants(&participants, range, after, chunk)
                .await;
            page.expect(READS)
        };
        self.credits_of_participants = all_pages(chunk, CreditPosition::of, page).await;
        for child in &participants {
            let rows = view.summarised_credits_through(child, range).await;
            self.credits_summarised.extend(rows.expect(READS));
        }
    }

    async fn read_obsolete(&mut self, view: &dyn Snapshot, chunk: ChunkSize) {
        let range = DateRange::ALWAYS;
        for range in some_ranges() {
            self.pending.push(view.pending(range).await.expect(READS));
            let count = view.waiting_reversal_count(range).await;
            self.reversals_waiting_counts.push(count.expect(READS));
        }
        let page = async |after| {
            let page = view.obsolete_transactions(range, after, chunk).await;
            page.expect(READS)
        };
        self.transactions_obsolete = all_pages(chunk, |row: &Transaction| row.id, page).await;
        let page = async |after| {
            let page = view.obsolete_credits(range, after, chunk).await;
            page.expect(READS)
        };
        self.credits_obsolete = all_pages(chunk, |row: &Credit| row.id, page).await;
        let page = async |after| {
            let page = view.obsolete_earnings(range, after, chunk).await;
            page.expect(READS)
        };
        self.earnings_obsolete = all_pages(chunk, |row: &Earning| row.id, page).await;
    }

    async fn read_waiting(&mut self, view: &dyn Snapshot, known: &Known) {
        let credits: Vec<_> = known.credits.iter().copied().collect();
        let rows = view.credits_adjusted_from(&credits).await;
        self.credits_adjusted = rows.expect(READS);
        let lineages: Vec<_> = known.lineages.iter().copied().collect();
        let rows = view.earnings_for_lineages(&lineages).await;
        self.earnings_for_lineages = rows.expect(READS);
        let participants = participants(known);
        for range in some_ranges() {
            let rows = view.waiting_reversals(&participants, range).await;
            self.reversals_waiting.extend(rows.expect(READS));
        }
    }

    async fn read_past(&mut self, view: &dyn Snapshot, known: &Known, chunk: ChunkSize) {
        let keys: Vec<_> = known.keys.iter().cloned().collect();
        let rows = view.past_transactions_of_keys(&keys).await;
        self.transactions_past = rows.expect(READS);
        let rows = view.past_credits_of_keys(&keys).await;
        self.credits_past_of_keys = rows.expect(READS);
        let ids: Vec<_> = known.credits.iter().copied().collect();
        self.credits_past = view.past_credits(&ids).await.expect(READS);
        for whose in &known.participants {
            let range = DateRange::ALWAYS;
            let page = async |after| {
                let page = view
                    .past_earnings_of_participant(whose, range, after, chunk)
                    .await;
                page.expect(READS)
            };
            let rows = all_pages(chunk, |past: &PastEarning| past.earning.id, page).await;
            self.earnings_past_of_each.extend(rows);
        }
    }

    async fn read_earnings(&mut self, view: &dyn Snapshot, known: &Known, chunk: ChunkSize) {
        let participants = participants(known);
        let lineages: Vec<_> = known.lineages.iter().copied().collect();
        let rows = view.earnings_of_lineages(&participants, &lineages).await;
        self.earnings_of_lineages = rows.expect(READS);
        let range = DateRange::ALWAYS;
        let page = async |after: Option<EarningPosition>| {
            let after = after.as_ref();
            let page = view
                .current_earnings(&participants, range, after, chunk)
                .await;
            page.expect(READS)
        };
        self.earnings_current = all_pages(chunk, position_of, page).await;
        self.earnings = earnings_after(view, None, chunk).await;
        for whose in &participants {
            let rows = earnings_after(view, Some(whose), chunk).await;
            self.earnings_of_each.extend(rows);
        }
        let due = date("9999-12-31");
        let page = async |after: Option<EarningPosition>| {
            let page = view.payable_earnings(due, after.as_ref(), chunk).await;
            page.expect(READS)
        };
        self.earnings_payable = all_pages(chunk, position_of, page).await;
        let ids: Vec<_> = known.earnings.iter().copied().collect();
        self.earnings_by_id = view.earnings_by_id(&ids).await.expect(READS);
        self.earnings_past = view.past_earnings(&ids).await.expect(READS);
    }

    async fn read_calculations(&mut self, view: &dyn Snapshot, known: &Known) {
        self.calculations = view.calculations().await.expect(READS);
        for id in &known.calculations {
            let one = view.calculation(*id).await.expect(READS);
            self.calculations_by_id.push(one);
        }
    }

    async fn read_payments(&mut self, view: &dyn Snapshot, known: &Known, chunk: ChunkSize) {
        let page = async |after| view.batches_after(after, chunk).await.expect(READS);
        self.batches = all_pages(chunk, |row: &PaymentBatch| row.id, page).await;
        for id in &known.batches {
            let one = view.batch(*id).await.expect(READS);
            self.batches_by_id.push(one);
            let page = async |after: Option<PaysheetPosition>| {
                let page = view.paysheets_of_batch(*id, after.as_ref(), chunk).await;
                page.expect(READS)
            };
            let place = |row: &Paysheet| PaysheetPosition {
                participant: row.participant.clone(),
                id: row.id,
            };
            let rows = all_pages(chunk, place, page).await;
            self.paysheets_of_batches.extend(rows);
        }
        for id in &known.paysheets {
            let one = view.paysheet(*id).await.expect(READS);
            self.paysheets_by_id.push(one);
        }
        for whose in &known.participants {
            let rows = view.paysheets_of_participant(whose).await;
            self.paysheets_of_participants.extend(rows.expect(READS));
        }
    }

    async fn read_lines(&mut self, view: &dyn Snapshot, known: &Known, chunk: ChunkSize) {
        let sheets: Vec<_> = known.paysheets.iter().copied().collect();
        self.lines_of_paysheets = view.lines_of_paysheets(&sheets).await.expect(READS);
        let earnings: Vec<_> = known.earnings.iter().copied().collect();
        self.lines_of_earnings = view.lines_of_earnings(&earnings).await.expect(READS);
        let ids: Vec<_> = known.lines.iter().copied().collect();
        self.lines_by_id = view.lines_by_id(&ids).await.expect(READS);
        let page = async |after| view.held_lines(after, chunk).await.expect(READS);
        self.lines_held = all_pages(chunk, |row: &PaymentLine| row.id, page).await;
    }

    async fn read_runs(&mut self, view: &dyn Snapshot, known: &Known, chunk: ChunkSize) {
        let page = async |before: Option<Reverse<RunId>>| {
            let before = before.map(|Reverse(id)| id);
            view.runs_before(before, chunk).await.expect(READS)
        };
        self.runs = all_pages(chunk, |row: &Run| Reverse(row.id), page).await;
        self.runs_open = view.runs_open().await.expect(READS);
        for id in &known.runs {
            let one = view.run(*id).await.expect(READS);
            self.runs_by_id.push(one);
            let page = async |after: Option<u64>| {
                let page = view.run_log_after(*id, after.unwrap_or(0), chunk).await;
                page.expect(READS)
            };
            let rows = all_pages(chunk, |entry: &RunLogEntry| entry.number, page).await;
            self.run_log.extend(rows);
            let page = async |after| view.chunks_of_run(*id, after, chunk).await.expect(READS);
            let rows = all_pages(chunk, |row: &RunChunk| row.number, page).await;
            self.chunks.extend(rows);
            let ended = view.chunks_ended(*id, ChunkSize::largest()).await;
            self.chunks_ended.extend(ended.expect(READS));
        }
    }

    async fn read_work(&mut self, view: &dyn Snapshot, known: &Known, chunk: ChunkSize) {
        let periods: Vec<_> = known.periods.iter().cloned().collect();
        for stage in STAGES {
            let page = async |after| {
                let page = view.work_after(stage, &periods, after, chunk).await;
                page.expect(READS)
            };
            let rows = all_pages(chunk, |item: &WorkItem| item.id, page).await;
            self.work.extend(rows);
            let count = view.work_count(stage, &periods).await.expect(READS);
            self.work_counts.push(count);
        }
        let page = async |after: Option<Change>| {
            let page = view.changes_after(&periods, after.as_ref(), chunk).await;
            page.expect(READS)
        };
        self.changes = all_pages(chunk, Change::clone, page).await;
        for run in &known.runs {
            let page = async |after: Option<Change>| {
                let page = view.claimed_after(*run, after.as_ref(), chunk).await;
                page.expect(READS)
            };
            let rows = all_pages(chunk, Change::clone, page).await;
            let rows = rows.into_iter().map(|entry| (*run, entry));
            self.claimed.extend(rows);
        }
    }

    async fn read_log(&mut self, view: &dyn Snapshot, known: &Known, chunk: ChunkSize) {
        let page = async |after| view.activities_after(after, chunk).await.expect(READS);
        self.activities = all_pages(chunk, |entry: &Activity| entry.id, page).await;
        for id in &known.requests {
            let one = view.request(id).await.expect(READS);
            self.requests.push(one);
        }
    }
}

/// All dates, and those before and after the end of January 2026.
fn some_ranges() -> [DateRange; 3] {
    let end = Some(date("2026-02-01"));
    let (before, after) = ((None, end), (end, None));
    let range = |(from, to)| DateRange { from, to };
    [DateRange::ALWAYS, range(before), range(after)]
}

async fn earnings_after(
    view: &dyn Snapshot,
    whose: Option<&ParticipantId>,
    chunk: ChunkSize,
) -> Vec<Earning> {
    let page = async |after: Option<EarningPosition>| {
        let after = after.as_ref();
        let page = view
            .earnings_after(whose, DateRange::ALWAYS, after, chunk)
            .await;
        page.expect(READS)
    };
    all_pages(chunk, position_of, page).await
}

fn position_of(row: &Earning) -> EarningPosition {
    EarningPosition {
        participant: row.key.participant.clone(),
        date: row.date,
        id: row.id,
    }
}

fn participants(known: &Known) -> Vec<ParticipantId> {
    known.participants.iter().cloned().collect()
}
