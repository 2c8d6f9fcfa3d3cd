//! What happens in a company, one thing after the other. Numbers pick among what there is, so that a
//! list of operations still means something when some of them are left out.

use attain_domain::run::Process;

use crate::chance::Chance;
use crate::reference::adjusting::{CreditDeed, SaleDeed};
use crate::reference::collecting::{ByHand, Row};
use crate::terms::{
    DAYS, DRAWS, KEYS, MONTHS, NEGATIVES, PEOPLE, RATES, RULES, TEAMS, TREES, Terms,
};

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    /// Rows of sales: new ones, changed ones, cancelled ones.
    Import(Vec<Row>),
    /// A credit by hand.
    Hand(ByHand),
    /// Direct credits, each picked by a number among all, in one request.
    Adjust(Vec<(u32, CreditDeed)>),
    /// A sale, picked by a number.
    AdjustSale(u8, SaleDeed),
    Rules(u8),
    Rates(u8),
    Team(u8),
    Tree(u8),
    Archive(bool),
    Close(usize),
    Open(usize),
    /// One process over some months, both ends inclusive.
    Run(Process, usize, usize),
    /// Everything, over all months.
    RunAll,
    /// What is pending.
    Revert,
    /// A batch is made for a month and left unpaid.
    Make(usize),
    /// A batch is made for a month, and paid.
    PayMonth(usize),
    /// Batches, picked by a number.
    Refresh(u8),
    Delete(u8),
    Freeze(u8),
    Pay(u8),
    /// A reward by hand.
    Assign(ByHandReward),
    /// A reward and a clearing, picked by a number.
    Withdraw(u8),
    Undo(u8, u32),
    /// What somebody owes is forgiven from a day on.
    Clear(u8, u32),
    /// Other payment plans.
    Draws(u8),
}

/// A reward that somebody assigns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ByHandReward {
    pub(crate) who: u8,
    pub(crate) cents: i64,
    pub(crate) recoverable: bool,
    pub(crate) day: u32,
}

/// What a company begins with, and everything that happens.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) terms: Terms,
    /// Whether the engine does everything in small pieces.
    pub(crate) small_pieces: bool,
    pub(crate) operations: Vec<Operation>,
}

/// A story of a seed, of so many operations.
pub(crate) fn story(seed: u64, length: usize) -> Story {
    let chance = &mut Chance::new(seed);
    let terms = terms_of(chance);
    told(chance, terms, length, operation)
}

/// A story with rewards, and mostly with payment plans.
pub(crate) fn reward_story(seed: u64, length: usize) -> Story {
    let chance = &mut Chance::new(seed);
    let terms = Terms {
        draws: 1 + chance.small(DRAWS - 1),
        negative: chance.small(NEGATIVES),
        ..terms_of(chance)
    };
    told(chance, terms, length, reward_operation)
}

fn terms_of(chance: &mut Chance) -> Terms {
    Terms {
        archive: chance.once_in(2),
        cancels_as_zero: chance.once_in(4),
        half_up: chance.once_in(3),
        rules: chance.small(RULES),
        rates: chance.small(RATES),
        team: chance.small(TEAMS),
        tree: chance.small(TREES),
        draws: 0,
        negative: 0,
        closed: [false; MONTHS],
    }
}

fn told(
    chance: &mut Chance,
    terms: Terms,
    length: usize,
    operation: fn(&mut Chance) -> Operation,
) -> Story {
    let small_pieces = chance.once_in(3);
    let mut operations = vec![Operation::Import(rows(chance, 10))];
    while operations.len() < length {
        let next = operation(chance);
        // Most often a month is closed when everything has been done.
        if let Operation::Close(_) = next
            && !chance.once_in(3)
        {
            operations.push(Operation::RunAll);
        }
        operations.push(next);
    }
    Story {
        terms,
        small_pieces,
        operations,
    }
}

fn operation(chance: &mut Chance) -> Operation {
    match chance.below(100) {
        0..14 => Operation::Import(rows(chance, 4)),
        14..18 => Operation::Hand(by_hand(chance)),
        18..36 => {
            let many = 1 + chance.below(3) / 2;
            let deeds = (0..many).map(|_| (chance.below(1_000), credit_deed(chance)));
            Operation::Adjust(deeds.collect())
        }
        36..46 => Operation::AdjustSale(chance.small(KEYS), sale_deed(chance)),
        46..52 => definition(chance),
        52..54 => Operation::Close(month(chance)),
        54..56 => Operation::Open(month(chance)),
        56..64 => {
            let (one, other) = (month(chance), month(chance));
            Operation::Run(process(chance), one.min(other), one.max(other))
        }
        64..80 => Operation::RunAll,
        80..83 => Operation::Revert,
        83..85 => Operation::Make(month(chance)),
        85..92 => Operation::PayMonth(month(chance)),
        92..94 => Operation::Refresh(chance.small(8)),
        94..95 => Operation::Delete(chance.small(8)),
        95..97 => Operation::Freeze(chance.small(8)),
        _ => Operation::Pay(chance.small(8)),
    }
}

/// Half of them are about rewards and batches.
fn reward_operation(chance: &mut Chance) -> Operation {
    match chance.below(100) {
        0..13 => Operation::Assign(ByHandReward {
            who: chance.small(PEOPLE),
            cents: reward_cents(chance),
            recoverable: !chance.once_in(3),
            day: day(chance),
        }),
        13..17 => Operation::Withdraw(chance.small(60)),
        17..21 => Operation::Clear(chance.small(PEOPLE), day(chance)),
        21..25 => Operation::Undo(chance.small(8), day(chance)),
        25..28 => Operation::Draws(2 + chance.small(DRAWS - 2)),
        28..34 => Operation::Make(month(chance)),
        34..40 => Operation::PayMonth(month(chance)),
        40..45 => Operation::Refresh(chance.small(8)),
        45..49 => Operation::Delete(chance.small(8)),
        _ => operation(chance),
    }
}

fn reward_cents(chance: &mut Chance) -> i64 {
    let some = 1 + i64::from(chance.below(20_000));
    match chance.below(4) {
        0 => -some,
        1 => 10_000,
        _ => some,
    }
}

fn definition(chance: &mut Chance) -> Operation {
    match chance.below(6) {
        0 => Operation::Rules(chance.small(RULES)),
        1 => Operation::Rates(chance.small(RATES)),
        2 => Operation::Team(chance.small(TEAMS)),
        3 | 4 => Operation::Tree(chance.small(TREES)),
        _ => Operation::Archive(chance.once_in(2)),
    }
}

fn process(chance: &mut Chance) -> Process {
    let some = [
        Process::Revert,
        Process::Classify,
        Process::Credit,
        Process::RollUp,
        Process::Calculate,
        Process::RunAll,
    ];
    chance.pick(&some)
}

fn month(chance: &mut Chance) -> usize {
    usize::from(chance.small(u8::try_from(MONTHS).expect("a few months")))
}

fn day(chance: &mut Chance) -> u32 {
    chance.below(DAYS)
}

/// Mostly some hundreds, sometimes less than nothing, sometimes a lot, and sometimes the same again.
fn cents(chance: &mut Chance) -> i64 {
    let some = i64::from(chance.below(100_000));
    match chance.below(8) {
        0 => -some / 3,
        1 => some * 4,
        2 => 50_000,
        3 => 25_000,
        _ => some,
    }
}

fn rows(chance: &mut Chance, most: u32) -> Vec<Row> {
    let count = 1 + chance.below(most);
    (0..count).map(|_| row(chance)).collect()
}

fn row(chance: &mut Chance) -> Row {
    Row {
        key: chance.small(KEYS),
        day: day(chance),
        cents: cents(chance),
        owner: chance.pick(&[0, 1, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 6]),
        cancelled: chance.once_in(6),
    }
}

fn by_hand(chance: &mut Chance) -> ByHand {
    ByHand {
        key: chance.small(KEYS),
        who: chance.small(PEOPLE),
        day: day(chance),
        cents: cents(chance),
        revenue: !chance.once_in(4),
        rolls_up: !chance.once_in(4),
    }
}

fn credit_deed(chance: &mut Chance) -> CreditDeed {
    match chance.below(14) {
        0..5 => CreditDeed::Amount(cents(chance)),
        5 => CreditDeed::Day(day(chance)),
        6 => CreditDeed::TreeDay(day(chance)),
        7 => CreditDeed::RollsUp(chance.once_in(2)),
        8..10 => CreditDeed::Transfer(chance.small(PEOPLE)),
        10..12 => CreditDeed::Split(parts(chance)),
        _ => CreditDeed::Cancel,
    }
}

/// Mostly two or three that total a hundred percent.
fn parts(chance: &mut Chance) -> Vec<(u8, i64)> {
    let percents = chance.pick(&[
        vec![5_000, 5_000],
        vec![3_333, 6_667],
        vec![3_333, 3_333, 3_334],
        vec![10_000],
        vec![5_000],
    ]);
    let first = chance.small(PEOPLE);
    let people = (0..).map(|number: u8| (first + number) % PEOPLE);
    people.zip(percents).collect()
}

fn sale_deed(chance: &mut Chance) -> SaleDeed {
    match chance.below(10) {
        0..3 => SaleDeed::Amount(cents(chance)),
        3 => SaleDeed::Day(day(chance)),
        4 => SaleDeed::Owner(chance.small(7)),
        5 => SaleDeed::Cancel,
        _ => SaleDeed::Preserve(chance.once_in(3)),
    }
}
