//! How a command ends when it does not end well.

use std::process::ExitCode;

use attain_domain::refusal::{Reason, Refusal, RefusalKind};

/// Why a command stops.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Attain says no.
    Refused(Vec<Refusal>),
    /// Something is different from what was expected; it has been printed.
    Different,
    /// Done, but some rows are in error; they have been printed.
    RowsInError,
    /// A file, or the terminal.
    Other(anyhow::Error),
}

impl Failure {
    /// The documented exit code.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Refused(refusals) => match refusals.first().map(|r| r.reason) {
                Some(Reason::StoreFull | Reason::StoreVersion) => ExitCode::from(4),
                Some(reason) => match reason.kind() {
                    RefusalKind::Unavailable | RefusalKind::Internal => ExitCode::from(4),
                    RefusalKind::InvalidArgument
                    | RefusalKind::NotFound
                    | RefusalKind::AlreadyExists
                    | RefusalKind::FailedPrecondition
                    | RefusalKind::Aborted
                    | RefusalKind::ResourceExhausted => ExitCode::from(1),
                },
                None => ExitCode::from(1),
            },
            Self::Different | Self::Other(_) => ExitCode::from(1),
            Self::RowsInError => ExitCode::from(3),
        }
    }

    /// Says it on standard error.
    pub(crate) fn report(&self) {
        match self {
            Self::Refused(refusals) => {
                for refusal in refusals {
                    eprintln!("error: {refusal} [{}]", refusal.reason);
                    rows_of(refusal).iter().for_each(|row| eprintln!("  {row}"));
                }
            }
            Self::Other(error) => eprintln!("error: {error:#}"),
            Self::Different | Self::RowsInError => {}
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

impl From<Vec<Refusal>> for Failure {
    fn from(refusals: Vec<Refusal>) -> Self {
        Self::Refused(refusals)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.into())
    }
}

/// The rows that are in the way of a gate, by name.
fn rows_of(refusal: &Refusal) -> Vec<String> {
    let Some(rows) = refusal.details.get("rows") else {
        return Vec::new();
    };
    // A natural key may have the separator in it: only what begins as a name does is one.
    let names = ["transaction trx_", "credit crd_", "earning ern_"];
    let apart = names.iter().fold(rows.clone(), |rows, name| {
        rows.replace(&format!("; {name}"), &format!("\n{name}"))
    });
    apart.lines().map(str::to_owned).collect()
}
