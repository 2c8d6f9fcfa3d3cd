//! Payment plans: every parameter at its extremes.

use attain_domain::definition::Definition;
use attain_domain::definition::calendar::IntervalKind;
use attain_domain::payment_plan::{
    AssignedTo, BalanceCap, DrawMode, DrawProration, Floor, Minimum, PayCap, PaymentPlan,
    PlanAssignment, Recoverability, RecoveryTerms, RecoveryTiming, Sharing, Withheld,
};
use attain_domain::testing::{name, payment_plan};
use rust_decimal::Decimal;

use super::definitions::check_versions;
use super::extremes::{dates, names, numbers, ranges, texts};
use crate::case::cases;
use crate::site::Site;

cases! { "fidelity":
    /// Snapshot: What was written is read back equal, field by field.
    payment_plans_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    terms_of_recovery_are_read_as_they_were_written
}

fn draw() -> PaymentPlan {
    payment_plan("draw")
}

async fn payment_plans_are_read_as_they_were_written(site: Site) {
    let ids: Vec<String> = names::<attain_domain::ids::PaymentPlanId>()
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut all: Vec<PaymentPlan> = ids.iter().map(|id| payment_plan(id)).collect();
    all.extend(
        texts()
            .into_iter()
            .map(|name| PaymentPlan { name, ..draw() }),
    );
    all.extend(ranges().into_iter().map(|effective| PaymentPlan {
        effective,
        ..draw()
    }));
    all.extend([0, 1, u16::MAX].map(|priority| PaymentPlan { priority, ..draw() }));
    all.extend(sharings().map(|shared_by| PaymentPlan {
        shared_by,
        ..draw()
    }));
    all.extend(minimums().map(|minimum| PaymentPlan { minimum, ..draw() }));
    all.extend(caps().map(|(amount, withheld)| PaymentPlan {
        pay_cap: Some(PayCap { amount, withheld }),
        ..draw()
    }));
    all.push(PaymentPlan {
        assignments: assignments(),
        ..draw()
    });
    check_versions(
        &site,
        all.into_iter().map(Definition::PaymentPlan).collect(),
    )
    .await;
}

fn sharings() -> impl Iterator<Item = Sharing> {
    let components = names().into_iter().zip(names().into_iter().rev());
    [
        Sharing::Everything,
        Sharing::Categories(names()),
        Sharing::Categories(Vec::new()),
        Sharing::Components(components.collect()),
        Sharing::Components(Vec::new()),
    ]
    .into_iter()
}

fn minimums() -> impl Iterator<Item = Minimum> {
    let intervals = [
        IntervalKind::Period,
        IntervalKind::Quarter,
        IntervalKind::Year,
    ];
    let modes = [DrawMode::TopUp, DrawMode::OnTop];
    let prorations = [
        DrawProration::ByDay,
        DrawProration::Whole,
        DrawProration::Whole,
    ];
    let habits = modes
        .into_iter()
        .cycle()
        .zip(prorations.into_iter().cycle());
    let spans = intervals.into_iter().cycle().zip(habits);
    let amounts = numbers().into_iter().zip(spans);
    amounts.map(|(amount, (interval, (mode, proration)))| Minimum {
        amount,
        interval,
        mode,
        proration,
    })
}

fn caps() -> impl Iterator<Item = (Decimal, Withheld)> {
    let withheld = [Withheld::Lost, Withheld::CarriedForward];
    numbers().into_iter().zip(withheld.into_iter().cycle())
}

fn assignments() -> Vec<PlanAssignment> {
    let people = names().into_iter().map(AssignedTo::Participant);
    let plans = names().into_iter().map(AssignedTo::Plan);
    let attributes = names().into_iter().zip(texts().into_iter().cycle());
    let attributes = attributes.map(|(attribute, text)| AssignedTo::Attribute(attribute, text));
    let to = people.chain(plans).chain(attributes);
    to.zip(ranges().into_iter().cycle())
        .map(|(to, effective)| PlanAssignment { to, effective })
        .collect()
}

async fn terms_of_recovery_are_read_as_they_were_written(site: Site) {
    let usual = || RecoveryTerms {
        timing: RecoveryTiming::Immediate,
        percent: Decimal::ONE_HUNDRED,
        floor: Floor::Kept,
        balance_cap: None,
        waive_after: None,
    };
    let mut terms = vec![usual()];
    terms.push(RecoveryTerms {
        floor: Floor::NotKept,
        ..usual()
    });
    let spans = [
        IntervalKind::Period,
        IntervalKind::Quarter,
        IntervalKind::Year,
    ];
    let spans = spans.into_iter().map(RecoveryTiming::IntervalEnd);
    let timings = spans.chain(dates().into_iter().map(RecoveryTiming::From));
    terms.extend(timings.map(|timing| RecoveryTerms { timing, ..usual() }));
    let percents = numbers().into_iter();
    terms.extend(percents.map(|percent| RecoveryTerms { percent, ..usual() }));
    terms.extend(caps().map(|(amount, withheld)| RecoveryTerms {
        balance_cap: Some(BalanceCap { amount, withheld }),
        ..usual()
    }));
    terms.extend(dates().into_iter().map(|date| RecoveryTerms {
        waive_after: Some(date),
        ..usual()
    }));
    let kinds = [Recoverability::Recoverable, Recoverability::ForgivenAtEnd];
    let recoverable = terms
        .into_iter()
        .flat_map(|terms| kinds.map(|kind| kind(terms)));
    let plans = recoverable
        .chain([Recoverability::NotRecoverable])
        .map(|recoverability| PaymentPlan {
            id: name("terms"),
            recoverability,
            ..draw()
        });
    check_versions(&site, plans.map(Definition::PaymentPlan).collect()).await;
}
