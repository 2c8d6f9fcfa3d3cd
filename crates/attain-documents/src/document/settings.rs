//! `kind: settings`, `kind: attributes`, `kind: rates` and `kind: pay_group`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use attain_domain::definition::rates::CurrencyRate;
use attain_domain::definition::settings::NegativeSheet;
use attain_domain::definition::{AttributeSchema, CurrencyRates, PayGroup, Settings};
use attain_domain::expression::ValueType;
use attain_domain::ids::{AttributeName, CategoryId, PayGroupId};
use attain_domain::money::{Currency, Rounding};
use attain_domain::refusal::Refusal;
use attain_domain::time::Date;

use super::leaf::As;
use super::number::Number;
use super::{Mirror, is_default, name_or_id, unless_id};

/// The money settings and habits of the workspace.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsDocument {
    /// The name of the workspace, for people.
    name: As<String>,
    /// Credits and earnings are in this currency.
    operating_currency: As<Currency>,
    /// How earnings are rounded to the currency's minor unit: `half_even` (the default) or
    /// `half_up`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rounding: Option<As<Rounding>>,
    /// The category of transactions that no category rule matches. Without it they are in error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default_category: Option<As<CategoryId>>,
    /// Whether unpaid credits and earnings go to history when they are replaced.
    #[serde(default, skip_serializing_if = "is_default")]
    archive_updated_credits: bool,
    /// Whether a cancellation is stored as a replacement of amount 0.
    #[serde(default, skip_serializing_if = "is_default")]
    collect_cancellations_as_zero: bool,
    /// One indirect credit for each ancestor, child, category and date, instead of one per credit.
    #[serde(default, skip_serializing_if = "is_default")]
    summarised_roll_up: bool,
    /// What a negative paysheet does: `stands` (the default), `carried` or `lifted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    negative_sheet: Option<As<NegativeSheet>>,
}

impl Mirror for SettingsDocument {
    type Domain = Settings;

    fn from_domain(settings: &Settings) -> Self {
        let Settings {
            name,
            operating_currency,
            rounding,
            default_category,
            archive_updated_credits,
            collect_cancellations_as_zero,
            summarised_roll_up,
            negative_sheet,
        } = settings;
        Self {
            name: As(name.clone()),
            operating_currency: As(*operating_currency),
            rounding: (!is_default(rounding)).then_some(As(*rounding)),
            default_category: default_category.clone().map(As),
            archive_updated_credits: *archive_updated_credits,
            collect_cancellations_as_zero: *collect_cancellations_as_zero,
            summarised_roll_up: *summarised_roll_up,
            negative_sheet: (!is_default(negative_sheet)).then_some(As(*negative_sheet)),
        }
    }

    fn into_domain(self) -> Result<Settings, Refusal> {
        Ok(Settings {
            name: self.name.0,
            operating_currency: self.operating_currency.0,
            rounding: self.rounding.map(|leaf| leaf.0).unwrap_or_default(),
            default_category: self.default_category.map(|leaf| leaf.0),
            archive_updated_credits: self.archive_updated_credits,
            collect_cancellations_as_zero: self.collect_cancellations_as_zero,
            summarised_roll_up: self.summarised_roll_up,
            negative_sheet: self.negative_sheet.map(|leaf| leaf.0).unwrap_or_default(),
        })
    }
}

/// The attributes that transactions of the workspace may have; others are refused.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AttributesDocument {
    /// Name and type of each: `text`, `number`, `bool` or `date`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    transaction: BTreeMap<As<AttributeName>, As<ValueType>>,
}

impl Mirror for AttributesDocument {
    type Domain = AttributeSchema;

    fn from_domain(schema: &AttributeSchema) -> Self {
        let AttributeSchema { transaction } = schema;
        let typed = transaction.iter();
        Self {
            transaction: typed
                .map(|(name, of)| (As(name.clone()), As(*of)))
                .collect(),
        }
    }

    fn into_domain(self) -> Result<AttributeSchema, Refusal> {
        let typed = self.transaction.into_iter();
        Ok(AttributeSchema {
            transaction: typed.map(|(name, of)| (name.0, of.0)).collect(),
        })
    }
}

/// Currency rates: how amounts in one currency become amounts in another.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RatesDocument {
    /// In any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rates: Vec<RateDocument>,
}

/// From a date on, one unit of `from` is `rate` units of `to`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RateDocument {
    /// The currency that is converted.
    from: As<Currency>,
    /// The currency it becomes.
    to: As<Currency>,
    /// First date of the rate; it holds until the next one of the pair.
    date: As<Date>,
    /// Units of `to` for one unit of `from`.
    rate: Number,
}

impl Mirror for RatesDocument {
    type Domain = CurrencyRates;

    fn from_domain(rates: &CurrencyRates) -> Self {
        let CurrencyRates { rates } = rates;
        let row = |rate: &CurrencyRate| RateDocument {
            from: As(rate.from),
            to: As(rate.to),
            date: As(rate.date),
            rate: Number(rate.rate),
        };
        Self {
            rates: rates.iter().map(row).collect(),
        }
    }

    fn into_domain(self) -> Result<CurrencyRates, Refusal> {
        let row = |rate: RateDocument| CurrencyRate {
            from: rate.from.0,
            to: rate.to.0,
            date: rate.date.0,
            rate: rate.rate.0,
        };
        let mut rates: Vec<_> = self.rates.into_iter().map(row).collect();
        rates.sort_by_key(|rate| (rate.from, rate.to, rate.date));
        Ok(CurrencyRates { rates })
    }
}

/// Participants who are paid together; participants name their group.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PayGroupDocument {
    /// Its id.
    id: As<PayGroupId>,
    /// A name for people; the id, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<As<String>>,
}

impl Mirror for PayGroupDocument {
    type Domain = PayGroup;

    fn from_domain(group: &PayGroup) -> Self {
        let PayGroup { id, name } = group;
        Self {
            id: As(id.clone()),
            name: unless_id(name, id.as_str()),
        }
    }

    fn into_domain(self) -> Result<PayGroup, Refusal> {
        Ok(PayGroup {
            name: name_or_id(self.name, self.id.0.as_str()),
            id: self.id.0,
        })
    }
}
