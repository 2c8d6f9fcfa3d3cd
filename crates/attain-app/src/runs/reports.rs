//! First-phase earnings of reports, for the second phase of their managers.

use std::collections::BTreeMap;

use attain_domain::calculation::ReportEarning;
use attain_domain::chunk::CalculateTask;
use attain_domain::ids::{ComponentId, ParticipantId, PeriodId, PlanId};
use attain_domain::money::{Money, add};
use attain_domain::plan::{Phase, ReportDepth};
use attain_domain::ports::{ChunkSize, EarningPosition, Snapshot};

use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::DateRange;

use super::ground::Stop;
use crate::failure::store_refusal;
use crate::world::World;

/// What each manager's reports have earned.
#[derive(Default)]
pub(super) struct Reports(BTreeMap<ParticipantId, Vec<ReportEarning>>);

/// Sums of first-phase earnings: (report, plan, component, period) to amount.
type Sums = BTreeMap<(ParticipantId, PlanId, ComponentId, PeriodId), rust_decimal::Decimal>;

impl Reports {
    pub(super) fn of(&self, manager: &ParticipantId) -> &[ReportEarning] {
        self.0.get(manager).map_or(&[], Vec::as_slice)
    }

    /// Reads what the reports of these managers have earned; nothing in the first phase.
    pub(super) async fn read(
        snapshot: &dyn Snapshot,
        world: &World,
        managers: &[ParticipantId],
        task: &CalculateTask,
    ) -> Result<Self, Stop> {
        if task.phase == Phase::First {
            return Ok(Self::default());
        }
        let span = world.plans.span(&world.set, task.window);
        let mut below: BTreeMap<(ParticipantId, PeriodId), Vec<(ParticipantId, ReportDepth)>> =
            BTreeMap::new();
        for period in world.set.calendar.periods_in(span) {
            for id in world.set.participants.keys() {
                for ancestor in world.hierarchy.ancestors(id, period.last_date()).iter() {
                    if managers.binary_search(&ancestor.participant).is_ok() {
                        let depth = match ancestor.level {
                            1 => ReportDepth::Direct,
                            _ => ReportDepth::All,
                        };
                        let entry = below.entry((id.clone(), period.id.clone())).or_default();
                        entry.push((ancestor.participant.clone(), depth));
                    }
                }
            }
        }
        let reports: std::collections::BTreeSet<ParticipantId> =
            below.keys().map(|(report, _)| report.clone()).collect();
        let reports: Vec<ParticipantId> = reports.into_iter().collect();
        let mut sums = Sums::new();
        for chunk in reports.chunks(ChunkSize::largest().rows()) {
            read_sums(snapshot, world, chunk, span, &mut sums).await?;
        }
        let mut result: BTreeMap<ParticipantId, Vec<ReportEarning>> = BTreeMap::new();
        for ((participant, plan, component, period), amount) in sums {
            let key = (participant.clone(), period.clone());
            for (manager, depth) in below.get(&key).into_iter().flatten() {
                result
                    .entry(manager.clone())
                    .or_default()
                    .push(ReportEarning {
                        participant: participant.clone(),
                        plan: plan.clone(),
                        component: component.clone(),
                        period: period.clone(),
                        amount: Money::new(amount, world.settings().operating_currency),
                        depth: *depth,
                    });
            }
        }
        Ok(Self(result))
    }
}

async fn read_sums(
    snapshot: &dyn Snapshot,
    world: &World,
    reports: &[ParticipantId],
    span: DateRange,
    sums: &mut Sums,
) -> Result<(), Stop> {
    let mut after: Option<EarningPosition> = None;
    loop {
        let page = snapshot
            .current_earnings(reports, span, after.as_ref(), ChunkSize::largest())
            .await
            .map_err(store_refusal)?;
        let end = page.len() < ChunkSize::largest().rows();
        after = page.last().map(EarningPosition::of);
        for earning in &page {
            let Some(money) = earning.amount() else {
                continue;
            };
            if world.phase(&earning.key.plan, &earning.key.component) != Some(Phase::First) {
                continue;
            }
            let key = earning.key.clone();
            let key = (
                key.participant,
                key.plan,
                key.component,
                earning.period.clone(),
            );
            let sum = sums.entry(key).or_default();
            *sum = add(*sum, money.amount)
                .map_err(|error| Refusal::new(Reason::Overflow, error.to_string()))?;
        }
        if end {
            return Ok(());
        }
    }
}
