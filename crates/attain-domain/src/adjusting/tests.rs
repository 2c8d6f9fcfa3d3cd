//! The five effects of an adjustment, what is refused, and what stands or falls together.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{
    Adjusted, Adjustment, AdjustmentKind, CreditAction, CreditPatch, Known, SplitPart,
    TransactionAction, TransactionPatch, adjust,
};
use crate::credit::{Credit, CreditKind, CreditOrigin, CreditStatus, LeftBecause};
use crate::definition::calendar::PeriodStatus;
use crate::definition::{Definition, DefinitionSet};
use crate::earning::{Earning, Instalments};
use crate::expression::{Value, ValueType};
use crate::ids::{ActorId, CreditId, TransactionId};
use crate::refusal::{Reason, Refusal};
use crate::stamp::Version;
use crate::testing::{at, calendar, credit, date, earning, live, name, participant, settings};
use crate::testing::{transaction, usd, uuid};
use crate::transaction::{Transaction, TransactionStatus};
use crate::working::Circumstances;

/// Transaction 1 of 1,000 with Ann's credit 1, from which Mia has credit 2; Ann was paid 100.
struct Office {
    set: DefinitionSet,
    transactions: Vec<Transaction>,
    credits: Vec<Credit>,
    earnings: Vec<Earning>,
}

fn paid(mut earning: Earning) -> Earning {
    earning.instalments = Instalments {
        taken: 1,
        paid: 1,
        ..earning.instalments
    };
    earning
}

impl Office {
    fn new() -> Self {
        let people = ["ann", "ben", "mia"].map(|id| Definition::Participant(participant(id)));
        let definitions = [
            Definition::Settings(settings()),
            Definition::Calendar(calendar()),
        ];
        let definitions = definitions.into_iter().chain(people);
        let rolled_up = Credit {
            participant: name("mia"),
            kind: CreditKind::Indirect,
            origin: CreditOrigin::From {
                source: Some(CreditId(uuid(1))),
                through: name("ann"),
            },
            transaction: Some(TransactionId(uuid(1))),
            key: transaction(1).key,
            ..credit(2)
        };
        Self {
            set: DefinitionSet::gather(definitions.map(|body| live(body, 1))),
            transactions: vec![Transaction {
                status: TransactionStatus::Credited,
                ..transaction(1)
            }],
            credits: vec![credit(1), rolled_up],
            earnings: vec![paid(earning(1))],
        }
    }

    fn adjust(&self, adjustments: &[AdjustmentKind]) -> Adjusted {
        let of_version = |kind: &AdjustmentKind| Adjustment {
            version: None,
            kind: kind.clone(),
        };
        let adjustments: Vec<Adjustment> = adjustments.iter().map(of_version).collect();
        self.decide(&adjustments, "the deal shrank").unwrap()
    }

    fn decide(&self, adjustments: &[Adjustment], reason: &str) -> Result<Adjusted, Refusal> {
        let known = Known {
            set: &self.set,
            judge: &|_| CreditStatus::Eligible,
            transactions: self.transactions.clone(),
            credits: self.credits.clone(),
            earnings: self.earnings.clone(),
        };
        let numbered: Vec<_> = adjustments.iter().cloned().enumerate().collect();
        let mut next = 1_000;
        let mut next_id = || {
            next += 1;
            uuid(next)
        };
        let actor: ActorId = name("analyst");
        let mut now = Circumstances {
            at: at(500),
            actor: &actor,
            next_id: &mut next_id,
        };
        adjust(&known, &numbered, reason, &mut now)
    }

    fn refused(&self, kind: AdjustmentKind) -> Reason {
        let adjusted = self.adjust(&[kind]);
        assert_eq!(adjusted.changes, crate::change::Changes::default());
        adjusted.outcomes[&0].as_ref().unwrap_err().reason
    }
}

fn of_credit(number: u64, action: CreditAction) -> AdjustmentKind {
    AdjustmentKind::Credit(CreditId(uuid(number)), action)
}

fn of_transaction(action: TransactionAction) -> AdjustmentKind {
    AdjustmentKind::Transaction(TransactionId(uuid(1)), action)
}

fn amount(amount: &str) -> CreditAction {
    CreditAction::Change(CreditPatch {
        amount: Some(usd(amount)),
        ..CreditPatch::default()
    })
}

fn split(parts: &[(&str, i64)]) -> CreditAction {
    let part = |(who, percent): &(&str, i64)| SplitPart {
        participant: name(who),
        percent: Decimal::from(*percent),
    };
    CreditAction::Split(parts.iter().map(part).collect())
}

#[test]
fn one_save_has_five_effects() {
    let office = Office::new();
    let adjusted = office.adjust(&[of_credit(1, amount("800"))]);
    let changes = &adjusted.changes;
    let obsolete: Vec<_> = changes.credits_obsoleted.iter().map(|one| one.id).collect();
    assert_eq!(
        obsolete,
        [CreditId(uuid(1)), CreditId(uuid(2))],
        "Mia's follows"
    );
    let mark = &changes.credits_obsoleted[0].mark;
    assert_eq!(mark.reason.as_deref(), Some("the deal shrank"));
    assert_eq!(changes.earnings_obsoleted.len(), 1, "what was paid");
    let [new] = changes.credits.as_slice() else {
        panic!("one credit takes its place");
    };
    assert_eq!(
        (new.amount, new.status.clone()),
        (usd("800"), CreditStatus::Eligible)
    );
    assert_eq!(new.lineage, office.credits[0].lineage);
    assert_eq!(new.adjusted_from, Some(CreditId(uuid(1))));
    assert_eq!(new.stamp.version, Version(2));
    assert_eq!(new.stamp.created_at, at(500), "it is a new record");
    assert!(changes.transactions_progressed[0].flags.preserve_credits);
    let entry = &changes.activities[0];
    assert_eq!(entry.reason.as_deref(), Some("the deal shrank"));
    assert!(entry.before.is_some() && entry.after.is_some());
    assert_eq!(changes.work.len(), 1, "Mia's is made again");
}

#[test]
fn what_stands_on_an_unpaid_sheet_is_not_paid_yet() {
    let mut office = Office::new();
    office.earnings[0].instalments.paid = 0;
    let adjusted = office.adjust(&[of_credit(1, CreditAction::Cancel)]);
    assert_eq!(adjusted.changes.earnings_obsoleted, []);
    assert_eq!(adjusted.changes.credits, []);
    let mark = &adjusted.changes.credits_obsoleted[0].mark;
    assert_eq!(mark.because, LeftBecause::Cancelled);
}

#[test]
fn the_parts_of_a_revenue_credit_add_up_to_it() {
    let mut office = Office::new();
    office.credits[0].amount = usd("100.01");
    let adjusted = office.adjust(&[of_credit(
        1,
        split(&[("ann", 33), ("ben", 33), ("mia", 34)]),
    )]);
    let amounts: Vec<String> = adjusted
        .changes
        .credits
        .iter()
        .map(|new| new.amount.amount.to_string())
        .collect();
    assert_eq!(amounts, ["33", "33.01", "34"]);
    let lineages = adjusted.changes.credits.iter().map(|new| new.lineage);
    let lineages: std::collections::BTreeSet<_> = lineages.collect();
    assert_eq!(lineages.len(), 3, "each begins its own");
    assert!(!lineages.contains(&office.credits[0].lineage));
}

#[test]
fn a_transfer_begins_a_lineage() {
    let office = Office::new();
    for action in [
        CreditAction::Transfer(name("ben")),
        CreditAction::Change(CreditPatch {
            participant: Some(name("ben")),
            ..CreditPatch::default()
        }),
    ] {
        let adjusted = office.adjust(&[of_credit(1, action)]);
        let new = &adjusted.changes.credits[0];
        assert_eq!(new.participant, name("ben"));
        assert_ne!(new.lineage, office.credits[0].lineage);
        assert_eq!(new.adjusted_from, Some(CreditId(uuid(1))));
    }
}

#[test]
fn a_change_that_changes_nothing_is_none() {
    let adjusted = Office::new().adjust(&[of_credit(1, amount("1000"))]);
    assert!(!adjusted.outcomes[&0].as_ref().unwrap().changed);
    assert_eq!(adjusted.changes.credits, []);
    assert_eq!(adjusted.changes.credits_obsoleted, []);
}

#[test]
fn refusals_name_their_reason() {
    let office = Office::new();
    let transfer = |who: &str| CreditAction::Transfer(name(who));
    for (kind, reason) in [
        (of_credit(9, amount("1")), Reason::NotFound),
        (of_credit(2, amount("1")), Reason::WrongState),
        (of_credit(1, amount("0.001")), Reason::OutOfRange),
        (of_credit(1, transfer("zoe")), Reason::UnknownParticipant),
        (of_credit(1, transfer("ann")), Reason::WrongState),
        (
            of_credit(1, split(&[("ann", 60), ("ben", 30)])),
            Reason::SplitNotWhole,
        ),
        (
            of_credit(1, split(&[("ann", 50), ("ann", 50)])),
            Reason::Duplicate,
        ),
        (
            of_credit(1, split(&[("ann", 120), ("ben", -20)])),
            Reason::OutOfRange,
        ),
    ] {
        assert_eq!(office.refused(kind.clone()), reason, "{kind:?}");
    }
    let refused = office.decide(&[], " ").unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("reason"));
}

#[test]
fn an_older_version_is_told_the_current_one() {
    let office = Office::new();
    let adjustment = Adjustment {
        version: Some(Version(7)),
        kind: of_credit(1, amount("800")),
    };
    let adjusted = office.decide(&[adjustment], "why").unwrap();
    let refusal = adjusted.outcomes[&0].as_ref().unwrap_err();
    assert_eq!(refusal.reason, Reason::VersionMismatch);
    assert_eq!(refusal.details["current_version"], "1");
}

#[test]
fn c18_nothing_goes_into_or_out_of_a_closed_period() {
    let mut office = Office::new();
    let into_march = CreditAction::Change(CreditPatch {
        credit_date: Some(date("2026-03-01")),
        ..CreditPatch::default()
    });
    office.set.calendar.periods[2].status = PeriodStatus::PermanentlyClosed;
    assert_eq!(
        office.refused(of_credit(1, into_march)),
        Reason::PeriodNotOpen
    );
    office.set.calendar.periods[0].status = PeriodStatus::Closed;
    assert_eq!(
        office.refused(of_credit(1, amount("800"))),
        Reason::PeriodNotOpen
    );
    let cancel = of_transaction(TransactionAction::Cancel);
    assert_eq!(office.refused(cancel), Reason::PeriodNotOpen);
}

#[test]
fn what_is_about_one_transaction_stands_or_falls_together() {
    let mut office = Office::new();
    office.transactions.push(transaction(5));
    office.credits.push(Credit {
        transaction: Some(TransactionId(uuid(5))),
        key: transaction(5).key,
        ..credit(5)
    });
    let adjusted = office.adjust(&[
        of_credit(1, amount("800")),
        of_credit(1, CreditAction::Cancel),
        of_credit(5, amount("700")),
    ]);
    let reasons: BTreeMap<usize, Option<Reason>> = adjusted
        .outcomes
        .iter()
        .map(|(index, done)| (*index, done.as_ref().err().map(|refusal| refusal.reason)))
        .collect();
    let twice = Some(Reason::Duplicate);
    assert_eq!(reasons, [(0, twice), (1, twice), (2, None)].into());
    assert_eq!(adjusted.changes.credits.len(), 1);
}

#[test]
fn c14_a_changed_transaction_takes_its_credits_along() {
    let office = Office::new();
    let patch = TransactionPatch {
        amount: Some(usd("1200")),
        ..TransactionPatch::default()
    };
    let adjusted = office.adjust(&[of_transaction(TransactionAction::Change(Box::new(patch)))]);
    let changes = &adjusted.changes;
    let [new] = changes.transactions.as_slice() else {
        panic!("a new version");
    };
    assert_eq!(
        (new.amount, &new.status),
        (usd("1200"), &TransactionStatus::New)
    );
    assert_eq!(new.replaces, Some(TransactionId(uuid(1))));
    let old = &changes.transactions_progressed[0];
    assert_eq!(
        (&old.status, old.replaced_by),
        (&TransactionStatus::Obsolete, Some(new.id))
    );
    assert_eq!(changes.credits_obsoleted.len(), 2);
    assert_eq!(changes.earnings_obsoleted.len(), 1);
    assert_eq!(
        adjusted.outcomes[&0].as_ref().unwrap().transaction,
        Some(new.id)
    );
}

#[test]
fn attributes_are_what_an_import_would_take() {
    let mut office = Office::new();
    let declared = [("size", ValueType::Number), ("line", ValueType::Text)];
    let declared = declared.map(|(attribute, wanted)| (name(attribute), wanted));
    office.set.attributes.transaction = declared.into();
    let size = Value::Number(Decimal::TEN);
    let stored = &mut office.transactions[0].attributes;
    stored.insert(name("gone"), size.clone());
    let text = |text: &str| Some(Value::Text(text.into()));
    let change = |attribute: &str, value: Option<Value>| {
        of_transaction(TransactionAction::Change(Box::new(TransactionPatch {
            attributes: [(name(attribute), value)].into(),
            ..TransactionPatch::default()
        })))
    };
    for (attribute, value, reason) in [
        ("colour", text("red"), Reason::UnknownField),
        ("colour", None, Reason::UnknownField),
        ("gone", Some(size.clone()), Reason::UnknownField),
        ("size", text("10"), Reason::MalformedValue),
        ("size", Some(Value::Bool(true)), Reason::MalformedValue),
        (
            "size",
            Some(Value::Number(Decimal::MAX)),
            Reason::OutOfRange,
        ),
        ("line", Some(size.clone()), Reason::MalformedValue),
        ("line", text(""), Reason::MissingValue),
        ("line", text(&"x".repeat(1_001)), Reason::OutOfRange),
    ] {
        let adjusted = office.adjust(&[change(attribute, value.clone())]);
        let refusal = adjusted.outcomes[&0].as_ref().unwrap_err();
        assert_eq!(refusal.reason, reason, "{attribute} {value:?}");
        let field = format!("attribute.{attribute}");
        assert_eq!(refusal.field.as_deref(), Some(field.as_str()));
    }
    for (attribute, value) in [("size", Some(size)), ("line", text("hard")), ("gone", None)] {
        let changes = office.adjust(&[change(attribute, value.clone())]).changes;
        let after = &changes.transactions[0].attributes;
        assert_eq!(after.get(&name(attribute)), value.as_ref());
    }
}

#[test]
fn credits_are_kept_or_let_go() {
    let mut office = Office::new();
    let keep = |keep| of_transaction(TransactionAction::PreserveCredits(keep));
    assert!(
        !office.adjust(&[keep(false)]).outcomes[&0]
            .as_ref()
            .unwrap()
            .changed
    );
    office.transactions[0].flags.preserve_credits = true;
    let adjusted = office.adjust(&[keep(false)]);
    assert!(
        !adjusted.changes.transactions_progressed[0]
            .flags
            .preserve_credits
    );
    assert_eq!(
        adjusted.changes.credits_obsoleted,
        [],
        "the next crediting decides"
    );
    assert_eq!(adjusted.changes.work.len(), 1);
}

#[test]
fn what_is_adjusted_is_looked_at_again_and_nothing_between() {
    // A block of transactions, and another that came in much later.
    let numbers: Vec<u64> = (1..=300).chain(50_001..=50_300).collect();
    let mut office = Office::new();
    let of = |number: &u64| TransactionId(uuid(*number));
    office.transactions = numbers.iter().map(|number| transaction(*number)).collect();
    let sold = |number: &u64| Credit {
        transaction: Some(of(number)),
        key: transaction(*number).key,
        ..credit(*number)
    };
    office.credits = numbers.iter().map(sold).collect();
    let wanted: Vec<AdjustmentKind> = numbers
        .iter()
        .map(|number| of_credit(*number, amount("800")))
        .collect();
    let changes = office.adjust(&wanted).changes;
    assert_eq!(changes.transactions_progressed.len(), numbers.len());
    let waiting = changes.work.iter().map(|item| (item.first, item.last));
    let adjusted = numbers.iter().map(|number| (of(number), of(number)));
    assert!(waiting.eq(adjusted));
    assert_eq!(changes.changed.len(), 1, "Ann's month, once");
}
