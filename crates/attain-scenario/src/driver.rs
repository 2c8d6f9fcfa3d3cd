//! What a scenario needs of an Attain, wherever it runs: inside this process, or behind gRPC.

use async_trait::async_trait;
use attain_domain::refusal::Refusal;

use crate::format::{AdjustStep, AdjustmentStep, ClearStep, RewardStep, UndoStep, WithdrawStep};
use crate::table::Row;

/// What a scenario can look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Every live version of every transaction.
    Transactions,
    /// Every version of every transaction, live or in history.
    TransactionHistory,
    /// Credits that count.
    Credits,
    /// Every version of every credit, live or in history.
    CreditHistory,
    /// Live earnings and reversals.
    Earnings,
    /// Earnings and reversals, live or in history, of every key that has a live one or a line.
    EarningHistory,
    /// How much waits: transactions, credits and earnings for Revert, reversals for a calculation.
    Pending,
    /// The entries of the activity log that give a reason.
    Activities,
    /// Batches.
    Batches,
    /// Paysheets of all batches.
    Sheets,
    /// Payment lines of all batches, rewards on sheets included.
    Lines,
    /// Rewards of everybody.
    Rewards,
    /// What everybody owes.
    Balances,
    /// Clearings, and what became of them.
    Clears,
}

impl View {
    /// Every view.
    pub const ALL: [Self; 14] = [
        Self::Transactions,
        Self::TransactionHistory,
        Self::Credits,
        Self::CreditHistory,
        Self::Earnings,
        Self::EarningHistory,
        Self::Pending,
        Self::Activities,
        Self::Batches,
        Self::Sheets,
        Self::Lines,
        Self::Rewards,
        Self::Balances,
        Self::Clears,
    ];

    /// The name in scenario files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Transactions => "transactions",
            Self::TransactionHistory => "transaction_history",
            Self::Credits => "credits",
            Self::CreditHistory => "credit_history",
            Self::Earnings => "earnings",
            Self::EarningHistory => "earning_history",
            Self::Pending => "pending",
            Self::Activities => "activities",
            Self::Batches => "batches",
            Self::Sheets => "sheets",
            Self::Lines => "lines",
            Self::Rewards => "rewards",
            Self::Balances => "balances",
            Self::Clears => "clears",
        }
    }
}

/// What one step answered: tables by name, such as `counts`, `rejected`, `applied`, `adjusted`.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The tables.
    pub tables: std::collections::BTreeMap<&'static str, Vec<Row>>,
    /// The id of what was made, if something was.
    pub id: Option<String>,
    /// The elements of a request that were refused while others were not, or might not have been.
    pub refused: Vec<Refusal>,
}

/// What is done with a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchAction {
    /// Takes up what is payable now.
    Refresh,
    /// Gives it another pay date.
    Edit {
        /// The new date.
        pay_date: String,
    },
    /// No more changes.
    Freeze,
    /// Pays.
    Pay,
    /// Deletes.
    Delete,
}

/// What is done with a paysheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetAction {
    /// Unpaid to locked.
    Lock,
    /// Locked to submitted.
    Submit,
    /// Submitted to approved.
    Approve,
    /// Back.
    Reject,
}

/// A line of a paysheet, by what a person sees of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineChoice {
    /// The number of its transaction; none for an earning per interval.
    pub number: Option<String>,
    /// The component, where there are several.
    pub component: Option<String>,
}

/// An Attain with an empty workspace.
#[async_trait]
pub trait Driver: Send {
    /// Applies documents. `applied`: kind, id, outcome; `findings`: code, component,
    /// text, counter_example, payment_plans.
    async fn apply(&mut self, documents: &str) -> Result<Answer, Vec<Refusal>>;

    /// Imports CSV. `counts`: name, count; `rejected`: line, field, reason.
    async fn import(&mut self, csv: &str) -> Result<Answer, Refusal>;

    /// Imports ready-made credits as CSV, with the same answer.
    async fn import_credits(&mut self, csv: &str) -> Result<Answer, Refusal>;

    /// Adjusts credits and transactions. `adjusted`: element, outcome, obsolete, made, reason, field,
    /// text.
    async fn adjust(&mut self, step: &AdjustStep) -> Result<Answer, Refusal>;

    /// What adjustments would do. `adjusted` as for the real thing; `pay`: participant, before, after;
    /// `taken_back`: amount; `made`: the columns of credits.
    async fn preview(&mut self, what: &[AdjustmentStep]) -> Result<Answer, Refusal>;

    /// This moment: that of the last thing that was done.
    async fn moment(&mut self) -> Result<String, Refusal>;

    /// What everybody had earned and been paid, as known at a moment: participant, period, batch,
    /// earned, paid.
    async fn as_of(&mut self, moment: &str) -> Result<Vec<Row>, Refusal>;

    /// Runs a process from a first date through a last one; without dates, over what it finds
    /// itself. `counts`: name, count.
    async fn run(&mut self, process: &str, dates: Option<(&str, &str)>) -> Result<Answer, Refusal>;

    /// Makes a batch; its id is in the answer.
    async fn create_batch(
        &mut self,
        pay_group: &str,
        period: &str,
        pay_date: Option<&str>,
    ) -> Result<Answer, Refusal>;

    /// Does something with a batch.
    async fn batch(&mut self, id: &str, action: BatchAction) -> Result<Answer, Refusal>;

    /// Does something with a participant's sheet in a batch.
    async fn sheet(
        &mut self,
        batch: &str,
        participant: &str,
        actor: Option<&str>,
        action: SheetAction,
    ) -> Result<Answer, Refusal>;

    /// Holds or releases a line of a participant's sheet in a batch.
    async fn hold(
        &mut self,
        batch: &str,
        participant: &str,
        line: LineChoice,
        held: bool,
    ) -> Result<Answer, Refusal>;

    /// Assigns rewards; those that are refused are in the answer.
    async fn assign(&mut self, rewards: &[RewardStep]) -> Result<Answer, Refusal>;

    /// Withdraws a reward.
    async fn withdraw(&mut self, reward: &WithdrawStep) -> Result<Answer, Refusal>;

    /// Clears balances, or says what that would do. `cleared`: participant, forgiven, rewards. The
    /// id of the first clearing is in the answer.
    async fn clear(&mut self, step: &ClearStep) -> Result<Answer, Refusal>;

    /// Undoes a clearing, by its id.
    async fn undo_clear(&mut self, id: &str, step: &UndoStep) -> Result<Answer, Refusal>;

    /// What everybody owed on a date, as known at a moment, if one is given.
    async fn balances_on(
        &mut self,
        date: Option<&str>,
        known_at: Option<&str>,
    ) -> Result<Vec<Row>, Refusal>;

    /// What can be seen now.
    async fn view(&mut self, view: View) -> Result<Vec<Row>, Refusal>;
}
