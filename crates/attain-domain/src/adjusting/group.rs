//! What a request says of one transaction.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::{Known, Outcome};
use super::request::{Adjustment, AdjustmentKind, TransactionAction};
use crate::activity::Activity;
use crate::change::{Guard, Obsoletion};
use crate::collecting::Decisions;
use crate::credit::{Credit, CreditOrigin, LeftBecause, Obsolete};
use crate::earning::Earning;
use crate::ids::{CreditId, EarningId, TransactionId};
use crate::refusal::{Reason, Refusal};
use crate::stamp::Version;
use crate::transaction::{Transaction, TransactionKey, TransactionStatus};
use crate::working::Circumstances;

/// What is stored, to be looked up.
pub(super) struct Side<'a> {
    pub(super) known: &'a Known<'a>,
    transactions: BTreeMap<TransactionId, &'a Transaction>,
    newest: BTreeMap<&'a TransactionKey, TransactionId>,
    credits: BTreeMap<CreditId, &'a Credit>,
    by_transaction: BTreeMap<TransactionId, Vec<&'a Credit>>,
    earned: BTreeMap<CreditId, Vec<&'a Earning>>,
}

impl<'a> Side<'a> {
    pub(super) fn new(known: &'a Known<'a>) -> Self {
        let transactions = known.transactions.iter().map(|row| (row.id, row));
        let newest = known.transactions.iter();
        let newest = newest.filter(|row| row.replaced_by.is_none());
        let newest = newest.map(|row| (&row.key, row.id));
        let credits = known.credits.iter().map(|row| (row.id, row));
        let mut by_transaction: BTreeMap<TransactionId, Vec<&Credit>> = BTreeMap::new();
        for credit in &known.credits {
            if let Some(transaction) = credit.transaction {
                by_transaction.entry(transaction).or_default().push(credit);
            }
        }
        let mut earned: BTreeMap<CreditId, Vec<&Earning>> = BTreeMap::new();
        for earning in &known.earnings {
            if let Some(credit) = earning.credit {
                earned.entry(credit).or_default().push(earning);
            }
        }
        Self {
            known,
            transactions: transactions.collect(),
            newest: newest.collect(),
            credits: credits.collect(),
            by_transaction,
            earned,
        }
    }

    pub(super) fn transaction(&self, id: TransactionId) -> Result<&'a Transaction, Refusal> {
        self.transactions.get(&id).copied().ok_or_else(|| {
            let text = format!("there is no transaction {id}, or it went to history");
            Refusal::new(Reason::NotFound, text).at("transaction")
        })
    }

    pub(super) fn newest(&self, key: &TransactionKey) -> Result<TransactionId, Refusal> {
        self.newest.get(key).copied().ok_or_else(|| {
            Refusal::new(Reason::NotFound, format!("there is no transaction {key}"))
                .at("transaction")
                .with("source_number", &key.number)
                .with("transaction_type", &key.kind)
        })
    }

    pub(super) fn credit(&self, id: CreditId) -> Result<&'a Credit, Refusal> {
        self.credits.get(&id).copied().ok_or_else(|| {
            let text = format!("there is no credit {id}, or it went to history");
            Refusal::new(Reason::NotFound, text).at("credit")
        })
    }

    /// The credits of a transaction that count.
    pub(super) fn counting(&self, id: TransactionId) -> impl Iterator<Item = &'a Credit> + '_ {
        let credits = self.by_transaction.get(&id).into_iter().flatten();
        credits.copied().filter(|credit| credit.obsolete.is_none())
    }
}

/// What is to be done to one transaction and its credits.
pub(super) struct Group<'a> {
    pub(super) side: &'a Side<'a>,
    pub(super) transaction: TransactionId,
    pub(super) reason: &'a str,
}

/// What a group comes to.
pub(super) struct Decided {
    /// What becomes of the transaction and its credits.
    pub(super) decisions: Decisions,
    /// What was paid for these credits and no longer counts.
    pub(super) earnings_obsoleted: Vec<Obsoletion<EarningId>>,
    /// What that relies on.
    pub(super) guards: Vec<Guard>,
    pub(super) activities: Vec<Activity>,
    pub(super) outcomes: Vec<(usize, Outcome)>,
}

impl Group<'_> {
    /// Decides, or names the first element that cannot be done.
    pub(super) fn decide(
        &self,
        members: &[(usize, &Adjustment)],
        now: &mut Circumstances<'_>,
    ) -> Result<Decided, (usize, Refusal)> {
        let mut outcomes = Vec::new();
        let mut decisions = Decisions::with_reason(self.reason);
        let mut activities = Vec::new();
        let mut seen: BTreeSet<Option<CreditId>> = BTreeSet::new();
        for (index, adjustment) in members {
            let subject = match &adjustment.kind {
                AdjustmentKind::Credit(id, _) => Some(*id),
                AdjustmentKind::Transaction(..) | AdjustmentKind::TransactionOf(..) => None,
            };
            let element = Element {
                index: *index,
                is_alone: members.len() == 1,
            };
            if !seen.insert(subject) {
                let text = "the same request adjusts it twice";
                return Err((*index, Refusal::new(Reason::Duplicate, text)));
            }
            let done = self.one(adjustment, element, &mut decisions, &mut activities, now);
            outcomes.push((*index, done.map_err(|refusal| (*index, refusal))?));
        }
        let keeps = |(_, adjustment): &(usize, &Adjustment)| match &adjustment.kind {
            AdjustmentKind::Credit(..) => true,
            AdjustmentKind::Transaction(..) | AdjustmentKind::TransactionOf(..) => false,
        };
        if members.iter().any(keeps) && outcomes.iter().any(|(_, done): &(_, Outcome)| done.changed)
        {
            let transaction = self.side.transaction(self.transaction);
            let transaction = transaction.map_err(|refusal| (members[0].0, refusal))?;
            decisions.preserve(transaction, now);
        }
        let mut decided = Decided {
            decisions,
            earnings_obsoleted: Vec::new(),
            guards: Vec::new(),
            activities,
            outcomes,
        };
        self.mark_paid(&mut decided, now);
        Ok(decided)
    }

    fn one(
        &self,
        adjustment: &Adjustment,
        element: Element,
        decisions: &mut Decisions,
        activities: &mut Vec<Activity>,
        now: &mut Circumstances<'_>,
    ) -> Result<Outcome, Refusal> {
        let transaction = self.side.transaction(self.transaction)?;
        refuse_ended(transaction)?;
        match &adjustment.kind {
            AdjustmentKind::Credit(id, action) => {
                let credit = self.side.credit(*id)?;
                same_version("credit", credit.stamp.version, adjustment.version)?;
                self.adjust_credit(credit, transaction, action, decisions, activities, now)
            }
            AdjustmentKind::Transaction(_, action) | AdjustmentKind::TransactionOf(_, action) => {
                same_version("transaction", transaction.stamp.version, adjustment.version)?;
                let ends = match action {
                    TransactionAction::Change(_) | TransactionAction::Cancel => true,
                    TransactionAction::PreserveCredits(_) => false,
                };
                if !element.is_alone {
                    let what = if ends { "ends" } else { "changes" };
                    let text = format!(
                        "adjustment {} {what} the transaction whose credits the same request \
                         adjusts: ask for one after the other",
                        element.index
                    );
                    return Err(Refusal::new(Reason::Duplicate, text));
                }
                self.adjust_transaction(transaction, action, decisions, activities, now)
            }
        }
    }

    /// The mark of what is replaced.
    pub(super) fn mark(&self, because: LeftBecause, now: &Circumstances<'_>) -> Obsolete {
        Obsolete {
            at: now.at,
            actor: now.actor.clone(),
            because,
            reason: Some(self.reason.to_owned()),
        }
    }

    /// A credit and what was made from it.
    pub(super) fn with_derived(&self, credit: &Credit) -> Vec<&Credit> {
        let follows = |other: &&Credit| match &other.origin {
            CreditOrigin::From { source, .. } => *source == Some(credit.id),
            CreditOrigin::Rule { .. } | CreditOrigin::Given => other.id == credit.id,
        };
        self.side
            .counting(self.transaction)
            .filter(follows)
            .collect()
    }

    /// Earnings that are calculated and paid for what is obsolete now become obsolete, too. What
    /// stands on an unpaid sheet is not paid yet.
    fn mark_paid(&self, decided: &mut Decided, now: &Circumstances<'_>) {
        for obsoletion in decided.decisions.obsoleted() {
            let earned = self.side.earned.get(&obsoletion.id).into_iter().flatten();
            for earning in earned.filter(|earning| is_paid(earning)) {
                let guard = Guard::EarningAt(earning.id, earning.stamp.version);
                decided.guards.push(guard);
                decided.earnings_obsoleted.push(Obsoletion {
                    id: earning.id,
                    mark: self.mark(obsoletion.mark.because, now),
                    stamp: now.touch(&earning.stamp),
                });
            }
        }
    }
}

/// Where an element of a request stands among those of its transaction.
#[derive(Clone, Copy)]
struct Element {
    index: usize,
    is_alone: bool,
}

fn is_paid(earning: &Earning) -> bool {
    let instalments = earning.instalments;
    earning.is_current() && instalments.paid > 0 && instalments.taken == instalments.paid
}

fn same_version(field: &str, now: Version, seen: Option<Version>) -> Result<(), Refusal> {
    let Some(seen) = seen.filter(|seen| *seen != now) else {
        return Ok(());
    };
    let text = format!(
        "it was changed since it was read: version {} was read, {} is current",
        seen.0, now.0
    );
    Err(Refusal::new(Reason::VersionMismatch, text)
        .at(field)
        .with("current_version", now.0))
}

fn refuse_ended(transaction: &Transaction) -> Result<(), Refusal> {
    let state = match transaction.status {
        TransactionStatus::New
        | TransactionStatus::Classified
        | TransactionStatus::Credited
        | TransactionStatus::Error(_) => return Ok(()),
        TransactionStatus::Obsolete => "was replaced by another version",
        TransactionStatus::Cancelled => "is cancelled",
    };
    let text = format!("transaction {} {state}", transaction.key);
    let refusal = Refusal::new(Reason::WrongState, text).at("transaction");
    Err(match transaction.replaced_by {
        Some(newer) => refusal.with("replaced_by", newer),
        None => refusal,
    })
}
