//! Conditions in rank order, indexed by what they ask to be equal, so that the cost of finding the
//! first that holds does not grow with the number of conditions that cannot hold.
//!
//! Conditions that ask the same names to be equal to something share a table from the values of
//! those names to the conditions. A look-up reads each table once; conditions without an equality
//! are candidates always.

use std::collections::BTreeMap;

use super::names::{Facts, Field};
use crate::expression::{Equality, EvaluationError, Program, Value};
use crate::time::{Date, DateRange};

/// Most combinations of values under which one condition stands in a table. Where `in` lists
/// would give more, the longest ones are left to the condition itself.
const COMBINATIONS_MAX: usize = 64;

/// One condition.
pub(super) struct Condition {
    pub(super) program: Program,
    /// Where the values of the program's names are, in its order.
    pub(super) reads: Vec<Field>,
    pub(super) effective: DateRange,
}

/// Conditions that ask the same fields to be equal to something.
struct Table {
    fields: Vec<Field>,
    ranks: BTreeMap<Vec<Value>, Vec<u32>>,
}

/// Conditions in rank order.
#[derive(Default)]
pub(super) struct Index {
    conditions: Vec<Condition>,
    tables: Vec<Table>,
    /// The ranks that no table has.
    others: Vec<u32>,
}

/// Memory that look-ups use again and again.
#[derive(Default)]
pub(super) struct Scratch {
    values: Vec<Option<Value>>,
    wanted: Vec<Value>,
    /// How many conditions were evaluated so far.
    pub(super) evaluations: u64,
}

impl Index {
    pub(super) fn new(conditions: Vec<Condition>) -> Self {
        let mut tables: BTreeMap<Vec<Field>, Table> = BTreeMap::new();
        let mut others = Vec::new();
        for (rank, condition) in (0_u32..).zip(&conditions) {
            let equalities = selected(condition.program.equalities());
            if equalities.is_empty() {
                others.push(rank);
                continue;
            }
            let fields: Vec<Field> = equalities.keys().cloned().collect();
            let table = tables.entry(fields).or_insert_with_key(|fields| Table {
                fields: fields.clone(),
                ranks: BTreeMap::new(),
            });
            for combination in combinations(equalities.values()) {
                table.ranks.entry(combination).or_default().push(rank);
            }
        }
        Self {
            conditions,
            tables: tables.into_values().collect(),
            others,
        }
    }

    /// The rank of the first condition that holds on a date.
    ///
    /// # Errors
    /// The rank of the first that cannot be evaluated, when none before it holds.
    pub(super) fn first(
        &self,
        facts: Facts<'_>,
        date: Date,
        scratch: &mut Scratch,
    ) -> Result<Option<usize>, (usize, EvaluationError)> {
        let mut candidates = self.candidates(facts, scratch);
        while let Some(rank) = lowest(&mut candidates) {
            let Some(condition) = self.conditions.get(rank) else {
                continue;
            };
            if condition.effective.contains(date)
                && holds(condition, facts, scratch).map_err(|wrong| (rank, wrong))?
            {
                return Ok(Some(rank));
            }
        }
        Ok(None)
    }

    /// Lists of ranks that may hold, each in rising order; no rank is in two of them.
    fn candidates(&self, facts: Facts<'_>, scratch: &mut Scratch) -> Vec<&[u32]> {
        let mut candidates = Vec::with_capacity(self.tables.len() + 1);
        for table in &self.tables {
            scratch.wanted.clear();
            scratch
                .wanted
                .extend(table.fields.iter().map_while(|field| field.value(facts)));
            // What is absent is equal to nothing.
            if scratch.wanted.len() == table.fields.len()
                && let Some(ranks) = table.ranks.get(scratch.wanted.as_slice())
            {
                candidates.push(ranks.as_slice());
            }
        }
        if !self.others.is_empty() {
            candidates.push(self.others.as_slice());
        }
        candidates
    }
}

/// Takes the lowest rank off the lists.
fn lowest(candidates: &mut [&[u32]]) -> Option<usize> {
    let list = candidates
        .iter_mut()
        .filter(|list| !list.is_empty())
        .min_by_key(|list| list[0])?;
    let (rank, rest) = list.split_first()?;
    *list = rest;
    usize::try_from(*rank).ok()
}

fn holds(
    condition: &Condition,
    facts: Facts<'_>,
    scratch: &mut Scratch,
) -> Result<bool, EvaluationError> {
    scratch.evaluations += 1;
    scratch.values.clear();
    scratch
        .values
        .extend(condition.reads.iter().map(|field| field.value(facts)));
    Ok(condition.program.evaluate(&scratch.values)? == Value::Bool(true))
}

/// The equalities a condition is indexed by, with few enough combinations of values.
fn selected(equalities: Vec<Equality>) -> BTreeMap<Field, Vec<Value>> {
    let mut by_field: BTreeMap<Field, Vec<Value>> = BTreeMap::new();
    for Equality { name, any_of } in equalities {
        let Some(field) = Field::of(&name) else {
            continue;
        };
        by_field
            .entry(field)
            .and_modify(|known| known.retain(|value| any_of.contains(value)))
            .or_insert(any_of);
    }
    let mut shortest_first: Vec<(Field, Vec<Value>)> = by_field.into_iter().collect();
    shortest_first.sort_by_key(|(_, any_of)| any_of.len());
    let mut combinations = 1_usize;
    let mut selected = BTreeMap::new();
    for (field, any_of) in shortest_first {
        combinations = combinations.saturating_mul(any_of.len());
        if selected.is_empty() || combinations <= COMBINATIONS_MAX {
            selected.insert(field, any_of);
        }
    }
    selected
}

/// Every way to take one value of each list.
fn combinations<'a>(lists: impl Iterator<Item = &'a Vec<Value>>) -> Vec<Vec<Value>> {
    lists.fold(vec![Vec::new()], |begun, list| {
        let longer = |begun: &Vec<Value>| {
            let begun = begun.clone();
            list.iter()
                .map(move |value| [begun.as_slice(), std::slice::from_ref(value)].concat())
        };
        begun.iter().flat_map(longer).collect()
    })
}
