//! Rows of imports: good ones, changed ones, cancelled ones, and some that are refused.

use std::fmt;

use attain_domain::collecting::RawTransaction;
use attain_domain::testing::{at, date};
use proptest::prelude::*;

use super::company::person_id;

/// How many different sales there are.
const KEYS: u8 = 9;
/// Days that sales may lie in: January to April, and one that no period has.
const DAYS: u64 = 120;

/// One row, as small numbers that shrink to a plain sale.
#[derive(Clone)]
pub(crate) struct Sale {
    pub(crate) key: u8,
    pub(crate) day: u64,
    pub(crate) cents: i64,
    pub(crate) owner: u8,
    pub(crate) north: bool,
    pub(crate) line: u8,
    pub(crate) laptop: bool,
    pub(crate) currency: u8,
    pub(crate) quantity: u8,
    pub(crate) special: u8,
    /// When the source changed it; rows of one step of a test share the tens.
    pub(crate) changed: u32,
}

/// Any row.
pub(crate) fn a_sale() -> impl Strategy<Value = Sale> {
    let what = (0..KEYS, 0..=DAYS, -30_000_i64..150_000, 0_u8..8);
    let how = (
        any::<bool>(),
        0_u8..3,
        any::<bool>(),
        0_u8..9,
        0_u8..5,
        0_u8..40,
        0_u32..10,
    );
    (what, how).prop_map(|((key, day, cents, owner), how)| {
        let (north, line, laptop, currency, quantity, special, changed) = how;
        Sale {
            key,
            day,
            cents,
            owner,
            north,
            line,
            laptop,
            currency,
            quantity,
            special,
            changed,
        }
    })
}

/// A row that every import takes, and that cancels nothing.
pub(crate) fn a_good_sale() -> impl Strategy<Value = Sale> {
    a_sale().prop_map(|sale| Sale {
        day: sale.day % DAYS,
        special: if sale.special > 4 { 0 } else { sale.special },
        ..sale
    })
}

/// Some rows that are imported together.
pub(crate) fn some_sales(most: usize) -> impl Strategy<Value = Vec<Sale>> {
    proptest::collection::vec(a_sale(), 1..=most)
}

impl fmt::Debug for Sale {
    /// On one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            key,
            day,
            cents,
            owner,
            north,
            line,
            laptop,
            ..
        } = self;
        let Self {
            currency,
            quantity,
            special,
            changed,
            ..
        } = self;
        write!(
            f,
            "Sale {{ key: {key}, day: {day}, cents: {cents}, owner: {owner}, "
        )?;
        write!(
            f,
            "north: {north}, line: {line}, laptop: {laptop}, currency: {currency}, "
        )?;
        write!(
            f,
            "quantity: {quantity}, special: {special}, changed: {changed} }}"
        )
    }
}

impl Sale {
    /// The row of an import at a step of a test: later steps are newer.
    pub(crate) fn row(&self, step: u32) -> RawTransaction {
        let text = |text: &str| Some(text.to_owned());
        let truth = |is: bool| Some(is.to_string());
        let owner = (self.owner < 7).then(|| ("owner".to_owned(), person_id(self.owner)));
        let line = ["", "soft", "hard"][usize::from(self.line)].to_owned();
        let region = if self.north { "n" } else { "s" }.to_owned();
        let mut attributes: std::collections::BTreeMap<String, String> =
            owner.into_iter().collect();
        attributes.insert("region".to_owned(), region);
        attributes.insert("line".to_owned(), line);
        let day = date("2026-01-01") + chrono::Days::new(self.day);
        let day = if self.day == DAYS {
            date("2031-01-01")
        } else {
            day
        };
        let currency = match self.currency {
            0 => "EUR",
            1 => "JPY",
            2 if self.special > 20 => "GBP",
            _ => "USD",
        };
        let amount = match currency {
            "JPY" => self.cents.to_string(),
            _ => rust_decimal::Decimal::new(self.cents, 2).to_string(),
        };
        let given = self.special == 4;
        RawTransaction {
            number: text(&format!("N{}", self.key)),
            kind: text(if self.laptop { "LAPTOP" } else { "ORDER" }),
            event_date: Some(day.to_string()),
            amount: Some(amount),
            currency: text(currency),
            quantity: Some(self.quantity.to_string()),
            updated_at: Some(at(i64::from(step) * 10 + i64::from(self.changed)).to_string()),
            category: given.then(|| "software".to_owned()),
            preserve_credits: None,
            hold: truth(self.special == 1),
            do_not_classify: truth(given),
            do_not_roll_up: truth(self.special == 2),
            do_not_calculate: truth(self.special == 3),
            cancelled: truth((5..9).contains(&self.special)),
            attributes,
        }
    }
}
