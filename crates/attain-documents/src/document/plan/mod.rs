//! `kind: plan`: measures, goals, rate tables, factors and components.

mod cells;
mod component;
mod goal;
mod measure;
mod table;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use attain_domain::ids::{CategoryId, FactorId, PlanId, TransactionType};
use attain_domain::plan::{Factor, FactorEntry, NamedGoal, Plan};
use attain_domain::refusal::Refusal;
use attain_domain::time::Date;

use super::leaf::As;
use super::number::Number;
use super::{Mirror, each_inside, is_default, name_or_id, range, unless_id};

use component::ComponentDocument;
pub(crate) use goal::GoalDocument;
use measure::MeasureDocument;
pub(crate) use table::RateTableDocument;

/// A plan: what is added up, what is to be reached, and what is earned.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanDocument {
    /// Its id.
    id: As<PlanId>,
    /// A name for people; the id, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<As<String>>,
    /// Whether one category may count, as a basis of earnings, in two components.
    #[serde(default, skip_serializing_if = "is_default")]
    allow_category_overlap: bool,
    /// What is added up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    measures: Vec<MeasureDocument>,
    /// What is to be reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    goals: Vec<GoalDocument>,
    /// What is paid at which attainment. Several tables of one id have separate dates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rate_tables: Vec<RateTableDocument>,
    /// Dated multipliers that expressions name as `factor.ID`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    factors: Vec<FactorDocument>,
    /// What is earned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    components: Vec<ComponentDocument>,
}

/// A dated multiplier; the first entry that matches the credit gives the value.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FactorDocument {
    /// Its id.
    id: As<FactorId>,
    /// Tried in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    entries: Vec<FactorEntryDocument>,
}

/// One entry of a factor.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FactorEntryDocument {
    /// First credit date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<As<Date>>,
    /// First credit date for which it no longer holds: `to` is exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<As<Date>>,
    /// Only for this type of transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transaction_type: Option<As<TransactionType>>,
    /// Only for this category and those below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<As<CategoryId>>,
    /// The value, such as 1.25.
    value: Number,
}

impl Mirror for PlanDocument {
    type Domain = Plan;

    fn from_domain(plan: &Plan) -> Self {
        let Plan {
            id,
            name,
            allow_category_overlap,
            measures,
            goals,
            rate_tables,
            factors,
            components,
        } = plan;
        let goal = |NamedGoal { id, goal }: &NamedGoal| GoalDocument::named(id, goal);
        Self {
            id: As(id.clone()),
            name: unless_id(name, id.as_str()),
            allow_category_overlap: *allow_category_overlap,
            measures: measures.iter().map(MeasureDocument::from).collect(),
            goals: goals.iter().map(goal).collect(),
            rate_tables: rate_tables.iter().map(RateTableDocument::from).collect(),
            factors: factors.iter().map(FactorDocument::from).collect(),
            components: components.iter().map(ComponentDocument::from).collect(),
        }
    }

    fn into_domain(self) -> Result<Plan, Refusal> {
        let components = each_inside("components", self.components, ComponentDocument::component);
        Ok(Plan {
            name: name_or_id(self.name, self.id.0.as_str()),
            id: self.id.0,
            allow_category_overlap: self.allow_category_overlap,
            measures: each_inside("measures", self.measures, MeasureDocument::measure)?,
            goals: each_inside("goals", self.goals, GoalDocument::goal)?,
            rate_tables: each_inside("rate_tables", self.rate_tables, RateTableDocument::table)?,
            factors: self
                .factors
                .into_iter()
                .map(FactorDocument::factor)
                .collect(),
            components: components?,
        })
    }
}

impl From<&Factor> for FactorDocument {
    fn from(factor: &Factor) -> Self {
        let Factor { id, entries } = factor;
        let entry = |entry: &FactorEntry| {
            let FactorEntry {
                effective,
                transaction_type,
                category,
                value,
            } = entry;
            FactorEntryDocument {
                from: effective.from.map(As),
                to: effective.to.map(As),
                transaction_type: transaction_type.clone().map(As),
                category: category.clone().map(As),
                value: Number(*value),
            }
        };
        Self {
            id: As(id.clone()),
            entries: entries.iter().map(entry).collect(),
        }
    }
}

impl FactorDocument {
    fn factor(self) -> Factor {
        let entry = |entry: FactorEntryDocument| FactorEntry {
            effective: range(entry.from, entry.to),
            transaction_type: entry.transaction_type.map(|leaf| leaf.0),
            category: entry.category.map(|leaf| leaf.0),
            value: entry.value.0,
        };
        Factor {
            id: self.id.0,
            entries: self.entries.into_iter().map(entry).collect(),
        }
    }
}
