//! The first answer to a request, as it is kept for those who repeat it: a line for each element,
//! its parts between tabs. A repeat says just what the first answer said.

use std::fmt::Display;

use attain_domain::adjusting::Outcome;
use attain_domain::ids::{CreditId, TransactionId};
use attain_domain::refusal::{Reason, Refusal};

use crate::answers::{read_refusal, written_refusal};

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
        Err(refusal) => written_refusal(refusal),
    }
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
