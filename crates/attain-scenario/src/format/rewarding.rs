//! What scenarios say of rewards and of clearing what is owed.

use serde::Deserialize;

/// A reward that is assigned.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RewardStep {
    /// To whom.
    pub participant: String,
    /// How much.
    pub amount: String,
    /// ISO 4217; dollars if absent.
    #[serde(default = "dollars")]
    pub currency: String,
    /// Whether it is owed back.
    #[serde(default)]
    pub recoverable: bool,
    /// `bonus`, `advance`, `repayment` or `adjustment`; what sign and flag say if absent.
    #[serde(default)]
    pub kind: Option<String>,
    /// Its date.
    pub date: String,
    /// Why.
    #[serde(default = "because")]
    pub reason: String,
}

/// A reward of a participant, by what a person sees of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawStep {
    /// Whose.
    pub participant: String,
    /// How much.
    pub amount: String,
    /// Why.
    #[serde(default = "because")]
    pub reason: String,
}

/// Balances that are cleared.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClearStep {
    /// The name that it has in this scenario.
    #[serde(default)]
    pub name: Option<String>,
    /// Whose.
    pub participants: Vec<String>,
    /// From when on nothing is owed.
    #[serde(default)]
    pub date: Option<String>,
    /// Why.
    #[serde(default = "because")]
    pub reason: String,
    /// Only says what it would do.
    #[serde(default)]
    pub preview: bool,
}

/// A clearing that is undone.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UndoStep {
    /// The clearing, by its name in this scenario.
    pub clear: String,
    /// From when on everything is owed again.
    #[serde(default)]
    pub date: Option<String>,
    /// Why.
    #[serde(default = "because")]
    pub reason: String,
}

fn dollars() -> String {
    "USD".to_owned()
}

fn because() -> String {
    "as agreed".to_owned()
}
