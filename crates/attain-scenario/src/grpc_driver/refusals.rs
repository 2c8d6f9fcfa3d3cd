//! What a server refuses, as the refusals that it had itself.

use attain_client::{ClientError, Refused};
use attain_domain::refusal::{Reason, Refusal};

/// The refusals of one answer. Of several, the wire has the reason of the first only.
pub(super) fn refusals(error: ClientError) -> Vec<Refusal> {
    if let ClientError::Refused(refused) = &error {
        return of_answer(refused);
    }
    let reason = if error.is_retryable() {
        Reason::StoreUnavailable
    } else {
        Reason::Internal
    };
    vec![Refusal::new(reason, error.to_string())]
}

/// The first refusal of an answer.
pub(super) fn refusal(error: ClientError) -> Refusal {
    let first = refusals(error).into_iter().next();
    first.unwrap_or_else(|| Refusal::new(Reason::Internal, "refused without a reason"))
}

fn of_answer(refused: &Refused) -> Vec<Refusal> {
    let reason = reason(&refused.reason);
    if refused.fields.is_empty() {
        return vec![Refusal::new(reason, &refused.text)];
    }
    let each = refused.fields.iter().map(|violation| {
        let refusal = Refusal::new(reason, &violation.text);
        if violation.field.is_empty() {
            refusal
        } else {
            refusal.at(&violation.field)
        }
    });
    each.collect()
}

/// A reason by its code; one that only a newer server knows is a bug of this program.
pub(super) fn reason(code: &str) -> Reason {
    Reason::from_code(code).unwrap_or(Reason::Internal)
}
