//! One row of an import of ready-made credits: as texts, and as values.

use rust_decimal::Decimal;

use super::fields::{
    category, currency, date, given, instant, key, money, name, needed, number, number_or, truth,
};
use crate::definition::DefinitionSet;
use crate::ids::{CategoryId, ParticipantId};
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::time::{Date, Instant};
use crate::transaction::TransactionKey;

/// Most percent of a transaction that one credit may be.
pub(crate) const PERCENT_MAX: i64 = 10_000;

/// A ready-made credit as it came in. Natural key and participant are its key.
#[derive(Clone, Debug, PartialEq)]
pub struct IncomingCredit {
    /// The natural key of its transaction.
    pub key: TransactionKey,
    /// Whose.
    pub participant: ParticipantId,
    /// When the sale happened: credit date, roll-up date, and event date of a new transaction.
    pub event_date: Date,
    /// The credit's amount, in the currency of the source.
    pub amount: Money,
    /// How many.
    pub quantity: Decimal,
    /// Its category; without one it has that of the transaction.
    pub category: Option<CategoryId>,
    /// Split percent, for people to read.
    pub percent: Decimal,
    /// Revenue or non-revenue.
    pub revenue: bool,
    /// Whether it rolls up.
    pub rolls_up: bool,
    /// When the source last changed it.
    pub source_updated_at: Option<Instant>,
    /// Amount of a transaction that has to be made; else the sum of its revenue credits.
    pub transaction_amount: Option<Money>,
}

/// A row of texts. The fields are the columns of a CSV file; an empty one is as good as none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawCredit {
    /// Column `number`: the number of the transaction.
    pub number: Option<String>,
    /// Column `type`: the type of the transaction.
    pub kind: Option<String>,
    /// Column `event_date`, as `2026-01-31`.
    pub event_date: Option<String>,
    /// Column `participant`.
    pub participant: Option<String>,
    /// Column `amount`: the amount of the credit.
    pub amount: Option<String>,
    /// Column `currency`, ISO 4217.
    pub currency: Option<String>,
    /// Column `quantity`; 1 if absent.
    pub quantity: Option<String>,
    /// Column `category`.
    pub category: Option<String>,
    /// Column `percent`; 100 if absent.
    pub percent: Option<String>,
    /// Column `revenue`; true if absent.
    pub revenue: Option<String>,
    /// Column `rolls_up`; true if absent.
    pub rolls_up: Option<String>,
    /// Column `updated_at`, RFC 3339 with its zone.
    pub updated_at: Option<String>,
    /// Column `transaction_amount`.
    pub transaction_amount: Option<String>,
}

impl RawCredit {
    /// Reads the texts. The first field that is wrong, in the order of the columns, is refused.
    ///
    /// # Errors
    /// `MISSING_VALUE`, `MALFORMED_VALUE`, `OUT_OF_RANGE`, `UNKNOWN_CURRENCY`, `UNKNOWN_CATEGORY`.
    pub fn parse(&self, set: &DefinitionSet) -> Result<IncomingCredit, Refusal> {
        let key = key(self.number.as_ref(), self.kind.as_ref())?;
        let event_date = date(
            "event_date",
            needed("event_date", self.event_date.as_ref())?,
        )?;
        let participant = needed("participant", self.participant.as_ref())?;
        let participant = name("participant", participant, ParticipantId::parse)?;
        let amount = money("amount", self.amount.as_ref(), self.currency.as_ref())?;
        let quantity = number_or("quantity", self.quantity.as_ref(), Decimal::ONE)?;
        let category = category(set, self.category.as_ref())?;
        let percent = number_or("percent", self.percent.as_ref(), Decimal::ONE_HUNDRED)?;
        if percent.is_sign_negative() || percent > Decimal::from(PERCENT_MAX) {
            let text = format!("{percent} is not between 0 and {PERCENT_MAX}");
            return Err(Refusal::new(Reason::OutOfRange, text).at("percent"));
        }
        let whole = given(self.transaction_amount.as_ref());
        let whole = whole
            .map(|text| number("transaction_amount", text))
            .transpose()?;
        let code = currency(self.currency.as_ref())?;
        Ok(IncomingCredit {
            key,
            participant,
            event_date,
            amount,
            quantity,
            category,
            percent,
            revenue: truth("revenue", self.revenue.as_ref())?.unwrap_or(true),
            rolls_up: truth("rolls_up", self.rolls_up.as_ref())?.unwrap_or(true),
            source_updated_at: instant("updated_at", self.updated_at.as_ref())?,
            transaction_amount: whole.map(|whole| Money::new(whole, code)),
        })
    }
}
