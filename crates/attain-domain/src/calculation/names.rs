//! The names that expressions and text dimensions may use, and what they stand for in a row.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use smol_str::{SmolStr, ToSmolStr, format_smolstr};

use super::draft::CreditInput;
use super::factor::CompiledFactor;
use crate::credit::{Credit, CreditKind};
use crate::definition::{DefinitionSet, Participant};
use crate::earning::MeasureTrace;
use crate::expression::{EvaluationError, ExpressionError, Program, Scope, Value, ValueType};
use crate::ids::{AttributeName, FactorId, MeasureId};
use crate::money::divide;
use crate::plan::Plan;
use crate::refusal::{Reason, RowError};
use crate::time::Date;
use crate::transaction::Transaction;

/// What of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Value,
    Before,
    Total,
    Goal,
    Attainment,
}

/// What of a credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CreditName {
    Amount,
    Quantity,
    Percent,
    Category,
    Kind,
    TransactionNumber,
    TransactionType,
}

/// What of a transaction that its credits do not carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TransactionName {
    Date,
    Amount,
    Quantity,
    Attribute(AttributeName),
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Credit(CreditName),
    Transaction(TransactionName),
    ParticipantId,
    Participant(AttributeName),
    /// By its number in the plan.
    Factor(usize),
    /// By its number in the component.
    Measure(usize, Part),
    Rate,
    Commission,
    Target,
}

/// Names with their types and meanings.
#[derive(Clone, Debug, Default)]
pub(super) struct Lexicon {
    pub(super) scope: Scope,
    meanings: BTreeMap<SmolStr, Name>,
}

impl Lexicon {
    fn define(&mut self, name: impl Into<SmolStr>, value_type: ValueType, meaning: Name) {
        let name = name.into();
        self.scope.insert(name.clone(), value_type);
        self.meanings.insert(name, meaning);
    }

    /// What a name stands for, if it is a text.
    pub(super) fn text(&self, name: &str) -> Option<&Name> {
        let is_text = self.scope.type_of(name) == Some(ValueType::Text);
        self.meanings.get(name).filter(|_| is_text)
    }

    /// The names of participants and factors.
    pub(super) fn of_interval(set: &DefinitionSet, plan: &Plan) -> Self {
        let mut lexicon = Self::default();
        let mut known: BTreeMap<&AttributeName, ValueType> = BTreeMap::new();
        for participant in set.participants.values() {
            for (name, value) in &participant.attributes {
                known.entry(name).or_insert(value.value_type());
            }
        }
        for (name, value_type) in known {
            let meaning = Name::Participant(name.clone());
            lexicon.define(format_smolstr!("participant.{name}"), value_type, meaning);
        }
        lexicon.define("participant.id", ValueType::Text, Name::ParticipantId);
        for (number, factor) in plan.factors.iter().enumerate() {
            let meaning = Name::Factor(number);
            lexicon.define(
                format_smolstr!("factor.{}", factor.id),
                ValueType::Number,
                meaning,
            );
        }
        lexicon
    }

    /// The names of credits and their transactions as well.
    pub(super) fn of_credit(set: &DefinitionSet, plan: &Plan) -> Self {
        let mut lexicon = Self::of_interval(set, plan);
        for (name, value_type, meaning) in [
            ("credit.amount", ValueType::Number, CreditName::Amount),
            ("credit.quantity", ValueType::Number, CreditName::Quantity),
            ("credit.percent", ValueType::Number, CreditName::Percent),
            ("credit.category", ValueType::Text, CreditName::Category),
            ("credit.kind", ValueType::Text, CreditName::Kind),
            (
                "transaction.number",
                ValueType::Text,
                CreditName::TransactionNumber,
            ),
            (
                "transaction.type",
                ValueType::Text,
                CreditName::TransactionType,
            ),
        ] {
            lexicon.define(name, value_type, Name::Credit(meaning));
        }
        for (name, value_type, meaning) in [
            ("transaction.date", ValueType::Date, TransactionName::Date),
            (
                "transaction.amount",
                ValueType::Number,
                TransactionName::Amount,
            ),
            (
                "transaction.quantity",
                ValueType::Number,
                TransactionName::Quantity,
            ),
        ] {
            lexicon.define(name, value_type, Name::Transaction(meaning));
        }
        for (name, value_type) in &set.attributes.transaction {
            let meaning = Name::Transaction(TransactionName::Attribute(name.clone()));
            lexicon.define(format_smolstr!("attribute.{name}"), *value_type, meaning);
        }
        lexicon
    }

    /// The measures of a component as well, and what its rate table gives.
    pub(super) fn with_measures(mut self, measures: &[MeasureId], rated: bool) -> Self {
        for (number, id) in measures.iter().enumerate() {
            for (part_name, part) in [
                ("value", Part::Value),
                ("before", Part::Before),
                ("total", Part::Total),
                ("goal", Part::Goal),
                ("attainment", Part::Attainment),
            ] {
                let name = format_smolstr!("measure.{id}.{part_name}");
                self.define(name, ValueType::Number, Name::Measure(number, part));
            }
        }
        if rated {
            self.define("rate", ValueType::Number, Name::Rate);
            self.define("commission", ValueType::Number, Name::Commission);
        }
        self.define("target", ValueType::Number, Name::Target);
        self
    }
}

/// A program with what its names stand for, in the order in which it wants their values.
#[derive(Clone, Debug)]
pub(super) struct BoundProgram {
    program: Program,
    names: Vec<Name>,
}

impl BoundProgram {
    /// Compiles an expression that gives a number.
    pub(super) fn compile(source: &str, lexicon: &Lexicon) -> Result<Self, ExpressionError> {
        let program = Program::compile(source, &lexicon.scope, ValueType::Number)?;
        let known = program
            .names()
            .iter()
            .filter_map(|name| lexicon.meanings.get(name));
        let names = known.cloned().collect();
        Ok(Self { program, names })
    }

    pub(super) fn names(&self) -> &[Name] {
        &self.names
    }

    /// The result for one row.
    pub(super) fn evaluate(&self, facts: &Facts<'_>) -> Result<Decimal, RowError> {
        let values: Vec<Option<Value>> = self.names.iter().map(|n| facts.value(n)).collect();
        match self.program.evaluate(&values) {
            Ok(Value::Number(number)) => Ok(number),
            Ok(other) => Err(RowError::new(
                Reason::ExpressionFailed,
                format!("gives a {} instead of a number", other.value_type()),
            )),
            Err(error) => Err(failure(&error)),
        }
    }

    /// Notes the factors that it uses, each once.
    pub(super) fn note_factors(&self, facts: &Facts<'_>, used: &mut Vec<(FactorId, Decimal)>) {
        for name in &self.names {
            let Name::Factor(number) = name else { continue };
            let Some(factor) = facts.factors.get(*number) else {
                continue;
            };
            if used.iter().any(|(id, _)| *id == factor.id) {
                continue;
            }
            if let Some(value) = factor.value(facts.date, facts.credit) {
                used.push((factor.id.clone(), value));
            }
        }
    }
}

fn failure(error: &EvaluationError) -> RowError {
    let reason = match error {
        EvaluationError::Absent { name } if name.starts_with("factor.") => Reason::MissingFactor,
        EvaluationError::Absent { name } if is_of_goal(name) => Reason::MissingGoal,
        EvaluationError::Overflow { .. } => Reason::Overflow,
        EvaluationError::Absent { .. }
        | EvaluationError::DivisionByZero { .. }
        | EvaluationError::PrecisionLost { .. }
        | EvaluationError::WrongType { .. } => Reason::ExpressionFailed,
    };
    RowError::new(reason, error.to_string())
}

fn is_of_goal(name: &str) -> bool {
    let of_measure = name.starts_with("measure.");
    name == "target" || of_measure && (name.ends_with(".goal") || name.ends_with(".attainment"))
}

/// What a row of the calculation knows.
#[derive(Clone, Copy)]
pub(super) struct Facts<'r> {
    /// Credit date, or last date of the interval.
    pub(super) date: Date,
    /// None for an interval.
    pub(super) credit: Option<CreditInput<'r>>,
    pub(super) participant: &'r Participant,
    pub(super) factors: &'r [CompiledFactor],
    pub(super) measures: &'r [MeasureTrace],
    pub(super) rate: Option<Decimal>,
    pub(super) commission: Option<Decimal>,
    pub(super) target: Option<Decimal>,
}

impl Facts<'_> {
    /// What a name stands for in this row, if it is there.
    pub(super) fn value(&self, name: &Name) -> Option<Value> {
        match name {
            Name::ParticipantId => Some(Value::Text(self.participant.id.text())),
            Name::Participant(name) => self.participant.attributes.get(name).cloned(),
            Name::Factor(number) => {
                let factor = self.factors.get(*number)?;
                factor.value(self.date, self.credit).map(Value::Number)
            }
            Name::Measure(number, part) => {
                let measure = self.measures.get(*number)?;
                part_of(measure, *part).map(Value::Number)
            }
            Name::Rate => self.rate.map(Value::Number),
            Name::Commission => self.commission.map(Value::Number),
            Name::Target => self.target.map(Value::Number),
            Name::Credit(name) => of_credit(self.credit?.credit, *name),
            Name::Transaction(name) => of_transaction(self.credit?.transaction?, name),
        }
    }
}

fn part_of(measure: &MeasureTrace, part: Part) -> Option<Decimal> {
    match part {
        Part::Value => Some(measure.value),
        Part::Before => Some(measure.before),
        Part::Total => Some(measure.after),
        Part::Goal => measure.goal,
        Part::Attainment => divide(measure.after, measure.goal?).ok(),
    }
}

fn of_credit(credit: &Credit, name: CreditName) -> Option<Value> {
    Some(match name {
        CreditName::Amount => Value::Number(credit.amount.amount),
        CreditName::Quantity => Value::Number(credit.quantity),
        CreditName::Percent => Value::Number(credit.percent),
        CreditName::Category => Value::Text(credit.category.as_ref()?.text()),
        CreditName::Kind => Value::Text(kind_name(credit.kind).to_smolstr()),
        CreditName::TransactionNumber => Value::Text(credit.key.number.text()),
        CreditName::TransactionType => Value::Text(credit.key.kind.text()),
    })
}

fn of_transaction(transaction: &Transaction, name: &TransactionName) -> Option<Value> {
    match name {
        TransactionName::Date => Some(Value::Date(transaction.event_date)),
        TransactionName::Amount => Some(Value::Number(transaction.operating_amount.amount)),
        TransactionName::Quantity => Some(Value::Number(transaction.quantity)),
        TransactionName::Attribute(attribute) => transaction.attributes.get(attribute).cloned(),
    }
}

/// The name of a kind of credit in expressions.
pub(super) fn kind_name(kind: CreditKind) -> &'static str {
    match kind {
        CreditKind::Direct => "direct",
        CreditKind::Indirect => "indirect",
        CreditKind::Team => "team",
    }
}
