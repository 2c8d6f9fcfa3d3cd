//! What was paid, what is to be paid, and whether both go together with what was earned.

use std::collections::BTreeMap;

use attain_domain::earning::{Earning, EarningKey};
use attain_domain::ids::{BatchId, EarningId};
use attain_domain::payment::{PaymentBatch, PaymentLine, Paysheet, PaysheetStatus};
use attain_domain::ports::{ChunkSize, Snapshot};
use rust_decimal::Decimal;

use super::bench::Bench;
use super::facts::earnings;

/// A batch with its sheets, and its lines in the order of their ids.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BatchFact {
    pub(crate) batch: PaymentBatch,
    pub(crate) sheets: Vec<Paysheet>,
    pub(crate) lines: Vec<PaymentLine>,
}

/// Every batch.
pub(crate) async fn batches(snapshot: &dyn Snapshot) -> BTreeMap<BatchId, BatchFact> {
    let largest = ChunkSize::largest();
    let mut facts = BTreeMap::new();
    for batch in snapshot
        .batches_after(None, largest)
        .await
        .expect("it answers")
    {
        let sheets = snapshot.paysheets_of_batch(batch.id, None, largest).await;
        let sheets = sheets.expect("it answers");
        let ids: Vec<_> = sheets.iter().map(|sheet| sheet.id).collect();
        let mut lines = snapshot.lines_of_paysheets(&ids).await.expect("it answers");
        lines.sort_by_key(|line| line.id);
        facts.insert(
            batch.id,
            BatchFact {
                batch,
                sheets,
                lines,
            },
        );
    }
    facts
}

/// Live earnings by id, and those of the history that lines speak of.
async fn earnings_of_lines(
    snapshot: &dyn Snapshot,
    lines: &[(PaymentLine, bool)],
) -> (BTreeMap<EarningId, Earning>, BTreeMap<EarningId, Earning>) {
    let live: BTreeMap<_, _> = earnings(snapshot)
        .await
        .into_iter()
        .map(|earning| (earning.id, earning))
        .collect();
    let ids: Vec<EarningId> = lines.iter().map(|(line, _)| line.earning).collect();
    let past = snapshot.past_earnings(&ids).await.expect("it answers");
    let past = past
        .into_iter()
        .map(|past| (past.earning.id, past.earning))
        .collect();
    (live, past)
}

/// Every line, and whether it is paid.
async fn lines(snapshot: &dyn Snapshot) -> Vec<(PaymentLine, bool)> {
    let mut all = Vec::new();
    for (_, BatchFact { sheets, lines, .. }) in batches(snapshot).await {
        for sheet in sheets {
            let own = lines.iter().filter(|line| line.paysheet == sheet.id);
            let rewards = snapshot.rewards_of_paysheets(&[sheet.id]).await;
            let rewards = rewards.expect("the store answers");
            let sum = |held: bool| -> Decimal {
                let of_rewards = rewards.iter().filter_map(|row| row.line());
                let of_rewards = of_rewards.map(|line| (line.held, line.pay_amount.amount));
                let of_lines = own.clone().map(|line| (line.held, line.pay_amount.amount));
                let all = of_lines.chain(of_rewards).filter(|(is, _)| *is == held);
                all.map(|(_, amount)| amount).sum()
            };
            assert_eq!(
                sheet.total.amount,
                sum(false),
                "{sheet:?} shows the sum of its lines"
            );
            assert_eq!(sheet.held.amount, sum(true), "{sheet:?} shows what is held");
            let paid = sheet.status == PaysheetStatus::Paid;
            all.extend(own.map(|line| (line.clone(), paid && !line.held)));
        }
    }
    all
}

/// What must be true of payments at any moment.
pub(crate) async fn check_ledger(bench: &Bench) {
    let snapshot = bench.snapshot().await;
    let lines = lines(&*snapshot).await;
    let (live, past) = earnings_of_lines(&*snapshot, &lines).await;
    let mut parts = BTreeMap::new();
    let mut paid: BTreeMap<EarningId, (u16, u16, Decimal)> = BTreeMap::new();
    for (line, is_paid) in &lines {
        let twice = parts.insert((line.earning, line.instalment), line.id);
        assert_eq!(twice, None, "a part of {} is on two lines", line.earning);
        let earning = live.get(&line.earning).or_else(|| past.get(&line.earning));
        let earning = earning.unwrap_or_else(|| panic!("{line:?} pays what is not there"));
        assert_eq!(line.participant, earning.key.participant);
        let (taken, paid, sum) = paid.entry(line.earning).or_default();
        *taken += 1;
        *paid += u16::from(*is_paid);
        *sum += if *is_paid {
            line.amount.amount
        } else {
            Decimal::ZERO
        };
    }
    for earning in live.values() {
        let (taken, paid, _) = paid.get(&earning.id).copied().unwrap_or_default();
        let known = (earning.instalments.taken, earning.instalments.paid);
        assert_eq!(known, (taken, paid), "{earning:?} knows its parts");
        assert!(taken <= earning.instalments.count, "{earning:?}");
    }
    check_reversals(&live, &past, &paid);
}

/// What was paid of an earning that left is taken back by exactly one reversal.
fn check_reversals(
    live: &BTreeMap<EarningId, Earning>,
    past: &BTreeMap<EarningId, Earning>,
    paid: &BTreeMap<EarningId, (u16, u16, Decimal)>,
) {
    let mut reversals: BTreeMap<EarningId, Decimal> = BTreeMap::new();
    for reversal in live.values() {
        let Some(of) = reversal.reversal_of else {
            continue;
        };
        let amount = reversal.amount().expect("reversals have amounts").amount;
        assert_eq!(
            reversals.insert(of, amount),
            None,
            "{of} is taken back twice"
        );
        assert!(past.contains_key(&of), "{of} has left");
    }
    for earning in past.values() {
        let (_, parts, sum) = paid.get(&earning.id).copied().unwrap_or_default();
        let taken_back = reversals.remove(&earning.id);
        let expected = (parts > 0).then_some(-sum);
        assert_eq!(taken_back, expected, "{earning:?} is taken back exactly");
    }
    assert!(
        reversals.is_empty(),
        "{reversals:?} take back what was never paid"
    );
}

/// What was paid for each earning key, in operating currency.
pub(crate) async fn paid_by_key(bench: &Bench) -> BTreeMap<EarningKey, Decimal> {
    let snapshot = bench.snapshot().await;
    let lines = lines(&*snapshot).await;
    let (live, past) = earnings_of_lines(&*snapshot, &lines).await;
    let mut sums: BTreeMap<EarningKey, Decimal> = BTreeMap::new();
    for (line, is_paid) in lines {
        let earning = live.get(&line.earning).or_else(|| past.get(&line.earning));
        let key = earning.expect("it was checked before").key.clone();
        if is_paid {
            *sums.entry(key).or_default() += line.amount.amount;
        }
    }
    sums
}

/// What is earned now for each earning key, in operating currency.
pub(crate) async fn earned_by_key(bench: &Bench) -> BTreeMap<EarningKey, Decimal> {
    let earnings = earnings(&*bench.snapshot().await).await.into_iter();
    let current = earnings.filter(Earning::is_current);
    current
        .filter_map(|earning| Some((earning.key.clone(), earning.amount()?.amount)))
        .collect()
}
