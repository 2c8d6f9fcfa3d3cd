//! How a refused element of a request is kept for those who repeat the request: one line, its parts
//! between tabs. A repeat says just what the first answer said.

use attain_domain::refusal::{Reason, Refusal};

/// A refusal as a line.
pub(crate) fn written_refusal(refusal: &Refusal) -> String {
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

/// A request whose first answer does not read as it was written.
pub(crate) fn corrupt_answer() -> Refusal {
    let text = "the answer of a request cannot be read";
    Refusal::new(Reason::StoreCorrupt, text)
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

/// The refusal of a line, from its second part on.
pub(crate) fn read_refusal<'a>(mut parts: impl Iterator<Item = &'a str>) -> Option<Refusal> {
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
