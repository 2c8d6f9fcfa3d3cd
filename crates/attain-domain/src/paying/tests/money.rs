//! What sheets show and pay.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::definition::rates::CurrencyRate;
use crate::definition::settings::NegativeSheet;
use crate::money::{Money, Rounding};
use crate::paying::{
    HoldOf, LineAction, RewardFacts, StaleHold, drop_sheet, due_date, hold_on_sheet, part_amount,
    pay_sheet, release_to_next_batch,
};
use crate::payment::{BatchStatus, LineKind};
use crate::refusal::Reason;
use crate::testing::{line, obsolete, paysheet};

/// The only sheet and the lines that were decided, and the earnings with what was decided of them.
fn made(decided: &Decided, earnings: &[Earning]) -> (Paysheet, Vec<PaymentLine>, Vec<Earning>) {
    let sheet = decided.changes.paysheets[0].clone();
    (
        sheet,
        decided.changes.lines.clone(),
        after(decided, earnings),
    )
}

fn after(decided: &Decided, earnings: &[Earning]) -> Vec<Earning> {
    let changes = &decided.changes;
    let gone = |one: &Earning| {
        changes
            .earnings_departed
            .iter()
            .any(|left| left.id == one.id)
    };
    let now = |one: &Earning| {
        let payment = changes
            .earnings_paid
            .iter()
            .find(|payment| payment.id == one.id);
        let instalments = payment.map_or(one.instalments, |payment| payment.instalments);
        Earning {
            instalments,
            ..one.clone()
        }
    };
    earnings.iter().filter(|one| !gone(one)).map(now).collect()
}

fn pay(sheet: &Paysheet, lines: &[PaymentLine], earnings: &[Earning]) -> Decided {
    let (answer, decided) = decide("clerk", |circumstances, decided| {
        let mut books = books(earnings, lines);
        pay_sheet(whole(sheet, lines), &mut books, circumstances, decided)?;
        books
            .into_values()
            .try_for_each(|book| book.close(&calendar(), false, circumstances, decided))
    });
    answer.unwrap();
    decided
}

fn amounts(lines: &[PaymentLine]) -> Vec<Decimal> {
    lines.iter().map(|line| line.pay_amount.amount).collect()
}

#[test]
fn only_what_is_dated_on_or_before_the_pay_date_is_taken() {
    let early = Earning {
        date: date("2026-01-28"),
        ..of(1, "70")
    };
    let late = Earning {
        date: date("2026-02-03"),
        ..of(2, "30")
    };
    let on_the_day = Earning {
        date: date("2026-01-31"),
        ..of(3, "5")
    };
    let decided = fill(&company(), &batch(1), None, &[early, late, on_the_day]);
    assert_eq!(
        amounts(&decided.changes.lines),
        [decimal("70"), decimal("5")]
    );
    assert_eq!(decided.changes.paysheets[0].total, usd("75"));
    assert_eq!(decided.changes.earnings_paid.len(), 2);
}

#[test]
fn somebody_of_another_pay_group_is_not_paid() {
    let mut set = company();
    set.participants.get_mut(&name("ann")).unwrap().pay_group = Some(name("board"));
    let decided = fill(&set, &batch(1), None, &[of(1, "70")]);
    assert!(decided.is_empty() && decided.failures.is_empty());
}

#[test]
fn pay_currency_is_converted_at_the_pay_date() {
    let mut set = company();
    set.settings.as_mut().unwrap().operating_currency = currency("EUR");
    set.participants.get_mut(&name("ann")).unwrap().pay_currency = Some(currency("USD"));
    let rate = |day: &str, rate: &str| CurrencyRate {
        from: currency("EUR"),
        to: currency("USD"),
        date: date(day),
        rate: decimal(rate),
    };
    set.rates.rates = vec![rate("2026-01-01", "1.0850"), rate("2026-02-01", "1.2")];
    let euro = |amount: &str| EarningOutcome::Amount(Money::new(decimal(amount), currency("EUR")));
    let earning = Earning {
        outcome: euro("800.00"),
        ..earning(1)
    };
    let decided = fill(&set, &batch(1), None, &[earning]);
    assert_eq!(decided.changes.lines[0].pay_amount, usd("868"));
    assert_eq!(decided.changes.lines[0].currency_rate, decimal("1.0850"));
    assert_eq!(decided.changes.paysheets[0].total, usd("868"));
}

#[test]
fn a_missing_rate_names_the_participant_and_leaves_the_earnings_unpaid() {
    let mut set = company();
    set.participants.get_mut(&name("ann")).unwrap().pay_currency = Some(currency("EUR"));
    let decided = fill(&set, &batch(1), None, &[of(1, "70")]);
    assert!(decided.is_empty());
    assert_eq!(decided.failures[0].subject, "participant ann");
    assert_eq!(
        decided.failures[0].error.reason,
        Reason::MissingCurrencyRate
    );
}

/// E37: 60 in thirds.
#[test]
fn instalments_are_due_one_a_period() {
    let deal = Earning {
        date: date("2026-01-10"),
        ..in_parts(of(1, "60"), 3)
    };
    let january = fill(&company(), &batch(1), None, std::slice::from_ref(&deal));
    assert_eq!(amounts(&january.changes.lines), [decimal("20")]);
    let taken = january.changes.earnings_paid[0].instalments;
    assert_eq!((taken.taken, taken.paid), (1, 0));
    assert_eq!(taken.next_due, date("2026-02-28"));

    let (_, lines, earnings) = made(&january, &[deal]);
    let by_march = PaymentBatch {
        pay_date: date("2026-03-31"),
        ..batch(2)
    };
    let (answer, march) = decide("clerk", |circumstances, decided| {
        let books = books(&earnings, &lines);
        let (participant, lines) = (name("ann"), Vec::new());
        let known = FillSheet {
            participant,
            sheet: None,
            lines,
            books,
            stale_holds: Vec::new(),
            rewards: RewardFacts::default(),
        };
        fill_sheet(&company(), &by_march, known, circumstances, decided)
    });
    answer.unwrap();
    assert_eq!(
        amounts(&march.changes.lines),
        [decimal("20"), decimal("20")]
    );
    assert_eq!(march.changes.earnings_paid[0].instalments.taken, 3);
}

#[test]
fn beyond_the_calendar_periods_are_months() {
    let due = |part| due_date(&calendar(), date("2026-11-15"), part);
    assert_eq!(due(0), date("2026-11-15"));
    assert_eq!(due(1), date("2026-12-31"));
    assert_eq!(due(2), date("2027-01-31"));
    assert_eq!(due(3), date("2027-02-28"));
}

/// D1, not refreshed: the sheet pays what it shows; what is taken back is exactly that.
#[test]
fn an_earning_recalculated_while_on_a_sheet_is_paid_as_shown_and_reversed() {
    let old = of(1, "1000");
    let (sheet, lines, earnings) = {
        let decided = fill(&company(), &batch(1), None, std::slice::from_ref(&old));
        made(&decided, &[old])
    };
    let stale = Earning {
        obsolete: Some(obsolete()),
        ..earnings[0].clone()
    };
    let paid = pay(&sheet, &lines, &[stale]);
    assert_eq!(paid.changes.earnings_departed.len(), 1);
    assert!(
        paid.changes.earnings_departed[0].archive,
        "paid ones are always kept"
    );
    let taken_back = &paid.changes.earnings[0];
    assert_eq!(taken_back.amount(), Some(usd("-1000")));
    assert_eq!(taken_back.reversal_of, Some(earning(1).id));

    let anew = of(2, "1200");
    let february = PaymentBatch {
        pay_date: date("2026-02-28"),
        ..batch(2)
    };
    let next = fill(&company(), &february, None, &[anew, taken_back.clone()]);
    assert_eq!(next.changes.paysheets[0].total, usd("200"));
    let kinds: Vec<_> = next.changes.lines.iter().map(|line| line.kind).collect();
    assert_eq!(kinds, [LineKind::Earning, LineKind::Reversal]);
}

/// D1, refreshed.
#[test]
fn a_refreshed_sheet_shows_what_was_recalculated() {
    let old = of(1, "1000");
    let (sheet, lines, earnings) = {
        let decided = fill(&company(), &batch(1), None, std::slice::from_ref(&old));
        made(&decided, &[old])
    };
    let stale = Earning {
        obsolete: Some(obsolete()),
        ..earnings[0].clone()
    };
    let refreshed = fill(
        &company(),
        &batch(1),
        Some((sheet, lines)),
        &[stale, of(2, "1200")],
    );
    assert_eq!(refreshed.changes.paysheets[0].total, usd("1200"));
    assert_eq!(refreshed.changes.lines_deleted.len(), 1);
    assert_eq!(refreshed.changes.earnings_departed.len(), 1);
    assert!(
        refreshed.changes.earnings.is_empty(),
        "nothing was paid, nothing is taken back"
    );
}

#[test]
fn refreshing_what_did_not_change_writes_nothing() {
    let decided = fill(
        &company(),
        &batch(1),
        None,
        &[of(1, "70"), in_parts(of(2, "30"), 2)],
    );
    let (sheet, lines, earnings) = made(&decided, &[of(1, "70"), in_parts(of(2, "30"), 2)]);
    assert!(fill(&company(), &batch(1), Some((sheet, lines)), &earnings).is_empty());
}

#[test]
fn a_held_line_is_not_paid_until_it_is_released_and_then_once() {
    let earnings = [of(1, "70"), of(2, "30")];
    let (sheet, lines, earnings) = made(&fill(&company(), &batch(1), None, &earnings), &earnings);
    let (answer, decided) = decide("clerk", |circumstances, decided| {
        let known = standing(&sheet, &lines, &earnings);
        let what = (HoldOf::Line(lines[1].id), LineAction::Hold);
        hold_on_sheet(&company(), &batch(1), known, what, circumstances, decided)
    });
    answer.unwrap();
    let (sheet, held) = (
        &decided.changes.paysheets[0],
        decided.changes.lines[0].clone(),
    );
    assert_eq!((sheet.total, sheet.held), (usd("70"), usd("30")));
    let (answer, released) = decide("clerk", |circumstances, decided| {
        let lines = [lines[0].clone(), held.clone()];
        let known = standing(sheet, &lines, &earnings);
        let what = (HoldOf::Line(held.id), LineAction::Release);
        hold_on_sheet(&company(), &batch(1), known, what, circumstances, decided)
    });
    answer.unwrap();
    assert_eq!(released.changes.paysheets[0].total, usd("100"));

    let lines = [lines[0].clone(), held.clone()];
    let paid = pay(sheet, &lines, &earnings);
    assert_eq!(paid.changes.earnings_paid.len(), 1);
    let earnings = after(&paid, &earnings);
    let paid_batch = PaymentBatch {
        status: BatchStatus::Paid,
        ..batch(1)
    };
    let paid_sheet = &paid.changes.paysheets[0];
    let (answer, decided) = decide("clerk", |circumstances, decided| {
        let mut books = books(&earnings[1..], &lines);
        let of_it = std::slice::from_ref(&held);
        release_to_next_batch(
            &paid_batch,
            paid_sheet,
            of_it,
            &mut books,
            circumstances,
            decided,
        )?;
        books
            .into_values()
            .try_for_each(|book| book.close(&calendar(), false, circumstances, decided))
    });
    answer.unwrap();
    let sheet = &decided.changes.paysheets[0];
    assert_eq!((sheet.total, sheet.held), (usd("70"), usd("0")));
    assert_eq!(decided.changes.lines_deleted, [held.id]);
    let earnings = after(&decided, &earnings);
    let next = fill(&company(), &batch(2), None, &earnings[1..]);
    assert_eq!(next.changes.paysheets[0].total, usd("30"));
}

#[test]
fn a_hold_stays_when_the_earning_is_recalculated_and_the_batch_refreshed() {
    let (sheet, lines, earnings) = made(
        &fill(&company(), &batch(1), None, &[of(1, "70")]),
        &[of(1, "70")],
    );
    let held = PaymentLine {
        held: true,
        ..lines[0].clone()
    };
    let stale = Earning {
        obsolete: Some(obsolete()),
        ..earnings[0].clone()
    };
    let anew = Earning {
        key: stale.key.clone(),
        ..of(2, "80")
    };
    let decided = fill(
        &company(),
        &batch(1),
        Some((sheet, vec![held])),
        &[stale, anew],
    );
    assert!(decided.changes.lines[0].held);
    let sheet = &decided.changes.paysheets[0];
    assert_eq!((sheet.total, sheet.held), (usd("0"), usd("80")));
}

#[test]
fn a_hold_of_a_paid_batch_moves_on_to_the_recalculated_earning() {
    let taken = Instalments {
        taken: 1,
        ..of(1, "70").instalments
    };
    let stale = Earning {
        obsolete: Some(obsolete()),
        instalments: taken,
        ..of(1, "70")
    };
    let anew = Earning {
        key: stale.key.clone(),
        ..of(2, "80")
    };
    let hold = StaleHold {
        batch: PaymentBatch {
            status: BatchStatus::Paid,
            ..batch(1)
        },
        sheet: Paysheet {
            held: usd("70"),
            ..paysheet(1)
        },
        line: PaymentLine {
            held: true,
            pay_amount: usd("70"),
            ..line(1)
        },
    };
    let (answer, decided) = decide("clerk", |circumstances, decided| {
        let books = books(&[stale, anew], &[]);
        let (participant, lines) = (name("ann"), Vec::new());
        let known = FillSheet {
            participant,
            sheet: None,
            lines,
            books,
            stale_holds: vec![hold],
            rewards: RewardFacts::default(),
        };
        fill_sheet(&company(), &batch(2), known, circumstances, decided)
    });
    answer.unwrap();
    assert!(decided.changes.lines[0].held);
    assert_eq!(decided.changes.lines_deleted, [line(1).id]);
    assert_eq!(decided.changes.earnings_departed.len(), 1);
    let past = decided
        .changes
        .paysheets
        .iter()
        .find(|sheet| sheet.id == paysheet(1).id);
    assert_eq!(past.unwrap().held, usd("0"));
}

#[test]
fn what_stood_on_a_deleted_batch_is_payable_again() {
    let earnings = [of(1, "70"), in_parts(of(2, "30"), 2)];
    let (sheet, lines, earnings) = made(&fill(&company(), &batch(1), None, &earnings), &earnings);
    let (answer, decided) = decide("clerk", |circumstances, decided| {
        let mut books = books(&earnings, &lines);
        drop_sheet(whole(&sheet, &lines), &mut books, circumstances, decided)?;
        books
            .into_values()
            .try_for_each(|book| book.close(&calendar(), false, circumstances, decided))
    });
    answer.unwrap();
    assert_eq!(decided.changes.lines_deleted.len(), 2);
    for earning in after(&decided, &earnings) {
        assert_eq!(earning.instalments.taken, 0);
        assert_eq!(earning.instalments.next_due, date("2026-01-15"));
    }
}

#[test]
fn a_negative_sheet_stands_or_waits_as_the_workspace_says() {
    let stands = fill(&company(), &batch(1), None, &[of(1, "-50")]);
    assert_eq!(stands.changes.paysheets[0].total, usd("-50"));
    let mut set = company();
    set.settings.as_mut().unwrap().negative_sheet = NegativeSheet::Carried;
    let waits = fill(&set, &batch(1), None, &[of(1, "-50")]);
    assert!(waits.is_empty());
    assert_eq!(waits.failures[0].error.reason, Reason::NegativeSheet);
    let outweighed = fill(&set, &batch(1), None, &[of(1, "-50"), of(2, "80")]);
    assert_eq!(outweighed.changes.paysheets[0].total, usd("30"));
}

#[test]
fn earnings_that_contradict_their_lines_are_corrupt() {
    let torn = in_parts(of(1, "60"), 3);
    let torn = Earning {
        instalments: Instalments {
            taken: 2,
            ..torn.instalments
        },
        ..torn
    };
    let refusal = PartBook::open(torn, &[line(1)]).unwrap_err();
    assert_eq!(refusal.reason, Reason::StoreCorrupt);
}

proptest! {
    #[test]
    fn parts_add_up(cents in -1_000_000_000_i64..1_000_000_000, count in 1_u16..40) {
        let amount = Money::new(Decimal::new(cents, 2), currency("USD"));
        let part = |part| part_amount(amount, part, count, Rounding::HalfEven).unwrap().amount;
        let parts: Vec<Decimal> = (0..count).map(part).collect();
        prop_assert_eq!(parts.iter().sum::<Decimal>(), amount.amount);
        let even = Decimal::new(cents, 2) / Decimal::from(count);
        prop_assert!(parts.iter().all(|part| (part - even).abs() <= Decimal::new(1, 2)));
    }

    #[test]
    fn sheets_are_the_sums_of_their_lines_and_everything_is_paid_once(
        cents in proptest::collection::vec((-100_000_i64..100_000, 1_u16..5), 1..20),
        held in proptest::collection::vec(any::<bool>(), 20),
    ) {
        let usd = currency("USD");
        let numbered = cents.iter().zip(1_u64..);
        let earnings: Vec<Earning> = numbered
            .map(|((cents, count), number)| {
                let money = Money::new(Decimal::new(*cents, 2), usd);
                let outcome = EarningOutcome::Amount(money);
                in_parts(Earning { outcome, ..earning(number) }, *count)
            })
            .collect();
        let everything = PaymentBatch { pay_date: date("2026-12-31"), ..batch(1) };
        let filled = fill(&company(), &everything, None, &earnings);
        let (sheet, lines, earnings) = made(&filled, &earnings);
        let sum = |lines: &[PaymentLine]| -> Decimal {
            lines.iter().map(|line| line.pay_amount.amount).sum()
        };
        prop_assert_eq!(sheet.total.amount, sum(&lines));
        let of_earnings: Decimal = earnings.iter().map(|e| e.amount().unwrap().amount).sum();
        prop_assert_eq!(sheet.total.amount, of_earnings);
        let lines: Vec<_> = lines.into_iter().zip(held.iter().cycle())
            .map(|(line, held)| PaymentLine { held: *held, ..line }).collect();
        let paid = after(&pay(&sheet, &lines, &earnings), &earnings);
        for earning in &paid {
            let lines = lines.iter().filter(|line| line.earning == earning.id && !line.held);
            prop_assert_eq!(usize::from(earning.instalments.paid), lines.count());
            prop_assert_eq!(earning.instalments.taken, earning.instalments.count);
        }
    }
}
