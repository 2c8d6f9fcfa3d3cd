//! Compares what the calculation gives now with what is live, and changes only what differs.
//!
//! | live earning | drafts say the same | drafts say another amount, or nothing |
//! | --- | --- | --- |
//! | on no sheet | untouched, or its facts renewed | leaves; the new one is added |
//! | on an unpaid sheet | the same | obsolete until the sheet is paid or refreshed; new one added |
//! | paid, in whole or part | the same | to history, with a reversal; the new one is added |
//!
//! What Revert took back waits as a reversal. If the drafts give the same again, the earning comes
//! back and the reversal goes: nothing is taken back only to be given again. Else it is posted.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::change::{Changes, Departure, EarningFacts, Obsoletion};
use crate::credit::{LeftBecause, Obsolete};
use crate::definition::Settings;
use crate::earning::{Earning, EarningKey, EarningOutcome, Instalments};
use crate::ids::{CalculationId, EarningId, PeriodId};
use crate::money::MoneyError;
use crate::paying::{paid_amount, reversal};
use crate::run::RunCounts;
use crate::working::{Circumstances, RowFailure};

use super::draft::EarningDraft;

/// What a calculation changes, and how often which outcome came.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Differences {
    /// Earnings that leave, become obsolete, are explained anew, or are added.
    pub changes: Changes,
    /// `taken = done + skipped + failed`, by earning key.
    pub counts: RunCounts,
    /// One for each earning in error, such as `rep/commission 2026-01 ann ORDER 1001`.
    pub failures: Vec<RowFailure>,
}

/// A reversal that Revert wrote, and what it takes back.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// The reversal, not posted yet.
    pub reversal: Earning,
    /// The earning in the history.
    pub original: Earning,
}

/// Compares. `live` holds the current earnings of the drafts' keys, and those that should have a
/// draft but have none any more; obsolete ones and reversals among them are passed over. `waiting`
/// holds the reversals that are to be posted or withdrawn now.
/// `calculation` names the calculation of a period: there is one for each draft, but what a draft
/// takes the place of may stand in a period that is not calculated now. Doing it again with the result changes nothing.
///
/// # Errors
/// [`MoneyError`] when what was paid of an earning cannot be added up.
pub fn difference(
    drafts: Vec<EarningDraft>,
    live: &[Earning],
    waiting: Vec<Waiting>,
    calculation: impl Fn(&PeriodId) -> Option<CalculationId>,
    settings: &Settings,
    circumstances: &mut Circumstances<'_>,
) -> Result<Differences, MoneyError> {
    let mut comparison = Comparison {
        calculation,
        settings,
        circumstances,
        result: Differences::default(),
    };
    let current = live.iter().filter(|earning| earning.is_current());
    let mut current: BTreeMap<&EarningKey, &Earning> = current.map(|e| (&e.key, e)).collect();
    let mut waiting: BTreeMap<EarningKey, Waiting> = comparison.latest(waiting);
    for draft in drafts {
        comparison.result.counts.taken += 1;
        let taken_back = waiting.remove(&draft.key);
        match current.remove(&draft.key) {
            Some(earning) => {
                comparison.compare(earning, draft)?;
                taken_back.into_iter().for_each(|one| comparison.post(one));
            }
            None if taken_back
                .as_ref()
                .is_some_and(|one| stands(&one.original, &draft)) =>
            {
                if let Some(one) = taken_back {
                    comparison.give_back(one, draft);
                }
            }
            None => {
                taken_back.into_iter().for_each(|one| comparison.post(one));
                comparison.count(&draft, "earnings_created", true);
                comparison.create(draft);
            }
        }
    }
    waiting.into_values().for_each(|one| comparison.post(one));
    for orphan in current.into_values() {
        comparison.result.counts.taken += 1;
        comparison.result.counts.done += 1;
        comparison.result.counts.note("earnings_removed", 1);
        comparison.replace(orphan)?;
    }
    Ok(comparison.result)
}

struct Comparison<'a, 'c, F> {
    calculation: F,
    settings: &'a Settings,
    circumstances: &'a mut Circumstances<'c>,
    result: Differences,
}

impl<F: Fn(&PeriodId) -> Option<CalculationId>> Comparison<'_, '_, F> {
    fn compare(&mut self, earning: &Earning, draft: EarningDraft) -> Result<(), MoneyError> {
        if !stands(earning, &draft) {
            self.count(&draft, "earnings_replaced", true);
            self.replace(earning)?;
            self.create(draft);
            return Ok(());
        }
        let same_facts = earning.credit == draft.credit
            && earning.transaction == draft.transaction
            && earning.period == draft.period
            && earning.date == draft.date
            && earning.trace == draft.trace;
        if same_facts {
            self.count(&draft, "earnings_kept", false);
            return Ok(());
        }
        self.count(&draft, "earnings_explained", true);
        let stamp = self.circumstances.touch(&earning.stamp);
        let facts = EarningFacts {
            stamp,
            ..self.facts(earning, draft)
        };
        self.result.changes.earnings_explained.push(facts);
        Ok(())
    }

    /// What a draft says about an earning that stands: it counts where the draft does, whenever it
    /// was paid.
    fn facts(&self, earning: &Earning, draft: EarningDraft) -> EarningFacts {
        let calculation = if earning.period == draft.period {
            earning.calculation
        } else {
            self.calculation_of(&draft.period)
        };
        EarningFacts {
            id: earning.id,
            credit: draft.credit,
            transaction: draft.transaction,
            calculation,
            period: draft.period,
            date: draft.date,
            trace: draft.trace,
            stamp: earning.stamp.clone(),
        }
    }

    /// Counts what became of one draft. A draft in error is a failed row, new or old.
    fn count(&mut self, draft: &EarningDraft, outcome: &str, changes: bool) {
        let counts = &mut self.result.counts;
        counts.note(outcome, 1);
        match &draft.outcome {
            EarningOutcome::Error(error) => {
                counts.failed += 1;
                *counts.errors.entry(error.reason).or_default() += 1;
                counts.note("earnings_in_error", 1);
                self.result.failures.push(RowFailure {
                    subject: subject(draft),
                    error: error.clone(),
                });
            }
            EarningOutcome::Amount(_) if changes => counts.done += 1,
            EarningOutcome::Amount(_) => counts.skipped += 1,
        }
    }

    /// Of several reversals for one key, all but the last are posted.
    fn latest(&mut self, waiting: Vec<Waiting>) -> BTreeMap<EarningKey, Waiting> {
        let mut latest: BTreeMap<EarningKey, Waiting> = BTreeMap::new();
        for one in waiting {
            let before = latest.insert(one.reversal.key.clone(), one);
            before.into_iter().for_each(|older| self.post(older));
        }
        latest
    }

    /// A waiting reversal becomes a negative earning.
    fn post(&mut self, waiting: Waiting) {
        let mut posted = waiting.reversal;
        self.withdraw(posted.id);
        posted.id = EarningId(self.circumstances.id());
        posted.awaits_calculation = false;
        if let Some(own) = (self.calculation)(&posted.period) {
            posted.calculation = own;
        }
        posted.stamp = self.circumstances.touch(&posted.stamp);
        self.result.changes.earnings.push(posted);
        self.result.counts.note("reversals_created", 1);
    }

    /// What was taken back is earned again: it is as if it had never been taken.
    fn give_back(&mut self, waiting: Waiting, draft: EarningDraft) {
        self.withdraw(waiting.reversal.id);
        self.count(&draft, "reversals_withdrawn", false);
        let facts = EarningFacts {
            stamp: self.circumstances.touch(&waiting.original.stamp),
            ..self.facts(&waiting.original, draft)
        };
        self.result.changes.earnings_returned.push(facts);
    }

    fn withdraw(&mut self, reversal: EarningId) {
        self.result.changes.earnings_departed.push(Departure {
            id: reversal,
            because: LeftBecause::Recalculated,
            archive: false,
            at: self.circumstances.at,
            actor: self.circumstances.actor.clone(),
        });
    }

    fn calculation_of(&self, period: &PeriodId) -> CalculationId {
        (self.calculation)(period).unwrap_or(CalculationId(Uuid::nil()))
    }

    fn create(&mut self, draft: EarningDraft) {
        let id = EarningId(self.circumstances.id());
        let instalments = Instalments {
            count: draft.instalments.max(1),
            ..Instalments::at_once(draft.date)
        };
        self.result.changes.earnings.push(Earning {
            id,
            calculation: self.calculation_of(&draft.period),
            key: draft.key,
            period: draft.period,
            date: draft.date,
            credit: draft.credit,
            transaction: draft.transaction,
            outcome: draft.outcome,
            instalments,
            obsolete: None,
            reversal_of: None,
            awaits_calculation: false,
            trace: draft.trace,
            stamp: self.circumstances.stamp(),
        });
    }

    /// Takes an earning away: from the live table, or from those that count.
    fn replace(&mut self, earning: &Earning) -> Result<(), MoneyError> {
        let Instalments { taken, paid, .. } = earning.instalments;
        let (at, actor) = (self.circumstances.at, self.circumstances.actor.clone());
        let because = LeftBecause::Recalculated;
        if taken > paid {
            self.result.changes.earnings_obsoleted.push(Obsoletion {
                id: earning.id,
                mark: Obsolete {
                    at,
                    actor,
                    because,
                    reason: None,
                },
                stamp: self.circumstances.touch(&earning.stamp),
            });
            return Ok(());
        }
        self.result.changes.earnings_departed.push(Departure {
            id: earning.id,
            because,
            archive: paid > 0 || self.settings.archive_updated_credits,
            at,
            actor,
        });
        if let (Some(amount), true) = (earning.amount(), paid > 0) {
            let amount = paid_amount(earning, amount, self.settings.rounding)?;
            let mut taken_back = reversal(earning, amount, self.circumstances);
            if let Some(own) = (self.calculation)(&earning.period) {
                taken_back.calculation = own;
            }
            self.result.changes.earnings.push(taken_back);
            self.result.counts.note("reversals_created", 1);
        }
        Ok(())
    }
}

/// Whether the live earning says what the draft says, facts aside. How what a sheet has taken is
/// due does not change any more; what none has is due anew.
fn stands(earning: &Earning, draft: &EarningDraft) -> bool {
    let same_terms = earning.date == draft.date
        && earning.period == draft.period
        && earning.instalments.count == draft.instalments.max(1);
    earning.outcome == draft.outcome && (same_terms || earning.instalments.taken > 0)
}

fn subject(draft: &EarningDraft) -> String {
    let EarningKey {
        participant,
        plan,
        component,
        interval,
        ..
    } = &draft.key;
    let about = draft
        .about
        .as_ref()
        .map(|key| format!(" {key}"))
        .unwrap_or_default();
    format!("{plan}/{component} {interval} {participant}{about}")
}
