//! Credits: the live table, with obsolete ones, and the way to their history.

use async_trait::async_trait;
use attain_domain::change::{CreditEligibility, Departure, Obsoletion};
use attain_domain::credit::{Credit, CreditOrigin, CreditPosition, CreditStatus, Obsolete};
use attain_domain::ids::{
    CategoryId, CreditId, LineageId, ParticipantId, PeriodId, RuleId, RuleSetId, SourceNumber,
    TransactionId, TransactionType,
};
use attain_domain::ports::{ChunkSize, CreditRepository, StoreError};
use attain_domain::time::DateRange;
use attain_domain::transaction::TransactionKey;
use sqlx::postgres::PgRow;

use crate::bulk::{Writer, all_there};
use crate::copy::{Insertion, Rows};
use crate::snapshot::PgSnapshot;
use crate::statements::credits as sql;
use crate::stored::{Reading, each};
use crate::transactions::fill_error;

const WHAT: &str = "credits";

const INSERTION: Insertion = Insertion {
    copy: sql::COPY_CREDITS,
    arrays: sql::INSERT_CREDITS,
    cells: 36,
};

pub(crate) fn credit(row: &mut Reading<'_>) -> Result<Credit, StoreError> {
    Ok(Credit {
        id: row.id(CreditId)?,
        lineage: row.id(LineageId)?,
        adjusted_from: row.id_or_none(CreditId)?,
        transaction: row.id_or_none(TransactionId)?,
        key: TransactionKey {
            number: row.name(SourceNumber::parse)?,
            kind: row.name(TransactionType::parse)?,
        },
        participant: row.name(ParticipantId::parse)?,
        kind: row.code()?,
        origin: origin(row)?,
        amount: row.money()?,
        quantity: row.number()?,
        percent: row.number()?,
        revenue: row.flag()?,
        rolls_up: row.flag()?,
        calculates: row.flag()?,
        credit_date: row.date()?,
        roll_up_date: row.date()?,
        period: row.name(PeriodId::parse)?,
        category: row.name_or_none(CategoryId::parse)?,
        status: status(row)?,
        obsolete: row.obsolete_or_none()?,
        stamp: row.stamp()?,
    })
}

pub(crate) fn credits(rows: &[PgRow]) -> Result<Vec<Credit>, StoreError> {
    each(WHAT, rows, credit)
}

fn origin(row: &mut Reading<'_>) -> Result<CreditOrigin, StoreError> {
    let code: &str = row.cell()?;
    let set = row.name_or_none(RuleSetId::parse)?;
    let rule = row.name_or_none(RuleId::parse)?;
    let source = row.id_or_none(CreditId)?;
    match (code, set, rule, row.name_or_none(ParticipantId::parse)?) {
        ("rule", Some(set), Some(rule), None) => Ok(CreditOrigin::Rule { set, rule }),
        ("given", None, None, None) => Ok(CreditOrigin::Given),
        ("from", None, None, Some(through)) => Ok(CreditOrigin::From { source, through }),
        _ => Err(row.wrong(format!("`{code}` is no origin"))),
    }
}

fn status(row: &mut Reading<'_>) -> Result<CreditStatus, StoreError> {
    let code: &str = row.cell()?;
    match (code, row.error_or_none()?) {
        ("credited", None) => Ok(CreditStatus::Credited),
        ("eligible", None) => Ok(CreditStatus::Eligible),
        ("error", Some(error)) => Ok(CreditStatus::Error(error)),
        _ => Err(row.wrong(format!("`{code}` is no status"))),
    }
}

impl Writer<'_> {
    pub(crate) async fn depart_credits(
        &mut self,
        departed: &[Departure<CreditId>],
    ) -> Result<(), StoreError> {
        let touched = self
            .counted(sql::DEPART_CREDITS, departed, |cells, departure| {
                fill_departure(cells, departure.id.0, departure);
            })
            .await?;
        all_there(WHAT, touched, departed.len())
    }

    pub(crate) async fn mark_credits(
        &mut self,
        obsoleted: &[Obsoletion<CreditId>],
        judged: &[CreditEligibility],
    ) -> Result<(), StoreError> {
        self.change_rows(
            WHAT,
            sql::OBSOLETE_CREDITS,
            obsoleted,
            |cells, obsoletion| {
                let Obsoletion { id, mark, stamp } = obsoletion;
                cells.id(id.0);
                fill_mark(cells, Some(mark));
                cells.stamp(stamp);
            },
        )
        .await?;
        self.change_rows(WHAT, sql::JUDGE_CREDITS, judged, |cells, eligibility| {
            let CreditEligibility { id, status, stamp } = eligibility;
            cells.id(id.0);
            fill_status(cells, status);
            cells.stamp(stamp);
        })
        .await
    }

    pub(crate) async fn insert_credits(&mut self, new: &[Credit]) -> Result<(), StoreError> {
        self.refuse_present(WHAT, sql::CREDITS_THERE, new.iter().map(|row| row.id.0))
            .await?;
        self.insert(INSERTION, new, fill).await
    }
}

/// Which row leaves, whether for history, and why.
pub(crate) fn fill_departure<Id>(cells: &mut Rows, id: uuid::Uuid, departure: &Departure<Id>) {
    cells.id(id);
    cells.flag(departure.archive);
    cells.code(departure.because);
    cells.instant(departure.at);
    cells.text(departure.actor.as_str());
}

pub(crate) fn fill_mark(cells: &mut Rows, mark: Option<&Obsolete>) {
    cells.instant_or_none(mark.map(|mark| mark.at));
    cells.text_or_none(mark.map(|mark| mark.actor.as_str()));
    cells.code_or_none(mark.map(|mark| mark.because));
    cells.text_or_none(mark.and_then(|mark| mark.reason.as_deref()));
}

fn fill_status(cells: &mut Rows, status: &CreditStatus) {
    let (code, error) = match status {
        CreditStatus::Credited => ("credited", None),
        CreditStatus::Eligible => ("eligible", None),
        CreditStatus::Error(error) => ("error", Some(error)),
    };
    cells.text(code);
    fill_error(cells, error);
}

fn fill_origin(cells: &mut Rows, origin: &CreditOrigin) {
    let (code, set, rule, source, through) = match origin {
        CreditOrigin::Rule { set, rule } => ("rule", Some(set), Some(rule), None, None),
        CreditOrigin::Given => ("given", None, None, None, None),
        CreditOrigin::From { source, through } => ("from", None, None, *source, Some(through)),
    };
    cells.text(code);
    cells.text_or_none(set.map(RuleSetId::as_str));
    cells.text_or_none(rule.map(RuleId::as_str));
    cells.id_or_none(source.map(|id| id.0));
    cells.text_or_none(through.map(ParticipantId::as_str));
}

fn fill(cells: &mut Rows, row: &Credit) {
    let Credit {
        id,
        lineage,
        adjusted_from,
        transaction,
        key: TransactionKey {
            number,
            kind: transaction_type,
        },
        participant,
        kind,
        origin,
        amount,
        quantity,
        percent,
        revenue,
        rolls_up,
        calculates,
        credit_date,
        roll_up_date,
        period,
        category,
        status,
        obsolete,
        stamp,
    } = row;
    cells.id(id.0);
    cells.id(lineage.0);
    cells.id_or_none(adjusted_from.map(|id| id.0));
    cells.id_or_none(transaction.map(|id| id.0));
    cells.text(number.as_str());
    cells.text(transaction_type.as_str());
    cells.text(participant.as_str());
    cells.code(*kind);
    fill_origin(cells, origin);
    cells.money(*amount);
    cells.number(*quantity);
    cells.number(*percent);
    cells.flag(*revenue);
    cells.flag(*rolls_up);
    cells.flag(*calculates);
    cells.date(*credit_date);
    cells.date(*roll_up_date);
    cells.text(period.as_str());
    cells.text_or_none(category.as_ref().map(CategoryId::as_str));
    fill_status(cells, status);
    fill_mark(cells, obsolete.as_ref());
    cells.stamp(stamp);
}

#[async_trait]
impl CreditRepository for PgSnapshot {
    async fn credits_of_transactions(
        &self,
        transactions: &[TransactionId],
    ) -> Result<Vec<Credit>, StoreError> {
        let ids = transactions.iter().map(|id| id.0);
        credits(&self.rows_of(sql::CREDITS_OF_TRANSACTIONS, ids).await?)
    }

    async fn credits_by_id(&self, ids: &[CreditId]) -> Result<Vec<Credit>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        credits(&self.rows_of(sql::CREDITS_BY_ID, ids).await?)
    }

    async fn credits_of_participants(
        &self,
        participants: &[ParticipantId],
        range: DateRange,
        after: Option<&CreditPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Credit>, StoreError> {
        let mut cells = self.cells();
        let position = after.map(|after| (&after.participant, after.date));
        // Whether the position is within the first participant, and not before all of them.
        let is_within = cells.participants(participants, range, position);
        let after = after.filter(|_| is_within);
        cells.date_or_first(after.map(|after| after.date));
        cells.text(after.map_or("", |after| after.key.number.as_str()));
        cells.text(after.map_or("", |after| after.key.kind.as_str()));
        cells.text(after.map_or("", |after| attain_documents::stored::Code::code(after.kind)));
        cells.id_or_first(after.map(|after| after.lineage.0));
        cells.limit(chunk.rows());
        credits(&self.rows(sql::CREDITS_OF_PARTICIPANTS, cells).await?)
    }

    async fn summarised_credits_through(
        &self,
        child: &ParticipantId,
        range: DateRange,
    ) -> Result<Vec<Credit>, StoreError> {
        let mut cells = self.cells();
        cells.text(child.as_str());
        cells.range(range);
        credits(&self.rows(sql::SUMMARISED_CREDITS_THROUGH, cells).await?)
    }
}
