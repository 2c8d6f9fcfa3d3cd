//! What a commit makes of a state: the request, then every guard, then the changes in the order of
//! the fields. The old state stays as it is, so an error on the way leaves nothing behind.

use attain_domain::change::{ChangeSet, Changes};
use attain_domain::definition::Calendar;
use attain_domain::ports::CommitError;

use crate::earnings::EarningChanges;
use crate::guards::holds;
use crate::payments::PaymentChanges;
use crate::tables::Tables;
use crate::work::LogChanges;

pub(crate) fn committed(before: &Tables, set: ChangeSet) -> Result<Tables, CommitError> {
    let ChangeSet {
        workspace: _,
        request,
        guards,
        changes,
    } = set;
    if let Some(request) = request
        .as_ref()
        .filter(|request| before.requests.has(&request.id))
    {
        return Err(CommitError::RequestSeen(request.id.clone()));
    }
    if let Some(broken) = guards.into_iter().find(|guard| !holds(before, guard)) {
        return Err(CommitError::GuardFailed(Box::new(broken)));
    }
    let mut after = before.clone();
    apply(&mut after, changes)?;
    after.requests.apply(request)?;
    Ok(after)
}

fn apply(tables: &mut Tables, changes: Changes) -> Result<(), CommitError> {
    let Changes {
        definitions,
        transactions,
        transactions_progressed,
        credits_departed,
        credits_obsoleted,
        credits_judged,
        credits,
        earnings_departed,
        earnings_obsoleted,
        earnings_explained,
        earnings_paid,
        earnings,
        calculations,
        calculations_deleted,
        lines_deleted,
        paysheets_deleted,
        batches_deleted,
        batches,
        paysheets,
        lines,
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
    tables.definitions.apply(definitions)?;
    tables
        .transactions
        .apply(transactions, transactions_progressed)?;
    let departed = credits_departed;
    tables
        .credits
        .apply(departed, credits_obsoleted, credits_judged, credits)?;
    tables.earnings.apply(EarningChanges {
        departed: earnings_departed,
        obsoleted: earnings_obsoleted,
        explained: earnings_explained,
        paid: earnings_paid,
        new: earnings,
        calculations,
        calculations_deleted,
    })?;
    tables.payments.apply(PaymentChanges {
        lines_deleted,
        paysheets_deleted,
        batches_deleted,
        batches,
        paysheets,
        lines,
    })?;
    tables.runs.apply(runs, run_log)?;
    tables.chunks.apply(chunks_removed, chunks_worked, chunks)?;
    tables.work.apply(work_done, work)?;
    let log = LogChanges {
        changed,
        claims,
        claims_done,
    };
    apply_log(tables, log);
    Ok(tables.activities.apply(activities)?)
}

fn apply_log(tables: &mut Tables, log: LogChanges) {
    let no_calendar = Calendar::default();
    let calendar = tables.definitions.calendar().unwrap_or(&no_calendar);
    tables.work.apply_log(log, &tables.runs, calendar);
}
