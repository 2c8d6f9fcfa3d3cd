//! Rewards, clearings and their undoings: new, and written over others.

use attain_domain::change::Changes;
use attain_domain::ids::{BatchId, ClearId, ClearUndoId, ParticipantId, PaysheetId, RewardId};
use attain_domain::ports::{ChunkSize, RewardPosition};
use attain_domain::reward::{
    Account, Clear, ClearOrigin, ClearUndo, ClearUndone, Cleared, Reward, RewardKind, RewardLine,
    RewardOrigin, RewardPayment, SettlementStep, Withdrawn,
};
use attain_domain::testing::{clear, clear_undo, date, name, reward, uuid};

use super::extremes::{
    Numbered, amounts, circumstances, computed_numbers, dates, instants, names, stamps, texts,
};
use crate::case::cases;
use crate::difference::check_same;
use crate::samples::reward_line;
use crate::site::Site;

cases! { "rewards":
    /// Snapshot: What was written is read back equal, field by field.
    rewards_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    clearings_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    undoings_are_read_as_they_were_written
}

const STEPS: [SettlementStep; 4] = [
    SettlementStep::Draw,
    SettlementStep::DrawTakenBack,
    SettlementStep::Recovery,
    SettlementStep::PayCap,
];

fn origins() -> Vec<RewardOrigin> {
    let batch = BatchId(uuid(7));
    let mut all = vec![RewardOrigin::ByHand];
    for step in STEPS {
        let plan = name("draw");
        all.push(RewardOrigin::PaymentPlan { plan, batch, step });
        all.push(RewardOrigin::NegativeSheet { batch, step });
    }
    let step = SettlementStep::Draw;
    let of_plan = |plan| RewardOrigin::PaymentPlan { plan, batch, step };
    all.extend(names().into_iter().map(of_plan));
    all
}

fn lines() -> Vec<RewardLine> {
    let line = reward_line(7);
    let mut all = vec![
        line.clone(),
        RewardLine {
            held: true,
            ..line.clone()
        },
        RewardLine {
            batch: BatchId(uuid(8)),
            paysheet: PaysheetId(uuid(9)),
            ..line.clone()
        },
    ];
    all.extend(computed_numbers().into_iter().map(|rate| RewardLine {
        currency_rate: rate,
        ..line.clone()
    }));
    all.extend(amounts().into_iter().map(|pay_amount| RewardLine {
        pay_amount,
        ..line.clone()
    }));
    all
}

fn payments() -> Vec<RewardPayment> {
    let mut all = vec![RewardPayment::Unpaid];
    all.extend(lines().into_iter().map(RewardPayment::OnPaysheet));
    let paid = lines().into_iter().zip(instants().into_iter().cycle());
    all.extend(paid.map(|(line, at)| RewardPayment::Paid { line, at }));
    all
}

fn all_cleared() -> Vec<Option<Cleared>> {
    let clear = ClearId(uuid(7));
    let all = circumstances().take(12);
    let all = all.map(|(at, by)| Some(Cleared { clear, at, by }));
    all.chain([None]).collect()
}

fn all_withdrawn() -> Vec<Option<Withdrawn>> {
    let all = circumstances().zip(texts());
    let all = all.map(|((at, by), reason)| Some(Withdrawn { at, by, reason }));
    all.chain([None]).collect()
}

fn rewards() -> Vec<Reward> {
    let accounts = names().into_iter().map(Account::PaymentPlan);
    let components = names().into_iter().zip(names().into_iter().rev());
    Numbered::new(reward)
        .vary(names(), |row, name| row.participant = name)
        .vary(amounts(), |row, money| row.amount = money)
        .vary([false], |row, recoverable| row.recoverable = recoverable)
        .vary(RewardKind::ALL, |row, kind| row.kind = *kind)
        .vary(accounts.chain([Account::General]), |row, account| {
            row.account = account;
        })
        .vary(origins(), |row, origin| row.origin = origin)
        .vary(components.map(Some), |row, component| {
            row.component = component;
        })
        .vary(dates(), |row, date| row.date = date)
        .vary(texts(), |row, text| row.reason = text)
        .vary(payments(), |row, payment| row.payment = payment)
        .vary(all_cleared(), |row, cleared| row.cleared = cleared)
        .vary(all_withdrawn(), |row, withdrawn| row.withdrawn = withdrawn)
        .vary(stamps(), |row, stamp| row.stamp = stamp)
        .rows
}

/// What of a reward may change, as another one has it.
fn changed(rows: &[Reward]) -> Vec<Reward> {
    let others = rows.iter().rev();
    let change = |(row, other): (&Reward, &Reward)| {
        let other = other.clone();
        Reward {
            payment: other.payment,
            cleared: other.cleared,
            withdrawn: other.withdrawn,
            stamp: other.stamp,
            ..row.clone()
        }
    };
    rows.iter().zip(others).map(change).collect()
}

async fn rewards_are_read_as_they_were_written(site: Site) {
    let first = rewards();
    let then = changed(&first);
    for rows in [first, then] {
        site.commit(Changes {
            rewards: rows.clone(),
            ..Changes::default()
        })
        .await;
        let view = site.view().await;
        let ids: Vec<RewardId> = rows.iter().map(|row| row.id).collect();
        check_same(&view.rewards_by_id(&ids).await.unwrap(), &rows, "rewards");
        let whose: Vec<ParticipantId> = rows.iter().map(|row| row.participant.clone()).collect();
        let mut sorted = rows;
        sorted.sort_by_key(RewardPosition::of);
        let chunk = ChunkSize::largest();
        let read = view.rewards_of_participants(&whose, None, chunk).await;
        check_same(&read.unwrap(), &sorted, "rewards of participants");
        let due = view.payable_rewards(date("9999-12-31"), None, chunk).await;
        sorted.retain(Reward::is_payable);
        check_same(&due.unwrap(), &sorted, "payable rewards");
    }
}

fn clears() -> Vec<Clear> {
    let batch = BatchId(uuid(7));
    let waived = names().into_iter();
    let waived = waived.map(|plan| ClearOrigin::Waived { plan, batch });
    let many = (1..=3_000).map(|number| RewardId(uuid(number))).collect();
    let undone = dates().into_iter().zip(instants());
    let undone = undone.map(|(date, at)| ClearUndone {
        undo: ClearUndoId(uuid(7)),
        date,
        at,
    });
    Numbered::new(clear)
        .vary(names(), |row, name| row.participant = name)
        .vary(dates(), |row, date| row.date = date)
        .vary(instants(), |row, at| row.at = at)
        .vary(names(), |row, name| row.by = name)
        .vary(texts(), |row, text| row.reason = text)
        .vary(waived, |row, origin| row.origin = origin)
        .vary(amounts(), |row, money| row.forgiven = money)
        .vary([Vec::new(), many], |row, rewards| row.rewards = rewards)
        .vary(undone, |row, undone| row.undone = Some(undone))
        .vary(stamps(), |row, stamp| row.stamp = stamp)
        .rows
}

async fn clearings_are_read_as_they_were_written(site: Site) {
    let first = clears();
    let others = first.iter().rev();
    let then = first.iter().zip(others).map(|(row, other)| Clear {
        undone: other.undone.clone(),
        stamp: other.stamp.clone(),
        ..row.clone()
    });
    let then = then.collect();
    for rows in [first, then] {
        site.commit(Changes {
            clears: rows.clone(),
            ..Changes::default()
        })
        .await;
        let view = site.view().await;
        let ids: Vec<ClearId> = rows.iter().map(|row| row.id).collect();
        check_same(&view.clears_by_id(&ids).await.unwrap(), &rows, "clearings");
        let whose: Vec<ParticipantId> = rows.iter().map(|row| row.participant.clone()).collect();
        let mut sorted = rows;
        sorted.sort_by_key(|row| (row.participant.clone(), row.id));
        let read = view.clears_of_participants(&whose).await.unwrap();
        check_same(&read, &sorted, "clearings of participants");
    }
}

async fn undoings_are_read_as_they_were_written(site: Site) {
    let rows: Vec<ClearUndo> = Numbered::new(clear_undo)
        .vary(names(), |row, name| row.participant = name)
        .vary(dates(), |row, date| row.date = date)
        .vary(texts(), |row, text| row.reason = text)
        .vary(amounts(), |row, money| row.restored = money)
        .vary(stamps(), |row, stamp| row.stamp = stamp)
        .rows;
    site.commit(Changes {
        clear_undos: rows.clone(),
        ..Changes::default()
    })
    .await;
    let clears: Vec<ClearId> = rows.iter().map(|row| row.clear).collect();
    let read = site.view().await.undos_of_clears(&clears).await.unwrap();
    check_same(&read, &rows, "undoings");
}
