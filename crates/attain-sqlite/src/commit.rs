//! One commit: the request, then every guard, then the changes, in one transaction.

use std::sync::Arc;

use attain_domain::change::{ChangeSet, Changes, Guard};
use attain_domain::ports::{CommitError, StoreError};
use sqlx::SqliteConnection;

use crate::bulk::Writer;
use crate::error::from_driver;
use crate::statements;

/// Applies everything or nothing. An error that is not about the change itself may leave the
/// connection in a state in which it must not be used again; then the second value is false.
pub(crate) async fn commit(
    connection: &mut SqliteConnection,
    set: ChangeSet,
) -> (Result<(), CommitError>, bool) {
    if let Err(error) = plain(connection, statements::BEGIN_WRITING).await {
        return (Err(error.into()), false);
    }
    let mut done = write(connection, set).await;
    if done.is_ok() {
        done = plain(connection, statements::COMMIT)
            .await
            .map_err(CommitError::from);
    }
    let is_clean = match &done {
        Ok(()) => true,
        // Some errors have ended the transaction already, and make this fail.
        Err(_) => plain(connection, statements::ROLLBACK).await.is_ok(),
    };
    (done, is_clean)
}

pub(crate) async fn plain(
    connection: &mut SqliteConnection,
    statement: &'static str,
) -> Result<(), StoreError> {
    let done = sqlx::query(statement).execute(connection).await;
    done.map_err(from_driver)?;
    Ok(())
}

async fn write(connection: &mut SqliteConnection, set: ChangeSet) -> Result<(), CommitError> {
    let ChangeSet {
        workspace,
        request,
        guards,
        changes,
    } = set;
    let mut writer = Writer {
        connection,
        workspace: Arc::from(workspace.as_str()),
    };
    let Some(mark) = writer.definitions_mark().await? else {
        return Err(CommitError::GuardFailed(Box::new(Guard::WorkspaceExists)));
    };
    if let Some(request) = &request
        && writer.was_seen(&request.id).await?
    {
        return Err(CommitError::RequestSeen(request.id.clone()));
    }
    let mut broken = writer.broken_guard(mark, &guards).await?;
    if broken.is_none() {
        broken = writer.stale_payment(&changes.earnings_paid).await?;
    }
    if let Some(broken) = broken {
        return Err(CommitError::GuardFailed(Box::new(broken)));
    }
    pay(&mut writer, &changes).await?;
    apply(&mut writer, changes).await?;
    writer.insert_request(request.as_ref()).await?;
    Ok(())
}

async fn apply(writer: &mut Writer<'_>, changes: Changes) -> Result<(), StoreError> {
    let Changes {
        definitions,
        transactions,
        transactions_progressed,
        transactions_departed,
        credits_departed,
        credits_obsoleted,
        credits_judged,
        credits,
        earnings_departed,
        earnings_returned,
        earnings_obsoleted,
        earnings_explained,
        earnings_paid,
        earnings,
        calculations,
        calculations_deleted,
        // Written by `pay`.
        lines_deleted: _,
        paysheets_deleted: _,
        batches_deleted: _,
        batches: _,
        paysheets: _,
        lines: _,
        rewards: _,
        clears: _,
        clear_undos: _,
        runs,
        run_log,
        chunks_removed,
        chunks_worked,
        chunks,
        work_done,
        work,
        changed,
        claims,
        claims_done,
        activities,
    } = changes;
    writer.write_definitions(definitions).await?;
    writer.depart_transactions(&transactions_departed).await?;
    writer
        .write_transactions(&transactions, transactions_progressed)
        .await?;
    writer.depart_credits(&credits_departed).await?;
    writer
        .mark_credits(&credits_obsoleted, &credits_judged)
        .await?;
    writer.insert_credits(&credits).await?;
    writer.depart_earnings(&earnings_departed).await?;
    writer.return_earnings(&earnings_returned).await?;
    writer
        .mark_earnings(&earnings_obsoleted, &earnings_explained)
        .await?;
    writer.pay_earnings(&earnings_paid).await?;
    writer.insert_earnings(&earnings).await?;
    writer
        .write_calculations(&calculations, &calculations_deleted)
        .await?;
    writer.put_runs(&runs, &run_log).await?;
    writer
        .write_chunks(&chunks_removed, &chunks_worked, &chunks)
        .await?;
    writer.write_work(&work_done, &work).await?;
    writer.write_log(&changed, &claims, &claims_done).await?;
    writer.insert_activities(&activities).await
}

async fn pay(writer: &mut Writer<'_>, changes: &Changes) -> Result<(), StoreError> {
    let (lines, paysheets) = (&changes.lines_deleted, &changes.paysheets_deleted);
    writer
        .delete_payments(lines, paysheets, &changes.batches_deleted)
        .await?;
    writer
        .put_payments(&changes.batches, &changes.paysheets, &changes.lines)
        .await?;
    writer
        .write_rewards(&changes.rewards, &changes.clears, &changes.clear_undos)
        .await
}
