//! The slow reference: what was said to the company, in plain values, and everything that follows
//! from it, reckoned anew each time. It shares nothing with the engine but the words.

pub(crate) mod adjusting;
pub(crate) mod collecting;
pub(crate) mod crediting;
pub(crate) mod earning;
pub(crate) mod exact;

use std::collections::{BTreeMap, BTreeSet};

use crate::terms::{MONTHS, Terms, month_of};

/// What transactions wait for, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Classify,
    Credit,
    RollUp,
}

/// How far a sale has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    New,
    Credited,
    Error,
}

/// Where a direct credit came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    Rule(&'static str),
    Hand,
}

/// What a direct credit says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Says {
    pub(crate) who: u8,
    pub(crate) origin: Origin,
    pub(crate) cents: i64,
    /// In trillionths of a percent.
    pub(crate) percent: i128,
    pub(crate) revenue: bool,
    pub(crate) rolls_up: bool,
    pub(crate) day: u32,
    pub(crate) tree_day: u32,
}

/// A direct credit that counts.
#[derive(Clone, Debug)]
pub(crate) struct Direct {
    /// The reference's own number.
    pub(crate) id: u64,
    /// What the engine calls it; found by what it says.
    pub(crate) known_as: Option<u128>,
    pub(crate) says: Says,
}

/// A credit that was rolled up from a direct one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rolled {
    /// The direct credit; it may be gone until the next roll-up.
    pub(crate) source: u64,
    pub(crate) who: u8,
    pub(crate) through: u8,
    pub(crate) cents: i64,
    pub(crate) day: u32,
}

/// What a sale says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) day: u32,
    pub(crate) cents: i64,
    pub(crate) quantity: u8,
    /// 0 to 4 are people, 5 is nobody that anybody knows; none if the source does not say.
    pub(crate) owner: Option<u8>,
}

/// The newest version of a sale, with its credits.
#[derive(Clone, Debug)]
pub(crate) struct Sale {
    pub(crate) content: Content,
    pub(crate) cancelled: bool,
    pub(crate) preserve: bool,
    /// Whether there was a version before it.
    pub(crate) replaces: bool,
    pub(crate) status: Status,
    pub(crate) waits: BTreeSet<Stage>,
    pub(crate) direct: Vec<Direct>,
    pub(crate) rolled: Vec<Rolled>,
}

/// The company and its sales.
#[derive(Clone, Debug)]
pub(crate) struct Business {
    pub(crate) terms: Terms,
    pub(crate) sales: BTreeMap<u8, Sale>,
    /// What every sale of a month waits for.
    pub(crate) whole: [BTreeSet<Stage>; MONTHS],
    next: u64,
}

impl Business {
    pub(crate) fn new(terms: Terms) -> Self {
        let mut business = Self {
            terms,
            sales: BTreeMap::new(),
            whole: Default::default(),
            next: 0,
        };
        business.look_again(Stage::Classify);
        business
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Something is agreed anew, which sends every sale of an open month back to a stage.
    pub(crate) fn agree(&mut self, terms: Terms) {
        let stage = {
            let (old, new) = (&self.terms, &terms);
            let opened = old
                .closed
                .iter()
                .zip(new.closed)
                .any(|(was, is)| *was && !is);
            let settings = old.archive != new.archive || opened;
            let rules = (old.rules, old.tree) != (new.rules, new.tree);
            match (settings, rules) {
                (true, _) => Some(Stage::Classify),
                (false, true) => Some(Stage::Credit),
                (false, false) => None,
            }
        };
        self.terms = terms;
        if let Some(stage) = stage {
            self.look_again(stage);
        }
    }

    fn look_again(&mut self, stage: Stage) {
        for (waits, closed) in self.whole.iter_mut().zip(self.terms.closed) {
            if !closed {
                waits.insert(stage);
            }
        }
    }

    /// Whether a sale has a credit in a closed month: it stands, and so does the sale.
    pub(crate) fn stands_in_closed(&self, sale: &Sale) -> bool {
        let direct = sale.direct.iter().map(|direct| direct.says.day);
        let mut days = direct.chain(sale.rolled.iter().map(|rolled| rolled.day));
        days.any(|day| self.terms.is_closed(day))
    }

    /// Every direct credit, with the key of its sale: by key, then as the engine numbers them.
    pub(crate) fn directs(&self) -> Vec<(u8, &Direct)> {
        let mut all = Vec::new();
        for (key, sale) in &self.sales {
            all.extend(sale.direct.iter().map(|direct| (*key, direct)));
        }
        all
    }
}

impl Sale {
    pub(crate) fn new(content: Content) -> Self {
        Self {
            content,
            cancelled: false,
            preserve: false,
            replaces: false,
            status: Status::New,
            waits: BTreeSet::from([Stage::Classify]),
            direct: Vec::new(),
            rolled: Vec::new(),
        }
    }

    pub(crate) fn month(&self) -> usize {
        month_of(self.content.day)
    }

    /// Takes a direct credit out, and what was rolled up from it.
    pub(crate) fn take_out(&mut self, id: u64) {
        self.direct.retain(|direct| direct.id != id);
        self.rolled.retain(|rolled| rolled.source != id);
    }
}
