//! A transaction is changed or cancelled by hand, or its credits are let go.

use super::decide::Outcome;
use super::group::Group;
use super::request::{TransactionAction, TransactionPatch};
use crate::activity::{Activity, ActivityAction, RecordKind};
use crate::collecting::{
    Decisions, GivenFlags, IncomingTransaction, amend, check_attribute, declared, refuse_closed,
};
use crate::credit::Credit;
use crate::definition::DefinitionSet;
use crate::ids::ActivityId;
use crate::refusal::Refusal;
use crate::transaction::Transaction;
use crate::working::Circumstances;

impl Group<'_> {
    pub(super) fn adjust_transaction(
        &self,
        transaction: &Transaction,
        action: &TransactionAction,
        decisions: &mut Decisions,
        activities: &mut Vec<Activity>,
        now: &mut Circumstances<'_>,
    ) -> Result<Outcome, Refusal> {
        let set = self.side.known.set;
        refuse_closed(set, &transaction.period)?;
        if let TransactionAction::PreserveCredits(keep) = action {
            return Ok(self.keep_credits(transaction, *keep, decisions, activities, now));
        }
        let row = match action {
            TransactionAction::Change(patch) => {
                check_attributes(set, transaction, patch)?;
                changed(transaction, patch)
            }
            TransactionAction::Cancel | TransactionAction::PreserveCredits(_) => {
                IncomingTransaction {
                    cancelled: true,
                    ..changed(transaction, &TransactionPatch::default())
                }
            }
        };
        let credits: Vec<&Credit> = self.side.counting(transaction.id).collect();
        let before = says(transaction);
        let amended = amend(set, row, transaction, &credits, decisions, now)?;
        if !amended.changed {
            return Ok(Outcome::default());
        }
        let (action, after) = match &amended.after {
            Some(after) => (ActivityAction::Updated, Some(says(after))),
            None => (ActivityAction::Deleted, None),
        };
        let subject = transaction.key.to_string();
        activities.push(self.entry(action, subject, Some(before), after, now));
        Ok(Outcome {
            obsolete: credits.iter().map(|credit| credit.id).collect(),
            made: Vec::new(),
            transaction: amended.after.map(|after| after.id),
            changed: true,
        })
    }

    fn keep_credits(
        &self,
        transaction: &Transaction,
        keep: bool,
        decisions: &mut Decisions,
        activities: &mut Vec<Activity>,
        now: &mut Circumstances<'_>,
    ) -> Outcome {
        if transaction.flags.preserve_credits == keep {
            return Outcome::default();
        }
        decisions.keep_credits(transaction, keep, now);
        let says = |keep: bool| Some(format!("preserve_credits: {keep}"));
        let (action, subject) = (ActivityAction::Updated, transaction.key.to_string());
        activities.push(self.entry(action, subject, says(!keep), says(keep), now));
        Outcome {
            changed: true,
            ..Outcome::default()
        }
    }

    fn entry(
        &self,
        action: ActivityAction,
        subject: String,
        before: Option<String>,
        after: Option<String>,
        now: &mut Circumstances<'_>,
    ) -> Activity {
        Activity {
            id: ActivityId(now.id()),
            at: now.at,
            actor: now.actor.clone(),
            request: None,
            run: None,
            action,
            record: RecordKind::Transaction,
            subject,
            count: 1,
            before,
            after,
            reason: Some(self.reason.to_owned()),
        }
    }
}

/// Attributes may have what an import would take. One that is no longer declared can be taken away.
fn check_attributes(
    set: &DefinitionSet,
    transaction: &Transaction,
    patch: &TransactionPatch,
) -> Result<(), Refusal> {
    for (name, value) in &patch.attributes {
        if value.is_none() && transaction.attributes.contains_key(name) {
            continue;
        }
        let (name, wanted) = declared(set, name.as_str())?;
        if let Some(value) = value {
            check_attribute(name.as_str(), value, wanted)?;
        }
    }
    Ok(())
}

/// The row that a source would have sent for it.
fn changed(transaction: &Transaction, patch: &TransactionPatch) -> IncomingTransaction {
    let mut attributes = transaction.attributes.clone();
    for (name, value) in &patch.attributes {
        match value {
            Some(value) => {
                attributes.insert(name.clone(), value.clone());
            }
            None => {
                attributes.remove(name);
            }
        }
    }
    let flags = GivenFlags {
        hold: patch.hold,
        ..GivenFlags::default()
    };
    IncomingTransaction {
        key: transaction.key.clone(),
        event_date: Some(patch.event_date.unwrap_or(transaction.event_date)),
        amount: patch.amount.unwrap_or(transaction.amount),
        quantity: patch.quantity.unwrap_or(transaction.quantity),
        attributes,
        source_updated_at: transaction.source_updated_at,
        category: None,
        flags,
        cancelled: false,
    }
}

fn says(transaction: &Transaction) -> String {
    format!("{} on {}", transaction.amount, transaction.event_date)
}
