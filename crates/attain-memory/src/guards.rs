//! The facts that a change relies on: whether they hold.

use attain_domain::change::Guard;

use crate::tables::Tables;

pub(crate) fn holds(tables: &Tables, guard: &Guard) -> bool {
    match guard {
        Guard::DefinitionAt(kind, id, version) => {
            tables.definitions.live_version(*kind, id) == Some(*version)
        }
        Guard::DefinitionAbsent(kind, id) => tables.definitions.live_version(*kind, id).is_none(),
        Guard::DefinitionsUnchanged(mark) => tables.definitions.mark() == *mark,
        Guard::TransactionKeyFree(key) => tables.transactions.is_key_free(key),
        Guard::TransactionAt(id, version) => tables.transactions.version(*id) == Some(*version),
        Guard::CreditAt(id, version) => tables.credits.version(*id) == Some(*version),
        Guard::EarningAt(id, version) => tables.earnings.version(*id) == Some(*version),
        Guard::BatchAt(id, version) => tables.payments.batch_version(*id) == Some(*version),
        Guard::PaysheetAt(id, version) => tables.payments.sheet_version(*id) == Some(*version),
        Guard::LineAt(id, version) => tables.payments.line_version(*id) == Some(*version),
        Guard::RewardAt(id, version) => tables.rewards.version(*id) == Some(*version),
        Guard::ClearAt(id, version) => tables.rewards.clear_version(*id) == Some(*version),
        Guard::RewardsUnchanged(read) => tables.rewards.mark(&read.participant) == read.mark,
        Guard::RunAt(id, version) => tables.runs.version(*id) == Some(*version),
        Guard::NoRunOverlaps { except, range, at } => tables.runs.is_free(*except, *range, *at),
        Guard::ChunkHeld { chunk, attempt } => tables.chunks.held(*chunk, *attempt).is_some(),
        Guard::ChunkAt(id, version) => tables.chunks.version(*id) == Some(*version),
        // There is no state to look at without a workspace.
        Guard::WorkspaceExists => true,
    }
}
