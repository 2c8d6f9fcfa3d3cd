//! What each state allows.

use super::*;
use crate::paying::{
    BatchAction, HoldOf, LineAction, PaysheetAction, act_on_sheet, check_batch, hold_on_sheet,
    new_batch, pay_sheet,
};
use crate::payment::{BatchStatus, PaysheetStatus};
use crate::refusal::Reason;
use crate::testing::{line, paysheet};

fn check_allowed(status: BatchStatus, expected: &[BatchAction]) {
    use BatchAction::{ActOnSheets, Delete, Edit, Freeze, Hold, Pay, Refresh, Release};
    let all = [
        Refresh,
        Edit,
        Freeze,
        Pay,
        Delete,
        ActOnSheets,
        Hold,
        Release,
    ];
    let batch = PaymentBatch { status, ..batch(1) };
    let allowed: Vec<_> = all
        .into_iter()
        .filter(|action| check_batch(&batch, *action).is_ok())
        .collect();
    assert_eq!(allowed, expected, "{status:?}");
}

#[test]
fn each_state_of_a_batch_allows_what_it_should() {
    use BatchAction::{ActOnSheets, Delete, Edit, Freeze, Hold, Pay, Refresh, Release};
    check_allowed(BatchStatus::Building, &[Refresh, Edit, Delete]);
    let unpaid = [Refresh, Edit, Freeze, Delete, ActOnSheets, Hold, Release];
    check_allowed(BatchStatus::Unpaid, &unpaid);
    check_allowed(BatchStatus::Frozen, &[Pay, ActOnSheets]);
    check_allowed(BatchStatus::Paying, &[Pay]);
    check_allowed(BatchStatus::Paid, &[Release]);
    check_allowed(BatchStatus::Deleting, &[Delete]);
}

#[test]
fn a_refused_action_names_state_and_action() {
    let refusal = check_batch(&batch(1), BatchAction::Pay).unwrap_err();
    assert_eq!(refusal.reason, Reason::WrongState);
    assert_eq!(refusal.details["state"], "unpaid");
    assert_eq!(refusal.details["action"], "pay");
}

#[test]
fn a_batch_without_a_pay_date_is_paid_on_the_last_day_of_its_period() {
    let make = |period: &str, pay_date| {
        let (answer, _) = decide("clerk", |circumstances, _| {
            new_batch(
                &company(),
                name("staff"),
                name(period),
                pay_date,
                circumstances,
            )
        });
        answer
    };
    assert_eq!(make("2026-02", None).unwrap().pay_date, date("2026-02-28"));
    let given = make("2026-02", Some(date("2026-03-05"))).unwrap();
    assert_eq!(given.pay_date, date("2026-03-05"));
    let refusal = make("2031-01", None).unwrap_err();
    assert_eq!(
        (refusal.reason, refusal.field.as_deref()),
        (Reason::UnknownReference, Some("period"))
    );
}

fn act(
    status: PaysheetStatus,
    action: PaysheetAction,
    actor: &str,
) -> Result<PaysheetStatus, Reason> {
    let sheet = Paysheet {
        status,
        ..paysheet(1)
    };
    let (answer, decided) = decide(actor, |circumstances, decided| {
        act_on_sheet(&sheet, action, circumstances, decided)
    });
    answer
        .map(|()| decided.changes.paysheets[0].status)
        .map_err(|refusal| refusal.reason)
}

#[test]
fn sheets_are_locked_then_submitted_then_approved_and_rejected_from_the_last_two() {
    use PaysheetAction::{Approve, Lock, Reject, Submit};
    use PaysheetStatus::{Approved, Locked, Paid, Submitted, Unpaid};
    let allowed = [
        (Unpaid, Lock, Locked),
        (Locked, Submit, Submitted),
        (Submitted, Approve, Approved),
        (Submitted, Reject, Unpaid),
        (Approved, Reject, Unpaid),
    ];
    for status in [Unpaid, Locked, Submitted, Approved, Paid] {
        for action in [Lock, Submit, Approve, Reject] {
            let rule = allowed
                .iter()
                .find(|(from, by, _)| (*from, *by) == (status, action));
            let expected = rule.map(|(_, _, to)| *to).ok_or(Reason::WrongState);
            assert_eq!(
                act(status, action, "clerk"),
                expected,
                "{action:?} of {status:?}"
            );
        }
    }
}

#[test]
fn nobody_approves_the_own_paysheet() {
    let own = act(PaysheetStatus::Submitted, PaysheetAction::Approve, "ann");
    assert_eq!(own, Err(Reason::OwnApproval));
}

#[test]
fn lines_of_locked_sheets_cannot_be_held() {
    let sheet = Paysheet {
        status: PaysheetStatus::Locked,
        ..paysheet(1)
    };
    let (answer, decided) = decide("clerk", |circumstances, decided| {
        let known = standing(&sheet, &[line(1)], &[]);
        let what = (HoldOf::Line(line(1).id), LineAction::Hold);
        hold_on_sheet(&company(), &batch(1), known, what, circumstances, decided)
    });
    assert_eq!(answer.unwrap_err().reason, Reason::WrongState);
    assert!(decided.is_empty());
}

#[test]
fn a_locked_sheet_keeps_what_it_shows_when_its_batch_is_refreshed() {
    let sheet = Paysheet {
        status: PaysheetStatus::Locked,
        ..paysheet(1)
    };
    let standing = Some((sheet, vec![line(1)]));
    let decided = fill(&company(), &batch(1), standing, &[of(2, "50")]);
    assert!(decided.is_empty());
}

#[test]
fn a_paid_sheet_is_not_paid_again() {
    let sheet = Paysheet {
        status: PaysheetStatus::Paid,
        ..paysheet(1)
    };
    let (answer, decided) = decide("clerk", |circumstances, decided| {
        pay_sheet(
            whole(&sheet, &[line(1)]),
            &mut BTreeMap::new(),
            circumstances,
            decided,
        )
    });
    answer.unwrap();
    assert!(decided.is_empty());
}
