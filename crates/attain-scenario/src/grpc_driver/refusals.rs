//! What a server refuses, as the refusals that it had itself.

use attain_client::{ClientError, Refused, proto};
use attain_domain::refusal::{Reason, Refusal};

/// Names of variables: the domain has no other than those it knows.
const DETAILS: [&str; 8] = [
    "credits",
    "transactions",
    "earnings",
    "reversals",
    "missing_dates",
    "smallest_range",
    "current_version",
    "replaced_by",
];

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
        let refusal = Refusal::new(reason, &refused.text);
        return vec![with_details(refusal, &refused.details)];
    }
    let each = refused.fields.iter().map(|violation| {
        let refusal = Refusal::new(reason, &violation.text);
        let refusal = with_details(refusal, &refused.details);
        if violation.field.is_empty() {
            refusal
        } else {
            refusal.at(&violation.field)
        }
    });
    each.collect()
}

/// The variables that scenarios look at.
fn with_details<'a>(
    refusal: Refusal,
    details: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> Refusal {
    let told = details.into_iter();
    told.fold(refusal, |refusal, (name, value)| {
        match DETAILS.into_iter().find(|known| known == name) {
            Some(name) => refusal.with(name, value),
            None => refusal,
        }
    })
}

/// The refusal of one element of a request.
pub(super) fn of_element(refused: &proto::Refusal) -> Refusal {
    let refusal = Refusal::new(reason(&refused.reason), &refused.text);
    let refusal = with_details(refusal, &refused.details);
    if refused.field.is_empty() {
        refusal
    } else {
        refusal.at(&refused.field)
    }
}

/// A reason by its code; one that only a newer server knows is a bug of this program.
pub(super) fn reason(code: &str) -> Reason {
    Reason::from_code(code).unwrap_or(Reason::Internal)
}
