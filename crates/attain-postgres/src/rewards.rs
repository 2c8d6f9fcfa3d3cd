//! Rewards, clearings, their undoings, and the marks of all of it.

use std::collections::{BTreeMap, BTreeSet};

use attain_documents::stored::{decode_reward_ids, encode_reward_ids};
use attain_domain::ids::{
    ActorId, BatchId, ClearId, ClearUndoId, ComponentId, ParticipantId, PaymentPlanId, PaysheetId,
    PlanId, RewardId,
};
use attain_domain::ports::{RewardsMark, StoreError};
use attain_domain::reward::{
    Account, Clear, ClearOrigin, ClearUndo, ClearUndone, Cleared, Reward, RewardLine, RewardOrigin,
    RewardPayment, SettlementStep, Withdrawn,
};
use sqlx::postgres::PgRow;

use crate::bulk::Writer;
use crate::copy::Rows;
use crate::error::corrupt;
use crate::statements::rewards as sql;
use crate::stored::{Reading, each};

pub(crate) fn rewards(rows: &[PgRow]) -> Result<Vec<Reward>, StoreError> {
    each("rewards", rows, |row| {
        Ok(Reward {
            id: row.id(RewardId)?,
            participant: row.name(ParticipantId::parse)?,
            amount: row.money()?,
            recoverable: row.flag()?,
            kind: row.code()?,
            account: row
                .name_or_none(PaymentPlanId::parse)?
                .map_or(Account::General, Account::PaymentPlan),
            origin: origin(row)?,
            component: {
                let plan = row.name_or_none(PlanId::parse)?;
                plan.zip(row.name_or_none(ComponentId::parse)?)
            },
            date: row.date()?,
            reason: row.text()?,
            payment: payment(row)?,
            cleared: cleared(row)?,
            withdrawn: withdrawn(row)?,
            stamp: row.stamp()?,
        })
    })
}

fn origin(row: &mut Reading<'_>) -> Result<RewardOrigin, StoreError> {
    let which = row.text()?;
    let plan = row.name_or_none(PaymentPlanId::parse)?;
    let batch = row.id_or_none(BatchId)?;
    let step: Option<SettlementStep> = row.code_or_none()?;
    match (plan, batch, step) {
        (None, None, None) => Ok(RewardOrigin::ByHand),
        (Some(plan), Some(batch), Some(step)) => {
            Ok(RewardOrigin::PaymentPlan { plan, batch, step })
        }
        (None, Some(batch), Some(step)) => Ok(RewardOrigin::NegativeSheet { batch, step }),
        _ => Err(row.wrong(format!("the parts of the origin `{which}` go together"))),
    }
}

fn payment(row: &mut Reading<'_>) -> Result<RewardPayment, StoreError> {
    let which = row.text()?;
    let batch = row.id_or_none(BatchId)?;
    let paysheet = row.id_or_none(PaysheetId)?;
    let currency_rate = row.number_or_none()?;
    let pay_amount = row.money_or_none()?;
    let held: Option<bool> = row.cell()?;
    let paid_at = row.instant_or_none()?;
    let (Some(batch), Some(paysheet), Some(currency_rate), Some(pay_amount), Some(held)) =
        (batch, paysheet, currency_rate, pay_amount, held)
    else {
        return match which.as_str() {
            "unpaid" => Ok(RewardPayment::Unpaid),
            _ => Err(row.wrong("the parts of a reward's line go together")),
        };
    };
    let line = RewardLine {
        batch,
        paysheet,
        currency_rate,
        pay_amount,
        held,
    };
    Ok(match paid_at {
        None => RewardPayment::OnPaysheet(line),
        Some(at) => RewardPayment::Paid { line, at },
    })
}

fn cleared(row: &mut Reading<'_>) -> Result<Option<Cleared>, StoreError> {
    let clear = row.id_or_none(ClearId)?;
    let at = row.instant_or_none()?;
    let by = row.name_or_none(ActorId::parse)?;
    match (clear, at, by) {
        (Some(clear), Some(at), Some(by)) => Ok(Some(Cleared { clear, at, by })),
        (None, None, None) => Ok(None),
        _ => Err(row.wrong("the parts of a reward's clearing go together")),
    }
}

fn withdrawn(row: &mut Reading<'_>) -> Result<Option<Withdrawn>, StoreError> {
    let at = row.instant_or_none()?;
    let by = row.name_or_none(ActorId::parse)?;
    let reason = row.text_or_none()?;
    match (at, by, reason) {
        (Some(at), Some(by), Some(reason)) => Ok(Some(Withdrawn { at, by, reason })),
        (None, None, None) => Ok(None),
        _ => Err(row.wrong("the parts of a withdrawal go together")),
    }
}

pub(crate) fn clears(rows: &[PgRow]) -> Result<Vec<Clear>, StoreError> {
    const WHAT: &str = "clearings";
    each(WHAT, rows, |row| {
        Ok(Clear {
            id: row.id(ClearId)?,
            participant: row.name(ParticipantId::parse)?,
            date: row.date()?,
            at: row.instant()?,
            by: row.name(ActorId::parse)?,
            reason: row.text()?,
            origin: clear_origin(row)?,
            forgiven: row.money()?,
            rewards: decode_reward_ids(row.json()?).map_err(|error| corrupt(WHAT, error))?,
            undone: undone(row)?,
            stamp: row.stamp()?,
        })
    })
}

fn clear_origin(row: &mut Reading<'_>) -> Result<ClearOrigin, StoreError> {
    let which = row.text()?;
    let plan = row.name_or_none(PaymentPlanId::parse)?;
    match (plan, row.id_or_none(BatchId)?) {
        (None, None) => Ok(ClearOrigin::ByHand),
        (Some(plan), Some(batch)) => Ok(ClearOrigin::Waived { plan, batch }),
        _ => Err(row.wrong(format!("the parts of the origin `{which}` go together"))),
    }
}

fn undone(row: &mut Reading<'_>) -> Result<Option<ClearUndone>, StoreError> {
    let undo = row.id_or_none(ClearUndoId)?;
    let date = row.date_or_none()?;
    let at = row.instant_or_none()?;
    match (undo, date, at) {
        (Some(undo), Some(date), Some(at)) => Ok(Some(ClearUndone { undo, date, at })),
        (None, None, None) => Ok(None),
        _ => Err(row.wrong("the parts of an undoing go together")),
    }
}

pub(crate) fn undos(rows: &[PgRow]) -> Result<Vec<ClearUndo>, StoreError> {
    each("undoings", rows, |row| {
        Ok(ClearUndo {
            id: row.id(ClearUndoId)?,
            clear: row.id(ClearId)?,
            participant: row.name(ParticipantId::parse)?,
            date: row.date()?,
            reason: row.text()?,
            restored: row.money()?,
            stamp: row.stamp()?,
        })
    })
}

pub(crate) fn marks(rows: &[PgRow]) -> Result<Vec<RewardsMark>, StoreError> {
    each("marks of rewards", rows, |row| {
        Ok(RewardsMark {
            participant: row.name(ParticipantId::parse)?,
            mark: row.count()?,
        })
    })
}

impl Writer<'_> {
    pub(crate) async fn write_rewards(
        &mut self,
        rewards: &[Reward],
        clears: &[Clear],
        undos: &[ClearUndo],
    ) -> Result<(), StoreError> {
        let of_rewards = rewards.iter().map(|row| &row.participant);
        let of_clears = clears.iter().map(|row| &row.participant);
        let of_undos = undos.iter().map(|row| &row.participant);
        let whose: BTreeSet<_> = of_rewards.chain(of_clears).chain(of_undos).collect();
        let whose: Vec<&ParticipantId> = whose.into_iter().collect();
        self.write(sql::RAISE_REWARDS_MARKS, &whose, |cells, whose| {
            cells.text(whose.as_str());
        })
        .await?;
        self.write(sql::PUT_REWARDS, rewards, fill_reward).await?;
        self.write(sql::PUT_CLEARS, clears, fill_clear).await?;
        self.write(sql::INSERT_UNDOS, undos, fill_undo).await?;
        Ok(())
    }

    /// The marks of these participants' rewards, locked until the commit; those of 0 are left out.
    pub(crate) async fn rewards_marks(
        &mut self,
        participants: &BTreeSet<&ParticipantId>,
    ) -> Result<BTreeMap<ParticipantId, u64>, StoreError> {
        if participants.is_empty() {
            return Ok(BTreeMap::new());
        }
        let names = || participants.iter().map(|whose| whose.as_str());
        let mut cells = self.cells();
        cells.texts(names());
        self.run(sql::LOCK_REWARDS_MARKS, cells).await?;
        let mut cells = self.cells();
        cells.texts(names());
        let found = marks(&self.rows(sql::REWARDS_MARKS, cells).await?)?;
        let found = found.into_iter().map(|mark| (mark.participant, mark.mark));
        Ok(found.collect())
    }
}

fn fill_reward(cells: &mut Rows, row: &Reward) {
    let Reward {
        id,
        participant,
        amount,
        recoverable,
        kind,
        account,
        origin,
        component,
        date,
        reason,
        payment,
        cleared,
        withdrawn,
        stamp,
    } = row;
    cells.id(id.0);
    cells.text(participant.as_str());
    cells.money(*amount);
    cells.flag(*recoverable);
    cells.code(*kind);
    cells.text_or_none(match account {
        Account::General => None,
        Account::PaymentPlan(plan) => Some(plan.as_str()),
    });
    fill_origin(cells, origin);
    let component = component.as_ref();
    cells.text_or_none(component.map(|(plan, _)| plan.as_str()));
    cells.text_or_none(component.map(|(_, component)| component.as_str()));
    cells.date(*date);
    cells.text(reason);
    fill_payment(cells, payment);
    cells.id_or_none(cleared.as_ref().map(|cleared| cleared.clear.0));
    cells.instant_or_none(cleared.as_ref().map(|cleared| cleared.at));
    cells.text_or_none(cleared.as_ref().map(|cleared| cleared.by.as_str()));
    cells.instant_or_none(withdrawn.as_ref().map(|withdrawn| withdrawn.at));
    cells.text_or_none(withdrawn.as_ref().map(|withdrawn| withdrawn.by.as_str()));
    cells.text_or_none(
        withdrawn
            .as_ref()
            .map(|withdrawn| withdrawn.reason.as_str()),
    );
    cells.stamp(stamp);
}

/// Four cells: which, the payment plan, the batch, the step.
fn fill_origin(cells: &mut Rows, origin: &RewardOrigin) {
    let (which, plan, batch, step) = match origin {
        RewardOrigin::ByHand => ("by_hand", None, None, None),
        RewardOrigin::PaymentPlan { plan, batch, step } => {
            ("payment_plan", Some(plan), Some(batch), Some(*step))
        }
        RewardOrigin::NegativeSheet { batch, step } => {
            ("negative_sheet", None, Some(batch), Some(*step))
        }
    };
    cells.text(which);
    cells.text_or_none(plan.map(PaymentPlanId::as_str));
    cells.id_or_none(batch.map(|batch| batch.0));
    cells.code_or_none(step);
}

/// Eight cells: how far, the line, when it was paid.
fn fill_payment(cells: &mut Rows, payment: &RewardPayment) {
    let (which, line, paid_at) = match payment {
        RewardPayment::Unpaid => ("unpaid", None, None),
        RewardPayment::OnPaysheet(line) => ("on_paysheet", Some(line), None),
        RewardPayment::Paid { line, at } => ("paid", Some(line), Some(*at)),
    };
    cells.text(which);
    cells.id_or_none(line.map(|line| line.batch.0));
    cells.id_or_none(line.map(|line| line.paysheet.0));
    cells.number_or_none(line.map(|line| line.currency_rate));
    cells.number_or_none(line.map(|line| line.pay_amount.amount));
    cells.text_or_none(line.map(|line| line.pay_amount.currency.code()));
    cells.flag_or_none(line.map(|line| line.held));
    cells.instant_or_none(paid_at);
}

fn fill_clear(cells: &mut Rows, row: &Clear) {
    let Clear {
        id,
        participant,
        date,
        at,
        by,
        reason,
        origin,
        forgiven,
        rewards,
        undone,
        stamp,
    } = row;
    cells.id(id.0);
    cells.text(participant.as_str());
    cells.date(*date);
    cells.instant(*at);
    cells.text(by.as_str());
    cells.text(reason);
    let (which, plan, batch) = match origin {
        ClearOrigin::ByHand => ("by_hand", None, None),
        ClearOrigin::Waived { plan, batch } => ("waived", Some(plan), Some(batch)),
    };
    cells.text(which);
    cells.text_or_none(plan.map(PaymentPlanId::as_str));
    cells.id_or_none(batch.map(|batch| batch.0));
    cells.money(*forgiven);
    cells.document(&encode_reward_ids(rewards));
    cells.id_or_none(undone.as_ref().map(|undone| undone.undo.0));
    cells.date_or_none(undone.as_ref().map(|undone| undone.date));
    cells.instant_or_none(undone.as_ref().map(|undone| undone.at));
    cells.stamp(stamp);
}

fn fill_undo(cells: &mut Rows, row: &ClearUndo) {
    let ClearUndo {
        id,
        clear,
        participant,
        date,
        reason,
        restored,
        stamp,
    } = row;
    cells.id(id.0);
    cells.id(clear.0);
    cells.text(participant.as_str());
    cells.date(*date);
    cells.text(reason);
    cells.money(*restored);
    cells.stamp(stamp);
}
