//! What adjustments are read as, and where they are wrong.

use attain_domain::stamp::Version;
use attain_proto::google::r#type as standard;

use super::*;

const CREDIT: &str = "crd_00000000000000000000000000000001";
const SALE: &str = "trx_00000000000000000000000000000002";

fn decimal(text: &str) -> Option<standard::Decimal> {
    Some(standard::Decimal {
        value: text.to_owned(),
    })
}

fn of_credit(action: CreditVerb) -> proto::Adjustment {
    proto::Adjustment {
        subject: Some(Subject::Credit(proto::CreditAdjustment {
            credit_id: CREDIT.to_owned(),
            etag: "3".to_owned(),
            action: Some(action),
        })),
    }
}

fn of_sale(which: Option<Which>, action: Option<TransactionVerb>) -> proto::Adjustment {
    proto::Adjustment {
        subject: Some(Subject::Transaction(proto::TransactionAdjustment {
            transaction: which,
            etag: String::new(),
            action,
        })),
    }
}

fn sale() -> Option<Which> {
    Some(Which::TransactionId(SALE.to_owned()))
}

#[track_caller]
fn check_refused(adjustment: &proto::Adjustment, reason: Reason, field: &str) {
    let Err(refusal) = from_wire(adjustment) else {
        panic!("it was read");
    };
    assert_eq!(
        (refusal.reason, refusal.field.as_deref()),
        (reason, Some(field))
    );
}

#[test]
fn what_is_not_set_stays() {
    let change = proto::CreditChange {
        percent: decimal("12.50"),
        revenue: Some(false),
        ..proto::CreditChange::default()
    };
    let asked = from_wire(&of_credit(CreditVerb::Change(change))).expect("it can be read");
    assert_eq!(asked.version, Some(Version(3)));
    let AdjustmentKind::Credit(id, CreditAction::Change(patch)) = asked.kind else {
        panic!("not a change of a credit");
    };
    assert_eq!(id.to_string(), CREDIT);
    let expected = CreditPatch {
        percent: Some(rust_decimal::Decimal::new(125, 1)),
        revenue: Some(false),
        ..CreditPatch::default()
    };
    assert_eq!(patch, expected);
}

#[test]
fn attributes_are_set_and_taken_away() {
    let flag = proto::AttributeValue {
        value: Some(proto::attribute_value::Value::Flag(true)),
    };
    let change = proto::TransactionChange {
        attributes: [("strategic".to_owned(), flag)].into(),
        removed_attributes: vec!["partner".to_owned()],
        ..proto::TransactionChange::default()
    };
    let asked = of_sale(sale(), Some(TransactionVerb::Change(change.clone())));
    let asked = from_wire(&asked).expect("it can be read");
    let AdjustmentKind::Transaction(_, TransactionAction::Change(patch)) = asked.kind else {
        panic!("not a change of a transaction");
    };
    let attribute = |name: &str| AttributeName::parse(name).expect("a name");
    let expected = [
        (attribute("partner"), None),
        (attribute("strategic"), Some(Value::Bool(true))),
    ];
    assert_eq!(patch.attributes, expected.into());
    let twice = proto::TransactionChange {
        removed_attributes: vec!["strategic".to_owned()],
        ..change
    };
    check_refused(
        &of_sale(sale(), Some(TransactionVerb::Change(twice))),
        Reason::Duplicate,
        "transaction.change.removed_attributes[0]",
    );
}

#[test]
fn a_transaction_is_named_by_id_or_by_key() {
    let key = proto::TransactionKey {
        source_number: "7".to_owned(),
        transaction_type: "ORDER".to_owned(),
    };
    let keep = || Some(TransactionVerb::PreserveCredits(false));
    let asked = from_wire(&of_sale(Some(Which::Key(key.clone())), keep())).expect("it is read");
    assert!(matches!(
        asked.kind,
        AdjustmentKind::TransactionOf(_, TransactionAction::PreserveCredits(false))
    ));
    let half = proto::TransactionKey {
        transaction_type: String::new(),
        ..key
    };
    check_refused(
        &of_sale(Some(Which::Key(half)), keep()),
        Reason::MissingValue,
        "transaction.key.transaction_type",
    );
    check_refused(
        &of_sale(None, keep()),
        Reason::MissingValue,
        "transaction.transaction_id",
    );
    check_refused(
        &of_sale(sale(), None),
        Reason::MissingValue,
        "transaction.action",
    );
}

#[test]
fn what_cannot_be_read_is_told_with_its_path() {
    let none = proto::Adjustment { subject: None };
    check_refused(&none, Reason::MissingValue, "subject");
    let split = proto::CreditSplit {
        parts: vec![proto::SplitPart {
            participant: "ana".to_owned(),
            percent: decimal("sixty"),
        }],
    };
    check_refused(
        &of_credit(CreditVerb::Split(split)),
        Reason::MalformedValue,
        "credit.split.parts[0].percent",
    );
    let transfer = proto::CreditTransfer::default();
    check_refused(
        &of_credit(CreditVerb::Transfer(transfer)),
        Reason::MissingValue,
        "credit.transfer.to",
    );
    let change = proto::CreditChange {
        credit_date: Some(standard::Date {
            year: 2026,
            month: 2,
            day: 31,
        }),
        ..proto::CreditChange::default()
    };
    check_refused(
        &of_credit(CreditVerb::Change(change)),
        Reason::MalformedValue,
        "credit.change.credit_date",
    );
}
