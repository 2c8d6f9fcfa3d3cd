//! What must be true of the books at any moment, and from one moment to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use attain_domain::credit::Credit;
use attain_domain::earning::Earning;
use attain_domain::ids::{CreditId, EarningId};
use rust_decimal::Decimal;

use crate::books::Books;
use crate::company::{Kept, ensure};
use crate::terms::{MONTHS, month_name};

/// One live version of each lineage, one current earning of each key, nothing in two places.
pub(crate) fn check_places(books: &Books) -> Kept {
    let lineages = books.counting().map(|credit| credit.lineage);
    once("one live version of each lineage", lineages)?;
    once(
        "one current earning of each key",
        books.current().map(|earning| &earning.key),
    )?;
    let keys = books
        .transactions
        .iter()
        .filter(|sale| sale.replaced_by.is_none());
    once(
        "one newest version of each sale",
        keys.map(|sale| &sale.key),
    )?;
    let promise = "nothing is both live and in history";
    let live = books.transactions.iter().map(|sale| sale.id);
    let past = books
        .past_transactions
        .iter()
        .map(|past| past.transaction.id);
    once(promise, live.chain(past))?;
    let live = books.credits.iter().map(|credit| credit.id);
    once(
        promise,
        live.chain(books.past_credits.iter().map(|past| past.credit.id)),
    )?;
    let live = books.earnings.iter().map(|earning| earning.id);
    once(
        promise,
        live.chain(books.past_earnings.iter().map(|past| past.earning.id)),
    )
}

fn once<T: Ord + Debug>(promise: &'static str, all: impl Iterator<Item = T>) -> Kept {
    let mut seen = BTreeSet::new();
    for one in all {
        let text = format!("twice: {one:?}");
        ensure(seen.insert(one), promise, || text)?;
    }
    Ok(())
}

/// Lines and earnings agree about what is on sheets and what is paid; what was paid of an earning
/// that left is taken back by exactly one reversal.
pub(crate) fn check_ledger(books: &Books) -> Kept {
    let by_id = books.by_id();
    let mut taken: BTreeMap<EarningId, u16> = BTreeMap::new();
    let mut paid: BTreeMap<EarningId, Decimal> = BTreeMap::new();
    for (line, is_paid) in books.lines() {
        let known = by_id.contains_key(&line.earning);
        ensure(known, "lines pay what is there", || format!("{line:?}"))?;
        *taken.entry(line.earning).or_default() += 1;
        if is_paid {
            *paid.entry(line.earning).or_default() += line.amount.amount;
        }
    }
    for earning in &books.earnings {
        let lines = taken.get(&earning.id).copied().unwrap_or_default();
        let is_paid = u16::from(paid.contains_key(&earning.id));
        let known = (earning.instalments.taken, earning.instalments.paid);
        ensure(
            known == (lines, is_paid) && lines <= 1,
            "an earning is on one line",
            || format!("{earning:?} has {lines} lines, paid {is_paid}"),
        )?;
    }
    check_reversals(books, &paid)
}

fn check_reversals(books: &Books, paid: &BTreeMap<EarningId, Decimal>) -> Kept {
    let promise = "what was paid and left is taken back once, exactly";
    let mut reversals: BTreeMap<EarningId, Decimal> = BTreeMap::new();
    for reversal in &books.earnings {
        let (Some(of), Some(amount)) = (reversal.reversal_of, reversal.amount()) else {
            continue;
        };
        let before = reversals.insert(of, amount.amount);
        ensure(before.is_none(), promise, || {
            format!("{of} is taken back twice")
        })?;
    }
    for past in &books.past_earnings {
        let expected = paid.get(&past.earning.id).map(|paid| -*paid);
        let reversal = reversals.remove(&past.earning.id);
        ensure(reversal == expected, promise, || {
            format!("{:?}: {reversal:?}, expected {expected:?}", past.earning)
        })?;
    }
    ensure(reversals.is_empty(), promise, || {
        format!("of nothing that was paid: {reversals:?}")
    })
}

/// What counts in a month that was closed before and is closed after does not change.
pub(crate) fn check_closed(closed: [bool; MONTHS], before: &Books, after: &Books) -> Kept {
    let months = (0..MONTHS).filter(|month| closed[*month]);
    for month in months.map(month_name) {
        let credits = |books: &Books| -> BTreeMap<CreditId, Credit> {
            let own = books
                .counting()
                .filter(|credit| credit.period.as_str() == month);
            own.map(|credit| (credit.id, credit.clone())).collect()
        };
        let (old, new) = (credits(before), credits(after));
        ensure(old == new, "credits of a closed month stand", || {
            different(&old, &new)
        })?;
        let earnings = |books: &Books| -> BTreeMap<EarningId, _> {
            let own = books
                .current()
                .filter(|earning| earning.period.as_str() == month);
            let says = |earning: &Earning| (earning.key.clone(), earning.outcome.clone());
            own.map(|earning| (earning.id, says(earning))).collect()
        };
        let (old, new) = (earnings(before), earnings(after));
        ensure(old == new, "earnings of a closed month stand", || {
            different(&old, &new)
        })?;
    }
    Ok(())
}

fn different<K: Ord + Debug, V: PartialEq + Debug>(
    old: &BTreeMap<K, V>,
    new: &BTreeMap<K, V>,
) -> String {
    let only = |one: &BTreeMap<K, V>, other: &BTreeMap<K, V>| -> String {
        let only = one
            .iter()
            .filter(|(key, value)| other.get(key) != Some(value));
        only.map(|(_, value)| format!("\n  {value:?}")).collect()
    };
    format!("before:{}\nafter:{}", only(old, new), only(new, old))
}
