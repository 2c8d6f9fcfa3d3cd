//! An adjustment as texts: the options of the command line, and the columns of a file.

use std::collections::BTreeMap;

use attain_documents::table::ImportRow;
use attain_domain::adjusting::SplitPart;
use attain_domain::expression::{Value, ValueType};
use attain_domain::ids::{IdError, ParticipantId};
use attain_domain::money::{Currency, Money, NumberError, parse_number};
use attain_domain::refusal::{Reason, Refusal};
use rust_decimal::Decimal;

use crate::session::date;

/// Longest text of an attribute, in bytes: as long as an import may have.
const TEXT_BYTES_MAX: usize = 1_000;

macro_rules! words {
    ($($(#[$doc:meta])* $column:literal => $field:ident,)+) => {
        /// What is to be adjusted, and how. An empty text is as good as none.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub(super) struct Words {
            $($(#[$doc])* pub(super) $field: Option<String>,)+
            /// Columns `attribute.NAME`, by NAME.
            pub(super) attributes: BTreeMap<String, String>,
        }

        impl ImportRow for Words {
            const COLUMNS: &'static [&'static str] = &[$($column,)+];
            const NEEDED: &'static [&'static str] = &[];
            const HAS_ATTRIBUTES: bool = true;

            fn set(&mut self, column: usize, text: String) {
                let fields = [$(&mut self.$field,)+];
                if let Some(field) = fields.into_iter().nth(column) {
                    *field = Some(text);
                }
            }

            fn set_attribute(&mut self, name: &str, text: String) {
                self.attributes.insert(name.to_owned(), text);
            }
        }

        impl Words {
            /// The columns that are filled, attributes aside.
            pub(super) fn filled(&self) -> Vec<&'static str> {
                let fields = [$(($column, self.$field.is_some()),)+];
                let filled = fields.into_iter().filter(|(_, is_filled)| *is_filled);
                filled.map(|(column, _)| column).collect()
            }
        }
    };
}

words! {
    /// A credit, by its id.
    "credit" => credit,
    /// A transaction, by its type and number.
    "type" => kind,
    /// A transaction, by its type and number.
    "number" => number,
    /// The version that was seen.
    "version" => version,
    /// An amount; of a transaction, its currency may follow.
    "amount" => amount,
    "quantity" => quantity,
    "percent" => percent,
    "category" => category,
    /// Credit date or event date.
    "date" => date,
    "roll_up_date" => roll_up_date,
    "revenue" => revenue,
    "rolls_up" => rolls_up,
    /// Another participant.
    "to" => to,
    /// Several, each with a percent.
    "split" => split,
    "cancel" => cancel,
    "hold" => hold,
    "preserve_credits" => preserve_credits,
    /// Names of attributes, with spaces between.
    "remove_attributes" => remove_attributes,
}

pub(crate) fn malformed(field: &str, text: impl Into<String>) -> Refusal {
    Refusal::new(Reason::MalformedValue, text).at(field)
}

/// What is given, read; nothing stays nothing.
pub(crate) fn given<T>(
    text: Option<&String>,
    read: impl FnOnce(&str) -> Result<T, Refusal>,
) -> Result<Option<T>, Refusal> {
    text.map(|text| read(text.trim())).transpose()
}

pub(crate) fn name<T>(
    field: &str,
    text: &str,
    parse: fn(&str) -> Result<T, IdError>,
) -> Result<T, Refusal> {
    parse(text).map_err(|error| malformed(field, format!("`{text}`: {error}")))
}

pub(super) fn number(field: &str, text: &str) -> Result<Decimal, Refusal> {
    parse_number(text).map_err(|wrong| {
        let reason = match wrong {
            NumberError::Malformed => Reason::MalformedValue,
            NumberError::TooManyDigits | NumberError::TooLarge => Reason::OutOfRange,
        };
        Refusal::new(reason, format!("`{text}` {wrong}")).at(field)
    })
}

/// An amount, with its currency or in the usual one.
pub(crate) fn money(field: &str, text: &str, usual: Currency) -> Result<Money, Refusal> {
    let (amount, currency) = match text.split_once(' ') {
        None => (text, usual),
        Some((amount, code)) => {
            let currency = Currency::parse(code.trim()).map_err(|wrong| {
                Refusal::new(Reason::UnknownCurrency, wrong.to_string()).at(field)
            })?;
            (amount, currency)
        }
    };
    Ok(Money::new(number(field, amount)?, currency))
}

/// True or false, as an import has it.
pub(crate) fn truth(field: &str, text: &str) -> Result<bool, Refusal> {
    let is_one_of = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_one_of(["true", "yes", "1"]) {
        Ok(true)
    } else if is_one_of(["false", "no", "0"]) {
        Ok(false)
    } else {
        Err(malformed(
            field,
            format!("`{text}` is neither true nor false"),
        ))
    }
}

/// The value of an attribute, of the type that the workspace declares.
pub(super) fn attribute(field: &str, text: &str, wanted: ValueType) -> Result<Value, Refusal> {
    Ok(match wanted {
        ValueType::Number => Value::Number(number(field, text)?),
        ValueType::Bool => Value::Bool(truth(field, text)?),
        ValueType::Date => Value::Date(date(field, text)?),
        ValueType::Text if text.len() > TEXT_BYTES_MAX => {
            let sentence = format!("has {} bytes; the limit is {TEXT_BYTES_MAX}", text.len());
            return Err(Refusal::new(Reason::OutOfRange, sentence).at(field));
        }
        ValueType::Text => Value::Text(text.into()),
    })
}

/// The parts of a split: `ana=60,ben=40`; a semicolon is as good, and so is a percent sign.
pub(super) fn parts(text: &str) -> Result<Vec<SplitPart>, Refusal> {
    let parts = text.split([',', ';']).enumerate();
    let parts = parts.map(|(index, part)| {
        let field = format!("split[{index}]");
        let (who, percent) = part.rsplit_once('=').ok_or_else(|| {
            let text = format!("`{part}` is not written as participant=percent");
            malformed(&field, text)
        })?;
        let percent = percent.trim().trim_end_matches('%');
        Ok(SplitPart {
            participant: name(&field, who.trim(), ParticipantId::parse)?,
            percent: number(&field, percent)?,
        })
    });
    parts.collect()
}

#[cfg(test)]
mod tests;
