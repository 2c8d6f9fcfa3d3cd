//! What a commit does, in the order that the port gives: the workspace, the request, the guards,
//! the changes by the order of their fields, the request's record.

use attain_domain::change::{ChangeSet, Changes, Guard, RequestRecord};
use attain_domain::payment::{PaymentBatch, PaymentLine, Paysheet};
use attain_domain::ports::CommitError;
use attain_domain::run::{Calculation, WorkItem};

use crate::guards::holds;
use crate::store::has_workspace;
use crate::table::{Reads, Writer};

impl Writer<'_> {
    pub(crate) fn carry_out(&self, set: ChangeSet) -> Result<(), CommitError> {
        let ChangeSet {
            workspace,
            request,
            guards,
            changes,
        } = set;
        if !has_workspace(self.transaction, &workspace)? {
            let guard = Guard::WorkspaceExists;
            return Err(CommitError::GuardFailed(Box::new(guard)));
        }
        if let Some(request) = &request
            && self.one::<RequestRecord>(&request.id)?.is_some()
        {
            return Err(CommitError::RequestSeen(request.id.clone()));
        }
        for guard in guards {
            if !holds(self, &guard)? {
                return Err(CommitError::GuardFailed(Box::new(guard)));
            }
        }
        self.apply(changes)?;
        self.add(request)?;
        Ok(())
    }

    fn apply(&self, changes: Changes) -> Result<(), CommitError> {
        // Without `..`, so that a new kind of change cannot be forgotten.
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
        self.write_definitions(definitions)?;
        self.write_transactions(transactions, transactions_progressed)?;
        self.depart_transactions(transactions_departed)?;
        self.depart_credits(credits_departed)?;
        self.mark_credits(credits_obsoleted, credits_judged)?;
        self.add(credits)?;
        self.depart_earnings(earnings_departed)?;
        self.return_earnings(earnings_returned)?;
        self.mark_earnings(earnings_obsoleted, earnings_explained)?;
        self.pay_earnings(earnings_paid)?;
        self.add_earnings(earnings)?;
        self.put(calculations)?;
        self.take_all::<Calculation>(calculations_deleted)?;
        self.take_all::<PaymentLine>(lines_deleted)?;
        self.take_all::<Paysheet>(paysheets_deleted)?;
        self.take_all::<PaymentBatch>(batches_deleted)?;
        self.put(batches)?;
        self.put(paysheets)?;
        self.put(lines)?;
        self.write_rewards(rewards, clears, clear_undos)?;
        self.put(runs)?;
        self.add(run_log)?;
        self.write_chunks(chunks_removed, chunks_worked, chunks)?;
        self.take_all::<WorkItem>(work_done)?;
        self.add(work)?;
        self.put(changed)?;
        self.claim_all(&claims)?;
        self.strike_claims(claims_done)?;
        self.add(activities).map_err(CommitError::from)
    }
}
