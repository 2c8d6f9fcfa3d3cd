//! `attain history`: all versions of a record, where each is, who made it so and why; and what was
//! known at a past moment.

use attain_app::{AsOf, EarningHistory, Left, TransactionHistory, Version};
use attain_domain::credit::{Credit, Obsolete};
use attain_domain::earning::{Earning, EarningOutcome};
use attain_domain::ids::{CreditId, EarningId, ParticipantId, SourceNumber, TransactionType};
use attain_domain::payment::PaymentLine;
use attain_domain::stamp::Stamp;
use attain_domain::transaction::{Transaction, TransactionKey, TransactionStatus};

use crate::args::{Global, History, Output};
use crate::failure::Failure;
use crate::list::payment_state;
use crate::output::Listing;
use crate::session::{Session, argument, instant};

/// Shows one history.
pub(crate) async fn history(
    session: &Session,
    global: &Global,
    history: &History,
) -> Result<(), Failure> {
    let (engine, caller, output) = (&session.engine, &session.caller, global.output);
    match history {
        History::Credit { id } => {
            let id = CreditId::parse(id).map_err(|error| argument("ID", &error))?;
            let mut past = Past::new();
            for version in engine.credit_history(caller, id).await? {
                past.credit(&version);
            }
            past.print(output)
        }
        History::Transaction { kind, number } => {
            let kind = TransactionType::parse(kind).map_err(|error| argument("TYPE", &error))?;
            let number = SourceNumber::parse(number).map_err(|error| argument("NUMBER", &error))?;
            let key = TransactionKey { number, kind };
            let TransactionHistory { versions, credits } =
                engine.transaction_history(caller, &key).await?;
            let mut past = Past::new();
            versions
                .iter()
                .for_each(|version| past.transaction(version));
            credits.iter().for_each(|version| past.credit(version));
            past.print(output)
        }
        History::Earning { id } => {
            let id = EarningId::parse(id).map_err(|error| argument("ID", &error))?;
            let EarningHistory {
                versions, lines, ..
            } = engine.earning_history(caller, id).await?;
            let mut past = Past::new();
            versions.iter().for_each(|version| past.earning(version));
            lines.iter().for_each(|line| past.line(line));
            past.print(output)
        }
        History::Participant { id, at } => {
            let id = ParticipantId::parse(id).map_err(|error| argument("ID", &error))?;
            let at = instant("--at", at)?;
            print_as_of(&engine.as_of(caller, &id, at).await?, output)
        }
    }
}

/// Versions of any kind of record, one below the other.
struct Past(Listing);

/// Since when and by whom a version is as it is, and what became of it.
struct Course {
    state: &'static str,
    since: String,
    by: String,
    until: String,
    ended_by: String,
    because: String,
    reason: String,
}

impl Course {
    fn of(stamp: &Stamp, mark: Option<&Obsolete>, left: Option<&Left>) -> Self {
        let state = match (left, mark) {
            (Some(_), _) => "history",
            (None, Some(_)) => "obsolete",
            (None, None) => "live",
        };
        let mut course = Self {
            state,
            since: stamp.created_at.to_string(),
            by: String::new(),
            until: String::new(),
            ended_by: String::new(),
            because: String::new(),
            reason: String::new(),
        };
        // The mark says who ended it; whoever moved it to history later only tidied up.
        if let Some(mark) = mark {
            course.until = mark.at.to_string();
            course.ended_by = mark.actor.to_string();
            course.because = format!("{:?}", mark.because);
            course.reason = mark.reason.clone().unwrap_or_default();
        } else if let Some(left) = left {
            course.until = left.at.to_string();
            course.ended_by = left.by.to_string();
            course.because = format!("{:?}", left.because);
        } else {
            course.by = stamp.actor.to_string();
        }
        course
    }
}

impl Past {
    fn new() -> Self {
        Self(Listing::new(&[
            "record",
            "id",
            "version",
            "state",
            "participant",
            "what",
            "amount",
            "date",
            "from",
            "since",
            "by",
            "until",
            "ended by",
            "because",
            "reason",
        ]))
    }

    fn print(&self, output: Output) -> Result<(), Failure> {
        Ok(self.0.print(output)?)
    }

    /// Adds a row: what it is, and its course.
    fn row(&mut self, what: [String; 9], course: Course) {
        let [
            record,
            id,
            version,
            state,
            participant,
            what,
            amount,
            date,
            from,
        ] = what;
        let Course {
            state: place,
            since,
            by,
            until,
            ended_by,
            because,
            reason,
        } = course;
        let state = if state.is_empty() {
            place.to_owned()
        } else {
            format!("{place}, {state}")
        };
        self.0.row([
            record,
            id,
            version,
            state,
            participant,
            what,
            amount,
            date,
            from,
            since,
            by,
            until,
            ended_by,
            because,
            reason,
        ]);
    }

    fn transaction(&mut self, version: &Version<Transaction>) {
        let Version { row, left } = version;
        let status = match &row.status {
            TransactionStatus::New => "New",
            TransactionStatus::Classified => "Classified",
            TransactionStatus::Credited => "Credited",
            TransactionStatus::Error(_) => "Error",
            TransactionStatus::Obsolete => "Obsolete",
            TransactionStatus::Cancelled => "Cancelled",
        };
        let is_replaced = matches!(row.status, TransactionStatus::Obsolete);
        let mut course = Course::of(&row.stamp, None, left.as_ref());
        if is_replaced {
            // It was written last when another took its place.
            course.until = row.stamp.updated_at.to_string();
            course.ended_by = row.stamp.actor.to_string();
            course.by.clear();
            if left.is_none() {
                course.state = "obsolete";
            }
        }
        let what = [
            "transaction".to_owned(),
            row.id.to_string(),
            row.stamp.version.0.to_string(),
            String::new(),
            String::new(),
            status.to_owned(),
            row.amount.to_string(),
            row.event_date.to_string(),
            row.replaces.map(|id| id.to_string()).unwrap_or_default(),
        ];
        self.row(what, course);
    }

    fn credit(&mut self, version: &Version<Credit>) {
        let Version { row, left } = version;
        let category = row.category.as_ref().map(ToString::to_string);
        let what = [
            "credit".to_owned(),
            row.id.to_string(),
            row.stamp.version.0.to_string(),
            String::new(),
            row.participant.to_string(),
            format!("{:?} {}", row.kind, category.unwrap_or_default()),
            row.amount.to_string(),
            row.credit_date.to_string(),
            row.adjusted_from
                .map(|id| id.to_string())
                .unwrap_or_default(),
        ];
        let course = Course::of(&row.stamp, row.obsolete.as_ref(), left.as_ref());
        self.row(what, course);
    }

    fn earning(&mut self, version: &Version<Earning>) {
        let Version { row, left } = version;
        let record = if row.reversal_of.is_some() {
            "reversal"
        } else {
            "earning"
        };
        let what = [
            record.to_owned(),
            row.id.to_string(),
            row.stamp.version.0.to_string(),
            payment_state(row),
            row.key.participant.to_string(),
            format!(
                "{}/{} {}",
                row.key.plan, row.key.component, row.key.interval
            ),
            amount_text(&row.outcome),
            row.date.to_string(),
            row.reversal_of.map(|id| id.to_string()).unwrap_or_default(),
        ];
        let course = Course::of(&row.stamp, row.obsolete.as_ref(), left.as_ref());
        self.row(what, course);
    }

    fn line(&mut self, row: &PaymentLine) {
        let state = if row.held { "held" } else { "" };
        let what = [
            "payment line".to_owned(),
            row.id.to_string(),
            row.stamp.version.0.to_string(),
            state.to_owned(),
            row.participant.to_string(),
            row.batch.to_string(),
            row.pay_amount.to_string(),
            row.date.to_string(),
            row.earning.to_string(),
        ];
        self.row(what, Course::of(&row.stamp, None, None));
    }
}

/// The amount, or why there is none.
pub(crate) fn amount_text(outcome: &EarningOutcome) -> String {
    match outcome {
        EarningOutcome::Amount(money) => money.to_string(),
        EarningOutcome::Error(error) => error.to_string(),
    }
}

fn print_as_of(known: &AsOf, output: Output) -> Result<(), Failure> {
    let mut listing = Listing::new(&["what", "of", "amount"]);
    let mut row = |what: &str, of: String, amount: String| {
        listing.row([what.to_owned(), of, amount]);
    };
    for (period, sum) in &known.earned {
        row("earned", period.to_string(), sum.to_string());
    }
    for (batch, sum) in &known.paid {
        row("paid", batch.to_string(), sum.to_string());
    }
    for earning in &known.earnings {
        let of = format!(
            "{} {}/{} {} on {}",
            earning.id, earning.key.plan, earning.key.component, earning.key.interval, earning.date
        );
        row("earning", of, amount_text(&earning.outcome));
    }
    listing.print(output)?;
    eprintln!("as known at {}", known.at);
    Ok(())
}
