//! What statements and explanations say, against the memory store.

use attain_domain::change::Departure;
use attain_domain::credit::{CreditKind, CreditOrigin, CreditStatus, LeftBecause};
use attain_domain::earning::{Earning, EarningOutcome, MeasureTrace, Trace};
use attain_domain::ids::{CreditId, LineageId};
use attain_domain::paying::LineAction;
use attain_domain::ports::{ChunkSize, Store};
use attain_domain::refusal::{Reason, RowError};
use attain_domain::testing::{
    at, credit, date, decimal, earning, name, stamp, transaction, usd, uuid,
};
use attain_domain::transaction::Transaction;

use super::*;
use crate::payments::tests::{Company, dated, in_parts, of, reason};

fn traced(earning: Earning, before: &str, after: &str, goal: Option<&str>) -> Earning {
    let measure = MeasureTrace {
        measure: name("sales"),
        value: decimal(after) - decimal(before),
        before: decimal(before),
        after: decimal(after),
        goal: goal.map(decimal),
    };
    let trace = Trace {
        measures: vec![measure],
        ..earning.trace
    };
    Earning { trace, ..earning }
}

/// E39: 100 in five parts, one of them paid.
#[tokio::test]
async fn what_was_earned_and_not_paid_is_owed() {
    let company = Company::new().await;
    let deal = dated(in_parts(of(1, "ann", "100"), 5), "2026-01-10");
    company.earned(vec![deal]).await;
    let january = company.january().await.unwrap();
    company.freeze_and_pay(january.batch.id).await;
    let (engine, caller) = (&company.engine, &company.caller);
    let statement = engine
        .statement(caller, &name("ann"), &name("2026-01"))
        .await
        .unwrap();
    let totals = statement.totals;
    assert_eq!((totals.earned, totals.paid), (usd("100"), usd("20")));
    assert_eq!((totals.liability, totals.on_sheets), (usd("80"), usd("0")));
    assert_eq!(statement.payments.len(), 1);
    assert_eq!(statement.payments[0].first_lines[0].pay_amount, usd("20"));
    assert!(statement.is_draft);
}

#[tokio::test]
async fn a_recalculated_period_owes_the_difference() {
    let company = Company::new().await;
    company.earned(vec![of(1, "ann", "1000")]).await;
    let january = company.january().await.unwrap();
    company.recalculated(1, "1150", 2).await;
    company.freeze_and_pay(january.batch.id).await;
    let (engine, caller) = (&company.engine, &company.caller);
    let of_january = engine
        .statement(caller, &name("ann"), &name("2026-01"))
        .await
        .unwrap();
    assert_eq!(of_january.totals.liability, usd("150"));
    let february = company.batch_of("2026-02").await.unwrap();
    company.freeze_and_pay(february.batch.id).await;
    let of_january = engine
        .statement(caller, &name("ann"), &name("2026-01"))
        .await
        .unwrap();
    assert_eq!(
        (of_january.totals.paid, of_january.totals.liability),
        (usd("1150"), usd("0"))
    );
    let of_february = engine
        .statement(caller, &name("ann"), &name("2026-02"))
        .await
        .unwrap();
    assert_eq!(of_february.payments[0].sheet.total, usd("150"));
}

#[tokio::test]
async fn a_statement_adds_up_credits_and_earnings_and_shows_attainment() {
    let company = Company::new().await;
    let mut set = company.changes();
    let unmatched = RowError::new(Reason::NoMatchingMeasure, "counts for nothing");
    set.changes.credits = vec![
        credit(1),
        attain_domain::credit::Credit {
            kind: CreditKind::Team,
            ..credit(2)
        },
        attain_domain::credit::Credit {
            status: CreditStatus::Error(unmatched),
            ..credit(3)
        },
    ];
    let failed = RowError::new(Reason::ValueOutsideTiers, "25000 is outside of every tier");
    set.changes.earnings = vec![
        // Calculated in the order 3, 1, 2: the chain of totals tells, not the ids.
        traced(of(1, "ann", "50"), "1000", "2500", Some("2000")),
        traced(of(2, "ann", "10"), "2500", "3000", Some("2000")),
        traced(of(3, "ann", "20"), "0", "1000", Some("2000")),
        Earning {
            outcome: EarningOutcome::Error(failed),
            ..of(4, "ann", "0")
        },
    ];
    company.store.commit(set).await.unwrap();
    let (engine, caller) = (&company.engine, &company.caller);
    let statement = engine
        .statement(caller, &name("ann"), &name("2026-01"))
        .await
        .unwrap();
    assert_eq!(
        (statement.credits.count(), statement.credits.in_error),
        (3, 1)
    );
    assert_eq!(
        statement.credits.kinds[&CreditKind::Direct].amount,
        usd("2000")
    );
    let component = &statement.earnings[0];
    assert_eq!((component.count, component.in_error), (4, 1));
    assert_eq!(component.amount, usd("80"));
    let attainment = &statement.attainment[0];
    assert_eq!(
        (attainment.value, attainment.percent),
        (decimal("3000"), Some(decimal("150")))
    );
    let nobody = engine
        .statement(caller, &name("zoe"), &name("2026-01"))
        .await;
    assert_eq!(reason(nobody), Some(Reason::NotFound));
    let never = engine
        .statement(caller, &name("ann"), &name("1999-01"))
        .await;
    assert_eq!(reason(never), Some(Reason::NotFound));
}

/// Transaction 7, Ben's direct credit, rolled up to Ann, and her earning of it.
async fn rolled_up(company: &Company) {
    let direct = attain_domain::credit::Credit {
        participant: name("ben"),
        origin: CreditOrigin::Rule {
            set: name("sales"),
            rule: name("everything"),
        },
        ..credit(7)
    };
    let indirect = attain_domain::credit::Credit {
        id: CreditId(uuid(8)),
        lineage: LineageId(uuid(8)),
        kind: CreditKind::Indirect,
        origin: CreditOrigin::From {
            source: Some(direct.id),
            through: name("ben"),
        },
        ..credit(7)
    };
    let mut set = company.changes();
    set.changes.transactions = vec![Transaction { ..transaction(7) }];
    set.changes.credits = vec![direct, indirect];
    set.changes.earnings = vec![Earning {
        credit: Some(CreditId(uuid(8))),
        transaction: Some(transaction(7).id),
        ..of(8, "ann", "100")
    }];
    company.store.commit(set).await.unwrap();
}

#[tokio::test]
async fn an_explanation_leads_from_the_payment_back_to_the_transaction() {
    let company = Company::new().await;
    rolled_up(&company).await;
    let january = company.january().await.unwrap();
    company.freeze_and_pay(january.batch.id).await;
    let (engine, caller) = (&company.engine, &company.caller);
    let explained = engine.explain_earning(caller, earning(8).id).await.unwrap();
    let EarningSource::Credit(source) = &explained.source else {
        panic!("per event")
    };
    assert_eq!(
        source.credit.as_ref().map(|credit| credit.kind),
        Some(CreditKind::Indirect)
    );
    assert_eq!(source.path.len(), 1);
    assert_eq!(source.path[0].participant, name("ben"));
    let rule = source.rule.as_ref().unwrap();
    assert_eq!(
        (&rule.set, &rule.rule),
        (&name("sales"), &name("everything"))
    );
    assert_eq!(
        source.transaction.as_ref().map(|found| found.id),
        Some(transaction(7).id)
    );
    assert_eq!(
        explained.component.as_ref().map(|found| &found.id),
        Some(&name("commission"))
    );
    assert!(explained.payments[0].is_paid);
    assert_eq!(explained.payments[0].batch.pay_date, date("2026-01-31"));
    assert!(explained.reversals.is_empty() && explained.successor.is_none());
}

#[tokio::test]
async fn what_went_to_history_is_explained_with_its_reversal_and_successor() {
    let company = Company::new().await;
    rolled_up(&company).await;
    let january = company.january().await.unwrap();
    company.recalculated(8, "120", 9).await;
    company.freeze_and_pay(january.batch.id).await;
    let (engine, caller) = (&company.engine, &company.caller);
    let explained = engine.explain_earning(caller, earning(8).id).await.unwrap();
    assert_eq!(
        explained.left.as_ref().map(|left| left.because),
        Some(LeftBecause::Recredited)
    );
    assert!(explained.payments[0].is_paid);
    assert_eq!(explained.reversals[0].amount(), Some(usd("-100")));
    assert_eq!(
        explained.successor.as_ref().map(|found| found.id),
        Some(earning(9).id)
    );
    let reversal = engine
        .explain_earning(caller, explained.reversals[0].id)
        .await
        .unwrap();
    assert_eq!(
        reversal.takes_back.as_ref().map(|found| found.id),
        Some(earning(8).id)
    );
    assert_eq!(
        reason(engine.explain_earning(caller, earning(77).id).await),
        Some(Reason::NotFound)
    );
}

#[tokio::test]
async fn an_earning_per_interval_lists_the_credits_that_counted() {
    let company = Company::new().await;
    let mut set = company.changes();
    let eligible = |number| attain_domain::credit::Credit {
        status: CreditStatus::Eligible,
        ..credit(number)
    };
    set.changes.credits = vec![
        eligible(1),
        eligible(2),
        attain_domain::credit::Credit {
            kind: CreditKind::Indirect,
            ..eligible(3)
        },
        attain_domain::credit::Credit {
            credit_date: date("2026-02-01"),
            ..eligible(4)
        },
        credit(5),
    ];
    let key = attain_domain::earning::EarningKey {
        lineage: None,
        ..of(1, "ann", "1").key
    };
    let total = Earning {
        key,
        credit: None,
        transaction: None,
        ..of(1, "ann", "200")
    };
    set.changes.earnings = vec![dated(total, "2026-01-31")];
    company.store.commit(set).await.unwrap();
    let explained = company
        .engine
        .explain_earning(&company.caller, earning(1).id)
        .await
        .unwrap();
    let EarningSource::Interval(counted) = explained.source else {
        panic!("per interval")
    };
    let ids: Vec<_> = counted.first.iter().map(|credit| credit.id).collect();
    assert_eq!((counted.count, ids), (2, vec![credit(1).id, credit(2).id]));
}

#[tokio::test]
async fn a_paysheet_is_explained_page_by_page() {
    let company = Company::new().await;
    company
        .earned((1..=5).map(|number| of(number, "ann", "10")).collect())
        .await;
    let january = company.january().await.unwrap().batch.id;
    let sheet = company.sheets(january).await.remove(0).id;
    let held = company.lines(january).await.remove(0).id;
    let (engine, caller) = (&company.engine, &company.caller);
    engine
        .line_action(caller, held, LineAction::Hold, None)
        .await
        .unwrap();
    let (mut after, mut seen) = (None, 0);
    loop {
        let page = engine
            .explain_paysheet(caller, sheet, after, ChunkSize::new(2))
            .await
            .unwrap();
        assert_eq!(page.line_count, 5);
        let is_told = |line: &LineExplained| match line {
            LineExplained::Earning { earning, .. } => earning.is_some(),
            LineExplained::Reward(_) => false,
        };
        assert!(page.lines.iter().all(is_told));
        seen += page.lines.len();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, 5);
}

#[tokio::test]
async fn an_explanation_survives_a_credit_that_has_gone() {
    for archive in [true, false] {
        let company = Company::new().await;
        rolled_up(&company).await;
        let mut set = company.changes();
        let (because, actor) = (LeftBecause::Recredited, name("clerk"));
        let id = CreditId(uuid(8));
        set.changes.credits_departed = vec![Departure {
            id,
            because,
            archive,
            at: at(1),
            actor,
        }];
        company.store.commit(set).await.unwrap();
        let (engine, caller) = (&company.engine, &company.caller);
        let explained = engine.explain_earning(caller, earning(8).id).await.unwrap();
        let EarningSource::Credit(source) = explained.source else {
            panic!("per event")
        };
        // History has what was archived.
        let found = source.credit.map(|credit| credit.id);
        assert_eq!((source.id, found), (id, archive.then_some(id)));
        assert_eq!(source.transaction.map(|found| found.stamp), Some(stamp()));
    }
}
