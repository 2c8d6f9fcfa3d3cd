//! What must be true when everything has been run over all months: what is earned is what the
//! reference says, and what was paid and is to be paid adds up to it.

use std::collections::{BTreeMap, BTreeSet};

use attain_domain::credit::Credit;
use attain_domain::earning::{Earning, EarningKey};
use attain_domain::ids::{CreditId, EarningId};

use crate::books::Books;
use crate::company::{Company, Kept, ensure};
use crate::linking::{cents_of, person_of, sale_of};
use crate::reference::Business;
use crate::reference::earning::{Earned, Place};
use crate::taking::RunFacts;
use crate::terms::{MONTHS, month_name, quarter_name};

/// Which earnings are one: of a place, for one sale, if they are of credits.
type Group = (Place, Option<u8>);

const SAME_EARNINGS: &str = "what is earned is what the reference says";

impl Company {
    /// Checks everything that must be true after a run over everything.
    pub(crate) async fn check_settled(&self, before: &Books, run: &RunFacts) -> Kept {
        let (business, books) = (&self.business, &self.books);
        let earned = business.earned();
        check_earnings(business, &earned, books)?;
        check_sums(business, &earned, books)?;
        check_reversals(business, before, books, run)?;
        let waits = self.waits(attain_domain::time::DateRange::ALWAYS).await?;
        ensure(!waits, "nothing waits after a run over everything", || {
            "revert".to_owned()
        })?;
        let is_open = |period: &str| !business.terms.is_period_closed(period);
        let work = books.work.iter().any(|item| is_open(item.period.as_str()));
        let changes = books
            .changes
            .iter()
            .any(|change| is_open(change.period.as_str()));
        ensure(
            !work && !changes,
            "nothing waits after a run over everything",
            || format!("{:?} {:?}", books.work, books.changes),
        )?;
        let again = self.run_again().await?;
        ensure(again.done == 0, "running again changes nothing", || {
            again.all
        })?;
        let now = self.read().await;
        ensure(now == *books, "running again changes nothing", || {
            "other books".to_owned()
        })
    }

    /// Everything that was paid is what the reference says is earned.
    pub(crate) fn check_paid_is_earned(&self) -> Kept {
        let mut earned: BTreeMap<Place, i64> = BTreeMap::new();
        for one in self.business.earned() {
            *earned.entry(one.place).or_default() += one.cents;
        }
        let mut paid: BTreeMap<Place, i64> = BTreeMap::new();
        let by_id = self.books.by_id();
        for (line, _) in self
            .books
            .lines()
            .into_iter()
            .filter(|(_, is_paid)| *is_paid)
        {
            let place = place_of(&by_id[&line.earning].key);
            *paid.entry(place).or_default() += cents_of(line.amount.amount);
        }
        earned.retain(|_, cents| *cents != 0);
        paid.retain(|_, cents| *cents != 0);
        ensure(paid == earned, "in the end, paid is earned", || {
            format!("paid {paid:?}\nearned {earned:?}")
        })
    }
}

/// Whether any month of an interval is closed: what is earned there is partly of the past.
fn has_closed(business: &Business, interval: &str) -> bool {
    let is_in = |month: &usize| month_name(*month) == interval || quarter_name(*month) == interval;
    (0..MONTHS)
        .filter(is_in)
        .any(|month| business.terms.closed[month])
}

fn place_of(key: &EarningKey) -> Place {
    Place {
        who: person_of(key.participant.as_str()),
        component: format!("{}/{}", key.plan, key.component),
        interval: key.interval.to_string(),
    }
}

fn cents(earning: &Earning) -> i64 {
    let amount = earning.amount();
    cents_of(
        amount
            .unwrap_or_else(|| panic!("{earning:?} is in error"))
            .amount,
    )
}

/// For each earning key with live credit content, the current earning equals the reference.
fn check_earnings(business: &Business, earned: &[Earned], books: &Books) -> Kept {
    let counting: BTreeMap<CreditId, &Credit> =
        books.counting().map(|credit| (credit.id, credit)).collect();
    let mut stored: BTreeMap<Group, Vec<i64>> = BTreeMap::new();
    let mut partly_closed: BTreeSet<Group> = BTreeSet::new();
    for earning in books.current() {
        let is_past = business.terms.is_period_closed(earning.period.as_str());
        let credit = earning.credit.and_then(|id| counting.get(&id));
        let fits = is_past || earning.credit.is_none() || credit.is_some();
        ensure(fits, "an earning is of a credit that counts", || {
            format!("{earning:?}")
        })?;
        if earning.credit.is_some() && credit.is_none() {
            continue;
        }
        let group = (place_of(&earning.key), credit.map(|credit| sale_of(credit)));
        if is_past {
            partly_closed.insert(group.clone());
        }
        stored.entry(group).or_default().push(cents(earning));
    }
    let mut expected: BTreeMap<Group, Vec<i64>> = BTreeMap::new();
    for one in earned {
        let group = (one.place.clone(), one.sale);
        if business.terms.closed[one.month] {
            partly_closed.insert(group.clone());
        }
        expected.entry(group).or_default().push(one.cents);
    }
    let groups: BTreeSet<&Group> = stored.keys().chain(expected.keys()).collect();
    for group in groups
        .into_iter()
        .filter(|group| !partly_closed.contains(group))
    {
        let sums = |all: &BTreeMap<Group, Vec<i64>>| -> (usize, i64) {
            let all = all.get(group).map_or(&[][..], Vec::as_slice);
            // An interval in which nothing was ever earned may have no earning.
            let count = if group.1.is_some() { all.len() } else { 0 };
            (count, all.iter().sum())
        };
        let (stored, expected) = (sums(&stored), sums(&expected));
        ensure(stored == expected, SAME_EARNINGS, || {
            format!("{group:?}: {stored:?}, expected {expected:?} (how many, cents)")
        })?;
    }
    Ok(())
}

/// Everything paid and everything unpaid is what the live credits earn.
fn check_sums(business: &Business, earned: &[Earned], books: &Books) -> Kept {
    let mut expected: BTreeMap<Place, i64> = BTreeMap::new();
    for one in earned {
        *expected.entry(one.place.clone()).or_default() += one.cents;
    }
    let mut sums: BTreeMap<Place, (i64, i64)> = BTreeMap::new();
    let by_id = books.by_id();
    for (line, _) in books.lines().into_iter().filter(|(_, is_paid)| *is_paid) {
        let place = place_of(&by_id[&line.earning].key);
        sums.entry(place).or_default().0 += cents_of(line.amount.amount);
    }
    for earning in books
        .earnings
        .iter()
        .filter(|earning| earning.instalments.paid == 0)
    {
        // An obsolete one on a sheet is paid and taken back, or it is neither.
        if earning.obsolete.is_none() {
            sums.entry(place_of(&earning.key)).or_default().1 += cents(earning);
        }
    }
    let places: BTreeSet<&Place> = sums.keys().chain(expected.keys()).collect();
    for place in places
        .into_iter()
        .filter(|place| !has_closed(business, &place.interval))
    {
        let (paid, unpaid) = sums.get(place).copied().unwrap_or_default();
        let expected = expected.get(place).copied().unwrap_or_default();
        ensure(paid + unpaid == expected, "paid + unpaid = earned", || {
            format!("{place:?}: paid {paid}, unpaid {unpaid}, earned {expected}")
        })?;
    }
    Ok(())
}

/// A run takes back what was paid and has another value now, and nothing else.
fn check_reversals(business: &Business, before: &Books, after: &Books, run: &RunFacts) -> Kept {
    let waiting: BTreeSet<EarningId> = before
        .earnings
        .iter()
        .filter(|reversal| reversal.awaits_calculation)
        .filter_map(|reversal| reversal.reversal_of)
        .collect();
    let live = before.earnings.iter();
    let live = live.filter(|one| one.reversal_of.is_none() && one.instalments.paid > 0);
    let past = before.past_earnings.iter().map(|past| &past.earning);
    let past = past.filter(|one| waiting.contains(&one.id));
    let standing = live.chain(past);
    let now: BTreeMap<&EarningKey, &Earning> = after
        .current()
        .map(|earning| (&earning.key, earning))
        .collect();
    let mut changed = Vec::new();
    for paid in standing.filter(|one| !business.terms.is_period_closed(one.period.as_str())) {
        let current = now.get(&paid.key);
        if current.is_none_or(|current| current.outcome != paid.outcome) {
            changed.push(paid);
        }
    }
    let count = u64::try_from(changed.len()).expect("a few");
    ensure(
        run.reversals_created == count,
        "reversals written = paid earnings that changed",
        || {
            format!(
                "{} written, {count} changed: {changed:?}",
                run.reversals_created
            )
        },
    )
}
