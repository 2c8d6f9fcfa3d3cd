//! The command line as it is typed.

mod corrections;
mod rewards;

use std::path::PathBuf;

use attain_app::Limits;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

pub(crate) use self::corrections::{
    Adjust, AdjustCredit, AdjustFile, AdjustTransaction, Deed, History, Log, RecordName, Revert,
    StatusName,
};
pub(crate) use self::rewards::{
    AssignReward, Balance, BalanceThen, Clear, ExportFormat, ExportParticipants, ExportWhat,
    Reward, RewardKindName,
};
use crate::address::{AddressParser, StoreAddress};
use crate::postgres::PostgresSettings;

/// Attain: transactions in, paysheets out, every cent explained.
///
/// Exit codes: 0 done; 1 refused, or something is different from what was expected; 2 wrong usage;
/// 3 done, but some rows are in error; 4 the store cannot be used.
#[derive(Debug, Parser)]
#[command(name = "attain", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command knows.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Where the data is: a SQLite file, a `postgres://…` URL, or `postgres-local[:FOLDER]`, a
    /// PostgreSQL of our own in a folder (`attain-postgres`). What is a file or a folder is made if
    /// it is not there. [default: attain.sqlite]
    #[arg(
        long,
        global = true,
        env = "ATTAIN_STORE",
        // It may hold a password.
        hide_env_values = true,
        value_parser = AddressParser
    )]
    pub(crate) store: Option<StoreAddress>,
    #[command(flatten)]
    pub(crate) postgres: PostgresSettings,
    /// The workspace; it is made by the first `apply`.
    #[arg(
        long,
        short,
        global = true,
        env = "ATTAIN_WORKSPACE",
        default_value = "main"
    )]
    pub(crate) workspace: String,
    /// Who does it, for the activity log.
    #[arg(
        long,
        global = true,
        env = "ATTAIN_ACTOR",
        default_value = "command-line"
    )]
    pub(crate) actor: String,
    /// The caller's own id of a write: a repeat with the same id gets the first answer.
    #[arg(long, global = true)]
    pub(crate) request_id: Option<String>,
    /// Tables for people, JSON or CSV for programs.
    #[arg(long, short, global = true, value_enum, default_value_t = Output::Table)]
    pub(crate) output: Output,
    /// How long a process may be silent before others take over its work on a run. All processes
    /// on a store have to have the same. [default: 60]
    #[arg(
        long,
        global = true,
        hide = true,
        env = "ATTAIN_LEASE_SECONDS",
        value_name = "SECONDS",
        value_parser = clap::value_parser!(u32).range(1..=86_400)
    )]
    lease_seconds: Option<u32>,
}

impl Global {
    /// Where the data is.
    pub(crate) fn store(&self) -> StoreAddress {
        self.store.clone().unwrap_or_default()
    }

    /// The engine's own limits, but for what is set.
    pub(crate) fn limits(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            lease_seconds: self.lease_seconds.unwrap_or(usual.lease_seconds),
            ..usual
        }
    }
}

impl Arguments {
    /// What the parser alone cannot tell is wrong.
    pub(crate) fn checked(self) -> Result<Self, clap::Error> {
        let is_distributed =
            matches!(&self.command, Command::Migrate(migrate) if migrate.distribute);
        let store = self.global.store();
        if is_distributed && !store.is_postgres() {
            let told = format!(
                "--distribute: {store} is a SQLite file, and only a PostgreSQL database with Citus \
                 can be distributed"
            );
            return Err(Self::command().error(ErrorKind::ArgumentConflict, told));
        }
        let is_for_postgres =
            matches!(&self.command, Command::Test(test) if test.on == TestStore::Postgres);
        if let Some(store) = &self.global.store
            && is_for_postgres
            && !store.is_postgres()
        {
            let told = format!(
                "--on postgres: {store} is a SQLite file; name a PostgreSQL database with --store, \
                 or nothing for a server that ends with the tests"
            );
            return Err(Self::command().error(ErrorKind::ArgumentConflict, told));
        }
        Ok(self)
    }
}

/// How answers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    Table,
    Json,
    Csv,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Makes the example company, imports its first quarter, runs and pays January to March.
    Demo(Demo),
    /// Checks documents together, says what would change, and writes all of them or none.
    Apply(Apply),
    /// Writes every live document, as `apply` reads them; or all participants with what they owe.
    Export(Export),
    /// Imports transactions or ready-made credits; bad rows never stop the good ones.
    #[command(subcommand)]
    Import(Import),
    /// Runs a process over the periods that a range of dates touches.
    Run(Run),
    /// Changes, splits, transfers or cancels credits; changes or cancels transactions.
    ///
    /// What is replaced becomes obsolete and waits for `attain revert`, or `attain run all`.
    #[command(subcommand)]
    Adjust(Box<Adjust>),
    /// Moves what is obsolete out of the way and writes reversals: of everything that is pending,
    /// or of the periods that a range of dates touches.
    Revert(Revert),
    /// What is obsolete and waits for Revert: how much, and the first 100 rows.
    Pending(ListDates),
    /// All versions of a record: where each is now, who made it so and why.
    #[command(subcommand)]
    History(History),
    /// What was done: runs, the log of a run, the activity log.
    #[command(subcommand)]
    Log(Log),
    /// Payment batches: create, refresh, freeze, pay.
    #[command(subcommand)]
    Pay(Pay),
    /// Rewards: assigned by hand, one or many; withdrawn; listed.
    #[command(subcommand)]
    Reward(Box<Reward>),
    /// What a participant owes, with the rewards that make it up.
    Balance(Balance),
    /// Forgives what participants owe, undoes that, lists what was forgiven.
    #[command(subcommand)]
    Clear(Clear),
    /// One participant's period: credits, attainment, earnings, payments, what is owed.
    Statement(Statement),
    /// How an earning or a paysheet came to be, from stored facts.
    Explain(Explain),
    /// Lists records.
    #[command(subcommand)]
    List(List),
    /// Runs scenario files: given, when, then, with exact numbers.
    Test(Test),
    /// Serves gRPC.
    Serve(Serve),
    /// Works on runs of all workspaces, whoever started them, until it is stopped.
    Worker(Worker),
    /// Brings the database to this program's version.
    Migrate(Migrate),
    /// Writes the JSON Schema of the documents.
    Schema,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Where the company's files go, and its database unless --store names one.
    #[arg(long, default_value = "attain-demo")]
    pub(crate) folder: PathBuf,
    /// The size: 1 is 1 000 clerks and about 57 000 orders a quarter; up to three digits after
    /// the point.
    #[arg(long, default_value = "1")]
    pub(crate) scale: String,
}

#[derive(Debug, Args)]
pub(crate) struct Apply {
    /// A file or a folder of `.yaml` files; may be given several times.
    #[arg(short, long = "file", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Deletes a definition in the same commit, as `KIND/ID`; may be given several times.
    #[arg(long)]
    pub(crate) delete: Vec<String>,
    /// Only checks, and says what would change.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Export {
    /// A folder for one file a kind; standard output if absent.
    #[arg(short, long)]
    pub(crate) directory: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) what: Option<ExportWhat>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Transactions, as CSV (by header) or NDJSON (`.ndjson`, `.jsonl`).
    Transactions(ImportFile),
    /// Ready-made credits, as CSV or NDJSON.
    Credits(ImportFile),
}

#[derive(Debug, Args)]
pub(crate) struct ImportFile {
    /// The file; `-` is standard input.
    pub(crate) file: PathBuf,
    /// Where rejected rows go, with line, field and reason; `FILE.rejected.csv` if absent.
    #[arg(long)]
    pub(crate) rejected: Option<PathBuf>,
    /// How the file is written, where its name does not tell.
    #[arg(long, value_enum)]
    pub(crate) format: Option<RowFormat>,
}

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowFormat {
    Csv,
    Ndjson,
}

#[derive(Debug, Args)]
pub(crate) struct Dates {
    /// A period, such as `2026-01`; several periods as `2026-01..2026-03`.
    #[arg(long, conflicts_with_all = ["from", "through"])]
    pub(crate) period: Option<String>,
    /// First date.
    #[arg(long, requires = "through")]
    pub(crate) from: Option<String>,
    /// Last date, inclusive.
    #[arg(long, alias = "to")]
    pub(crate) through: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Which process.
    #[arg(value_enum, default_value_t = ProcessName::All)]
    pub(crate) process: ProcessName,
    #[command(flatten)]
    pub(crate) dates: Dates,
    /// Waits for a run over the same dates to end, instead of refusing.
    #[arg(long)]
    pub(crate) wait: bool,
    /// Only starts it, for workers of other processes.
    #[arg(long)]
    pub(crate) detach: bool,
}

/// The processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProcessName {
    All,
    Classify,
    Credit,
    RollUp,
    Calculate,
    /// Without dates: exactly what is pending.
    Revert,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Pay {
    /// Takes up everything that is payable on the pay date.
    Create {
        /// Who is paid.
        #[arg(long)]
        group: String,
        /// The period.
        #[arg(long)]
        period: String,
        /// The last day of the period if absent.
        #[arg(long)]
        pay_date: Option<String>,
    },
    /// Takes up what has become payable since.
    Refresh { batch: String },
    /// Gives an unpaid batch another pay date, and refreshes it.
    Edit {
        batch: String,
        #[arg(long)]
        pay_date: String,
    },
    /// No more changes.
    Freeze { batch: String },
    /// Pays a frozen batch.
    Run { batch: String },
    /// Deletes an unpaid batch; what was on it becomes payable again.
    Delete { batch: String },
    /// The batches.
    Batches,
    /// The paysheets of a batch.
    Sheets { batch: String },
    /// One paysheet with its lines and rewards, and what payment plans made of it.
    Sheet { sheet: String },
    /// Moves a paysheet: lock, submit, approve or reject.
    Move {
        sheet: String,
        #[arg(value_enum)]
        action: SheetMove,
    },
    /// Takes a line (`lne_…`) or a reward (`rwd_…`) off its sheet until it is released.
    Hold { line: String },
    /// Puts back what is held.
    Release { line: String },
}

/// What can be done with a paysheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SheetMove {
    Lock,
    Submit,
    Approve,
    Reject,
}

#[derive(Debug, Args)]
pub(crate) struct Statement {
    /// Whose.
    pub(crate) participant: String,
    /// Which period.
    #[arg(long)]
    pub(crate) period: String,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// An earning (`ern_…`) or a paysheet (`sht_…`).
    pub(crate) id: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum List {
    /// Transactions by event date.
    Transactions(ListDates),
    /// Credits of a participant.
    Credits(ListOf),
    /// Earnings, of one participant or all.
    Earnings(ListOf),
    /// Runs, newest first.
    Runs,
    /// The log of a run.
    RunLog { run: String },
    /// The activity log.
    Activities,
}

#[derive(Debug, Args)]
pub(crate) struct ListDates {
    #[command(flatten)]
    pub(crate) dates: Dates,
}

#[derive(Debug, Args)]
pub(crate) struct ListOf {
    /// Whose; all if absent, where that is possible.
    #[arg(long, short)]
    pub(crate) participant: Option<String>,
    #[command(flatten)]
    pub(crate) dates: Dates,
}

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Scenario files, or folders of them.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Where they run: in memory, on a new database file each, or in a new workspace each of the
    /// PostgreSQL database that --store names; without --store, of a server that ends with the
    /// tests.
    #[arg(long, value_enum, default_value_t = TestStore::Memory)]
    pub(crate) on: TestStore,
}

/// Where scenarios run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestStore {
    Memory,
    Sqlite,
    Postgres,
}

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Spreads the tables over the machines of a Citus cluster, too.
    #[arg(long)]
    pub(crate) distribute: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:50051")]
    pub(crate) listen: std::net::SocketAddr,
    /// Brings the database to this program's version first.
    #[arg(long)]
    pub(crate) migrate: bool,
    /// Workers on runs; with 0, runs wait for those of `attain worker`.
    #[arg(long, default_value_t = 1)]
    pub(crate) workers: u32,
    /// Listens on other addresses than loopback, although nobody is authenticated yet.
    #[arg(long)]
    pub(crate) insecure_allow_remote: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Worker {
    /// What its work is known by; its process's number if absent.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// How many chunks it works on at a time.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) workers: u32,
}
