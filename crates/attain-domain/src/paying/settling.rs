//! What a sheet does with rewards: it takes what was assigned by hand, and payment plans make of it
//! what they make (`payment_plan::settle`). A sheet that is settled again keeps the rewards that it
//! would make once more.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::decided::Decided;
use super::rewards::{RewardBook, RewardFacts, plan_of};
use crate::definition::{DefinitionSet, Settings};
use crate::ids::{BatchId, ParticipantId, PaymentPlanId, PaysheetId, RewardId};
use crate::money::{Currency, Money, add, check_number, multiply};
use crate::payment::{PaymentBatch, PaymentLine, Paysheet};
use crate::payment_plan::{
    AppliedPlan, DraftReward, PlanState, Settlement, SheetFacts, SheetLine, SheetOutcome,
    SheetSettlement, applied_plans, categories_of, settle,
};
use crate::refusal::{Reason, Refusal};
use crate::reward::{
    Account, Clear, ClearOrigin, Reward, RewardLine, RewardOrigin, RewardPayment, SettlementStep,
};
use crate::rewarding::{ClearRequest, clear, put_back, take_back, take_up};
use crate::working::Circumstances;

/// Why a batch takes back what it made.
const SETTLED_ANEW: &str = "the sheet was settled anew";

/// Which rewards a sheet takes that were assigned by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// Those it has, and all that are due.
    WhatIsDue,
    /// Those it has.
    WhatItHas,
    /// None.
    Nothing,
}

/// The sheet that is settled.
pub(super) struct SheetToSettle<'a> {
    pub(super) set: &'a DefinitionSet,
    pub(super) settings: &'a Settings,
    pub(super) batch: &'a PaymentBatch,
    pub(super) participant: &'a ParticipantId,
    pub(super) paysheet: PaysheetId,
    pub(super) lines: Vec<PaymentLine>,
    /// Pay currency and its rate; none for somebody who is not in the pay group.
    pub(super) terms: Option<(Currency, Decimal)>,
    pub(super) takes: Takes,
}

/// A settled sheet.
pub(super) struct Settled {
    pub(super) outcome: SheetOutcome,
    /// What the sheet is to keep of it.
    pub(super) kept: Option<Box<SheetSettlement>>,
    /// The rewards that it shows.
    pub(super) rewards: Vec<Reward>,
    /// Whether the payment plans came on.
    pub(super) has_come_on: bool,
}

impl SheetToSettle<'_> {
    /// Takes rewards, settles, and brings the rewards in line with what came out.
    pub(super) fn settle(
        &self,
        facts: &RewardFacts,
        circumstances: &mut Circumstances<'_>,
        decided: &mut Decided,
    ) -> Result<Settled, Refusal> {
        let mut book = RewardBook::open(self.participant, facts);
        self.take(&mut book, circumstances)?;
        let plans = self.plans(&book);
        let settlement = self.work_out(&plans, &book, &facts.states)?;
        let is_carried = matches!(settlement.outcome, SheetOutcome::Carried(_));
        if is_carried {
            self.leave_for_later(&mut book, circumstances)?;
        }
        let kept = (!plans.is_empty()).then(|| kept_of(&settlement));
        // What a sheet forgave is undone when it is dropped, so it has to be there.
        let has_come_on =
            has_come_on(&facts.states, &settlement.states) || !settlement.waived.is_empty();
        let outcome = settlement.outcome;
        self.make(&mut book, settlement, circumstances, decided)?;
        let rewards = book.on_sheet(self.paysheet);
        let relies = !plans.is_empty() || !book.is_empty();
        book.close(relies, circumstances, decided);
        Ok(Settled {
            outcome,
            kept: kept.map(Box::new),
            rewards,
            has_come_on,
        })
    }

    /// Takes up what is due, and puts back what the sheet must not have any more.
    fn take(
        &self,
        book: &mut RewardBook,
        circumstances: &Circumstances<'_>,
    ) -> Result<(), Refusal> {
        let due = match self.takes {
            Takes::WhatIsDue => book.payable(self.batch.pay_date),
            Takes::WhatItHas | Takes::Nothing => Vec::new(),
        };
        let is_kept = |row: &Reward| match self.takes {
            Takes::WhatIsDue => row.date <= self.batch.pay_date,
            Takes::WhatItHas => true,
            Takes::Nothing => false,
        };
        for row in self.by_hand(book) {
            if !is_kept(&row) {
                book.put(put_back(&row, circumstances)?);
            } else if let Some(line) = row.line() {
                let now = self.line_of(&row, line.held)?;
                if *line != now {
                    let back = put_back(&row, circumstances)?;
                    book.put(take_up(&back, now, circumstances)?);
                }
            }
        }
        for row in due {
            let line = self.line_of(&row, false)?;
            book.put(take_up(&row, line, circumstances)?);
        }
        Ok(())
    }

    /// The rewards on the sheet that were assigned by hand.
    fn by_hand(&self, book: &RewardBook) -> Vec<Reward> {
        let mut rows = book.on_sheet(self.paysheet);
        rows.retain(|row| row.origin == RewardOrigin::ByHand);
        rows
    }

    fn line_of(&self, row: &Reward, held: bool) -> Result<RewardLine, Refusal> {
        let (currency, rate) = self.terms.unwrap_or((row.amount.currency, Decimal::ONE));
        let too_large = |error: String| {
            let text = format!("reward {} in {currency}: {error}", row.id);
            Refusal::new(Reason::Overflow, text).with("reward", row.id)
        };
        let exact =
            multiply(row.amount.amount, rate).map_err(|error| too_large(error.to_string()))?;
        let pay_amount = self.settings.rounding.money(exact, currency);
        check_number(pay_amount.amount).map_err(|error| too_large(error.to_string()))?;
        Ok(RewardLine {
            batch: self.batch.id,
            paysheet: self.paysheet,
            currency_rate: rate,
            pay_amount,
            held,
        })
    }

    /// The payment plans of a participant, in their order. Nobody outside the pay group has any.
    fn plans(&self, book: &RewardBook) -> Vec<AppliedPlan<'_>> {
        let person = self.set.participants.get(&book.participant);
        let Some(person) = person.filter(|_| self.terms.is_some()) else {
            return Vec::new();
        };
        // What this batch itself forgave is asked again; what it made is made anew.
        let owed = book
            .rows()
            .filter(|row| self.is_elsewhere(row) && book.is_owed_before(row, self.batch.id));
        let owing: BTreeSet<PaymentPlanId> = owed.filter_map(|row| plan_of(&row.account)).collect();
        applied_plans(self.set.payment_plans.values(), person, &owing)
    }

    fn work_out(
        &self,
        plans: &[AppliedPlan<'_>],
        book: &RewardBook,
        states: &BTreeMap<PaymentPlanId, PlanState>,
    ) -> Result<Settlement, Refusal> {
        let unheld = self.lines.iter().filter(|line| !line.held);
        let lines: Vec<SheetLine> = unheld.map(|line| self.sheet_line(line)).collect();
        let mut taken = self.by_hand(book);
        taken.retain(|row| !row.is_held());
        settle(
            self.set,
            plans,
            &SheetFacts {
                period: &self.batch.period,
                pay_date: self.batch.pay_date,
                lines: &lines,
                rewards: &taken,
                balances: &self.balances_before(book)?,
                states,
            },
        )
    }

    fn sheet_line(&self, line: &PaymentLine) -> SheetLine {
        let plan = self.set.plans.get(&line.plan);
        let component = plan.and_then(|plan| {
            let mut components = plan.plan.components.iter();
            let found = components.find(|one| one.id == line.component)?;
            Some(categories_of(&plan.plan, found))
        });
        SheetLine {
            plan: line.plan.clone(),
            component: line.component.clone(),
            categories: component.unwrap_or_default(),
            amount: line.amount,
        }
    }

    fn is_elsewhere(&self, row: &Reward) -> bool {
        row.line()
            .is_some_and(|line| line.paysheet != self.paysheet && !line.held)
    }

    /// Whether a reward was owed before the sheet: of what other sheets show and paid. What is
    /// advanced after the pay date is not owed yet; what was paid back after it is not owed any
    /// more.
    fn counts_before(&self, book: &RewardBook, row: &Reward) -> bool {
        let is_in_time = row.date <= self.batch.pay_date || row.amount.amount < Decimal::ZERO;
        self.is_elsewhere(row) && is_in_time && book.is_owed_before(row, self.batch.id)
    }

    /// What was owed before the sheet.
    fn balances_before(&self, book: &RewardBook) -> Result<BTreeMap<Account, Money>, Refusal> {
        let currency = self.settings.operating_currency;
        let mut balances: BTreeMap<Account, Money> = BTreeMap::new();
        for row in book.rows() {
            if !self.counts_before(book, row) {
                continue;
            }
            let of_account = balances
                .entry(row.account.clone())
                .or_insert_with(|| Money::zero(currency));
            *of_account = of_account.checked_add(row.amount).map_err(|error| {
                let text = format!("what participant {} owes: {error}", book.participant);
                Refusal::new(Reason::Overflow, text).with("participant", &book.participant)
            })?;
        }
        balances.retain(|_, money| !money.amount.is_zero());
        Ok(balances)
    }

    /// A carried sheet takes nothing but what is held.
    fn leave_for_later(
        &self,
        book: &mut RewardBook,
        circumstances: &Circumstances<'_>,
    ) -> Result<(), Refusal> {
        let rows = self.by_hand(book);
        for row in rows.into_iter().filter(|row| !row.is_held()) {
            book.put(put_back(&row, circumstances)?);
        }
        Ok(())
    }

    /// Brings what the batch made for the sheet in line with what it makes now.
    fn make(
        &self,
        book: &mut RewardBook,
        settlement: Settlement,
        circumstances: &mut Circumstances<'_>,
        decided: &mut Decided,
    ) -> Result<(), Refusal> {
        self.waive(book, settlement.waived, circumstances, decided)?;
        let mut standing: Vec<Reward> = book.on_sheet(self.paysheet);
        standing.retain(|row| row.origin != RewardOrigin::ByHand);
        let mut drafts = settlement.rewards;
        standing.retain(|row| match drafts.iter().position(|d| self.is_it(d, row)) {
            Some(at) => {
                drafts.remove(at);
                false
            }
            None => true,
        });
        for row in standing {
            book.put(take_back(&row, SETTLED_ANEW, circumstances)?);
        }
        for draft in drafts {
            let (batch, date) = (self.batch.id, self.batch.pay_date);
            let whose = book.participant.clone();
            let mut row = draft.into_reward(&whose, batch, date, circumstances);
            row.payment = RewardPayment::OnPaysheet(self.line_of(&row, false)?);
            book.put(row);
        }
        Ok(())
    }

    /// Whether a reward that stands is what a draft asks for.
    fn is_it(&self, draft: &DraftReward, row: &Reward) -> bool {
        let origin = origin_of(draft.plan.as_ref(), draft.step, self.batch.id);
        let line = self.line_of(row, false).ok();
        row.amount == draft.amount
            && row.recoverable == draft.recoverable
            && row.kind == draft.kind
            && row.account == draft.account
            && row.component == draft.component
            && row.date == self.batch.pay_date
            && row.origin == origin
            && line.as_ref() == row.line()
    }

    /// Forgives what payment plans do not recover any more.
    fn waive(
        &self,
        book: &mut RewardBook,
        mut waived: Vec<(PaymentPlanId, Money)>,
        circumstances: &mut Circumstances<'_>,
        decided: &mut Decided,
    ) -> Result<(), Refusal> {
        for (plan, standing) in book.waivers_of(self.batch.id) {
            let account = Account::PaymentPlan(plan.clone());
            let counts = |row: &&Reward| row.account == account && self.counts_before(book, row);
            let now: BTreeSet<RewardId> = book.rows().filter(counts).map(|row| row.id).collect();
            let is_same = standing.rewards.iter().copied().eq(now);
            let again = |(of, _): &(PaymentPlanId, Money)| *of == plan && is_same;
            match waived.iter().position(again) {
                Some(at) => {
                    waived.remove(at);
                }
                None => book.undo_waiver(&standing, SETTLED_ANEW, circumstances, decided)?,
            }
        }
        for (plan, _) in waived {
            self.forgive(book, plan, circumstances, decided)?;
        }
        Ok(())
    }

    fn forgive(
        &self,
        book: &mut RewardBook,
        plan: PaymentPlanId,
        circumstances: &mut Circumstances<'_>,
        decided: &mut Decided,
    ) -> Result<(), Refusal> {
        let request = ClearRequest {
            participant: book.participant.clone(),
            date: self.batch.pay_date,
            reason: format!("payment plan `{plan}` does not recover it any more"),
            origin: ClearOrigin::Waived {
                plan,
                batch: self.batch.id,
            },
        };
        // Exactly what the settlement took for the balance.
        let counts = |row: &&Reward| self.counts_before(book, row);
        let rows: Vec<Reward> = book.rows().filter(counts).cloned().collect();
        let currency = self.settings.operating_currency;
        if let Some(cleared) = clear(&rows, &request, currency, circumstances)? {
            cleared.rewards.into_iter().for_each(|row| book.put(row));
            decided.changes.clears.push(cleared.clear);
        }
        Ok(())
    }
}

fn origin_of(plan: Option<&PaymentPlanId>, step: SettlementStep, batch: BatchId) -> RewardOrigin {
    match plan {
        Some(plan) => RewardOrigin::PaymentPlan {
            plan: plan.clone(),
            batch,
            step,
        },
        None => RewardOrigin::NegativeSheet { batch, step },
    }
}

fn kept_of(settlement: &Settlement) -> SheetSettlement {
    SheetSettlement {
        outcome: settlement.outcome,
        balance: settlement.balance,
        plans: settlement.plans.clone(),
        states: settlement.states.clone(),
    }
}

/// Whether a sheet has to be kept for what it says of payment plans alone. That an interval began in
/// which nothing was paid yet need not be.
fn has_come_on(
    before: &BTreeMap<PaymentPlanId, PlanState>,
    after: &BTreeMap<PaymentPlanId, PlanState>,
) -> bool {
    let is_fresh = |state: &PlanState| {
        let kept = [
            &state.paid,
            &state.drawn,
            &state.raised,
            &state.withheld,
            &state.over_cap,
        ];
        kept.iter().all(|money| money.amount.is_zero())
    };
    after
        .iter()
        .any(|(plan, state)| before.get(plan) != Some(state) && !is_fresh(state))
}

/// Undoes what a sheet did with rewards: what was assigned by hand goes back, what was made for the
/// batch is withdrawn, what was waived is owed again.
pub(super) fn drop_rewards(
    sheet: &Paysheet,
    facts: &RewardFacts,
    circumstances: &mut Circumstances<'_>,
    decided: &mut Decided,
) -> Result<(), Refusal> {
    const DELETED: &str = "the sheet was deleted";
    let mut book = RewardBook::open(&sheet.participant, facts);
    for row in book.on_sheet(sheet.id) {
        book.put(match row.origin {
            RewardOrigin::ByHand => put_back(&row, circumstances)?,
            RewardOrigin::PaymentPlan { .. } | RewardOrigin::NegativeSheet { .. } => {
                take_back(&row, DELETED, circumstances)?
            }
        });
    }
    let waivers: Vec<Clear> = book
        .waivers_of(sheet.batch)
        .into_iter()
        .map(|(_, c)| c)
        .collect();
    for waiver in waivers {
        book.undo_waiver(&waiver, DELETED, circumstances, decided)?;
    }
    book.close(false, circumstances, decided);
    Ok(())
}

/// What the rewards of a sheet pay, and what of them is held, in pay currency.
pub(super) fn sums_of_rewards(rewards: &[Reward]) -> Result<(Decimal, Decimal), Refusal> {
    let sum = |held: bool| {
        let lines = rewards.iter().filter_map(Reward::line);
        let amounts = lines.filter(|line| line.held == held);
        amounts
            .map(|line| line.pay_amount.amount)
            .try_fold(Decimal::ZERO, add)
    };
    match (sum(false), sum(true)) {
        (Ok(total), Ok(held)) => Ok((total, held)),
        (Err(error), _) | (_, Err(error)) => {
            let text = format!("the rewards of a sheet: {error}");
            Err(Refusal::new(Reason::Overflow, text))
        }
    }
}
