//! Every way Attain says no: one stable reason, the field, and a sentence in the caller's words.

use std::collections::BTreeMap;
use std::fmt;

use smol_str::SmolStr;

/// What a caller can do about a refusal; decides the gRPC status and the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusalKind {
    /// The request is wrong whatever the state; correct it.
    InvalidArgument,
    /// What it names does not exist.
    NotFound,
    /// It exists already, with other content.
    AlreadyExists,
    /// The state forbids it now; change the state first.
    FailedPrecondition,
    /// Somebody else was faster; read again and repeat.
    Aborted,
    /// A limit was reached.
    ResourceExhausted,
    /// The store cannot be reached; repeat later.
    Unavailable,
    /// Stored data contradicts itself, or a bug.
    Internal,
}

macro_rules! reasons {
    ($($name:ident = $code:literal, $kind:ident, $meaning:literal;)+) => {
        /// A stable reason code. A reason never changes its meaning and is never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $(#[doc = $meaning] $name,)+
        }

        impl Reason {
            /// Every reason, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The upper-snake code used on the wire, in files and in stores.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// Reads a code back.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$name),)+ _ => None }
            }

            /// What a caller can do about it.
            #[must_use]
            pub fn kind(self) -> RefusalKind {
                match self { $(Self::$name => RefusalKind::$kind,)+ }
            }

            /// What it means, for the documentation of errors.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)+ }
            }
        }
    };
}

reasons! {
    // Values.
    MissingValue = "MISSING_VALUE", InvalidArgument, "A value that is needed is not there.";
    MalformedValue = "MALFORMED_VALUE", InvalidArgument,
        "A value cannot be read as what it should be.";
    UnknownField = "UNKNOWN_FIELD", InvalidArgument,
        "A document or file has a field that means nothing.";
    MalformedFile = "MALFORMED_FILE", InvalidArgument,
        "A file is not what it should be: header, quoting, encoding.";
    LineTooLong = "LINE_TOO_LONG", InvalidArgument, "One line of a file is longer than the limit.";
    OutOfRange = "OUT_OF_RANGE", InvalidArgument, "A number or date is outside of its limits.";
    UnknownCurrency = "UNKNOWN_CURRENCY", InvalidArgument,
        "Not an ISO 4217 currency with a minor unit.";
    // Collecting and crediting, per row.
    UnknownParticipant = "UNKNOWN_PARTICIPANT", InvalidArgument,
        "No participant has this id, or none at that date.";
    PeriodNotOpen = "PERIOD_NOT_OPEN", FailedPrecondition, "The date lies in no open period.";
    MissingCurrencyRate = "MISSING_CURRENCY_RATE", FailedPrecondition,
        "No rate converts this currency at that date.";
    CategoryRequired = "CATEGORY_REQUIRED", InvalidArgument,
        "`do_not_classify` needs a category to be given.";
    UnknownCategory = "UNKNOWN_CATEGORY", InvalidArgument,
        "The category tree has no such category.";
    Unclassified = "UNCLASSIFIED", FailedPrecondition,
        "No category rule matches and there is no default category.";
    NoCreditRule = "NO_CREDIT_RULE", FailedPrecondition, "No credit rule matches the transaction.";
    NoMatchingMeasure = "NO_MATCHING_MEASURE", FailedPrecondition,
        "The credit counts for no measure of the participant's plans.";
    NoPlan = "NO_PLAN", FailedPrecondition, "The participant has no plan at the credit date.";
    // Calculation, per row.
    ValueOutsideTiers = "VALUE_OUTSIDE_TIERS", FailedPrecondition,
        "A value lies outside every tier, or a text matches no row, of a rate table.";
    MissingGoal = "MISSING_GOAL", FailedPrecondition,
        "A goal is needed and there is none, or it is zero.";
    MissingFactor = "MISSING_FACTOR", FailedPrecondition, "No entry of a factor matches.";
    ExpressionFailed = "EXPRESSION_FAILED", FailedPrecondition,
        "An expression could not be evaluated: overflow, division by zero, absent value.";
    Overflow = "OVERFLOW", FailedPrecondition, "A result is larger than the engine's numbers.";
    // Definitions.
    Duplicate = "DUPLICATE", InvalidArgument, "Two things have the same name.";
    UnknownReference = "UNKNOWN_REFERENCE", InvalidArgument,
        "Something that is named does not exist.";
    Cycle = "CYCLE", InvalidArgument, "The hierarchy or tree would contain a cycle.";
    SplitNotWhole = "SPLIT_NOT_WHOLE", InvalidArgument,
        "The revenue splits of a rule do not total 100 percent.";
    TierGap = "TIER_GAP", InvalidArgument, "Tiers leave a gap.";
    TierOverlap = "TIER_OVERLAP", InvalidArgument, "Tiers overlap.";
    TableShape = "TABLE_SHAPE", InvalidArgument, "A rate table has not one value per cell.";
    GoalSumMismatch = "GOAL_SUM_MISMATCH", InvalidArgument,
        "The parts of a goal do not add up to its total.";
    CategoryOverlap = "CATEGORY_OVERLAP", InvalidArgument,
        "A category counts in two components of a plan that forbids it.";
    BadExpression = "BAD_EXPRESSION", InvalidArgument,
        "An expression has an error; line and column are given.";
    BadPlan = "BAD_PLAN", InvalidArgument, "The parts of a plan do not fit together.";
    BadCalendar = "BAD_CALENDAR", InvalidArgument, "Periods overlap, leave gaps or are empty.";
    InUse = "IN_USE", FailedPrecondition, "Something else still refers to it.";
    // Looking things up.
    NotFound = "NOT_FOUND", NotFound, "There is no such record.";
    UnknownWorkspace = "UNKNOWN_WORKSPACE", NotFound, "There is no such workspace.";
    // State.
    RunInProgress = "RUN_IN_PROGRESS", FailedPrecondition,
        "A run over overlapping dates is at work in this workspace.";
    RunEnded = "RUN_ENDED", FailedPrecondition, "The run has ended already.";
    RevertPending = "REVERT_PENDING", FailedPrecondition, "Obsolete rows wait for Revert.";
    CalculationPending = "CALCULATION_PENDING", FailedPrecondition,
        "Changes or reversals wait for a calculation.";
    WrongState = "WRONG_STATE", FailedPrecondition, "The record's state does not allow this.";
    VersionMismatch = "VERSION_MISMATCH", Aborted, "The record was changed since it was read.";
    Contention = "CONTENTION", Aborted, "Concurrent writers kept getting in the way; repeat.";
    RequestIdReused = "REQUEST_ID_REUSED", AlreadyExists,
        "The request id was used before with other content.";
    NothingToPay = "NOTHING_TO_PAY", FailedPrecondition, "A batch would have no lines.";
    NegativeSheet = "NEGATIVE_SHEET", FailedPrecondition,
        "A paysheet would be negative; its lines wait for the next one.";
    OwnApproval = "OWN_APPROVAL", FailedPrecondition, "Nobody approves their own paysheet.";
    // Limits.
    TooMany = "TOO_MANY", ResourceExhausted, "More elements than one request may have.";
    // The store.
    StoreUnavailable = "STORE_UNAVAILABLE", Unavailable, "The store cannot be reached or is busy.";
    StoreFull = "STORE_FULL", ResourceExhausted, "The store has no space left.";
    StoreVersion = "STORE_VERSION", FailedPrecondition,
        "The database was made by another version of the program.";
    StoreCorrupt = "STORE_CORRUPT", Internal, "Stored data contradicts itself.";
    Internal = "INTERNAL", Internal, "A bug.";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A refusal, in the caller's words. Also the stored form of a row's error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{text}", field.as_deref().map(|f| format!("{f}: ")).unwrap_or_default())]
pub struct Refusal {
    /// The stable reason.
    pub reason: Reason,
    /// Path of the field it is about, as the caller wrote it: `components[2].tiers[0].to`.
    pub field: Option<String>,
    /// One sentence for people.
    pub text: String,
    /// The variables of the sentence, for programs.
    pub details: BTreeMap<SmolStr, String>,
}

impl Refusal {
    /// A refusal about no field in particular.
    #[must_use]
    pub fn new(reason: Reason, text: impl Into<String>) -> Self {
        Self {
            reason,
            field: None,
            text: text.into(),
            details: BTreeMap::new(),
        }
    }

    /// The same refusal, about a field.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same refusal with its field seen from one level further out: `tiers[0]` inside
    /// `components[2]` is `components[2].tiers[0]`.
    #[must_use]
    pub fn inside(mut self, outer: &str) -> Self {
        self.field = Some(match self.field {
            None => outer.to_owned(),
            Some(inner) if inner.starts_with('[') => format!("{outer}{inner}"),
            Some(inner) => format!("{outer}.{inner}"),
        });
        self
    }

    /// The same refusal with one more variable.
    #[must_use]
    pub fn with(mut self, key: impl Into<SmolStr>, value: impl ToString) -> Self {
        self.details.insert(key.into(), value.to_string());
        self
    }
}

/// What is wrong with one row, as it is stored with the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The stable reason.
    pub reason: Reason,
    /// One sentence, with the values that matter.
    pub text: String,
}

impl RowError {
    /// An error with its sentence.
    #[must_use]
    pub fn new(reason: Reason, text: impl Into<String>) -> Self {
        Self {
            reason,
            text: text.into(),
        }
    }
}

impl From<Refusal> for RowError {
    fn from(refusal: Refusal) -> Self {
        Self {
            reason: refusal.reason,
            text: refusal.to_string(),
        }
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason, self.text)
    }
}
