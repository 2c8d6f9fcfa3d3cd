//! A whole request: what is about one transaction stands or falls together.

use std::collections::BTreeMap;

use super::group::{Decided, Group, Side};
use super::request::{Adjustment, AdjustmentKind, REASON_BYTES_MAX};
use crate::change::{Changes, Guard};
use crate::collecting::{Collected, Decisions};
use crate::credit::{Credit, CreditStatus};
use crate::definition::DefinitionSet;
use crate::earning::Earning;
use crate::ids::{CreditId, TransactionId};
use crate::refusal::{Reason, Refusal};
use crate::transaction::Transaction;
use crate::working::Circumstances;

/// What is stored of the things that a request is about.
pub struct Known<'a> {
    /// The definitions.
    pub set: &'a DefinitionSet,
    /// Says whether a credit counts for anything.
    pub judge: &'a (dyn Fn(&Credit) -> CreditStatus + Send + Sync),
    /// The transactions that are named, by key in their newest version, and those of the credits
    /// that are named.
    pub transactions: Vec<Transaction>,
    /// Everything that the live table has of these transactions.
    pub credits: Vec<Credit>,
    /// What is earned for these credits; obsolete earnings may be among them.
    pub earnings: Vec<Earning>,
}

/// What became of one adjustment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Credits that became obsolete, made from others or not.
    pub obsolete: Vec<CreditId>,
    /// Direct credits that took their place.
    pub made: Vec<CreditId>,
    /// The new version of a transaction.
    pub transaction: Option<TransactionId>,
    /// Whether anything changed at all.
    pub changed: bool,
}

/// What a request comes to. Each element of it is answered, by its index.
#[derive(Debug, Default, PartialEq)]
pub struct Adjusted {
    /// What to write. Activity entries name no request.
    pub changes: Changes,
    /// What the decision relies on.
    pub guards: Vec<Guard>,
    /// What became of each, by index.
    pub outcomes: BTreeMap<usize, Result<Outcome, Refusal>>,
}

/// Decides what a request changes. The reason is that of all its elements.
///
/// # Errors
/// `MISSING_VALUE` without a reason, `OUT_OF_RANGE` for one that is too long.
pub fn adjust(
    known: &Known<'_>,
    adjustments: &[(usize, Adjustment)],
    reason: &str,
    circumstances: &mut Circumstances<'_>,
) -> Result<Adjusted, Refusal> {
    check_reason(reason)?;
    let side = Side::new(known);
    let mut adjusted = Adjusted::default();
    let mut groups: BTreeMap<TransactionId, Vec<(usize, &Adjustment)>> = BTreeMap::new();
    for (index, adjustment) in adjustments {
        match transaction_of(&side, adjustment) {
            Ok(id) => groups.entry(id).or_default().push((*index, adjustment)),
            Err(refusal) => {
                adjusted.outcomes.insert(*index, Err(refusal));
            }
        }
    }
    // Of one decision: what lies next to each other is looked at together.
    let mut decisions = Decisions::with_reason(reason);
    for (id, members) in groups {
        let group = Group {
            side: &side,
            transaction: id,
            reason,
        };
        match group.decide(&members, circumstances) {
            Ok(decided) => adjusted.take(decided, &mut decisions),
            Err((culprit, refusal)) => adjusted.refuse(&members, culprit, &refusal),
        }
    }
    Ok(adjusted.with(decisions.finish(circumstances)))
}

impl Adjusted {
    fn take(&mut self, decided: Decided, decisions: &mut Decisions) {
        decisions.absorb(decided.decisions);
        let changes = &mut self.changes;
        changes
            .earnings_obsoleted
            .extend(decided.earnings_obsoleted);
        changes.activities.extend(decided.activities);
        self.guards.extend(decided.guards);
        let done = decided.outcomes.into_iter();
        self.outcomes
            .extend(done.map(|(index, done)| (index, Ok(done))));
    }

    fn refuse(&mut self, members: &[(usize, &Adjustment)], culprit: usize, refusal: &Refusal) {
        for (index, _) in members {
            let refusal = if *index == culprit {
                refusal.clone()
            } else {
                together(culprit, refusal)
            };
            self.outcomes.insert(*index, Err(refusal));
        }
    }

    /// With what is collected of all of it. Each adjustment has an activity entry of its own, so
    /// that the sums are not needed.
    fn with(mut self, collected: Collected) -> Self {
        self.guards.extend(collected.guards);
        self.changes = Changes {
            earnings_obsoleted: self.changes.earnings_obsoleted,
            activities: self.changes.activities,
            ..collected.changes
        };
        self
    }
}

/// The answer to what was not done because of another element.
fn together(culprit: usize, refusal: &Refusal) -> Refusal {
    let text = format!(
        "not done, because adjustment {culprit} of the same transaction is refused: {}",
        refusal.text
    );
    Refusal::new(refusal.reason, text).with("because_of", culprit)
}

fn transaction_of(side: &Side<'_>, adjustment: &Adjustment) -> Result<TransactionId, Refusal> {
    match &adjustment.kind {
        AdjustmentKind::Transaction(id, _) => Ok(side.transaction(*id)?.id),
        AdjustmentKind::TransactionOf(key, _) => side.newest(key),
        AdjustmentKind::Credit(id, _) => {
            let credit = side.credit(*id)?;
            credit.transaction.ok_or_else(|| {
                let text = format!(
                    "credit {id} sums up many credits of {}: adjust those",
                    credit.participant
                );
                Refusal::new(Reason::WrongState, text).at("credit")
            })
        }
    }
}

/// Whether a reason says something, and not too much.
pub fn check_reason(reason: &str) -> Result<(), Refusal> {
    if reason.trim().is_empty() {
        let text = "say why: the reason is kept with what changes";
        return Err(Refusal::new(Reason::MissingValue, text).at("reason"));
    }
    if reason.len() > REASON_BYTES_MAX {
        let text = format!(
            "a reason of {} bytes; the limit is {REASON_BYTES_MAX}",
            reason.len()
        );
        return Err(Refusal::new(Reason::OutOfRange, text).at("reason"));
    }
    Ok(())
}
