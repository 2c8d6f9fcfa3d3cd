//! Defining payment plans: they are checked and linted, and make nothing to be calculated anew.

use attain_app::{ApplyMode, ApplyPlan, DefinitionOutcome, Limits};
use attain_domain::definition::{Definition, DefinitionKind};
use attain_domain::ids::DefinitionId;
use attain_domain::payment_plan::{
    AssignedTo, Floor, PaymentPlan, PlanAssignment, Recoverability, Sharing,
};
use attain_domain::ports::ChunkSize;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::testing::{name, payment_plan};
use attain_domain::time::DateRange;
use futures::executor::block_on;

use crate::corrections::paid_company;
use crate::world::bench::Bench;

async fn apply(
    bench: &Bench,
    plans: &[PaymentPlan],
    deleted: &[DefinitionId],
) -> Result<ApplyPlan, Vec<Refusal>> {
    let plans: Vec<Definition> = plans.iter().cloned().map(Definition::PaymentPlan).collect();
    let deleted = deleted.iter().cloned();
    let deleted: Vec<_> = deleted
        .map(|id| (DefinitionKind::PaymentPlan, id))
        .collect();
    let engine = &bench.engine;
    engine
        .apply(&bench.caller, &plans, &deleted, ApplyMode::Write)
        .await
}

fn to_everybody_in(plan: &str) -> PlanAssignment {
    PlanAssignment {
        to: AssignedTo::Plan(name(plan)),
        effective: DateRange::ALWAYS,
    }
}

fn floorless() -> PaymentPlan {
    let mut plan = payment_plan("draw");
    if let Recoverability::Recoverable(terms) = &mut plan.recoverability {
        terms.floor = Floor::NotKept;
    }
    plan
}

/// How many changes wait for a calculation, and how much work.
async fn waiting(bench: &Bench) -> (usize, u64) {
    let snapshot = bench.snapshot().await;
    let definitions = snapshot
        .definition(DefinitionKind::Calendar, &name("calendar"))
        .await
        .expect("it answers");
    let Some(Definition::Calendar(calendar)) = definitions.map(|record| record.body) else {
        panic!("there is a calendar")
    };
    let periods: Vec<_> = calendar.periods.into_iter().map(|one| one.id).collect();
    let changes = snapshot.changes_after(&periods, None, ChunkSize::largest());
    let pending = snapshot.pending(DateRange::ALWAYS).await;
    (
        changes.await.expect("it answers").len(),
        pending.expect("it answers").rows(),
    )
}

#[test]
fn a_payment_plan_makes_nothing_to_be_calculated_anew() {
    block_on(async {
        let (bench, _) = paid_company(Limits::default()).await;
        let before = waiting(&bench).await;
        let mut plan = payment_plan("draw");
        plan.assignments = vec![to_everybody_in("reps")];
        let outcome = |applied: &ApplyPlan| applied.definitions[0].outcome;
        let applied = apply(&bench, &[plan.clone()], &[]).await.expect("created");
        assert_eq!(outcome(&applied), DefinitionOutcome::Created);
        assert_eq!(applied.draw_findings, []);
        plan.priority = 1;
        let applied = apply(&bench, &[plan.clone()], &[]).await.expect("updated");
        assert_eq!(outcome(&applied), DefinitionOutcome::Updated);
        let applied = apply(&bench, &[plan], &[]).await.expect("unchanged");
        assert_eq!(outcome(&applied), DefinitionOutcome::Unchanged);
        let applied = apply(&bench, &[], &[name("draw")]).await.expect("deleted");
        assert_eq!(outcome(&applied), DefinitionOutcome::Deleted);
        assert_eq!(waiting(&bench).await, before);
        let again = apply(&bench, &[], &[name("draw")]).await.expect_err("gone");
        assert_eq!(again[0].reason, Reason::NotFound);
    });
}

#[test]
fn names_that_do_not_exist_are_refused_with_their_fields() {
    block_on(async {
        let (bench, _) = paid_company(Limits::default()).await;
        let wrong = PaymentPlan {
            assignments: vec![to_everybody_in("reps"), to_everybody_in("nobody")],
            shared_by: Sharing::Components(vec![(name("reps"), name("nothing"))]),
            ..payment_plan("draw")
        };
        let refusals = apply(&bench, &[wrong], &[]).await.expect_err("refused");
        let found: Vec<_> = refusals
            .iter()
            .map(|refusal| (refusal.reason, refusal.field.as_deref()))
            .collect();
        let unknown = Reason::UnknownReference;
        let expected = [
            (unknown, Some("shared_by.components[0]")),
            (unknown, Some("assignments[1]")),
        ];
        assert_eq!(found, expected);
        let details = &refusals[0].details;
        assert_eq!(
            details.get("definition_kind").map(String::as_str),
            Some("payment_plan")
        );
    });
}

#[test]
fn a_draw_without_a_floor_is_told_whenever_it_is_applied() {
    block_on(async {
        let (bench, _) = paid_company(Limits::default()).await;
        let first = apply(&bench, &[floorless()], &[]).await.expect("written");
        assert_eq!(first.draw_findings.len(), 1);
        assert_eq!(first.draw_findings[0].plans, [name("draw")]);
        let again = apply(&bench, &[floorless()], &[]).await.expect("unchanged");
        assert_eq!(again.draw_findings, first.draw_findings);
    });
}
