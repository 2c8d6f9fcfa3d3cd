//! Credits: the live table, with obsolete ones, and the way to their history.

use async_trait::async_trait;
use attain_domain::change::{CreditEligibility, Departure, Obsoletion};
use attain_domain::credit::{
    Credit, CreditKind, CreditOrigin, CreditPosition, CreditStatus, Obsolete,
};
use attain_domain::ids::{
    CategoryId, CreditId, LineageId, ParticipantId, PeriodId, RuleId, RuleSetId, SourceNumber,
    TransactionId, TransactionType,
};
use attain_domain::ports::{ChunkSize, CreditRepository, StoreError};
use attain_domain::time::{Date, DateRange};
use attain_domain::transaction::TransactionKey;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::bulk::Writer;
use crate::cells::{Cells, id_list, name_list};
use crate::error::corrupt;
use crate::snapshot::SqliteSnapshot;
use crate::statements::credits as sql;
use crate::stored::{ErrorRow, Maybe, MoneyRow, ObsoleteRow, StampRow, Text, Whole, all, rows};

#[derive(Deserialize)]
pub(crate) struct CreditRow {
    id: Text<CreditId>,
    lineage: Text<LineageId>,
    adjusted_from: Maybe<CreditId>,
    transaction: Maybe<TransactionId>,
    number: Text<SourceNumber>,
    transaction_type: Text<TransactionType>,
    participant: Text<ParticipantId>,
    kind: Text<CreditKind>,
    origin: String,
    set: Option<Text<RuleSetId>>,
    rule: Option<Text<RuleId>>,
    source: Maybe<CreditId>,
    through: Option<Text<ParticipantId>>,
    amount: MoneyRow,
    quantity: Text<Decimal>,
    percent: Text<Decimal>,
    revenue: Whole<bool>,
    rolls_up: Whole<bool>,
    calculates: Whole<bool>,
    credit_date: Whole<Date>,
    roll_up_date: Whole<Date>,
    period: Text<PeriodId>,
    category: Option<Text<CategoryId>>,
    status: String,
    error: Option<ErrorRow>,
    obsolete: Option<ObsoleteRow>,
    stamp: StampRow,
}

impl CreditRow {
    pub(crate) fn into_credit(self) -> Result<Credit, StoreError> {
        let origin = match (self.origin.as_str(), self.set, self.rule, self.through) {
            ("rule", Some(set), Some(rule), None) => CreditOrigin::Rule {
                set: set.0,
                rule: rule.0,
            },
            ("given", None, None, None) => CreditOrigin::Given,
            ("from", None, None, Some(through)) => CreditOrigin::From {
                source: self.source.0,
                through: through.0,
            },
            (code, ..) => return Err(corrupt("credits", format!("`{code}` is no origin"))),
        };
        let status = match (self.status.as_str(), self.error) {
            ("credited", None) => CreditStatus::Credited,
            ("eligible", None) => CreditStatus::Eligible,
            ("error", Some(error)) => CreditStatus::Error(error.into_error()),
            (code, _) => return Err(corrupt("credits", format!("`{code}` is no status"))),
        };
        Ok(Credit {
            id: self.id.0,
            lineage: self.lineage.0,
            adjusted_from: self.adjusted_from.0,
            transaction: self.transaction.0,
            key: TransactionKey {
                number: self.number.0,
                kind: self.transaction_type.0,
            },
            participant: self.participant.0,
            kind: self.kind.0,
            origin,
            amount: self.amount.into_money(),
            quantity: self.quantity.0,
            percent: self.percent.0,
            revenue: self.revenue.0,
            rolls_up: self.rolls_up.0,
            calculates: self.calculates.0,
            credit_date: self.credit_date.0,
            roll_up_date: self.roll_up_date.0,
            period: self.period.0,
            category: self.category.map(|category| category.0),
            status,
            obsolete: self.obsolete.map(ObsoleteRow::into_mark),
            stamp: self.stamp.into_stamp(),
        })
    }
}

pub(crate) fn credits(page: &str) -> Result<Vec<Credit>, StoreError> {
    let rows: Vec<CreditRow> = rows("credits", page)?;
    rows.into_iter().map(CreditRow::into_credit).collect()
}

impl Writer<'_> {
    pub(crate) async fn depart_credits(
        &mut self,
        departed: &[Departure<CreditId>],
    ) -> Result<(), StoreError> {
        let what = "credits";
        let archived: Vec<_> = departed
            .iter()
            .filter(|departure| departure.archive)
            .collect();
        self.change(what, sql::ARCHIVE_CREDITS, &archived, |cells, departure| {
            fill_departure(cells, departure.id.0, departure);
        })
        .await?;
        let ids = id_list(departed.iter().map(|departure| departure.id.0));
        self.remove(what, sql::REMOVE_CREDITS, ids, departed.len())
            .await
    }

    pub(crate) async fn mark_credits(
        &mut self,
        obsoleted: &[Obsoletion<CreditId>],
        judged: &[CreditEligibility],
    ) -> Result<(), StoreError> {
        let what = "credits";
        self.change(
            what,
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
        self.change(what, sql::JUDGE_CREDITS, judged, |cells, eligibility| {
            let CreditEligibility { id, status, stamp } = eligibility;
            cells.id(id.0);
            fill_status(cells, status);
            cells.stamp(stamp);
        })
        .await
    }

    pub(crate) async fn insert_credits(&mut self, new: &[Credit]) -> Result<(), StoreError> {
        self.write(sql::INSERT_CREDITS, new, fill).await?;
        Ok(())
    }
}

/// Which row leaves for history, and why.
pub(crate) fn fill_departure<Id>(cells: &mut Cells, id: uuid::Uuid, departure: &Departure<Id>) {
    cells.id(id);
    cells.code(departure.because);
    cells.instant(departure.at);
    cells.text(departure.actor.as_str());
}

pub(crate) fn fill_mark(cells: &mut Cells, mark: Option<&Obsolete>) {
    cells.instant_or_none(mark.map(|mark| mark.at));
    cells.text_or_none(mark.map(|mark| mark.actor.as_str()));
    cells.code_or_none(mark.map(|mark| mark.because));
    cells.text_or_none(mark.and_then(|mark| mark.reason.as_deref()));
}

fn fill_status(cells: &mut Cells, status: &CreditStatus) {
    let (code, error) = match status {
        CreditStatus::Credited => ("credited", None),
        CreditStatus::Eligible => ("eligible", None),
        CreditStatus::Error(error) => ("error", Some(error)),
    };
    cells.text(code);
    cells.text_or_none(error.map(|error| error.reason.code()));
    cells.text_or_none(error.map(|error| error.text.as_str()));
}

fn fill_origin(cells: &mut Cells, origin: &CreditOrigin) {
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

fn fill(cells: &mut Cells, row: &Credit) {
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
impl CreditRepository for SqliteSnapshot {
    async fn credits_of_transactions(
        &self,
        transactions: &[TransactionId],
    ) -> Result<Vec<Credit>, StoreError> {
        let ids = transactions.iter().map(|id| id.0);
        let pages = self.pages_of(sql::CREDITS_OF_TRANSACTIONS, ids).await?;
        all(&pages, credits)
    }

    async fn credits_by_id(&self, ids: &[CreditId]) -> Result<Vec<Credit>, StoreError> {
        let ids = ids.iter().map(|id| id.0);
        let pages = self.pages_of(sql::CREDITS_BY_ID, ids).await?;
        all(&pages, credits)
    }

    async fn credits_of_participants(
        &self,
        participants: &[ParticipantId],
        range: DateRange,
        after: Option<&CreditPosition>,
        chunk: ChunkSize,
    ) -> Result<Vec<Credit>, StoreError> {
        // Those before the position are left out here, so that they are not scanned for every page.
        let rest = participants
            .iter()
            .filter(|whose| after.is_none_or(|after| **whose >= after.participant));
        let mut cells = self.cells();
        cells.owned(name_list(rest.map(ParticipantId::as_str)));
        cells.range(range);
        cells.text(after.map_or("", |after| after.participant.as_str()));
        cells.whole(after.map_or(i64::MIN, |after| crate::cells::day_of(after.date)));
        cells.text(after.map_or("", |after| after.key.number.as_str()));
        cells.text(after.map_or("", |after| after.key.kind.as_str()));
        cells.text(after.map_or("", |after| attain_documents::stored::Code::code(after.kind)));
        cells.id_or_first(after.map(|after| after.lineage.0));
        cells.limit(chunk.rows());
        credits(&self.page(sql::CREDITS_OF_PARTICIPANTS, cells).await?)
    }

    async fn summarised_credits_through(
        &self,
        child: &ParticipantId,
        range: DateRange,
    ) -> Result<Vec<Credit>, StoreError> {
        let mut cells = self.cells();
        cells.text(child.as_str());
        cells.range(range);
        credits(&self.page(sql::SUMMARISED_CREDITS_THROUGH, cells).await?)
    }
}
