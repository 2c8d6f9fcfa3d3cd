//! How a scenario says what is adjusted: by names that people know, never by ids.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Adjustments that are asked for together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdjustStep {
    /// Why; kept with everything that changes.
    pub reason: String,
    /// What is adjusted, and how.
    pub what: Vec<AdjustmentStep>,
}

/// Adjustments that are looked at before they are saved, if they ever are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewStep {
    /// What would be adjusted, and how.
    pub what: Vec<AdjustmentStep>,
}

/// One adjustment: a credit or a transaction, and one thing that is done to it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdjustmentStep {
    /// The credit.
    #[serde(default)]
    pub credit: Option<CreditName>,
    /// The transaction, by type and number: `ORDER B1`.
    #[serde(default)]
    pub transaction: Option<String>,
    /// The version that was seen; any if absent.
    #[serde(default)]
    pub version: Option<u32>,
    /// New values.
    #[serde(default)]
    pub change: Option<ChangeStep>,
    /// The parts that take the place of a credit.
    #[serde(default)]
    pub split: Option<Vec<PartStep>>,
    /// Who gets a credit instead.
    #[serde(default)]
    pub transfer: Option<String>,
    /// Whether it is cancelled.
    #[serde(default)]
    pub cancel: bool,
    /// Whether crediting keeps the credits of a transaction.
    #[serde(default)]
    pub preserve_credits: Option<bool>,
}

/// A credit of the newest version of a transaction, by what people know of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreditName {
    /// Type and number: `ORDER B1`.
    pub transaction: String,
    /// Whose.
    pub participant: String,
    /// `direct`, `indirect` or `team`; direct if absent.
    #[serde(default)]
    pub kind: Option<String>,
    /// Its amount, where there are several such credits.
    #[serde(default)]
    pub amount: Option<String>,
    /// Whether it is one that no longer counts and waits for Revert.
    #[serde(default)]
    pub obsolete: bool,
}

/// New values of a credit or a transaction; what is not named stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeStep {
    /// The amount.
    #[serde(default)]
    pub amount: Option<String>,
    /// Its currency; the one it has if absent.
    #[serde(default)]
    pub currency: Option<String>,
    /// How many.
    #[serde(default)]
    pub quantity: Option<String>,
    /// Of a credit: whose.
    #[serde(default)]
    pub participant: Option<String>,
    /// Of a credit: the split percent.
    #[serde(default)]
    pub percent: Option<String>,
    /// Of a credit: revenue or not.
    #[serde(default)]
    pub revenue: Option<bool>,
    /// Of a credit: whether it rolls up.
    #[serde(default)]
    pub rolls_up: Option<bool>,
    /// Of a credit: its category.
    #[serde(default)]
    pub category: Option<String>,
    /// Of a credit: the date that picks plan and period.
    #[serde(default)]
    pub credit_date: Option<String>,
    /// Of a credit: the date that picks the hierarchy.
    #[serde(default)]
    pub roll_up_date: Option<String>,
    /// Of a transaction: when the sale happened.
    #[serde(default)]
    pub event_date: Option<String>,
    /// Of a transaction: whether nothing is done with it.
    #[serde(default)]
    pub hold: Option<bool>,
    /// Of a transaction: attributes that change; an empty one is taken away.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// One part of a credit that is split.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartStep {
    /// Whose.
    pub participant: String,
    /// What percent of the credit, such as `60%`.
    pub percent: String,
}
