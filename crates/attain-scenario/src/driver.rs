//! What a scenario needs of an Attain, wherever it runs: inside this process, or behind gRPC.

use async_trait::async_trait;
use attain_domain::refusal::Refusal;

use crate::table::Row;

/// What a scenario can look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Every version of every transaction.
    Transactions,
    /// Credits that count.
    Credits,
    /// Live earnings and reversals.
    Earnings,
    /// Batches.
    Batches,
    /// Paysheets of all batches.
    Sheets,
    /// Payment lines of all batches.
    Lines,
}

impl View {
    /// Every view.
    pub const ALL: [Self; 6] = [
        Self::Transactions,
        Self::Credits,
        Self::Earnings,
        Self::Batches,
        Self::Sheets,
        Self::Lines,
    ];

    /// The name in scenario files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Transactions => "transactions",
            Self::Credits => "credits",
            Self::Earnings => "earnings",
            Self::Batches => "batches",
            Self::Sheets => "sheets",
            Self::Lines => "lines",
        }
    }
}

/// What one step answered: tables by name, such as `counts`, `rejected`, `applied`.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The tables.
    pub tables: std::collections::BTreeMap<&'static str, Vec<Row>>,
    /// The id of what was made, if something was.
    pub id: Option<String>,
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
    /// Applies documents. `applied`: kind, id, outcome; `findings`: code, component, text.
    async fn apply(&mut self, documents: &str) -> Result<Answer, Vec<Refusal>>;

    /// Imports CSV. `counts`: name, count; `rejected`: line, field, reason.
    async fn import(&mut self, csv: &str) -> Result<Answer, Refusal>;

    /// Imports ready-made credits as CSV, with the same answer.
    async fn import_credits(&mut self, csv: &str) -> Result<Answer, Refusal>;

    /// Runs a process over `[from, through]`. `counts`: name, count.
    async fn run(&mut self, process: &str, from: &str, through: &str) -> Result<Answer, Refusal>;

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

    /// What can be seen now.
    async fn view(&mut self, view: View) -> Result<Vec<Row>, Refusal>;
}
