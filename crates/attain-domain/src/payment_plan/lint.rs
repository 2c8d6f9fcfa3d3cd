//! Lint: payment plans under which earning more pays less, each with a counter-example. The plans
//! are tried out with the settlement itself, so what is found is what would be paid.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{Datelike, Days, Months};
use rust_decimal::Decimal;

use super::sheet::{SheetFacts, SheetLine};
use super::{AppliedPlan, PaymentPlan, RecoveryTiming, Sharing, settle};
use crate::definition::calendar::{Period, PeriodStatus};
use crate::definition::{Calendar, DefinitionSet};
use crate::ids::{ComponentId, IntervalId, PaymentPlanId, PeriodId, PlanId};
use crate::money::{Money, add, subtract};
use crate::reward::Account;
use crate::time::{Date, DateRange};

/// The upper-snake code of what is found.
pub const EARNING_MORE_PAYS_LESS: &str = "EARNING_MORE_PAYS_LESS";

/// What that means, as a sentence; the numbers are those of a finding.
pub const TEXT: &str = "earning more pays less";

/// What was earned and what the sheet pays then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// What is earned.
    pub earned: Money,
    /// What is paid.
    pub paid: Money,
}

/// A point where earning more pays less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawFinding {
    /// The plans that were tried together.
    pub plans: Vec<PaymentPlanId>,
    /// What is owed in the account of each before.
    pub owed: Money,
    /// The pay date of the sheet.
    pub pay_date: Date,
    /// With less earned.
    pub less: Trial,
    /// With more earned.
    pub more: Trial,
}

impl fmt::Display for DrawFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "with {} owed, earning {} pays {} and earning {} pays {}",
            self.owed, self.less.earned, self.less.paid, self.more.earned, self.more.paid
        )
    }
}

/// Where earning more pays less under plans that one participant has at the same time, in their
/// order; `None` when that was found nowhere. Give one plan to look at it alone.
///
/// Tried are, for each share of the plans, sheets of the months in which something begins or ends,
/// as their periods, quarters and years at once; earnings around every amount that the plans name;
/// and several opening balances. A trial that overflows is passed over.
#[must_use]
pub fn lint_payment_plans(plans: &[&PaymentPlan], set: &DefinitionSet) -> Option<DrawFinding> {
    let dates = dates_of(plans);
    let periods: BTreeSet<Date> = dates.iter().filter_map(|date| date.with_day(1)).collect();
    for first in periods {
        let bench = Bench::new(plans, set, first)?;
        let last = bench.period.last_date();
        let pay_dates: BTreeSet<Date> = dates.iter().copied().chain([last]).collect();
        let mut tried = BTreeSet::new();
        for pay_date in pay_dates.range(first..) {
            let phases = plans.iter().map(|plan| phase_of(plan, *pay_date));
            if !tried.insert(phases.collect::<Vec<_>>()) {
                continue;
            }
            for owed in bench.balances() {
                for line in &bench.lines {
                    if let Some(finding) = bench.search(line, *pay_date, owed) {
                        return Some(finding);
                    }
                }
            }
        }
    }
    None
}

/// Dates on which the plans behave differently from the day before, and days inside.
fn dates_of(plans: &[&PaymentPlan]) -> BTreeSet<Date> {
    let mut dates = BTreeSet::new();
    for plan in plans {
        let terms = plan.recoverability.terms();
        let from = plan.effective.from;
        let to = plan.effective.to;
        dates.extend(from);
        dates.extend(from.and_then(|date| date.checked_add_months(Months::new(1))));
        dates.extend(to.and_then(|date| date.checked_sub_days(Days::new(1))));
        dates.extend(to.and_then(|date| date.checked_sub_months(Months::new(1))));
        dates.extend(terms.and_then(|terms| terms.waive_after));
        dates.extend(terms.and_then(|terms| match terms.timing {
            RecoveryTiming::From(date) => Some(date),
            RecoveryTiming::Immediate | RecoveryTiming::IntervalEnd(_) => None,
        }));
    }
    if dates.is_empty() {
        dates.extend(Date::from_ymd_opt(2000, 1, 1));
    }
    dates
}

/// What of a plan depends on the pay date: whether recovery has begun, and whether it is over.
fn phase_of(plan: &PaymentPlan, pay_date: Date) -> (bool, bool) {
    let Some(terms) = plan.recoverability.terms() else {
        return (false, true);
    };
    let has_begun = match terms.timing {
        RecoveryTiming::From(date) => date <= pay_date,
        RecoveryTiming::Immediate | RecoveryTiming::IntervalEnd(_) => true,
    };
    (
        has_begun,
        terms.waive_after.is_some_and(|date| date < pay_date),
    )
}

/// One cent, or the least amount of the currency.
fn step_of(set: &DefinitionSet) -> Option<Decimal> {
    let currency = set.settings.as_ref()?.operating_currency;
    Some(Decimal::new(1, currency.digits()))
}

/// What the plans are tried out on: one month, which is a quarter and a year as well.
struct Bench<'a> {
    plans: &'a [&'a PaymentPlan],
    set: DefinitionSet,
    period: Period,
    lines: Vec<SheetLine>,
    step: Decimal,
}

impl<'a> Bench<'a> {
    fn new(plans: &'a [&'a PaymentPlan], set: &DefinitionSet, first: Date) -> Option<Self> {
        let period = Period {
            id: PeriodId::parse("lint").ok()?,
            start: first,
            end: first.checked_add_months(Months::new(1))?,
            quarter: IntervalId::parse("lint-quarter").ok()?,
            year: IntervalId::parse("lint-year").ok()?,
            status: PeriodStatus::Open,
        };
        let zero = Money::zero(set.settings.as_ref()?.operating_currency);
        Some(Self {
            plans,
            set: DefinitionSet {
                settings: set.settings.clone(),
                categories: set.categories.clone(),
                calendar: Calendar {
                    periods: vec![period.clone()],
                },
                ..DefinitionSet::default()
            },
            period,
            lines: lines_of(plans, zero)?,
            step: step_of(set)?,
        })
    }

    /// Amounts that the plans name, rising.
    fn amounts(&self) -> BTreeSet<Decimal> {
        let mut amounts = BTreeSet::from([Decimal::ZERO]);
        for plan in self.plans {
            let terms = plan.recoverability.terms();
            amounts.insert(plan.minimum.amount);
            amounts.extend(plan.pay_cap.map(|cap| cap.amount));
            amounts.extend(terms.and_then(|t| t.balance_cap).map(|cap| cap.amount));
        }
        amounts
    }

    /// Opening balances to try: nothing, each amount, and far more than all.
    fn balances(&self) -> Vec<Decimal> {
        let mut balances = self.amounts();
        let sum = balances.iter().copied().try_fold(Decimal::ONE_HUNDRED, add);
        balances.extend(sum.and_then(|sum| add(sum, sum)));
        balances.into_iter().collect()
    }

    /// What a sheet pays that earns an amount for one line, and the floors that it had.
    fn pay(
        &self,
        line: &SheetLine,
        earned: Decimal,
        pay_date: Date,
        owed: Decimal,
    ) -> Option<(Trial, Vec<Decimal>)> {
        let currency = line.amount.currency;
        let applied: Vec<AppliedPlan<'_>> = self
            .plans
            .iter()
            .map(|plan| AppliedPlan::new(plan, &[DateRange::ALWAYS]))
            .collect();
        let owing = self.plans.iter().filter(|_| !owed.is_zero());
        let balances: BTreeMap<Account, Money> = owing
            .map(|plan| Account::PaymentPlan(plan.id.clone()))
            .map(|account| (account, Money::new(owed, currency)))
            .collect();
        let earned = Money::new(earned, currency);
        let facts = SheetFacts {
            period: &self.period.id,
            pay_date,
            lines: &[SheetLine {
                amount: earned,
                ..line.clone()
            }],
            rewards: &[],
            balances: &balances,
            states: &BTreeMap::new(),
        };
        let settled = settle(&self.set, &applied, &facts).ok()?;
        let floors = settled.plans.iter().map(|plan| plan.floor.amount);
        let paid = settled.pays;
        Some((Trial { earned, paid }, floors.collect()))
    }

    /// Looks for more earned and less paid, in rising order of what is earned.
    fn search(&self, line: &SheetLine, pay_date: Date, owed: Decimal) -> Option<DrawFinding> {
        let (_, floors) = self.pay(line, Decimal::ZERO, pay_date, owed)?;
        let mut before: Option<Trial> = None;
        for earned in self.grid(floors, owed)? {
            let (trial, _) = self.pay(line, earned, pay_date, owed)?;
            if let Some(less) = before.filter(|less| less.paid.amount > trial.paid.amount) {
                return Some(DrawFinding {
                    plans: self.plans.iter().map(|plan| plan.id.clone()).collect(),
                    owed: Money::new(owed, trial.paid.currency),
                    pay_date,
                    less,
                    more: trial,
                });
            }
            before = Some(trial);
        }
        None
    }

    /// What to earn: around each bound, alone and with what is owed, between bounds and beyond.
    fn grid(&self, floors: Vec<Decimal>, owed: Decimal) -> Option<Vec<Decimal>> {
        let bounds: BTreeSet<Decimal> = self.amounts().into_iter().chain(floors).collect();
        let sum = bounds.iter().copied().try_fold(Decimal::ZERO, add).ok()?;
        let mut grid = BTreeSet::new();
        for bound in bounds.into_iter().chain([sum]) {
            for at in [bound, add(bound, owed).ok()?] {
                grid.extend([subtract(at, self.step).ok()?, at, add(at, self.step).ok()?]);
            }
        }
        let beyond = add(sum, add(owed, Decimal::ONE_HUNDRED).ok()?).ok()?;
        grid.extend([-beyond, beyond]);
        let middles: Vec<Decimal> = grid
            .iter()
            .zip(grid.iter().skip(1))
            .filter_map(|(low, high)| Some(add(*low, *high).ok()? / Decimal::TWO))
            .map(|middle| middle.trunc_with_scale(self.step.scale()))
            .collect();
        grid.extend(middles);
        Some(grid.into_iter().collect())
    }
}

/// One line for each way in which plans share components.
fn lines_of(plans: &[&PaymentPlan], zero: Money) -> Option<Vec<SheetLine>> {
    let line = |plan: PlanId, component: ComponentId| SheetLine {
        plan,
        component,
        categories: Vec::new(),
        amount: zero,
    };
    let some = line(
        PlanId::parse("lint").ok()?,
        ComponentId::parse("lint").ok()?,
    );
    let mut lines = Vec::new();
    for plan in plans {
        match &plan.shared_by {
            Sharing::Everything => lines.push(some.clone()),
            Sharing::Components(named) => {
                lines.extend(named.iter().map(|(of, id)| line(of.clone(), id.clone())));
            }
            Sharing::Categories(named) => lines.extend(named.iter().map(|category| SheetLine {
                categories: vec![category.clone()],
                ..some.clone()
            })),
        }
    }
    Some(lines)
}
