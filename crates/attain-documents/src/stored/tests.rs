//! What stored JSON promises: it comes back the same, and what was not written is an error.

use std::collections::BTreeMap;

use attain_domain::calculation::Window;
use attain_domain::chunk::{CalculateTask, ChunkTask, Due};
use attain_domain::definition::DefinitionKind;
use attain_domain::earning::{MeasureTrace, RateTrace, SliceTrace, Trace};
use attain_domain::ids::{
    AttributeName, CalculationId, FactorId, MeasureId, ParticipantId, PeriodId, PlanId,
    RateTableId, TransactionId, WorkItemId,
};
use attain_domain::plan::{Phase, SplitMode};
use attain_domain::refusal::{Reason, RowError};
use attain_domain::run::{Process, RunCounts, WorkItem};
use attain_domain::working::RowFailure;
use proptest::prelude::*;
use smol_str::SmolStr;

use super::*;
use crate::samples::{self, any_decimal, any_value, decimal};

#[test]
fn definitions_of_every_kind_come_back_the_same() {
    for definition in samples::definitions() {
        let json = encode_definition(&definition);
        let back = decode_definition(definition.kind(), &json);
        assert_eq!(back.as_ref(), Ok(&definition), "{json}");
    }
}

fn trace() -> Trace {
    Trace {
        plan_version: 3,
        measures: vec![MeasureTrace {
            measure: MeasureId::parse("revenue").unwrap(),
            value: decimal("100.50"),
            before: decimal("0"),
            after: decimal("100.50"),
            goal: Some(decimal("1000")),
        }],
        rate: Some(RateTrace {
            table: RateTableId::parse("rates").unwrap(),
            split: SplitMode::Step,
            looked_up: vec![SmolStr::new("West")],
            slices: vec![SliceTrace {
                from: decimal("0"),
                to: None,
                input: decimal("100.50"),
                value: decimal("1"),
                result: decimal("1.005"),
            }],
            rate: Some(decimal("0.01")),
            commission: decimal("1.005"),
        }),
        factors: vec![(FactorId::parse("event").unwrap(), decimal("1.25"))],
        threshold_reached: Some(true),
        unrounded: decimal("1.25625"),
        withheld: decimal("0"),
        lifted: decimal("0.5"),
    }
}

#[test]
fn traces_are_terse() {
    assert_eq!(
        encode_trace(&trace()),
        r#"{"v":3,"m":[["revenue","100.50","0","100.50","1000"]],"r":{"t":"rates","s":"step","k":["West"],"c":[["0",null,"100.50","1","1.005"]],"q":"0.01","x":"1.005"},"f":[["event","1.25"]],"h":true,"u":"1.25625","l":"0.5"}"#
    );
    assert_eq!(decode_trace(&encode_trace(&trace())), Ok(trace()));
}

#[test]
fn text_that_was_not_written_is_an_error() {
    let whole = encode_trace(&trace());
    for end in 0..whole.len() {
        assert!(decode_trace(&whole[..end]).is_err());
    }
    for bad in [
        r#"{"v":1,"u":1.5}"#,
        r#"{"v":-1}"#,
        r#"{"v":1,"z":1}"#,
        r#"{"u":"1e5","v":1}"#,
    ] {
        assert!(decode_trace(bad).is_err(), "{bad}");
    }
    for kind in DefinitionKind::ALL {
        for bad in ["", "null", "7", "{\"id\":\"\"}", "{\"nonsense\":1}"] {
            assert!(decode_definition(*kind, bad).is_err(), "{kind:?} {bad}");
        }
    }
    for bad in [
        r#"{"a":null}"#,
        r#"{"a":1}"#,
        r#"{"a":{"n":"x"}}"#,
        r#"{"a":{"n":"1","d":""}}"#,
    ] {
        assert!(decode_attributes(bad).is_err(), "{bad}");
    }
    assert!(
        decode_counts(r#"{"taken":1,"done":1,"skipped":0,"failed":0,"errors":{"NO":1}}"#).is_err()
    );
    assert!(decode_row_error(r#"["NO_SUCH_REASON","text"]"#).is_err());
    assert!(decode_plan_versions(r#"{"a":-1}"#).is_err());
}

#[test]
fn attributes_keep_their_types() {
    let attributes = samples::values();
    let json = encode_attributes(&attributes);
    assert_eq!(decode_attributes(&json), Ok(attributes));
    assert!(json.contains(r#""number":{"n":"-1.50"}"#), "{json}");
    assert!(json.contains(r#""looks like a number":"7""#), "{json}");
}

#[test]
fn counts_plan_versions_and_row_errors_come_back_the_same() {
    let counts = RunCounts {
        taken: u64::MAX,
        done: 2,
        skipped: 3,
        failed: 4,
        errors: BTreeMap::from([(Reason::NoPlan, 3), (Reason::MissingGoal, 1)]),
        outcomes: BTreeMap::from([(SmolStr::new("credits_created"), 7)]),
    };
    for counts in [counts, RunCounts::default()] {
        assert_eq!(decode_counts(&encode_counts(&counts)), Ok(counts));
    }
    let versions = BTreeMap::from([(PlanId::parse("a \"plan\"").unwrap(), 3)]);
    assert_eq!(
        decode_plan_versions(&encode_plan_versions(&versions)),
        Ok(versions)
    );
    let error = RowError::new(Reason::NoPlan, "nobody \"here\"\n");
    assert_eq!(decode_row_error(&encode_row_error(&error)), Ok(error));
}

proptest! {
    #[test]
    fn any_attributes_come_back_exactly(
        entries in proptest::collection::btree_map("[^\\p{C} ]{1,20}", any_value(), 0..6)
    ) {
        let named = entries.into_iter().filter_map(|(name, value)| {
            Some((AttributeName::parse(&name).ok()?, value))
        });
        let attributes: BTreeMap<_, _> = named.collect();
        let back = decode_attributes(&encode_attributes(&attributes)).unwrap();
        prop_assert_eq!(format!("{:?}", &back), format!("{:?}", &attributes));
    }

    #[test]
    fn any_decimal_of_a_trace_keeps_every_digit(number in any_decimal()) {
        let mut with = trace();
        with.unrounded = number;
        let back = decode_trace(&encode_trace(&with)).unwrap();
        // Equal, and printed alike: 1.50 does not become 1.5. Zero is left out and comes back bare.
        let printed = if number.is_zero() { "0".to_owned() } else { number.to_string() };
        prop_assert_eq!(back.unrounded.to_string(), printed);
    }
}

#[test]
fn chunks_come_back_the_same() {
    let period = PeriodId::parse("2026-01").unwrap();
    let who = |name| ParticipantId::parse(name).unwrap();
    let day = |text: &str| text.parse().unwrap();
    let item = WorkItem::whole_period(
        WorkItemId(TransactionId::parse(&format!("trx_{:032x}", 7)).unwrap().0),
        Process::RollUp,
        period.clone(),
    );
    let calculation = CalculationId::parse(&format!("cal_{:032x}", 8)).unwrap();
    let due = |name, struck: &[PeriodId]| Due {
        participant: who(name),
        struck: struck.to_vec(),
    };
    let tasks = [
        ChunkTask::Coordinate,
        ChunkTask::Credit {
            process: Process::RunAll,
            items: vec![item],
        },
        ChunkTask::Summarise {
            children: vec![who("ann"), who("\"Bob\"")],
        },
        ChunkTask::Calculate(CalculateTask {
            phase: Phase::Second,
            window: Window {
                from: day("2026-01-01"),
                through: day("2026-03-31"),
            },
            calculations: [(period.clone(), calculation)].into(),
            participants: vec![due("ann", &[period]), due("bob", &[])],
            compared: 20_000,
        }),
    ];
    for task in tasks {
        let json = encode_chunk_task(&task);
        assert_eq!(decode_chunk_task(&json).as_ref(), Ok(&task), "{json}");
    }
}

#[test]
fn failures_come_back_the_same() {
    let failures = vec![RowFailure {
        subject: "ORDER 1001-301".to_owned(),
        error: RowError::new(Reason::NoPlan, "a \"reason\""),
    }];
    let json = encode_failures(&failures);
    assert_eq!(json, r#"[["ORDER 1001-301","NO_PLAN","a \"reason\""]]"#);
    assert_eq!(decode_failures(&json), Ok(failures));
    assert!(decode_failures(r#"[["a","b","c"]]"#).is_err());
}
