//! What becomes of some obsolete rows.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::change::{Changes, Departure, Guard};
use crate::credit::{Credit, LeftBecause, Obsolete};
use crate::definition::Settings;
use crate::earning::Earning;
use crate::ids::{CreditId, EarningId, ParticipantId, PeriodId, TransactionId};
use crate::money::MoneyError;
use crate::paying::{paid_amount, reversal};
use crate::run::{Change, RunCounts, Scope};
use crate::transaction::Transaction;
use crate::working::Circumstances;

/// What reverting some rows comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reverted {
    /// What to write: departures, waiting reversals, and who has to be calculated again. Activity
    /// entries are left to the caller.
    pub changes: Changes,
    /// The versions of the rows that leave.
    pub guards: Vec<Guard>,
    /// Taken are the obsolete rows.
    pub counts: RunCounts,
    touched: BTreeSet<(PeriodId, ParticipantId)>,
}

/// Reverts obsolete credits with what was earned for them. `earnings` has everything in the live
/// table for their lineages; what is earned for a newer version is left alone. `remembered` names
/// those that an earning of an interval counted which has been paid: they go to history, so that it
/// can be explained.
///
/// # Errors
/// [`MoneyError`] when what was paid cannot be added up.
pub fn revert_credits(
    credits: &[Credit],
    earnings: &[Earning],
    remembered: &BTreeSet<CreditId>,
    settings: &Settings,
    now: &mut Circumstances<'_>,
) -> Result<Reverted, MoneyError> {
    let mut of_credit: BTreeMap<CreditId, Vec<&Earning>> = BTreeMap::new();
    for earning in earnings.iter().filter(|one| one.reversal_of.is_none()) {
        if let Some(credit) = earning.credit {
            of_credit.entry(credit).or_default().push(earning);
        }
    }
    let mut reverted = Reverted::default();
    for credit in credits {
        let Some(mark) = &credit.obsolete else {
            continue;
        };
        let mut is_paid = remembered.contains(&credit.id);
        for earning in of_credit.remove(&credit.id).into_iter().flatten() {
            is_paid |= earning.instalments.taken > 0;
            reverted.take_back(earning, mark, settings, now)?;
        }
        reverted.depart_credit(
            credit,
            mark,
            is_paid || settings.archive_updated_credits,
            now,
        );
    }
    Ok(reverted.finished())
}

/// Reverts obsolete earnings whose credit is no longer there to be reverted.
///
/// # Errors
/// As [`revert_credits`].
pub fn revert_earnings(
    earnings: &[Earning],
    settings: &Settings,
    now: &mut Circumstances<'_>,
) -> Result<Reverted, MoneyError> {
    let mut reverted = Reverted::default();
    for earning in earnings {
        if let Some(mark) = &earning.obsolete {
            reverted.count_row();
            reverted.take_back(earning, mark, settings, now)?;
        }
    }
    Ok(reverted.finished())
}

/// Reverts obsolete transactions. `remembered` names those of which history has a credit: they go
/// there, too, so that what was paid can be explained.
#[must_use]
pub fn revert_transactions(
    transactions: &[Transaction],
    remembered: &BTreeSet<TransactionId>,
    settings: &Settings,
    now: &Circumstances<'_>,
) -> Reverted {
    let mut reverted = Reverted::default();
    for transaction in transactions {
        let archive = settings.archive_updated_credits || remembered.contains(&transaction.id);
        reverted.count_row();
        let outcome = if archive {
            "transactions_moved"
        } else {
            "transactions_removed"
        };
        reverted.counts.note(outcome, 1);
        let version = transaction.stamp.version;
        reverted
            .guards
            .push(Guard::TransactionAt(transaction.id, version));
        let because = LeftBecause::Adjusted;
        let departure = departure(transaction.id, because, archive, now);
        reverted.changes.transactions_departed.push(departure);
    }
    reverted
}

fn departure<Id>(
    id: Id,
    because: LeftBecause,
    archive: bool,
    now: &Circumstances<'_>,
) -> Departure<Id> {
    Departure {
        id,
        because,
        archive,
        at: now.at,
        actor: now.actor.clone(),
    }
}

impl Reverted {
    fn count_row(&mut self) {
        self.counts.taken += 1;
        self.counts.done += 1;
    }

    fn depart_credit(
        &mut self,
        credit: &Credit,
        mark: &Obsolete,
        archive: bool,
        now: &Circumstances<'_>,
    ) {
        self.count_row();
        let outcome = if archive {
            "credits_moved"
        } else {
            "credits_removed"
        };
        self.counts.note(outcome, 1);
        self.guards
            .push(Guard::CreditAt(credit.id, credit.stamp.version));
        let departure = departure(credit.id, mark.because, archive, now);
        self.changes.credits_departed.push(departure);
        self.touched
            .insert((credit.period.clone(), credit.participant.clone()));
    }

    /// Takes an earning out of the live table; what was paid of it, with a reversal.
    fn take_back(
        &mut self,
        earning: &Earning,
        mark: &Obsolete,
        settings: &Settings,
        now: &mut Circumstances<'_>,
    ) -> Result<(), MoneyError> {
        self.guards
            .push(Guard::EarningAt(earning.id, earning.stamp.version));
        let whose = earning.key.participant.clone();
        self.touched.insert((earning.period.clone(), whose));
        let paid = earning.instalments.paid;
        if earning.instalments.taken > paid {
            // The calculation compares it, as what is earned for the credit that counts now.
            self.counts.note("earnings_left_on_sheets", 1);
            return Ok(());
        }
        let archive = paid > 0 || settings.archive_updated_credits;
        let outcome = if archive {
            "earnings_moved"
        } else {
            "earnings_removed"
        };
        self.counts.note(outcome, 1);
        let departure: Departure<EarningId> = departure(earning.id, mark.because, archive, now);
        self.changes.earnings_departed.push(departure);
        if let (Some(amount), true) = (earning.amount(), paid > 0) {
            let amount = paid_amount(earning, amount, settings.rounding)?;
            let mut waiting = reversal(earning, amount, now);
            waiting.awaits_calculation = true;
            self.changes.earnings.push(waiting);
            self.counts.note("reversals_written", 1);
        }
        Ok(())
    }

    fn finished(mut self) -> Self {
        let touched = std::mem::take(&mut self.touched);
        let changed = touched.into_iter().map(|(period, participant)| Change {
            period,
            scope: Scope::Participant(participant),
        });
        self.changes.changed.extend(changed);
        self
    }
}
