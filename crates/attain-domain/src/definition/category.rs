//! Categories: the tree of kinds of sale, and the rules that classify transactions.

use std::collections::BTreeMap;

use crate::ids::{CategoryId, RuleId};
use crate::time::DateRange;

/// The tree of categories. A measure on a category counts its descendants too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CategoryTree {
    /// Each category with its parent; roots have none.
    pub parents: BTreeMap<CategoryId, Option<CategoryId>>,
}

impl CategoryTree {
    /// Whether the tree has the category.
    #[must_use]
    pub fn contains(&self, category: &CategoryId) -> bool {
        self.parents.contains_key(category)
    }

    /// Whether `category` is `ancestor` or lies below it.
    #[must_use]
    pub fn is_within(&self, category: &CategoryId, ancestor: &CategoryId) -> bool {
        let mut at = Some(category);
        // Saved trees have no cycles; the bound keeps even an unchecked one from looping.
        for _ in 0..=self.parents.len() {
            match at {
                None => return false,
                Some(here) if here == ancestor => return true,
                Some(here) => at = self.parents.get(here).and_then(Option::as_ref),
            }
        }
        false
    }
}

/// One category rule: the first match by rank gives the category.
#[derive(Clone, Debug, PartialEq)]
pub struct CategoryRule {
    /// Its name.
    pub id: RuleId,
    /// When it applies, by event date.
    pub effective: DateRange,
    /// A condition over the transaction; CEL.
    pub when: String,
    /// What it gives.
    pub category: CategoryId,
}

/// The category rules of a workspace, in rank order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CategoryRules {
    /// In rank order.
    pub rules: Vec<CategoryRule>,
}
