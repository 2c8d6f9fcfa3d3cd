//! A thin typed client of an Attain server: one method for each call, lists as streams over all
//! pages, imports as streams in both directions, request ids that survive retries. It knows the
//! wire and nothing of the domain.
//!
//! ```no_run
//! # async fn example() -> Result<(), attain_client::ClientError> {
//! use attain_client::{Client, proto, values};
//! use futures::TryStreamExt;
//!
//! let client = Client::connect("http://127.0.0.1:50051", "acme", "ana").await?;
//! let dates = proto::DateRange {
//!     start_date: values::date("2026-01-01"),
//!     end_date: values::date("2026-02-01"),
//! };
//! let run = client.start_run(proto::Process::RunAll, dates, proto::WhenBusy::Refuse).await?;
//! let run = client.watch_to_end(&run.run_id, |run| eprintln!("{}", run.units_done)).await?;
//! let log: Vec<_> = client.run_log(&run.run_id).try_collect().await?;
//! # drop(log);
//! # Ok(())
//! # }
//! ```
#![warn(missing_docs)]

mod activities;
mod adjustments;
mod batches;
mod connection;
mod credits;
mod definitions;
mod earnings;
mod error;
mod imports;
mod page;
mod paysheets;
mod rewards;
mod runs;
mod transactions;
pub mod values;
mod workspaces;

/// The messages of the protocol, as they are generated.
pub use attain_proto::attain::v1 as proto;
/// The standard types that the messages use.
pub use attain_proto::google::r#type as standard;

pub use activities::ActivityFilter;
pub use batches::BatchOverview;
pub use connection::{Client, Retries};
pub use definitions::ApplyMode;
pub use error::{ClientError, FieldViolation, Precondition, Refused};
pub use imports::ImportProgress;
pub use page::Rows;
pub use paysheets::LineOutcome;
pub use rewards::{BalanceAsOf, ClearMode};
