//! The order of credits that stand in one place: several of one participant, transaction and kind,
//! as when somebody receives twice of one sale. Stores give them by lineage, which tells when they
//! came; running totals must not depend on that, so what they say decides first.

use std::cmp::Ordering;

use attain_domain::credit::{Credit, CreditOrigin};

/// Puts credits that stand in one place into the order of what they say.
pub(crate) fn by_content(credits: &mut [Credit]) {
    for tied in credits.chunk_by_mut(is_one_place) {
        if tied.len() > 1 {
            tied.sort_by(compare);
        }
    }
}

pub(super) fn is_one_place(one: &Credit, next: &Credit) -> bool {
    one.credit_date == next.credit_date
        && one.kind == next.kind
        && one.key == next.key
        && one.participant == next.participant
}

/// What is equal here makes equal earnings in any order; the lineage only keeps them in the order
/// in which they are.
fn compare(one: &Credit, other: &Credit) -> Ordering {
    origin(one)
        .cmp(&origin(other))
        .then_with(|| one.percent.cmp(&other.percent))
        .then_with(|| one.amount.amount.cmp(&other.amount.amount))
        .then_with(|| one.quantity.cmp(&other.quantity))
        .then_with(|| one.revenue.cmp(&other.revenue))
        .then_with(|| one.calculates.cmp(&other.calculates))
        .then_with(|| one.category.cmp(&other.category))
        .then_with(|| one.lineage.cmp(&other.lineage))
}

fn origin(credit: &Credit) -> (u8, &str, &str) {
    match &credit.origin {
        CreditOrigin::Rule { set, rule } => (0, set.as_str(), rule.as_str()),
        CreditOrigin::Given => (1, "", ""),
        CreditOrigin::From { through, .. } => (2, through.as_str(), ""),
    }
}
