//! What is done to credits and sales by hand.

use std::collections::{BTreeMap, BTreeSet};

use super::collecting::Answer;
use super::exact::{PERCENT, rounded};
use super::{Business, Direct, Says, Stage};
use crate::terms::Terms;

/// What is done to a credit. Percents are in hundredths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CreditDeed {
    Amount(i64),
    Day(u32),
    TreeDay(u32),
    RollsUp(bool),
    Transfer(u8),
    Split(Vec<(u8, i64)>),
    Cancel,
}

/// What is done to a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SaleDeed {
    Amount(i64),
    Day(u32),
    Owner(u8),
    Cancel,
    Preserve(bool),
}

impl Business {
    /// Adjusts direct credits, named by their numbers; true for each that was accepted. Those of
    /// one sale are done together or not at all.
    pub(crate) fn adjust(&mut self, deeds: &[(u64, CreditDeed)]) -> Vec<bool> {
        let sale_of: BTreeMap<u64, u8> = self
            .directs()
            .into_iter()
            .map(|(key, direct)| (direct.id, key))
            .collect();
        let mut refused: BTreeSet<u8> = BTreeSet::new();
        let mut named = BTreeSet::new();
        for (id, deed) in deeds {
            let key = sale_of[id];
            let sale = &self.sales[&key];
            let direct = sale.direct.iter().find(|direct| direct.id == *id);
            let fits =
                direct.is_some_and(|direct| replacements(&self.terms, direct, deed).is_some());
            if !fits || !named.insert(*id) {
                refused.insert(key);
            }
        }
        for (id, deed) in deeds
            .iter()
            .filter(|(id, _)| !refused.contains(&sale_of[id]))
        {
            self.adjust_one(sale_of[id], *id, deed);
        }
        deeds
            .iter()
            .map(|(id, _)| !refused.contains(&sale_of[id]))
            .collect()
    }

    fn adjust_one(&mut self, key: u8, id: u64, deed: &CreditDeed) {
        let direct = self.sales[&key]
            .direct
            .iter()
            .find(|direct| direct.id == id);
        let direct = direct.expect("it was found before");
        let new = replacements(&self.terms, direct, deed).expect("it was accepted");
        // A split begins anew even where it changes nothing.
        if !matches!(deed, CreditDeed::Split(_)) && new == [direct.says.clone()] {
            return;
        }
        let new: Vec<Direct> = new
            .into_iter()
            .map(|says| Direct {
                id: self.number(),
                known_as: None,
                says,
            })
            .collect();
        let sale = self.sales.get_mut(&key).expect("it was found before");
        sale.take_out(id);
        sale.direct.extend(new);
        sale.preserve = true;
        sale.waits.insert(Stage::Classify);
    }

    /// Adjusts a sale; whether that was accepted.
    pub(crate) fn adjust_sale(&mut self, key: u8, deed: SaleDeed) -> bool {
        let Some(sale) = self.sales.get_mut(&key).filter(|sale| !sale.cancelled) else {
            return false;
        };
        if self.terms.is_closed(sale.content.day) {
            return false;
        }
        let mut content = sale.content.clone();
        match deed {
            SaleDeed::Amount(cents) => content.cents = cents,
            SaleDeed::Day(day) => content.day = day,
            SaleDeed::Owner(owner) => content.owner = (owner <= 5).then_some(owner),
            SaleDeed::Cancel => return self.cancel(key) != Answer::Rejected,
            SaleDeed::Preserve(keep) => {
                if sale.preserve != keep {
                    sale.preserve = keep;
                    sale.waits.insert(Stage::Classify);
                }
                return true;
            }
        }
        if content == sale.content {
            return true;
        }
        let stands = self.stands_in_closed(&self.sales[&key]);
        if stands || self.terms.is_closed(content.day) {
            return false;
        }
        self.replace(key, content);
        true
    }
}

/// What takes the place of a credit; none if it may not be done.
fn replacements(terms: &Terms, direct: &Direct, deed: &CreditDeed) -> Option<Vec<Says>> {
    let says = &direct.says;
    if terms.is_closed(says.day) {
        return None;
    }
    let mut new = says.clone();
    match deed {
        CreditDeed::Cancel => return Some(Vec::new()),
        CreditDeed::Split(parts) => return split(terms, says, parts),
        CreditDeed::Transfer(to) if *to == says.who => return None,
        CreditDeed::Day(day) if terms.is_closed(*day) => return None,
        CreditDeed::Transfer(to) => new.who = *to,
        CreditDeed::Amount(cents) => new.cents = *cents,
        CreditDeed::Day(day) => new.day = *day,
        CreditDeed::TreeDay(day) => new.tree_day = *day,
        CreditDeed::RollsUp(rolls_up) => new.rolls_up = *rolls_up,
    }
    Some(vec![new])
}

fn split(terms: &Terms, says: &Says, parts: &[(u8, i64)]) -> Option<Vec<Says>> {
    let people: BTreeSet<u8> = parts.iter().map(|(who, _)| *who).collect();
    let whole: i64 = parts.iter().map(|(_, percent)| percent).sum();
    let is_whole = i128::from(whole) == PERCENT || !says.revenue;
    if people.len() < parts.len() || parts.is_empty() || !is_whole {
        return None;
    }
    let mut before = 0;
    let new = parts.iter().map(|(who, percent)| {
        let start = if says.revenue { before } else { 0 };
        before += percent;
        let until = start + percent;
        Says {
            who: *who,
            cents: part(terms, says.cents, until) - part(terms, says.cents, start),
            percent: says.percent * i128::from(*percent) / PERCENT,
            ..says.clone()
        }
    });
    Some(new.collect())
}

/// A percent of an amount, rounded.
pub(super) fn part(terms: &Terms, cents: i64, percent: i64) -> i64 {
    rounded(
        i128::from(cents) * i128::from(percent),
        PERCENT,
        terms.half_up,
    )
}
