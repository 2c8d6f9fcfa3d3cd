//! One row of a transaction import: as texts, and as values.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::fields::{
    attribute, category, date, declared, given, instant, key, missing, money, number_or, settings,
    truth,
};
use crate::definition::DefinitionSet;
use crate::expression::Value;
use crate::ids::{AttributeName, CategoryId};
use crate::money::Money;
use crate::refusal::{Reason, Refusal};
use crate::time::{Date, Instant};
use crate::transaction::{TransactionFlags, TransactionKey};

/// Flags as far as a row gives them: what it does not mention stays as it is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GivenFlags {
    /// Crediting keeps its credits. A row can set it, but not take it back.
    pub preserve_credits: Option<bool>,
    /// Nothing is done with it until the hold is lifted.
    pub hold: Option<bool>,
    /// The category is given and stays.
    pub do_not_classify: Option<bool>,
    /// No roll-up and no team credit.
    pub do_not_roll_up: Option<bool>,
    /// Credited and rolled up, never an earning.
    pub do_not_calculate: Option<bool>,
}

impl GivenFlags {
    /// The flags after a row, over those before.
    #[must_use]
    pub fn over(self, before: TransactionFlags) -> TransactionFlags {
        TransactionFlags {
            preserve_credits: before.preserve_credits || self.preserve_credits == Some(true),
            hold: self.hold.unwrap_or(before.hold),
            do_not_classify: self.do_not_classify.unwrap_or(before.do_not_classify),
            do_not_roll_up: self.do_not_roll_up.unwrap_or(before.do_not_roll_up),
            do_not_calculate: self.do_not_calculate.unwrap_or(before.do_not_calculate),
        }
    }
}

impl From<TransactionFlags> for GivenFlags {
    fn from(flags: TransactionFlags) -> Self {
        Self {
            preserve_credits: Some(flags.preserve_credits),
            hold: Some(flags.hold),
            do_not_classify: Some(flags.do_not_classify),
            do_not_roll_up: Some(flags.do_not_roll_up),
            do_not_calculate: Some(flags.do_not_calculate),
        }
    }
}

/// A transaction as it came in.
#[derive(Clone, Debug, PartialEq)]
pub struct IncomingTransaction {
    /// The natural key.
    pub key: TransactionKey,
    /// When the sale happened. Only a cancellation may do without.
    pub event_date: Option<Date>,
    /// Amount in the currency of the source. Of a cancellation it is not looked at.
    pub amount: Money,
    /// How many.
    pub quantity: Decimal,
    /// What else the source says.
    pub attributes: BTreeMap<AttributeName, Value>,
    /// When the source last changed it.
    pub source_updated_at: Option<Instant>,
    /// The category, for `do_not_classify`; without that flag the rules give the category.
    pub category: Option<CategoryId>,
    /// What processes must not do.
    pub flags: GivenFlags,
    /// Whether the source cancels it.
    pub cancelled: bool,
}

/// A row of texts. The fields are the columns of a CSV file; an empty one is as good as none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawTransaction {
    /// Column `number`: the source's number.
    pub number: Option<String>,
    /// Column `type`.
    pub kind: Option<String>,
    /// Column `event_date`, as `2026-01-31`. A cancellation of what is stored needs none.
    pub event_date: Option<String>,
    /// Column `amount`. A cancellation needs none.
    pub amount: Option<String>,
    /// Column `currency`, ISO 4217. A cancellation needs none.
    pub currency: Option<String>,
    /// Column `quantity`; 1 if absent.
    pub quantity: Option<String>,
    /// Column `updated_at`, RFC 3339 with its zone.
    pub updated_at: Option<String>,
    /// Column `category`.
    pub category: Option<String>,
    /// Column `preserve_credits`.
    pub preserve_credits: Option<String>,
    /// Column `hold`.
    pub hold: Option<String>,
    /// Column `do_not_classify`; needs a category.
    pub do_not_classify: Option<String>,
    /// Column `do_not_roll_up`.
    pub do_not_roll_up: Option<String>,
    /// Column `do_not_calculate`.
    pub do_not_calculate: Option<String>,
    /// Column `cancelled`.
    pub cancelled: Option<String>,
    /// Columns `attribute.NAME`, by NAME.
    pub attributes: BTreeMap<String, String>,
}

impl RawTransaction {
    /// Reads the texts. The first field that is wrong, in the order of the columns, is refused.
    ///
    /// # Errors
    /// `MISSING_VALUE`, `MALFORMED_VALUE`, `OUT_OF_RANGE`, `UNKNOWN_CURRENCY`, `UNKNOWN_CATEGORY`,
    /// `CATEGORY_REQUIRED`, and `UNKNOWN_FIELD` for an attribute that is not declared.
    pub fn parse(&self, set: &DefinitionSet) -> Result<IncomingTransaction, Refusal> {
        let key = key(self.number.as_ref(), self.kind.as_ref())?;
        let cancelled = truth("cancelled", self.cancelled.as_ref())? == Some(true);
        let event_date = given(self.event_date.as_ref());
        let event_date = event_date
            .map(|text| date("event_date", text))
            .transpose()?;
        if event_date.is_none() && !cancelled {
            return Err(missing("event_date"));
        }
        let amount = self.money(set, cancelled)?;
        let quantity = number_or("quantity", self.quantity.as_ref(), Decimal::ONE)?;
        let source_updated_at = instant("updated_at", self.updated_at.as_ref())?;
        let category = category(set, self.category.as_ref())?;
        let flags = self.flags()?;
        if flags.do_not_classify == Some(true) && category.is_none() && !cancelled {
            let text = "`do_not_classify` needs a category to be given";
            return Err(Refusal::new(Reason::CategoryRequired, text).at("category"));
        }
        let attributes = self.attributes(set)?;
        Ok(IncomingTransaction {
            key,
            event_date,
            amount,
            quantity,
            attributes,
            source_updated_at,
            category,
            flags,
            cancelled,
        })
    }

    fn money(&self, set: &DefinitionSet, cancelled: bool) -> Result<Money, Refusal> {
        let (amount, currency) = (self.amount.as_ref(), self.currency.as_ref());
        if cancelled && (given(amount).is_none() || given(currency).is_none()) {
            return Ok(Money::zero(settings(set)?.operating_currency));
        }
        money("amount", amount, currency)
    }

    fn flags(&self) -> Result<GivenFlags, Refusal> {
        Ok(GivenFlags {
            preserve_credits: truth("preserve_credits", self.preserve_credits.as_ref())?,
            hold: truth("hold", self.hold.as_ref())?,
            do_not_classify: truth("do_not_classify", self.do_not_classify.as_ref())?,
            do_not_roll_up: truth("do_not_roll_up", self.do_not_roll_up.as_ref())?,
            do_not_calculate: truth("do_not_calculate", self.do_not_calculate.as_ref())?,
        })
    }

    fn attributes(&self, set: &DefinitionSet) -> Result<BTreeMap<AttributeName, Value>, Refusal> {
        let mut attributes = BTreeMap::new();
        for (name, text) in &self.attributes {
            let (name, wanted) = declared(set, name)?;
            if let Some(text) = given(Some(text)) {
                let value = attribute(name.as_str(), text, wanted)?;
                attributes.insert(name.clone(), value);
            }
        }
        Ok(attributes)
    }
}
