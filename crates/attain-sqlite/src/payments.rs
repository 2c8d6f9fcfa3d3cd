//! Payment batches, paysheets and payment lines.

use async_trait::async_trait;
use attain_documents::stored::{decode_settlement, encode_settlement};
use attain_domain::ids::{
    BatchId, ComponentId, EarningId, LineId, ParticipantId, PayGroupId, PaysheetId, PeriodId,
    PlanId,
};
use attain_domain::payment::{
    BatchStatus, LineKind, PaymentBatch, PaymentLine, Paysheet, PaysheetStatus,
};
use attain_domain::ports::{ChunkSize, PaymentRepository, PaysheetPosition, StoreError};
use attain_domain::time::Date;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::bulk::Writer;
use crate::cells::{Cells, id_list};
use crate::error::corrupt;
use crate::snapshot::SqliteSnapshot;
use crate::statements::payments as sql;
use crate::stored::{MoneyRow, StampRow, Text, Whole, all, rows};

#[derive(Deserialize)]
struct BatchRow {
    id: Text<BatchId>,
    pay_group: Text<PayGroupId>,
    period: Text<PeriodId>,
    pay_date: Whole<Date>,
    status: Text<BatchStatus>,
    stamp: StampRow,
}

impl BatchRow {
    fn into_batch(self) -> PaymentBatch {
        PaymentBatch {
            id: self.id.0,
            pay_group: self.pay_group.0,
            period: self.period.0,
            pay_date: self.pay_date.0,
            status: self.status.0,
            stamp: self.stamp.into_stamp(),
        }
    }
}

#[derive(Deserialize)]
struct PaysheetRow {
    id: Text<PaysheetId>,
    batch: Text<BatchId>,
    participant: Text<ParticipantId>,
    status: Text<PaysheetStatus>,
    total: MoneyRow,
    held: MoneyRow,
    settlement: Option<String>,
    stamp: StampRow,
}

impl PaysheetRow {
    fn into_paysheet(self) -> Result<Paysheet, StoreError> {
        let settlement = self.settlement.as_deref().map(decode_settlement);
        let settlement = settlement.transpose();
        let settlement = settlement.map_err(|error| corrupt("paysheets", error))?;
        Ok(Paysheet {
            id: self.id.0,
            batch: self.batch.0,
            participant: self.participant.0,
            status: self.status.0,
            total: self.total.into_money(),
            held: self.held.into_money(),
            settlement: settlement.map(Box::new),
            stamp: self.stamp.into_stamp(),
        })
    }
}

#[derive(Deserialize)]
struct LineRow {
    id: Text<LineId>,
    paysheet: Text<PaysheetId>,
    batch: Text<BatchId>,
    participant: Text<ParticipantId>,
    kind: Text<LineKind>,
    earning: Text<EarningId>,
    instalment: u16,
    plan: Text<PlanId>,
    component: Text<ComponentId>,
    earning_period: Text<PeriodId>,
    date: Whole<Date>,
    amount: MoneyRow,
    currency_rate: Text<Decimal>,
    pay_amount: MoneyRow,
    held: Whole<bool>,
    stamp: StampRow,
}

impl LineRow {
    fn into_line(self) -> PaymentLine {
        PaymentLine {
            id: self.id.0,
            paysheet: self.paysheet.0,
            batch: self.batch.0,
            participant: self.participant.0,
            kind: self.kind.0,
            earning: self.earning.0,
            instalment: self.instalment,
            plan: self.plan.0,
            component: self.component.0,
            earning_period: self.earning_period.0,
            date: self.date.0,
            amount: self.amount.into_money(),
            currency_rate: self.currency_rate.0,
            pay_amount: self.pay_amount.into_money(),
            held: self.held.0,
            stamp: self.stamp.into_stamp(),
        }
    }
}

fn batches(page: &str) -> Result<Vec<PaymentBatch>, StoreError> {
    let rows: Vec<BatchRow> = rows("payment batches", page)?;
    Ok(rows.into_iter().map(BatchRow::into_batch).collect())
}

pub(crate) fn paysheets(page: &str) -> Result<Vec<Paysheet>, StoreError> {
    let rows: Vec<PaysheetRow> = rows("paysheets", page)?;
    rows.into_iter().map(PaysheetRow::into_paysheet).collect()
}

fn lines(page: &str) -> Result<Vec<PaymentLine>, StoreError> {
    let rows: Vec<LineRow> = rows("payment lines", page)?;
    Ok(rows.into_iter().map(LineRow::into_line).collect())
}

impl Writer<'_> {
    pub(crate) async fn delete_payments(
        &mut self,
        lines: &[LineId],
        paysheets: &[PaysheetId],
        batches: &[BatchId],
    ) -> Result<(), StoreError> {
        let ids = id_list(lines.iter().map(|id| id.0));
        self.remove("payment lines", sql::DELETE_LINES, ids, lines.len())
            .await?;
        let ids = id_list(paysheets.iter().map(|id| id.0));
        self.remove("paysheets", sql::DELETE_PAYSHEETS, ids, paysheets.len())
            .await?;
        let ids = id_list(batches.iter().map(|id| id.0));
        self.remove("payment batches", sql::DELETE_BATCHES, ids, batches.len())
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
        self.write(sql::PUT_LINES, lines, fill_line).await?;
        Ok(())
    }
}

fn fill_batch(cells: &mut Cells, row: &PaymentBatch) {
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

fn fill_paysheet(cells: &mut Cells, row: &Paysheet) {
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
    cells.text_or_none(settlement.as_deref());
    cells.stamp(stamp);
}

fn fill_line(cells: &mut Cells, row: &PaymentLine) {
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
    cells.whole(i64::from(*instalment));
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
impl PaymentRepository for SqliteSnapshot {
    async fn batch(&self, id: BatchId) -> Result<Option<PaymentBatch>, StoreError> {
        let mut cells = self.cells();
        cells.id(id.0);
        let found = batches(&self.page(sql::BATCH, cells).await?)?;
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
        batches(&self.page(sql::BATCHES_AFTER, cells).await?)
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
        paysheets(&self.page(sql::PAYSHEETS_OF_BATCH, cells).await?)
    }

    async fn paysheet(&self, id: PaysheetId) -> Result<Option<Paysheet>, StoreError> {
        let mut cells = self.cells();
        cells.id(id.0);
        let found = paysheets(&self.page(sql::PAYSHEET, cells).await?)?;
        Ok(found.into_iter().next())
    }

    async fn paysheets_of_participant(
        &self,
        participant: &ParticipantId,
    ) -> Result<Vec<Paysheet>, StoreError> {
        let mut cells = self.cells();
        cells.text(participant.as_str());
        paysheets(&self.page(sql::PAYSHEETS_OF_PARTICIPANT, cells).await?)
    }

    async fn lines_of_paysheets(
        &self,
        paysheets: &[PaysheetId],
    ) -> Result<Vec<PaymentLine>, StoreError> {
        let ids = paysheets.iter().map(|id| id.0);
        let pages = self.pages_of(sql::LINES_OF_PAYSHEETS, ids).await?;
        let mut found = all(&pages, lines)?;
        if pages.len() > 1 {
            found.sort_by(|a, b| {
                let place = |line: &PaymentLine| (line.date, line.id);
                let by_participant = a.participant.cmp(&b.participant);
                by_participant.then_with(|| place(a).cmp(&place(b)))
            });
        }
        Ok(found)
    }

    async fn lines_of_earnings(
        &self,
        earnings: &[EarningId],
    ) -> Result<Vec<PaymentLine>, StoreError> {
        let ids = earnings.iter().map(|id| id.0);
        let pages = self.pages_of(sql::LINES_OF_EARNINGS, ids).await?;
        let mut found = all(&pages, lines)?;
        if pages.len() > 1 {
            found.sort_by_key(|line| line.id);
        }
        Ok(found)
    }

    async fn lines_by_id(&self, ids: &[LineId]) -> Result<Vec<PaymentLine>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        let pages = self.pages_of(sql::LINES_BY_ID, ids).await?;
        all(&pages, lines)
    }

    async fn held_lines(
        &self,
        after: Option<LineId>,
        chunk: ChunkSize,
    ) -> Result<Vec<PaymentLine>, StoreError> {
        let mut cells = self.cells();
        cells.id_or_first(after.map(|id| id.0));
        cells.limit(chunk.rows());
        lines(&self.page(sql::HELD_LINES, cells).await?)
    }
}
