//! Refusals as gRPC statuses: one exhaustive match, and the standard details.

use std::collections::HashMap;

use attain_domain::refusal::{Reason, Refusal, RefusalKind};
use tonic::{Code, Response, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// The domain of every ErrorInfo.
pub const ERROR_DOMAIN: &str = "attain";

/// Most bytes of message and details together. They travel in a header, in base64, and common
/// clients refuse headers of more than 8 kB in all.
const DETAIL_BYTES_MAX: usize = 4_096;

/// Most bytes of the sentence of one violation, and of one variable.
const TEXT_BYTES_MAX: usize = 500;

/// The variable of a gate that names the rows in its way, with `; ` between them. On the wire each is
/// a violation of its own, and the variable is left out.
const ROWS: &str = "rows";

/// How the names of rows begin, with their ids.
const ROW_NAMES: [&str; 3] = ["transaction trx_", "credit crd_", "earning ern_"];

/// The status code of a kind of refusal.
#[must_use]
pub fn code_of(kind: RefusalKind) -> Code {
    match kind {
        RefusalKind::InvalidArgument => Code::InvalidArgument,
        RefusalKind::NotFound => Code::NotFound,
        RefusalKind::AlreadyExists => Code::AlreadyExists,
        RefusalKind::FailedPrecondition => Code::FailedPrecondition,
        RefusalKind::Aborted => Code::Aborted,
        RefusalKind::ResourceExhausted => Code::ResourceExhausted,
        RefusalKind::Unavailable => Code::Unavailable,
        RefusalKind::Internal => Code::Internal,
    }
}

/// A refusal as a status.
#[must_use]
pub fn status_of(refusal: &Refusal) -> Status {
    status_of_all(std::slice::from_ref(refusal))
}

/// Several refusals as one status: the first gives code and reason, each gives a violation as far
/// as there is room. The metadata `refusals` says how many there were.
#[must_use]
pub fn status_of_all(refusals: &[Refusal]) -> Status {
    let Some(first) = refusals.first() else {
        return status_of(&Refusal::new(Reason::Internal, "refused without a reason"));
    };
    let mut details = ErrorDetails::new();
    let mut variables: HashMap<String, String> = HashMap::new();
    for (key, value) in first.details.iter().filter(|(key, _)| **key != ROWS) {
        variables.insert(key.to_string(), shortened(value, TEXT_BYTES_MAX).to_owned());
    }
    if refusals.len() > 1 {
        variables.insert("refusals".to_owned(), refusals.len().to_string());
    }
    let message = first.to_string();
    let message = shortened(&message, TEXT_BYTES_MAX);
    let mut room = DETAIL_BYTES_MAX.saturating_sub(message.len());
    room = variables
        .iter()
        .fold(room, |room, (k, v)| room.saturating_sub(k.len() + v.len()));
    details.set_error_info(first.reason.code(), ERROR_DOMAIN, variables);
    for refusal in refusals {
        let text = shortened(&refusal.text, TEXT_BYTES_MAX);
        let field = refusal
            .field
            .as_deref()
            .map(|field| shortened(field, TEXT_BYTES_MAX));
        let bytes = text.len() + field.map_or(0, str::len) + refusal.reason.code().len();
        if bytes > room {
            break;
        }
        room -= bytes;
        add_violation(&mut details, refusal, field, text, refusals.len() > 1);
    }
    add_rows(&mut details, first, room);
    Status::with_error_details(code_of(first.reason.kind()), message, details)
}

/// Several refusals are told apart by their violations alone, so each of them is one.
fn add_violation(
    details: &mut ErrorDetails,
    refusal: &Refusal,
    field: Option<&str>,
    text: &str,
    is_one_of_many: bool,
) {
    if refusal.reason.kind() == RefusalKind::FailedPrecondition {
        let subject = refusal.details.iter().find(|(key, _)| **key != ROWS);
        let subject = subject.map_or_else(String::new, |(key, value)| {
            format!("{key}/{}", shortened(value, TEXT_BYTES_MAX))
        });
        details.add_precondition_failure_violation(refusal.reason.code(), subject, text);
    }
    if field.is_some() || is_one_of_many {
        details.add_bad_request_violation(field.unwrap_or_default(), text);
    }
}

/// The rows that are in the way of a gate, as far as there is room for them.
fn add_rows(details: &mut ErrorDetails, refusal: &Refusal, mut room: usize) {
    let rows = refusal.details.get(ROWS).map(String::as_str);
    for row in rows_of(rows.unwrap_or_default()) {
        let mut words = row.splitn(3, ' ');
        let kind_and_id = words.next().zip(words.next());
        let subject = kind_and_id.map_or_else(String::new, |(kind, id)| format!("{kind}/{id}"));
        let row = shortened(row, TEXT_BYTES_MAX);
        let bytes = subject.len() + row.len() + refusal.reason.code().len();
        if bytes > room {
            return;
        }
        room -= bytes;
        details.add_precondition_failure_violation(refusal.reason.code(), subject, row);
    }
}

/// The names of rows. A natural key may have the separator in it: only what begins as a name does is
/// one.
fn rows_of(text: &str) -> Vec<&str> {
    let is_start = |at: &usize| ROW_NAMES.iter().any(|name| text[*at..].starts_with(name));
    let after_separators = text
        .match_indices("; ")
        .map(|(at, separator)| at + separator.len());
    let starts: Vec<usize> = std::iter::once(0)
        .chain(after_separators)
        .filter(is_start)
        .collect();
    let ends = starts.iter().skip(1).map(|next| next - "; ".len());
    let ends = ends.chain(std::iter::once(text.len()));
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| &text[*start..end])
        .collect()
}

/// The beginning of a text that fits.
pub(crate) fn shortened(text: &str, bytes_max: usize) -> &str {
    if text.len() <= bytes_max {
        return text;
    }
    let mut end = bytes_max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The answer of a call, or the status of its refusal.
pub(crate) async fn answer<T>(
    work: impl Future<Output = Result<T, Refusal>>,
) -> Result<Response<T>, Status> {
    work.await
        .map(Response::new)
        .map_err(|refusal| status_of(&refusal))
}

#[cfg(test)]
mod tests;
