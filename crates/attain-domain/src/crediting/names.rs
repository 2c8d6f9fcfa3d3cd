//! What the conditions of rules can read of a transaction.

use smol_str::{SmolStr, format_smolstr};

use crate::definition::AttributeSchema;
use crate::expression::{Scope, Value, ValueType};
use crate::ids::{AttributeName, CategoryId};
use crate::transaction::Transaction;

/// Something of a transaction that conditions can read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Number,
    Kind,
    Date,
    Amount,
    Quantity,
    Currency,
    Category,
    Attribute(AttributeName),
}

/// A transaction as rules see it: with the category that it has by now.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) transaction: &'a Transaction,
    pub(super) category: Option<&'a CategoryId>,
}

/// The names of fields that every transaction may have.
const FIXED: [(&str, ValueType, Field); 6] = [
    ("transaction.number", ValueType::Text, Field::Number),
    ("transaction.type", ValueType::Text, Field::Kind),
    ("transaction.date", ValueType::Date, Field::Date),
    ("transaction.amount", ValueType::Number, Field::Amount),
    ("transaction.quantity", ValueType::Number, Field::Quantity),
    ("transaction.currency", ValueType::Text, Field::Currency),
];
/// Credit rules can read the category as well, which category rules are still to find.
const CATEGORY: (&str, ValueType, Field) =
    ("transaction.category", ValueType::Text, Field::Category);
const ATTRIBUTE_PREFIX: &str = "attribute.";

/// The scope of category rules.
pub(super) fn category_scope(schema: &AttributeSchema) -> Scope {
    let mut scope = Scope::new();
    for (name, value_type, _) in FIXED {
        scope.insert(name, value_type);
    }
    for (name, value_type) in &schema.transaction {
        scope.insert(format_smolstr!("{ATTRIBUTE_PREFIX}{name}"), *value_type);
    }
    scope
}

/// The scope of credit rules.
pub(super) fn credit_scope(schema: &AttributeSchema) -> Scope {
    let (name, value_type, _) = CATEGORY;
    category_scope(schema).with(name, value_type)
}

impl Field {
    /// The field of a name that one of the scopes has.
    pub(super) fn of(name: &SmolStr) -> Option<Self> {
        if let Some(attribute) = name.strip_prefix(ATTRIBUTE_PREFIX) {
            return AttributeName::parse(attribute).ok().map(Self::Attribute);
        }
        let known = FIXED.into_iter().chain([CATEGORY]);
        known
            .into_iter()
            .find(|(known, ..)| known == name)
            .map(|(_, _, field)| field)
    }

    /// Its value in a transaction.
    pub(super) fn value(&self, facts: Facts<'_>) -> Option<Value> {
        let transaction = facts.transaction;
        Some(match self {
            Self::Number => Value::Text(transaction.key.number.text()),
            Self::Kind => Value::Text(transaction.key.kind.text()),
            Self::Date => Value::Date(transaction.event_date),
            Self::Amount => Value::Number(transaction.operating_amount.amount),
            Self::Quantity => Value::Number(transaction.quantity),
            Self::Currency => Value::Text(SmolStr::new(transaction.amount.currency.code())),
            Self::Category => Value::Text(facts.category?.text()),
            Self::Attribute(name) => return transaction.attributes.get(name).cloned(),
        })
    }
}
