//! The smaller stored values: attributes of transactions, counts of runs, plan versions of
//! calculations, errors of rows.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};
use smol_str::SmolStr;

use attain_domain::expression::Value;
use attain_domain::ids::{AttributeName, PlanId};
use attain_domain::refusal::{Reason, RowError};
use attain_domain::run::RunCounts;

use super::{StoredError, to_json};
use crate::document::leaf::As;
use crate::document::number::{AnyValue, AnyValueRef};

/// Attributes as a JSON object: texts and bools as themselves, numbers as `{"n": "1.5"}`, dates as
/// `{"d": "2026-01-31"}`.
#[must_use]
pub fn encode_attributes(attributes: &BTreeMap<AttributeName, Value>) -> String {
    to_json(&WrittenAttributes(attributes))
}

struct WrittenAttributes<'a>(&'a BTreeMap<AttributeName, Value>);

impl Serialize for WrittenAttributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.iter();
        serializer.collect_map(entries.map(|(name, value)| (name.as_str(), AnyValueRef(value))))
    }
}

/// Reads what [`encode_attributes`] wrote.
///
/// # Errors
/// [`StoredError`] for any other text.
pub fn decode_attributes(json: &str) -> Result<BTreeMap<AttributeName, Value>, StoredError> {
    let read: BTreeMap<As<AttributeName>, AnyValue> = from_json("attributes", json)?;
    let entries = read.into_iter();
    Ok(entries.map(|(name, value)| (name.0, value.0)).collect())
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredCounts<'a> {
    taken: u64,
    done: u64,
    skipped: u64,
    failed: u64,
    #[serde(default, borrow, skip_serializing_if = "BTreeMap::is_empty")]
    errors: BTreeMap<Cow<'a, str>, u64>,
    #[serde(default, borrow, skip_serializing_if = "BTreeMap::is_empty")]
    outcomes: BTreeMap<Cow<'a, str>, u64>,
}

/// What a run has done, as JSON.
#[must_use]
pub fn encode_counts(counts: &RunCounts) -> String {
    let RunCounts {
        taken,
        done,
        skipped,
        failed,
        errors,
        outcomes,
    } = counts;
    to_json(&StoredCounts {
        taken: *taken,
        done: *done,
        skipped: *skipped,
        failed: *failed,
        errors: errors
            .iter()
            .map(|(reason, count)| (reason.code().into(), *count))
            .collect(),
        outcomes: outcomes
            .iter()
            .map(|(name, count)| (name.as_str().into(), *count))
            .collect(),
    })
}

/// Reads what [`encode_counts`] wrote.
///
/// # Errors
/// [`StoredError`] for any other text, an unknown reason among them.
pub fn decode_counts(json: &str) -> Result<RunCounts, StoredError> {
    let read: StoredCounts<'_> = from_json("counts", json)?;
    let errors = read.errors.into_iter();
    let outcomes = read.outcomes.into_iter();
    Ok(RunCounts {
        taken: read.taken,
        done: read.done,
        skipped: read.skipped,
        failed: read.failed,
        errors: errors
            .map(|(code, count)| Ok((reason("counts", &code)?, count)))
            .collect::<Result<_, StoredError>>()?,
        outcomes: outcomes
            .map(|(name, count)| (SmolStr::new(name), count))
            .collect(),
    })
}

/// The versions of plans that a calculation used, as a JSON object.
#[must_use]
pub fn encode_plan_versions(versions: &BTreeMap<PlanId, u32>) -> String {
    let entries: BTreeMap<&str, u32> = versions.iter().map(|(id, v)| (id.as_str(), *v)).collect();
    to_json(&entries)
}

/// Reads what [`encode_plan_versions`] wrote.
///
/// # Errors
/// [`StoredError`] for any other text.
pub fn decode_plan_versions(json: &str) -> Result<BTreeMap<PlanId, u32>, StoredError> {
    let read: BTreeMap<As<PlanId>, u32> = from_json("plan versions", json)?;
    Ok(read
        .into_iter()
        .map(|(id, version)| (id.0, version))
        .collect())
}

/// The error of a row as JSON: its reason and its sentence.
#[must_use]
pub fn encode_row_error(error: &RowError) -> String {
    let RowError { reason, text } = error;
    to_json(&(reason.code(), text))
}

/// Reads what [`encode_row_error`] wrote.
///
/// # Errors
/// [`StoredError`] for any other text, an unknown reason among them.
pub fn decode_row_error(json: &str) -> Result<RowError, StoredError> {
    let (code, text): (Cow<'_, str>, String) = from_json("row error", json)?;
    Ok(RowError::new(reason("row error", &code)?, text))
}

pub(super) fn reason(what: &'static str, code: &str) -> Result<Reason, StoredError> {
    let unknown = || StoredError::new(what, format!("`{code}` is no reason"));
    Reason::from_code(code).ok_or_else(unknown)
}

pub(super) fn from_json<'a, T: Deserialize<'a>>(
    what: &'static str,
    json: &'a str,
) -> Result<T, StoredError> {
    serde_json::from_str(json).map_err(|error| StoredError::new(what, error))
}
