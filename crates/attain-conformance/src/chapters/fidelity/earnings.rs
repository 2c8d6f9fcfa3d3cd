//! Earnings, with what they were derived from, and calculations.

use attain_domain::change::{Changes, Departure, EarningFacts, Obsoletion};
use attain_domain::credit::LeftBecause;
use attain_domain::earning::{
    Earning, EarningOutcome, EarningPayment, Instalments, MeasureTrace, PastEarning, RateTrace,
    SliceTrace, Trace,
};
use attain_domain::ids::{CalculationId, CreditId, EarningId, LineageId, TransactionId};
use attain_domain::plan::SplitMode;
use attain_domain::ports::ChunkSize;
use attain_domain::run::Calculation;
use attain_domain::testing::{calculation, decimal, earning, name, uuid};
use attain_domain::time::DateRange;

use super::extremes::{
    LEFT_BECAUSE, Numbered, amounts, circumstances, computed_numbers, dates, names, obsolete_marks,
    row_errors, stamps, texts,
};
use crate::case::cases;
use crate::difference::check_same;
use crate::site::Site;

cases! { "fidelity":
    /// Snapshot: What was written is read back equal, field by field.
    earnings_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    earnings_are_read_as_they_were_changed
    /// Snapshot: What was written is read back equal, field by field.
    past_earnings_are_read_as_they_were
    /// Snapshot: What was written is read back equal, field by field.
    earnings_come_back_from_history_as_they_were
    /// Snapshot: What was written is read back equal, field by field.
    calculations_are_read_as_they_were_written
}

const SPLITS: [SplitMode; 3] = [SplitMode::Flat, SplitMode::Step, SplitMode::Interpolated];

fn outcomes() -> Vec<EarningOutcome> {
    let amounts = amounts().into_iter().map(EarningOutcome::Amount);
    let errors = row_errors().into_iter().map(EarningOutcome::Error);
    amounts.chain(errors).collect()
}

fn instalments() -> Vec<Instalments> {
    let most = u16::MAX;
    let counts = [
        (1, 0, 0),
        (1, 1, 0),
        (1, 1, 1),
        (12, 7, 5),
        (most, most, most),
    ];
    let parts = counts.into_iter().zip(dates());
    let instalments = |((count, taken, paid), next_due)| Instalments {
        count,
        taken,
        paid,
        next_due,
    };
    parts.map(instalments).collect()
}

fn traces() -> Vec<Trace> {
    let plain = || earning(1).trace;
    let mut all = vec![Trace {
        plan_version: u32::MAX,
        ..plain()
    }];
    for reached in [Some(true), Some(false), None] {
        all.push(Trace {
            threshold_reached: reached,
            ..plain()
        });
    }
    for number in computed_numbers() {
        all.push(Trace {
            unrounded: number,
            withheld: number,
            lifted: number,
            ..plain()
        });
    }
    all.extend(SPLITS.map(|split| Trace {
        rate: Some(rate_trace(split)),
        ..plain()
    }));
    all.push(Trace {
        measures: names().into_iter().map(measure_trace).collect(),
        factors: names().into_iter().zip(computed_numbers()).collect(),
        ..plain()
    });
    all
}

fn measure_trace(measure: attain_domain::ids::MeasureId) -> MeasureTrace {
    MeasureTrace {
        measure,
        value: decimal("-0.3333333333333333333333333333"),
        before: decimal("999999999999999.99999999"),
        after: decimal("0"),
        goal: Some(decimal("0.00000001")),
    }
}

fn rate_trace(split: SplitMode) -> RateTrace {
    let slice = |number| SliceTrace {
        from: number,
        to: Some(number),
        input: number,
        value: number,
        result: number,
    };
    let mut slices: Vec<_> = computed_numbers().into_iter().map(slice).collect();
    slices.push(SliceTrace {
        to: None,
        ..slice(decimal("1"))
    });
    RateTrace {
        table: name("rates"),
        split,
        looked_up: texts().iter().map(Into::into).collect(),
        slices,
        rate: (split == SplitMode::Step).then(|| decimal("0.1428571428571428571428571429")),
        commission: decimal("66666666666666.66666666666666"),
    }
}

fn varied() -> Vec<Earning> {
    Numbered::new(earning)
        .vary(names(), |row, name| row.key.participant = name)
        .vary(names(), |row, name| row.key.plan = name)
        .vary(names(), |row, name| row.key.component = name)
        .vary(names(), |row, name| row.key.interval = name)
        .vary([LineageId(uuid(u64::MAX))], |row, id| {
            row.key.lineage = Some(id)
        })
        .vary([None], |row, none| row.key.lineage = none)
        .vary(names(), |row, name| row.period = name)
        .vary(dates(), |row, date| row.date = date)
        .vary([None], |row, none| row.credit = none)
        .vary([None], |row, none| row.transaction = none)
        .vary(outcomes(), |row, outcome| row.outcome = outcome)
        .vary(instalments(), |row, parts| row.instalments = parts)
        .vary(obsolete_marks(), |row, mark| row.obsolete = Some(mark))
        .vary([EarningId(uuid(7))], |row, id| row.reversal_of = Some(id))
        .vary([EarningId(uuid(7))], |row, id| {
            row.reversal_of = Some(id);
            row.awaits_calculation = true;
        })
        .vary(traces(), |row, trace| row.trace = trace)
        .vary(stamps(), |row, stamp| row.stamp = stamp)
        .rows
}

fn ids(rows: &[Earning]) -> Vec<EarningId> {
    rows.iter().map(|row| row.id).collect()
}

async fn check_read(site: &Site, expected: &[Earning]) {
    let read = site
        .view()
        .await
        .earnings_by_id(&ids(expected))
        .await
        .unwrap();
    check_same(&read, expected, "earnings");
}

async fn write(site: &Site, earnings: Vec<Earning>) {
    site.commit(Changes {
        earnings,
        ..Changes::default()
    })
    .await;
}

async fn earnings_are_read_as_they_were_written(site: Site) {
    let rows = varied();
    write(&site, rows.clone()).await;
    check_read(&site, &rows).await;
}

async fn earnings_are_read_as_they_were_changed(site: Site) {
    let marked = Numbered::new(earning).vary(obsolete_marks(), |row, mark| {
        row.obsolete = Some(mark);
    });
    let explained = marked.vary(traces(), |row, trace| {
        row.credit = Some(CreditId(uuid(77)));
        row.transaction = None;
        row.trace = trace;
    });
    let explained = explained.vary([TransactionId(uuid(78))], |row, id| {
        row.credit = None;
        row.transaction = Some(id);
    });
    let explained = explained.vary(dates(), |row, date| {
        row.credit = None;
        row.period = name("another");
        row.calculation = CalculationId(uuid(79));
        row.date = date;
    });
    let paid = explained.vary(instalments(), |row, parts| row.instalments = parts);
    let mut expected = paid.rows;
    for (row, stamp) in expected.iter_mut().zip(stamps().into_iter().cycle()) {
        row.stamp = stamp;
    }
    let count = u64::try_from(expected.len()).unwrap();
    write(&site, (1..=count).map(earning).collect()).await;
    let mut changes = Changes::default();
    for row in expected.iter().cloned() {
        let was = (1..=count)
            .map(earning)
            .find(|was| was.id == row.id)
            .unwrap();
        let (id, stamp) = (row.id, row.stamp.clone());
        if let Some(mark) = row.obsolete {
            changes
                .earnings_obsoleted
                .push(Obsoletion { id, mark, stamp });
        } else if (row.credit, row.transaction) == (was.credit, was.transaction) {
            changes.earnings_paid.push(EarningPayment {
                id,
                version_read: was.stamp.version,
                instalments: row.instalments,
                stamp,
            });
        } else {
            changes.earnings_explained.push(EarningFacts::of(&row));
        }
    }
    site.commit(changes).await;
    check_read(&site, &expected).await;
}

async fn past_earnings_are_read_as_they_were(site: Site) {
    let rows = varied();
    write(&site, rows.clone()).await;
    let causes = LEFT_BECAUSE.into_iter().cycle();
    let past = rows.iter().cloned().zip(causes.zip(circumstances()));
    let past = past.map(|(earning, (because, (left_at, left_by)))| PastEarning {
        earning,
        because,
        left_at,
        left_by,
    });
    let past: Vec<PastEarning> = past.collect();
    let departed = past.iter().map(|past| Departure {
        id: past.earning.id,
        because: past.because,
        archive: true,
        at: past.left_at,
        actor: past.left_by.clone(),
    });
    site.commit(Changes {
        earnings_departed: departed.collect(),
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let read = view.past_earnings(&ids(&rows)).await.unwrap();
    check_same(&read, &past, "earnings");
    check_read(&site, &[]).await;
    let (ann, range) = (name("ann"), DateRange::ALWAYS);
    let read = view.past_earnings_of_participant(&ann, range, None, ChunkSize::largest());
    let of_ann = past
        .iter()
        .filter(|past| past.earning.key.participant == ann);
    let of_ann: Vec<_> = of_ann.cloned().collect();
    check_same(&read.await.unwrap(), &of_ann, "earnings");
}

async fn earnings_come_back_from_history_as_they_were(site: Site) {
    let rows = varied();
    write(&site, rows.clone()).await;
    let departed = rows
        .iter()
        .zip(circumstances())
        .map(|(row, (at, actor))| Departure {
            id: row.id,
            because: LeftBecause::Adjusted,
            archive: true,
            at,
            actor,
        });
    site.commit(Changes {
        earnings_departed: departed.collect(),
        ..Changes::default()
    })
    .await;
    let (traces, stamps) = (traces().into_iter().cycle(), stamps().into_iter().cycle());
    let facts = rows.into_iter().zip(traces.zip(stamps));
    let expected = facts.map(|(row, (trace, stamp))| Earning {
        obsolete: None,
        credit: row.transaction.is_some().then(|| CreditId(uuid(u64::MAX))),
        transaction: row.credit.is_some().then(|| TransactionId(uuid(u64::MAX))),
        trace,
        stamp,
        ..row
    });
    let expected: Vec<Earning> = expected.collect();
    let returned = expected.iter().map(EarningFacts::of);
    site.commit(Changes {
        earnings_returned: returned.collect(),
        ..Changes::default()
    })
    .await;
    check_read(&site, &expected).await;
}

async fn calculations_are_read_as_they_were_written(site: Site) {
    let versions = || {
        names()
            .into_iter()
            .zip([1, 2, u32::MAX].into_iter().cycle())
    };
    let varied: Vec<Calculation> = Numbered::new(calculation)
        .vary(names(), |row, name| row.period = name)
        .vary(dates(), |row, date| row.through = date)
        .vary([versions().collect()], |row, versions| {
            row.plan_versions = versions
        })
        .vary([true, false], |row, released| row.released = released)
        .vary(stamps(), |row, stamp| row.stamp = stamp)
        .rows;
    let count = u64::try_from(varied.len()).unwrap();
    // Once new, and once written over others.
    for calculations in [(1..=count).map(calculation).collect(), varied] {
        site.commit(Changes {
            calculations: Vec::clone(&calculations),
            ..Changes::default()
        })
        .await;
        let view = site.view().await;
        check_same(
            &view.calculations().await.unwrap(),
            &calculations,
            "earnings",
        );
        for row in calculations {
            check_same(
                &view.calculation(row.id).await.unwrap(),
                &Some(row),
                "earnings",
            );
        }
    }
}
