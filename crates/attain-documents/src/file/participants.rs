//! `kind: participants`: many people in one document, as a list or as lines of CSV.

use csv::{ReaderBuilder, StringRecord, Trim};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use attain_domain::definition::Participant;
use attain_domain::expression::ValueType;
use attain_domain::refusal::{Reason, Refusal};

use crate::document::leaf::{As, Leaf};
use crate::document::{Mirror, ParticipantDocument};
use crate::nearest::suggestion;
use crate::yaml::{Kind, Node, Problem, Style, read_collecting, read_value};

/// Many participants: a list, lines of CSV, or both.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ParticipantsDocument {
    /// One participant each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    participants: Vec<ParticipantDocument>,
    /// Lines of CSV with a header. Columns: `id`, `name`, `start`, `end`, `pay_group`,
    /// `pay_currency`, `reports_to`, `plan`, `target_incentive`, and for attributes
    /// `attribute.NAME` (texts) or `attribute.NAME:number`, `:bool`, `:date`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    csv: Option<As<String>>,
}

impl ParticipantsDocument {
    pub(super) fn of<'a>(people: impl Iterator<Item = &'a Participant>) -> Self {
        Self {
            participants: people.map(ParticipantDocument::from_domain).collect(),
            csv: None,
        }
    }

    /// The people, those of the list first.
    pub(super) fn participants(self) -> Result<Vec<Participant>, Vec<Refusal>> {
        let mut people = Vec::with_capacity(self.participants.len());
        let mut refusals = Vec::new();
        for (index, document) in self.participants.into_iter().enumerate() {
            match document.into_domain() {
                Ok(participant) => people.push(participant),
                Err(refusal) => refusals.push(refusal.inside(&format!("participants[{index}]"))),
            }
        }
        if let Some(As(text)) = self.csv {
            read_csv(&text, &mut people, &mut refusals);
        }
        if refusals.is_empty() {
            Ok(people)
        } else {
            Err(refusals)
        }
    }
}

const COLUMNS: &[&str] = &[
    "id",
    "name",
    "start",
    "end",
    "pay_group",
    "pay_currency",
    "reports_to",
    "plan",
    "target_incentive",
];
/// The columns that are fields of the participant by the same name.
const FIELDS: &[&str] = &["id", "name", "start", "end", "pay_group", "pay_currency"];
const ATTRIBUTE: &str = "attribute.";
/// Between the managers of a line.
const SEPARATOR: char = ';';

enum Column {
    Field(&'static str),
    Attribute(String, ValueType),
}

fn read_csv(text: &str, people: &mut Vec<Participant>, refusals: &mut Vec<Refusal>) {
    let mut reader = ReaderBuilder::new()
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let columns = match reader
        .headers()
        .map_err(|error| malformed(&error))
        .and_then(read_header)
    {
        Ok(columns) => columns,
        Err(refusal) => return refusals.push(refusal),
    };
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                refusals.push(malformed(&error));
                continue;
            }
        };
        // Counted from the header, which is line 1.
        let line = record.position().map_or(0, csv::Position::line);
        match read_line(&columns, &record) {
            Ok(participant) => people.push(participant),
            Err(found) => {
                let inside = |refusal: Refusal| refusal.inside(&format!("csv line {line}"));
                refusals.extend(found.into_iter().map(inside));
            }
        }
    }
}

fn malformed(error: &csv::Error) -> Refusal {
    Refusal::new(Reason::MalformedFile, format!("this is not CSV: {error}")).at("csv")
}

fn read_header(header: &StringRecord) -> Result<Vec<Column>, Refusal> {
    let mut columns = Vec::with_capacity(header.len());
    for (index, name) in header.iter().enumerate() {
        if header.iter().take(index).any(|before| before == name) {
            let text = format!("there are two columns `{name}`");
            return Err(Refusal::new(Reason::Duplicate, text).at("csv"));
        }
        columns.push(read_column(name).map_err(|refusal| refusal.at("csv"))?);
    }
    Ok(columns)
}

fn read_column(name: &str) -> Result<Column, Refusal> {
    if let Some(known) = COLUMNS.iter().find(|known| **known == name) {
        return Ok(Column::Field(known));
    }
    let Some(attribute) = name.strip_prefix(ATTRIBUTE) else {
        let hint = suggestion(name, COLUMNS);
        let text = format!("there is no column `{name}`{hint}");
        return Err(Refusal::new(Reason::UnknownField, text));
    };
    let (attribute, of) = match attribute.rsplit_once(':') {
        Some((attribute, of)) => (attribute, ValueType::read(of)),
        None => (attribute, Ok(ValueType::Text)),
    };
    let of = of.map_err(|text| Refusal::new(Reason::MalformedValue, text))?;
    Ok(Column::Attribute(attribute.to_owned(), of))
}

/// A line is read as the document that says the same.
fn read_line(columns: &[Column], record: &StringRecord) -> Result<Participant, Vec<Refusal>> {
    let mut fields: Vec<(&str, Node)> = Vec::new();
    let mut plan: Vec<(&str, Node)> = Vec::new();
    let mut attributes: Vec<(&str, Node)> = Vec::new();
    let cells = columns.iter().zip(record);
    for (column, cell) in cells.filter(|(_, cell)| !cell.is_empty()) {
        match column {
            Column::Attribute(name, of) => attributes.push((name, attribute(cell, *of)?)),
            Column::Field(name) if FIELDS.contains(name) => fields.push((name, text(cell))),
            Column::Field("reports_to") => {
                let managers = cell.split(SEPARATOR).map(|manager| text(manager.trim()));
                fields.push(("reports_to", Node::new(Kind::Seq(managers.collect()))));
            }
            Column::Field(name) => plan.push((name, text(cell))),
        }
    }
    if !plan.is_empty() {
        fields.push(("plans", Node::new(Kind::Seq(vec![Node::map(plan)]))));
    }
    if !attributes.is_empty() {
        fields.push(("attributes", Node::map(attributes)));
    }
    let read: Result<ParticipantDocument, Vec<Problem>> = read_collecting(Node::map(fields));
    let document =
        read.map_err(|problems| problems.iter().map(Problem::bare).collect::<Vec<_>>())?;
    document.into_domain().map_err(|refusal| vec![refusal])
}

fn text(cell: &str) -> Node {
    Node::scalar(cell, Style::Quoted)
}

/// A cell whose column says what it is.
fn attribute(cell: &str, of: ValueType) -> Result<Node, Vec<Refusal>> {
    if of == ValueType::Text {
        return Ok(text(cell));
    }
    match read_value(cell) {
        Ok(value) if value.value_type() == of => Ok(Node::scalar(cell, Style::Plain)),
        Ok(_) | Err(_) => {
            let text = format!("`{cell}` is not a {of}");
            Err(vec![Refusal::new(Reason::MalformedValue, text)])
        }
    }
}
