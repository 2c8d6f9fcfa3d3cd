//! `attain explain`: from the sale to the payment, from stored facts, as sentences.

use attain_app::{CreditExplained, EarningSource, Explanation, LineExplained};
use attain_domain::credit::{Credit, CreditOrigin};
use attain_domain::earning::{Earning, EarningOutcome, RateTrace, Trace};
use attain_domain::ids::{EarningId, PaysheetId};
use attain_domain::ports::ChunkSize;
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::reward::Reward;

use crate::args::{Explain, Global, Output};
use crate::failure::Failure;
use crate::reward::{origin_text, state_text};
use crate::session::Session;
use crate::settlement::{outcome_text, plan_texts};

/// What is said: a name and a sentence, one below the other.
struct Story(Vec<(&'static str, String)>);

impl Story {
    fn tell(&mut self, about: &'static str, text: impl Into<String>) {
        self.0.push((about, text.into()));
    }
}

/// Explains an earning or a paysheet.
pub(crate) async fn explain(
    session: &Session,
    global: &Global,
    explain: &Explain,
) -> Result<(), Failure> {
    let stories = if let Ok(id) = EarningId::parse(&explain.id) {
        vec![story(
            &session.engine.explain_earning(&session.caller, id).await?,
        )]
    } else if let Ok(id) = PaysheetId::parse(&explain.id) {
        sheet_stories(session, id).await?
    } else {
        let text = "is neither an earning (`ern_…`) nor a paysheet (`sht_…`)";
        return Err(Refusal::new(Reason::MalformedValue, text).at("ID").into());
    };
    match global.output {
        Output::Json => print_json(&stories)?,
        Output::Table | Output::Csv => {
            for story in &stories {
                for (about, text) in &story.0 {
                    println!("{about:>13}  {text}");
                }
                println!();
            }
        }
    }
    Ok(())
}

fn print_json(stories: &[Story]) -> Result<(), Failure> {
    let stories = stories.iter().map(|story| {
        let steps = story
            .0
            .iter()
            .map(|(about, text)| serde_json::json!({ *about: text }));
        serde_json::Value::Array(steps.collect())
    });
    let json = serde_json::Value::Array(stories.collect());
    println!(
        "{}",
        serde_json::to_string_pretty(&json).map_err(anyhow::Error::from)?
    );
    Ok(())
}

async fn sheet_stories(session: &Session, id: PaysheetId) -> Result<Vec<Story>, Failure> {
    let mut stories = Vec::new();
    let mut after = None;
    loop {
        let page = session
            .engine
            .explain_paysheet(&session.caller, id, after, ChunkSize::new(100))
            .await?;
        if after.is_none() {
            let mut sheet = Story(Vec::new());
            let of = format!(
                "{} of {}: {}",
                page.sheet.id, page.sheet.participant, page.sheet.total
            );
            sheet.tell("paysheet", of);
            sheet.tell("lines", page.line_count.to_string());
            if let Some(settlement) = &page.sheet.settlement {
                for (plan, text) in plan_texts(settlement) {
                    sheet.tell("payment plan", format!("{plan}: {text}"));
                }
                sheet.tell("settled", outcome_text(settlement));
            }
            stories.push(sheet);
        }
        for line in &page.lines {
            stories.push(line_story(line));
        }
        after = page.next;
        if after.is_none() {
            return Ok(stories);
        }
    }
}

fn line_story(line: &LineExplained) -> Story {
    let held = |is_held: bool| if is_held { ", held" } else { "" };
    match line {
        LineExplained::Earning { line, earning } => {
            let mut told = earning.as_deref().map_or_else(|| Story(Vec::new()), story);
            let text = format!("{}{}", line.pay_amount, held(line.held));
            told.0.insert(0, ("line", text));
            told
        }
        LineExplained::Reward(reward) => {
            let mut told = Story(Vec::new());
            if let Some(line) = reward.line() {
                told.tell("line", format!("{}{}", line.pay_amount, held(line.held)));
                told.tell("rate", line.currency_rate.to_string());
            }
            tell_reward(&mut told, reward);
            told
        }
    }
}

fn tell_reward(story: &mut Story, reward: &Reward) {
    let kind = reward.kind.name();
    let owed = if reward.recoverable {
        ", recoverable"
    } else {
        ""
    };
    let (amount, date) = (reward.amount, reward.date);
    story.tell(
        "reward",
        format!("{}: {kind} of {amount} on {date}{owed}", reward.id),
    );
    story.tell("origin", origin_text(&reward.origin));
    story.tell("reason", reward.reason.clone());
    if let Some((plan, component)) = &reward.component {
        story.tell("beside", format!("{plan}/{component}"));
    }
    if let Some(cleared) = &reward.cleared {
        let text = format!("{} at {} by {}", cleared.clear, cleared.at, cleared.by);
        story.tell("cleared", text);
    }
    story.tell("state", state_text(reward));
}

fn story(explanation: &Explanation) -> Story {
    let mut story = Story(Vec::new());
    let earning = &explanation.earning;
    match &explanation.source {
        EarningSource::Credit(credit) => tell_credit(&mut story, credit),
        EarningSource::Interval(counted) => {
            story.tell("credits", format!("{} counted", counted.count));
            for credit in &counted.first {
                story.tell("credit", credit_text(credit));
            }
        }
    }
    story.tell("earning", earning_text(earning));
    tell_trace(&mut story, &earning.trace);
    match &earning.outcome {
        EarningOutcome::Amount(money) => story.tell("rounded", money.to_string()),
        EarningOutcome::Error(error) => story.tell("error", error.to_string()),
    }
    if earning.instalments.count > 1 {
        let parts = &earning.instalments;
        story.tell(
            "instalments",
            format!("{} of {} paid", parts.paid, parts.count),
        );
    }
    for payment in &explanation.payments {
        let state = if payment.is_paid {
            "paid"
        } else {
            "on an unpaid sheet"
        };
        let line = &payment.line;
        story.tell(
            "payment",
            format!(
                "{} as {} at rate {}, {state}, pay date {}, sheet {}",
                line.amount,
                line.pay_amount,
                line.currency_rate,
                payment.batch.pay_date,
                payment.sheet.id,
            ),
        );
    }
    for reversal in &explanation.reversals {
        story.tell("reversal", earning_text(reversal));
    }
    if let Some(original) = &explanation.takes_back {
        story.tell("takes back", earning_text(original));
    }
    if let Some(left) = &explanation.left {
        story.tell(
            "left",
            format!("{:?}, {} by {}", left.because, left.at, left.by),
        );
    }
    if let Some(successor) = &explanation.successor {
        story.tell("instead", earning_text(successor));
    }
    story
}

fn tell_credit(story: &mut Story, explained: &CreditExplained) {
    if let Some(sale) = &explained.transaction {
        story.tell(
            "transaction",
            format!(
                "{} of {}: {}, {} at rate {}",
                sale.key, sale.event_date, sale.amount, sale.operating_amount, sale.currency_rate,
            ),
        );
    }
    if let Some(rule) = &explained.rule {
        story.tell("rule", format!("{}/{}", rule.set, rule.rule));
        if let Some(reads) = &rule.reads_now {
            story.tell("", format!("when {}", reads.when));
        }
    }
    for step in explained.path.iter().rev() {
        story.tell("from", credit_text(step));
    }
    match &explained.credit {
        Some(credit) => story.tell("credit", credit_text(credit)),
        None => story.tell("credit", format!("{}, no longer live", explained.id)),
    }
}

fn credit_text(credit: &Credit) -> String {
    let through = match &credit.origin {
        CreditOrigin::From { through, .. } => format!(" through {through}"),
        CreditOrigin::Rule { .. } | CreditOrigin::Given => String::new(),
    };
    let category = credit
        .category
        .as_ref()
        .map(|c| format!(", {c}"))
        .unwrap_or_default();
    format!(
        "{:?}{through}: {} percent to {}, {} on {}{category}",
        credit.kind, credit.percent, credit.participant, credit.amount, credit.credit_date,
    )
}

fn earning_text(earning: &Earning) -> String {
    let amount = match &earning.outcome {
        EarningOutcome::Amount(money) => money.to_string(),
        EarningOutcome::Error(error) => error.to_string(),
    };
    let what = if earning.reversal_of.is_some() {
        "reversal "
    } else {
        ""
    };
    format!(
        "{what}{}: {amount} to {} for {}/{} {} on {}, {:?}",
        earning.id,
        earning.key.participant,
        earning.key.plan,
        earning.key.component,
        earning.key.interval,
        earning.date,
        earning.instalments.state(),
    )
}

fn tell_trace(story: &mut Story, trace: &Trace) {
    for measure in &trace.measures {
        let goal = measure
            .goal
            .map(|goal| format!(", goal {goal}"))
            .unwrap_or_default();
        story.tell(
            "measure",
            format!(
                "{}: {} before, {} counted, {} after{goal}",
                measure.measure, measure.before, measure.value, measure.after,
            ),
        );
    }
    for (factor, value) in &trace.factors {
        story.tell("factor", format!("{factor}: {value}"));
    }
    if let Some(rate) = &trace.rate {
        tell_rate(story, rate);
    }
    if trace.threshold_reached == Some(false) {
        story.tell("threshold", "not reached: nothing is earned");
    }
    story.tell("unrounded", trace.unrounded.to_string());
    if !trace.withheld.is_zero() {
        story.tell("cap", format!("withholds {}", trace.withheld));
    }
    if !trace.lifted.is_zero() {
        story.tell("floor", format!("adds {}", trace.lifted));
    }
}

fn tell_rate(story: &mut Story, rate: &RateTrace) {
    story.tell("rate table", format!("{} ({:?})", rate.table, rate.split));
    for value in &rate.looked_up {
        story.tell("", format!("looked up {value}"));
    }
    for slice in &rate.slices {
        let to = slice.to.map(|to| to.to_string()).unwrap_or_default();
        let text = format!(
            "{}..{to}: {} at {} gives {}",
            slice.from, slice.input, slice.value, slice.result,
        );
        story.tell("slice", text);
    }
}
