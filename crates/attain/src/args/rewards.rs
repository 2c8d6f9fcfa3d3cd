//! The command line of rewards, owed balances and clearings.

use clap::{Args, Subcommand, ValueEnum};

use super::ImportFile;

#[derive(Debug, Subcommand)]
pub(crate) enum Reward {
    /// Assigns a reward to a participant.
    Assign(AssignReward),
    /// Assigns many, from a file: CSV (by header) or NDJSON.
    ///
    /// Columns: `participant`, `amount` (in operating currency, such as `120.50`), `date` and
    /// `reason`, which are needed; `recoverable` (`true` or `false`; false if empty), `kind`
    /// (`bonus`, `advance`, `repayment`, `adjustment`; what amount and `recoverable` say if empty),
    /// `plan` and `component`, which go together.
    ///
    /// A row that is rejected stops no other. The same file again assigns nothing twice: its
    /// requests have ids that follow from its rows, or from --request-id. A file of which a row was
    /// changed is another file: import what was rejected from a file of its own.
    #[command(verbatim_doc_comment)]
    Import(ImportFile),
    /// Withdraws a reward that was assigned by hand and that no paysheet has taken yet.
    Withdraw {
        /// The reward (`rwd_…`).
        id: String,
        /// Why; it is kept with the reward.
        #[arg(long)]
        reason: String,
        /// Refuse if it has another version than this by now.
        #[arg(long, value_name = "VERSION")]
        version: Option<String>,
    },
    /// The rewards of a participant by date, withdrawn ones included.
    List {
        /// Whose.
        participant: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct AssignReward {
    /// To whom.
    pub(crate) participant: String,
    /// How much, in operating currency; less than 0 takes.
    #[arg(allow_negative_numbers = true)]
    pub(crate) amount: String,
    /// It is owed back or, if it is less than 0, pays back.
    #[arg(long)]
    pub(crate) recoverable: bool,
    /// What it is for. If absent, a recoverable one is an advance or, below 0, a repayment, and
    /// another one is a bonus or, below 0, an adjustment.
    #[arg(long, value_enum)]
    pub(crate) kind: Option<RewardKindName>,
    /// The component that it stands beside on the paysheet.
    #[arg(long, value_name = "PLAN/COMPONENT")]
    pub(crate) component: Option<String>,
    /// It is owed from this date on, and taken by batches paid on or after it.
    #[arg(long)]
    pub(crate) date: String,
    /// Why; it is kept with the reward.
    #[arg(long)]
    pub(crate) reason: String,
}

/// What rewards are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RewardKindName {
    Bonus,
    Advance,
    Repayment,
    Adjustment,
}

#[derive(Debug, Args)]
pub(crate) struct Balance {
    /// Whose.
    pub(crate) participant: String,
    #[command(flatten)]
    pub(crate) then: BalanceThen,
}

/// As of when a balance is asked for; without both: now, whatever it is dated.
#[derive(Debug, Args)]
pub(crate) struct BalanceThen {
    /// Only what is dated on or before this date.
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<String>,
    /// Only what was recorded by then, as `2026-01-31T17:00:00Z`; a date stands for its beginning,
    /// in UTC.
    #[arg(long, value_name = "TIME")]
    pub(crate) known_at: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Clear {
    /// Forgives all that participants owe: their recoverable rewards become non-recoverable.
    Balance {
        /// Whose.
        #[arg(required = true)]
        participants: Vec<String>,
        /// Why; it is kept with the clearing.
        #[arg(long)]
        reason: String,
        /// From this date on nothing is owed; today, in UTC, if absent.
        #[arg(long)]
        date: Option<String>,
        /// Only says what would be forgiven.
        #[arg(long, alias = "preview")]
        dry_run: bool,
    },
    /// Undoes a clearing: what it forgave is owed again.
    Undo {
        /// The clearing (`clr_…`).
        id: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// From this date on everything is owed again; today, in UTC, if absent.
        #[arg(long)]
        date: Option<String>,
        /// Refuse if the clearing has another version than this by now.
        #[arg(long, value_name = "VERSION")]
        version: Option<String>,
    },
    /// The clearings of a participant, oldest first.
    List {
        /// Whose.
        participant: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ExportWhat {
    /// All participants with what each owes, page by page.
    Participants(ExportParticipants),
}

#[derive(Debug, Args)]
pub(crate) struct ExportParticipants {
    #[command(flatten)]
    pub(crate) then: BalanceThen,
    /// How it is written; CSV unless --output says JSON.
    #[arg(long, value_enum)]
    pub(crate) format: Option<ExportFormat>,
}

/// How all participants are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    Csv,
    /// An array of objects.
    Json,
}
