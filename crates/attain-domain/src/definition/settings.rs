//! Workspace settings, and the attributes that its transactions may have.

use std::collections::BTreeMap;

use crate::expression::ValueType;
use crate::ids::{AttributeName, CategoryId};
use crate::money::{Currency, Rounding};

/// Most attributes that the transactions of a workspace may have.
pub const ATTRIBUTES_MAX: usize = 200;

/// What a paysheet does whose lines add up to less than nothing, where no payment plan says more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NegativeSheet {
    /// It stands as negative.
    #[default]
    Stands,
    /// Its lines wait for the next sheet.
    Carried,
    /// An advance lifts it to zero.
    Lifted,
}

/// The money settings and habits of one workspace.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// A name for people.
    pub name: String,
    /// Credits and earnings are in this currency.
    pub operating_currency: Currency,
    /// How earnings are rounded.
    pub rounding: Rounding,
    /// The category of transactions that no category rule matches.
    pub default_category: Option<CategoryId>,
    /// Whether unpaid credits and earnings go to history when they are replaced.
    pub archive_updated_credits: bool,
    /// Whether a cancellation is stored as a replacement of amount 0.
    pub collect_cancellations_as_zero: bool,
    /// One indirect credit per (ancestor, child, category, date) instead of one per credit.
    pub summarised_roll_up: bool,
    /// What a negative paysheet does.
    pub negative_sheet: NegativeSheet,
}

/// The typed attributes that transactions of the workspace may have; others are refused.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AttributeSchema {
    /// Name and type of each.
    pub transaction: BTreeMap<AttributeName, ValueType>,
}
