//! Records as rows of text, in the words of scenario files. Every driver shows the same columns.

pub(crate) mod past;
pub(crate) mod rewards;

use attain_domain::calculation::lint::Finding;
use attain_domain::credit::{Credit, CreditKind, CreditOrigin, CreditStatus};
use attain_domain::earning::{Earning, EarningOutcome, PaymentState, SliceTrace};
use attain_domain::money::{Money, Rounding};
use attain_domain::paying::part_amount;
use attain_domain::payment::{
    BatchStatus, LineKind, PaymentBatch, PaymentLine, Paysheet, PaysheetStatus,
};
use attain_domain::payment_plan::lint::{DrawFinding, EARNING_MORE_PAYS_LESS, TEXT};
use attain_domain::refusal::Refusal;
use attain_domain::run::RunStatus;
use attain_domain::transaction::{Transaction, TransactionStatus};
use rust_decimal::Decimal;

use crate::table::Row;

/// A row of some columns.
pub(crate) fn row<const N: usize>(cells: [(&str, String); N]) -> Row {
    cells
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Counts by name.
pub(crate) fn counts<'a>(counts: impl IntoIterator<Item = (&'a str, u64)>) -> Vec<Row> {
    let rows = counts.into_iter();
    rows.map(|(name, n)| row([("name", name.to_owned()), ("count", n.to_string())]))
        .collect()
}

/// A row that an import refused.
pub(crate) fn rejected(line: u64, refusal: &Refusal) -> Row {
    row([
        ("line", line.to_string()),
        ("field", refusal.field.clone().unwrap_or_default()),
        ("reason", refusal.reason.code().to_owned()),
        ("text", refusal.text.clone()),
    ])
}

pub(crate) fn yes(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

/// How a run ended.
pub(crate) fn run_status(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Queued => "queued",
        RunStatus::Running => "running",
        RunStatus::Succeeded => "succeeded",
        RunStatus::SucceededWithErrors => "succeeded_with_errors",
        RunStatus::Failed => "failed",
        RunStatus::Cancelled => "cancelled",
    }
}

/// One transaction; `newer` is the amount of the one that replaced it.
pub(crate) fn transaction(transaction: &Transaction, newer: Option<Decimal>) -> Row {
    let (status, reason) = match &transaction.status {
        TransactionStatus::New => ("new", ""),
        TransactionStatus::Classified => ("classified", ""),
        TransactionStatus::Credited => ("credited", ""),
        TransactionStatus::Error(error) => ("error", error.reason.code()),
        TransactionStatus::Obsolete => ("obsolete", ""),
        TransactionStatus::Cancelled => ("cancelled", ""),
    };
    row([
        ("number", transaction.key.number.to_string()),
        ("type", transaction.key.kind.to_string()),
        ("date", transaction.event_date.to_string()),
        ("period", transaction.period.to_string()),
        ("amount", transaction.amount.amount.to_string()),
        ("currency", transaction.amount.currency.to_string()),
        (
            "operating_amount",
            transaction.operating_amount.amount.to_string(),
        ),
        (
            "category",
            transaction
                .category
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ),
        ("status", status.to_owned()),
        ("reason", reason.to_owned()),
        ("preserve_credits", yes(transaction.flags.preserve_credits)),
        (
            "replaced_by",
            newer.map(|amount| amount.to_string()).unwrap_or_default(),
        ),
        ("version", transaction.stamp.version.0.to_string()),
    ])
}

/// How a participant came to a credit.
pub(crate) fn credit_kind(kind: CreditKind) -> &'static str {
    match kind {
        CreditKind::Direct => "direct",
        CreditKind::Indirect => "indirect",
        CreditKind::Team => "team",
    }
}

pub(crate) fn credit(credit: &Credit) -> Row {
    let (status, reason) = match &credit.status {
        CreditStatus::Credited => ("credited", ""),
        CreditStatus::Eligible => ("eligible", ""),
        CreditStatus::Error(error) => ("error", error.reason.code()),
    };
    let (rule, through) = match &credit.origin {
        CreditOrigin::Rule { set, rule } => (format!("{set}/{rule}"), String::new()),
        CreditOrigin::Given => (String::new(), String::new()),
        CreditOrigin::From { through, .. } => (String::new(), through.to_string()),
    };
    row([
        ("participant", credit.participant.to_string()),
        ("number", credit.key.number.to_string()),
        ("type", credit.key.kind.to_string()),
        ("kind", credit_kind(credit.kind).to_owned()),
        ("amount", credit.amount.amount.to_string()),
        ("percent", credit.percent.to_string()),
        ("revenue", yes(credit.revenue)),
        ("date", credit.credit_date.to_string()),
        (
            "category",
            credit
                .category
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ),
        ("status", status.to_owned()),
        ("reason", reason.to_owned()),
        ("rule", rule),
        ("through", through),
        ("version", credit.stamp.version.0.to_string()),
    ])
}

/// One earning; `number` is number and type of its transaction.
pub(crate) fn earning(earning: &Earning, number: Option<&(String, String)>) -> Row {
    let (number, kind) = number.cloned().unwrap_or_default();
    let (amount, reason) = match &earning.outcome {
        EarningOutcome::Amount(money) => (money.amount.to_string(), String::new()),
        EarningOutcome::Error(error) => (String::new(), error.reason.code().to_owned()),
    };
    let state = match earning.instalments.state() {
        PaymentState::Unpaid => "unpaid",
        PaymentState::OnPaysheet => "on_paysheet",
        PaymentState::Paid => "paid",
    };
    let parts = &earning.instalments;
    let (paid, owed) = paid_and_owed(earning.amount(), parts.paid, parts.count);
    let mut row = row([
        ("participant", earning.key.participant.to_string()),
        ("plan", earning.key.plan.to_string()),
        ("component", earning.key.component.to_string()),
        ("interval", earning.key.interval.to_string()),
        ("period", earning.period.to_string()),
        ("date", earning.date.to_string()),
        ("number", number),
        ("type", kind),
        ("amount", amount),
        ("reason", reason),
        ("state", state.to_owned()),
        ("reversal", yes(earning.reversal_of.is_some())),
        ("obsolete", yes(earning.obsolete.is_some())),
        ("waits", yes(earning.awaits_calculation)),
        ("paid", paid.to_string()),
        ("liability", owed.to_string()),
    ]);
    row.extend(facts(earning));
    row
}

/// What has been paid of an amount in parts, and what has not.
pub(crate) fn paid_and_owed(amount: Option<Money>, paid: u16, count: u16) -> (Decimal, Decimal) {
    let Some(amount) = amount else {
        return (Decimal::ZERO, Decimal::ZERO);
    };
    let parts = (0..paid).map(|part| part_amount(amount, part, count, Rounding::HalfEven));
    let paid = parts.filter_map(Result::ok).map(|part| part.amount).sum();
    (paid, amount.amount - paid)
}

/// The facts of an earning: its first measure, its slices.
fn facts(earning: &Earning) -> Row {
    let trace = &earning.trace;
    let mut facts = row([
        ("unrounded", trace.unrounded.to_string()),
        ("withheld", trace.withheld.to_string()),
        ("lifted", trace.lifted.to_string()),
    ]);
    if let Some(measure) = trace.measures.first() {
        facts.extend(row([
            ("value", measure.value.to_string()),
            ("before", measure.before.to_string()),
            ("after", measure.after.to_string()),
            (
                "goal",
                measure
                    .goal
                    .map(|goal| goal.to_string())
                    .unwrap_or_default(),
            ),
        ]));
    }
    if let Some(rate) = &trace.rate {
        let slices: Vec<String> = rate.slices.iter().map(slice).collect();
        facts.extend(row([
            (
                "rate",
                rate.rate.map(|rate| rate.to_string()).unwrap_or_default(),
            ),
            ("commission", rate.commission.to_string()),
            ("slices", slices.join(" ")),
        ]));
    }
    facts
}

fn slice(slice: &SliceTrace) -> String {
    let plain = |number: Decimal| number.normalize().to_string();
    format!("{}@{}", plain(slice.input), plain(slice.value))
}

fn batch_status(status: BatchStatus) -> &'static str {
    match status {
        BatchStatus::Building => "building",
        BatchStatus::Unpaid => "unpaid",
        BatchStatus::Frozen => "frozen",
        BatchStatus::Paying => "paying",
        BatchStatus::Paid => "paid",
        BatchStatus::Deleting => "deleting",
    }
}

pub(crate) fn batch(batch: &PaymentBatch) -> Row {
    row([
        ("batch", batch.id.to_string()),
        ("pay_group", batch.pay_group.to_string()),
        ("period", batch.period.to_string()),
        ("pay_date", batch.pay_date.to_string()),
        ("status", batch_status(batch.status).to_owned()),
    ])
}

pub(crate) fn sheet(sheet: &Paysheet, batch: Option<BatchStatus>) -> Row {
    let state = match sheet.status {
        PaysheetStatus::Unpaid => "unpaid",
        PaysheetStatus::Locked => "locked",
        PaysheetStatus::Submitted => "submitted",
        PaysheetStatus::Approved => "approved",
        PaysheetStatus::Paid => "paid",
    };
    row([
        ("batch", sheet.batch.to_string()),
        ("participant", sheet.participant.to_string()),
        ("total", sheet.total.amount.to_string()),
        ("held", sheet.held.amount.to_string()),
        ("currency", sheet.total.currency.to_string()),
        ("status", state.to_owned()),
        (
            "batch_status",
            batch.map(batch_status).unwrap_or_default().to_owned(),
        ),
    ])
}

/// One line; `number` is number and type of its transaction.
pub(crate) fn line(line: &PaymentLine, number: Option<&(String, String)>) -> Row {
    let kind = match line.kind {
        LineKind::Earning => "earning",
        LineKind::Reversal => "reversal",
    };
    let (number, transaction_type) = number.cloned().unwrap_or_default();
    row([
        ("batch", line.batch.to_string()),
        ("participant", line.participant.to_string()),
        ("kind", kind.to_owned()),
        ("plan", line.plan.to_string()),
        ("component", line.component.to_string()),
        ("period", line.earning_period.to_string()),
        ("number", number),
        ("type", transaction_type),
        ("amount", line.amount.amount.to_string()),
        ("pay_amount", line.pay_amount.amount.to_string()),
        ("currency", line.pay_amount.currency.to_string()),
        ("held", yes(line.held)),
    ])
}

pub(crate) fn finding(finding: &Finding) -> Row {
    row([
        ("code", finding.code.code().to_owned()),
        ("component", finding.component.to_string()),
        ("text", finding.text.clone()),
        ("counter_example", finding.counter_example.clone()),
        ("payment_plans", String::new()),
    ])
}

pub(crate) fn draw_finding(finding: &DrawFinding) -> Row {
    row([
        ("code", EARNING_MORE_PAYS_LESS.to_owned()),
        ("component", String::new()),
        ("text", TEXT.to_owned()),
        ("counter_example", finding.to_string()),
        ("payment_plans", words(&finding.plans)),
    ])
}

/// Names with a space between.
fn words(names: &[impl ToString]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    names.join(" ")
}
