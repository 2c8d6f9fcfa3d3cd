//! Rewards, owed balances, clearings and draws over the wire.

use attain_client::proto::clear_outcome::Outcome as Cleared;
use attain_client::proto::reward_service_client::RewardServiceClient;
use attain_client::proto::{
    AssignRewardsRequest, DefinitionFile, LineKind, ListParticipantBalancesRequest,
    ListRewardsRequest, NewReward, Process, RewardKind, SettlementOutcome, WhenBusy,
};
use attain_client::{ApplyMode, BalanceAsOf, ClearMode, Client, proto, values};
use futures::{TryStreamExt, stream};

use crate::company::{first_quarter, rows};
use crate::running::Running;

/// A draw of more than Ana earns in January, somebody who left, and a closed month.
const DRAW: &str = "
kind: payment_plan
id: draw
assignments: ana
minimum: {amount: 20000}
recoverability: recoverable
---
kind: participant
id: eve
name: Eve
end: 2026-01-31
---
kind: calendar
monthly: {first: 2026-01, last: 2026-12}
closed: [2026-06]
";

fn reward(participant: &str, amount: &str, date: &str) -> NewReward {
    NewReward {
        participant: participant.to_owned(),
        amount: values::money(amount, "USD"),
        date: values::date(date),
        reason: "as agreed".to_owned(),
        ..NewReward::default()
    }
}

fn owed(participant: &str, amount: &str, date: &str) -> NewReward {
    NewReward {
        recoverable: true,
        ..reward(participant, amount, date)
    }
}

fn amount(money: Option<&attain_client::standard::Money>) -> String {
    money.map(values::amount_text).unwrap_or_default()
}

async fn with_draw() -> Running {
    let running = Running::with_company().await;
    let file = DefinitionFile {
        name: "draw.yaml".to_owned(),
        text: DRAW.to_owned(),
    };
    let client = &running.client;
    let applied = client.apply(vec![file], Vec::new(), ApplyMode::Write).await;
    applied.expect("valid documents");
    running
}

async fn balance(client: &Client, participant: &str, date: Option<&str>) -> String {
    let as_of = BalanceAsOf {
        date: date.and_then(values::date),
        known_at: None,
    };
    let read = client.balance(participant, as_of).await.expect("a balance");
    amount(read.balance.as_ref())
}

/// Good ones, and one for each thing that can be wrong.
fn mixed() -> Vec<NewReward> {
    let foreign = NewReward {
        amount: values::money("5", "EUR"),
        ..reward("ana", "5", "2026-01-31")
    };
    let huge = NewReward {
        amount: Some(attain_client::standard::Money {
            currency_code: "USD".to_owned(),
            units: i64::MAX,
            nanos: 999_999_999,
        }),
        ..reward("ana", "5", "2026-01-31")
    };
    let contrary = NewReward {
        kind: RewardKind::Bonus.into(),
        ..owed("ana", "5", "2026-01-31")
    };
    let unexplained = NewReward {
        reason: String::new(),
        ..reward("ana", "5", "2026-01-31")
    };
    let beside = NewReward {
        plan: "rep".to_owned(),
        component: "none".to_owned(),
        ..reward("ana", "5", "2026-01-31")
    };
    vec![
        reward("ana", "100.50", "2026-01-31"),
        owed("ana", "-40", "2026-01-31"),
        reward("ana", "0", "2026-01-31"),
        reward("ana", "1.005", "2026-01-31"),
        foreign,
        huge,
        reward("nobody", "5", "2026-01-31"),
        reward("eve", "5", "2026-02-01"),
        reward("", "5", "2026-01-31"),
        reward("ana", "5", "2026-06-01"),
        reward("ana", "5", "2025-12-31"),
        contrary,
        unexplained,
        beside,
        reward("ben", "7", "2026-01-31"),
    ]
}

#[tokio::test]
async fn each_reward_is_answered_on_its_own() {
    let running = with_draw().await;
    let client = &running.client;
    let told = client.assign_rewards(mixed()).await.expect("an answer");
    let told = told.iter().map(|one| match one {
        Ok(reward) => format!("{:?} {}", reward.kind(), amount(reward.amount.as_ref())),
        Err(refused) => format!("{} {}", refused.reason, refused.field),
    });
    let told: Vec<String> = told.collect();
    assert_eq!(
        told,
        [
            "Bonus 100.5",
            "Repayment -40",
            "OUT_OF_RANGE amount",
            "OUT_OF_RANGE amount",
            "MALFORMED_VALUE amount",
            "OUT_OF_RANGE amount",
            "UNKNOWN_PARTICIPANT participant",
            "UNKNOWN_PARTICIPANT participant",
            "MISSING_VALUE participant",
            "PERIOD_NOT_OPEN date",
            "PERIOD_NOT_OPEN date",
            "OUT_OF_RANGE kind",
            "MISSING_VALUE reason",
            "UNKNOWN_REFERENCE component",
            "Bonus 7",
        ]
    );
    let too_many = vec![reward("ana", "5", "2026-01-31"); 10_001];
    let refused = client.assign_rewards(too_many).await.expect_err("too many");
    assert_eq!(refused.reason(), Some("TOO_MANY"));
    assert_eq!(balance(client, "ana", None).await, "-40");
}

#[tokio::test]
async fn a_repeat_assigns_nothing_twice() {
    let running = with_draw().await;
    let client = running.client.clone().with_request_id("bonus-1");
    let asked = vec![
        reward("ana", "5", "2026-01-31"),
        reward("nobody", "5", "2026-01-31"),
        reward("ana", "-6", "2026-01-30"),
    ];
    let first = client.assign_rewards(asked.clone()).await.expect("made");
    let again = client.assign_rewards(asked).await.expect("made before");
    assert_eq!(again, first);
    let listed: Vec<_> = client
        .rewards(&["ana"])
        .try_collect()
        .await
        .expect("rewards");
    let amounts: Vec<_> = listed
        .iter()
        .map(|row| amount(row.amount.as_ref()))
        .collect();
    assert_eq!(amounts, ["-6", "5"], "by date");
    let other = vec![reward("ana", "9", "2026-01-31")];
    let other = client
        .assign_rewards(other)
        .await
        .expect_err("other content");
    assert_eq!(other.reason(), Some("REQUEST_ID_REUSED"));

    let id = &listed[1].reward_id;
    let read = client.reward(id).await.expect("it is there");
    assert_eq!(read, listed[1]);
    let client = &running.client;
    let stale = client.withdraw_reward(id, "an error", Some("9")).await;
    assert_eq!(stale.expect_err("stale").reason(), Some("VERSION_MISMATCH"));
    let mute = client.withdraw_reward(id, "", None).await;
    assert_eq!(mute.expect_err("no reason").reason(), Some("MISSING_VALUE"));
    let gone = client
        .withdraw_reward(id, "an error", Some(&read.etag))
        .await;
    assert_eq!(
        gone.expect("withdrawn").withdrawn.map(|how| how.reason),
        Some("an error".to_owned())
    );
    let twice = client.withdraw_reward(id, "an error", None).await;
    assert_eq!(twice.expect_err("gone").reason(), Some("WRONG_STATE"));
}

#[tokio::test]
async fn balances_are_read_cleared_and_owed_again() {
    let running = with_draw().await;
    let client = &running.client;
    let asked = vec![
        owed("ana", "300", "2026-01-15"),
        owed("ana", "-100", "2026-02-15"),
        owed("ben", "50", "2026-01-15"),
        reward("cat", "50", "2026-01-15"),
    ];
    let made = client.assign_rewards(asked).await.expect("made");
    assert!(made.iter().all(Result::is_ok));
    assert_eq!(balance(client, "ana", None).await, "200");
    assert_eq!(balance(client, "ana", Some("2026-01-31")).await, "300");
    assert_eq!(balance(client, "ana", Some("2026-01-14")).await, "0");

    let who = ["ana", "cat", "nobody", "ana"];
    let date = values::date("2026-03-01");
    let clear = |mode| client.clear_balances(&who, date, "left us", mode);
    let shown = clear(ClearMode::Preview).await.expect("a preview");
    assert_eq!(
        balance(client, "ana", None).await,
        "200",
        "nothing is stored"
    );
    let done = clear(ClearMode::Clear).await.expect("cleared");
    for told in [&shown, &done] {
        let told = told.iter().map(|one| match one.outcome.as_ref() {
            Some(Cleared::Clear(clear)) => amount(clear.forgiven.as_ref()),
            Some(Cleared::Nothing(_)) => "nothing".to_owned(),
            Some(Cleared::Refused(refused)) => refused.reason.clone(),
            None => String::new(),
        });
        let told: Vec<String> = told.collect();
        assert_eq!(told, ["200", "nothing", "UNKNOWN_PARTICIPANT", "DUPLICATE"]);
    }
    assert_eq!(balance(client, "ana", None).await, "0");
    assert_eq!(balance(client, "ana", Some("2026-02-28")).await, "200");

    let Some(Cleared::Clear(cleared)) = &done[0].outcome else {
        panic!("it was cleared");
    };
    assert_eq!(cleared.reward_ids.len(), 2);
    let early = client.undo_clear(&cleared.clear_id, values::date("2026-02-01"), "no", None);
    assert_eq!(
        early.await.expect_err("before it").reason(),
        Some("OUT_OF_RANGE")
    );
    let date = values::date("2026-04-01");
    let undone = client.undo_clear(&cleared.clear_id, date, "still here", Some(&cleared.etag));
    let undone = undone.await.expect("undone");
    let restored = undone
        .undone
        .as_ref()
        .and_then(|undo| undo.restored.as_ref());
    assert_eq!(amount(restored), "200");
    let again = client.undo_clear(&cleared.clear_id, date, "still here", None);
    assert_eq!(
        again.await.expect_err("undone").reason(),
        Some("WRONG_STATE")
    );
    let listed: Vec<_> = client.clears("ana").try_collect().await.expect("clearings");
    assert_eq!(listed, [undone]);
    assert_eq!(balance(client, "ana", Some("2026-03-15")).await, "0");
    assert_eq!(balance(client, "ana", None).await, "200");
}

#[tokio::test]
async fn small_pages_have_everybody_once() {
    let running = with_draw().await;
    let client = &running.client;
    let asked = (1..=5).map(|day| owed("ana", "10", &format!("2026-01-{day:02}")));
    client.assign_rewards(asked.collect()).await.expect("made");
    let mut service = RewardServiceClient::new(running.channel().await);
    let mut message = ListRewardsRequest {
        workspace: "acme".to_owned(),
        participants: vec!["ana".to_owned()],
        page_size: 2,
        ..ListRewardsRequest::default()
    };
    let mut days = Vec::new();
    loop {
        let page = service.list_rewards(message.clone()).await;
        let page = page.expect("a page").into_inner();
        days.extend(
            page.rewards
                .iter()
                .filter_map(|row| row.date)
                .map(|d| d.day),
        );
        if page.next_page_token.is_empty() {
            break;
        }
        message.page_token = page.next_page_token;
    }
    assert_eq!(days, [1, 2, 3, 4, 5]);
    let mut message = ListParticipantBalancesRequest {
        workspace: "acme".to_owned(),
        as_of_date: values::date("2026-01-03"),
        page_size: 3,
        ..ListParticipantBalancesRequest::default()
    };
    let mut all = Vec::new();
    loop {
        let page = service.list_participant_balances(message.clone()).await;
        let page = page.expect("a page").into_inner();
        all.extend(page.balances);
        if page.next_page_token.is_empty() {
            break;
        }
        message.page_token = page.next_page_token;
    }
    let all: Vec<_> = all
        .iter()
        .map(|row| (row.participant.as_str(), amount(row.balance.as_ref())))
        .filter(|(_, owed)| owed != "0")
        .collect();
    assert_eq!(all, [("ana", "30".to_owned())]);
    let everybody = client.participant_balances(BalanceAsOf::default());
    let everybody: Vec<_> = everybody.try_collect().await.expect("everybody");
    assert_eq!(everybody.len(), 7);
}

#[tokio::test]
async fn what_is_not_there_or_not_an_id_is_refused() {
    let running = with_draw().await;
    let client = &running.client;
    let id = |prefix: &str| format!("{prefix}_{:032}", 1);
    let (reward, clear) = (id("rwd"), id("clr"));
    let refusals = [
        (client.reward(&reward).await.err(), "NOT_FOUND"),
        (
            client.withdraw_reward(&reward, "why", None).await.err(),
            "NOT_FOUND",
        ),
        (client.hold_line(&reward, None).await.err(), "NOT_FOUND"),
        (
            client.undo_clear(&clear, None, "why", None).await.err(),
            "NOT_FOUND",
        ),
        (
            client.balance("nobody", BalanceAsOf::default()).await.err(),
            "UNKNOWN_PARTICIPANT",
        ),
        (client.reward("crd_1").await.err(), "MALFORMED_VALUE"),
        (client.reward("").await.err(), "MISSING_VALUE"),
        (
            client.undo_clear("clr_x", None, "why", None).await.err(),
            "MALFORMED_VALUE",
        ),
        (
            client.rewards(&[]).try_collect::<Vec<_>>().await.err(),
            "MISSING_VALUE",
        ),
        (
            client
                .clear_balances(&["ana"], None, "", ClearMode::Preview)
                .await
                .err(),
            "MISSING_VALUE",
        ),
        (
            client
                .clear_balances(&[], None, "why", ClearMode::Clear)
                .await
                .err(),
            "MISSING_VALUE",
        ),
        (
            client
                .clear_balances(
                    &["ana"],
                    values::date("2026-06-15"),
                    "why",
                    ClearMode::Clear,
                )
                .await
                .err(),
            "PERIOD_NOT_OPEN",
        ),
    ];
    for (index, (error, reason)) in refusals.into_iter().enumerate() {
        let error = error.unwrap_or_else(|| panic!("{index} answered"));
        assert_eq!(error.reason(), Some(reason), "{index}: {error}");
    }
    let mut service = RewardServiceClient::new(running.channel().await);
    let elsewhere = AssignRewardsRequest {
        workspace: "elsewhere".to_owned(),
        ..AssignRewardsRequest::default()
    };
    assert!(service.assign_rewards(elsewhere).await.is_err());
}

/// A bonus of Ana's, and the batch of January.
async fn with_bonus(client: &Client) -> (proto::Reward, String) {
    let answers = client.import_transactions(stream::iter(rows())).await;
    let answers: Vec<_> = answers
        .expect("an import")
        .try_collect()
        .await
        .expect("all");
    assert!(!answers.is_empty());
    let run = client
        .run_to_end(Process::RunAll, first_quarter(), WhenBusy::Refuse, |_| {})
        .await;
    run.expect("a run");
    let bonus = client.assign_rewards(vec![reward("ana", "250", "2026-01-31")]);
    let bonus = bonus.await.expect("made").remove(0).expect("assigned");
    let batch = client.create_batch("everybody", "2026-01", None).await;
    let batch = batch.expect("a batch").batch.batch_id;
    (bonus, batch)
}

#[tokio::test]
async fn a_sheet_shows_rewards_and_what_its_payment_plan_did() {
    let running = with_draw().await;
    let client = &running.client;
    let (bonus, batch) = with_bonus(client).await;
    let sheets: Vec<_> = client
        .paysheets(&batch)
        .try_collect()
        .await
        .expect("sheets");
    let sheet = sheets.iter().find(|sheet| sheet.participant == "ana");
    let sheet = sheet.expect("Ana's").clone();
    let settlement = sheet.settlement.as_ref().expect("a payment plan");
    assert_eq!(settlement.outcome(), SettlementOutcome::Pays);
    assert_eq!(settlement.plans[0].payment_plan, "draw");
    let drawn = amount(settlement.balance.as_ref());
    assert_eq!(drawn, amount(settlement.plans[0].advance.as_ref()));

    let id = sheet.paysheet_id.as_str();
    let lines: Vec<_> = client.payment_lines(id).try_collect().await.expect("lines");
    let view = client.paysheet(id).await.expect("the sheet");
    assert_eq!(view.line_count, lines.len() as u64);
    let kinds: Vec<LineKind> = lines.iter().map(proto::PaymentLine::kind).collect();
    let rewards = kinds.len() - 2;
    assert!(
        kinds[..rewards]
            .iter()
            .all(|kind| *kind == LineKind::Earning)
    );
    assert!(kinds[rewards..].contains(&LineKind::Bonus));
    assert!(kinds[rewards..].contains(&LineKind::Advance));
    let line = lines.iter().find(|line| line.reward_id == bonus.reward_id);
    let line = line.expect("the bonus").clone();
    assert_eq!(
        (&line.line_id, line.earning_id.as_str()),
        (&bonus.reward_id, "")
    );

    let explained: Vec<_> = client
        .explain_paysheet(id)
        .try_collect()
        .await
        .expect("lines");
    assert_eq!(explained.len(), lines.len());
    let told = explained.iter().filter(|one| one.reward.is_some());
    assert_eq!(told.count(), 2);

    let held = client.hold_line(&line.line_id, Some(&line.etag)).await;
    let held = held.expect("held");
    assert_eq!(held.line.map(|line| line.held), Some(true));
    assert_eq!(amount(held.paysheet.held.as_ref()), "250");
    let back = client.release_line(&line.line_id, None).await;
    assert_eq!(back.expect("released").paysheet.total, sheet.total);

    client.freeze_batch(&batch, None).await.expect("frozen");
    client.pay_batch(&batch, None).await.expect("paid");
    let statement = client
        .statement("ana", "2026-01")
        .await
        .expect("a statement");
    let payment = &statement.payments[0];
    assert_eq!(amount(payment.advanced.as_ref()), drawn);
    assert_eq!(amount(payment.other_rewards.as_ref()), "250");
    assert_eq!(payment.line_count, lines.len() as u64);
    let owed = statement.balance.expect("a balance");
    assert_eq!(amount(owed.now.as_ref()), drawn);
    assert_eq!(balance(client, "ana", None).await, drawn);
}
