//! What is the same in every company: attributes of sales, rules of categories, currency rates.

use attain_domain::definition::category::CategoryRule;
use attain_domain::definition::rates::CurrencyRate;
use attain_domain::definition::{AttributeSchema, CategoryRules, CurrencyRates};
use attain_domain::expression::ValueType;
use attain_domain::money::Currency;
use attain_domain::testing::{date, decimal, name};
use attain_domain::time::DateRange;

/// A currency.
pub(crate) fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("a currency of the tests")
}

/// What sales say beside amount and date.
pub(crate) fn attributes() -> AttributeSchema {
    let texts = ["owner", "region", "line"];
    AttributeSchema {
        transaction: texts.map(|text| (name(text), ValueType::Text)).into(),
    }
}

/// The kind of a sale, by its type and line.
pub(crate) fn category_rules() -> CategoryRules {
    let rule = |id: &str, when: &str, category: &str| CategoryRule {
        id: name(id),
        effective: DateRange::ALWAYS,
        when: when.to_owned(),
        category: name(category),
    };
    let rules = vec![
        rule("laptops", "transaction.type == 'LAPTOP'", "laptop"),
        rule("soft", "attribute.line == 'soft'", "software"),
        rule("hard", "attribute.line == 'hard'", "hardware"),
    ];
    CategoryRules { rules }
}

/// Euros change their rate in March; nothing converts pounds.
pub(crate) fn rates() -> CurrencyRates {
    let rate = |from: &str, day: &str, rate: &str| CurrencyRate {
        from: currency(from),
        to: currency("USD"),
        date: date(day),
        rate: decimal(rate),
    };
    let rates = vec![
        rate("EUR", "2026-01-01", "1.085"),
        rate("EUR", "2026-03-01", "1.12345"),
        rate("JPY", "2026-01-01", "0.0067"),
    ];
    CurrencyRates { rates }
}
