//! Every reason on the wire.

use std::collections::BTreeMap;

use attain_domain::refusal::{Reason, Refusal, RefusalKind};
use tonic::{Code, Status};
use tonic_types::{ErrorDetail, StatusExt};

use super::{ERROR_DOMAIN, rows_of, shortened, status_of, status_of_all};

/// A status as text: what a caller sees of a refusal.
fn seen(status: &Status) -> String {
    let details = status.get_error_details();
    let mut lines = vec![format!("{:?}: {}", status.code(), status.message())];
    if let Some(info) = details.error_info() {
        let metadata: BTreeMap<_, _> = info.metadata.iter().collect();
        lines.push(format!("info {} {} {metadata:?}", info.domain, info.reason));
    }
    for violation in details
        .bad_request()
        .iter()
        .flat_map(|bad| &bad.field_violations)
    {
        lines.push(format!(
            "field {:?}: {}",
            violation.field, violation.description
        ));
    }
    for violation in details
        .precondition_failure()
        .iter()
        .flat_map(|failure| &failure.violations)
    {
        let (kind, subject) = (&violation.r#type, &violation.subject);
        lines.push(format!(
            "must {kind} {subject:?}: {}",
            violation.description
        ));
    }
    lines.join("\n")
}

#[test]
fn every_reason_has_one_info_and_the_details_of_its_kind() {
    for reason in Reason::ALL {
        let refusal = Refusal::new(*reason, "no")
            .at("batch.pay_date")
            .with("batch", "bat_1");
        let status = status_of(&refusal);
        let details = status.get_error_details_vec();
        let is_info = |detail: &&ErrorDetail| matches!(detail, ErrorDetail::ErrorInfo(_));
        assert_eq!(details.iter().filter(is_info).count(), 1, "{reason}");
        let info = status.get_details_error_info().expect("an info");
        assert_eq!(
            (info.reason.as_str(), info.domain.as_str()),
            (reason.code(), ERROR_DOMAIN)
        );
        assert_eq!(
            info.metadata.get("batch").map(String::as_str),
            Some("bat_1")
        );
        let details = status.get_error_details();
        assert!(details.has_bad_request_violations(), "{reason}");
        let is_precondition = reason.kind() == RefusalKind::FailedPrecondition;
        assert_eq!(
            details.has_precondition_failure_violations(),
            is_precondition,
            "{reason}"
        );
        assert_ne!(status.code(), Code::Ok);
        assert_ne!(status.code(), Code::Unknown);
    }
}

#[test]
fn a_field_is_named_by_its_path() {
    let refusal = Refusal::new(Reason::MalformedValue, "2026-02-31 is not a day")
        .at("pay_date")
        .inside("batch");
    insta::assert_snapshot!(seen(&status_of(&refusal)), @r#"
    InvalidArgument: batch.pay_date: 2026-02-31 is not a day
    info attain MALFORMED_VALUE {}
    field "batch.pay_date": 2026-02-31 is not a day
    "#);
}

#[test]
fn a_gate_says_what_it_is_about() {
    let refusal = Refusal::new(Reason::WrongState, "batch bat_1 is paid: it never changes")
        .with("batch", "bat_1")
        .with("state", "paid");
    insta::assert_snapshot!(seen(&status_of(&refusal)), @r#"
    FailedPrecondition: batch bat_1 is paid: it never changes
    info attain WRONG_STATE {"batch": "bat_1", "state": "paid"}
    must WRONG_STATE "batch/bat_1": batch bat_1 is paid: it never changes
    "#);
}

#[test]
fn a_gate_names_the_rows_that_are_in_its_way() {
    let rows = "credit crd_1 of ORDER 7, ana 2026-01-05; transaction trx_2 ORDER 7 2026-01-05; \
                earning ern_3 of ana 2026-01-31";
    let refusal = Refusal::new(Reason::RevertPending, "3 rows wait for Revert")
        .with("credits", 1)
        .with("earnings", 1)
        .with("rows", rows)
        .with("transactions", 1);
    insta::assert_snapshot!(seen(&status_of(&refusal)), @r#"
    FailedPrecondition: 3 rows wait for Revert
    info attain REVERT_PENDING {"credits": "1", "earnings": "1", "transactions": "1"}
    must REVERT_PENDING "credits/1": 3 rows wait for Revert
    must REVERT_PENDING "credit/crd_1": credit crd_1 of ORDER 7, ana 2026-01-05
    must REVERT_PENDING "transaction/trx_2": transaction trx_2 ORDER 7 2026-01-05
    must REVERT_PENDING "earning/ern_3": earning ern_3 of ana 2026-01-31
    "#);
    let odd = "transaction trx_1 ORDER 7; 8 2026-01-05; credit crd_2 of ORDER 7; 8, ana 2026-01-05";
    assert_eq!(
        rows_of(odd),
        [
            "transaction trx_1 ORDER 7; 8 2026-01-05",
            "credit crd_2 of ORDER 7; 8, ana 2026-01-05"
        ]
    );
    assert!(rows_of("").is_empty());
}

#[test]
fn a_gate_names_as_many_rows_as_fit() {
    let row = |number: u32| format!("credit crd_{number:032} of ORDER {number}, ana 2026-01-05");
    let rows: Vec<String> = (0..100).map(row).collect();
    let refusal =
        Refusal::new(Reason::RevertPending, "100 rows wait").with("rows", rows.join("; "));
    let status = status_of(&refusal);
    assert!(status.details().len() * 4 / 3 < 8_000);
    let details = status.get_error_details();
    let violations = &details
        .precondition_failure()
        .expect("violations")
        .violations;
    assert!(
        (20..100).contains(&violations.len()),
        "{}",
        violations.len()
    );
    assert_eq!(violations[1].description, rows[0]);
}

#[test]
fn several_refusals_are_told_at_once() {
    let refusals = [
        Refusal::new(Reason::TierGap, "tiers leave a gap").at("rate_tables[0]"),
        Refusal::new(Reason::UnknownReference, "there is no plan `rep`"),
    ];
    insta::assert_snapshot!(seen(&status_of_all(&refusals)), @r#"
    InvalidArgument: rate_tables[0]: tiers leave a gap
    info attain TIER_GAP {"refusals": "2"}
    field "rate_tables[0]": tiers leave a gap
    field "": there is no plan `rep`
    "#);
}

/// Common clients refuse trailers above 8 kB, and then nobody learns anything.
#[test]
fn a_status_always_fits_into_a_trailer() {
    let long = "ä".repeat(100_000);
    let one = Refusal::new(Reason::MalformedValue, long.clone())
        .at(long.clone())
        .with("cell", &long);
    let many = vec![one; 1_000];
    for status in [status_of(&many[0]), status_of_all(&many)] {
        let bytes = status.details().len() * 4 / 3 + status.message().len() * 3;
        assert!(bytes < 8_000, "{bytes}");
        assert_eq!(
            status.get_error_details_vec().len(),
            2,
            "an info and its violations"
        );
    }
    assert_eq!(status_of_all(&[]).code(), Code::Internal);
}

#[test]
fn texts_are_cut_between_characters() {
    assert_eq!(shortened("aä", 2), "a");
    assert_eq!(shortened("aä", 3), "aä");
    assert_eq!(shortened("", 0), "");
}
