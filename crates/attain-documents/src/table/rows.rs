//! The two kinds of rows, by the names of their columns.

use attain_domain::collecting::{RawCredit, RawTransaction};

/// A row of texts that a file can fill.
pub trait ImportRow: Default {
    /// The names of its columns; a column is set by its place here.
    const COLUMNS: &'static [&'static str];
    /// The columns without which a file makes no sense.
    const NEEDED: &'static [&'static str];
    /// Whether it has columns `attribute.NAME` as well.
    const HAS_ATTRIBUTES: bool;

    /// Puts a text into a column.
    fn set(&mut self, column: usize, text: String);

    /// Puts a text into an attribute; nothing where there are none.
    fn set_attribute(&mut self, name: &str, text: String);
}

macro_rules! columns {
    ($row:ty, needed $needed:expr, attributes $attributes:literal,
     $($name:literal => $field:ident,)+) => {
        impl ImportRow for $row {
            const COLUMNS: &'static [&'static str] = &[$($name,)+];
            const NEEDED: &'static [&'static str] = &$needed;
            const HAS_ATTRIBUTES: bool = $attributes;

            fn set(&mut self, column: usize, text: String) {
                let fields = [$(&mut self.$field,)+];
                if let Some(field) = fields.into_iter().nth(column) {
                    *field = Some(text);
                }
            }

            fn set_attribute(&mut self, name: &str, text: String) {
                set_attribute(self, name, text);
            }
        }
    };
}

/// Rows that may have attributes.
trait Attributed {
    fn attribute(&mut self, name: &str, text: String);
}

impl Attributed for RawTransaction {
    fn attribute(&mut self, name: &str, text: String) {
        self.attributes.insert(name.to_owned(), text);
    }
}

impl Attributed for RawCredit {
    fn attribute(&mut self, _: &str, _: String) {}
}

fn set_attribute(row: &mut impl Attributed, name: &str, text: String) {
    row.attribute(name, text);
}

columns! {
    RawTransaction, needed ["number", "type"], attributes true,
    "number" => number,
    "type" => kind,
    "event_date" => event_date,
    "amount" => amount,
    "currency" => currency,
    "quantity" => quantity,
    "updated_at" => updated_at,
    "category" => category,
    "preserve_credits" => preserve_credits,
    "hold" => hold,
    "do_not_classify" => do_not_classify,
    "do_not_roll_up" => do_not_roll_up,
    "do_not_calculate" => do_not_calculate,
    "cancelled" => cancelled,
}

columns! {
    RawCredit, needed ["number", "type", "participant"], attributes false,
    "number" => number,
    "type" => kind,
    "event_date" => event_date,
    "participant" => participant,
    "amount" => amount,
    "currency" => currency,
    "quantity" => quantity,
    "category" => category,
    "percent" => percent,
    "revenue" => revenue,
    "rolls_up" => rolls_up,
    "updated_at" => updated_at,
    "transaction_amount" => transaction_amount,
}
