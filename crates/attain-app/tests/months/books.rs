//! Everything that the engine has stored, read back at once.

use std::collections::BTreeMap;

use attain_domain::change::DefinitionsMark;
use attain_domain::credit::{Credit, PastCredit};
use attain_domain::earning::{Earning, PastEarning};
use attain_domain::ids::{ClearId, EarningId, ParticipantId, PeriodId, RewardId};
use attain_domain::payment::{PaymentBatch, PaymentLine, Paysheet, PaysheetStatus};
use attain_domain::ports::{ChunkSize, Pending, Snapshot, StoreError};
use attain_domain::reward::{Clear, ClearUndo, Reward};
use attain_domain::run::{Change, Process, WorkItem};
use attain_domain::testing::name;
use attain_domain::time::DateRange;
use attain_domain::transaction::{PastTransaction, Transaction, TransactionKey};

use crate::documents::person_id;
use crate::terms::{KEYS, MONTHS, PEOPLE, month_name};

/// A batch with its sheets and lines.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BatchFact {
    pub(crate) batch: PaymentBatch,
    pub(crate) sheets: Vec<Paysheet>,
    pub(crate) lines: Vec<PaymentLine>,
    /// The rewards that the sheets show.
    pub(crate) rewards: Vec<RewardId>,
}

/// What is stored of a workspace, runs and the activity log aside.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Books {
    pub(crate) mark: DefinitionsMark,
    pub(crate) transactions: Vec<Transaction>,
    pub(crate) past_transactions: Vec<PastTransaction>,
    /// In the live table, obsolete ones included.
    pub(crate) credits: Vec<Credit>,
    pub(crate) past_credits: Vec<PastCredit>,
    /// In the live table, obsolete ones and reversals included.
    pub(crate) earnings: Vec<Earning>,
    pub(crate) past_earnings: Vec<PastEarning>,
    pub(crate) batches: Vec<BatchFact>,
    /// Of everybody, withdrawn ones included.
    pub(crate) rewards: Vec<Reward>,
    pub(crate) clears: Vec<Clear>,
    pub(crate) undos: Vec<ClearUndo>,
    pub(crate) work: Vec<WorkItem>,
    pub(crate) changes: Vec<Change>,
    /// What waits for Revert, in closed periods as well.
    pub(crate) pending: Pending,
}

/// The natural key of a sale.
pub(crate) fn key_of(sale: u8) -> TransactionKey {
    TransactionKey {
        number: name(&format!("N{sale}")),
        kind: name("ORDER"),
    }
}

impl Books {
    /// Reads everything.
    pub(crate) async fn read(snapshot: &dyn Snapshot) -> Result<Self, StoreError> {
        let (always, all) = (DateRange::ALWAYS, ChunkSize::largest());
        let keys: Vec<TransactionKey> = (0..KEYS).map(key_of).collect();
        let transactions = snapshot.transactions_after(always, None, all).await?;
        let ids: Vec<_> = transactions
            .iter()
            .map(|transaction| transaction.id)
            .collect();
        let credits = snapshot.credits_of_transactions(&ids).await?;
        let people: Vec<ParticipantId> = (0..PEOPLE).map(|who| name(&person_id(who))).collect();
        let mut past_earnings = Vec::new();
        for who in &people {
            let past = snapshot
                .past_earnings_of_participant(who, always, None, all)
                .await?;
            past_earnings.extend(past);
        }
        let clears = snapshot.clears_of_participants(&people).await?;
        let cleared: Vec<ClearId> = clears.iter().map(|clear| clear.id).collect();
        let periods: Vec<PeriodId> = (0..MONTHS).map(|month| name(&month_name(month))).collect();
        let mut work = Vec::new();
        for stage in [Process::Classify, Process::Credit, Process::RollUp] {
            work.extend(snapshot.work_after(stage, &periods, None, all).await?);
        }
        Ok(Self {
            mark: snapshot.definitions_mark().await?,
            transactions,
            past_transactions: snapshot.past_transactions_of_keys(&keys).await?,
            credits,
            past_credits: snapshot.past_credits_of_keys(&keys).await?,
            earnings: snapshot.earnings_after(None, always, None, all).await?,
            past_earnings,
            batches: batches(snapshot).await?,
            rewards: snapshot.rewards_of_participants(&people, None, all).await?,
            clears,
            undos: snapshot.undos_of_clears(&cleared).await?,
            work,
            changes: snapshot.changes_after(&periods, None, all).await?,
            pending: snapshot.pending(always).await?,
        })
    }

    /// Earnings that count now, in closed periods as well.
    pub(crate) fn current(&self) -> impl Iterator<Item = &Earning> {
        self.earnings.iter().filter(|earning| earning.is_current())
    }

    /// Credits that count now.
    pub(crate) fn counting(&self) -> impl Iterator<Item = &Credit> {
        self.credits
            .iter()
            .filter(|credit| credit.obsolete.is_none())
    }

    /// Every line with whether it is paid.
    pub(crate) fn lines(&self) -> Vec<(&PaymentLine, bool)> {
        let mut lines = Vec::new();
        for fact in &self.batches {
            let paid = |line: &PaymentLine| {
                let sheet = fact.sheets.iter().find(|sheet| sheet.id == line.paysheet);
                !line.held && sheet.is_some_and(|sheet| sheet.status == PaysheetStatus::Paid)
            };
            lines.extend(fact.lines.iter().map(|line| (line, paid(line))));
        }
        lines
    }

    /// Every earning and reversal by its id, wherever it is.
    pub(crate) fn by_id(&self) -> BTreeMap<EarningId, &Earning> {
        let past = self.past_earnings.iter().map(|past| &past.earning);
        self.earnings
            .iter()
            .chain(past)
            .map(|earning| (earning.id, earning))
            .collect()
    }
}

async fn batches(snapshot: &dyn Snapshot) -> Result<Vec<BatchFact>, StoreError> {
    let all = ChunkSize::largest();
    let mut facts = Vec::new();
    for batch in snapshot.batches_after(None, all).await? {
        let sheets = snapshot.paysheets_of_batch(batch.id, None, all).await?;
        let ids: Vec<_> = sheets.iter().map(|sheet| sheet.id).collect();
        let mut lines = snapshot.lines_of_paysheets(&ids).await?;
        lines.sort_by_key(|line| line.id);
        let mut rewards = snapshot.rewards_of_paysheets(&ids).await?;
        rewards.sort_by_key(|reward| reward.id);
        facts.push(BatchFact {
            batch,
            sheets,
            lines,
            rewards: rewards.iter().map(|reward| reward.id).collect(),
        });
    }
    Ok(facts)
}
