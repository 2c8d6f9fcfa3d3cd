//! Messages as rows of text: the columns that `crate::show` gives to the records themselves.

pub(super) mod past;

use attain_client::proto::credit::Origin;
use attain_client::proto::earning::Outcome;
use attain_client::proto::{
    AppliedDefinition, Batch, BatchStatus, Credit, CreditKind, CreditStatus, DefinitionKind,
    DefinitionOutcome, Earning, LineKind, PaymentLine, PaymentState, Paysheet, PaysheetStatus,
    PlanFinding, RowError, Run, RunCounts, RunStatus, SliceTrace, Transaction, TransactionStatus,
};
use attain_client::standard;
use attain_client::values::{amount_text, date_text, decimal_text};
use attain_domain::money::{Currency, Money, parse_number};

use crate::show::{counts, paid_and_owed, row, yes};
use crate::table::Row;

/// An enumerated value as scenario files spell it: `BATCH_STATUS_PAID` is `paid`.
pub(super) fn word(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_lowercase()
}

pub(super) fn amount(money: Option<&standard::Money>) -> String {
    money.map(amount_text).unwrap_or_default()
}

pub(super) fn currency(money: Option<&standard::Money>) -> String {
    money
        .map(|money| money.currency_code.clone())
        .unwrap_or_default()
}

pub(super) fn date(date: Option<&standard::Date>) -> String {
    date.map(date_text).unwrap_or_default()
}

fn decimal(number: Option<&standard::Decimal>) -> String {
    decimal_text(number).to_owned()
}

fn reason(error: Option<&RowError>) -> String {
    error.map(|error| error.reason.clone()).unwrap_or_default()
}

fn batch_status(status: BatchStatus) -> String {
    word(status.as_str_name(), "BATCH_STATUS_")
}

pub(super) fn applied(one: &AppliedDefinition) -> Row {
    let kind: DefinitionKind = one.kind();
    let outcome: DefinitionOutcome = one.outcome();
    row([
        ("kind", word(kind.as_str_name(), "DEFINITION_KIND_")),
        ("id", one.definition_id.clone()),
        (
            "outcome",
            word(outcome.as_str_name(), "DEFINITION_OUTCOME_"),
        ),
    ])
}

pub(super) fn finding(finding: &PlanFinding) -> Row {
    row([
        ("code", finding.code.clone()),
        ("component", finding.component.clone()),
        ("text", finding.text.clone()),
        ("counter_example", finding.counter_example.clone()),
        ("payment_plans", finding.payment_plans.join(" ")),
    ])
}

/// What a run has done, and how it ended.
pub(super) fn run(run: &Run) -> Vec<Row> {
    let RunCounts {
        taken,
        done,
        skipped,
        failed,
        errors,
        outcomes,
    } = run.counts.clone().unwrap_or_default();
    let status: RunStatus = run.status();
    let status = format!("status {}", word(status.as_str_name(), "RUN_STATUS_"));
    let named = |(name, count): (&String, &u64)| (name.clone(), *count);
    let totals = [
        ("taken", taken),
        ("done", done),
        ("skipped", skipped),
        ("failed", failed),
    ];
    let totals = totals.map(|(name, count)| (name.to_owned(), count));
    let all: Vec<(String, u64)> = totals
        .into_iter()
        .chain(outcomes.iter().map(named))
        .chain(errors.iter().map(named))
        .chain([(status, 1)])
        .collect();
    counts(all.iter().map(|(name, count)| (name.as_str(), *count)))
}

/// One transaction, with the one that replaced it.
pub(super) fn transaction(transaction: &Transaction, newer: Option<&Transaction>) -> Row {
    let status: TransactionStatus = transaction.status();
    let flags = transaction.flags.unwrap_or_default();
    row([
        ("number", transaction.source_number.clone()),
        ("type", transaction.transaction_type.clone()),
        ("date", date(transaction.event_date.as_ref())),
        ("period", transaction.period.clone()),
        ("amount", amount(transaction.amount.as_ref())),
        ("currency", currency(transaction.amount.as_ref())),
        (
            "operating_amount",
            amount(transaction.operating_amount.as_ref()),
        ),
        ("category", transaction.category.clone()),
        ("status", word(status.as_str_name(), "TRANSACTION_STATUS_")),
        ("reason", reason(transaction.error.as_ref())),
        ("preserve_credits", yes(flags.preserve_credits)),
        (
            "replaced_by",
            newer
                .map(|newer| amount(newer.amount.as_ref()))
                .unwrap_or_default(),
        ),
        ("version", transaction.etag.clone()),
    ])
}

/// How a participant came to a credit.
pub(super) fn kind(kind: CreditKind) -> String {
    word(kind.as_str_name(), "CREDIT_KIND_")
}

pub(super) fn credit(credit: &Credit) -> Row {
    let status: CreditStatus = credit.status();
    let (rule, through) = match &credit.origin {
        Some(Origin::Rule(origin)) => (
            format!("{}/{}", origin.rule_set, origin.rule),
            String::new(),
        ),
        Some(Origin::Source(origin)) => (String::new(), origin.through.clone()),
        None => Default::default(),
    };
    row([
        ("participant", credit.participant.clone()),
        ("number", credit.source_number.clone()),
        ("type", credit.transaction_type.clone()),
        ("kind", kind(credit.kind())),
        ("amount", amount(credit.amount.as_ref())),
        ("percent", decimal(credit.percent.as_ref())),
        ("revenue", yes(credit.revenue)),
        ("date", date(credit.credit_date.as_ref())),
        ("category", credit.category.clone()),
        ("status", word(status.as_str_name(), "CREDIT_STATUS_")),
        ("reason", reason(credit.error.as_ref())),
        ("rule", rule),
        ("through", through),
        ("version", credit.etag.clone()),
    ])
}

/// One earning; `number` is number and type of its transaction.
pub(super) fn earning(earning: &Earning, number: Option<&(String, String)>) -> Row {
    let (number, kind) = number.cloned().unwrap_or_default();
    let (money, error) = match &earning.outcome {
        Some(Outcome::Amount(money)) => (Some(money), None),
        Some(Outcome::Error(error)) => (None, Some(error)),
        None => (None, None),
    };
    let state: PaymentState = earning.payment_state();
    let parts = earning.instalments.unwrap_or_default();
    let part = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
    let (paid, owed) = paid_and_owed(
        money.and_then(domain_money),
        part(parts.paid),
        part(parts.count),
    );
    let mut row = row([
        ("participant", earning.participant.clone()),
        ("plan", earning.plan.clone()),
        ("component", earning.component.clone()),
        ("interval", earning.interval.clone()),
        ("period", earning.period.clone()),
        ("date", date(earning.earning_date.as_ref())),
        ("number", number),
        ("type", kind),
        ("amount", amount(money)),
        ("reason", reason(error)),
        ("state", word(state.as_str_name(), "PAYMENT_STATE_")),
        ("reversal", yes(!earning.reversal_of.is_empty())),
        ("obsolete", yes(earning.obsolete.is_some())),
        ("waits", yes(earning.awaits_calculation)),
        ("paid", paid.to_string()),
        ("liability", owed.to_string()),
    ]);
    row.extend(facts(earning));
    row
}

fn domain_money(money: &standard::Money) -> Option<Money> {
    let amount = parse_number(&amount_text(money)).ok()?;
    let currency = Currency::parse(&money.currency_code).ok()?;
    Some(Money { amount, currency })
}

/// The facts of an earning: its first measure, its slices.
fn facts(earning: &Earning) -> Row {
    let Some(trace) = &earning.trace else {
        return Row::new();
    };
    let mut facts = row([
        ("unrounded", decimal(trace.unrounded.as_ref())),
        ("withheld", decimal(trace.withheld.as_ref())),
        ("lifted", decimal(trace.lifted.as_ref())),
    ]);
    if let Some(measure) = trace.measures.first() {
        facts.extend(row([
            ("value", decimal(measure.value.as_ref())),
            ("before", decimal(measure.before.as_ref())),
            ("after", decimal(measure.after.as_ref())),
            ("goal", decimal(measure.goal.as_ref())),
        ]));
    }
    if let Some(rate) = &trace.rate {
        let slices: Vec<String> = rate.slices.iter().map(slice).collect();
        facts.extend(row([
            ("rate", decimal(rate.rate.as_ref())),
            ("commission", decimal(rate.commission.as_ref())),
            ("slices", slices.join(" ")),
        ]));
    }
    facts
}

fn slice(slice: &SliceTrace) -> String {
    format!(
        "{}@{}",
        decimal_text(slice.input.as_ref()),
        decimal_text(slice.value.as_ref())
    )
}

pub(super) fn batch(batch: &Batch) -> Row {
    row([
        ("batch", batch.batch_id.clone()),
        ("pay_group", batch.pay_group.clone()),
        ("period", batch.period.clone()),
        ("pay_date", date(batch.pay_date.as_ref())),
        ("status", batch_status(batch.status())),
    ])
}

pub(super) fn sheet(sheet: &Paysheet, batch: BatchStatus) -> Row {
    let status: PaysheetStatus = sheet.status();
    row([
        ("batch", sheet.batch_id.clone()),
        ("participant", sheet.participant.clone()),
        ("total", amount(sheet.total.as_ref())),
        ("held", amount(sheet.held.as_ref())),
        ("currency", currency(sheet.total.as_ref())),
        ("status", word(status.as_str_name(), "PAYSHEET_STATUS_")),
        ("batch_status", batch_status(batch)),
    ])
}

/// One line; `number` is number and type of its transaction.
pub(super) fn line(line: &PaymentLine, number: Option<&(String, String)>) -> Row {
    let kind: LineKind = line.kind();
    let (number, transaction_type) = number.cloned().unwrap_or_default();
    row([
        ("batch", line.batch_id.clone()),
        ("participant", line.participant.clone()),
        ("kind", word(kind.as_str_name(), "LINE_KIND_")),
        ("plan", line.plan.clone()),
        ("component", line.component.clone()),
        ("period", line.earning_period.clone()),
        ("number", number),
        ("type", transaction_type),
        ("amount", amount(line.amount.as_ref())),
        ("pay_amount", amount(line.pay_amount.as_ref())),
        ("currency", currency(line.pay_amount.as_ref())),
        ("held", yes(line.held)),
    ])
}
