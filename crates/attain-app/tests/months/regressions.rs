//! Stories that once broke a promise, as short as they could be made. Each is told under many
//! choices of rules, rates and hierarchies.

use attain_domain::run::Process::{self, Calculate};

use crate::operations::Operation::{
    self, Adjust, AdjustSale, Close, Draws, Import, Make, Open, PayMonth, Refresh, Revert, Run,
    RunAll,
};
use crate::operations::Story;
use crate::reference::adjusting::CreditDeed::{Amount, Day, RollsUp, Transfer};
use crate::reference::adjusting::SaleDeed;
use crate::reference::collecting::Row;
use crate::telling::{On, tell};
use crate::terms::{MONTHS, NEGATIVES, RATES, RULES, TEAMS, TREES, Terms};

fn sale(key: u8, day: u32, cents: i64, owner: u8) -> Operation {
    Import(vec![Row {
        key,
        day,
        cents,
        owner,
        cancelled: false,
    }])
}

/// In how many companies each is told.
const COMPANIES: u8 = 25;

/// Tells what happens in many companies, with and without an archive.
fn check(operations: &[Operation]) {
    check_with(0, operations);
}

/// The same with payment plans, and with all that a negative sheet may do.
fn check_with(draws: u8, operations: &[Operation]) {
    for number in 0..COMPANIES {
        let story = Story {
            terms: Terms {
                archive: number % 2 == 0,
                cancels_as_zero: false,
                half_up: number % 3 == 0,
                rules: number % RULES,
                rates: number % RATES,
                team: number % TEAMS,
                tree: number / RULES % TREES,
                draws,
                negative: if draws > 0 { number % NEGATIVES } else { 0 },
                closed: [false; MONTHS],
            },
            small_pieces: number % 3 == 1,
            operations: operations.to_vec(),
        };
        if let Err(failure) = tell(&story, On::Memory) {
            panic!("{:?}: {failure:?}", story.terms);
        }
    }
}

/// The second phase counted what was paid in the month that its credit had left.
#[test]
fn a_paid_sale_moves_to_another_month_of_its_quarter() {
    check(&[
        sale(6, 0, 50_178, 3),
        RunAll,
        PayMonth(3),
        sale(6, 52, 50_000, 4),
        RunAll,
        PayMonth(3),
        RunAll,
    ]);
}

/// The sale took the credit of a closed month with it.
#[test]
fn a_sale_changes_whose_credit_is_in_a_closed_month() {
    check(&[
        sale(1, 54, 20_818, 3),
        RunAll,
        Adjust(vec![(0, Day(22))]),
        RunAll,
        Close(0),
        sale(1, 76, 30_000, 3),
        AdjustSale(1, SaleDeed::Amount(10_000)),
        AdjustSale(1, SaleDeed::Preserve(false)),
        RunAll,
        Open(0),
        RunAll,
    ]);
}

/// What changed nothing kept the rules from the sale.
#[test]
fn an_adjustment_to_what_is_there_already_preserves_nothing() {
    check(&[
        sale(5, 10, 50_000, 3),
        RunAll,
        Adjust(vec![(0, Amount(50_000))]),
        Operation::Rules(1),
        RunAll,
    ]);
}

/// The credit of somebody above kept a source that it was not made from.
#[test]
fn a_transfer_after_the_hierarchy_has_changed() {
    check(&[
        sale(6, 40, 64_219, 4),
        RunAll,
        Operation::Tree(3),
        Adjust(vec![(1, Transfer(2))]),
        RunAll,
        Adjust(vec![(1, Amount(100))]),
        RunAll,
    ]);
}

/// What waited for Revert in January was earned a second time by a calculation of February.
#[test]
fn a_part_of_a_quarter_is_calculated_while_another_part_waits() {
    check(&[
        sale(2, 5, -2_251, 1),
        RunAll,
        PayMonth(3),
        Adjust(vec![(0, RollsUp(false))]),
        Operation::Rates(2),
        Run(Calculate, 1, 1),
        RunAll,
    ]);
}

/// What was left behind in a month stood in the way of every run after the month was closed.
#[test]
fn a_month_is_closed_that_a_credit_has_left() {
    for between in [Revert, RunAll, Run(Calculate, 0, 0), Run(Calculate, 2, 2)] {
        check(&[
            sale(0, 69, 12_540, 3),
            RunAll,
            Make(3),
            Adjust(vec![(0, Day(24))]),
            between.clone(),
            Close(2),
            RunAll,
            Close(2),
            Adjust(vec![(0, Amount(900))]),
            between,
            RunAll,
            PayMonth(3),
            Open(2),
            RunAll,
        ]);
    }
}

/// As above, and it had been paid.
#[test]
fn a_month_is_closed_that_a_paid_credit_has_left() {
    for between in [Revert, RunAll, Run(Calculate, 0, 0), Run(Calculate, 2, 2)] {
        check(&[
            sale(0, 30, 12_540, 3),
            RunAll,
            PayMonth(1),
            Adjust(vec![(0, Day(66))]),
            between.clone(),
            Close(0),
            RunAll,
            Close(0),
            sale(0, 70, 700, 3),
            between,
            RunAll,
            Open(0),
            RunAll,
        ]);
    }
}

/// A sale that came back to where it was took up the history of another version.
#[test]
fn a_sale_wanders_while_a_sheet_waits() {
    check(&[
        sale(5, 40, 30_000, 3),
        RunAll,
        Make(2),
        sale(5, 10, 30_000, 3),
        RunAll,
        sale(5, 70, 30_000, 3),
        Close(0),
        sale(5, 71, 40_000, 3),
        RunAll,
        Close(0),
        sale(5, 72, 50_000, 3),
        RunAll,
    ]);
}

/// A run over January to March calculated April again, too, where something waited for Revert.
#[test]
fn what_comes_after_the_dates_of_a_run_is_reverted_with_them() {
    check(&[
        sale(0, 94, -5_156, 1),
        RunAll,
        PayMonth(3),
        sale(1, 73, 218_204, 2),
        Adjust(vec![(0, RollsUp(false))]),
        Run(Process::RunAll, 0, 2),
        RunAll,
    ]);
}

/// What a batch forgave made it forget the plan that forgives: every other refresh took it back.
#[test]
fn a_plan_that_ended_forgives_again_when_the_batch_is_refreshed() {
    check_with(
        5,
        &[
            PayMonth(3),
            PayMonth(0),
            PayMonth(1),
            Make(1),
            Draws(4),
            Make(1),
            Refresh(4),
        ],
    );
}
