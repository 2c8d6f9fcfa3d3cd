//! Rows of transactions from CSV and NDJSON: which cell is which field, each still the text that
//! was written. What the texts mean is for whoever collects them.

mod csv;
mod json;

use std::collections::BTreeMap;

pub use self::csv::TransactionColumns;

use attain_domain::refusal::{Reason, Refusal};

use crate::nearest::suggestion;

/// The columns of a table of transactions, besides `attribute.NAME` for each attribute.
pub const TRANSACTION_COLUMNS: &[&str] = &[
    "number",
    "type",
    "event_date",
    "amount",
    "currency",
    "quantity",
    "updated_at",
    "category",
    "preserve_credits",
    "hold",
    "do_not_classify",
    "do_not_roll_up",
    "do_not_calculate",
    "cancelled",
];
/// Before the name of an attribute in a CSV header.
pub const ATTRIBUTE_PREFIX: &str = "attribute.";
/// The field of an NDJSON row in which the attributes are.
const ATTRIBUTES: &str = "attributes";

/// One row, as it was written. An empty cell is no value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionRow {
    /// The source system's number.
    pub number: Option<String>,
    /// The type of the transaction; the column is called `type`.
    pub kind: Option<String>,
    /// When the sale happened.
    pub event_date: Option<String>,
    /// The amount, in the currency of the source.
    pub amount: Option<String>,
    /// The currency of the amount.
    pub currency: Option<String>,
    /// How many.
    pub quantity: Option<String>,
    /// When the source last changed it.
    pub updated_at: Option<String>,
    /// The category, where it is given.
    pub category: Option<String>,
    /// By name, without the prefix.
    pub attributes: BTreeMap<String, String>,
    /// A flag.
    pub preserve_credits: Option<String>,
    /// A flag.
    pub hold: Option<String>,
    /// A flag.
    pub do_not_classify: Option<String>,
    /// A flag.
    pub do_not_roll_up: Option<String>,
    /// A flag.
    pub do_not_calculate: Option<String>,
    /// A flag: the source took the transaction back.
    pub cancelled: Option<String>,
}

impl TransactionRow {
    fn cell(&mut self, column: Column) -> &mut Option<String> {
        match column {
            Column::Number => &mut self.number,
            Column::Kind => &mut self.kind,
            Column::EventDate => &mut self.event_date,
            Column::Amount => &mut self.amount,
            Column::Currency => &mut self.currency,
            Column::Quantity => &mut self.quantity,
            Column::UpdatedAt => &mut self.updated_at,
            Column::Category => &mut self.category,
            Column::PreserveCredits => &mut self.preserve_credits,
            Column::Hold => &mut self.hold,
            Column::DoNotClassify => &mut self.do_not_classify,
            Column::DoNotRollUp => &mut self.do_not_roll_up,
            Column::DoNotCalculate => &mut self.do_not_calculate,
            Column::Cancelled => &mut self.cancelled,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Number,
    Kind,
    EventDate,
    Amount,
    Currency,
    Quantity,
    UpdatedAt,
    Category,
    PreserveCredits,
    Hold,
    DoNotClassify,
    DoNotRollUp,
    DoNotCalculate,
    Cancelled,
}

impl Column {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "number" => Self::Number,
            "type" => Self::Kind,
            "event_date" => Self::EventDate,
            "amount" => Self::Amount,
            "currency" => Self::Currency,
            "quantity" => Self::Quantity,
            "updated_at" => Self::UpdatedAt,
            "category" => Self::Category,
            "preserve_credits" => Self::PreserveCredits,
            "hold" => Self::Hold,
            "do_not_classify" => Self::DoNotClassify,
            "do_not_roll_up" => Self::DoNotRollUp,
            "do_not_calculate" => Self::DoNotCalculate,
            "cancelled" => Self::Cancelled,
            _ => return None,
        })
    }
}

fn unknown_column(name: &str, others: &[&str]) -> Refusal {
    let names: Vec<&str> = TRANSACTION_COLUMNS.iter().chain(others).copied().collect();
    let text = format!("there is no field `{name}`{}", suggestion(name, &names));
    Refusal::new(Reason::UnknownField, text)
        .at(name)
        .with("name", name)
}

fn twice(name: &str) -> Refusal {
    let text = format!("`{name}` is there twice");
    Refusal::new(Reason::Duplicate, text).at(name)
}

#[cfg(test)]
mod tests;
