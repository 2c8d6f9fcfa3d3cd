//! The equality conditions of a rule, by which rules are indexed.

use smol_str::SmolStr;

use super::evaluate::Term;
use super::syntax::ComparisonOperator;
use super::tree::{Bool, Comparison, Membership, Slot, Typed};
use super::value::Value;

/// A condition on one name: its value is one of `any_of` (sorted, each once; none can hold if it
/// is empty).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equality {
    /// The dotted name.
    pub name: SmolStr,
    /// The values it may have.
    pub any_of: Vec<Value>,
}

/// In the order written. Not all conditions: an expression may ask for more, never for less.
pub(super) fn equalities(root: &Typed, names: &[SmolStr]) -> Vec<Equality> {
    let mut equalities = Vec::new();
    if let Typed::Bool(condition) = root {
        gather(condition, names, &mut equalities);
    }
    equalities
}

fn gather(condition: &Bool, names: &[SmolStr], equalities: &mut Vec<Equality>) {
    let found = match condition {
        Bool::All(terms) => {
            return terms
                .iter()
                .for_each(|term| gather(term, names, equalities));
        }
        Bool::Numbers(comparison) => of_comparison(comparison),
        Bool::Texts(comparison) => of_comparison(comparison),
        Bool::Dates(comparison) => of_comparison(comparison),
        Bool::Bools(comparison) => of_comparison(comparison),
        Bool::AmongNumbers(membership) => of_membership(membership),
        Bool::AmongTexts(membership) => of_membership(membership),
        Bool::AmongDates(membership) => of_membership(membership),
        Bool::AmongBools(membership) => of_membership(membership),
        Bool::Literal(_)
        | Bool::Slot(_)
        | Bool::Choice(_)
        | Bool::Not(_)
        | Bool::Any(_)
        | Bool::Has(_)
        | Bool::Passage(..) => None,
    };
    if let Some((slot, any_of)) = found {
        let name = names.get(usize::from(slot)).cloned();
        equalities.extend(name.map(|name| Equality { name, any_of }));
    }
}

fn of_comparison<T: Term>(comparison: &Comparison<T>) -> Option<(Slot, Vec<Value>)> {
    let Comparison {
        operator: ComparisonOperator::Equal,
        left,
        right,
    } = comparison
    else {
        return None;
    };
    let slot = left.slot().or_else(|| right.slot())?;
    let literal = left.literal().or_else(|| right.literal())?;
    Some((slot, vec![T::value(literal)]))
}

fn of_membership<T: Term>(membership: &Membership<T, T::Literal>) -> Option<(Slot, Vec<Value>)> {
    Some((
        membership.member.slot()?,
        membership.any_of.iter().map(T::value).collect(),
    ))
}
