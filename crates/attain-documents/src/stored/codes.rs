//! The words under which the domain's closed sets are stored. A word never changes its meaning.

use attain_domain::activity::{ActivityAction, RecordKind};
use attain_domain::credit::{CreditKind, LeftBecause};
use attain_domain::definition::DefinitionKind;
use attain_domain::payment::{BatchStatus, LineKind, PaysheetStatus};
use attain_domain::refusal::Reason;
use attain_domain::reward::{RewardKind, SettlementStep};
use attain_domain::run::{LogLevel, Process, RunStatus};

/// A value of a closed set that SQL stores keep as a word.
pub trait Code: Copy {
    /// The word.
    fn code(self) -> &'static str;

    /// What a word means; none for one that means nothing.
    fn from_code(code: &str) -> Option<Self>;
}

macro_rules! codes {
    ($($type:ty { $($variant:ident = $code:literal,)+ })+) => {$(
        impl Code for $type {
            fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    )+};
}

codes! {
    // Their alphabetical order is their order in the domain; keys are sorted by it.
    CreditKind {
        Direct = "direct",
        Indirect = "indirect",
        Team = "team",
    }
    LeftBecause {
        Adjusted = "adjusted",
        Recredited = "recredited",
        Cancelled = "cancelled",
        Recalculated = "recalculated",
        CalculationDeleted = "calculation_deleted",
        PlanDeleted = "plan_deleted",
    }
    BatchStatus {
        Building = "building",
        Unpaid = "unpaid",
        Frozen = "frozen",
        Paying = "paying",
        Paid = "paid",
        Deleting = "deleting",
    }
    PaysheetStatus {
        Unpaid = "unpaid",
        Locked = "locked",
        Submitted = "submitted",
        Approved = "approved",
        Paid = "paid",
    }
    LineKind {
        Earning = "earning",
        Reversal = "reversal",
    }
    RewardKind {
        Bonus = "bonus",
        Advance = "advance",
        Repayment = "repayment",
        Adjustment = "adjustment",
    }
    SettlementStep {
        Draw = "draw",
        DrawTakenBack = "draw_taken_back",
        Recovery = "recovery",
        PayCap = "pay_cap",
    }
    Process {
        Revert = "revert",
        Classify = "classify",
        Credit = "credit",
        RollUp = "roll_up",
        Calculate = "calculate",
        RunAll = "run_all",
    }
    RunStatus {
        Queued = "queued",
        Running = "running",
        Succeeded = "succeeded",
        SucceededWithErrors = "succeeded_with_errors",
        Failed = "failed",
        Cancelled = "cancelled",
    }
    LogLevel {
        Info = "info",
        Error = "error",
    }
    ActivityAction {
        Created = "created",
        Updated = "updated",
        Deleted = "deleted",
    }
    RecordKind {
        Definition = "definition",
        Transaction = "transaction",
        Credit = "credit",
        Earning = "earning",
        Batch = "batch",
        Paysheet = "paysheet",
        PaymentLine = "payment_line",
        Reward = "reward",
        Clear = "clear",
        ClearUndo = "clear_undo",
        Run = "run",
        Calculation = "calculation",
    }
}

impl Code for Reason {
    fn code(self) -> &'static str {
        Reason::code(self)
    }

    fn from_code(code: &str) -> Option<Self> {
        Reason::from_code(code)
    }
}

impl Code for DefinitionKind {
    fn code(self) -> &'static str {
        self.name()
    }

    fn from_code(code: &str) -> Option<Self> {
        Self::from_name(code)
    }
}
