//! Rewards, clearings, their undoings, and the marks of all of it.

use std::collections::{BTreeMap, BTreeSet};

use attain_documents::stored::{decode_reward_ids, encode_reward_ids};
use attain_domain::ids::{
    ActorId, BatchId, ClearId, ClearUndoId, ComponentId, ParticipantId, PaymentPlanId, PaysheetId,
    PlanId, RewardId,
};
use attain_domain::ports::{RewardsMark, StoreError};
use attain_domain::reward::{
    Account, Clear, ClearOrigin, ClearUndo, ClearUndone, Cleared, Reward, RewardKind, RewardLine,
    RewardOrigin, RewardPayment, SettlementStep, Withdrawn,
};
use attain_domain::time::{Date, Instant};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::bulk::Writer;
use crate::cells::{Cells, name_list};
use crate::error::corrupt;
use crate::statements::rewards as sql;
use crate::stored::{MoneyRow, StampRow, Text, Whole, rows};

#[derive(Deserialize)]
struct RewardRow {
    id: Text<RewardId>,
    participant: Text<ParticipantId>,
    amount: MoneyRow,
    recoverable: Whole<bool>,
    kind: Text<RewardKind>,
    account: Option<Text<PaymentPlanId>>,
    origin: Option<OriginRow>,
    plan: Option<Text<PlanId>>,
    component: Option<Text<ComponentId>>,
    date: Whole<Date>,
    reason: String,
    line: Option<RewardLineRow>,
    paid_at: Option<Whole<Instant>>,
    cleared: Option<ClearedRow>,
    withdrawn: Option<WithdrawnRow>,
    stamp: StampRow,
}

#[derive(Deserialize)]
struct OriginRow(
    Option<Text<PaymentPlanId>>,
    Text<BatchId>,
    Text<SettlementStep>,
);

#[derive(Deserialize)]
struct RewardLineRow(
    Text<BatchId>,
    Text<PaysheetId>,
    Text<Decimal>,
    MoneyRow,
    Whole<bool>,
);

#[derive(Deserialize)]
struct ClearedRow(Text<ClearId>, Whole<Instant>, Text<ActorId>);

#[derive(Deserialize)]
struct WithdrawnRow(Whole<Instant>, Text<ActorId>, String);

impl OriginRow {
    fn into_origin(self) -> RewardOrigin {
        let Self(plan, batch, step) = self;
        let (batch, step) = (batch.0, step.0);
        match plan {
            Some(Text(plan)) => RewardOrigin::PaymentPlan { plan, batch, step },
            None => RewardOrigin::NegativeSheet { batch, step },
        }
    }
}

impl RewardLineRow {
    fn into_line(self) -> RewardLine {
        let Self(batch, paysheet, rate, pay_amount, held) = self;
        RewardLine {
            batch: batch.0,
            paysheet: paysheet.0,
            currency_rate: rate.0,
            pay_amount: pay_amount.into_money(),
            held: held.0,
        }
    }
}

impl RewardRow {
    fn into_reward(self) -> Reward {
        let line = self.line.map(RewardLineRow::into_line);
        let payment = match (line, self.paid_at) {
            (None, _) => RewardPayment::Unpaid,
            (Some(line), None) => RewardPayment::OnPaysheet(line),
            (Some(line), Some(at)) => RewardPayment::Paid { line, at: at.0 },
        };
        let component = self.plan.zip(self.component);
        let cleared = self.cleared.map(|ClearedRow(clear, at, by)| Cleared {
            clear: clear.0,
            at: at.0,
            by: by.0,
        });
        let withdrawn = self
            .withdrawn
            .map(|WithdrawnRow(at, by, reason)| Withdrawn {
                at: at.0,
                by: by.0,
                reason,
            });
        Reward {
            id: self.id.0,
            participant: self.participant.0,
            amount: self.amount.into_money(),
            recoverable: self.recoverable.0,
            kind: self.kind.0,
            account: self
                .account
                .map_or(Account::General, |plan| Account::PaymentPlan(plan.0)),
            origin: self
                .origin
                .map_or(RewardOrigin::ByHand, OriginRow::into_origin),
            component: component.map(|(plan, component)| (plan.0, component.0)),
            date: self.date.0,
            reason: self.reason,
            payment,
            cleared,
            withdrawn,
            stamp: self.stamp.into_stamp(),
        }
    }
}

#[derive(Deserialize)]
struct ClearRow {
    id: Text<ClearId>,
    participant: Text<ParticipantId>,
    date: Whole<Date>,
    at: Whole<Instant>,
    by: Text<ActorId>,
    reason: String,
    origin: Option<(Text<PaymentPlanId>, Text<BatchId>)>,
    forgiven: MoneyRow,
    rewards: String,
    undone: Option<(Text<ClearUndoId>, Whole<Date>, Whole<Instant>)>,
    stamp: StampRow,
}

impl ClearRow {
    fn into_clear(self) -> Result<Clear, StoreError> {
        let rewards = decode_reward_ids(&self.rewards);
        let origin = self.origin.map_or(ClearOrigin::ByHand, |(plan, batch)| {
            let (plan, batch) = (plan.0, batch.0);
            ClearOrigin::Waived { plan, batch }
        });
        Ok(Clear {
            id: self.id.0,
            participant: self.participant.0,
            date: self.date.0,
            at: self.at.0,
            by: self.by.0,
            reason: self.reason,
            origin,
            forgiven: self.forgiven.into_money(),
            rewards: rewards.map_err(|error| corrupt("clearings", error))?,
            undone: self.undone.map(|(undo, date, at)| ClearUndone {
                undo: undo.0,
                date: date.0,
                at: at.0,
            }),
            stamp: self.stamp.into_stamp(),
        })
    }
}

#[derive(Deserialize)]
struct UndoRow {
    id: Text<ClearUndoId>,
    clear: Text<ClearId>,
    participant: Text<ParticipantId>,
    date: Whole<Date>,
    reason: String,
    restored: MoneyRow,
    stamp: StampRow,
}

impl UndoRow {
    fn into_undo(self) -> ClearUndo {
        ClearUndo {
            id: self.id.0,
            clear: self.clear.0,
            participant: self.participant.0,
            date: self.date.0,
            reason: self.reason,
            restored: self.restored.into_money(),
            stamp: self.stamp.into_stamp(),
        }
    }
}

pub(crate) fn rewards(page: &str) -> Result<Vec<Reward>, StoreError> {
    let rows: Vec<RewardRow> = rows("rewards", page)?;
    Ok(rows.into_iter().map(RewardRow::into_reward).collect())
}

pub(crate) fn clears(page: &str) -> Result<Vec<Clear>, StoreError> {
    let rows: Vec<ClearRow> = rows("clearings", page)?;
    rows.into_iter().map(ClearRow::into_clear).collect()
}

pub(crate) fn undos(page: &str) -> Result<Vec<ClearUndo>, StoreError> {
    let rows: Vec<UndoRow> = rows("undoings", page)?;
    Ok(rows.into_iter().map(UndoRow::into_undo).collect())
}

pub(crate) fn marks(page: &str) -> Result<Vec<RewardsMark>, StoreError> {
    let rows: Vec<(Text<ParticipantId>, u64)> = rows("marks of rewards", page)?;
    let marks = rows.into_iter().map(|(participant, mark)| RewardsMark {
        participant: participant.0,
        mark,
    });
    Ok(marks.collect())
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
            cells.whole(1);
        })
        .await?;
        self.write(sql::PUT_REWARDS, rewards, fill_reward).await?;
        self.write(sql::PUT_CLEARS, clears, fill_clear).await?;
        self.write(sql::INSERT_UNDOS, undos, fill_undo).await?;
        Ok(())
    }

    /// The marks of these participants' rewards; those of 0 are left out.
    pub(crate) async fn rewards_marks(
        &mut self,
        participants: &BTreeSet<&ParticipantId>,
    ) -> Result<BTreeMap<ParticipantId, u64>, StoreError> {
        if participants.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut cells = self.cells();
        cells.owned(name_list(participants.iter().map(|whose| whose.as_str())));
        let found = marks(&self.page(sql::REWARDS_MARKS, cells).await?)?;
        let found = found.into_iter().map(|mark| (mark.participant, mark.mark));
        Ok(found.collect())
    }
}

fn fill_reward(cells: &mut Cells, row: &Reward) {
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
fn fill_origin(cells: &mut Cells, origin: &RewardOrigin) {
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
fn fill_payment(cells: &mut Cells, payment: &RewardPayment) {
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

fn fill_clear(cells: &mut Cells, row: &Clear) {
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
    cells.owned(encode_reward_ids(rewards));
    cells.id_or_none(undone.as_ref().map(|undone| undone.undo.0));
    cells.date_or_none(undone.as_ref().map(|undone| undone.date));
    cells.instant_or_none(undone.as_ref().map(|undone| undone.at));
    cells.stamp(stamp);
}

fn fill_undo(cells: &mut Cells, row: &ClearUndo) {
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
