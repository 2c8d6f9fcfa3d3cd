//! Promises of paying: what each state allows, what sheets show, and that money is paid once.

mod money;
mod states;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use uuid::Uuid;

use super::{Decided, FillSheet, PartBook, RewardFacts, WholeSheet, fill_sheet};
use crate::definition::{Definition, DefinitionSet};
use crate::earning::{Earning, EarningOutcome, Instalments};
use crate::ids::ActorId;
use crate::money::Currency;
use crate::payment::{PaymentBatch, PaymentLine, Paysheet};
use crate::testing::{at, batch, calendar, date, decimal, earning, live, name, participant};
use crate::testing::{pay_group, settings, usd, uuid};
use crate::working::Circumstances;

/// Ann and Ben are in the pay group `staff`.
fn company() -> DefinitionSet {
    let definitions = [
        Definition::Settings(settings()),
        Definition::Calendar(calendar()),
        Definition::PayGroup(pay_group("staff")),
        Definition::Participant(participant("ann")),
        Definition::Participant(participant("ben")),
    ];
    DefinitionSet::gather(definitions.map(|body| live(body, 1)))
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

/// Ann's earning of a number, with an amount.
fn of(number: u64, amount: &str) -> Earning {
    Earning {
        outcome: EarningOutcome::Amount(usd(amount)),
        ..earning(number)
    }
}

fn in_parts(earning: Earning, count: u16) -> Earning {
    let instalments = Instalments {
        count,
        ..earning.instalments
    };
    Earning {
        instalments,
        ..earning
    }
}

/// Lets a decision be made, by `actor`.
fn decide<T>(
    actor: &str,
    what: impl FnOnce(&mut Circumstances<'_>, &mut Decided) -> T,
) -> (T, Decided) {
    let actor: ActorId = name(actor);
    let mut next = 1_000_000;
    let mut next_id = || -> Uuid {
        next += 1;
        uuid(next)
    };
    let mut circumstances = Circumstances {
        at: at(100),
        actor: &actor,
        next_id: &mut next_id,
    };
    let mut decided = Decided::default();
    let answer = what(&mut circumstances, &mut decided);
    (answer, decided)
}

fn books(earnings: &[Earning], lines: &[PaymentLine]) -> BTreeMap<crate::ids::EarningId, PartBook> {
    let open = |earning: &Earning| (earning.id, PartBook::open(earning.clone(), lines).unwrap());
    earnings.iter().map(open).collect()
}

/// A sheet without rewards.
fn whole<'a>(sheet: &'a Paysheet, lines: &'a [PaymentLine]) -> WholeSheet<'a> {
    static NO_REWARDS: LazyLock<RewardFacts> = LazyLock::new(RewardFacts::default);
    WholeSheet {
        sheet,
        lines,
        rewards: &NO_REWARDS,
    }
}

/// What is known of a sheet of Ann's that stands.
fn standing(sheet: &Paysheet, lines: &[PaymentLine], earnings: &[Earning]) -> FillSheet {
    FillSheet {
        participant: name("ann"),
        sheet: Some(sheet.clone()),
        lines: lines.to_vec(),
        books: books(earnings, lines),
        stale_holds: Vec::new(),
        rewards: RewardFacts::default(),
    }
}

/// Fills Ann's sheet in a batch.
fn fill(
    set: &DefinitionSet,
    batch: &PaymentBatch,
    standing: Option<(Paysheet, Vec<PaymentLine>)>,
    earnings: &[Earning],
) -> Decided {
    let (sheet, lines) = standing.map_or((None, Vec::new()), |(sheet, lines)| (Some(sheet), lines));
    let (answer, decided) = decide("clerk", |circumstances, decided| {
        let books = books(earnings, &lines);
        let participant = name("ann");
        let known = FillSheet {
            participant,
            sheet,
            lines,
            books,
            stale_holds: Vec::new(),
            rewards: RewardFacts::default(),
        };
        fill_sheet(set, batch, known, circumstances, decided)
    });
    answer.unwrap();
    decided
}
