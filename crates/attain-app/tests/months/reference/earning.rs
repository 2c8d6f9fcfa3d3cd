//! What everybody has earned: from nothing, for every month, as if it had never been done before.

use super::Business;
use super::exact::{RATE, by_slices, interpolated, rounded};
use crate::terms::{
    BONUS, LADDER, MONTHS, PEOPLE, SHARE, TEAM, last_day, month_name, month_of, quarter_name,
    quarter_of,
};

/// Whose, of which plan and component, in which interval.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) who: u8,
    pub(crate) component: String,
    pub(crate) interval: String,
}

/// One earning.
#[derive(Clone, Debug)]
pub(crate) struct Earned {
    pub(crate) place: Place,
    /// The sale, where an earning is of a credit.
    pub(crate) sale: Option<u8>,
    /// The month that it belongs to.
    pub(crate) month: usize,
    pub(crate) cents: i64,
}

/// A credit as the calculation sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Counted {
    day: u32,
    key: u8,
    indirect: bool,
    cents: i64,
    who: u8,
}

impl Business {
    /// Everything that is earned.
    pub(crate) fn earned(&self) -> Vec<Earned> {
        let credits = self.counted();
        let mut earned = Vec::new();
        for who in 0..PEOPLE {
            let own: Vec<Counted> = credits
                .iter()
                .copied()
                .filter(|one| one.who == who)
                .collect();
            if who >= 3 {
                self.flat(who, &own, &mut earned);
                self.ladder(who, &own, &mut earned);
            }
            if who >= 1 {
                self.bonus(who, &own, &mut earned);
            }
            if who <= 2 {
                self.team(who, &own, &mut earned);
            }
        }
        let shares: Vec<Earned> = (0..=2).flat_map(|who| self.shares(who, &earned)).collect();
        earned.extend(shares);
        earned
    }

    /// In the order in which running totals go through them.
    fn counted(&self) -> Vec<Counted> {
        let mut counted = Vec::new();
        for (key, sale) in &self.sales {
            let key = *key;
            counted.extend(sale.direct.iter().map(|direct| Counted {
                day: direct.says.day,
                key,
                indirect: false,
                cents: direct.says.cents,
                who: direct.says.who,
            }));
            counted.extend(sale.rolled.iter().map(|rolled| Counted {
                day: rolled.day,
                key,
                indirect: true,
                cents: rolled.cents,
                who: rolled.who,
            }));
        }
        counted.sort_unstable();
        counted
    }

    fn flat(&self, who: u8, own: &[Counted], earned: &mut Vec<Earned>) {
        let rate = i128::from(self.terms.rate_list().flat);
        for credit in own.iter().filter(|credit| !credit.indirect) {
            let month = month_of(credit.day);
            let cents = rounded(i128::from(credit.cents) * rate, RATE, self.terms.half_up);
            earned.push(of_credit(
                who,
                "reps/flat",
                month_name(month),
                credit,
                cents,
            ));
        }
    }

    fn ladder(&self, who: u8, own: &[Counted], earned: &mut Vec<Earned>) {
        let rates = self.terms.rate_list();
        let direct: Vec<&Counted> = own.iter().filter(|credit| !credit.indirect).collect();
        for (name, months) in spans(rates.ladder_by_month) {
            let own = direct
                .iter()
                .filter(|one| months.contains(&month_of(one.day)));
            let own: Vec<&Counted> = own.copied().collect();
            self.climb(
                who,
                "reps/ladder",
                &name,
                (&LADDER, &rates.ladder),
                &own,
                earned,
            );
        }
    }

    fn team(&self, who: u8, own: &[Counted], earned: &mut Vec<Earned>) {
        let rates = self.terms.team_rates();
        for (name, months) in spans(false) {
            let own = own.iter().filter(|one| months.contains(&month_of(one.day)));
            let own: Vec<&Counted> = own.collect();
            self.climb(
                who,
                "managers/override",
                &name,
                (&TEAM, &rates),
                &own,
                earned,
            );
        }
    }

    /// Each credit earns what the tiers give up to it less what they gave before it, both rounded.
    fn climb(
        &self,
        who: u8,
        component: &str,
        interval: &str,
        (ends, rates): (&[i64], &[i64]),
        own: &[&Counted],
        earned: &mut Vec<Earned>,
    ) {
        let until = |total| rounded(by_slices(total, ends, rates), RATE, self.terms.half_up);
        let mut total = 0;
        for credit in own {
            let before = until(total);
            total += credit.cents;
            let cents = until(total) - before;
            earned.push(of_credit(
                who,
                component,
                interval.to_owned(),
                credit,
                cents,
            ));
        }
    }

    fn bonus(&self, who: u8, own: &[Counted], earned: &mut Vec<Earned>) {
        let rates = self.terms.rate_list().bonus;
        for (name, months) in spans(false) {
            let in_span = |one: &&Counted| !one.indirect && months.contains(&month_of(one.day));
            let total: i64 = own.iter().filter(in_span).map(|one| one.cents).sum();
            let cents = interpolated(total, &BONUS, &rates, self.terms.half_up);
            let last = months.end - 1;
            earned.push(of_interval(who, "extra/bonus", name, last, cents));
        }
    }

    /// A part of what those have earned in a month who report to somebody on its last day.
    fn shares(&self, who: u8, first: &[Earned]) -> Vec<Earned> {
        let share = |month: usize| {
            let reports = |one: &&Earned| {
                let manager = self.terms.manager_of(one.place.who, last_day(month));
                one.month == month && manager == Some(who)
            };
            let below: i64 = first.iter().filter(reports).map(|one| one.cents).sum();
            let cents = i128::from(below) * i128::from(SHARE);
            let cents = rounded(cents, RATE, self.terms.half_up);
            of_interval(who, "managers/share", month_name(month), month, cents)
        };
        (0..MONTHS).map(share).collect()
    }
}

/// The intervals of a running total, with their months.
fn spans(by_month: bool) -> Vec<(String, std::ops::Range<usize>)> {
    let mut spans = Vec::new();
    let mut month = 0;
    while month < MONTHS {
        let (name, months) = if by_month {
            (month_name(month), month..month + 1)
        } else {
            (quarter_name(month), quarter_of(month))
        };
        month = months.end;
        spans.push((name, months));
    }
    spans
}

fn of_credit(who: u8, component: &str, interval: String, credit: &Counted, cents: i64) -> Earned {
    Earned {
        sale: Some(credit.key),
        ..of_interval(who, component, interval, month_of(credit.day), cents)
    }
}

fn of_interval(who: u8, component: &str, interval: String, month: usize, cents: i64) -> Earned {
    Earned {
        place: Place {
            who,
            component: component.to_owned(),
            interval,
        },
        sale: None,
        month,
        cents,
    }
}
