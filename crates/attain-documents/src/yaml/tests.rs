//! What YAML promises: any text and value survives, and no text makes reading panic.

use std::collections::BTreeMap;

use attain_domain::definition::Definition;
use attain_domain::definition::category::{CategoryRule, CategoryRules};
use attain_domain::ids::{AttributeName, CategoryId, RuleId};
use attain_domain::time::DateRange;
use proptest::prelude::*;

use super::plain::{looks_like_number, read_value};
use crate::samples::{self, any_value};
use crate::stored::{decode_definition, encode_definition};
use crate::{read_documents, write_documents};

/// Texts that tempt an emitter: words of YAML, indicators, line breaks, spaces at the ends.
fn any_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "1",
        "0",
        ".",
        "-",
        "- ",
        ":",
        ": ",
        "#",
        " #",
        " ",
        "\n",
        "\n\n",
        "\r",
        "\t",
        "'",
        "\"",
        "\\",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "?",
        "? ",
        "---",
        "...",
        "null",
        "~",
        "true",
        "no",
        "2026-01-31",
        "é",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{7f}",
        "\u{0}",
        "<<",
        "=",
        "e5",
        "0x1F",
        "+",
    ]);
    prop_oneof![
        any::<String>(),
        prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat()),
    ]
}

fn check_survives(definition: &Definition) {
    let yaml = write_documents(std::slice::from_ref(definition)).unwrap();
    let back = read_documents("test.yaml", &yaml);
    assert_eq!(
        back.as_deref(),
        Ok(std::slice::from_ref(definition)),
        "{yaml}"
    );
    let json = encode_definition(definition);
    let back = decode_definition(definition.kind(), &json);
    assert_eq!(back.as_ref(), Ok(definition), "{json}");
}

proptest! {
    #[test]
    fn any_text_survives_as_field_condition_and_name(
        texts in prop::collection::vec((any_text(), any_text(), any_text()), 0..5)
    ) {
        let rules = texts.iter().filter_map(|(id, when, category)| {
            Some(CategoryRule {
                id: RuleId::parse(id).ok()?,
                effective: DateRange::ALWAYS,
                when: when.clone(),
                category: CategoryId::parse(category).ok()?,
            })
        });
        check_survives(&Definition::CategoryRules(CategoryRules { rules: rules.collect() }));
    }

    #[test]
    fn any_value_survives_with_its_type(
        entries in prop::collection::vec((any_text(), any_value(), any_text()), 0..5)
    ) {
        let mut ana = samples::participants().remove(1);
        let named = entries.into_iter().filter_map(|(name, value, text)| {
            let name = AttributeName::parse(&name).ok()?;
            let other = AttributeName::parse(&format!("other {name}")).ok()?;
            let text = attain_domain::expression::Value::Text(text.into());
            Some([(name, value), (other, text)])
        });
        ana.attributes = named.flatten().collect::<BTreeMap<_, _>>();
        check_survives(&Definition::Participant(ana));
    }

    #[test]
    fn no_text_makes_reading_panic(text in any_text(), json in any_text()) {
        let _ = read_documents("test.yaml", &text);
        let _ = read_documents("test.yaml", &format!("kind: plan\nid: p\nmeasures: {text}"));
        for kind in attain_domain::definition::DefinitionKind::ALL {
            let _ = decode_definition(*kind, &json);
        }
    }
}

#[test]
fn plain_values_have_one_meaning() {
    let read = |text| read_value(text).map(|value| format!("{value:?}"));
    for (text, meaning) in [
        ("7", "Number(7)"),
        ("-0.50", "Number(-0.50)"),
        ("0", "Number(0)"),
        ("true", "Bool(true)"),
        ("FALSE", "Bool(false)"),
        ("yes", "Text(\"yes\")"),
        ("2026-01-31", "Date(2026-01-31)"),
        ("2026-1-31", "Text(\"2026-1-31\")"),
        ("1.2.3", "Text(\"1.2.3\")"),
        ("7 days", "Text(\"7 days\")"),
        ("A7", "Text(\"A7\")"),
        ("-", "Text(\"-\")"),
        (".", "Text(\".\")"),
    ] {
        assert_eq!(read(text).as_deref(), Ok(meaning), "{text}");
    }
    for unclear in [
        "007",
        "-01",
        "+1",
        ".5",
        "5.",
        "1e5",
        "1_000",
        "0x1F",
        "0o7",
        ".inf",
        "-.INF",
        ".nan",
        "123456789012345678901234567890",
    ] {
        assert!(looks_like_number(unclear), "{unclear}");
        assert!(read(unclear).is_err(), "{unclear}");
    }
}
