//! The command line of corrections: adjust, revert, history, log.

use std::collections::BTreeMap;

use clap::{Args, Subcommand, ValueEnum};

use super::{Dates, ImportFile, ProcessName};

#[derive(Debug, Subcommand)]
pub(crate) enum Adjust {
    /// A direct credit; what was rolled up or shared from it follows.
    Credit(AdjustCredit),
    /// A transaction, by its natural key.
    Transaction(AdjustTransaction),
    /// Many at once, from a file: CSV (by header) or NDJSON.
    ///
    /// Each row is one adjustment. Columns, all of which may be left out or empty:
    ///
    /// `credit`: the credit, by its id; or `type` and `number`: the transaction.
    /// `version`: refuse the row if it has another version by now.
    /// Of a credit, either values (`amount`, `quantity`, `percent`, `category`, `date`, `roll_up_date`,
    /// `revenue`, `rolls_up`), or `to` (another participant), or `split` (`ana=60;ben=40`), or
    /// `cancel` (`true`).
    /// Of a transaction, either values (`amount`, as `120.50` or `120.50 EUR`, `date`, `quantity`,
    /// `hold`, `attribute.NAME`, and `remove_attributes`, names with spaces between), or
    /// `preserve_credits` (`true` or `false`), or `cancel` (`true`).
    ///
    /// What the rows say about one transaction and its credits is done together or not at all, and
    /// stops nothing else. A row that cannot be read is rejected alone. At most 10,000 rows.
    #[command(verbatim_doc_comment)]
    File(AdjustFile),
}

/// How it is done, whatever it is.
#[derive(Debug, Args)]
pub(crate) struct Deed {
    /// Why; it is kept with everything that changes.
    #[arg(long)]
    pub(crate) reason: String,
    /// Only says what would change, and what everybody touched would earn instead.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true)))]
pub(crate) struct AdjustCredit {
    /// The credit (`crd_…`), as `attain list credits` has it.
    pub(crate) id: String,
    /// Another amount, in operating currency.
    #[arg(long, group = "what", allow_negative_numbers = true)]
    pub(crate) amount: Option<String>,
    /// Another quantity.
    #[arg(long, group = "what", allow_negative_numbers = true)]
    pub(crate) quantity: Option<String>,
    /// Another split percent, for people to read.
    #[arg(long, group = "what")]
    pub(crate) percent: Option<String>,
    /// Another category.
    #[arg(long, group = "what")]
    pub(crate) category: Option<String>,
    /// Another credit date: it picks plan and period.
    #[arg(long, group = "what")]
    pub(crate) date: Option<String>,
    /// Another roll-up date: it picks the hierarchy.
    #[arg(long, group = "what")]
    pub(crate) roll_up_date: Option<String>,
    /// Revenue or non-revenue: true or false.
    #[arg(long, group = "what", value_name = "TRUE|FALSE")]
    pub(crate) revenue: Option<String>,
    /// Whether it rolls up: true or false.
    #[arg(long, group = "what", value_name = "TRUE|FALSE")]
    pub(crate) rolls_up: Option<String>,
    /// Another participant gets it.
    #[arg(long, group = "what", value_name = "PARTICIPANT", conflicts_with_all = CREDIT_VALUES)]
    pub(crate) to: Option<String>,
    /// Several participants get it, each their percent: `ana=60,ben=40`.
    #[arg(long, group = "what", value_name = "PARTS", conflicts_with_all = CREDIT_VALUES)]
    #[arg(conflicts_with = "to")]
    pub(crate) split: Option<String>,
    /// Nobody gets it.
    #[arg(long, group = "what", conflicts_with_all = CREDIT_VALUES)]
    #[arg(conflicts_with_all = ["to", "split"])]
    pub(crate) cancel: bool,
    /// Refuse if it has another version than this by now.
    #[arg(long, value_name = "VERSION")]
    pub(crate) version: Option<String>,
    #[command(flatten)]
    pub(crate) deed: Deed,
}

/// The values of a credit, which go together.
const CREDIT_VALUES: [&str; 8] = [
    "amount",
    "quantity",
    "percent",
    "category",
    "date",
    "roll_up_date",
    "revenue",
    "rolls_up",
];

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true)))]
pub(crate) struct AdjustTransaction {
    /// Its type, such as `ORDER`.
    #[arg(value_name = "TYPE")]
    pub(crate) kind: String,
    /// Its number in the source system.
    pub(crate) number: String,
    /// Another amount: `120.50`, in its currency, or `120.50 EUR`.
    #[arg(long, group = "what", allow_negative_numbers = true)]
    pub(crate) amount: Option<String>,
    /// Another event date.
    #[arg(long, group = "what")]
    pub(crate) date: Option<String>,
    /// Another quantity.
    #[arg(long, group = "what", allow_negative_numbers = true)]
    pub(crate) quantity: Option<String>,
    /// An attribute, as `name=value`; may be given several times.
    #[arg(long, group = "what", value_name = "NAME=VALUE", value_parser = attribute)]
    pub(crate) attribute: Vec<(String, String)>,
    /// Takes an attribute away; may be given several times.
    #[arg(long, group = "what", value_name = "NAME")]
    pub(crate) remove_attribute: Vec<String>,
    /// Whether nothing is done with it until the hold is lifted: true or false.
    #[arg(long, group = "what", value_name = "TRUE|FALSE")]
    pub(crate) hold: Option<String>,
    /// Cancels it and all its credits.
    #[arg(long, group = "what", conflicts_with_all = TRANSACTION_VALUES)]
    pub(crate) cancel: bool,
    /// Whether crediting keeps its credits whatever the rules say: true or false.
    #[arg(long, group = "what", value_name = "TRUE|FALSE", conflicts_with_all = TRANSACTION_VALUES)]
    #[arg(conflicts_with = "cancel")]
    pub(crate) preserve_credits: Option<String>,
    /// Refuse if it has another version than this by now.
    #[arg(long, value_name = "VERSION")]
    pub(crate) version: Option<String>,
    #[command(flatten)]
    pub(crate) deed: Deed,
}

/// The values of a transaction, which go together.
const TRANSACTION_VALUES: [&str; 6] = [
    "amount",
    "date",
    "quantity",
    "attribute",
    "remove_attribute",
    "hold",
];

fn attribute(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').filter(|(_, value)| !value.is_empty());
    let (name, value) = parts.ok_or("it is not written as name=value")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl AdjustTransaction {
    /// The attributes by name; of one that is given twice, the last counts.
    pub(crate) fn attributes(&self) -> BTreeMap<String, String> {
        self.attribute.iter().cloned().collect()
    }
}

#[derive(Debug, Args)]
pub(crate) struct AdjustFile {
    #[command(flatten)]
    pub(crate) rows: ImportFile,
    #[command(flatten)]
    pub(crate) deed: Deed,
}

#[derive(Debug, Args)]
pub(crate) struct Revert {
    #[command(flatten)]
    pub(crate) dates: Dates,
    /// Waits for a run over the same dates to end, instead of refusing.
    #[arg(long)]
    pub(crate) wait: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum History {
    /// The chain of versions that a credit is part of, splits and transfers included.
    Credit {
        /// Any version of it (`crd_…`).
        id: String,
    },
    /// All versions of a transaction, and everything that was ever credited for it.
    Transaction {
        /// Its type, such as `ORDER`.
        #[arg(value_name = "TYPE")]
        kind: String,
        /// Its number in the source system.
        number: String,
    },
    /// Everything that was ever earned under the key of an earning, and what was paid of it.
    Earning {
        /// An earning or reversal of the key (`ern_…`).
        id: String,
    },
    /// What somebody had earned and been paid, as known at a past moment.
    Participant {
        /// Whose.
        id: String,
        /// The moment, as `2026-01-31T17:00:00Z`; a date stands for its beginning, in UTC.
        #[arg(long, value_name = "TIME")]
        at: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Log {
    /// Runs, newest first.
    Runs {
        /// Only of this process.
        #[arg(long, value_enum)]
        process: Option<ProcessName>,
        /// Only in this state.
        #[arg(long, value_enum)]
        status: Option<StatusName>,
    },
    /// The log of a run, also while it runs.
    Run {
        /// The run (`run_…`).
        id: String,
        /// Only rows in error, and why the run failed.
        #[arg(long)]
        errors: bool,
    },
    /// The activity log: every create, update and delete.
    Activity {
        /// Only about this kind of record.
        #[arg(long, value_enum)]
        record: Option<RecordName>,
        /// Only what this actor did.
        #[arg(long, value_name = "ACTOR")]
        by: Option<String>,
        /// Only from then on; a date stands for its beginning, in UTC.
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// Only before then.
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
}

/// The states of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatusName {
    Queued,
    Running,
    Succeeded,
    SucceededWithErrors,
    Failed,
    Cancelled,
}

/// The kinds of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RecordName {
    Definition,
    Transaction,
    Credit,
    Earning,
    Batch,
    Paysheet,
    PaymentLine,
    Reward,
    Clear,
    ClearUndo,
    Run,
    Calculation,
}
