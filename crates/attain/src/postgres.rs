//! What of a PostgreSQL store is a choice, as flags and settings of the environment.

use std::time::Duration;

use attain_postgres::Options;
use clap::{ArgAction, Args};

/// Only for stores on PostgreSQL. The URL says the rest, as `sslmode` and `sslrootcert`.
#[derive(Debug, Args)]
#[command(next_help_heading = "PostgreSQL")]
pub(crate) struct PostgresSettings {
    /// Most views that are open at once; each has a connection.
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "ATTAIN_POSTGRES_VIEWS",
        value_name = "COUNT",
        value_parser = clap::value_parser!(u32).range(1..=10_000)
    )]
    postgres_views: Option<u32>,
    /// Most commits at work at once; each has a connection.
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "ATTAIN_POSTGRES_COMMITS",
        value_name = "COUNT",
        value_parser = clap::value_parser!(u32).range(1..=10_000)
    )]
    postgres_commits: Option<u32>,
    /// How long a view or a commit waits for a connection.
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "ATTAIN_POSTGRES_PATIENCE",
        value_name = "SECONDS"
    )]
    postgres_patience: Option<u32>,
    /// How long one statement may take.
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "ATTAIN_POSTGRES_STATEMENT_TIMEOUT",
        value_name = "SECONDS"
    )]
    postgres_statement_timeout: Option<u32>,
    /// How long a statement waits for another writer.
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "ATTAIN_POSTGRES_LOCK_TIMEOUT",
        value_name = "SECONDS"
    )]
    postgres_lock_timeout: Option<u32>,
    /// How long a view or a commit may stay open without a statement.
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "ATTAIN_POSTGRES_IDLE_TIMEOUT",
        value_name = "SECONDS"
    )]
    postgres_idle_timeout: Option<u32>,
    /// Whether statements are prepared once and kept; false for PgBouncer before 1.21.
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "ATTAIN_POSTGRES_PREPARED",
        action = ArgAction::Set
    )]
    postgres_prepared: Option<bool>,
    /// Whether many rows go through COPY.
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "ATTAIN_POSTGRES_COPY",
        action = ArgAction::Set
    )]
    postgres_copy: Option<bool>,
    /// The role to work as, a member of `attain_app`.
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "ATTAIN_POSTGRES_ROLE",
        value_name = "ROLE"
    )]
    postgres_role: Option<String>,
    /// The role to COPY as, a member of `attain_writer`.
    #[arg(
        long,
        global = true,
        hide_short_help = true,
        env = "ATTAIN_POSTGRES_WRITER_ROLE",
        value_name = "ROLE"
    )]
    postgres_writer_role: Option<String>,
}

impl PostgresSettings {
    /// What is set, and the store's own defaults for the rest.
    pub(crate) fn options(&self, migrate: bool) -> Options {
        let usual = Options::default();
        let seconds = |set: Option<u32>, usual: Duration| {
            set.map_or(usual, |seconds| Duration::from_secs(seconds.into()))
        };
        let name = |set: &Option<String>, usual: String| set.clone().unwrap_or(usual);
        Options {
            migrate,
            views_max: self.postgres_views.unwrap_or(usual.views_max),
            commits_max: self.postgres_commits.unwrap_or(usual.commits_max),
            patience: seconds(self.postgres_patience, usual.patience),
            statement_timeout: seconds(self.postgres_statement_timeout, usual.statement_timeout),
            lock_timeout: seconds(self.postgres_lock_timeout, usual.lock_timeout),
            idle_timeout: seconds(self.postgres_idle_timeout, usual.idle_timeout),
            tls: usual.tls,
            prepared: self.postgres_prepared.unwrap_or(usual.prepared),
            application_role: name(&self.postgres_role, usual.application_role),
            writer_role: name(&self.postgres_writer_role, usual.writer_role),
            writer_copy: self.postgres_copy.unwrap_or(usual.writer_copy),
        }
    }
}
