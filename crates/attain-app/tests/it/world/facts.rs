//! What a workspace has come to, as values that can be compared between workspaces: without ids,
//! times and versions.

use std::collections::BTreeMap;

use attain_domain::collecting::RawTransaction;
use attain_domain::credit::{Credit, CreditKind, CreditOrigin, CreditPosition, CreditStatus};
use attain_domain::earning::{Earning, EarningOutcome, Trace};
use attain_domain::expression::Value;
use attain_domain::ids::{CreditId, ParticipantId};
use attain_domain::ports::{ChunkSize, EarningPosition, Snapshot};
use attain_domain::testing::name;
use attain_domain::time::DateRange;
use attain_domain::transaction::{Transaction, TransactionStatus};

use super::company::{PEOPLE, person_id};

/// What is live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) transactions: Vec<String>,
    pub(crate) credits: Vec<String>,
    pub(crate) earnings: Vec<EarningFact>,
}

/// One current earning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EarningFact {
    /// Participant, plan, component, interval, and which credit.
    pub(crate) key: String,
    pub(crate) place: String,
    pub(crate) outcome: EarningOutcome,
    pub(crate) count: u16,
    /// Without the version of the plan, which tells how often it was written.
    pub(crate) trace: Trace,
}

impl Facts {
    /// The same without what stays as it was once a sheet has taken an earning: its date, and in
    /// how many parts it is paid.
    pub(crate) fn without_terms(mut self) -> Self {
        for earning in &mut self.earnings {
            earning.place.clear();
            earning.count = 0;
        }
        self.earnings.sort_by(|a, b| order(a).cmp(&order(b)));
        self
    }
}

/// Reads what is live.
pub(crate) async fn facts(snapshot: &dyn Snapshot) -> Facts {
    let credits = credits(snapshot).await;
    let by_id: BTreeMap<CreditId, String> = credits
        .iter()
        .map(|credit| (credit.id, credit_text(credit)))
        .collect();
    let mut facts = Facts {
        transactions: live_transactions(snapshot)
            .await
            .iter()
            .map(transaction_text)
            .collect(),
        credits: by_id.values().cloned().collect(),
        earnings: Vec::new(),
    };
    for earning in earnings(snapshot)
        .await
        .into_iter()
        .filter(Earning::is_current)
    {
        let of = earning.credit.map(|id| match by_id.get(&id) {
            Some(text) => text.clone(),
            None => panic!("{} is of {id}, which is not live", earning.id),
        });
        facts.earnings.push(earning_fact(earning, of));
    }
    facts.transactions.sort();
    facts.credits.sort();
    facts.earnings.sort_by(|a, b| order(a).cmp(&order(b)));
    facts
}

/// Two credits may say the same: then their running totals tell which came first.
fn order(fact: &EarningFact) -> (&str, &str, Vec<rust_decimal::Decimal>) {
    let totals = fact.trace.measures.iter().map(|measure| measure.before);
    (&fact.key, &fact.place, totals.collect())
}

fn earning_fact(earning: Earning, credit: Option<String>) -> EarningFact {
    let key = &earning.key;
    assert_eq!(
        key.lineage.is_some(),
        credit.is_some(),
        "{} has a credit or not",
        earning.id
    );
    EarningFact {
        key: format!(
            "{} {}/{} {} {}",
            key.participant,
            key.plan,
            key.component,
            key.interval,
            credit.unwrap_or_default()
        ),
        place: format!("{} {}", earning.period, earning.date),
        outcome: earning.outcome,
        count: earning.instalments.count,
        trace: Trace {
            plan_version: 0,
            ..earning.trace
        },
    }
}

fn transaction_text(transaction: &Transaction) -> String {
    let category = transaction.category.as_ref().map(ToString::to_string);
    let (key, amount) = (&transaction.key, transaction.operating_amount);
    format!(
        "{key} {} {amount} {category:?} {:?}",
        transaction.event_date, transaction.status
    )
}

fn credit_text(credit: &Credit) -> String {
    let origin = match &credit.origin {
        CreditOrigin::Rule { set, rule } => format!("{set}/{rule}"),
        CreditOrigin::Given => "given".to_owned(),
        CreditOrigin::From { through, source } => {
            let how = if source.is_some() { "from" } else { "sum" };
            format!("{how} {through}")
        }
    };
    let category = credit
        .category
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let status = match &credit.status {
        CreditStatus::Error(error) => error.reason.code().to_owned(),
        CreditStatus::Credited => "credited".to_owned(),
        CreditStatus::Eligible => "eligible".to_owned(),
    };
    format!(
        "{} {} {:?} {origin} {} x{} {}% {} {} {category} {status} {}{}{}",
        credit.key,
        credit.participant,
        credit.kind,
        credit.amount,
        credit.quantity.normalize(),
        credit.percent.normalize(),
        credit.credit_date,
        credit.roll_up_date,
        u8::from(credit.revenue),
        u8::from(credit.rolls_up),
        u8::from(credit.calculates),
    )
}

/// Everybody of the company.
pub(crate) fn everybody() -> Vec<ParticipantId> {
    (0..PEOPLE).map(|who| name(&person_id(who))).collect()
}

/// Every credit that counts.
pub(crate) async fn credits(snapshot: &dyn Snapshot) -> Vec<Credit> {
    let mut credits: Vec<Credit> = Vec::new();
    loop {
        let after = credits.last().map(CreditPosition::of);
        let chunk = ChunkSize::new(100);
        let page = snapshot
            .credits_of_participants(&everybody(), DateRange::ALWAYS, after.as_ref(), chunk)
            .await
            .expect("the store answers");
        let end = page.len() < chunk.rows();
        credits.extend(page);
        if end {
            return credits;
        }
    }
}

/// Every live earning, obsolete ones and reversals included.
pub(crate) async fn earnings(snapshot: &dyn Snapshot) -> Vec<Earning> {
    let mut earnings: Vec<Earning> = Vec::new();
    loop {
        let after = earnings.last().map(|earning| EarningPosition {
            participant: earning.key.participant.clone(),
            date: earning.date,
            id: earning.id,
        });
        let chunk = ChunkSize::new(100);
        let page = snapshot
            .earnings_after(None, DateRange::ALWAYS, after.as_ref(), chunk)
            .await
            .expect("the store answers");
        let end = page.len() < chunk.rows();
        earnings.extend(page);
        if end {
            return earnings;
        }
    }
}

/// The transactions that count.
pub(crate) async fn live_transactions(snapshot: &dyn Snapshot) -> Vec<Transaction> {
    let all = snapshot
        .transactions_after(DateRange::ALWAYS, None, ChunkSize::largest())
        .await;
    let all = all.expect("the store answers").into_iter();
    all.filter(|transaction| match transaction.status {
        TransactionStatus::Obsolete | TransactionStatus::Cancelled => false,
        TransactionStatus::New
        | TransactionStatus::Classified
        | TransactionStatus::Credited
        | TransactionStatus::Error(_) => true,
    })
    .collect()
}

/// The row that makes a stored transaction anew elsewhere.
pub(crate) fn row_of(transaction: &Transaction) -> RawTransaction {
    let flags = transaction.flags;
    let truth = |is: bool| Some(is.to_string());
    let attributes = transaction
        .attributes
        .iter()
        .map(|(name, value)| match value {
            Value::Text(text) => (name.to_string(), text.to_string()),
            Value::Number(_) | Value::Bool(_) | Value::Date(_) => panic!("{name} is no text"),
        });
    let category = transaction
        .category
        .as_ref()
        .filter(|_| flags.do_not_classify);
    RawTransaction {
        number: Some(transaction.key.number.to_string()),
        kind: Some(transaction.key.kind.to_string()),
        event_date: Some(transaction.event_date.to_string()),
        amount: Some(transaction.amount.amount.to_string()),
        currency: Some(transaction.amount.currency.code().to_owned()),
        quantity: Some(transaction.quantity.to_string()),
        updated_at: transaction.source_updated_at.map(|at| at.to_string()),
        category: category.map(ToString::to_string),
        preserve_credits: truth(flags.preserve_credits),
        hold: truth(flags.hold),
        do_not_classify: truth(flags.do_not_classify),
        do_not_roll_up: truth(flags.do_not_roll_up),
        do_not_calculate: truth(flags.do_not_calculate),
        cancelled: None,
        attributes: attributes.collect(),
    }
}

/// The parts of every transaction that rules gave as revenue: by transaction and set of rules.
pub(crate) fn revenue_parts(
    credits: &[Credit],
) -> BTreeMap<(String, String), rust_decimal::Decimal> {
    let mut parts = BTreeMap::new();
    for credit in credits
        .iter()
        .filter(|c| c.revenue && c.kind == CreditKind::Direct)
    {
        let CreditOrigin::Rule { set, .. } = &credit.origin else {
            continue;
        };
        let sum: &mut rust_decimal::Decimal = parts
            .entry((credit.key.to_string(), set.to_string()))
            .or_default();
        *sum += credit.amount.amount;
    }
    parts
}
