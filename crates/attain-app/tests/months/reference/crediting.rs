//! What the processes make of sales: direct credits by the rules, and what rolls up from them.

use super::adjusting::part;
use super::{Business, Direct, Origin, Rolled, Sale, Says, Stage, Status};
use crate::terms::{PEOPLE, Terms};

/// A process that goes through sales.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    Classify,
    Credit,
    RollUp,
    All,
}

impl Business {
    /// Runs a process over the open months of a range, both ends inclusive.
    pub(crate) fn run(&mut self, pass: Pass, first: usize, last: usize) {
        let closed = self.terms.closed;
        for month in (first..=last).filter(|month| !closed[*month]) {
            let sales = self.sales.iter().filter(|(_, sale)| sale.month() == month);
            let keys: Vec<u8> = sales.map(|(key, _)| *key).collect();
            for key in keys {
                let mut sale = self.sales[&key].clone();
                self.pass(pass, month, &mut sale);
                self.sales.insert(key, sale);
            }
            let whole = &mut self.whole[month];
            match pass {
                Pass::Classify => follow(whole, Stage::Classify, Stage::Credit),
                Pass::Credit => follow(whole, Stage::Credit, Stage::RollUp),
                Pass::RollUp => drop(whole.remove(&Stage::RollUp)),
                Pass::All => whole.clear(),
            }
        }
    }

    fn pass(&mut self, pass: Pass, month: usize, sale: &mut Sale) {
        let waits = |stage: Stage, sale: &Sale| {
            sale.waits.contains(&stage) || self.whole[month].contains(&stage)
        };
        let stands = self.stands_in_closed(sale);
        match pass {
            Pass::Classify => follow(&mut sale.waits, Stage::Classify, Stage::Credit),
            Pass::Credit => {
                if waits(Stage::Credit, sale) && !stands {
                    self.credit(sale);
                }
                follow(&mut sale.waits, Stage::Credit, Stage::RollUp);
            }
            Pass::RollUp => {
                if waits(Stage::RollUp, sale) && !stands {
                    roll_up(&self.terms, sale);
                }
                sale.waits.remove(&Stage::RollUp);
            }
            Pass::All => {
                if !stands {
                    self.credit(sale);
                    roll_up(&self.terms, sale);
                }
                sale.waits.clear();
            }
        }
    }

    /// Compares what the rules give now with what is there: what says the same stays as it is.
    fn credit(&mut self, sale: &mut Sale) {
        if sale.cancelled {
            return;
        }
        if preserves(sale) {
            sale.status = Status::Credited;
            return;
        }
        let Some(given) = by_rules(&self.terms, sale) else {
            sale.direct.clear();
            sale.rolled.clear();
            sale.status = Status::Error;
            return;
        };
        let mut before = std::mem::take(&mut sale.direct);
        for says in given {
            let kept = before.iter().position(|direct| direct.says == says);
            let direct = kept.map(|at| before.remove(at));
            let direct = direct.unwrap_or_else(|| Direct {
                id: self.number(),
                known_as: None,
                says,
            });
            sale.direct.push(direct);
        }
        sale.status = Status::Credited;
    }
}

fn follow(waits: &mut std::collections::BTreeSet<Stage>, stage: Stage, next: Stage) {
    if waits.remove(&stage) {
        waits.insert(next);
    }
}

/// A version that took the place of another has nothing to preserve until it was credited once.
fn preserves(sale: &Sale) -> bool {
    let has_some = !sale.replaces || sale.status == Status::Credited || !sale.direct.is_empty();
    sale.preserve && has_some
}

fn by_rules(terms: &Terms, sale: &Sale) -> Option<Vec<Says>> {
    let content = &sale.content;
    let rules = terms.rule_list();
    let rule = rules
        .into_iter()
        .find(|rule| rule.above.is_none_or(|least| content.cents > least))?;
    let mut before = 0;
    let mut given = Vec::new();
    for receives in rule.receivers {
        let who = receives.who.or(content.owner).filter(|who| *who < PEOPLE)?;
        let start = if receives.revenue { before } else { 0 };
        let until = start + receives.percent;
        if receives.revenue {
            before = until;
        }
        given.push(Says {
            who,
            origin: Origin::Rule(rule.id),
            cents: part(terms, content.cents, until) - part(terms, content.cents, start),
            percent: i128::from(receives.percent) * 10_000_000_000,
            revenue: receives.revenue,
            rolls_up: receives.rolls_up,
            day: content.day,
            tree_day: content.day,
        });
    }
    Some(given)
}

/// Everybody above, at the day that picks the hierarchy, gets an indirect credit.
fn roll_up(terms: &Terms, sale: &mut Sale) {
    if sale.cancelled || (sale.status == Status::New && !preserves(sale)) {
        return;
    }
    let mut rolled = Vec::new();
    for direct in sale.direct.iter().filter(|direct| direct.says.rolls_up) {
        let says = &direct.says;
        let mut through = says.who;
        while let Some(who) = terms.manager_of(through, says.tree_day) {
            rolled.push(Rolled {
                source: direct.id,
                who,
                through,
                cents: says.cents,
                day: says.day,
            });
            through = who;
        }
    }
    sale.rolled = rolled;
}
