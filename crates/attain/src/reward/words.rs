//! A reward as texts: the options of the command line, and the columns of a file.

use attain_documents::table::ImportRow;
use attain_domain::ids::{ComponentId, ParticipantId, PlanId};
use attain_domain::money::Currency;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::reward::RewardKind;
use attain_domain::rewarding::NewReward;

use crate::adjust::words::{given, malformed, money, name, truth};
use crate::session::date;

/// A reward that is to be assigned. An empty text is as good as none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RewardWords {
    pub(super) participant: Option<String>,
    pub(super) amount: Option<String>,
    pub(super) recoverable: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) date: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) plan: Option<String>,
    pub(super) component: Option<String>,
}

impl ImportRow for RewardWords {
    const COLUMNS: &'static [&'static str] = &[
        "participant",
        "amount",
        "recoverable",
        "kind",
        "date",
        "reason",
        "plan",
        "component",
    ];
    const NEEDED: &'static [&'static str] = &["participant", "amount", "date", "reason"];
    const HAS_ATTRIBUTES: bool = false;

    fn set(&mut self, column: usize, text: String) {
        let fields = [
            &mut self.participant,
            &mut self.amount,
            &mut self.recoverable,
            &mut self.kind,
            &mut self.date,
            &mut self.reason,
            &mut self.plan,
            &mut self.component,
        ];
        if let Some(field) = fields.into_iter().nth(column) {
            *field = Some(text);
        }
    }

    fn set_attribute(&mut self, _: &str, _: String) {}
}

impl RewardWords {
    /// The reward that they name; amounts without a currency are in `usual`.
    ///
    /// # Errors
    /// `MISSING_VALUE`, `MALFORMED_VALUE`, `OUT_OF_RANGE`, `UNKNOWN_CURRENCY`.
    pub(super) fn reward(&self, usual: Currency) -> Result<NewReward, Refusal> {
        let participant = needed("participant", self.participant.as_ref())?;
        let amount = needed("amount", self.amount.as_ref())?;
        let day = needed("date", self.date.as_ref())?;
        let recoverable = given(self.recoverable.as_ref(), |text| truth("recoverable", text))?;
        let component = match (&self.plan, &self.component) {
            (None, None) => None,
            (plan, component) => Some((
                name("plan", needed("plan", plan.as_ref())?, PlanId::parse)?,
                name(
                    "component",
                    needed("component", component.as_ref())?,
                    ComponentId::parse,
                )?,
            )),
        };
        Ok(NewReward {
            participant: name("participant", participant, ParticipantId::parse)?,
            amount: money("amount", amount, usual)?,
            recoverable: recoverable.unwrap_or(false),
            kind: given(self.kind.as_ref(), kind)?,
            component,
            date: date("date", day)?,
            reason: self.reason.clone().unwrap_or_default(),
        })
    }
}

fn needed<'a>(field: &str, text: Option<&'a String>) -> Result<&'a str, Refusal> {
    let text = text.map(|text| text.trim()).filter(|text| !text.is_empty());
    text.ok_or_else(|| Refusal::new(Reason::MissingValue, "is needed").at(field))
}

fn kind(text: &str) -> Result<RewardKind, Refusal> {
    RewardKind::from_name(text).ok_or_else(|| {
        let text = format!("`{text}` is not bonus, advance, repayment or adjustment");
        malformed("kind", text)
    })
}
