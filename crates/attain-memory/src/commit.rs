//! What a commit makes of a state: the request, then every guard, then the changes in the order of
//! the fields. The old state stays as it is, so an error on the way leaves nothing behind.

use attain_domain::change::{ChangeSet, Changes, Claim, ClaimDone};
use attain_domain::definition::Calendar;
use attain_domain::ports::CommitError;
use attain_domain::run::Change;

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
        lines_deleted,
        paysheets_deleted,
        batches_deleted,
        batches,
        paysheets,
        lines,
        rewards,
        clears,
        clear_undos,
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
    let (sold, departed) = (&mut tables.transactions, transactions_departed);
    sold.apply(transactions, transactions_progressed, departed)?;
    let (departed, obsoleted) = (credits_departed, credits_obsoleted);
    let credited = &mut tables.credits;
    credited.apply(departed, obsoleted, credits_judged, credits)?;
    tables.earnings.apply(EarningChanges {
        departed: earnings_departed,
        returned: earnings_returned,
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
    tables.rewards.apply(rewards, clears, clear_undos)?;
    tables.runs.apply(runs, run_log)?;
    tables.chunks.apply(chunks_removed, chunks_worked, chunks)?;
    tables.work.apply(work_done, work)?;
    apply_log(tables, changed, claims, claims_done);
    Ok(tables.activities.apply(activities)?)
}

fn apply_log(
    tables: &mut Tables,
    changed: Vec<Change>,
    claims: Vec<Claim>,
    claims_done: Vec<ClaimDone>,
) {
    let log = LogChanges {
        changed,
        claims,
        claims_done,
    };
    let no_calendar = Calendar::default();
    let calendar = tables.definitions.calendar().unwrap_or(&no_calendar);
    tables.work.apply_log(log, &tables.runs, calendar);
}
