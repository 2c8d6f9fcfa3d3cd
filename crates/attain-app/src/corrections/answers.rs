//! The first answer to a request, as it is kept for those who repeat it: a line for each element,
//! its parts between tabs. A repeat says just what the first answer said.

use std::fmt::Display;

use attain_domain::adjusting::Outcome;
use attain_domain::ids::{CreditId, TransactionId};
use attain_domain::refusal::{Reason, Refusal};

/// The outcomes as a text.
pub(super) fn written_answer(outcomes: &[Result<Outcome, Refusal>]) -> String {
    let lines: Vec<String> = outcomes.iter().map(line).collect();
    lines.join("\n")
}

fn line(outcome: &Result<Outcome, Refusal>) -> String {
    match outcome {
        Ok(done) => {
            let Outcome {
                obsolete,
                made,
                transaction,
                changed,
            } = done;
            let state = if *changed { "changed" } else { "unchanged" };
            let transaction: Vec<&TransactionId> = transaction.iter().collect();
            format!(
                "{state}\t{}\t{}\t{}",
                list(obsolete.iter()),
                list(made.iter()),
                list(transaction.into_iter())
            )
        }
        Err(refusal) => {
            let Refusal {
                reason,
                field,
                text,
                details,
            } = refusal;
            let mut line = format!("refused\t{}\t", reason.code());
            escape(field.as_deref().unwrap_or_default(), &mut line);
            let details = details
                .iter()
                .flat_map(|(key, value)| [key.as_str(), value]);
            for part in std::iter::once(text.as_str()).chain(details) {
                line.push('\t');
                escape(part, &mut line);
            }
            line
        }
    }
}

/// Adds a text in which nothing ends a part or a line.
fn escape(text: &str, line: &mut String) {
    for character in text.chars() {
        match character {
            '\\' => line.push_str("\\\\"),
            '\t' => line.push_str("\\t"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            other => line.push(other),
        }
    }
}

/// The text that was escaped.
fn unescape(part: &str) -> Option<String> {
    let mut text = String::with_capacity(part.len());
    let mut characters = part.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '\\' => match characters.next()? {
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                '\\' => '\\',
                _ => return None,
            },
            other => other,
        });
    }
    Some(text)
}

fn list<T: Display>(ids: impl Iterator<Item = T>) -> String {
    let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
    ids.join(" ")
}

/// The outcomes of a text.
pub(super) fn read_answer(answer: &str) -> Result<Vec<Result<Outcome, Refusal>>, Refusal> {
    let read = |line: &str| {
        read_line(line).ok_or_else(|| {
            let text = "the answer of a request cannot be read";
            Refusal::new(Reason::StoreCorrupt, text)
        })
    };
    answer.lines().map(read).collect()
}

fn read_line(line: &str) -> Option<Result<Outcome, Refusal>> {
    let mut parts = line.split('\t');
    let state = parts.next()?;
    if state == "refused" {
        return read_refusal(parts).map(Err);
    }
    let obsolete = parts.next()?.split_whitespace();
    let obsolete: Option<Vec<CreditId>> = obsolete.map(|id| CreditId::parse(id).ok()).collect();
    let made = parts.next()?.split_whitespace();
    let made: Option<Vec<CreditId>> = made.map(|id| CreditId::parse(id).ok()).collect();
    let transaction = parts.next()?.split_whitespace();
    let transaction = transaction.map(|id| TransactionId::parse(id).ok());
    let transaction: Option<Vec<TransactionId>> = transaction.collect();
    Some(Ok(Outcome {
        obsolete: obsolete?,
        made: made?,
        transaction: transaction?.pop(),
        changed: state == "changed",
    }))
}

fn read_refusal<'a>(mut parts: impl Iterator<Item = &'a str>) -> Option<Refusal> {
    let reason = Reason::from_code(parts.next()?)?;
    let field = unescape(parts.next()?)?;
    let mut refusal = Refusal::new(reason, unescape(parts.next()?)?);
    if !field.is_empty() {
        refusal = refusal.at(field);
    }
    while let Some(key) = parts.next() {
        refusal = refusal.with(unescape(key)?, unescape(parts.next()?)?);
    }
    Some(refusal)
}

#[cfg(test)]
mod tests {
    use attain_domain::testing::uuid;

    use super::*;

    #[test]
    fn a_repeat_reads_what_was_answered_first() {
        let done = Outcome {
            obsolete: vec![CreditId(uuid(1)), CreditId(uuid(2))],
            made: vec![CreditId(uuid(3))],
            transaction: Some(TransactionId(uuid(4))),
            changed: true,
        };
        let refusal = Refusal::new(Reason::WrongState, "it is\tcancelled\\,\r\nor so")
            .at("credit")
            .with("replaced_by", "a\tb")
            .with("nothing", "");
        let bare = Refusal::new(Reason::NotFound, "");
        let outcomes = vec![Ok(done), Ok(Outcome::default()), Err(refusal), Err(bare)];
        let read = read_answer(&written_answer(&outcomes)).unwrap();
        assert_eq!(read, outcomes);
    }
}
