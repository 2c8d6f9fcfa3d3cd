//! Every id and name that change sets have mentioned: what there is to ask a store for.

use std::collections::BTreeSet;

use attain_domain::change::{ChangeSet, Changes, ClaimDone, DefinitionChange};
use attain_domain::credit::{Credit, CreditOrigin};
use attain_domain::definition::DefinitionKind;
use attain_domain::ids::{
    BatchId, CalculationId, ClearId, CreditId, DefinitionId, EarningId, LineId, LineageId,
    ParticipantId, PaysheetId, PeriodId, RequestId, RewardId, RunId, TransactionId,
};
use attain_domain::payment::{PaymentLine, Paysheet};
use attain_domain::reward::{Clear, ClearUndo, Reward};
use attain_domain::run::{Change, Scope};
use attain_domain::transaction::TransactionKey;

#[derive(Clone, Default)]
pub(crate) struct Known {
    pub(crate) definitions: BTreeSet<(DefinitionKind, DefinitionId, u32)>,
    pub(crate) transactions: BTreeSet<TransactionId>,
    pub(crate) keys: BTreeSet<TransactionKey>,
    pub(crate) credits: BTreeSet<CreditId>,
    pub(crate) earnings: BTreeSet<EarningId>,
    pub(crate) lineages: BTreeSet<LineageId>,
    pub(crate) participants: BTreeSet<ParticipantId>,
    pub(crate) periods: BTreeSet<PeriodId>,
    pub(crate) calculations: BTreeSet<CalculationId>,
    pub(crate) batches: BTreeSet<BatchId>,
    pub(crate) paysheets: BTreeSet<PaysheetId>,
    pub(crate) lines: BTreeSet<LineId>,
    pub(crate) rewards: BTreeSet<RewardId>,
    pub(crate) clears: BTreeSet<ClearId>,
    pub(crate) runs: BTreeSet<RunId>,
    pub(crate) requests: BTreeSet<RequestId>,
}

impl Known {
    pub(crate) fn note(&mut self, set: &ChangeSet) {
        let ChangeSet {
            workspace: _,
            request,
            guards: _,
            changes,
        } = set;
        self.requests
            .extend(request.iter().map(|request| request.id.clone()));
        self.note_changes(changes);
    }

    fn note_changes(&mut self, changes: &Changes) {
        // Without `..`, so that a new kind of change cannot go unread.
        let Changes {
            definitions,
            transactions,
            transactions_progressed: _,
            transactions_departed: _,
            credits_departed: _,
            credits_obsoleted: _,
            credits_judged: _,
            credits,
            earnings_departed: _,
            earnings_returned,
            earnings_obsoleted: _,
            earnings_explained,
            earnings_paid: _,
            earnings,
            calculations,
            calculations_deleted: _,
            lines_deleted: _,
            paysheets_deleted: _,
            batches_deleted: _,
            batches,
            paysheets,
            lines,
            rewards,
            clears,
            clear_undos,
            runs,
            run_log,
            chunks_removed: _,
            chunks_worked: _,
            chunks,
            work_done: _,
            work,
            changed,
            claims,
            claims_done,
            activities: _,
        } = changes;
        self.definitions.extend(definitions.iter().map(version_of));
        for row in transactions {
            self.transactions.insert(row.id);
            self.keys.insert(row.key.clone());
            self.periods.insert(row.period.clone());
        }
        credits.iter().for_each(|row| self.note_credit(row));
        for facts in earnings_returned.iter().chain(earnings_explained) {
            self.transactions.extend(facts.transaction);
        }
        for row in earnings {
            self.earnings.insert(row.id);
            self.lineages.extend(row.key.lineage);
            self.participants.insert(row.key.participant.clone());
        }
        self.calculations
            .extend(calculations.iter().map(|row| row.id));
        self.batches.extend(batches.iter().map(|row| row.id));
        self.note_payments(paysheets, lines);
        self.note_rewards(rewards, clears, clear_undos);
        self.runs.extend(runs.iter().map(|row| row.id));
        self.runs.extend(run_log.iter().map(|entry| entry.run));
        self.runs.extend(chunks.iter().map(|chunk| chunk.run));
        self.runs.extend(claims.iter().map(|claim| claim.run));
        self.periods
            .extend(work.iter().map(|item| item.period.clone()));
        self.note_log(changed, claims_done);
    }

    fn note_log(&mut self, changed: &[Change], done: &[ClaimDone]) {
        changed.iter().for_each(|entry| self.note_change(entry));
        for ClaimDone { run, change } in done {
            self.runs.insert(*run);
            self.note_change(change);
        }
    }

    fn note_payments(&mut self, paysheets: &[Paysheet], lines: &[PaymentLine]) {
        for row in paysheets {
            self.paysheets.insert(row.id);
            self.batches.insert(row.batch);
            self.participants.insert(row.participant.clone());
        }
        for row in lines {
            self.lines.insert(row.id);
            self.paysheets.insert(row.paysheet);
            self.earnings.insert(row.earning);
        }
    }

    fn note_rewards(&mut self, rewards: &[Reward], clears: &[Clear], undos: &[ClearUndo]) {
        for row in rewards {
            self.rewards.insert(row.id);
            self.participants.insert(row.participant.clone());
            self.paysheets.extend(row.line().map(|line| line.paysheet));
        }
        for row in clears {
            self.clears.insert(row.id);
            self.participants.insert(row.participant.clone());
        }
        for row in undos {
            self.clears.insert(row.clear);
            self.participants.insert(row.participant.clone());
        }
    }

    fn note_credit(&mut self, row: &Credit) {
        self.credits.insert(row.id);
        self.credits.extend(row.adjusted_from);
        self.keys.insert(row.key.clone());
        self.transactions.extend(row.transaction);
        self.participants.insert(row.participant.clone());
        match &row.origin {
            CreditOrigin::From { through, .. } => {
                self.participants.insert(through.clone());
            }
            CreditOrigin::Rule { .. } | CreditOrigin::Given => {}
        }
    }

    fn note_change(&mut self, entry: &Change) {
        self.periods.insert(entry.period.clone());
        match &entry.scope {
            Scope::Participant(whose) => {
                self.participants.insert(whose.clone());
            }
            Scope::Everybody => {}
        }
    }
}

fn version_of(change: &DefinitionChange) -> (DefinitionKind, DefinitionId, u32) {
    match change {
        DefinitionChange::Put(record) => {
            let body = &record.body;
            (body.kind(), body.id(), record.stamp.version.0)
        }
        DefinitionChange::Delete { kind, id, stamp } => (*kind, id.clone(), stamp.version.0),
    }
}
