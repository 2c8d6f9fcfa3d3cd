//! A caller of one workspace who names what is in another, through every call of the protocol, on
//! PostgreSQL: it is not there for them, and nothing of it changes.
#![allow(clippy::unwrap_used, reason = "what cannot be, fails the test")]

#[path = "strangers/calls.rs"]
mod calls;
mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use attain_app::{Engine, SystemClock, TimeOrderedIds};
use attain_client::proto::adjustment::Subject;
use attain_client::proto::clear_outcome::Outcome as Cleared;
use attain_client::proto::credit_adjustment::Action;
use attain_client::proto::{
    Adjustment, CreditAdjustment, CreditChange, CreditKind, DefinitionFile, EarningView, Process,
    RunStatus, WhenBusy,
};
use attain_client::{ApplyMode, ClearMode, Client, values};
use attain_grpc::{ServeOptions, Server};
use attain_postgres::{Options, PostgresStore};
use attain_proto::FILE_DESCRIPTOR_SET;
use futures::{TryStreamExt, stream};
use prost::Message;
use prost_types::FileDescriptorSet;
use tokio::runtime::Runtime;

use calls::{Called, Named, Outcome, january, order};
use program::{Database, Place};

/// The protocol itself; reflection and health are about no workspace.
const PACKAGE: &str = "attain.v1";
/// A company with earnings, a batch, and a sale that waits for the next run.
const OWNER: &str = "owner";
/// Who does everything there, and is known nowhere else.
const OWNERS_ACTOR: &str = "olga";
/// A workspace with nothing of its own but a calendar and a pay group.
const STRANGER: &str = "stranger";
const WAITING: &str = "waiting";

/// Everything that a workspace has, table by table.
const EVERYTHING: &str = "SELECT table_name || ' ' || md5(query_to_xml(format(\
    'SELECT * FROM %I t WHERE workspace_id = %L ORDER BY t::text', table_name, $1::text), \
    true, false, '')::text) FROM information_schema.columns \
    WHERE table_schema = 'public' AND column_name = 'workspace_id' ORDER BY table_name";

/// What is right for a call that comes to something else than that nothing is there.
type Right = fn(&Outcome) -> bool;

/// Calls that are about what strangers have, or make, in their own workspace.
const OWN: [(&str, Right); 13] = [
    ("ActivityService/ListActivities", is_answered),
    ("DefinitionService/ExportDefinitions", is_answered),
    ("BatchService/CreateBatch", |outcome| {
        is_refused(outcome, "NOTHING_TO_PAY")
    }),
    ("DefinitionService/ApplyDefinitions", |outcome| {
        is_refused(outcome, "NOT_FOUND")
    }),
    // A key of the owner's is free here.
    ("TransactionService/ImportTransactions", |outcome| {
        says(outcome, "stored: 1")
    }),
    // Nobody is there to have a credit.
    ("CreditService/ImportCredits", |outcome| {
        says(outcome, "rejected: 1")
    }),
    // The owner's run is in nobody's way, and the id of its request is free here.
    ("RunService/StartRun", is_answered),
    // Nobody is there to be rewarded, or to owe something.
    ("RewardService/AssignRewards", |outcome| {
        says(outcome, "UNKNOWN_PARTICIPANT")
    }),
    ("RewardService/ClearBalances", |outcome| {
        says(outcome, "UNKNOWN_PARTICIPANT")
    }),
    ("RewardService/ReadBalance", |outcome| {
        is_refused(outcome, "UNKNOWN_PARTICIPANT")
    }),
    ("StatementService/GetStatement", |outcome| {
        is_refused(outcome, "NOT_FOUND")
    }),
    // Until callers have to say who they are, everybody may know which workspaces there are.
    ("WorkspaceService/CreateWorkspace", |outcome| {
        says(outcome, "false")
    }),
    ("WorkspaceService/ListWorkspaces", is_answered),
];

fn is_answered(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Rows(rows) if !rows.is_empty())
}

fn is_refused(outcome: &Outcome, reason: &str) -> bool {
    matches!(outcome, Outcome::Refused(told) if told == reason)
}

fn says(outcome: &Outcome, text: &str) -> bool {
    matches!(outcome, Outcome::Rows(rows) if rows.iter().any(|row| row.contains(text)))
}

/// Nothing of this kind is there, or no more of it is known than that.
fn is_not_there(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Refused(reason) => reason == "NOT_FOUND",
        Outcome::Rows(rows) => rows.is_empty(),
    }
}

/// Serves a database, and gives what calls it for the owner and for the stranger.
async fn serve(url: &str) -> (Client, Client) {
    let store = PostgresStore::open(url, Options::default()).await.unwrap();
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(TimeOrderedIds::default()));
    let engine = Engine::new(Arc::new(store), clock, ids);
    let options = ServeOptions {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        ..ServeOptions::default()
    };
    let server = Server::bind(options).await.unwrap();
    let address = format!("http://{}", server.address());
    tokio::spawn(server.serve(engine, std::future::pending()));
    let owner = Client::connect(&address, OWNER, OWNERS_ACTOR).await;
    let stranger = Client::connect(&address, STRANGER, "sam").await;
    (owner.unwrap(), stranger.unwrap())
}

fn document(name: &str) -> DefinitionFile {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/small/documents");
    DefinitionFile {
        name: name.to_owned(),
        text: std::fs::read_to_string(folder.join(name)).unwrap(),
    }
}

async fn define(client: &Client, names: &[&str]) {
    client.create_workspace().await.unwrap();
    let files = names.iter().map(|name| document(name)).collect();
    let applied = client.apply(files, Vec::new(), ApplyMode::Write).await;
    applied.unwrap();
}

/// Makes what the stranger is going to name.
async fn found(owner: &Client) -> Named {
    let files = ["workspace.yaml", "people.yaml", "plans.yaml", "rules.yaml"];
    define(owner, &files).await;
    let orders = (1..6).map(|number| order(&number.to_string(), "10000"));
    import(owner, orders.collect()).await;
    let repeat = owner.clone().with_request_id("start-run");
    let started = repeat.start_run(Process::RunAll, january(), WhenBusy::Refuse);
    let run = started.await.unwrap().run_id;
    let ended = owner.watch_to_end(&run, |_| {}).await.unwrap();
    assert_eq!(ended.status(), RunStatus::Succeeded);
    let repeat = owner.clone().with_request_id("create-batch");
    let batch = repeat.create_batch("everybody", "2026-01", None).await;
    let batch = batch.unwrap().batch.batch_id;
    let sheets: Vec<_> = owner.paysheets(&batch).try_collect().await.unwrap();
    let sheet = sheets[0].paysheet_id.clone();
    let lines: Vec<_> = owner.payment_lines(&sheet).try_collect().await.unwrap();
    let earnings = owner.earnings(Some("ana"), january(), EarningView::Basic);
    let earnings: Vec<_> = earnings.try_collect().await.unwrap();
    // One of the orders was smaller: something waits for Revert.
    let (_, credits) = owner.transaction("2", "ORDER").await.unwrap();
    let direct = credits
        .iter()
        .find(|credit| credit.kind() == CreditKind::Direct);
    let credit = direct.unwrap().credit_id.clone();
    adjust(owner, &credit).await;
    import(owner, vec![order(WAITING, "500")]).await;
    let (reward, clear) = forgiven(owner).await;
    Named {
        workspace: OWNER,
        participant: "ana",
        run,
        batch,
        sheet,
        line: lines[0].line_id.clone(),
        reward,
        clear,
        earning: earnings[0].earning_id.clone(),
        sale: direct.unwrap().transaction_id.clone(),
        credit,
        order: "1".to_owned(),
    }
}

/// Something that was owed, and the clearing that forgave it.
async fn forgiven(owner: &Client) -> (String, String) {
    let made = owner.assign_rewards(vec![calls::draw("ana")]).await;
    let reward = made.unwrap().remove(0).unwrap().reward_id;
    let date = values::date("2026-02-01");
    let cleared = owner.clear_balances(&["ana"], date, "as agreed", ClearMode::Clear);
    let cleared = cleared.await.unwrap().remove(0).outcome;
    let Some(Cleared::Clear(clear)) = cleared else {
        panic!("it was cleared: {cleared:?}");
    };
    (reward, clear.clear_id)
}

async fn adjust(client: &Client, credit: &str) {
    let change = CreditChange {
        amount: values::money("9000", "USD"),
        ..CreditChange::default()
    };
    let smaller = Adjustment {
        subject: Some(Subject::Credit(CreditAdjustment {
            credit_id: credit.to_owned(),
            etag: String::new(),
            action: Some(Action::Change(change)),
        })),
    };
    let repeat = client.clone().with_request_id("adjust");
    let done = repeat
        .adjust(vec![smaller], "it was smaller")
        .await
        .unwrap();
    assert!(done[0].as_ref().unwrap().changed);
}

async fn import(client: &Client, rows: Vec<attain_client::proto::TransactionRow>) {
    let answers = client
        .import_transactions(stream::iter(rows))
        .await
        .unwrap();
    let answers: Vec<_> = answers.try_collect().await.unwrap();
    assert!(answers.iter().all(|answer| answer.rejected.is_empty()));
}

/// All calls that the protocol has.
fn described() -> BTreeSet<String> {
    let set = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap();
    let files = set.file.iter().filter(|file| file.package() == PACKAGE);
    let services = files.flat_map(|file| &file.service);
    let calls = services.flat_map(|service| {
        let of = |method: &prost_types::MethodDescriptorProto| {
            format!("{}/{}", service.name(), method.name())
        };
        service.method.iter().map(of)
    });
    calls.collect()
}

#[track_caller]
fn check_not_there(called: &[Called]) {
    let own: BTreeMap<&str, Right> = OWN.into();
    for (name, outcome) in called {
        let is_right = own.get(name).copied().unwrap_or(is_not_there);
        assert!(is_right(outcome), "{name}: {outcome:?}");
        let told = format!("{outcome:?}");
        for word in [OWNERS_ACTOR, WAITING] {
            assert!(!told.contains(word), "{name} tells of the owner: {told}");
        }
    }
    let names: BTreeSet<String> = called.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names, described(), "each call is made, once");
    assert_eq!(names.len(), called.len());
}

#[test]
fn what_is_in_another_workspace_is_not_there() {
    let database = Database::new("strangers");
    let place = Place::over(&database.url(), OWNER, 60);
    let runtime = Runtime::new().unwrap();
    let ((owner, stranger), named) = runtime.block_on(async {
        let (owner, stranger) = serve(&database.url()).await;
        let named = found(&owner).await;
        define(&stranger, &["workspace.yaml"]).await;
        ((owner, stranger), named)
    });
    let before = place.ask(EVERYTHING);
    let called = runtime.block_on(async {
        let mut called = calls::reads(&stranger, &named).await;
        called.extend(calls::payments(&stranger, &named).await);
        called.extend(calls::writes(&stranger, &named).await);
        // Their own run, which takes nothing of the owner's.
        let runs: Vec<_> = stranger.runs().try_collect().await.unwrap();
        let run = stranger
            .watch_to_end(&runs[0].run_id, |_| {})
            .await
            .unwrap();
        assert_eq!(run.counts.unwrap().taken, 1, "the sale of their own");
        called
    });
    check_not_there(&called);
    assert_eq!(place.ask(EVERYTHING), before, "nothing has changed");
    // To the owner it is all there, by the same names.
    let seen = runtime.block_on(calls::reads(&owner, &named));
    for (name, outcome) in seen {
        let has_none = name == "BatchService/ListLeftOut";
        assert!(has_none || is_answered(&outcome), "{name}: {outcome:?}");
    }
    runtime.shutdown_background();
}
