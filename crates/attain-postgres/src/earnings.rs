//! Earnings and reversals: the live table and its history.

use async_trait::async_trait;
use attain_documents::stored::{decode_trace, encode_trace};
use attain_domain::change::{Departure, EarningFacts, Obsoletion};
use attain_domain::earning::{
    Earning, EarningKey, EarningOutcome, EarningPayment, Instalments, PastEarning,
};
use attain_domain::ids::{
    ActorId, CalculationId, ComponentId, CreditId, EarningId, IntervalId, LineageId, ParticipantId,
    PeriodId, PlanId, TransactionId,
};
use attain_domain::ports::{ChunkSize, EarningPosition, EarningRepository, StoreError};
use attain_domain::run::Calculation;
use attain_domain::time::{Date, DateRange};
use sqlx::postgres::PgRow;

use crate::bulk::{Writer, all_there};
use crate::cells::Cells;
use crate::copy::{Insertion, Rows};
use crate::credits::{fill_departure, fill_mark};
use crate::error::{conflict, corrupt};
use crate::snapshot::PgSnapshot;
use crate::statements::earnings as sql;
use crate::stored::{Reading, each};
use crate::transactions::fill_error;

mod twice;

const WHAT: &str = "earnings";

const INSERTION: Insertion = Insertion {
    copy: sql::COPY_EARNINGS,
    arrays: sql::INSERT_EARNINGS,
    cells: 31,
};

pub(crate) fn earning(row: &mut Reading<'_>) -> Result<Earning, StoreError> {
    Ok(Earning {
        id: row.id(EarningId)?,
        key: key(row)?,
        period: row.name(PeriodId::parse)?,
        date: row.date()?,
        credit: row.id_or_none(CreditId)?,
        transaction: row.id_or_none(TransactionId)?,
        outcome: outcome(row)?,
        instalments: Instalments {
            count: row.small()?,
            taken: row.small()?,
            paid: row.small()?,
            next_due: row.date()?,
        },
        obsolete: row.obsolete_or_none()?,
        reversal_of: row.id_or_none(EarningId)?,
        awaits_calculation: row.flag()?,
        calculation: row.id(CalculationId)?,
        stamp: row.stamp()?,
        trace: decode_trace(row.json()?).map_err(|error| corrupt(WHAT, error))?,
    })
}

fn key(row: &mut Reading<'_>) -> Result<EarningKey, StoreError> {
    Ok(EarningKey {
        participant: row.name(ParticipantId::parse)?,
        plan: row.name(PlanId::parse)?,
        component: row.name(ComponentId::parse)?,
        interval: row.name(IntervalId::parse)?,
        lineage: row.id_or_none(LineageId)?,
    })
}

fn outcome(row: &mut Reading<'_>) -> Result<EarningOutcome, StoreError> {
    match (row.money_or_none()?, row.error_or_none()?) {
        (Some(amount), None) => Ok(EarningOutcome::Amount(amount)),
        (None, Some(error)) => Ok(EarningOutcome::Error(error)),
        _ => Err(row.wrong("either an amount or an error is needed")),
    }
}

pub(crate) fn earnings(rows: &[PgRow]) -> Result<Vec<Earning>, StoreError> {
    each(WHAT, rows, earning)
}

pub(crate) fn past_earnings(rows: &[PgRow]) -> Result<Vec<PastEarning>, StoreError> {
    each(WHAT, rows, |row| {
        Ok(PastEarning {
            earning: earning(row)?,
            because: row.code()?,
            left_at: row.instant()?,
            left_by: row.name(ActorId::parse)?,
        })
    })
}

impl Writer<'_> {
    pub(crate) async fn depart_earnings(
        &mut self,
        departed: &[Departure<EarningId>],
    ) -> Result<(), StoreError> {
        let touched = self
            .counted(sql::DEPART_EARNINGS, departed, |cells, departure| {
                fill_departure(cells, departure.id.0, departure);
            })
            .await?;
        all_there(WHAT, touched, departed.len())
    }

    /// From the history back to the live table, which refuses an id and a key that it has.
    pub(crate) async fn return_earnings(
        &mut self,
        returned: &[EarningFacts],
    ) -> Result<(), StoreError> {
        if returned.is_empty() {
            return Ok(());
        }
        let mut cells = self.cells();
        cells.ids(returned.iter().map(|facts| facts.id.0));
        if self.holds(sql::EARNINGS_LIVE, cells).await? {
            return Err(conflict("some of the past earnings are live"));
        }
        let back = self
            .given(sql::RETURN_EARNINGS, returned, fill_facts)
            .await?;
        if back.len() != returned.len() {
            let (found, wanted) = (back.len(), returned.len());
            let text = format!("{found} of {wanted} past earnings are there to come back");
            return Err(conflict(text));
        }
        self.refuse_returned_twice(&back).await
    }

    pub(crate) async fn mark_earnings(
        &mut self,
        obsoleted: &[Obsoletion<EarningId>],
        explained: &[EarningFacts],
    ) -> Result<(), StoreError> {
        self.change_rows(
            WHAT,
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
        self.change_rows(WHAT, sql::EXPLAIN_EARNINGS, explained, fill_facts)
            .await
    }

    /// That the rows are at the versions read was looked at before.
    pub(crate) async fn pay_earnings(&mut self, paid: &[EarningPayment]) -> Result<(), StoreError> {
        self.change_rows(WHAT, sql::PAY_EARNINGS, paid, |cells, payment| {
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
        self.refuse_present(WHAT, sql::EARNINGS_THERE, new.iter().map(|row| row.id.0))
            .await?;
        self.insert(INSERTION, new, fill).await?;
        self.refuse_new_twice(new).await
    }
}

fn fill_facts(cells: &mut Rows, facts: &EarningFacts) {
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
    cells.document(&encode_trace(trace));
    cells.stamp(stamp);
}

fn fill_instalments(cells: &mut Rows, instalments: Instalments) {
    let Instalments {
        count,
        taken,
        paid,
        next_due,
    } = instalments;
    cells.small(count);
    cells.small(taken);
    cells.small(paid);
    cells.date(next_due);
}

fn fill_outcome(cells: &mut Rows, outcome: &EarningOutcome) {
    let (amount, error) = match outcome {
        EarningOutcome::Amount(amount) => (Some(*amount), None),
        EarningOutcome::Error(error) => (None, Some(error)),
    };
    cells.money_or_none(amount);
    fill_error(cells, error);
}

fn fill(cells: &mut Rows, row: &Earning) {
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
    cells.document(&encode_trace(trace));
}

/// The position, or what is before all positions.
fn fill_position(cells: &mut Cells, after: Option<&EarningPosition>) {
    cells.text(after.map_or("", |after| after.participant.as_str()));
    cells.date_or_first(after.map(|after| after.date));
    cells.id_or_first(after.map(|after| after.id.0));
}

#[async_trait]
impl EarningRepository for PgSnapshot {
    async fn earnings_of_lineages(
        &self,
        participants: &[ParticipantId],
        lineages: &[LineageId],
    ) -> Result<Vec<Earning>, StoreError> {
        let mut lineages = lineages.to_vec();
        lineages.sort_unstable();
        lineages.dedup();
        let mut cells = self.cells();
        cells.texts(participants.iter().map(ParticipantId::as_str));
        cells.ids(lineages.iter().map(|id| id.0));
        earnings(&self.rows(sql::EARNINGS_OF_LINEAGES, cells).await?)
    }

    async fn current_earnings(
        &self,
        participants: &[ParticipantId],
        range: DateRange,
        after: Option<&EarningPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Earning>, StoreError> {
        let mut cells = self.cells();
        let position = after.map(|after| (&after.participant, after.date));
        let is_within = cells.participants(participants, range, position);
        let after = after.filter(|_| is_within);
        cells.date_or_first(after.map(|after| after.date));
        cells.id_or_first(after.map(|after| after.id.0));
        cells.limit(chunk.rows());
        earnings(&self.rows(sql::CURRENT_EARNINGS, cells).await?)
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
        earnings(&self.rows(statement, cells).await?)
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
        earnings(&self.rows(sql::PAYABLE_EARNINGS, cells).await?)
    }

    async fn earnings_by_id(&self, ids: &[EarningId]) -> Result<Vec<Earning>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        earnings(&self.rows_of(sql::EARNINGS_BY_ID, ids).await?)
    }

    async fn past_earnings(&self, ids: &[EarningId]) -> Result<Vec<PastEarning>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        past_earnings(&self.rows_of(sql::PAST_EARNINGS, ids).await?)
    }

    async fn calculations(&self) -> Result<Vec<Calculation>, StoreError> {
        self.all_calculations().await
    }

    async fn calculation(&self, id: CalculationId) -> Result<Option<Calculation>, StoreError> {
        self.one_calculation(id).await
    }
}
