//! Every call of the protocol, made by one client with the ids of one company.

use std::fmt::Debug;

use attain_client::proto::adjustment::Subject;
use attain_client::proto::adjustment_outcome::Outcome as Answer;
use attain_client::proto::{
    Adjustment, CreditAdjustment, CreditCancellation, CreditRow, DateRange, DefinitionKind,
    DefinitionReference, EarningView, NewReward, PaysheetAction, Process, Refusal,
    TransactionAdjustment, TransactionRow, WhenBusy, credit_adjustment, transaction_adjustment,
};
use attain_client::{ApplyMode, BalanceAsOf, ClearMode, Client, ClientError, Rows, values};
use futures::{TryStreamExt, stream};

/// What a call names.
pub(crate) struct Named {
    pub(crate) workspace: &'static str,
    pub(crate) participant: &'static str,
    pub(crate) run: String,
    pub(crate) batch: String,
    pub(crate) sheet: String,
    pub(crate) line: String,
    pub(crate) reward: String,
    pub(crate) clear: String,
    pub(crate) earning: String,
    pub(crate) credit: String,
    /// The id of a transaction.
    pub(crate) sale: String,
    /// The number of a transaction.
    pub(crate) order: String,
}

/// What a call came to.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The reason.
    Refused(String),
    /// What was answered.
    Rows(Vec<String>),
}

/// The name of a call, and what it came to.
pub(crate) type Called = (&'static str, Outcome);

fn refused(error: &ClientError) -> Outcome {
    Outcome::Refused(error.reason().unwrap_or("none").to_owned())
}

fn one<T: Debug>(answer: Result<T, ClientError>) -> Outcome {
    match answer {
        Ok(answer) => Outcome::Rows(vec![format!("{answer:?}")]),
        Err(error) => refused(&error),
    }
}

fn some<T: Debug>(answer: Result<Vec<T>, ClientError>) -> Outcome {
    match answer {
        Ok(rows) => Outcome::Rows(rows.iter().map(|row| format!("{row:?}")).collect()),
        Err(error) => refused(&error),
    }
}

async fn all<T: Debug>(rows: Rows<T>) -> Outcome {
    some(rows.try_collect().await)
}

async fn streamed<T: Debug>(rows: Result<Rows<T>, ClientError>) -> Outcome {
    match rows {
        Ok(rows) => all(rows).await,
        Err(error) => refused(&error),
    }
}

pub(crate) fn january() -> DateRange {
    values::dates("2026-01-01", "2026-02-01").expect("dates")
}

/// The calls that only read.
pub(crate) async fn reads(client: &Client, named: &Named) -> Vec<Called> {
    let (who, order, dates) = (named.participant, &named.order, january);
    let kind = DefinitionKind::Participant;
    let earnings = client.earnings(Some(who), dates(), EarningView::Full);
    let explained = client.explain(&named.earning).await;
    let watched = client.watch_run(&named.run).await;
    let transactions = client.transactions(dates());
    let credits = client.credits(who, dates());
    let transaction = client.transaction(order, "ORDER").await;
    let mut called = reads_of_payments(client, named).await;
    called.extend(reads_of_the_past(client, named).await);
    called.extend(reads_of_rewards(client, named).await);
    let (activities, workspaces) = (client.activities(), client.workspaces());
    let (export, definitions) = (client.export().await, client.definitions(kind));
    let statement = client.statement(who, "2026-01").await;
    let (run, runs) = (client.run(&named.run).await, client.runs());
    called.extend([
        ("ActivityService/ListActivities", all(activities).await),
        ("CreditService/ListCredits", all(credits).await),
        ("DefinitionService/ListDefinitions", all(definitions).await),
        (
            "DefinitionService/ExportDefinitions",
            streamed(export).await,
        ),
        ("EarningService/ListEarnings", all(earnings).await),
        ("EarningService/ExplainEarning", one(explained)),
        ("RunService/GetRun", one(run)),
        ("RunService/ListRuns", all(runs).await),
        ("RunService/WatchRun", streamed(watched).await),
        (
            "RunService/ListRunLog",
            all(client.run_log(&named.run)).await,
        ),
        ("StatementService/GetStatement", one(statement)),
        (
            "TransactionService/ListTransactions",
            all(transactions).await,
        ),
        ("TransactionService/GetTransaction", one(transaction)),
        ("WorkspaceService/ListWorkspaces", all(workspaces).await),
    ]);
    called
}

async fn reads_of_the_past(client: &Client, named: &Named) -> Vec<Called> {
    let (credit, earning) = (&named.credit, &named.earning);
    let pending = client.pending(DateRange::default()).await;
    let pending = pending.map(|pending| pending.first);
    let later = values::instant("2999-01-01T00:00:00Z").expect("an instant");
    let as_of = client.as_of(named.participant, later).await;
    let as_of = as_of.map(|known| known.earnings);
    let of_earning = client.earning_history(earning, EarningView::Full).await;
    let of_order = client.transaction_history(&named.order, "ORDER").await;
    vec![
        ("AdjustmentService/ListPending", some(pending)),
        (
            "CreditService/GetCreditHistory",
            some(client.credit_history(credit).await),
        ),
        ("EarningService/GetEarningHistory", one(of_earning)),
        ("TransactionService/GetTransactionHistory", one(of_order)),
        ("StatementService/GetAsOf", some(as_of)),
    ]
}

/// The calls that adjust, or say what that would do.
async fn adjustments(client: &Client, named: &Named) -> Vec<Called> {
    let credit = Subject::Credit(CreditAdjustment {
        credit_id: named.credit.clone(),
        etag: String::new(),
        action: Some(credit_adjustment::Action::Cancel(CreditCancellation {})),
    });
    let id = transaction_adjustment::Transaction::TransactionId(named.sale.clone());
    let sale = Subject::Transaction(TransactionAdjustment {
        transaction: Some(id),
        etag: String::new(),
        action: Some(transaction_adjustment::Action::PreserveCredits(true)),
    });
    let asked: Vec<Adjustment> = [credit, sale]
        .into_iter()
        .map(|subject| Adjustment {
            subject: Some(subject),
        })
        .collect();
    let previewed = client.preview_adjust(asked.clone()).await;
    let previewed = previewed.map(|preview| {
        let answers = preview.outcomes.into_iter().map(|one| match one.outcome {
            Some(Answer::Refused(refused)) => Err(refused),
            Some(Answer::Adjusted(_)) | None => Ok(()),
        });
        answers.collect::<Vec<_>>()
    });
    // The owner's first request has this id.
    let repeat = client.clone().with_request_id("adjust");
    let adjusted = repeat.adjust(asked, "somebody else's").await;
    vec![
        ("AdjustmentService/PreviewAdjust", elements(previewed)),
        ("AdjustmentService/BatchAdjust", elements(adjusted)),
    ]
}

/// Refused if every element is, for one reason.
fn elements<T: Debug>(answers: Result<Vec<Result<T, Refusal>>, ClientError>) -> Outcome {
    let answers = match answers {
        Ok(answers) => answers,
        Err(error) => return refused(&error),
    };
    let mut reasons = answers
        .iter()
        .map(|one| one.as_ref().err().map(|told| &told.reason));
    let first = reasons.next().flatten();
    match first.filter(|first| reasons.all(|reason| reason == Some(first))) {
        Some(reason) => Outcome::Refused(reason.clone()),
        None => Outcome::Rows(answers.iter().map(|one| format!("{one:?}")).collect()),
    }
}

async fn reads_of_payments(client: &Client, named: &Named) -> Vec<Called> {
    let (batch, sheet) = (&named.batch, &named.sheet);
    let left_out = some(client.left_out(batch).await);
    let (lines, explained) = (client.payment_lines(sheet), client.explain_paysheet(sheet));
    vec![
        ("BatchService/GetBatch", one(client.batch(batch).await)),
        ("BatchService/ListBatches", all(client.batches()).await),
        ("BatchService/ListLeftOut", left_out),
        (
            "PaysheetService/ListPaysheets",
            all(client.paysheets(batch)).await,
        ),
        (
            "PaysheetService/GetPaysheet",
            one(client.paysheet(sheet).await),
        ),
        ("PaysheetService/ListPaymentLines", all(lines).await),
        ("PaysheetService/ExplainPaysheet", all(explained).await),
    ]
}

/// The calls that write, about batches and paysheets.
pub(crate) async fn payments(client: &Client, named: &Named) -> Vec<Called> {
    let (batch, sheet, line) = (&named.batch, &named.sheet, &named.line);
    let date = values::date("2026-02-15").expect("a date");
    let action = PaysheetAction::Lock;
    // The owner made theirs with the same words and the same id.
    let repeat = client.clone().with_request_id("create-batch");
    let created = repeat.create_batch("everybody", "2026-01", None).await;
    vec![
        ("BatchService/CreateBatch", one(created)),
        (
            "BatchService/RefreshBatch",
            one(client.refresh_batch(batch, None).await),
        ),
        (
            "BatchService/UpdateBatch",
            one(client.set_pay_date(batch, date, None).await),
        ),
        (
            "PaysheetService/LockPaysheet",
            one(client.lock_paysheet(sheet, None).await),
        ),
        (
            "PaysheetService/SubmitPaysheet",
            one(client.submit_paysheet(sheet, None).await),
        ),
        (
            "PaysheetService/ApprovePaysheet",
            one(client.approve_paysheet(sheet, None).await),
        ),
        (
            "PaysheetService/RejectPaysheet",
            one(client.reject_paysheet(sheet, None).await),
        ),
        (
            "PaysheetService/ActOnPaysheets",
            one(client.act_on_paysheets(batch, action).await),
        ),
        (
            "PaysheetService/HoldLine",
            one(client.hold_line(line, None).await),
        ),
        (
            "PaysheetService/ReleaseLine",
            one(client.release_line(line, None).await),
        ),
        (
            "BatchService/FreezeBatch",
            one(client.freeze_batch(batch, None).await),
        ),
        (
            "BatchService/PayBatch",
            one(client.pay_batch(batch, None).await),
        ),
        (
            "BatchService/DeleteBatch",
            one(client.delete_batch(batch, None).await),
        ),
    ]
}

/// The calls that read rewards and what is owed because of them.
async fn reads_of_rewards(client: &Client, named: &Named) -> Vec<Called> {
    let who = named.participant;
    let now = BalanceAsOf::default();
    vec![
        (
            "RewardService/GetReward",
            one(client.reward(&named.reward).await),
        ),
        (
            "RewardService/ListRewards",
            all(client.rewards(&[who])).await,
        ),
        (
            "RewardService/ReadBalance",
            one(client.balance(who, now).await),
        ),
        (
            "RewardService/ListParticipantBalances",
            all(client.participant_balances(now)).await,
        ),
        ("RewardService/ListClears", all(client.clears(who)).await),
    ]
}

/// The calls that write rewards and clearings.
async fn writes_of_rewards(client: &Client, named: &Named) -> Vec<Called> {
    let assigned = client.assign_rewards(vec![draw(named.participant)]).await;
    let assigned = assigned.map(|told| told.into_iter().collect::<Result<Vec<_>, Refusal>>());
    let whose = [named.participant];
    let cleared = client.clear_balances(&whose, None, WHY, ClearMode::Clear);
    let (reward, clear) = (&named.reward, &named.clear);
    vec![
        ("RewardService/AssignRewards", one(assigned)),
        ("RewardService/ClearBalances", one(cleared.await)),
        (
            "RewardService/WithdrawReward",
            one(client.withdraw_reward(reward, WHY, None).await),
        ),
        (
            "RewardService/UndoClear",
            one(client.undo_clear(clear, None, WHY, None).await),
        ),
    ]
}

const WHY: &str = "as agreed";

/// Something that a participant owes.
pub(crate) fn draw(participant: &str) -> NewReward {
    NewReward {
        participant: participant.to_owned(),
        amount: values::money("100", "USD"),
        recoverable: true,
        date: values::date("2026-01-31"),
        reason: WHY.to_owned(),
        ..NewReward::default()
    }
}

/// The other calls that write.
pub(crate) async fn writes(client: &Client, named: &Named) -> Vec<Called> {
    let plan = DefinitionReference {
        kind: DefinitionKind::Participant.into(),
        definition_id: named.participant.to_owned(),
    };
    let deleted = client.apply(Vec::new(), vec![plan], ApplyMode::Write).await;
    let credit = CreditRow {
        number: named.order.clone(),
        r#type: "ORDER".to_owned(),
        event_date: "2026-01-05".to_owned(),
        participant: named.participant.to_owned(),
        amount: "1".to_owned(),
        currency: "USD".to_owned(),
        ..CreditRow::default()
    };
    let credits = client.import_credits(stream::iter([credit])).await;
    let order = order(&named.order, "1");
    let orders = client.import_transactions(stream::iter([order])).await;
    let repeat = client.clone().with_request_id("start-run");
    let process = Process::RunAll;
    let started = repeat.start_run(process, january(), WhenBusy::Refuse).await;
    let same = client.clone().in_workspace(named.workspace);
    let mut called = adjustments(client, named).await;
    called.extend(writes_of_rewards(client, named).await);
    called.extend([
        ("DefinitionService/ApplyDefinitions", one(deleted)),
        ("CreditService/ImportCredits", streamed(credits).await),
        (
            "TransactionService/ImportTransactions",
            streamed(orders).await,
        ),
        (
            "RunService/CancelRun",
            one(client.cancel_run(&named.run).await),
        ),
        ("RunService/StartRun", one(started)),
        (
            "WorkspaceService/CreateWorkspace",
            one(same.create_workspace().await),
        ),
    ]);
    called
}

/// A sale of Ana's.
pub(crate) fn order(number: &str, amount: &str) -> TransactionRow {
    TransactionRow {
        number: number.to_owned(),
        r#type: "ORDER".to_owned(),
        event_date: "2026-01-05".to_owned(),
        amount: amount.to_owned(),
        currency: "USD".to_owned(),
        attributes: [("rep".to_owned(), "ana".to_owned())].into(),
        ..TransactionRow::default()
    }
}
