//! Payments while everything else goes on: batches made, refreshed, edited, held, paid and deleted
//! between imports, changes and runs. In the end everybody got what a fresh start says.

use std::collections::BTreeMap;

use attain_app::{Limits, LineAction, PaysheetAction};
use attain_domain::earning::Earning;
use attain_domain::ids::{BatchId, LineId};
use attain_domain::payment::{BatchStatus, PaysheetStatus};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::testing::{date, name};
use futures::executor::block_on;
use proptest::prelude::*;

use crate::crashes::a_rich_history;
use crate::incremental::check_same;
use crate::world::bench::{Bench, first_of, small_limits};
use crate::world::company::Company;
use crate::world::config;
use crate::world::facts::earnings;
use crate::world::knobs::some_knobs;
use crate::world::ledger::{BatchFact, batches, check_ledger, earned_by_key, paid_by_key};
use crate::world::sales::Sale;
use crate::world::steps::{Step, a_step, from_scratch, settle, take};

/// Something done to payments; numbers pick among what there is.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Create(u32),
    Refresh(u8),
    Edit(u8, u32),
    Freeze(u8),
    Pay(u8),
    Delete(u8),
    Hold(u8),
    Release(u8),
    Sheets(u8, PaysheetAction),
}

#[derive(Clone, Debug)]
enum Event {
    Step(Step),
    Deed(Deed),
}

fn a_deed() -> impl Strategy<Value = Deed> {
    use PaysheetAction::{Approve, Lock, Reject, Submit};
    let which = || any::<u8>();
    let action = proptest::sample::select(vec![Lock, Submit, Approve, Reject]);
    prop_oneof![
        5 => (0_u32..5).prop_map(Deed::Create),
        2 => which().prop_map(Deed::Refresh),
        1 => (which(), 0_u32..5).prop_map(|(which, month)| Deed::Edit(which, month)),
        4 => which().prop_map(Deed::Freeze),
        4 => which().prop_map(Deed::Pay),
        1 => which().prop_map(Deed::Delete),
        3 => which().prop_map(Deed::Hold),
        2 => which().prop_map(Deed::Release),
        1 => (which(), action).prop_map(|(which, action)| Deed::Sheets(which, action)),
    ]
}

fn some_events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        a_step().prop_map(Event::Step),
        a_deed().prop_map(Event::Deed)
    ];
    proptest::collection::vec(event, 2..16)
}

/// What the state of a batch, a sheet or a line may well forbid.
fn check_refused<T>(outcome: Result<T, Refusal>) {
    if let Err(refusal) = outcome {
        let fair = [
            Reason::WrongState,
            Reason::NothingToPay,
            Reason::OwnApproval,
            Reason::RevertPending,
            Reason::CalculationPending,
        ];
        assert!(fair.contains(&refusal.reason), "{refusal:?}");
    }
}

fn pick<T: Copy>(all: &[T], which: u8) -> Option<T> {
    all.get(usize::from(which) % all.len().max(1)).copied()
}

async fn act(bench: &Bench, deed: Deed) {
    bench.clock.advance(1);
    let (engine, caller) = (&bench.engine, &bench.caller);
    let all = batches(&*bench.snapshot().await).await;
    let ids: Vec<BatchId> = all.keys().copied().collect();
    let lines: Vec<LineId> = all
        .values()
        .flat_map(|one| one.lines.iter().map(|line| line.id))
        .collect();
    let last_of = |month: u32| first_of(month + 1).pred_opt().expect("a date");
    let (which, line) = match deed {
        Deed::Create(month) => {
            let period = name(&first_of(month).format("%Y-%m").to_string());
            return check_refused(
                engine
                    .create_batch(caller, &name("staff"), &period, None)
                    .await,
            );
        }
        Deed::Hold(which) | Deed::Release(which) => (None, pick(&lines, which)),
        Deed::Refresh(which)
        | Deed::Edit(which, _)
        | Deed::Freeze(which)
        | Deed::Pay(which)
        | Deed::Delete(which)
        | Deed::Sheets(which, _) => (pick(&ids, which), None),
    };
    match (deed, which, line) {
        (Deed::Refresh(_), Some(id), _) => {
            check_refused(engine.refresh_batch(caller, id, None).await);
        }
        (Deed::Edit(_, month), Some(id), _) => {
            check_refused(engine.edit_batch(caller, id, last_of(month), None).await);
        }
        (Deed::Freeze(_), Some(id), _) => {
            check_refused(engine.freeze_batch(caller, id, None).await)
        }
        (Deed::Pay(_), Some(id), _) => check_refused(engine.pay_batch(caller, id, None).await),
        (Deed::Delete(_), Some(id), _) => {
            check_refused(engine.delete_batch(caller, id, None).await)
        }
        (Deed::Sheets(_, action), Some(id), _) => {
            check_refused(engine.paysheets_action(caller, id, action).await);
        }
        (Deed::Hold(_), _, Some(id)) => {
            check_refused(engine.line_action(caller, id, LineAction::Hold, None).await);
        }
        (Deed::Release(_), _, Some(id)) => {
            check_refused(
                engine
                    .line_action(caller, id, LineAction::Release, None)
                    .await,
            );
        }
        _ => {}
    }
}

/// What was paid, held lines aside: they wait for their release.
fn paid_part(fact: &BatchFact) -> String {
    let lines: Vec<_> = fact.lines.iter().filter(|line| !line.held).collect();
    let sheets: Vec<_> = fact
        .sheets
        .iter()
        .map(|sheet| (sheet.id, sheet.status, sheet.total))
        .collect();
    format!("{:?} {sheets:?} {lines:?}", fact.batch)
}

/// Nothing of a paid batch has changed, and there are all that there were.
fn check_paid(known: &mut BTreeMap<BatchId, String>, now: &BTreeMap<BatchId, BatchFact>) {
    for (id, paid) in known.iter() {
        let fact = now
            .get(id)
            .unwrap_or_else(|| panic!("{id} was paid and is gone"));
        assert_eq!(*paid, paid_part(fact), "a paid batch never changes");
    }
    let paid = now
        .values()
        .filter(|fact| fact.batch.status == BatchStatus::Paid);
    known.extend(paid.map(|fact| (fact.batch.id, paid_part(fact))));
}

/// Releases what is held, drops or pays what stands, and pays the rest.
async fn pay_everything(bench: &Bench) {
    let (engine, caller) = (&bench.engine, &bench.caller);
    let all = batches(&*bench.snapshot().await).await;
    for fact in all.values() {
        let id = fact.batch.id;
        match fact.batch.status {
            BatchStatus::Building | BatchStatus::Unpaid | BatchStatus::Deleting => {
                engine
                    .delete_batch(caller, id, None)
                    .await
                    .expect("an unpaid batch can go");
            }
            BatchStatus::Frozen | BatchStatus::Paying => {
                engine
                    .pay_batch(caller, id, None)
                    .await
                    .expect("a frozen batch can be paid");
            }
            BatchStatus::Paid => {}
        }
    }
    for fact in batches(&*bench.snapshot().await).await.values() {
        assert!(
            fact.sheets
                .iter()
                .all(|sheet| sheet.status == PaysheetStatus::Paid)
        );
        for line in fact.lines.iter().filter(|line| line.held) {
            let released = engine
                .line_action(caller, line.id, LineAction::Release, None)
                .await;
            released.expect("a held line of a paid batch can be released");
        }
    }
    let far = Some(date("2027-12-31"));
    let made = engine
        .create_batch(caller, &name("staff"), &name("2026-06"), far)
        .await;
    match made {
        Ok(view) => {
            assert_eq!(view.left_out, Vec::new(), "nobody is left out");
            let id = view.batch.id;
            engine
                .freeze_batch(caller, id, None)
                .await
                .expect("it can be frozen");
            engine
                .pay_batch(caller, id, None)
                .await
                .expect("it can be paid");
        }
        Err(refusal) => assert_eq!(refusal.reason, Reason::NothingToPay, "{refusal:?}"),
    }
}

/// Paid so far = earned, for each earning key, once everything is paid.
pub(crate) async fn check_paid_is_earned(bench: &Bench) {
    pay_everything(bench).await;
    check_ledger(bench).await;
    let (mut paid, earned) = (paid_by_key(bench).await, earned_by_key(bench).await);
    for (key, amount) in earned {
        let paid = paid.remove(&key).unwrap_or_default();
        assert_eq!(paid, amount, "{key:?} is paid what was earned");
    }
    for (key, amount) in paid {
        assert!(
            amount.is_zero(),
            "{key:?} was paid {amount} and earns nothing"
        );
    }
}

/// A sale that was changed and changed back before a run looked at it was not changed at all, in
/// how small pieces ever the run goes through it.
#[test]
fn what_was_changed_back_is_not_taken_back() {
    for chunk_transactions in [1, 2, 50] {
        block_on(async {
            let limits = Limits {
                chunk_transactions,
                ..small_limits()
            };
            let bench = Bench::new(limits).await;
            let company = Company::default();
            bench
                .define(&company)
                .await
                .expect("the company can be defined");
            let mut sales: Vec<Sale> = a_rich_history().sales;
            sales.retain(|sale| sale.special == 0 && sale.day > 0);
            import(&bench, &sales, 1).await;
            bench.run_all().await.expect("nothing is in the way");
            pay_everything(&bench).await;
            let changed = sales.iter().map(|sale| Sale {
                cents: sale.cents + 5,
                ..sale.clone()
            });
            import(&bench, &changed.collect::<Vec<_>>(), 2).await;
            import(&bench, &sales, 3).await;
            let before = earnings(&*bench.snapshot().await).await;
            let run = bench.run_all().await.expect("nothing is in the way");
            let after = earnings(&*bench.snapshot().await).await;
            let amounts = |all: &[Earning]| -> Vec<_> {
                all.iter()
                    .map(|earning| (earning.id, earning.outcome.clone()))
                    .collect()
            };
            assert_eq!(amounts(&before), amounts(&after), "{:?}", run.counts);
        });
    }
}

async fn import(bench: &Bench, sales: &[Sale], step: u32) {
    let rows: Vec<_> = sales.iter().map(|sale| sale.row(step)).collect();
    bench.import(&rows).await.expect("the store takes rows");
}

proptest! {
    #![proptest_config(config("payments", 48))]

    #[test]
    fn what_is_paid_is_what_is_earned(knobs in some_knobs(12), events in some_events()) {
        block_on(async {
            let mut company = Company::with(&knobs);
            let bench = Bench::new(small_limits()).await;
            bench.define(&company).await.expect("the company can be defined");
            let mut known = BTreeMap::new();
            for (number, event) in events.iter().enumerate() {
                match event {
                    Event::Step(step) => take(&bench, &mut company, number, step).await,
                    Event::Deed(deed) => act(&bench, *deed).await,
                }
                check_ledger(&bench).await;
                check_paid(&mut known, &batches(&*bench.snapshot().await).await);
            }
            let settled = settle(&bench, &mut company).await.expect("nothing is in the way");
            check_ledger(&bench).await;
            let fresh = from_scratch(&bench, &company).await;
            check_same(&settled.without_terms(), &fresh.without_terms());
            check_paid_is_earned(&bench).await;
            check_paid(&mut known, &batches(&*bench.snapshot().await).await);
        });
    }
}
