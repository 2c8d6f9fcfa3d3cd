//! One commit: the workspace is locked, then the request, then every guard, then the changes, in
//! one transaction.

use attain_domain::change::{ChangeSet, Changes, Guard};
use attain_domain::ports::{CommitError, StoreError};

use crate::bulk::Writer;

/// Does all of a change set but the beginning and the end of the transaction.
pub(crate) async fn write(writer: &mut Writer<'_>, set: &ChangeSet) -> Result<(), CommitError> {
    let ChangeSet {
        workspace: _,
        request,
        guards,
        changes,
    } = set;
    let Some(mark) = writer.lock_workspace(is_alone(set)).await? else {
        return Err(CommitError::GuardFailed(Box::new(Guard::WorkspaceExists)));
    };
    if let Some(request) = request
        && !writer.insert_request(request).await?
    {
        return Err(CommitError::RequestSeen(request.id.clone()));
    }
    let mut broken = writer.broken_guard(mark, guards).await?;
    if broken.is_none() {
        broken = writer.stale_payment(&changes.earnings_paid).await?;
    }
    if let Some(broken) = broken {
        return Err(CommitError::GuardFailed(Box::new(broken)));
    }
    apply(writer, changes).await?;
    Ok(())
}

/// Whether a commit is about the workspace as a whole, not about rows that can be locked: then no
/// other one is at work in it.
fn is_alone(set: &ChangeSet) -> bool {
    let is_about_all = |guard: &Guard| matches!(guard, Guard::NoRunOverlaps { .. });
    !set.changes.definitions.is_empty()
        || !set.changes.claims.is_empty()
        || set.guards.iter().any(is_about_all)
}

async fn apply(writer: &mut Writer<'_>, changes: &Changes) -> Result<(), StoreError> {
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
    writer.depart_transactions(transactions_departed).await?;
    writer
        .write_transactions(transactions, transactions_progressed)
        .await?;
    writer.depart_credits(credits_departed).await?;
    writer
        .mark_credits(credits_obsoleted, credits_judged)
        .await?;
    writer.insert_credits(credits).await?;
    writer.depart_earnings(earnings_departed).await?;
    writer.return_earnings(earnings_returned).await?;
    writer
        .mark_earnings(earnings_obsoleted, earnings_explained)
        .await?;
    writer.pay_earnings(earnings_paid).await?;
    writer.insert_earnings(earnings).await?;
    writer
        .write_calculations(calculations, calculations_deleted)
        .await?;
    pay(writer, changes).await?;
    writer.put_runs(runs, run_log).await?;
    writer
        .write_chunks(chunks_removed, chunks_worked, chunks)
        .await?;
    writer.write_work(work_done, work).await?;
    writer.write_log(changed, claims, claims_done).await?;
    writer.insert_activities(activities).await?;
    writer.end_copy().await
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
