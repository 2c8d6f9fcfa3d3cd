//! Payment batches, paysheets and payment lines.

use async_trait::async_trait;
use attain_documents::stored::{decode_settlement, encode_settlement};
use attain_domain::ids::{
    BatchId, ComponentId, EarningId, LineId, ParticipantId, PayGroupId, PaysheetId, PeriodId,
    PlanId,
};
use attain_domain::payment::{PaymentBatch, PaymentLine, Paysheet};
use attain_domain::ports::{ChunkSize, PaymentRepository, PaysheetPosition, StoreError};
use sqlx::postgres::PgRow;

use crate::bulk::Writer;
use crate::copy::{Insertion, Rows};
use crate::error::corrupt;
use crate::snapshot::PgSnapshot;
use crate::statements::payments as sql;
use crate::stored::each;

const INSERTION: Insertion = Insertion {
    copy: sql::COPY_LINES,
    arrays: sql::INSERT_LINES,
    cells: 22,
};

fn batches(rows: &[PgRow]) -> Result<Vec<PaymentBatch>, StoreError> {
    each("payment batches", rows, |row| {
        Ok(PaymentBatch {
            id: row.id(BatchId)?,
            pay_group: row.name(PayGroupId::parse)?,
            period: row.name(PeriodId::parse)?,
            pay_date: row.date()?,
            status: row.code()?,
            stamp: row.stamp()?,
        })
    })
}

pub(crate) fn paysheets(rows: &[PgRow]) -> Result<Vec<Paysheet>, StoreError> {
    const WHAT: &str = "paysheets";
    each(WHAT, rows, |row| {
        Ok(Paysheet {
            id: row.id(PaysheetId)?,
            batch: row.id(BatchId)?,
            participant: row.name(ParticipantId::parse)?,
            status: row.code()?,
            total: row.money()?,
            held: row.money()?,
            settlement: row
                .document_or_none()?
                .map(|json| decode_settlement(&json).map(Box::new))
                .transpose()
                .map_err(|error| corrupt(WHAT, error))?,
            stamp: row.stamp()?,
        })
    })
}

fn lines(rows: &[PgRow]) -> Result<Vec<PaymentLine>, StoreError> {
    each("payment lines", rows, |row| {
        Ok(PaymentLine {
            id: row.id(LineId)?,
            paysheet: row.id(PaysheetId)?,
            batch: row.id(BatchId)?,
            participant: row.name(ParticipantId::parse)?,
            kind: row.code()?,
            earning: row.id(EarningId)?,
            instalment: row.small()?,
            plan: row.name(PlanId::parse)?,
            component: row.name(ComponentId::parse)?,
            earning_period: row.name(PeriodId::parse)?,
            date: row.date()?,
            amount: row.money()?,
            currency_rate: row.number()?,
            pay_amount: row.money()?,
            held: row.flag()?,
            stamp: row.stamp()?,
        })
    })
}

impl Writer<'_> {
    pub(crate) async fn delete_payments(
        &mut self,
        lines: &[LineId],
        paysheets: &[PaysheetId],
        batches: &[BatchId],
    ) -> Result<(), StoreError> {
        let ids = lines.iter().map(|id| id.0);
        self.remove("payment lines", sql::DELETE_LINES, ids).await?;
        let ids = paysheets.iter().map(|id| id.0);
        self.remove("paysheets", sql::DELETE_PAYSHEETS, ids).await?;
        let ids = batches.iter().map(|id| id.0);
        self.remove("payment batches", sql::DELETE_BATCHES, ids)
            .await
    }

    pub(crate) async fn put_payments(
        &mut self,
        batches: &[PaymentBatch],
        paysheets: &[Paysheet],
        lines: &[PaymentLine],
    ) -> Result<(), StoreError> {
        self.write(sql::PUT_BATCHES, batches, fill_batch).await?;
        self.write(sql::PUT_PAYSHEETS, paysheets, fill_paysheet)
            .await?;
        self.write(sql::REPLACE_LINES, lines, |cells, line| {
            cells.id(line.id.0);
        })
        .await?;
        self.insert(INSERTION, lines, fill_line).await
    }
}

fn fill_batch(cells: &mut Rows, row: &PaymentBatch) {
    let PaymentBatch {
        id,
        pay_group,
        period,
        pay_date,
        status,
        stamp,
    } = row;
    cells.id(id.0);
    cells.text(pay_group.as_str());
    cells.text(period.as_str());
    cells.date(*pay_date);
    cells.code(*status);
    cells.stamp(stamp);
}

fn fill_paysheet(cells: &mut Rows, row: &Paysheet) {
    let Paysheet {
        id,
        batch,
        participant,
        status,
        total,
        held,
        settlement,
        stamp,
    } = row;
    cells.id(id.0);
    cells.id(batch.0);
    cells.text(participant.as_str());
    cells.code(*status);
    cells.money(*total);
    cells.money(*held);
    let settlement = settlement.as_deref().map(encode_settlement);
    cells.document_or_none(settlement.as_deref());
    cells.stamp(stamp);
}

fn fill_line(cells: &mut Rows, row: &PaymentLine) {
    let PaymentLine {
        id,
        paysheet,
        batch,
        participant,
        kind,
        earning,
        instalment,
        plan,
        component,
        earning_period,
        date,
        amount,
        currency_rate,
        pay_amount,
        held,
        stamp,
    } = row;
    cells.id(id.0);
    cells.id(paysheet.0);
    cells.id(batch.0);
    cells.text(participant.as_str());
    cells.code(*kind);
    cells.id(earning.0);
    cells.small(*instalment);
    cells.text(plan.as_str());
    cells.text(component.as_str());
    cells.text(earning_period.as_str());
    cells.date(*date);
    cells.money(*amount);
    cells.number(*currency_rate);
    cells.money(*pay_amount);
    cells.flag(*held);
    cells.stamp(stamp);
}

#[async_trait]
impl PaymentRepository for PgSnapshot {
    async fn batch(&self, id: BatchId) -> Result<Option<PaymentBatch>, StoreError> {
        let mut cells = self.cells();
        cells.id(id.0);
        let found = batches(&self.rows(sql::BATCH, cells).await?)?;
        Ok(found.into_iter().next())
    }

    async fn batches_after(
        &self,
        after: Option<BatchId>,
        chunk: ChunkSize,
    ) -> Result<Vec<PaymentBatch>, StoreError> {
        let mut cells = self.cells();
        cells.id_or_first(after.map(|id| id.0));
        cells.limit(chunk.rows());
        batches(&self.rows(sql::BATCHES_AFTER, cells).await?)
    }

    async fn paysheets_of_batch(
        &self,
        batch: BatchId,
        after: Option<&PaysheetPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Paysheet>, StoreError> {
        let mut cells = self.cells();
        cells.id(batch.0);
        cells.text(after.map_or("", |after| after.participant.as_str()));
        cells.id_or_first(after.map(|after| after.id.0));
        cells.limit(chunk.rows());
        paysheets(&self.rows(sql::PAYSHEETS_OF_BATCH, cells).await?)
    }

    async fn paysheet(&self, id: PaysheetId) -> Result<Option<Paysheet>, StoreError> {
        let mut cells = self.cells();
        cells.id(id.0);
        let found = paysheets(&self.rows(sql::PAYSHEET, cells).await?)?;
        Ok(found.into_iter().next())
    }

    async fn paysheets_of_participant(
        &self,
        participant: &ParticipantId,
    ) -> Result<Vec<Paysheet>, StoreError> {
        let mut cells = self.cells();
        cells.text(participant.as_str());
        paysheets(&self.rows(sql::PAYSHEETS_OF_PARTICIPANT, cells).await?)
    }

    async fn lines_of_paysheets(
        &self,
        paysheets: &[PaysheetId],
    ) -> Result<Vec<PaymentLine>, StoreError> {
        let ids = paysheets.iter().map(|id| id.0);
        lines(&self.rows_of(sql::LINES_OF_PAYSHEETS, ids).await?)
    }

    async fn lines_of_earnings(
        &self,
        earnings: &[EarningId],
    ) -> Result<Vec<PaymentLine>, StoreError> {
        let ids = earnings.iter().map(|id| id.0);
        lines(&self.rows_of(sql::LINES_OF_EARNINGS, ids).await?)
    }

    async fn lines_by_id(&self, ids: &[LineId]) -> Result<Vec<PaymentLine>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        lines(&self.rows_of(sql::LINES_BY_ID, ids).await?)
    }

    async fn held_lines(
        &self,
        after: Option<LineId>,
        chunk: ChunkSize,
    ) -> Result<Vec<PaymentLine>, StoreError> {
        let mut cells = self.cells();
        cells.id_or_first(after.map(|id| id.0));
        cells.limit(chunk.rows());
        lines(&self.rows(sql::HELD_LINES, cells).await?)
    }
}
