//! What each list gives and leaves out, in which order, in pages of any size.

use attain_domain::ids::{ClearId, ClearUndoId, ParticipantId, PaysheetId, RewardId};
use attain_domain::ports::{ChunkSize, RewardPosition};
use attain_domain::reward::{
    Clear, ClearUndo, ClearUndone, Cleared, Reward, RewardLine, RewardPayment, Withdrawn,
};
use attain_domain::testing::{at, clear, clear_undo, date, name, reward, stamp_at, uuid};

use super::{clearing, rewarding, undoing};
use crate::case::cases;
use crate::difference::check_same;
use crate::pages::check_list;
use crate::samples::reward_line;
use crate::site::Site;

cases! { "rewards":
    /// RewardRepository::rewards_by_id: The rewards of these ids, in rising id order.
    rewards_are_given_by_id
    /// RewardRepository::rewards_of_participants: All rewards of these participants above `after`,
    /// in rising position order.
    rewards_are_listed_by_participant_date_and_id
    /// RewardRepository::payable_rewards: The rewards dated on or before a date that are on no
    /// sheet and not withdrawn, above `after`, in rising position order.
    payable_rewards_are_listed
    /// RewardRepository::payable_rewards: The rewards dated on or before a date that are on no
    /// sheet and not withdrawn, above `after`, in rising position order.
    what_a_sheet_took_is_not_payable_until_it_is_put_back
    /// RewardRepository::rewards_of_paysheets: The rewards that these sheets show, paid ones
    /// included, in rising position order.
    rewards_are_given_by_paysheet
    /// RewardRepository::clears_of_participants: The clearings of these participants, in rising
    /// (participant, id) order.
    clearings_are_given_by_participant
    /// RewardRepository::clears_by_id: The clearings of these ids, in rising id order.
    clearings_are_given_by_id
    /// RewardRepository::undos_of_clears: The undoings of these clearings, in rising order of their
    /// own ids.
    undoings_are_given_by_clearing
    /// RewardRepository: Nothing of them is ever deleted: withdrawn rewards and undone clearings
    /// are among them.
    what_was_withdrawn_cleared_or_undone_is_still_there
}

fn of(number: u64, whose: &str, day: &str) -> Reward {
    Reward {
        participant: name(whose),
        date: date(day),
        ..reward(number)
    }
}

/// By participant, date, id: bytes decide, not letters.
fn in_order() -> Vec<Reward> {
    vec![
        of(9, "Zoe", "2026-01-02"),
        of(8, "ann", "2025-12-31"),
        of(3, "ann", "2026-01-02"),
        of(4, "ann", "2026-01-02"),
        of(1, "ann", "2026-01-03"),
        of(2, "bob", "0001-01-01"),
        of(7, "bob", "9999-12-31"),
        of(5, "é", "2026-01-01"),
    ]
}

fn named(names: &[&str]) -> Vec<ParticipantId> {
    names.iter().map(|text| name(text)).collect()
}

fn on_sheet(number: u64) -> RewardPayment {
    RewardPayment::OnPaysheet(reward_line(number))
}

fn paid(number: u64) -> RewardPayment {
    RewardPayment::Paid {
        line: reward_line(number),
        at: at(90),
    }
}

fn withdrawn() -> Option<Withdrawn> {
    Some(Withdrawn {
        at: at(90),
        by: name("payer"),
        reason: "a mistake".to_owned(),
    })
}

async fn rewards_are_given_by_id(site: Site) {
    let all: Vec<_> = (1..=5).map(reward).collect();
    site.commit(rewarding(all.iter().rev().cloned().collect()))
        .await;
    let view = site.view().await;
    let ids = [4, 99, 2, 4, 1].map(|number| RewardId(uuid(number)));
    let read = view.rewards_by_id(&ids).await.unwrap();
    check_same(&read, &[reward(1), reward(2), reward(4)], "rewards by id");
    assert!(view.rewards_by_id(&[]).await.unwrap().is_empty());
}

async fn rewards_are_listed_by_participant_date_and_id(site: Site) {
    let all = in_order();
    site.commit(rewarding(all.iter().rev().cloned().collect()))
        .await;
    let view = site.view().await;
    let asked = [
        named(&["é", "ann", "nobody", "Zoe", "bob", "ann"]),
        named(&["bob", "Zoe"]),
        named(&["an"]),
        Vec::new(),
    ];
    for participants in asked {
        let theirs = all
            .iter()
            .filter(|row| participants.contains(&row.participant));
        let theirs: Vec<Reward> = theirs.cloned().collect();
        let page = async |after: Option<RewardPosition>, chunk| {
            let page = view.rewards_of_participants(&participants, after.as_ref(), chunk);
            page.await.unwrap()
        };
        check_list("rewards", &theirs, RewardPosition::of, page).await;
    }
    // A position that is no row's, and one of somebody who is not asked for.
    let after = RewardPosition {
        participant: name("ann"),
        date: date("2026-01-02"),
        id: RewardId(uuid(1)),
    };
    let chunk = ChunkSize::largest();
    let read = view
        .rewards_of_participants(&named(&["ann", "bob"]), Some(&after), chunk)
        .await;
    check_same(&read.unwrap(), &all[2..7], "rewards after a position");
    let read = view
        .rewards_of_participants(&named(&["bob", "Zoe"]), Some(&after), chunk)
        .await;
    check_same(&read.unwrap(), &all[5..7], "rewards of those after it");
}

async fn payable_rewards_are_listed(site: Site) {
    let all = in_order();
    let other = |number, payment, withdrawn| Reward {
        payment,
        withdrawn,
        ..reward(number)
    };
    let mut rows: Vec<Reward> = all.iter().rev().cloned().collect();
    rows.extend([
        other(20, on_sheet(1), None),
        other(21, paid(1), None),
        other(22, RewardPayment::Unpaid, withdrawn()),
        other(23, on_sheet(1), withdrawn()),
    ]);
    site.commit(rewarding(rows)).await;
    let view = site.view().await;
    for due in ["0001-01-01", "2026-01-01", "2026-01-02", "9999-12-31"].map(date) {
        let expected = all.iter().filter(|row| row.date <= due);
        let expected: Vec<Reward> = expected.cloned().collect();
        let page = async |after: Option<RewardPosition>, chunk| {
            let page = view.payable_rewards(due, after.as_ref(), chunk).await;
            page.unwrap()
        };
        check_list("payable rewards", &expected, RewardPosition::of, page).await;
    }
}

async fn what_a_sheet_took_is_not_payable_until_it_is_put_back(site: Site) {
    let (due, chunk) = (date("2026-01-31"), ChunkSize::largest());
    let steps = [
        (RewardPayment::Unpaid, None, true),
        (on_sheet(1), None, false),
        (RewardPayment::Unpaid, None, true),
        (on_sheet(2), None, false),
        (paid(2), None, false),
        (RewardPayment::Unpaid, withdrawn(), false),
    ];
    for (version, (payment, withdrawn, is_payable)) in (1..).zip(steps) {
        let row = Reward {
            payment,
            withdrawn,
            stamp: stamp_at(version),
            ..reward(1)
        };
        site.commit(rewarding(vec![row.clone()])).await;
        let view = site.view().await;
        let read = view.payable_rewards(due, None, chunk).await.unwrap();
        let expected: &[Reward] = if is_payable {
            std::slice::from_ref(&row)
        } else {
            &[]
        };
        check_same(&read, expected, "payable rewards");
        for number in 1..=2 {
            let sheet = PaysheetId(uuid(number));
            let shown = view.rewards_of_paysheets(&[sheet]).await.unwrap();
            let is_shown = row.line().is_some_and(|line| line.paysheet == sheet);
            let expected: &[Reward] = if is_shown {
                std::slice::from_ref(&row)
            } else {
                &[]
            };
            check_same(&shown, expected, "rewards of a paysheet");
        }
    }
}

async fn rewards_are_given_by_paysheet(site: Site) {
    let payments = [
        on_sheet(1),
        paid(2),
        RewardPayment::OnPaysheet(RewardLine {
            held: true,
            ..reward_line(1)
        }),
        on_sheet(3),
        RewardPayment::Unpaid,
        on_sheet(2),
        paid(1),
        paid(3),
    ];
    let rows = in_order().into_iter().zip(payments);
    let rows: Vec<Reward> = rows
        .map(|(row, payment)| Reward { payment, ..row })
        .collect();
    site.commit(rewarding(rows.iter().rev().cloned().collect()))
        .await;
    let view = site.view().await;
    let sheets = [2, 99, 1, 2].map(|sheet| PaysheetId(uuid(sheet)));
    let read = view.rewards_of_paysheets(&sheets).await.unwrap();
    let shown = rows.into_iter().filter(|row| {
        row.line()
            .is_some_and(|line| sheets.contains(&line.paysheet))
    });
    let shown: Vec<Reward> = shown.collect();
    assert_eq!(shown.len(), 5);
    check_same(&read, &shown, "rewards of paysheets");
    assert!(view.rewards_of_paysheets(&[]).await.unwrap().is_empty());
}

async fn clearings_are_given_by_participant(site: Site) {
    let of = |number, whose: &str| Clear {
        participant: name(whose),
        ..clear(number)
    };
    let all = vec![of(9, "Zoe"), of(3, "ann"), of(5, "ann"), of(1, "é")];
    let mut rows = vec![of(2, "an"), of(4, "bob")];
    rows.extend(all.iter().rev().cloned());
    site.commit(clearing(rows)).await;
    let view = site.view().await;
    let whose = named(&["é", "ann", "nobody", "Zoe", "ann"]);
    let read = view.clears_of_participants(&whose).await.unwrap();
    check_same(&read, &all, "clearings of participants");
    assert!(view.clears_of_participants(&[]).await.unwrap().is_empty());
}

async fn clearings_are_given_by_id(site: Site) {
    site.commit(clearing((1..=5).rev().map(clear).collect()))
        .await;
    let view = site.view().await;
    let ids = [4, 99, 2, 4, 1].map(|number| ClearId(uuid(number)));
    let read = view.clears_by_id(&ids).await.unwrap();
    check_same(&read, &[clear(1), clear(2), clear(4)], "clearings by id");
    assert!(view.clears_by_id(&[]).await.unwrap().is_empty());
}

async fn undoings_are_given_by_clearing(site: Site) {
    let of = |number, clear: u64| ClearUndo {
        clear: ClearId(uuid(clear)),
        ..clear_undo(number)
    };
    let all = vec![of(1, 2), of(3, 1), of(4, 2)];
    let mut rows = vec![of(2, 3)];
    rows.extend(all.iter().rev().cloned());
    site.commit(undoing(rows)).await;
    let view = site.view().await;
    let clears = [2, 99, 1, 2].map(|clear| ClearId(uuid(clear)));
    let read = view.undos_of_clears(&clears).await.unwrap();
    check_same(&read, &all, "undoings of clearings");
    assert!(view.undos_of_clears(&[]).await.unwrap().is_empty());
}

async fn what_was_withdrawn_cleared_or_undone_is_still_there(site: Site) {
    site.commit(rewarding(vec![reward(1), reward(2)])).await;
    site.commit(clearing(vec![clear(1)])).await;
    let gone = Reward {
        withdrawn: withdrawn(),
        stamp: stamp_at(2),
        ..reward(1)
    };
    let forgiven = Reward {
        cleared: Some(Cleared {
            clear: ClearId(uuid(1)),
            at: at(60),
            by: name("payer"),
        }),
        stamp: stamp_at(2),
        ..reward(2)
    };
    let undone = Clear {
        undone: Some(ClearUndone {
            undo: ClearUndoId(uuid(1)),
            date: date("2026-02-15"),
            at: at(61),
        }),
        stamp: stamp_at(2),
        ..clear(1)
    };
    let mut changes = rewarding(vec![gone.clone(), forgiven.clone()]);
    changes.clears = vec![undone.clone()];
    changes.clear_undos = vec![clear_undo(1)];
    site.commit(changes).await;
    let view = site.view().await;
    let ann = named(&["ann"]);
    let read = view
        .rewards_of_participants(&ann, None, ChunkSize::largest())
        .await;
    check_same(&read.unwrap(), &[gone, forgiven], "rewards");
    let read = view.clears_of_participants(&ann).await.unwrap();
    check_same(&read, &[undone], "clearings");
    let read = view.undos_of_clears(&[ClearId(uuid(1))]).await.unwrap();
    check_same(&read, &[clear_undo(1)], "undoings");
}
