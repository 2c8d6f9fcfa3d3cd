//! The format of scenario files.

mod adjusting;
mod rewarding;

use std::collections::BTreeMap;

use attain_domain::refusal::{Reason, Refusal};
use serde::Deserialize;

pub use adjusting::{AdjustStep, AdjustmentStep, ChangeStep, CreditName, PartStep, PreviewStep};
pub use rewarding::{ClearStep, RewardStep, UndoStep, WithdrawStep};

/// Why a file is not a scenario.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// It cannot be read.
    #[error("{file} cannot be read: {text}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        text: String,
    },
    /// Not the YAML that it should be; the text has line and column.
    #[error("{file}: {text}")]
    Format {
        /// The file.
        file: String,
        /// What is wrong, and where.
        text: String,
    },
}

/// One scenario.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it shows, in one line.
    pub scenario: String,
    /// Where the numbers come from.
    #[serde(default)]
    pub about: Option<String>,
    /// A folder of documents, relative to this file, applied first and together.
    #[serde(default)]
    pub documents: Option<String>,
    /// Other files of documents, relative to this one, applied next, one after another.
    #[serde(default)]
    pub include: Vec<String>,
    /// Documents, as in any document file, separated by `---`.
    #[serde(default)]
    pub given: Option<String>,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// One step: one thing that happens, and what is seen afterwards.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Applies documents.
    #[serde(default)]
    pub apply: Option<String>,
    /// Imports transactions, as CSV.
    #[serde(default)]
    pub import: Option<String>,
    /// Imports ready-made credits, as CSV.
    #[serde(default)]
    pub import_credits: Option<String>,
    /// Adjusts credits and transactions by hand.
    #[serde(default)]
    pub adjust: Option<AdjustStep>,
    /// Says what adjustments would do; nothing is stored.
    #[serde(default)]
    pub preview: Option<PreviewStep>,
    /// Gives this moment a name; what was known then is looked at later as `as of NAME`.
    #[serde(default)]
    pub moment: Option<String>,
    /// Runs a process.
    #[serde(default)]
    pub run: Option<RunStep>,
    /// Reverts what is obsolete: `{}` for what there is, or between dates.
    #[serde(default)]
    pub revert: Option<RevertStep>,
    /// Makes a payment batch.
    #[serde(default)]
    pub create_batch: Option<BatchStep>,
    /// Refreshes a batch.
    #[serde(default)]
    pub refresh_batch: Option<String>,
    /// Gives a batch another pay date.
    #[serde(default)]
    pub edit_batch: Option<EditStep>,
    /// Freezes a batch.
    #[serde(default)]
    pub freeze_batch: Option<String>,
    /// Pays a batch.
    #[serde(default)]
    pub pay_batch: Option<String>,
    /// Freezes and pays a batch.
    #[serde(default)]
    pub freeze_and_pay: Option<String>,
    /// Deletes a batch.
    #[serde(default)]
    pub delete_batch: Option<String>,
    /// Moves a paysheet on.
    #[serde(default)]
    pub lock_sheet: Option<SheetStep>,
    /// Moves a paysheet on.
    #[serde(default)]
    pub submit_sheet: Option<SheetStep>,
    /// Moves a paysheet on.
    #[serde(default)]
    pub approve_sheet: Option<SheetStep>,
    /// Moves a paysheet back.
    #[serde(default)]
    pub reject_sheet: Option<SheetStep>,
    /// Holds a line.
    #[serde(default)]
    pub hold_line: Option<LineStep>,
    /// Releases a line.
    #[serde(default)]
    pub release_line: Option<LineStep>,
    /// Assigns rewards.
    #[serde(default)]
    pub assign: Option<Vec<RewardStep>>,
    /// Withdraws a reward.
    #[serde(default)]
    pub withdraw: Option<WithdrawStep>,
    /// Clears what is owed.
    #[serde(default)]
    pub clear: Option<ClearStep>,
    /// Undoes a clearing.
    #[serde(default)]
    pub undo_clear: Option<UndoStep>,
    /// The reason with which the step is refused, or at least one element of what it asks for.
    #[serde(default)]
    pub refused: Option<String>,
    /// What is seen afterwards: tables by name.
    #[serde(default)]
    pub then: BTreeMap<String, String>,
}

/// A run.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunStep {
    /// `all`, `revert`, `classify`, `credit`, `roll_up` or `calculate`; `all` if absent.
    #[serde(default)]
    pub process: Option<String>,
    /// First date.
    pub from: String,
    /// Last date, inclusive.
    pub through: String,
}

/// A revert. Both dates or none.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevertStep {
    /// First date.
    #[serde(default)]
    pub from: Option<String>,
    /// Last date, inclusive.
    #[serde(default)]
    pub through: Option<String>,
}

/// A new batch.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchStep {
    /// The name it has in this scenario.
    pub name: String,
    /// Who is paid.
    pub pay_group: String,
    /// The period.
    pub period: String,
    /// The pay date; the last day of the period if absent.
    #[serde(default)]
    pub pay_date: Option<String>,
}

/// Another pay date.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditStep {
    /// The batch, by its name in this scenario.
    pub batch: String,
    /// The pay date.
    pub pay_date: String,
}

/// A paysheet.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetStep {
    /// The batch, by its name in this scenario.
    pub batch: String,
    /// Whose.
    pub participant: String,
    /// Who does it; somebody else than the participant if absent.
    #[serde(default)]
    pub actor: Option<String>,
}

/// A payment line.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineStep {
    /// The batch, by its name in this scenario.
    pub batch: String,
    /// Whose.
    pub participant: String,
    /// The number of its transaction; none for an earning per interval.
    #[serde(default)]
    pub number: Option<String>,
    /// The component, where there are several.
    #[serde(default)]
    pub component: Option<String>,
}

impl RevertStep {
    /// First and last date, if there are any.
    ///
    /// # Errors
    /// `MISSING_VALUE` when one of the two is not there.
    pub fn dates(&self) -> Result<Option<(&str, &str)>, Refusal> {
        match (self.from.as_deref(), self.through.as_deref()) {
            (None, None) => Ok(None),
            (Some(from), Some(through)) => Ok(Some((from, through))),
            (Some(_), None) | (None, Some(_)) => {
                let text = "a revert has both dates or none";
                Err(Refusal::new(Reason::MissingValue, text).at("revert"))
            }
        }
    }
}

impl Scenario {
    /// Reads one scenario file.
    ///
    /// # Errors
    /// See [`ScenarioError`].
    pub fn parse(file: &str, text: &str) -> Result<Self, ScenarioError> {
        serde_saphyr::from_str(text).map_err(|error| ScenarioError::Format {
            file: file.to_owned(),
            text: error.to_string(),
        })
    }
}
