//! The company of the data, written down as the engine's own definitions.

use std::collections::BTreeMap;

use anyhow::Context;
use attain_domain::calculation::Window;
use attain_domain::credit::{Credit, CreditKind, CreditOrigin, CreditStatus};
use attain_domain::definition::calendar::{IntervalKind, Period, PeriodStatus};
use attain_domain::definition::participant::Assignment;
use attain_domain::definition::set::VersionedPlan;
use attain_domain::definition::settings::NegativeSheet;
use attain_domain::definition::{Calendar, DefinitionSet, Participant, Settings};
use attain_domain::ids::{
    ActorId, ComponentId, CreditId, GoalId, IntervalId, LineageId, MeasureId, ParticipantId,
    PeriodId, PlanId, RateTableId, SourceNumber, TransactionType,
};
use attain_domain::money::{Currency, Money, Rounding};
use attain_domain::plan::{
    Axis, Basis, Component, Dimension, DimensionInput, EarningRounding, Goal, IndirectCredits,
    Measure, MeasureSource, MeasureValue, NamedGoal, Phase, Plan, Proration, RateTable, RateUse,
    RateValues, SplitMode, Spread, Tier,
};
use attain_domain::stamp::Stamp;
use attain_domain::time::{Date, DateRange, Instant};
use attain_domain::transaction::TransactionKey;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::input::{Columns, DAYS};

pub(crate) struct Company {
    pub(crate) set: DefinitionSet,
    /// By their number in the data.
    pub(crate) ids: Vec<ParticipantId>,
    pub(crate) dates: Vec<Date>,
    template: Credit,
}

impl Company {
    pub(crate) fn new(columns: &Columns) -> anyhow::Result<Self> {
        // The first quarter of 2026 has the days of the data.
        let first = Date::from_ymd_opt(2026, 1, 1).context("the first of January")?;
        let dates: Vec<Date> = first.iter_days().take(DAYS).collect();
        let settings = Settings {
            name: "Benchmark".to_owned(),
            operating_currency: Currency::parse("USD")?,
            rounding: Rounding::HalfUp,
            default_category: None,
            archive_updated_credits: false,
            collect_cancellations_as_zero: false,
            summarised_roll_up: false,
            negative_sheet: NegativeSheet::Stands,
        };
        let template = template(settings.operating_currency, first)?;
        let mut set = DefinitionSet {
            settings: Some(settings),
            calendar: calendar()?,
            ..DefinitionSet::default()
        };
        let plan = plan()?;
        let mut ids = Vec::with_capacity(columns.participants());
        for who in 0..columns.participants() {
            let quota = Decimal::new(columns.quota_e4(who), 4);
            let participant = participant(who, quota, &plan)?;
            ids.push(participant.id.clone());
            set.participants.insert(participant.id.clone(), participant);
        }
        set.plans
            .insert(plan.id.clone(), VersionedPlan { plan, version: 1 });
        Ok(Self {
            set,
            ids,
            dates,
            template,
        })
    }

    /// A credit to be filled in.
    pub(crate) fn credit(&self) -> Credit {
        self.template.clone()
    }

    /// The whole quarter.
    pub(crate) fn window(&self) -> Window {
        let (first, last) = (self.dates.first(), self.dates.last());
        let from = first.copied().unwrap_or_default();
        Window {
            from,
            through: last.copied().unwrap_or(from),
        }
    }
}

fn calendar() -> anyhow::Result<Calendar> {
    let period = |month: u32| -> anyhow::Result<Period> {
        let first = |month| Date::from_ymd_opt(2026, month, 1).context("a month");
        Ok(Period {
            id: PeriodId::parse(&format!("2026-{month:02}"))?,
            start: first(month)?,
            end: first(month + 1)?,
            quarter: IntervalId::parse("2026-Q1")?,
            year: IntervalId::parse("2026")?,
            status: PeriodStatus::Open,
        })
    };
    Ok(Calendar {
        periods: (1..=3).map(period).collect::<anyhow::Result<_>>()?,
    })
}

/// 2 / 4 / 6 / 9 percent below 50 / 100 / 150 percent of quota and above, each slice at its own
/// rate, every earning rounded alone.
fn plan() -> anyhow::Result<Plan> {
    let sales = MeasureId::parse("sales")?;
    let table = RateTableId::parse("tiers")?;
    let bounds = [0, 50, 100, 150].map(Decimal::from);
    let ends = bounds.iter().skip(1).copied().map(Some).chain([None]);
    let tiers = bounds
        .iter()
        .zip(ends)
        .map(|(from, to)| Tier { from: *from, to })
        .collect();
    let quota = GoalId::parse("quota")?;
    Ok(Plan {
        id: PlanId::parse("tiered")?,
        name: "Tiered".to_owned(),
        allow_category_overlap: false,
        measures: vec![Measure {
            id: sales.clone(),
            source: MeasureSource::Credits {
                value: MeasureValue::Amount,
                categories: Vec::new(),
                transaction_types: Vec::new(),
                earning_basis: true,
            },
            interval: IntervalKind::Quarter,
            goal: Some(quota.clone()),
        }],
        goals: vec![NamedGoal {
            id: quota,
            goal: goal(Decimal::ONE),
        }],
        rate_tables: vec![RateTable {
            id: table.clone(),
            effective: DateRange::ALWAYS,
            dimensions: vec![Dimension {
                input: DimensionInput::PercentOfGoal(sales.clone()),
                axis: Axis::Tiers(tiers),
            }],
            values: RateValues::Percents([2, 4, 6, 9].map(Decimal::from).to_vec()),
        }],
        factors: Vec::new(),
        components: vec![component(sales, table)?],
    })
}

fn component(sales: MeasureId, table: RateTableId) -> anyhow::Result<Component> {
    Ok(Component {
        id: ComponentId::parse("commission")?,
        name: "Commission".to_owned(),
        effective: DateRange::ALWAYS,
        measures: vec![sales.clone()],
        basis: Basis::PerEvent {
            running_total: true,
        },
        interval: IntervalKind::Quarter,
        rounding: EarningRounding::EachEarning,
        indirect: IndirectCredits::Manager,
        rate: Some(RateUse {
            table,
            split: SplitMode::Step,
            input: sales,
        }),
        output: None,
        threshold: None,
        cap: None,
        floor: None,
        instalments: 1,
        pays_leavers: false,
        phase: Phase::First,
    })
}

fn goal(amount: Decimal) -> Goal {
    let interval = IntervalKind::Quarter;
    Goal {
        spread: Spread::Each { interval, amount },
        proration: Proration::None,
    }
}

fn participant(who: usize, quota: Decimal, plan: &Plan) -> anyhow::Result<Participant> {
    let goals = plan
        .goals
        .iter()
        .map(|named| (named.id.clone(), goal(quota)));
    Ok(Participant {
        id: ParticipantId::parse(&format!("p{who:06}"))?,
        name: String::new(),
        start: None,
        end: None,
        pay_group: None,
        pay_currency: None,
        reports_to: Vec::new(),
        assignments: vec![Assignment {
            plan: plan.id.clone(),
            effective: DateRange::ALWAYS,
            goals: goals.collect(),
            rate_tables: BTreeMap::new(),
            target_incentive: None,
        }],
        attributes: BTreeMap::new(),
    })
}

fn template(currency: Currency, date: Date) -> anyhow::Result<Credit> {
    let now = Instant::from_micros(0).context("1970")?;
    Ok(Credit {
        id: CreditId(Uuid::nil()),
        lineage: LineageId(Uuid::nil()),
        adjusted_from: None,
        transaction: None,
        key: TransactionKey {
            number: SourceNumber::parse("1")?,
            kind: TransactionType::parse("ORDER")?,
        },
        participant: ParticipantId::parse("anybody")?,
        kind: CreditKind::Direct,
        origin: CreditOrigin::Given,
        amount: Money::zero(currency),
        quantity: Decimal::ONE,
        percent: Decimal::ONE_HUNDRED,
        revenue: true,
        rolls_up: true,
        calculates: true,
        credit_date: date,
        roll_up_date: date,
        period: PeriodId::parse("2026-01")?,
        category: None,
        status: CreditStatus::Eligible,
        obsolete: None,
        stamp: Stamp::new(now, ActorId::parse("benchmark")?),
    })
}
