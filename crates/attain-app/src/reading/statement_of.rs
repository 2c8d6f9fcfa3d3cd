//! Making a statement.

use std::collections::BTreeMap;

use attain_domain::credit::{CreditPosition, CreditStatus};
use attain_domain::definition::Participant;
use attain_domain::definition::calendar::Period;
use attain_domain::earning::{Earning, EarningOutcome};
use attain_domain::ids::{
    BatchId, ComponentId, IntervalId, MeasureId, ParticipantId, PaysheetId, PeriodId, PlanId,
};
use attain_domain::money::{Currency, divide, multiply};
use attain_domain::payment::{PaymentBatch, PaymentLine, PaysheetStatus};
use attain_domain::ports::{ChunkSize, EarningPosition, Snapshot};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::rewarding::{AsOf, balance, balance_as_of};
use attain_domain::time::Instant;
use rust_decimal::Decimal;

use super::amounts::{Sum, overflow};
use super::rewarded::SheetRewards;
use super::statement::{
    Attainment, ComponentEarnings, CreditsSummary, KindSummary, STATEMENT_ROWS_MAX, Statement,
    StatementBalance, StatementPayment, StatementTotals,
};
use crate::caller::Caller;
use crate::engine::Engine;
use crate::failure::store_refusal;
use crate::payments::rewards_of;

/// Sheets whose lines are read at once.
const SHEETS_AT_ONCE: usize = 50;

impl Engine {
    /// What a participant sold, earned and was paid in a period, from stored facts.
    ///
    /// # Errors
    /// `NOT_FOUND` for a participant or period that is not there; when the store fails.
    pub async fn statement(
        &self,
        caller: &Caller,
        participant: &ParticipantId,
        period: &PeriodId,
    ) -> Result<Statement, Refusal> {
        let snapshot = self.snapshot(caller).await?;
        let world = self.world(caller, &*snapshot).await?;
        let person = world.set.participants.get(participant);
        let person = person.ok_or_else(|| not_found("participant", participant))?;
        let of_calendar = world.set.calendar.period(period);
        let period = of_calendar.ok_or_else(|| not_found("period", period))?;
        let maker = Maker {
            snapshot: &*snapshot,
            person,
            period,
            currency: world.settings().operating_currency,
            now: self.clock.now(),
        };
        maker.statement().await
    }
}

fn not_found(what: &'static str, id: impl ToString) -> Refusal {
    let id = id.to_string();
    Refusal::new(Reason::NotFound, format!("there is no {what} `{id}`"))
        .at(what)
        .with(what, id)
}

/// What a statement is made from.
struct Maker<'a> {
    snapshot: &'a dyn Snapshot,
    person: &'a Participant,
    period: &'a Period,
    currency: Currency,
    now: Instant,
}

/// What the earnings of the period say.
struct EarningsRead {
    by_component: BTreeMap<(PlanId, ComponentId), ComponentEarnings>,
    earned: Sum,
    attainment: AttainmentChains,
    first: Vec<Earning>,
}

/// What the sheets of the participant say.
struct PaymentsRead {
    of_period: Vec<StatementPayment>,
    paid: Sum,
    on_sheets: Sum,
}

impl Maker<'_> {
    async fn statement(&self) -> Result<Statement, Refusal> {
        let credits = self.credits().await?;
        let earnings = self.earnings().await?;
        let payments = self.payments().await?;
        let balance = self.balance().await?;
        let calculations = self.snapshot.calculations().await.map_err(store_refusal)?;
        let is_released = calculations
            .iter()
            .any(|calculation| calculation.period == self.period.id && calculation.released);
        let liability = earnings.earned.less(payments.paid)?;
        Ok(Statement {
            participant: self.person.id.clone(),
            name: self.person.name.clone(),
            period: self.period.id.clone(),
            from: self.period.start,
            through: self.period.last_date(),
            is_draft: !is_released,
            credits,
            attainment: earnings.attainment.ends(),
            earnings: earnings.by_component.into_values().collect(),
            first_earnings: earnings.first,
            payments: payments.of_period,
            totals: StatementTotals {
                earned: earnings.earned.money(self.currency),
                paid: payments.paid.money(self.currency),
                on_sheets: payments.on_sheets.money(self.currency),
                liability: liability.money(self.currency),
            },
            balance,
        })
    }

    /// What is owed at the end of the period, and now.
    async fn balance(&self) -> Result<StatementBalance, Refusal> {
        let whose = std::slice::from_ref(&self.person.id);
        let rewards = rewards_of(self.snapshot, whose).await?;
        let clears = self.snapshot.clears_of_participants(whose).await;
        let clears = clears.map_err(store_refusal)?;
        let end = AsOf {
            date: self.period.last_date(),
            known_at: self.now,
        };
        let at_end = balance_as_of(&rewards, &clears, end, self.currency);
        Ok(StatementBalance {
            at_end: at_end.map_err(overflow)?,
            now: balance(&rewards, self.currency).map_err(overflow)?,
        })
    }

    async fn credits(&self) -> Result<CreditsSummary, Refusal> {
        let mut summary = CreditsSummary {
            kinds: BTreeMap::new(),
            in_error: 0,
            first: Vec::new(),
        };
        let mut sums = BTreeMap::new();
        let mut after: Option<CreditPosition> = None;
        let whose = std::slice::from_ref(&self.person.id);
        loop {
            let (range, chunk) = (self.period.range(), ChunkSize::largest());
            let page = self
                .snapshot
                .credits_of_participants(whose, range, after.as_ref(), chunk);
            let page = page.await.map_err(store_refusal)?;
            let is_end = page.len() < chunk.rows();
            after = page.last().map(CreditPosition::of);
            for credit in page {
                let (count, sum) = sums.entry(credit.kind).or_insert((0, Sum::NOTHING));
                *count += 1;
                sum.add(credit.amount.amount)?;
                summary.in_error += u64::from(matches!(credit.status, CreditStatus::Error(_)));
                if summary.first.len() < STATEMENT_ROWS_MAX {
                    summary.first.push(credit);
                }
            }
            if is_end {
                break;
            }
        }
        let money = |(count, sum): (u64, Sum)| KindSummary {
            count,
            amount: sum.money(self.currency),
        };
        summary.kinds = sums
            .into_iter()
            .map(|(kind, sums)| (kind, money(sums)))
            .collect();
        Ok(summary)
    }

    async fn earnings(&self) -> Result<EarningsRead, Refusal> {
        let mut read = EarningsRead {
            by_component: BTreeMap::new(),
            earned: Sum::NOTHING,
            attainment: AttainmentChains::default(),
            first: Vec::new(),
        };
        let mut sums: BTreeMap<(PlanId, ComponentId), (Sum, Sum)> = BTreeMap::new();
        let mut after: Option<EarningPosition> = None;
        loop {
            let (range, chunk) = (self.period.range(), ChunkSize::largest());
            let whose = Some(&self.person.id);
            let page = self
                .snapshot
                .earnings_after(whose, range, after.as_ref(), chunk)
                .await;
            let page = page.map_err(store_refusal)?;
            let is_end = page.len() < chunk.rows();
            after = page.last().map(EarningPosition::of);
            for earning in page {
                if earning.is_current() {
                    self.add_earning(&earning, &mut read, &mut sums)?;
                }
                if read.first.len() < STATEMENT_ROWS_MAX {
                    read.first.push(earning);
                }
            }
            if is_end {
                break;
            }
        }
        for (key, (amount, withheld)) in sums {
            if let Some(component) = read.by_component.get_mut(&key) {
                component.amount = amount.money(self.currency);
                component.withheld = withheld.value();
            }
        }
        Ok(read)
    }

    fn add_earning(
        &self,
        earning: &Earning,
        read: &mut EarningsRead,
        sums: &mut BTreeMap<(PlanId, ComponentId), (Sum, Sum)>,
    ) -> Result<(), Refusal> {
        let key = (earning.key.plan.clone(), earning.key.component.clone());
        let component = read
            .by_component
            .entry(key.clone())
            .or_insert_with(|| ComponentEarnings {
                plan: key.0.clone(),
                component: key.1.clone(),
                count: 0,
                amount: Sum::NOTHING.money(self.currency),
                in_error: 0,
                withheld: Decimal::ZERO,
            });
        component.count += 1;
        match &earning.outcome {
            EarningOutcome::Error(_) => component.in_error += 1,
            EarningOutcome::Amount(amount) => {
                let (earned, withheld) = sums.entry(key).or_insert((Sum::NOTHING, Sum::NOTHING));
                earned.add(amount.amount)?;
                withheld.add(earning.trace.withheld)?;
                read.earned.add(amount.amount)?;
            }
        }
        read.attainment.add(earning);
        Ok(())
    }

    async fn payments(&self) -> Result<PaymentsRead, Refusal> {
        let mut read = PaymentsRead {
            of_period: Vec::new(),
            paid: Sum::NOTHING,
            on_sheets: Sum::NOTHING,
        };
        let sheets = self
            .snapshot
            .paysheets_of_participant(&self.person.id)
            .await;
        let sheets = sheets.map_err(store_refusal)?;
        let mut batches: BTreeMap<BatchId, PaymentBatch> = BTreeMap::new();
        for group in sheets.chunks(SHEETS_AT_ONCE) {
            let ids: Vec<PaysheetId> = group.iter().map(|sheet| sheet.id).collect();
            let lines = self
                .snapshot
                .lines_of_paysheets(&ids)
                .await
                .map_err(store_refusal)?;
            let rewards = self.snapshot.rewards_of_paysheets(&ids).await;
            let rewards = rewards.map_err(store_refusal)?;
            let mut by_sheet: BTreeMap<PaysheetId, Vec<PaymentLine>> = BTreeMap::new();
            for line in lines {
                by_sheet.entry(line.paysheet).or_default().push(line);
            }
            for sheet in group {
                let mut lines = by_sheet.remove(&sheet.id).unwrap_or_default();
                for line in lines
                    .iter()
                    .filter(|line| line.earning_period == self.period.id)
                {
                    let is_paid = sheet.status == PaysheetStatus::Paid && !line.held;
                    let sum = if is_paid {
                        &mut read.paid
                    } else {
                        &mut read.on_sheets
                    };
                    sum.add(line.amount.amount)?;
                }
                let batch = match batches.get(&sheet.batch) {
                    Some(batch) => Some(batch.clone()),
                    None => self
                        .snapshot
                        .batch(sheet.batch)
                        .await
                        .map_err(store_refusal)?,
                };
                let Some(batch) = batch else { continue };
                batches.insert(batch.id, batch.clone());
                if batch.period == self.period.id {
                    let shown = SheetRewards::read(&rewards, sheet.id)?;
                    let line_count = lines.len() as u64 + shown.count;
                    lines.truncate(STATEMENT_ROWS_MAX);
                    read.of_period.push(StatementPayment {
                        batch,
                        sheet: sheet.clone(),
                        line_count,
                        first_lines: lines,
                        first_rewards: shown.first,
                        advanced: shown.advanced.money(self.currency),
                        recovered: shown.recovered.money(self.currency),
                        other_rewards: shown.others.money(self.currency),
                    });
                }
            }
        }
        Ok(read)
    }
}

/// Finds where running totals end. Each earning stores what a measure was before and after it: a
/// chain whose links cancel out, whatever their order, and leave its end. Several earnings of one
/// date do not come in the order in which they were calculated.
#[derive(Default)]
struct AttainmentChains(BTreeMap<(PlanId, ComponentId, IntervalId, MeasureId), Chain>);

#[derive(Default)]
struct Chain {
    /// How often a value was the end of a link, less how often the start of one.
    ends: BTreeMap<Decimal, i64>,
    last: Decimal,
    goal: Option<Decimal>,
}

impl AttainmentChains {
    fn add(&mut self, earning: &Earning) {
        for trace in &earning.trace.measures {
            let chain = self
                .0
                .entry((
                    earning.key.plan.clone(),
                    earning.key.component.clone(),
                    earning.key.interval.clone(),
                    trace.measure.clone(),
                ))
                .or_default();
            *chain.ends.entry(trace.after.normalize()).or_default() += 1;
            *chain.ends.entry(trace.before.normalize()).or_default() -= 1;
            chain.last = trace.after;
            chain.goal = trace.goal;
        }
    }

    fn ends(self) -> Vec<Attainment> {
        let end = |((plan, component, interval, measure), chain): (_, Chain)| {
            let mut ends = chain.ends.iter().filter(|(_, times)| **times > 0);
            // More than one end: links are missing, or credits stand alone; then the last one.
            let value = match (ends.next(), ends.next()) {
                (Some((end, 1)), None) => *end,
                _ => chain.last.normalize(),
            };
            let percent = chain.goal.and_then(|goal| {
                let fraction = divide(value, goal).ok()?;
                multiply(fraction, Decimal::ONE_HUNDRED)
                    .ok()
                    .map(|percent| percent.normalize())
            });
            let goal = chain.goal;
            Attainment {
                plan,
                component,
                interval,
                measure,
                value,
                goal,
                percent,
            }
        };
        self.0.into_iter().map(end).collect()
    }
}
