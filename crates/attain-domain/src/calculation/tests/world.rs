//! A small company for tests: months, one plan, Ann, and credits by date and amount.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use uuid::Uuid;

use crate::calculation::{CreditInput, EarningDraft, ParticipantFold, PlanBook, Window};
use crate::credit::{Credit, CreditKind, CreditOrigin, CreditStatus};
use crate::definition::calendar::{IntervalKind, Period, PeriodStatus};
use crate::definition::participant::Assignment;
use crate::definition::set::VersionedPlan;
use crate::definition::settings::NegativeSheet;
use crate::definition::{Calendar, DefinitionSet, Participant, Settings};
use crate::earning::EarningOutcome;
use crate::ids::{ActorId, CategoryId, CreditId, LineageId, SourceNumber, TransactionType};
use crate::money::{Currency, Money, Rounding};
use crate::plan::{
    Axis, Basis, Component, Dimension, DimensionInput, EarningRounding, Goal, IndirectCredits,
    Measure, MeasureSource, MeasureValue, NamedGoal, Phase, Plan, Proration, RateTable, RateUse,
    RateValues, SplitMode, Spread, Tier,
};
use crate::stamp::Stamp;
use crate::time::{Date, DateRange, Instant};
use crate::transaction::TransactionKey;

pub(super) fn number(text: &str) -> Decimal {
    text.replace(',', "").parse().unwrap()
}

pub(super) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

macro_rules! named {
    ($($function:ident $kind:ident)+) => {$(
        pub(super) fn $function(text: &str) -> crate::ids::$kind {
            crate::ids::$kind::parse(text).unwrap()
        }
    )+};
}

named! {
    measure_id MeasureId
    goal_id GoalId
    plan_id PlanId
    component_id ComponentId
    participant_id ParticipantId
    category CategoryId
    factor_id FactorId
    interval_id IntervalId
    attribute AttributeName
    period_id PeriodId
}

pub(super) fn table_id() -> crate::ids::RateTableId {
    crate::ids::RateTableId::parse("rates").unwrap()
}

/// Months from January of a year on.
pub(super) fn months(year: i32, count: u32) -> Calendar {
    let first = |month: u32| {
        let year = year + i32::try_from(month / 12).unwrap();
        Date::from_ymd_opt(year, month % 12 + 1, 1).unwrap()
    };
    let period = |month: u32| {
        let start = first(month);
        let year = start.format("%Y").to_string();
        Period {
            id: period_id(&start.format("%Y-%m").to_string()),
            start,
            end: first(month + 1),
            quarter: interval_id(&format!("{year}-Q{}", month % 12 / 3 + 1)),
            year: interval_id(&year),
            status: PeriodStatus::Open,
        }
    };
    Calendar {
        periods: (0..count).map(period).collect(),
    }
}

/// `0-1000 1; 1000-3000 2; 3000- 3`: tiers and their values.
pub(super) fn tiers(text: &str) -> (Vec<Tier>, Vec<Decimal>) {
    let rows = text.split(';').map(|row| {
        let (bounds, value) = row.trim().split_once(' ').unwrap();
        let (from, to) = bounds.split_once('-').unwrap();
        let to = (!to.is_empty()).then(|| number(to));
        (
            Tier {
                from: number(from),
                to,
            },
            number(value),
        )
    });
    rows.unzip()
}

/// A table of percents over the total of `sales`.
pub(super) fn percents(text: &str) -> RateTable {
    table(
        DimensionInput::Value(measure_id("sales")),
        text,
        RateValues::Percents,
    )
}

/// A table of percents over the attainment of `sales`.
pub(super) fn by_attainment(text: &str) -> RateTable {
    table(
        DimensionInput::PercentOfGoal(measure_id("sales")),
        text,
        RateValues::Percents,
    )
}

pub(super) fn table(
    input: DimensionInput,
    text: &str,
    values: fn(Vec<Decimal>) -> RateValues,
) -> RateTable {
    let (tiers, cells) = tiers(text);
    RateTable {
        id: table_id(),
        effective: DateRange::ALWAYS,
        dimensions: vec![Dimension {
            input,
            axis: Axis::Tiers(tiers),
        }],
        values: values(cells),
    }
}

pub(super) fn measure(id: &str, interval: IntervalKind) -> Measure {
    Measure {
        id: measure_id(id),
        source: MeasureSource::Credits {
            value: MeasureValue::Amount,
            categories: Vec::new(),
            transaction_types: Vec::new(),
            earning_basis: true,
        },
        interval,
        goal: None,
    }
}

pub(super) fn expression(id: &str, interval: IntervalKind, source: &str) -> Measure {
    Measure {
        source: MeasureSource::Credits {
            value: MeasureValue::Expression(source.to_owned()),
            categories: Vec::new(),
            transaction_types: Vec::new(),
            earning_basis: true,
        },
        ..measure(id, interval)
    }
}

/// Per event with a running total over the quarter, on `sales`.
pub(super) fn component() -> Component {
    Component {
        id: component_id("commission"),
        name: "Commission".to_owned(),
        effective: DateRange::ALWAYS,
        measures: vec![measure_id("sales")],
        basis: Basis::PerEvent {
            running_total: true,
        },
        interval: IntervalKind::Quarter,
        rounding: EarningRounding::Cumulative,
        indirect: IndirectCredits::None,
        rate: None,
        output: None,
        threshold: None,
        cap: None,
        floor: None,
        instalments: 1,
        pays_leavers: false,
        phase: Phase::First,
    }
}

pub(super) fn rate(split: SplitMode) -> Option<RateUse> {
    Some(RateUse {
        table: table_id(),
        split,
        input: measure_id("sales"),
    })
}

/// The company.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) plan: Plan,
    pub(super) ann: Participant,
    pub(super) set: DefinitionSet,
}

impl World {
    /// One component over a rate table, in 2015.
    pub(super) fn rated(basis: Basis, split: SplitMode, table: RateTable) -> Self {
        Self::new(Component {
            basis,
            rate: rate(split),
            ..component()
        })
        .with_table(table)
    }

    /// One component, in 2015; `sales` adds up over its interval.
    pub(super) fn new(component: Component) -> Self {
        let mut world = Self::bare();
        world.plan.measures = vec![measure("sales", component.interval)];
        world.plan.components = vec![component];
        world
    }

    fn bare() -> Self {
        let plan = Plan {
            id: plan_id("rep"),
            name: "Rep".to_owned(),
            allow_category_overlap: false,
            measures: Vec::new(),
            goals: Vec::new(),
            rate_tables: Vec::new(),
            factors: Vec::new(),
            components: Vec::new(),
        };
        let ann = Participant {
            id: participant_id("ann"),
            name: "Ann".to_owned(),
            start: None,
            end: None,
            pay_group: None,
            pay_currency: None,
            reports_to: Vec::new(),
            assignments: vec![Assignment {
                plan: plan_id("rep"),
                effective: DateRange::ALWAYS,
                goals: BTreeMap::new(),
                rate_tables: BTreeMap::new(),
                target_incentive: None,
            }],
            attributes: BTreeMap::new(),
        };
        let settings = Settings {
            name: "Test".to_owned(),
            operating_currency: Currency::parse("USD").unwrap(),
            rounding: Rounding::HalfEven,
            default_category: None,
            archive_updated_credits: false,
            collect_cancellations_as_zero: false,
            summarised_roll_up: false,
            negative_sheet: NegativeSheet::Stands,
        };
        let set = DefinitionSet {
            settings: Some(settings),
            calendar: months(2015, 24),
            ..DefinitionSet::default()
        };
        Self { plan, ann, set }
    }

    pub(super) fn with_table(mut self, table: RateTable) -> Self {
        self.plan.rate_tables.push(table);
        self
    }

    /// A goal for `sales`.
    pub(super) fn with_goal(mut self, spread: Spread, proration: Proration) -> Self {
        let goal = Goal { spread, proration };
        self.plan.goals = vec![NamedGoal {
            id: goal_id("quota"),
            goal,
        }];
        self.plan.measures[0].goal = Some(goal_id("quota"));
        self
    }

    /// The same goal in every interval of a kind.
    pub(super) fn with_quota(self, interval: IntervalKind, amount: &str) -> Self {
        let amount = number(amount);
        self.with_goal(Spread::Each { interval, amount }, Proration::None)
    }

    pub(super) fn first(&mut self) -> &mut Component {
        &mut self.plan.components[0]
    }

    /// The definitions with the plan and Ann in them.
    pub(super) fn set(&self) -> DefinitionSet {
        let mut set = self.set.clone();
        let plan = VersionedPlan {
            plan: self.plan.clone(),
            version: 3,
        };
        set.plans.insert(self.plan.id.clone(), plan);
        set.participants
            .insert(self.ann.id.clone(), self.ann.clone());
        set
    }

    /// Ann's drafts for credits of 2015, calculated from January through a date.
    pub(super) fn through(&self, through: &str, credits: &[Credit]) -> Vec<EarningDraft> {
        let window = Window {
            from: date("2015-01-01"),
            through: date(through),
        };
        self.run(window, credits)
    }

    pub(super) fn run(&self, window: Window, credits: &[Credit]) -> Vec<EarningDraft> {
        self.fold(window, credits, |fold| fold)
    }

    pub(super) fn run_in_decimals(&self, window: Window, credits: &[Credit]) -> Vec<EarningDraft> {
        self.fold(window, credits, |fold| fold.in_decimals())
    }

    fn fold(
        &self,
        window: Window,
        credits: &[Credit],
        prepare: fn(ParticipantFold<'_>) -> ParticipantFold<'_>,
    ) -> Vec<EarningDraft> {
        let set = self.set();
        let book = PlanBook::compile(&set).unwrap();
        let ann = &set.participants[&self.ann.id];
        let fold = ParticipantFold::begin(&book, &set, ann, window, Phase::First, &[]);
        let mut fold = prepare(fold);
        let mut drafts = Vec::new();
        for credit in credits {
            fold.credit(
                &CreditInput {
                    credit,
                    transaction: None,
                },
                &mut drafts,
            );
        }
        fold.finish(&mut drafts);
        drafts
    }

    /// The amounts of the drafts for these credits of the first quarter of 2015.
    pub(super) fn earn(&self, sales: &[(&str, &str)]) -> Vec<String> {
        amounts(&self.through("2015-03-31", &credits(sales)))
    }
}

pub(super) fn amounts(drafts: &[EarningDraft]) -> Vec<String> {
    drafts.iter().map(amount).collect()
}

/// The amount, or the code of the error.
pub(super) fn amount(draft: &EarningDraft) -> String {
    match &draft.outcome {
        EarningOutcome::Amount(money) => money.amount.normalize().to_string(),
        EarningOutcome::Error(error) => error.reason.code().to_owned(),
    }
}

pub(super) fn total(drafts: &[EarningDraft]) -> Decimal {
    let amount = |draft: &EarningDraft| match &draft.outcome {
        EarningOutcome::Amount(money) => money.amount,
        EarningOutcome::Error(error) => panic!("{error}"),
    };
    drafts.iter().map(amount).sum()
}

/// Credits by date and amount; `01-15` is in 2015. Amounts like `ORDER 100` name the type.
pub(super) fn credits(sales: &[(&str, &str)]) -> Vec<Credit> {
    let numbered = sales.iter().enumerate();
    numbered
        .map(|(index, (date, amount))| credit(index + 1, date, amount))
        .collect()
}

pub(super) fn credit(index: usize, when: &str, amount: &str) -> Credit {
    let (kind, amount) = amount.split_once(' ').unwrap_or(("ORDER", amount));
    let when = if when.len() == 5 {
        format!("2015-{when}")
    } else {
        when.to_owned()
    };
    let id = Uuid::from_u128(index as u128);
    Credit {
        id: CreditId(id),
        lineage: LineageId(id),
        adjusted_from: None,
        transaction: None,
        key: TransactionKey {
            number: SourceNumber::parse(&format!("{index:04}")).unwrap(),
            kind: TransactionType::parse(kind).unwrap(),
        },
        participant: participant_id("ann"),
        kind: CreditKind::Direct,
        origin: CreditOrigin::Given,
        amount: Money::new(number(amount), Currency::parse("USD").unwrap()),
        quantity: Decimal::ONE,
        percent: Decimal::ONE_HUNDRED,
        revenue: true,
        rolls_up: true,
        calculates: true,
        credit_date: date(&when),
        roll_up_date: date(&when),
        period: period_id(&when[..7]),
        category: None,
        status: CreditStatus::Eligible,
        obsolete: None,
        stamp: stamp(),
    }
}

pub(super) fn in_category(credit: Credit, name: &str) -> Credit {
    let category: Option<CategoryId> = Some(category(name));
    Credit { category, ..credit }
}

pub(super) fn stamp() -> Stamp {
    Stamp::new(
        Instant::from_micros(0).unwrap(),
        ActorId::parse("tester").unwrap(),
    )
}
