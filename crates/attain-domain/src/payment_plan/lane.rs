//! One payment plan while a sheet is settled: its minimum, what it advances and takes back, its pay
//! cap, and how far that brings it.

use rust_decimal::Decimal;

use super::desk::{Desk, Draft, beyond, overflow};
use super::pot::{Pot, Scope};
use super::sheet::{MinimumTrace, PlanSettlement, PlanState};
use super::{
    AppliedPlan, DrawMode, DrawProration, PaymentPlan, Recoverability, RecoveryTerms,
    RecoveryTiming, Withheld,
};
use crate::definition::calendar::Interval;
use crate::ids::{ComponentId, PlanId};
use crate::money::{add, divide, multiply, subtract};
use crate::refusal::Refusal;
use crate::reward::{Account, SettlementStep};

/// What the interval has seen before this sheet.
struct Before {
    paid: Decimal,
    drawn: Decimal,
    raised: Decimal,
    over_cap: Decimal,
}

/// The days of the plan in the interval.
struct Days {
    covered: i64,
    all: i64,
}

pub(super) struct Lane<'a> {
    pub(super) plan: &'a PaymentPlan,
    pub(super) account: Account,
    pub(super) scope: Scope,
    interval: Interval,
    days: Days,
    before: Before,
    /// Whether the account is forgiven and not recovered from any more.
    pub(super) is_waived: bool,
    minimum: Option<Decimal>,
    balance_before: Decimal,
    waived: Decimal,
    earned: Decimal,
    /// What has to stay when something is recovered.
    pub(super) floor: Decimal,
    /// The minimum was not reached without an advance.
    pub(super) is_short: bool,
    advance: Decimal,
    taken_back: Decimal,
    pub(super) recovered: Decimal,
    withheld: Decimal,
    over_cap: Decimal,
}

impl<'a> Lane<'a> {
    pub(super) fn open(
        applied: &AppliedPlan<'a>,
        scope: Scope,
        desk: &mut Desk<'_>,
    ) -> Result<Self, Refusal> {
        let plan = applied.plan;
        let calendar = &desk.set.calendar;
        let interval = calendar.interval_of(plan.minimum.interval, desk.period);
        let days = Days {
            covered: applied.days_in(interval.range()),
            all: (interval.end - interval.start).num_days(),
        };
        let waive_after = plan.recoverability.terms().and_then(|t| t.waive_after);
        let is_past = waive_after.is_some_and(|date| desk.sheet.pay_date > date);
        let is_waived = is_past
            || match plan.recoverability {
                Recoverability::ForgivenAtEnd(_) => applied.is_over(desk.period.start),
                Recoverability::Recoverable(_) | Recoverability::NotRecoverable => false,
            };
        let account = Account::PaymentPlan(plan.id.clone());
        let balance_before = desk.owed(&account);
        let waived = if is_waived {
            desk.waive(&account)
        } else {
            Decimal::ZERO
        };
        let minimum = prorated(plan.minimum.amount, plan, &days, desk)?;
        let before = before(desk.sheet.states.get(&plan.id), &interval);
        Ok(Self {
            plan,
            account,
            scope,
            interval,
            days,
            before,
            is_waived,
            minimum,
            balance_before,
            waived,
            earned: Decimal::ZERO,
            floor: Decimal::ZERO,
            is_short: false,
            advance: Decimal::ZERO,
            taken_back: Decimal::ZERO,
            recovered: Decimal::ZERO,
            withheld: Decimal::ZERO,
            over_cap: Decimal::ZERO,
        })
    }

    /// What was forgiven before anything else.
    pub(super) fn waived(&self) -> Decimal {
        self.waived
    }

    /// The terms by which this sheet recovers, if it does.
    pub(super) fn recovers(&self, desk: &Desk<'_>) -> Option<&RecoveryTerms> {
        let terms = self.plan.recoverability.terms();
        let is_time = |terms: &&RecoveryTerms| match terms.timing {
            RecoveryTiming::Immediate => true,
            RecoveryTiming::From(date) => date <= desk.sheet.pay_date,
            RecoveryTiming::IntervalEnd(kind) => {
                desk.set.calendar.interval_of(kind, desk.period).end == desk.period.end
            }
        };
        terms.filter(|_| !self.is_waived).filter(is_time)
    }

    /// Puts what the pay cap withheld before back into the pot; it is capped anew at the end.
    pub(super) fn release(&mut self, pot: &mut Pot) -> Result<(), Refusal> {
        if self.before.over_cap > Decimal::ZERO {
            pot.put(&self.scope, self.before.over_cap)
                .map_err(overflow)?;
        }
        Ok(())
    }

    /// Advances what the minimum asks for, or takes back what the interval did not need.
    pub(super) fn draw(&mut self, pot: &mut Pot, desk: &mut Desk<'_>) -> Result<(), Refusal> {
        let pay = pot.pay(&self.scope).map_err(overflow)?;
        self.earned = pay;
        let Some(minimum) = self.minimum else {
            return Ok(());
        };
        let target = add(minimum, self.before.raised).map_err(overflow)?;
        let missing = match self.plan.minimum.mode {
            DrawMode::TopUp => {
                if self.is_last_period(desk) {
                    self.floor = beyond(target, self.before.paid)?;
                }
                self.is_short = pay < self.floor;
                beyond(self.floor, pay)?
            }
            DrawMode::OnTop => beyond(target, self.before.drawn)?,
        };
        if missing > Decimal::ZERO {
            self.advance = missing.min(self.room(desk)?.unwrap_or(missing));
            self.withheld = beyond(missing, self.advance)?;
            if self.plan.minimum.mode == DrawMode::OnTop {
                self.floor = self.advance;
            }
            let component = pot.put(&self.scope, self.advance).map_err(overflow)?;
            let draft = self.draft(SettlementStep::Draw, component);
            return desk.make(self.advance, draft);
        }
        match self.plan.minimum.mode {
            DrawMode::TopUp => self.take_back(pay, target, pot, desk),
            DrawMode::OnTop => Ok(()),
        }
    }

    /// The interval as a whole needs less than was drawn: the rest is taken back at once.
    fn take_back(
        &mut self,
        pay: Decimal,
        target: Decimal,
        pot: &mut Pot,
        desk: &mut Desk<'_>,
    ) -> Result<(), Refusal> {
        let to_date = add(self.before.paid, pay).map_err(overflow)?;
        let unneeded = beyond(to_date, target)?.min(self.before.drawn).min(pay);
        let owed = match self.plan.recoverability {
            Recoverability::NotRecoverable => unneeded,
            Recoverability::Recoverable(_) | Recoverability::ForgivenAtEnd(_) => {
                desk.takeable(&self.account).map_err(overflow)?
            }
        };
        self.taken_back = unneeded.min(owed).max(Decimal::ZERO);
        if self.taken_back.is_zero() {
            return Ok(());
        }
        let component = pot.take(&self.scope, self.taken_back).map_err(overflow)?;
        let draft = self.draft(SettlementStep::DrawTakenBack, component);
        desk.make(-self.taken_back, draft)
    }

    /// How much more may be owed in the account; `None` is any amount.
    fn room(&self, desk: &Desk<'_>) -> Result<Option<Decimal>, Refusal> {
        let terms = self.plan.recoverability.terms();
        let cap = terms.and_then(|terms| terms.balance_cap);
        cap.map(|cap| beyond(cap.amount, desk.owed(&self.account)))
            .transpose()
    }

    /// Withholds what is above the pay cap.
    pub(super) fn cap(&mut self, pot: &mut Pot, desk: &mut Desk<'_>) -> Result<(), Refusal> {
        let withheld = match &self.plan.pay_cap {
            None => Decimal::ZERO,
            Some(cap) => match prorated(cap.amount, self.plan, &self.days, desk)? {
                None => Decimal::ZERO,
                Some(most) => {
                    let room = beyond(most, self.before.paid)?;
                    let pay = pot.pay(&self.scope).map_err(overflow)?;
                    beyond(pay, room)?
                }
            },
        };
        let component = pot.take(&self.scope, withheld).map_err(overflow)?;
        self.over_cap = subtract(withheld, self.before.over_cap).map_err(overflow)?;
        let draft = Draft {
            recoverable: false,
            ..self.draft(SettlementStep::PayCap, component)
        };
        desk.make(-self.over_cap, draft)
    }

    fn draft(&self, step: SettlementStep, component: Option<(PlanId, ComponentId)>) -> Draft {
        Draft {
            recoverable: self.plan.recoverability.terms().is_some(),
            account: self.account.clone(),
            plan: Some(self.plan.id.clone()),
            step,
            component,
        }
    }

    fn is_last_period(&self, desk: &Desk<'_>) -> bool {
        self.interval.end == desk.period.end
    }

    /// What is said about this plan.
    pub(super) fn explain(&self, desk: &Desk<'_>) -> Result<PlanSettlement, Refusal> {
        let minimum = self.minimum.map(|prorated| MinimumTrace {
            whole: desk.money(self.plan.minimum.amount),
            days_covered: self.days.covered,
            days: self.days.all,
            prorated: desk.money(prorated),
            raised: desk.money(self.before.raised),
            paid_before: desk.money(self.before.paid),
        });
        Ok(PlanSettlement {
            plan: self.plan.id.clone(),
            earned: desk.money(self.earned),
            minimum,
            floor: desk.money(self.floor),
            advance: desk.money(self.advance),
            taken_back: desk.money(self.taken_back),
            recovered: desk.money(self.recovered),
            withheld: desk.money(self.withheld),
            over_cap: desk.money(self.over_cap),
            waived: desk.money(self.waived),
            balance_before: desk.money(self.balance_before),
            balance_after: desk.money(desk.balance(&self.account).map_err(overflow)?),
        })
    }

    /// How far the plan has come after this sheet.
    pub(super) fn state(&self, pot: &Pot, desk: &Desk<'_>) -> Result<PlanState, Refusal> {
        let pay = pot.pay(&self.scope).map_err(overflow)?;
        let paid = add(self.before.paid, pay).map_err(overflow)?;
        let drawn = subtract(self.advance, self.taken_back)
            .and_then(|net| add(self.before.drawn, net))
            .map_err(overflow)?;
        let keeps = |withheld: Withheld, amount: Decimal| match withheld {
            Withheld::Lost => Decimal::ZERO,
            Withheld::CarriedForward => amount,
        };
        let terms = self.plan.recoverability.terms();
        let balance_cap = terms.and_then(|terms| terms.balance_cap);
        let is_due = self.plan.minimum.mode == DrawMode::OnTop || self.is_last_period(desk);
        let withheld = match (balance_cap, self.minimum) {
            (Some(cap), Some(_)) if is_due => keeps(cap.withheld, self.withheld),
            (Some(cap), Some(_)) => keeps(cap.withheld, self.before.raised),
            (None, _) | (_, None) => Decimal::ZERO,
        };
        let over_cap = add(self.before.over_cap, self.over_cap).map_err(overflow)?;
        let over_cap = self.plan.pay_cap.map(|cap| keeps(cap.withheld, over_cap));
        Ok(PlanState {
            interval: self.interval.id.clone(),
            paid: desk.money(paid),
            drawn: desk.money(drawn),
            raised: desk.money(self.before.raised),
            withheld: desk.money(withheld),
            over_cap: desk.money(over_cap.unwrap_or(Decimal::ZERO)),
        })
    }
}

fn before(state: Option<&PlanState>, interval: &Interval) -> Before {
    match state {
        None => Before {
            paid: Decimal::ZERO,
            drawn: Decimal::ZERO,
            raised: Decimal::ZERO,
            over_cap: Decimal::ZERO,
        },
        Some(state) if state.interval == interval.id => Before {
            paid: state.paid.amount,
            drawn: state.drawn.amount,
            raised: state.raised.amount,
            over_cap: state.over_cap.amount,
        },
        Some(state) => Before {
            paid: Decimal::ZERO,
            drawn: Decimal::ZERO,
            raised: state.withheld.amount,
            over_cap: state.over_cap.amount,
        },
    }
}

/// An amount per interval for the days that are covered; none without any.
fn prorated(
    whole: Decimal,
    plan: &PaymentPlan,
    days: &Days,
    desk: &Desk<'_>,
) -> Result<Option<Decimal>, Refusal> {
    if days.covered == 0 {
        return Ok(None);
    }
    let exact = match plan.minimum.proration {
        DrawProration::Whole => whole,
        DrawProration::ByDay => multiply(whole, Decimal::from(days.covered))
            .and_then(|product| divide(product, Decimal::from(days.all)))
            .map_err(overflow)?,
    };
    Ok(Some(desk.round(exact)))
}
