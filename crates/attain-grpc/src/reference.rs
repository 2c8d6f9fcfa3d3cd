//! The documentation of errors, written from the reasons themselves.

use attain_domain::refusal::Reason;

use crate::status::code_of;

/// What stands above the table.
const HEAD: &str = "\
# Errors

Every refusal has one reason. A reason never changes its meaning and is never reused; new
ones are added. Over gRPC a refusal is a status with exactly one `google.rpc.ErrorInfo`: its
domain is `attain`, its reason is one of these, its metadata are the variables of the
sentence. `google.rpc.BadRequest` names the field where there is one,
`google.rpc.PreconditionFailure` what has to change first, row by row where rows are in the way.
Rows of imports, adjustments, runs and batches carry the same reasons without stopping the rest.

Only `UNAVAILABLE` is worth repeating as it is; after `ABORTED`, read again first. What the
transport itself refuses (an unknown method, a message that is too large, a deadline) has no
ErrorInfo.

Written from the code by `cargo run -p attain-grpc --example errors > docs/ERRORS.md`.

| reason | gRPC status | meaning |
|---|---|---|
";

/// The text of `docs/ERRORS.md`.
#[must_use]
pub fn error_reference() -> String {
    let mut text = String::from(HEAD);
    for reason in Reason::ALL {
        let status = format!("{:?}", code_of(reason.kind()));
        let status = upper_snake(&status);
        text.push_str(&format!(
            "| `{reason}` | `{status}` | {} |\n",
            reason.meaning()
        ));
    }
    text
}

/// `FailedPrecondition` as it is spelled in the protocol.
fn upper_snake(camel: &str) -> String {
    let mut text = String::new();
    for letter in camel.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}
