//! Factors: dated multipliers, looked up for a credit or for an interval's last date.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::draft::CreditInput;
use crate::definition::CategoryTree;
use crate::ids::{CategoryId, FactorId, TransactionType};
use crate::plan::{Factor, FactorEntry};
use crate::time::{Date, DateRange};

/// Every category that is one of some categories, or lies below one.
pub(super) fn within(tree: &CategoryTree, roots: &[CategoryId]) -> BTreeSet<CategoryId> {
    let below = |category: &&CategoryId| roots.iter().any(|root| tree.is_within(category, root));
    let known = tree.parents.keys().filter(below).cloned();
    known.chain(roots.iter().cloned()).collect()
}

#[derive(Clone, Debug)]
struct Entry {
    effective: DateRange,
    transaction_type: Option<TransactionType>,
    categories: Option<BTreeSet<CategoryId>>,
    value: Decimal,
}

impl Entry {
    fn new(entry: &FactorEntry, tree: &CategoryTree) -> Self {
        let roots = entry.category.as_ref().map(std::slice::from_ref);
        Self {
            effective: entry.effective,
            transaction_type: entry.transaction_type.clone(),
            categories: roots.map(|roots| within(tree, roots)),
            value: entry.value,
        }
    }

    fn matches(&self, date: Date, credit: Option<CreditInput<'_>>) -> bool {
        let credit = credit.map(|input| input.credit);
        let type_fits = self
            .transaction_type
            .as_ref()
            .is_none_or(|wanted| credit.is_some_and(|credit| credit.key.kind == *wanted));
        let category_fits = self.categories.as_ref().is_none_or(|wanted| {
            let category = credit.and_then(|credit| credit.category.as_ref());
            category.is_some_and(|category| wanted.contains(category))
        });
        type_fits && category_fits && self.effective.contains(date)
    }
}

/// A factor whose categories are spelled out.
#[derive(Clone, Debug)]
pub(super) struct CompiledFactor {
    pub(super) id: FactorId,
    entries: Vec<Entry>,
}

impl CompiledFactor {
    pub(super) fn new(factor: &Factor, tree: &CategoryTree) -> Self {
        Self {
            id: factor.id.clone(),
            entries: factor.entries.iter().map(|e| Entry::new(e, tree)).collect(),
        }
    }

    /// The value of the first entry that matches. Without a credit (per interval), entries for one
    /// type or category do not match.
    pub(super) fn value(&self, date: Date, credit: Option<CreditInput<'_>>) -> Option<Decimal> {
        let entry = self
            .entries
            .iter()
            .find(|entry| entry.matches(date, credit))?;
        Some(entry.value)
    }
}
