//! Earnings and reversals: the live table and its history.

use async_trait::async_trait;
use attain_documents::stored::{decode_trace, encode_trace};
use attain_domain::change::{Departure, EarningFacts, Obsoletion};
use attain_domain::earning::{
    Earning, EarningKey, EarningOutcome, EarningPayment, Instalments, PastEarning,
};
use attain_domain::ids::{
    CalculationId, ComponentId, CreditId, EarningId, IntervalId, LineageId, ParticipantId,
    PeriodId, PlanId, TransactionId,
};
use attain_domain::ports::{ChunkSize, EarningPosition, EarningRepository, StoreError};
use attain_domain::run::Calculation;
use attain_domain::time::{Date, DateRange};
use serde::Deserialize;

use crate::bulk::Writer;
use crate::cells::{Cells, day_of, id_list, name_list};
use crate::credits::{fill_departure, fill_mark};
use crate::error::corrupt;
use crate::snapshot::SqliteSnapshot;
use crate::statements::earnings as sql;
use crate::stored::{
    ErrorRow, Maybe, MoneyRow, ObsoleteRow, PastRow, StampRow, Text, Whole, all, rows,
};

#[derive(Deserialize)]
pub(crate) struct EarningRow {
    id: Text<EarningId>,
    participant: Text<ParticipantId>,
    plan: Text<PlanId>,
    component: Text<ComponentId>,
    interval: Text<IntervalId>,
    lineage: Maybe<LineageId>,
    period: Text<PeriodId>,
    date: Whole<Date>,
    credit: Maybe<CreditId>,
    transaction: Maybe<TransactionId>,
    amount: Option<MoneyRow>,
    error: Option<ErrorRow>,
    instalments: InstalmentsRow,
    obsolete: Option<ObsoleteRow>,
    reversal_of: Maybe<EarningId>,
    awaits_calculation: Whole<bool>,
    calculation: Text<CalculationId>,
    stamp: StampRow,
    trace: String,
}

#[derive(Deserialize)]
struct InstalmentsRow {
    count: u16,
    taken: u16,
    paid: u16,
    next_due: Whole<Date>,
}

impl EarningRow {
    fn into_earning(self) -> Result<Earning, StoreError> {
        let outcome = match (self.amount, self.error) {
            (Some(amount), None) => EarningOutcome::Amount(amount.into_money()),
            (None, Some(error)) => EarningOutcome::Error(error.into_error()),
            _ => {
                return Err(corrupt(
                    "earnings",
                    "either an amount or an error is needed",
                ));
            }
        };
        let trace = decode_trace(&self.trace);
        Ok(Earning {
            id: self.id.0,
            key: EarningKey {
                participant: self.participant.0,
                plan: self.plan.0,
                component: self.component.0,
                interval: self.interval.0,
                lineage: self.lineage.0,
            },
            period: self.period.0,
            date: self.date.0,
            credit: self.credit.0,
            transaction: self.transaction.0,
            outcome,
            instalments: Instalments {
                count: self.instalments.count,
                taken: self.instalments.taken,
                paid: self.instalments.paid,
                next_due: self.instalments.next_due.0,
            },
            obsolete: self.obsolete.map(ObsoleteRow::into_mark),
            reversal_of: self.reversal_of.0,
            awaits_calculation: self.awaits_calculation.0,
            calculation: self.calculation.0,
            trace: trace.map_err(|error| corrupt("earnings", error))?,
            stamp: self.stamp.into_stamp(),
        })
    }
}

impl PastRow<EarningRow> {
    fn into_past(self) -> Result<PastEarning, StoreError> {
        Ok(PastEarning {
            earning: self.row.into_earning()?,
            because: self.because.0,
            left_at: self.left_at.0,
            left_by: self.left_by.0,
        })
    }
}

pub(crate) fn earnings(page: &str) -> Result<Vec<Earning>, StoreError> {
    let rows: Vec<EarningRow> = rows("earnings", page)?;
    rows.into_iter().map(EarningRow::into_earning).collect()
}

pub(crate) fn past_earnings(page: &str) -> Result<Vec<PastEarning>, StoreError> {
    let rows: Vec<PastRow<EarningRow>> = rows("earnings", page)?;
    rows.into_iter()
        .map(PastRow::<EarningRow>::into_past)
        .collect()
}

impl Writer<'_> {
    pub(crate) async fn depart_earnings(
        &mut self,
        departed: &[Departure<EarningId>],
    ) -> Result<(), StoreError> {
        let what = "earnings";
        let archived: Vec<_> = departed
            .iter()
            .filter(|departure| departure.archive)
            .collect();
        self.change(
            what,
            sql::ARCHIVE_EARNINGS,
            &archived,
            |cells, departure| {
                fill_departure(cells, departure.id.0, departure);
            },
        )
        .await?;
        let ids = id_list(departed.iter().map(|departure| departure.id.0));
        self.remove(what, sql::REMOVE_EARNINGS, ids, departed.len())
            .await
    }

    /// From the history back to the live table, which refuses an id and a key that it has.
    pub(crate) async fn return_earnings(
        &mut self,
        returned: &[EarningFacts],
    ) -> Result<(), StoreError> {
        let what = "past earnings";
        self.change(what, sql::RETURN_EARNINGS, returned, fill_facts)
            .await?;
        let ids = id_list(returned.iter().map(|facts| facts.id.0));
        self.remove(what, sql::FORGET_EARNINGS, ids, returned.len())
            .await
    }

    pub(crate) async fn mark_earnings(
        &mut self,
        obsoleted: &[Obsoletion<EarningId>],
        explained: &[EarningFacts],
    ) -> Result<(), StoreError> {
        let what = "earnings";
        self.change(
            what,
            sql::OBSOLETE_EARNINGS,
            obsoleted,
            |cells, obsoletion| {
                let Obsoletion { id, mark, stamp } = obsoletion;
                cells.id(id.0);
                fill_mark(cells, Some(mark));
                cells.stamp(stamp);
            },
        )
        .await?;
        self.change(what, sql::EXPLAIN_EARNINGS, explained, fill_facts)
            .await
    }

    /// That the rows are at the versions read was looked at before.
    pub(crate) async fn pay_earnings(&mut self, paid: &[EarningPayment]) -> Result<(), StoreError> {
        self.change("earnings", sql::PAY_EARNINGS, paid, |cells, payment| {
            let EarningPayment {
                id,
                version_read: _,
                instalments,
                stamp,
            } = payment;
            cells.id(id.0);
            fill_instalments(cells, *instalments);
            cells.stamp(stamp);
        })
        .await
    }

    pub(crate) async fn insert_earnings(&mut self, new: &[Earning]) -> Result<(), StoreError> {
        self.write(sql::INSERT_EARNINGS, new, fill).await?;
        Ok(())
    }
}

fn fill_facts(cells: &mut Cells, facts: &EarningFacts) {
    let EarningFacts {
        id,
        credit,
        transaction,
        calculation,
        period,
        date,
        trace,
        stamp,
    } = facts;
    cells.id(id.0);
    cells.id_or_none(credit.map(|id| id.0));
    cells.id_or_none(transaction.map(|id| id.0));
    cells.id(calculation.0);
    cells.text(period.as_str());
    cells.date(*date);
    cells.owned(encode_trace(trace));
    cells.stamp(stamp);
}

fn fill_instalments(cells: &mut Cells, instalments: Instalments) {
    let Instalments {
        count,
        taken,
        paid,
        next_due,
    } = instalments;
    cells.whole(i64::from(count));
    cells.whole(i64::from(taken));
    cells.whole(i64::from(paid));
    cells.date(next_due);
}

fn fill_outcome(cells: &mut Cells, outcome: &EarningOutcome) {
    let (amount, error) = match outcome {
        EarningOutcome::Amount(amount) => (Some(amount), None),
        EarningOutcome::Error(error) => (None, Some(error)),
    };
    cells.text_or_none(amount.map(|money| money.amount.to_string()).as_deref());
    cells.text_or_none(amount.map(|money| money.currency.code()));
    cells.text_or_none(error.map(|error| error.reason.code()));
    cells.text_or_none(error.map(|error| error.text.as_str()));
}

fn fill(cells: &mut Cells, row: &Earning) {
    let Earning {
        id,
        key:
            EarningKey {
                participant,
                plan,
                component,
                interval,
                lineage,
            },
        period,
        date,
        credit,
        transaction,
        outcome,
        instalments,
        obsolete,
        reversal_of,
        awaits_calculation,
        calculation,
        trace,
        stamp,
    } = row;
    cells.id(id.0);
    cells.text(participant.as_str());
    cells.text(plan.as_str());
    cells.text(component.as_str());
    cells.text(interval.as_str());
    cells.id_or_none(lineage.map(|id| id.0));
    cells.text(period.as_str());
    cells.date(*date);
    cells.id_or_none(credit.map(|id| id.0));
    cells.id_or_none(transaction.map(|id| id.0));
    fill_outcome(cells, outcome);
    fill_instalments(cells, *instalments);
    fill_mark(cells, obsolete.as_ref());
    cells.id_or_none(reversal_of.map(|id| id.0));
    cells.flag(*awaits_calculation);
    cells.id(calculation.0);
    cells.stamp(stamp);
    cells.owned(encode_trace(trace));
}

/// The position, or what is before all positions.
fn fill_position(cells: &mut Cells, after: Option<&EarningPosition>) {
    cells.text(after.map_or("", |after| after.participant.as_str()));
    cells.whole(after.map_or(i64::MIN, |after| day_of(after.date)));
    cells.id_or_first(after.map(|after| after.id.0));
}

#[async_trait]
impl EarningRepository for SqliteSnapshot {
    async fn earnings_of_lineages(
        &self,
        participants: &[ParticipantId],
        lineages: &[LineageId],
    ) -> Result<Vec<Earning>, StoreError> {
        let mut cells = self.cells();
        cells.owned(name_list(participants.iter().map(ParticipantId::as_str)));
        cells.owned(id_list(lineages.iter().map(|id| id.0)));
        earnings(&self.page(sql::EARNINGS_OF_LINEAGES, cells).await?)
    }

    async fn current_earnings(
        &self,
        participants: &[ParticipantId],
        range: DateRange,
        after: Option<&EarningPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError> {
        // Those before the position are left out here, so that they are not scanned for every page.
        let rest = participants
            .iter()
            .filter(|whose| after.is_none_or(|after| **whose >= after.participant));
        let mut cells = self.cells();
        cells.owned(name_list(rest.map(ParticipantId::as_str)));
        cells.range(range);
        fill_position(&mut cells, after);
        cells.limit(chunk.rows());
        earnings(&self.page(sql::CURRENT_EARNINGS, cells).await?)
    }

    async fn earnings_after(
        &self,
        participant: Option<&ParticipantId>,
        range: DateRange,
        after: Option<&EarningPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError> {
        let mut cells = self.cells();
        let statement = match participant {
            Some(participant) => {
                cells.text(participant.as_str());
                sql::EARNINGS_OF_PARTICIPANT_AFTER
            }
            None => sql::EARNINGS_AFTER,
        };
        cells.range(range);
        fill_position(&mut cells, after);
        cells.limit(chunk.rows());
        earnings(&self.page(statement, cells).await?)
    }

    async fn payable_earnings(
        &self,
        due: Date,
        after: Option<&EarningPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError> {
        let mut cells = self.cells();
        cells.date(due);
        fill_position(&mut cells, after);
        cells.limit(chunk.rows());
        earnings(&self.page(sql::PAYABLE_EARNINGS, cells).await?)
    }

    async fn earnings_by_id(&self, ids: &[EarningId]) -> Result<Vec<Earning>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        let pages = self.pages_of(sql::EARNINGS_BY_ID, ids).await?;
        all(&pages, earnings)
    }

    async fn past_earnings(&self, ids: &[EarningId]) -> Result<Vec<PastEarning>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        let pages = self.pages_of(sql::PAST_EARNINGS, ids).await?;
        all(&pages, past_earnings)
    }

    async fn calculations(&self) -> Result<Vec<Calculation>, StoreError> {
        self.all_calculations().await
    }

    async fn calculation(&self, id: CalculationId) -> Result<Option<Calculation>, StoreError> {
        self.one_calculation(id).await
    }
}
