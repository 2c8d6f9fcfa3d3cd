//! Writes the company's documents.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, anyhow};
use attain_documents::write_documents as to_yaml;
use attain_domain::definition::calendar::{Period, PeriodStatus};
use attain_domain::definition::rates::CurrencyRate;
use attain_domain::definition::settings::NegativeSheet;
use attain_domain::definition::{
    AttributeSchema, Calendar, CurrencyRates, Definition, PayGroup, Settings,
};
use attain_domain::expression::ValueType;
use attain_domain::ids::{AttributeName, IntervalId, PayGroupId, PeriodId};
use attain_domain::money::{Currency, Rounding};
use chrono::{Datelike, Months, NaiveDate};
use rust_decimal::Decimal;

use crate::company::Company;
use crate::{documents_folder, plans, rules};

/// Writes all documents; says how many participants there are.
pub(crate) fn write_documents(company: &Company, folder: &Path) -> anyhow::Result<usize> {
    let participants = company.participants();
    let count = participants.len();
    let files: [(&str, Vec<Definition>); 6] = [
        ("workspace.yaml", workspace()),
        (
            "categories.yaml",
            vec![
                Definition::Categories(rules::categories()),
                Definition::CategoryRules(rules::category_rules()),
            ],
        ),
        (
            "plans.yaml",
            vec![
                Definition::Plan(plans::rep()),
                Definition::Plan(plans::manager()),
                Definition::Plan(plans::bonus()),
            ],
        ),
        (
            "participants.yaml",
            participants
                .into_iter()
                .map(Definition::Participant)
                .collect(),
        ),
        (
            "teams.yaml",
            company.teams().into_iter().map(Definition::Team).collect(),
        ),
        (
            "rules.yaml",
            rules::rule_sets()
                .into_iter()
                .map(Definition::RuleSet)
                .collect(),
        ),
    ];
    for (name, definitions) in files {
        let path = documents_folder(folder).join(name);
        let text = to_yaml(&definitions).map_err(|refusal| anyhow!("{refusal}"))?;
        std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(count)
}

fn workspace() -> Vec<Definition> {
    let name = |text: &str| AttributeName::parse(text).expect("a name");
    let texts = [
        "clerk", "partner", "nation", "region", "segment", "priority", "order",
    ];
    let attributes: BTreeMap<_, _> = texts
        .iter()
        .map(|text| (name(text), ValueType::Text))
        .collect();
    vec![
        Definition::Settings(Settings {
            name: "TPC-H Trading Company".to_owned(),
            operating_currency: currency("USD"),
            rounding: Rounding::HalfEven,
            default_category: None,
            archive_updated_credits: false,
            collect_cancellations_as_zero: false,
            summarised_roll_up: false,
            negative_sheet: NegativeSheet::Stands,
        }),
        Definition::Attributes(AttributeSchema {
            transaction: attributes,
        }),
        Definition::Calendar(calendar()),
        Definition::Rates(rates()),
        Definition::PayGroup(PayGroup {
            id: PayGroupId::parse("everybody").expect("a name"),
            name: "Everybody".to_owned(),
        }),
    ]
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("an ISO 4217 code")
}

fn month(number: u32) -> NaiveDate {
    let january = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
    january
        .checked_add_months(Months::new(number))
        .expect("a date")
}

/// The twelve months of 2026.
fn calendar() -> Calendar {
    let period = |number: u32| {
        let (start, end) = (month(number), month(number + 1));
        let quarter = format!("{}-Q{}", start.year(), number / 3 + 1);
        Period {
            id: PeriodId::parse(&start.format("%Y-%m").to_string()).expect("a name"),
            start,
            end,
            quarter: IntervalId::parse(&quarter).expect("a name"),
            year: IntervalId::parse(&start.year().to_string()).expect("a name"),
            status: PeriodStatus::Open,
        }
    };
    Calendar {
        periods: (0..12).map(period).collect(),
    }
}

/// A rate a month for euros and yen; made up, near what they are.
fn rates() -> CurrencyRates {
    let euros = [
        10850, 10790, 10910, 10875, 10820, 10940, 10985, 10930, 10960, 11010, 10990, 11045,
    ];
    let yen = [
        67210, 66980, 66540, 66730, 67120, 67340, 67005, 66870, 66690, 66820, 67090, 67255,
    ];
    let mut rates = Vec::new();
    for (from, values, digits) in [("EUR", euros, 4), ("JPY", yen, 7)] {
        for (number, value) in values.into_iter().enumerate() {
            rates.push(CurrencyRate {
                from: currency(from),
                to: currency("USD"),
                date: month(u32::try_from(number).unwrap_or(0)),
                rate: Decimal::new(value, digits),
            });
        }
    }
    CurrencyRates { rates }
}
