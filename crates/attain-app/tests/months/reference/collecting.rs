//! What rows of imports come to.

use std::collections::BTreeMap;

use super::{Business, Content, Direct, Origin, Sale, Says, Stage};

/// One row of a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) key: u8,
    pub(crate) day: u32,
    pub(crate) cents: i64,
    /// 0 to 4 are people, 5 is nobody; above that the row does not say.
    pub(crate) owner: u8,
    pub(crate) cancelled: bool,
}

/// A credit by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ByHand {
    pub(crate) key: u8,
    pub(crate) who: u8,
    pub(crate) day: u32,
    pub(crate) cents: i64,
    pub(crate) revenue: bool,
    pub(crate) rolls_up: bool,
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Stored,
    Unchanged,
    Rejected,
}

/// How many rows were stored, unchanged, lost to another of their key, rejected.
pub(crate) type Told = (u64, u64, u64, u64);

/// A whole percent, as credits have it.
pub(crate) const HUNDRED_PERCENT: i128 = 100_000_000_000_000;

impl Row {
    fn content(&self) -> Content {
        Content {
            day: self.day,
            cents: self.cents,
            quantity: 1,
            owner: (self.owner <= 5).then_some(self.owner),
        }
    }
}

impl Content {
    pub(crate) fn zero(&self) -> Self {
        Self {
            cents: 0,
            quantity: 0,
            ..self.clone()
        }
    }
}

impl Business {
    /// Of the rows of one key the last one wins.
    pub(crate) fn import(&mut self, rows: &[Row]) -> Told {
        let last: BTreeMap<u8, usize> = (0..).zip(rows).map(|(at, row)| (row.key, at)).collect();
        let mut told = (0, 0, 0, 0);
        for (at, row) in rows.iter().enumerate() {
            if last.get(&row.key) != Some(&at) {
                told.2 += 1;
                continue;
            }
            match self.collect(row) {
                Answer::Stored => told.0 += 1,
                Answer::Unchanged => told.1 += 1,
                Answer::Rejected => told.3 += 1,
            }
        }
        told
    }

    fn collect(&mut self, row: &Row) -> Answer {
        let Some(old) = self.sales.get(&row.key) else {
            return self.collect_new(row);
        };
        match (old.cancelled, row.cancelled) {
            (true, true) => Answer::Unchanged,
            (false, true) => self.cancel(row.key),
            (was_cancelled, false) => {
                let (content, day) = (row.content(), old.content.day);
                if !was_cancelled && content == old.content {
                    return Answer::Unchanged;
                }
                let leaves_closed = !was_cancelled && self.terms.is_closed(day);
                if leaves_closed || self.stands_in_closed(old) || self.terms.is_closed(row.day) {
                    return Answer::Rejected;
                }
                self.replace(row.key, content);
                Answer::Stored
            }
        }
    }

    fn collect_new(&mut self, row: &Row) -> Answer {
        let mut content = row.content();
        if row.cancelled {
            if !self.terms.cancels_as_zero {
                return Answer::Rejected;
            }
            content = content.zero();
        }
        if self.terms.is_closed(row.day) {
            return Answer::Rejected;
        }
        self.sales.insert(row.key, Sale::new(content));
        Answer::Stored
    }

    /// A new version takes the place of the one that stands: its credits no longer count.
    pub(crate) fn replace(&mut self, key: u8, content: Content) {
        let preserve = self.sales.get(&key).is_some_and(|old| old.preserve);
        let sale = Sale {
            preserve,
            replaces: true,
            ..Sale::new(content)
        };
        self.sales.insert(key, sale);
    }

    /// Cancels a sale that stands.
    pub(crate) fn cancel(&mut self, key: u8) -> Answer {
        let Some(sale) = self.sales.get(&key) else {
            return Answer::Rejected;
        };
        let zero = sale.content.zero();
        if self.terms.cancels_as_zero && zero == sale.content {
            return Answer::Unchanged;
        }
        if self.terms.is_closed(sale.content.day) || self.stands_in_closed(sale) {
            return Answer::Rejected;
        }
        if self.terms.cancels_as_zero {
            self.replace(key, zero);
            return Answer::Stored;
        }
        let sale = self.sales.get_mut(&key).expect("it was found before");
        sale.cancelled = true;
        sale.direct.clear();
        sale.rolled.clear();
        sale.waits.insert(Stage::Classify);
        Answer::Stored
    }

    /// A ready-made credit: its sale is made if there is none, and keeps its credits from now on.
    pub(crate) fn by_hand(&mut self, hand: &ByHand) -> Answer {
        let says = Says {
            who: hand.who,
            origin: Origin::Hand,
            cents: hand.cents,
            percent: HUNDRED_PERCENT,
            revenue: hand.revenue,
            rolls_up: hand.rolls_up,
            day: hand.day,
            tree_day: hand.day,
        };
        let live = self.sales.get(&hand.key).filter(|sale| !sale.cancelled);
        let old = live.and_then(|sale| sale.direct.iter().find(|one| one.says.who == hand.who));
        let old = old.cloned();
        // The day of the hierarchy is no column of a row.
        let is_said = |old: &Direct| {
            let tree_day = old.says.tree_day;
            old.says
                == Says {
                    tree_day,
                    ..says.clone()
                }
        };
        if old.as_ref().is_some_and(is_said) {
            return Answer::Unchanged;
        }
        let leaves_closed = old
            .as_ref()
            .is_some_and(|old| self.terms.is_closed(old.says.day));
        if leaves_closed || self.terms.is_closed(hand.day) {
            return Answer::Rejected;
        }
        let direct = Direct {
            id: self.number(),
            known_as: None,
            says,
        };
        if let Some(sale) = self.sales.get_mut(&hand.key).filter(|sale| !sale.cancelled) {
            old.into_iter().for_each(|old| sale.take_out(old.id));
            sale.direct.push(direct);
            sale.preserve = true;
            sale.waits.insert(Stage::Classify);
            return Answer::Stored;
        }
        let content = Content {
            day: hand.day,
            cents: if hand.revenue { hand.cents } else { 0 },
            quantity: u8::from(hand.revenue),
            owner: None,
        };
        let sale = Sale {
            preserve: true,
            replaces: self.sales.contains_key(&hand.key),
            direct: vec![direct],
            ..Sale::new(content)
        };
        self.sales.insert(hand.key, sale);
        Answer::Stored
    }
}
