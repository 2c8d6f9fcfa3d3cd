//! The measures of a plan document.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use attain_domain::definition::calendar::IntervalKind;
use attain_domain::ids::{CategoryId, ComponentId, GoalId, MeasureId, PlanId, TransactionType};
use attain_domain::plan::{Measure, MeasureSource, MeasureValue, ReportDepth};
use attain_domain::refusal::{Reason, Refusal};

use crate::document::leaf::As;

/// What is added up: of credits, or (with `report_earnings`) the earnings of reports.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MeasureDocument {
    /// Its id; unique in the plan.
    id: As<MeasureId>,
    /// The span it accumulates over: `period`, `quarter` or `year`.
    interval: As<IntervalKind>,
    /// The goal that its attainment is measured against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    goal: Option<As<GoalId>>,
    /// What of each credit is added up: `amount` (the default), `quantity`, or a number computed
    /// for each credit, as `{expression: …}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<ValueDocument>,
    /// Categories that count, with those below them; every credit, if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    categories: Vec<As<CategoryId>>,
    /// Types of transactions that count; all, if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    transaction_types: Vec<As<TransactionType>>,
    /// Whether it is a basis of earnings (the default), or only steers rates and gates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    earning_basis: Option<bool>,
    /// Adds up first-phase earnings of reports instead of credits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    report_earnings: Option<ReportEarningsDocument>,
}

/// What of a credit is added up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ValueDocument {
    /// The amount, in operating currency.
    Amount,
    /// The quantity.
    Quantity,
    /// A number computed for each credit.
    Expression(As<String>),
}

/// Whose earnings are added up.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReportEarningsDocument {
    /// `direct` reports, or `all` below.
    depth: As<ReportDepth>,
    /// Components that count; all first-phase ones, if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    components: Vec<PlanComponent>,
}

/// A component of a plan.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PlanComponent {
    /// The plan.
    plan: As<PlanId>,
    /// The component.
    component: As<ComponentId>,
}

impl From<&Measure> for MeasureDocument {
    fn from(measure: &Measure) -> Self {
        let Measure {
            id,
            source,
            interval,
            goal,
        } = measure;
        let mut document = Self {
            id: As(id.clone()),
            interval: As(*interval),
            goal: goal.clone().map(As),
            value: None,
            categories: Vec::new(),
            transaction_types: Vec::new(),
            earning_basis: None,
            report_earnings: None,
        };
        match source {
            MeasureSource::Credits {
                value,
                categories,
                transaction_types,
                earning_basis,
            } => {
                let value = ValueDocument::from(value);
                document.value = (value != ValueDocument::Amount).then_some(value);
                document.categories = categories.iter().cloned().map(As).collect();
                document.transaction_types = transaction_types.iter().cloned().map(As).collect();
                document.earning_basis = (!earning_basis).then_some(false);
            }
            MeasureSource::ReportEarnings { components, depth } => {
                let component = |(plan, component): &(PlanId, ComponentId)| PlanComponent {
                    plan: As(plan.clone()),
                    component: As(component.clone()),
                };
                document.report_earnings = Some(ReportEarningsDocument {
                    depth: As(*depth),
                    components: components.iter().map(component).collect(),
                });
            }
        }
        document
    }
}

impl From<&MeasureValue> for ValueDocument {
    fn from(value: &MeasureValue) -> Self {
        match value {
            MeasureValue::Amount => Self::Amount,
            MeasureValue::Quantity => Self::Quantity,
            MeasureValue::Expression(text) => Self::Expression(As(text.clone())),
        }
    }
}

impl MeasureDocument {
    pub(crate) fn measure(self) -> Result<Measure, Refusal> {
        self.refuse_mixed_sources()?;
        let source = match self.report_earnings {
            Some(of) => MeasureSource::ReportEarnings {
                components: of
                    .components
                    .into_iter()
                    .map(|one| (one.plan.0, one.component.0))
                    .collect(),
                depth: of.depth.0,
            },
            None => MeasureSource::Credits {
                value: match self.value {
                    None | Some(ValueDocument::Amount) => MeasureValue::Amount,
                    Some(ValueDocument::Quantity) => MeasureValue::Quantity,
                    Some(ValueDocument::Expression(As(text))) => MeasureValue::Expression(text),
                },
                categories: self.categories.into_iter().map(|leaf| leaf.0).collect(),
                transaction_types: self
                    .transaction_types
                    .into_iter()
                    .map(|leaf| leaf.0)
                    .collect(),
                earning_basis: self.earning_basis.unwrap_or(true),
            },
        };
        Ok(Measure {
            id: self.id.0,
            source,
            interval: self.interval.0,
            goal: self.goal.map(|leaf| leaf.0),
        })
    }

    fn refuse_mixed_sources(&self) -> Result<(), Refusal> {
        let of_credits = [
            ("value", self.value.is_some()),
            ("categories", !self.categories.is_empty()),
            ("transaction_types", !self.transaction_types.is_empty()),
            ("earning_basis", self.earning_basis.is_some()),
        ];
        let mixed = of_credits.iter().find(|(_, given)| *given);
        match (&self.report_earnings, mixed) {
            (Some(_), Some((field, _))) => {
                let text = "is about credits; a measure with `report_earnings` has none";
                Err(Refusal::new(Reason::MalformedValue, text).at(*field))
            }
            (Some(_) | None, _) => Ok(()),
        }
    }
}
