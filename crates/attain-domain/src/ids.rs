//! Typed identifiers: names that people choose, and ids that we make. No meaning beyond identity.

use std::fmt;

use smol_str::SmolStr;
use uuid::Uuid;

/// Longest name that people may give to anything, in bytes.
pub const NAME_BYTES_MAX: usize = 100;

/// Why a text is not a name or an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing was given.
    #[error("must not be empty")]
    Empty,
    /// Longer than [`NAME_BYTES_MAX`].
    #[error("has {bytes} bytes, the limit is {NAME_BYTES_MAX}")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// A control character, or a space at either end.
    #[error("must not start or end with a space, or contain control characters")]
    BadCharacter,
    /// Not `prefix_` and 32 hexadecimal digits.
    #[error("must be `{prefix}_` followed by 32 hexadecimal digits")]
    NotAnId {
        /// The prefix of this kind of id.
        prefix: &'static str,
    },
}

fn check_name(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > NAME_BYTES_MAX {
        return Err(IdError::TooLong { bytes: text.len() });
    }
    if text.trim() != text || text.chars().any(char::is_control) {
        return Err(IdError::BadCharacter);
    }
    Ok(())
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(SmolStr);

        impl $name {
            /// Checks length and characters; the only way in.
            ///
            /// # Errors
            /// See [`IdError`].
            pub fn parse(text: &str) -> Result<Self, IdError> {
                check_name(text)?;
                Ok(Self(SmolStr::new(text)))
            }

            /// The text as it was given.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }

            /// The text, shared.
            #[must_use]
            pub fn text(&self) -> SmolStr {
                self.0.clone()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

names! {
    /// The tenant.
    WorkspaceId;
    /// A person who is paid, by the name the customer's systems use.
    ParticipantId;
    /// People credited together.
    TeamId;
    /// A node of the category tree.
    CategoryId;
    /// A plan, through all its versions.
    PlanId;
    /// A component of a plan; unique in its plan.
    ComponentId;
    /// A measure; unique in its plan.
    MeasureId;
    /// A goal; unique in its plan.
    GoalId;
    /// A rate table; unique in its plan.
    RateTableId;
    /// A set of credit rules.
    RuleSetId;
    /// A credit rule or category rule; unique in its set.
    RuleId;
    /// A factor named in expressions; unique in its plan.
    FactorId;
    /// A pay calendar period, such as `2026-01`.
    PeriodId;
    /// A span a measure accumulates over, such as `2026-01`, `2026-Q1` or `2026`.
    IntervalId;
    /// Participants who are paid together.
    PayGroupId;
    /// A payment plan: what somebody is paid at least, and how that is recovered.
    PaymentPlanId;
    /// What kind of event a transaction is: `ORDER`, `INVOICE`, …
    TransactionType;
    /// The source system's number of a transaction.
    SourceNumber;
    /// A typed attribute of transactions or participants.
    AttributeName;
    /// Who did something: a user, a service, a process.
    ActorId;
    /// The caller's own id of a write, so that a repeat gets the first answer.
    RequestId;
    /// The id of a definition, whatever its kind.
    DefinitionId;
    /// Who works on runs: one of a process, of a machine.
    WorkerId;
}

macro_rules! uuids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl $name {
            /// The prefix of its text form.
            pub const PREFIX: &'static str = $prefix;

            /// Reads the text form, `prefix_` and 32 hexadecimal digits.
            ///
            /// # Errors
            /// [`IdError::NotAnId`] for anything else.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .filter(|digits| digits.len() == 32)
                    .and_then(|digits| Uuid::try_parse(digits).ok())
                    .map(Self)
                    .ok_or(IdError::NotAnId { prefix: $prefix })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, self.0.simple())
            }
        }
    )+};
}

uuids! {
    /// One version of a transaction.
    TransactionId = "trx";
    /// One version of a credit.
    CreditId = "crd";
    /// A credit through all its versions.
    LineageId = "lin";
    /// An earning or a reversal.
    EarningId = "ern";
    /// One run of the calculation for a period.
    CalculationId = "cal";
    /// A process run.
    RunId = "run";
    /// A payment batch.
    BatchId = "bat";
    /// A paysheet.
    PaysheetId = "sht";
    /// A payment line.
    LineId = "lne";
    /// A reward.
    RewardId = "rwd";
    /// The clearing of an owed balance.
    ClearId = "clr";
    /// The undoing of a clearing.
    ClearUndoId = "cud";
    /// A piece of the work list.
    WorkItemId = "wrk";
    /// An entry of the activity log.
    ActivityId = "act";
    /// A chunk of a run.
    ChunkId = "chk";
}

#[cfg(test)]
mod tests;
