//! What a sheet pays while it is settled, part by part, so that plans that share some components
//! and not others see what is theirs.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::sheet::SheetLine;
use super::{Sharing, SheetFacts};
use crate::definition::CategoryTree;
use crate::ids::{CategoryId, ComponentId, PlanId};
use crate::money::{MoneyError, add, subtract};

type Component = (PlanId, ComponentId);

/// One component's part, or what stands beside all of them.
struct Part {
    component: Option<Component>,
    categories: BTreeSet<CategoryId>,
    amount: Decimal,
}

/// All parts of a sheet.
pub(super) struct Pot {
    parts: Vec<Part>,
}

/// The parts that one plan sees, and where it puts what has no component.
pub(super) struct Scope {
    members: BTreeSet<usize>,
    seat: usize,
}

impl Scope {
    /// Whether two plans see something of each other's.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        !self.members.is_disjoint(&other.members)
    }
}

impl Pot {
    /// The parts of a sheet; `beside` is what counts for plans that are shared by everything only.
    pub(super) fn new(sheet: &SheetFacts<'_>, beside: Decimal) -> Result<Self, MoneyError> {
        let mut parts: Vec<Part> = Vec::new();
        for line in sheet.lines {
            let categories: BTreeSet<CategoryId> = line.categories.iter().cloned().collect();
            let component = Some((line.plan.clone(), line.component.clone()));
            let known = parts
                .iter_mut()
                .find(|part| part.component == component && part.categories == categories);
            match known {
                Some(part) => part.amount = add(part.amount, line.amount.amount)?,
                None => parts.push(Part {
                    component,
                    categories,
                    amount: line.amount.amount,
                }),
            }
        }
        parts.push(Part {
            component: None,
            categories: BTreeSet::new(),
            amount: beside,
        });
        Ok(Self { parts })
    }

    /// The scopes of plans. Each has a seat of its own for what it advances, which plans see that
    /// share at least the same components: to a narrower plan, an advance of a wider one is not pay
    /// for its components.
    pub(super) fn scopes(&mut self, sharing: &[&Sharing], tree: &CategoryTree) -> Vec<Scope> {
        let of_lines = self.parts.len();
        for _ in sharing {
            self.parts.push(Part {
                component: None,
                categories: BTreeSet::new(),
                amount: Decimal::ZERO,
            });
        }
        let scope = |(index, own): (usize, &&Sharing)| {
            let lines = (0..of_lines).filter(|at| is_shared(own, &self.parts[*at], tree));
            let others = sharing.iter().enumerate();
            let seats = others.filter(|(_, other)| is_wider(own, other, tree));
            let seat = of_lines + index;
            let members = lines.chain(seats.map(|(other, _)| of_lines + other));
            Scope {
                members: members.chain([seat]).collect(),
                seat,
            }
        };
        sharing.iter().enumerate().map(scope).collect()
    }

    /// What a scope pays now.
    pub(super) fn pay(&self, scope: &Scope) -> Result<Decimal, MoneyError> {
        let parts = scope.members.iter().map(|at| self.parts[*at].amount);
        parts.into_iter().try_fold(Decimal::ZERO, add)
    }

    /// Adds an amount to the seat of a scope. Names its first component that is not empty.
    pub(super) fn put(
        &mut self,
        scope: &Scope,
        amount: Decimal,
    ) -> Result<Option<Component>, MoneyError> {
        let seat = &mut self.parts[scope.seat];
        seat.amount = add(seat.amount, amount)?;
        let there = scope.members.iter().map(|at| &self.parts[*at]);
        let mut there = there.filter(|part| !part.amount.is_zero());
        Ok(there.find_map(|part| part.component.clone()))
    }

    /// Takes an amount, from one part after the other as far as each is positive. Names the first
    /// of them. What no part has is left as it is: nobody takes more than a scope pays.
    pub(super) fn take(
        &mut self,
        scope: &Scope,
        amount: Decimal,
    ) -> Result<Option<Component>, MoneyError> {
        let mut left = amount;
        let mut first = None;
        for at in &scope.members {
            let part = &mut self.parts[*at];
            let taken = part.amount.min(left).max(Decimal::ZERO);
            if taken.is_zero() {
                continue;
            }
            first = first.or_else(|| part.component.clone());
            part.amount = subtract(part.amount, taken)?;
            left = subtract(left, taken)?;
        }
        Ok(first)
    }
}

fn is_shared(sharing: &Sharing, part: &Part, tree: &CategoryTree) -> bool {
    match sharing {
        Sharing::Everything => true,
        Sharing::Categories(named) => part
            .categories
            .iter()
            .any(|category| is_named(category, named, tree)),
        Sharing::Components(named) => part.component.as_ref().is_some_and(|c| named.contains(c)),
    }
}

fn is_named(category: &CategoryId, named: &[CategoryId], tree: &CategoryTree) -> bool {
    let is_within = |ancestor| category == ancestor || tree.is_within(category, ancestor);
    named.iter().any(is_within)
}

/// Whether whatever shares the other plan shares this one too.
fn is_wider(own: &Sharing, other: &Sharing, tree: &CategoryTree) -> bool {
    match (own, other) {
        (Sharing::Everything, _) => true,
        (Sharing::Categories(own), Sharing::Categories(other)) => {
            other.iter().all(|category| is_named(category, own, tree))
        }
        (Sharing::Components(own), Sharing::Components(other)) => {
            other.iter().all(|component| own.contains(component))
        }
        (Sharing::Categories(_), Sharing::Everything | Sharing::Components(_))
        | (Sharing::Components(_), Sharing::Everything | Sharing::Categories(_)) => false,
    }
}

/// The sum of what lines pay.
pub(super) fn sum_of(lines: &[SheetLine]) -> Result<Decimal, MoneyError> {
    let amounts = lines.iter().map(|line| line.amount.amount);
    amounts.into_iter().try_fold(Decimal::ZERO, add)
}
