//! From trees to text: small lists and maps on one line, everything else one field a line.

use std::fmt::Write;

use super::node::{Key, Kind, Node, Style};
use super::plain::{is_null, looks_like_number, read_bool};

/// Longest line that a list or map is written on whole.
const LINE_COLUMNS_MAX: usize = 100;
/// Longest name of a field that YAML takes without more ado is 1024 characters.
pub(crate) const KEY_BYTES_MAX: usize = 500;

/// The text of a document, a map; ends with a line break.
pub(crate) fn emit(document: &Node) -> String {
    let mut out = String::new();
    match &document.kind {
        Kind::Map(fields) => block_fields(fields, 0, &mut out),
        Kind::Null | Kind::Scalar { .. } | Kind::Seq(_) | Kind::Skipped => {
            block_value(document, 0, &mut out);
        }
    }
    out
}

/// Fields, the first of them where the text stands, the others on lines of their own.
fn block_fields(fields: &[(Key, Node)], indent: usize, out: &mut String) {
    for (index, (key, node)) in fields.iter().enumerate() {
        if index > 0 {
            out.push_str(&" ".repeat(indent));
        }
        out.push_str(&text(&key.text, Style::AsNeeded));
        out.push(':');
        block_value(node, indent + 2, out);
    }
}

/// A value after `name:` or `-`, with the line break after it.
fn block_value(node: &Node, indent: usize, out: &mut String) {
    let column = out.len() - out.rfind('\n').map_or(0, |at| at + 1);
    if let Some(flow) = flow(node)
        && column + 1 + flow.chars().count() <= LINE_COLUMNS_MAX
    {
        if !flow.is_empty() {
            out.push(' ');
        }
        out.push_str(&flow);
        out.push('\n');
        return;
    }
    match &node.kind {
        Kind::Null | Kind::Skipped => out.push('\n'),
        Kind::Scalar {
            text: content,
            style,
        } => {
            out.push(' ');
            match literal(content, indent) {
                Some(literal) => out.push_str(&literal),
                None => {
                    out.push_str(&text(content, *style));
                    out.push('\n');
                }
            }
        }
        Kind::Map(fields) => {
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            block_fields(fields, indent, out);
        }
        Kind::Seq(elements) => {
            out.push('\n');
            for element in elements {
                out.push_str(&" ".repeat(indent));
                out.push('-');
                block_element(element, indent + 2, out);
            }
        }
    }
}

/// A value after `-`: the first field of a map follows on the same line.
fn block_element(node: &Node, indent: usize, out: &mut String) {
    match &node.kind {
        Kind::Map(fields)
            if flow(node).is_none_or(|flow| indent + flow.chars().count() > LINE_COLUMNS_MAX) =>
        {
            out.push(' ');
            block_fields(fields, indent, out);
        }
        Kind::Map(_) | Kind::Null | Kind::Scalar { .. } | Kind::Seq(_) | Kind::Skipped => {
            block_value(node, indent, out);
        }
    }
}

/// The value on one line, unless it has lists or maps with something in them inside.
fn flow(node: &Node) -> Option<String> {
    let single = |node: &Node| match &node.kind {
        Kind::Scalar {
            text: content,
            style,
        } => (!content.contains('\n')).then(|| text(content, *style)),
        Kind::Null => Some("null".to_owned()),
        Kind::Seq(elements) if elements.is_empty() => Some("[]".to_owned()),
        Kind::Map(fields) if fields.is_empty() => Some("{}".to_owned()),
        Kind::Seq(_) | Kind::Map(_) | Kind::Skipped => None,
    };
    match &node.kind {
        Kind::Seq(elements) => {
            let elements: Option<Vec<String>> = elements.iter().map(single).collect();
            Some(format!("[{}]", elements?.join(", ")))
        }
        Kind::Map(fields) => {
            let field = |(key, node): &(Key, Node)| {
                Some(format!(
                    "{}: {}",
                    text(&key.text, Style::AsNeeded),
                    single(node)?
                ))
            };
            let fields: Option<Vec<String>> = fields.iter().map(field).collect();
            Some(format!("{{{}}}", fields?.join(", ")))
        }
        Kind::Null | Kind::Scalar { .. } | Kind::Skipped => single(node),
    }
}

/// A text of several lines as a `|` block, if nothing gets lost so.
fn literal(content: &str, indent: usize) -> Option<String> {
    let chomping = if content.ends_with('\n') { "" } else { "-" };
    let body = content.strip_suffix('\n').unwrap_or(content);
    let simple = |c: char| c == '\n' || (c == ' ' || !c.is_whitespace()) && is_printable(c);
    let fits = body.contains('\n')
        && !body.starts_with([' ', '\n'])
        && !body.ends_with('\n')
        && body.chars().all(simple);
    if !fits {
        return None;
    }
    let mut block = format!("|{chomping}\n");
    for line in body.lines() {
        if !line.is_empty() {
            block.push_str(&" ".repeat(indent));
            block.push_str(line);
        }
        block.push('\n');
    }
    Some(block)
}

fn text(content: &str, style: Style) -> String {
    let bare = match style {
        Style::Plain => true,
        Style::Quoted => false,
        Style::AsNeeded => is_bare(content),
    };
    if bare {
        content.to_owned()
    } else {
        quoted(content)
    }
}

/// Whether a text needs no quotes, wherever it stands and whoever reads it.
fn is_bare(content: &str) -> bool {
    let word =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | '+' | '(' | ')');
    let foreign = |c: char| !c.is_ascii() && !c.is_whitespace() && is_printable(c);
    let inner = |c: char| {
        word(c) || foreign(c) || matches!(c, ' ' | '*' | '<' | '>' | '=' | '%' | '@' | '$')
    };
    let others_say_bool = ["yes", "no", "on", "off", "y", "n"];
    content.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '('))
        && content.ends_with(|c: char| word(c) || c == '%')
        && content.chars().all(inner)
        && !is_null(content)
        && !looks_like_number(content)
        && read_bool(content).is_none()
        && !others_say_bool.contains(&content.to_ascii_lowercase().as_str())
}

/// Not a control character, nor one that some readers take for a line break or a mark.
fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

fn quoted(content: &str) -> String {
    let mut out = String::with_capacity(content.len() + 2);
    out.push('"');
    for c in content.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_printable(c) => out.push(c),
            c => {
                let written = write!(out, "\\U{:08x}", u32::from(c));
                written.expect("writing to memory does not fail");
            }
        }
    }
    out.push('"');
    out
}
