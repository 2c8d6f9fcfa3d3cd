//! The credits that count, in the engine and in the reference, side by side. What the reference calls
//! a credit is linked to the engine's id by what it says.

use std::collections::{BTreeMap, BTreeSet};

use attain_domain::credit::{Credit, CreditKind, CreditOrigin};
use attain_domain::expression::Value;
use attain_domain::time::Date;
use attain_domain::transaction::{Transaction, TransactionStatus};
use rust_decimal::Decimal;

use crate::books::{Books, key_of};
use crate::company::{Kept, ensure};
use crate::documents::{date_of, person_id};
use crate::reference::{Business, Content, Direct, Origin, Rolled, Sale, Says, Status};
use crate::terms::{KEYS, PEOPLE};

/// What was rolled up: for whom, through whom, how much, when.
type RolledSays = (u8, u8, i64, u32);
/// What a direct credit says, and what was rolled up from it.
type Whole = (Says, Vec<RolledSays>);

const SAME_CREDITS: &str = "what counts is what follows from what was said";

/// Compares, and links.
pub(crate) fn link(business: &mut Business, books: &Books) -> Kept {
    for key in 0..KEYS {
        check_sale(business.sales.get(&key), key, books)?;
        let counting = books.counting().filter(|credit| credit.key == key_of(key));
        let credits: Vec<&Credit> = counting.collect();
        let Some(sale) = business.sales.get_mut(&key) else {
            let none = credits.is_empty();
            ensure(none, SAME_CREDITS, || {
                format!("N{key} is not there: {credits:?}")
            })?;
            continue;
        };
        link_sale(key, sale, &credits)?;
        check_orphans(key, sale, &credits)?;
    }
    Ok(())
}

fn link_sale(key: u8, sale: &mut Sale, credits: &[&Credit]) -> Kept {
    let directs = credits
        .iter()
        .filter(|credit| credit.kind == CreditKind::Direct);
    let mut stored: BTreeMap<u128, Whole> = directs
        .map(|direct| {
            (
                direct.id.0.as_u128(),
                (says_of(direct), rolled_of(direct, credits)),
            )
        })
        .collect();
    let rolled = std::mem::take(&mut sale.rolled);
    let whole = |direct: &Direct| -> Whole {
        let own = rolled.iter().filter(|rolled| rolled.source == direct.id);
        let mut own: Vec<RolledSays> = own.map(rolled_says).collect();
        own.sort_unstable();
        let percent = 0;
        (
            Says {
                percent,
                ..direct.says.clone()
            },
            own,
        )
    };
    for direct in &sale.direct {
        let Some(known) = direct.known_as else {
            continue;
        };
        let (found, expected) = (stored.remove(&known), whole(direct));
        ensure(found.as_ref() == Some(&expected), SAME_CREDITS, || {
            format!("N{key}, {known}: {found:?}, expected {expected:?}")
        })?;
    }
    let mut new: Vec<(Whole, u128)> = stored.into_iter().map(|(id, says)| (says, id)).collect();
    new.sort();
    let unknown = sale
        .direct
        .iter_mut()
        .filter(|direct| direct.known_as.is_none());
    let mut unknown: Vec<(Whole, &mut Direct)> =
        unknown.map(|direct| (whole(direct), direct)).collect();
    unknown.sort_by(|a, b| a.0.cmp(&b.0));
    let found: Vec<&Whole> = new.iter().map(|(says, _)| says).collect();
    let expected: Vec<&Whole> = unknown.iter().map(|(says, _)| says).collect();
    ensure(found == expected, SAME_CREDITS, || {
        format!("new ones of N{key}: {found:?}, expected {expected:?}")
    })?;
    for ((_, direct), (_, id)) in unknown.into_iter().zip(&new) {
        direct.known_as = Some(*id);
    }
    sale.rolled = rolled;
    sale.direct.sort_by_key(|direct| direct.known_as);
    Ok(())
}

/// What was rolled up from credits that are gone, until the next roll-up.
fn check_orphans(key: u8, sale: &Sale, credits: &[&Credit]) -> Kept {
    let ids: BTreeSet<u128> = sale
        .direct
        .iter()
        .filter_map(|direct| direct.known_as)
        .collect();
    let stored = credits
        .iter()
        .filter(|credit| credit.kind != CreditKind::Direct);
    let stored = stored.filter(|credit| source_of(credit).is_none_or(|id| !ids.contains(&id)));
    let mut stored: Vec<RolledSays> = stored.map(|credit| stored_rolled(credit)).collect();
    stored.sort_unstable();
    let numbers: BTreeSet<u64> = sale.direct.iter().map(|direct| direct.id).collect();
    let orphans = sale
        .rolled
        .iter()
        .filter(|rolled| !numbers.contains(&rolled.source));
    let mut expected: Vec<RolledSays> = orphans.map(rolled_says).collect();
    expected.sort_unstable();
    ensure(stored == expected, SAME_CREDITS, || {
        format!("N{key}, rolled up from what is gone: {stored:?}, expected {expected:?}")
    })
}

/// The newest version of a sale says what was said of it.
fn check_sale(sale: Option<&Sale>, key: u8, books: &Books) -> Kept {
    let promise = "a sale is as it was said to be";
    let own = books
        .transactions
        .iter()
        .filter(|stored| stored.key == key_of(key));
    let newest = own.max_by_key(|stored| stored.id);
    let found = newest.map(|newest| {
        let flags = newest.flags.preserve_credits;
        (
            content_of(newest),
            status_of(newest),
            flags,
            newest.replaces.is_some(),
        )
    });
    let expected = sale.map(|sale| {
        let status = (!sale.cancelled).then_some(sale.status);
        (sale.content.clone(), status, sale.preserve, sale.replaces)
    });
    ensure(found == expected, promise, || {
        format!("N{key}: {found:?}, expected {expected:?}")
    })
}

/// None for a cancelled one.
fn status_of(stored: &Transaction) -> Option<Status> {
    match stored.status {
        TransactionStatus::New | TransactionStatus::Classified => Some(Status::New),
        TransactionStatus::Credited => Some(Status::Credited),
        TransactionStatus::Error(_) => Some(Status::Error),
        TransactionStatus::Obsolete | TransactionStatus::Cancelled => None,
    }
}

fn content_of(stored: &Transaction) -> Content {
    let owner = stored
        .attributes
        .get(&attain_domain::testing::name("owner"));
    let owner = owner.map(|owner| match owner {
        Value::Text(owner) => person_of(owner),
        Value::Number(_) | Value::Bool(_) | Value::Date(_) => panic!("{owner:?} is no text"),
    });
    let quantity = u8::from(!stored.quantity.is_zero());
    Content {
        day: day_of(stored.event_date),
        cents: cents_of(stored.amount.amount),
        quantity,
        owner,
    }
}

fn rolled_of(direct: &Credit, credits: &[&Credit]) -> Vec<RolledSays> {
    let id = direct.id.0.as_u128();
    let own = credits
        .iter()
        .filter(|credit| source_of(credit) == Some(id));
    let mut own: Vec<RolledSays> = own.map(|credit| stored_rolled(credit)).collect();
    own.sort_unstable();
    own
}

fn source_of(credit: &Credit) -> Option<u128> {
    match &credit.origin {
        CreditOrigin::From { source, .. } => source.map(|id| id.0.as_u128()),
        CreditOrigin::Rule { .. } | CreditOrigin::Given => None,
    }
}

fn rolled_says(rolled: &Rolled) -> RolledSays {
    (rolled.who, rolled.through, rolled.cents, rolled.day)
}

fn stored_rolled(credit: &Credit) -> RolledSays {
    let through = match &credit.origin {
        CreditOrigin::From { through, .. } => person_of(through.as_str()),
        CreditOrigin::Rule { .. } | CreditOrigin::Given => panic!("{credit:?} is not derived"),
    };
    let who = person_of(credit.participant.as_str());
    (
        who,
        through,
        cents_of(credit.amount.amount),
        day_of(credit.credit_date),
    )
}

/// Percents have more digits in the engine: they are not compared.
fn says_of(credit: &Credit) -> Says {
    let origin = match &credit.origin {
        CreditOrigin::Rule { rule, .. } if rule.as_str() == "big" => Origin::Rule("big"),
        CreditOrigin::Rule { .. } => Origin::Rule("rest"),
        CreditOrigin::Given | CreditOrigin::From { .. } => Origin::Hand,
    };
    Says {
        who: person_of(credit.participant.as_str()),
        origin,
        cents: cents_of(credit.amount.amount),
        percent: 0,
        revenue: credit.revenue,
        rolls_up: credit.rolls_up,
        day: day_of(credit.credit_date),
        tree_day: day_of(credit.roll_up_date),
    }
}

/// The number of one of the people, or of nobody.
pub(crate) fn person_of(id: &str) -> u8 {
    let found = (0..=PEOPLE).find(|who| person_id(*who) == id);
    found.unwrap_or_else(|| panic!("{id} is not of this company"))
}

/// The number of a sale.
pub(crate) fn sale_of(credit: &Credit) -> u8 {
    let found = (0..KEYS).find(|key| key_of(*key) == credit.key);
    found.unwrap_or_else(|| panic!("{} is no sale of this company", credit.key))
}

/// An amount in cents.
pub(crate) fn cents_of(amount: Decimal) -> i64 {
    let cents = amount * Decimal::ONE_HUNDRED;
    assert!(cents.is_integer(), "{amount} has parts of cents");
    i64::try_from(cents).expect("amounts are far below 2^63")
}

fn day_of(date: Date) -> u32 {
    let days = (date - date_of(0)).num_days();
    u32::try_from(days).expect("days of the calendar")
}
