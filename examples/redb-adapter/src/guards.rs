//! The facts that a change relies on: whether they hold.

use attain_domain::change::Guard;
use attain_domain::chunk::RunChunk;
use attain_domain::credit::Credit;
use attain_domain::earning::Earning;
use attain_domain::ids::RunId;
use attain_domain::payment::{PaymentBatch, PaymentLine, Paysheet};
use attain_domain::reward::{Clear, Reward};
use attain_domain::run::Run;
use attain_domain::time::{DateRange, Instant};
use attain_domain::transaction::Transaction;

use crate::leased::is_held;
use crate::processed::open_runs;
use crate::rewarded::rewards_mark;
use crate::sold::is_key_free;
use crate::table::{Answer, Reads, Writer};
use crate::written::{live_version, mark};

pub(crate) fn holds(writer: &Writer<'_>, guard: &Guard) -> Answer<bool> {
    /// Whether the row is there, at a version.
    macro_rules! is_at {
        ($row:ty, $id:expr, $version:expr) => {{
            let row: Option<$row> = writer.one($id)?;
            row.is_some_and(|row| row.stamp.version == *$version)
        }};
    }
    Ok(match guard {
        Guard::DefinitionAt(kind, id, version) => {
            live_version(writer, *kind, id)? == Some(*version)
        }
        Guard::DefinitionAbsent(kind, id) => live_version(writer, *kind, id)?.is_none(),
        Guard::DefinitionsUnchanged(read) => mark(writer)? == *read,
        Guard::TransactionKeyFree(key) => is_key_free(writer, key)?,
        Guard::TransactionAt(id, version) => is_at!(Transaction, id, version),
        Guard::CreditAt(id, version) => is_at!(Credit, id, version),
        Guard::EarningAt(id, version) => is_at!(Earning, id, version),
        Guard::BatchAt(id, version) => is_at!(PaymentBatch, id, version),
        Guard::PaysheetAt(id, version) => is_at!(Paysheet, id, version),
        Guard::LineAt(id, version) => is_at!(PaymentLine, id, version),
        Guard::RewardAt(id, version) => is_at!(Reward, id, version),
        Guard::ClearAt(id, version) => is_at!(Clear, id, version),
        Guard::RewardsUnchanged(read) => rewards_mark(writer, &read.participant)? == read.mark,
        Guard::RunAt(id, version) => is_at!(Run, id, version),
        Guard::NoRunOverlaps { except, range, at } => {
            !some_run_overlaps(writer, *except, range, *at)?
        }
        Guard::ChunkHeld { chunk, attempt } => is_held(writer, *chunk, *attempt)?,
        Guard::ChunkAt(id, version) => {
            let row: Option<RunChunk> = writer.one(id)?;
            row.is_some_and(|row| row.version == *version)
        }
        // Looked at before all others: there is nothing to read without a workspace.
        Guard::WorkspaceExists => true,
    })
}

fn some_run_overlaps(
    writer: &Writer<'_>,
    except: RunId,
    range: &DateRange,
    at: Instant,
) -> Answer<bool> {
    let overlaps =
        |run: &Run| run.id != except && at < run.lease_until && run.range.overlaps(range);
    Ok(open_runs(writer)?.iter().any(overlaps))
}
