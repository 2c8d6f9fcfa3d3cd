//! Credits.

use attain_domain::change::{Changes, CreditEligibility, Departure, Obsoletion};
use attain_domain::credit::{
    Credit, CreditKind, CreditOrigin, CreditPosition, CreditStatus, PastCredit,
};
use attain_domain::ids::{CreditId, LineageId};
use attain_domain::ports::ChunkSize;
use attain_domain::testing::{credit, name, uuid};
use attain_domain::time::DateRange;

use super::extremes::{
    LEFT_BECAUSE, Numbered, amounts, circumstances, dates, names, numbers, obsolete_marks,
    row_errors, stamps,
};
use crate::case::cases;
use crate::difference::check_same;
use crate::site::Site;

cases! { "fidelity":
    /// Snapshot: What was written is read back equal, field by field.
    credits_are_read_as_they_were_written
    /// Snapshot: What was written is read back equal, field by field.
    credits_are_read_as_they_were_marked
    /// Snapshot: What was written is read back equal, field by field.
    past_credits_are_read_as_they_were
}

const KINDS: [CreditKind; 3] = [CreditKind::Direct, CreditKind::Indirect, CreditKind::Team];

fn statuses() -> Vec<CreditStatus> {
    let mut all = vec![CreditStatus::Credited, CreditStatus::Eligible];
    all.extend(row_errors().into_iter().map(CreditStatus::Error));
    all
}

fn origins() -> Vec<CreditOrigin> {
    let mut all = vec![CreditOrigin::Given];
    let pairs = names().into_iter().zip(names().into_iter().rev());
    all.extend(pairs.map(|(set, rule)| CreditOrigin::Rule { set, rule }));
    for through in names() {
        all.push(CreditOrigin::From {
            source: Some(CreditId(uuid(7))),
            through,
        });
    }
    all.push(CreditOrigin::From {
        source: None,
        through: name("bob"),
    });
    all
}

fn varied() -> Vec<Credit> {
    Numbered::new(credit)
        .vary([LineageId(uuid(u64::MAX))], |row, id| row.lineage = id)
        .vary([CreditId(uuid(u64::MAX))], |row, id| {
            row.adjusted_from = Some(id)
        })
        .vary([None], |row, none| row.transaction = none)
        .vary(names(), |row, name| row.key.number = name)
        .vary(names(), |row, name| row.key.kind = name)
        .vary(names(), |row, name| row.participant = name)
        .vary(KINDS, |row, kind| row.kind = kind)
        .vary(origins(), |row, origin| row.origin = origin)
        .vary(amounts(), |row, money| row.amount = money)
        .vary(numbers(), |row, number| row.quantity = number)
        .vary(numbers(), |row, number| row.percent = number)
        .vary([false], |row, no| row.revenue = no)
        .vary([false], |row, no| row.rolls_up = no)
        .vary([false], |row, no| row.calculates = no)
        .vary(dates(), |row, date| row.credit_date = date)
        .vary(dates(), |row, date| row.roll_up_date = date)
        .vary(names(), |row, name| row.period = name)
        .vary(names(), |row, name| row.category = Some(name))
        .vary([None], |row, none| row.category = none)
        .vary(statuses(), |row, status| row.status = status)
        .vary(obsolete_marks(), |row, mark| row.obsolete = Some(mark))
        .vary(stamps(), |row, stamp| row.stamp = stamp)
        .rows
}

async fn check_read(site: &Site, expected: &[Credit]) {
    let view = site.view().await;
    let ids: Vec<_> = expected.iter().map(|row| row.id).collect();
    let read = view.credits_by_id(&ids).await.unwrap();
    check_same(&read, expected, "credits");
    let participants: Vec<_> = expected.iter().map(|row| row.participant.clone()).collect();
    let (range, chunk) = (DateRange::ALWAYS, ChunkSize::largest());
    let read = view
        .credits_of_participants(&participants, range, None, chunk)
        .await
        .unwrap();
    let counts = expected.iter().filter(|row| row.obsolete.is_none());
    let mut counts: Vec<Credit> = counts.cloned().collect();
    counts.sort_by_key(CreditPosition::of);
    check_same(&read, &counts, "credits");
    let transactions: Vec<_> = expected.iter().filter_map(|row| row.transaction).collect();
    let read = view.credits_of_transactions(&transactions).await.unwrap();
    let of_any = expected.iter().filter(|row| row.transaction.is_some());
    check_same(&read, &of_any.cloned().collect::<Vec<_>>(), "credits");
}

async fn credits_are_read_as_they_were_written(site: Site) {
    let rows = varied();
    site.commit(Changes {
        credits: rows.clone(),
        ..Changes::default()
    })
    .await;
    check_read(&site, &rows).await;
}

async fn credits_are_read_as_they_were_marked(site: Site) {
    let mut expected = Numbered::new(credit)
        .vary(obsolete_marks(), |row, mark| row.obsolete = Some(mark))
        .vary(statuses(), |row, status| row.status = status)
        .rows;
    for (row, stamp) in expected.iter_mut().zip(stamps().into_iter().cycle()) {
        row.stamp = stamp;
    }
    let count = u64::try_from(expected.len()).unwrap();
    site.commit(Changes {
        credits: (1..=count).map(credit).collect(),
        ..Changes::default()
    })
    .await;
    let mut changes = Changes::default();
    for row in expected.iter().cloned() {
        let (id, stamp) = (row.id, row.stamp);
        match row.obsolete {
            Some(mark) => changes
                .credits_obsoleted
                .push(Obsoletion { id, mark, stamp }),
            None => changes.credits_judged.push(CreditEligibility {
                id,
                status: row.status,
                stamp,
            }),
        }
    }
    site.commit(changes).await;
    check_read(&site, &expected).await;
}

async fn past_credits_are_read_as_they_were(site: Site) {
    let rows = varied();
    site.commit(Changes {
        credits: rows.clone(),
        ..Changes::default()
    })
    .await;
    let causes = LEFT_BECAUSE.into_iter().cycle();
    let past = rows.into_iter().zip(causes.zip(circumstances()));
    let past = past.map(|(credit, (because, (left_at, left_by)))| PastCredit {
        credit,
        because,
        left_at,
        left_by,
    });
    let past: Vec<PastCredit> = past.collect();
    let departed = past.iter().map(|past| Departure {
        id: past.credit.id,
        because: past.because,
        archive: true,
        at: past.left_at,
        actor: past.left_by.clone(),
    });
    site.commit(Changes {
        credits_departed: departed.collect(),
        ..Changes::default()
    })
    .await;
    let view = site.view().await;
    let ids: Vec<_> = past.iter().map(|past| past.credit.id).collect();
    let read = view.past_credits(&ids).await.unwrap();
    check_same(&read, &past, "credits");
    let keys: Vec<_> = past.iter().map(|past| past.credit.key.clone()).collect();
    let read = view.past_credits_of_keys(&keys).await.unwrap();
    check_same(&read, &past, "credits");
    check_read(&site, &[]).await;
}
