//! Tries a component out: what one sale of some size pays to a person with nothing else.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use smol_str::SmolStr;

use super::STEP;
use super::trial::{trial_date, trial_participant, trial_sale};
use crate::calculation::{CreditInput, EarningDraft, ParticipantFold, PlanBook, Window};
use crate::credit::Credit;
use crate::definition::set::VersionedPlan;
use crate::definition::{DefinitionSet, Participant};
use crate::earning::EarningOutcome;
use crate::ids::MeasureId;
use crate::money::{Money, divide, multiply, percent_of};
use crate::plan::{Axis, Component, Dimension, DimensionInput, Plan, RateTable};
use crate::transaction::Transaction;

/// Texts that a table looks up, by their names.
pub(super) type Texts = BTreeMap<SmolStr, SmolStr>;

/// Most combinations of texts that are tried.
const TEXTS_MAX: usize = 64;
/// The size of the sale that finds out what a measure makes of sales.
const TRIAL: i64 = 1_000;

/// What a sale pays.
#[derive(Clone, Debug)]
pub(super) struct Paid {
    pub(super) sold: Decimal,
    pub(super) amount: Money,
    pub(super) withheld: Decimal,
}

impl fmt::Display for Paid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.amount.fmt(f)
    }
}

/// A component with everything that a trial needs.
pub(super) struct Probe<'p> {
    plan: &'p Plan,
    component: &'p Component,
    set: DefinitionSet,
    book: PlanBook,
    participant: Participant,
    credit: Credit,
    transaction: Transaction,
    texts: Texts,
}

/// One probe for each combination of the texts of a component's rate table.
pub(super) fn probes<'p>(
    plan: &'p Plan,
    component: &'p Component,
    set: &DefinitionSet,
) -> Vec<Probe<'p>> {
    let combinations = combinations(plan, component);
    combinations
        .into_iter()
        .filter_map(|texts| Probe::new(plan, component, set, texts))
        .collect()
}

pub(super) fn tables_of<'p>(plan: &'p Plan, component: &Component) -> Vec<&'p RateTable> {
    let Some(usage) = &component.rate else {
        return Vec::new();
    };
    plan.rate_tables
        .iter()
        .filter(|table| table.id == usage.table)
        .collect()
}

fn dimensions<'p>(plan: &'p Plan, component: &Component) -> Vec<&'p Dimension> {
    tables_of(plan, component)
        .into_iter()
        .flat_map(|table| &table.dimensions)
        .collect()
}

fn combinations(plan: &Plan, component: &Component) -> Vec<Texts> {
    let mut all = vec![BTreeMap::new()];
    for dimension in dimensions(plan, component) {
        let (DimensionInput::Text(name), Axis::Texts(texts)) = (&dimension.input, &dimension.axis)
        else {
            continue;
        };
        let with = |chosen: &Texts, text: &SmolStr| {
            let mut chosen = chosen.clone();
            chosen.insert(name.clone(), text.clone());
            chosen
        };
        let next = all
            .iter()
            .flat_map(|chosen| texts.iter().map(|text| with(chosen, text)));
        all = next.take(TEXTS_MAX).collect();
    }
    all
}

impl<'p> Probe<'p> {
    /// `None` where there is nothing to try with, such as no calendar.
    fn new(
        plan: &'p Plan,
        component: &'p Component,
        set: &DefinitionSet,
        texts: Texts,
    ) -> Option<Self> {
        let date = trial_date(plan, component, set)?;
        let participant = trial_participant(plan, set, &texts)?;
        let (credit, transaction) = trial_sale(plan, component, set, &texts, date)?;
        let mut set = DefinitionSet {
            settings: set.settings.clone(),
            attributes: set.attributes.clone(),
            calendar: set.calendar.clone(),
            categories: set.categories.clone(),
            ..DefinitionSet::default()
        };
        let only = Plan {
            components: vec![component.clone()],
            ..plan.clone()
        };
        set.plans.insert(
            plan.id.clone(),
            VersionedPlan {
                plan: only,
                version: 1,
            },
        );
        set.participants
            .insert(participant.id.clone(), participant.clone());
        let book = PlanBook::compile(&set).ok()?;
        Some(Self {
            plan,
            component,
            set,
            book,
            participant,
            credit,
            transaction,
            texts,
        })
    }

    /// In which setting it was tried, for the end of a sentence.
    pub(super) fn setting(&self) -> String {
        let texts: Vec<String> = self
            .texts
            .iter()
            .map(|(name, text)| format!("{name} `{text}`"))
            .collect();
        if texts.is_empty() {
            String::new()
        } else {
            format!(" for {}", texts.join(", "))
        }
    }

    fn drafts(&self, sold: Decimal) -> Vec<EarningDraft> {
        let amount = Money::new(sold, self.credit.amount.currency);
        let credit = Credit {
            amount,
            quantity: sold,
            ..self.credit.clone()
        };
        let transaction = Transaction {
            amount,
            operating_amount: amount,
            quantity: sold,
            ..self.transaction.clone()
        };
        let date = credit.credit_date;
        let window = Window {
            from: date,
            through: date,
        };
        let mut drafts = Vec::new();
        let phase = self.component.phase;
        let mut fold =
            ParticipantFold::begin(&self.book, &self.set, &self.participant, window, phase, &[]);
        fold.credit(
            &CreditInput {
                credit: &credit,
                transaction: Some(&transaction),
            },
            &mut drafts,
        );
        fold.finish(&mut drafts);
        drafts
    }

    /// What a sale pays; `None` when that is in error.
    pub(super) fn paid(&self, sold: Decimal) -> Option<Paid> {
        let mut paid = Paid {
            sold: sold.normalize(),
            amount: Money::zero(self.credit.amount.currency),
            withheld: Decimal::ZERO,
        };
        for draft in self.drafts(sold) {
            match draft.outcome {
                EarningOutcome::Amount(amount) => {
                    paid.amount = paid.amount.checked_add(amount).ok()?;
                }
                EarningOutcome::Error(_) => return None,
            }
            paid.withheld = paid.withheld.checked_add(draft.trace.withheld)?;
        }
        Some(paid)
    }

    /// The sizes of a sale at which a tier or the threshold begins, rising, above 0.
    pub(super) fn bounds(&self) -> Vec<Decimal> {
        let trial = self.drafts(Decimal::from(TRIAL));
        let Some(draft) = trial.last() else {
            return Vec::new();
        };
        let sale_of = |measure: &MeasureId, bound: Decimal, of_goal: bool| {
            let trace = draft
                .trace
                .measures
                .iter()
                .find(|trace| trace.measure == *measure)?;
            let bound = if of_goal {
                percent_of(trace.goal?, bound).ok()?
            } else {
                bound
            };
            if trace.after <= Decimal::ZERO {
                return None;
            }
            let sale = divide(multiply(bound, Decimal::from(TRIAL)).ok()?, trace.after).ok()?;
            Some(sale.normalize())
        };
        let mut bounds = Vec::new();
        for dimension in dimensions(self.plan, self.component) {
            let (measure, of_goal) = match &dimension.input {
                DimensionInput::Value(measure) => (measure, false),
                DimensionInput::PercentOfGoal(measure) => (measure, true),
                DimensionInput::Text(_) => continue,
            };
            let Axis::Tiers(tiers) = &dimension.axis else {
                continue;
            };
            bounds.extend(
                tiers
                    .iter()
                    .filter_map(|tier| sale_of(measure, tier.from, of_goal)),
            );
        }
        if let Some(threshold) = &self.component.threshold {
            bounds.extend(sale_of(&threshold.measure, threshold.percent, true));
        }
        bounds.retain(|bound| *bound > STEP);
        bounds.sort();
        bounds.dedup();
        bounds
    }

    /// Sizes to compare with each other, rising: around bounds, between them and beyond.
    pub(super) fn grid(&self, bounds: &[Decimal]) -> Vec<Decimal> {
        let mut grid = vec![Decimal::ZERO, STEP];
        let mut before = Decimal::ZERO;
        for bound in bounds {
            let middle = before
                .checked_add(*bound)
                .and_then(|sum| sum.checked_div(Decimal::TWO));
            grid.extend(middle.map(|middle| middle.trunc_with_scale(2)));
            grid.extend(bound.checked_sub(STEP));
            grid.push(*bound);
            before = *bound;
        }
        let last = self.end().unwrap_or(before.max(Decimal::from(TRIAL)));
        let beyond = last
            .checked_mul(Decimal::TWO)
            .filter(|_| self.end().is_none());
        grid.extend(beyond);
        grid.extend(self.end().and_then(|end| end.checked_sub(STEP)));
        grid.sort();
        grid.dedup();
        grid
    }

    /// Where the last tier on the input ends, when that is an amount.
    fn end(&self) -> Option<Decimal> {
        let ends = dimensions(self.plan, self.component)
            .into_iter()
            .filter_map(|dimension| {
                let Axis::Tiers(tiers) = &dimension.axis else {
                    return None;
                };
                let end = tiers.last()?.to?;
                match &dimension.input {
                    DimensionInput::Value(_) => Some(end),
                    DimensionInput::PercentOfGoal(measure) => {
                        let trial = self.drafts(Decimal::from(TRIAL));
                        let draft = trial.last()?;
                        let trace = draft
                            .trace
                            .measures
                            .iter()
                            .find(|t| t.measure == *measure)?;
                        percent_of(trace.goal?, end).ok()
                    }
                    DimensionInput::Text(_) => None,
                }
            });
        ends.min()
    }
}
