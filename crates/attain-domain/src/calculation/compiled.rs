//! Plans ready to be calculated: names resolved, expressions compiled, categories spelled out.

use std::collections::BTreeSet;

use super::factor::{CompiledFactor, within};
use super::names::{BoundProgram, Lexicon, Name};
use super::table::CompiledTable;
use crate::credit::{Credit, CreditKind};
use crate::definition::DefinitionSet;
use crate::definition::calendar::IntervalKind;
use crate::ids::{CategoryId, ComponentId, GoalId, MeasureId, PlanId, TransactionType};
use crate::plan::{
    Basis, Component, DimensionInput, Goal, IndirectCredits, Limit, Measure, MeasureSource,
    MeasureValue, NamedGoal, Phase, Plan, RateTable, ReportDepth,
};
use crate::refusal::{Reason, Refusal};
use crate::time::DateRange;

#[derive(Clone, Debug)]
pub(super) enum CompiledValue {
    Amount,
    Quantity,
    Program(BoundProgram),
}

#[derive(Clone, Debug)]
pub(super) enum CompiledSource {
    Credits {
        value: CompiledValue,
        /// None is every category.
        categories: Option<BTreeSet<CategoryId>>,
        /// Empty is every type.
        types: Vec<TransactionType>,
    },
    ReportEarnings {
        /// Empty is every one.
        components: Vec<(PlanId, ComponentId)>,
        depth: ReportDepth,
    },
}

#[derive(Clone, Debug)]
pub(super) struct CompiledMeasure {
    pub(super) id: MeasureId,
    pub(super) kind: IntervalKind,
    pub(super) goal: Option<GoalId>,
    pub(super) source: CompiledSource,
}

impl CompiledMeasure {
    /// Whether the credit counts, its kind aside.
    pub(super) fn counts(&self, credit: &Credit) -> bool {
        match &self.source {
            CompiledSource::ReportEarnings { .. } => false,
            CompiledSource::Credits {
                categories, types, ..
            } => {
                let in_category = categories.as_ref().is_none_or(|wanted| {
                    credit.category.as_ref().is_some_and(|c| wanted.contains(c))
                });
                in_category && (types.is_empty() || types.contains(&credit.key.kind))
            }
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct CompiledThreshold {
    /// By its number in the component.
    pub(super) measure: usize,
    pub(super) percent: rust_decimal::Decimal,
}

#[derive(Clone, Debug)]
pub(super) struct CompiledComponent {
    pub(super) id: ComponentId,
    pub(super) effective: DateRange,
    /// The first one's credits make the earnings of a per-event component.
    pub(super) measures: Vec<CompiledMeasure>,
    pub(super) basis: Basis,
    pub(super) each: bool,
    pub(super) interval: IntervalKind,
    pub(super) indirect: IndirectCredits,
    /// The rate is applied to this measure, by its number.
    pub(super) input: Option<usize>,
    /// The versions of the rate table.
    pub(super) tables: Vec<CompiledTable>,
    pub(super) output: Option<BoundProgram>,
    pub(super) uses_target: bool,
    pub(super) threshold: Option<CompiledThreshold>,
    pub(super) cap: Option<Limit>,
    pub(super) floor: Option<Limit>,
    pub(super) instalments: u16,
    pub(super) pays_leavers: bool,
    pub(super) phase: Phase,
}

impl CompiledComponent {
    /// Whether credits of a kind count.
    pub(super) fn wants(&self, kind: CreditKind) -> bool {
        match (kind, self.indirect) {
            (CreditKind::Direct, _) | (_, IndirectCredits::All) => true,
            (CreditKind::Indirect, wanted) => wanted == IndirectCredits::Manager,
            (CreditKind::Team, wanted) => wanted == IndirectCredits::Team,
        }
    }

    /// The programs of its measures.
    pub(super) fn measure_programs(&self) -> impl Iterator<Item = &BoundProgram> {
        self.measures
            .iter()
            .filter_map(|measure| match &measure.source {
                CompiledSource::Credits {
                    value: CompiledValue::Program(program),
                    ..
                } => Some(program),
                CompiledSource::Credits { .. } | CompiledSource::ReportEarnings { .. } => None,
            })
    }

    /// Whether it reads of a transaction what its credits do not carry.
    pub(super) fn reads_transactions(&self) -> bool {
        let is_of_transaction = |name: &Name| matches!(name, Name::Transaction(_));
        let mut programs = self.measure_programs().chain(&self.output);
        programs.any(|program| program.names().iter().any(is_of_transaction))
            || self.tables.iter().any(CompiledTable::reads_transactions)
    }
}

#[derive(Clone, Debug)]
pub(super) struct CompiledPlan {
    pub(super) id: PlanId,
    pub(super) version: u32,
    pub(super) goals: Vec<NamedGoal>,
    pub(super) factors: Vec<CompiledFactor>,
    pub(super) components: Vec<CompiledComponent>,
}

impl CompiledPlan {
    /// The goal of a name.
    pub(super) fn goal(&self, id: &GoalId) -> Option<&Goal> {
        self.goals
            .iter()
            .find(|named| named.id == *id)
            .map(|named| &named.goal)
    }
}

/// The measures of a component: those it lists, then those its rate table and threshold name.
pub(super) fn measures_of(component: &Component, plan: &Plan) -> Vec<MeasureId> {
    let mut measures = component.measures.clone();
    let mut use_also = |id: &MeasureId| {
        if !measures.contains(id) {
            measures.push(id.clone());
        }
    };
    if let Some(usage) = &component.rate {
        use_also(&usage.input);
        for table in plan
            .rate_tables
            .iter()
            .filter(|table| table.id == usage.table)
        {
            for dimension in &table.dimensions {
                match &dimension.input {
                    DimensionInput::Value(id) | DimensionInput::PercentOfGoal(id) => use_also(id),
                    DimensionInput::Text(_) => {}
                }
            }
        }
    }
    if let Some(threshold) = &component.threshold {
        use_also(&threshold.measure);
    }
    measures
}

/// The names that a component's output and text dimensions may use.
pub(super) fn lexicon_of(component: &Component, plan: &Plan, set: &DefinitionSet) -> Lexicon {
    let lexicon = match component.basis {
        Basis::PerEvent { .. } => Lexicon::of_credit(set, plan),
        Basis::PerInterval { .. } => Lexicon::of_interval(set, plan),
    };
    lexicon.with_measures(&measures_of(component, plan), component.rate.is_some())
}

/// The versions of a rate table, as a component uses them. Those that do not fit are left out.
pub(super) fn tables_of<'t>(
    component: &Component,
    plan: &Plan,
    set: &DefinitionSet,
    tables: impl Iterator<Item = &'t RateTable>,
) -> Vec<CompiledTable> {
    let Some(usage) = &component.rate else {
        return Vec::new();
    };
    let lexicon = lexicon_of(component, plan, set);
    let measures = measures_of(component, plan);
    tables
        .filter(|table| table.id == usage.table)
        .filter_map(|table| CompiledTable::new(table, usage, &measures, &lexicon, &set.categories))
        .collect()
}

/// Compiles a plan that has passed the other checks. What is refused is in its expressions.
pub(super) fn compile_plan(
    plan: &Plan,
    version: u32,
    set: &DefinitionSet,
) -> Result<CompiledPlan, Vec<Refusal>> {
    let mut refusals = Vec::new();
    let measures = compile_measures(plan, set, &mut refusals);
    let mut components = Vec::new();
    for (index, component) in plan.components.iter().enumerate() {
        let field = format!("components[{index}].output");
        let output = component.output.as_ref().and_then(|source| {
            let lexicon = lexicon_of(component, plan, set);
            compiled(source, &lexicon, field, plan, &mut refusals)
        });
        components.extend(compile_component(component, plan, set, &measures, output));
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    Ok(CompiledPlan {
        id: plan.id.clone(),
        version,
        goals: plan.goals.clone(),
        factors: plan
            .factors
            .iter()
            .map(|f| CompiledFactor::new(f, &set.categories))
            .collect(),
        components,
    })
}

fn compiled(
    source: &str,
    lexicon: &Lexicon,
    field: String,
    plan: &Plan,
    refusals: &mut Vec<Refusal>,
) -> Option<BoundProgram> {
    match BoundProgram::compile(source, lexicon) {
        Ok(program) => Some(program),
        Err(error) => {
            let refusal = Refusal::new(
                Reason::BadExpression,
                format!("plan `{}`: {error}", plan.id),
            )
            .at(field)
            .with("plan", &plan.id)
            .with("line", error.line)
            .with("column", error.column);
            refusals.push(refusal);
            None
        }
    }
}

fn compile_measures(
    plan: &Plan,
    set: &DefinitionSet,
    refusals: &mut Vec<Refusal>,
) -> Vec<CompiledMeasure> {
    let lexicon = Lexicon::of_credit(set, plan);
    let mut measures = Vec::new();
    for (index, measure) in plan.measures.iter().enumerate() {
        let source = match &measure.source {
            MeasureSource::Credits {
                value,
                categories,
                transaction_types,
                ..
            } => {
                let value = match value {
                    MeasureValue::Amount => CompiledValue::Amount,
                    MeasureValue::Quantity => CompiledValue::Quantity,
                    MeasureValue::Expression(source) => {
                        let field = format!("measures[{index}].value");
                        match compiled(source, &lexicon, field, plan, refusals) {
                            Some(program) => CompiledValue::Program(program),
                            None => continue,
                        }
                    }
                };
                let all = categories.is_empty();
                CompiledSource::Credits {
                    value,
                    categories: (!all).then(|| within(&set.categories, categories)),
                    types: transaction_types.clone(),
                }
            }
            MeasureSource::ReportEarnings { components, depth } => CompiledSource::ReportEarnings {
                components: components.clone(),
                depth: *depth,
            },
        };
        measures.push(compiled_measure(measure, source));
    }
    measures
}

fn compiled_measure(measure: &Measure, source: CompiledSource) -> CompiledMeasure {
    CompiledMeasure {
        id: measure.id.clone(),
        kind: measure.interval,
        goal: measure.goal.clone(),
        source,
    }
}

/// `None` when it names a measure that is not there; checks have said so then.
fn compile_component(
    component: &Component,
    plan: &Plan,
    set: &DefinitionSet,
    measures: &[CompiledMeasure],
    output: Option<BoundProgram>,
) -> Option<CompiledComponent> {
    let ids = measures_of(component, plan);
    let number = |id: &MeasureId| ids.iter().position(|measure| measure == id);
    let compiled: Option<Vec<CompiledMeasure>> = ids
        .iter()
        .map(|id| measures.iter().find(|measure| measure.id == *id).cloned())
        .collect();
    let threshold = match &component.threshold {
        None => None,
        Some(threshold) => Some(CompiledThreshold {
            measure: number(&threshold.measure)?,
            percent: threshold.percent,
        }),
    };
    let by_target = |limit: &Option<Limit>| matches!(limit, Some(Limit::PercentOfTarget(_)));
    let names_target = output
        .as_ref()
        .is_some_and(|p| p.names().contains(&Name::Target));
    let each = match component.basis {
        Basis::PerEvent { running_total } => {
            !running_total || component.rounding == crate::plan::EarningRounding::EachEarning
        }
        Basis::PerInterval { .. } => false,
    };
    Some(CompiledComponent {
        id: component.id.clone(),
        effective: component.effective,
        measures: compiled?,
        basis: component.basis,
        each,
        interval: component.interval,
        indirect: component.indirect,
        input: component
            .rate
            .as_ref()
            .and_then(|usage| number(&usage.input)),
        tables: tables_of(component, plan, set, plan.rate_tables.iter()),
        output,
        uses_target: names_target || by_target(&component.cap) || by_target(&component.floor),
        threshold,
        cap: component.cap,
        floor: component.floor,
        instalments: component.instalments.max(1),
        pays_leavers: component.pays_leavers,
        phase: component.phase,
    })
}
