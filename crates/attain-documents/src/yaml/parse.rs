//! From text to trees, one for each document of a file.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use granit_parser::{Event, Parser, ScalarStyle, Span};

use attain_domain::refusal::{Reason, Refusal};

use super::error::{Problem, located};
use super::node::{Key, Kind, Node, Place, Style};
use super::plain::is_null;

/// Most nodes that aliases may repeat in one file, so that a small file cannot become a huge tree.
const ALIASED_NODES_MAX: usize = 1_000_000;

/// The documents of a file, and what is wrong with the file itself. Where YAML cannot go on after
/// an error, the documents before it are there.
pub(crate) struct Stream {
    pub(crate) documents: Vec<Node>,
    pub(crate) refusals: Vec<Refusal>,
}

/// Reads a file.
pub(crate) fn parse(file: &str, text: &str) -> Stream {
    let mut builder = Builder::new(text);
    let mut refusals = Vec::new();
    if let Err(problem) = builder.run() {
        refusals.push(problem.refusal(file));
    }
    let Builder {
        documents,
        duplicates,
        ..
    } = builder;
    refusals.extend(duplicates.into_iter().map(|key| {
        let text = format!("`{}` is written twice", key.text);
        located(Refusal::new(Reason::Duplicate, text), file, Some(key.place))
    }));
    Stream {
        documents,
        refusals,
    }
}

struct Builder<'a> {
    parser: Parser<'a, granit_parser::StrInput<'a>>,
    documents: Vec<Node>,
    duplicates: Vec<Key>,
    anchors: BTreeMap<usize, Node>,
    aliased: usize,
}

type Next<'a> = (Event<'a>, Place);

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            parser: Parser::new_from_str(text),
            documents: Vec::new(),
            duplicates: Vec::new(),
            anchors: BTreeMap::new(),
            aliased: 0,
        }
    }

    fn run(&mut self) -> Result<(), Problem> {
        while let Some((event, place)) = self.next()? {
            if matches!(event, Event::DocumentStart(..)) {
                self.anchors.clear();
            } else if event.is_node() {
                let document = self.node(event, place)?;
                self.documents.push(document);
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Result<Option<Next<'a>>, Problem> {
        loop {
            return match self.parser.next_event() {
                None => Ok(None),
                Some(Ok((Event::Comment(..), _))) => continue,
                Some(Ok((event, span))) => Ok(Some((event, start_of(&span)))),
                Some(Err(error)) => {
                    let marker = error.marker();
                    let place = Place {
                        line: marker.line(),
                        column: marker.col() + 1,
                    };
                    let text = format!("this is not YAML: {}", error.info());
                    Err(Problem::new(Reason::MalformedFile, text).at(place))
                }
            };
        }
    }

    /// The node that starts with an event.
    fn node(&mut self, event: Event<'a>, place: Place) -> Result<Node, Problem> {
        let (anchor, tagged, kind) = match event {
            Event::Alias(anchor) => return self.repeated(anchor, place),
            Event::Scalar(text, style, anchor, tag) => {
                let kind = match style {
                    ScalarStyle::Plain if is_null(&text) => Kind::Null,
                    ScalarStyle::Plain => scalar(text, Style::Plain),
                    ScalarStyle::SingleQuoted
                    | ScalarStyle::DoubleQuoted
                    | ScalarStyle::Literal
                    | ScalarStyle::Folded => scalar(text, Style::Quoted),
                };
                (anchor, tag.is_some(), kind)
            }
            Event::SequenceStart(_, anchor, tag) => (anchor, tag.is_some(), self.elements(place)?),
            Event::MappingStart(_, anchor, tag) => (anchor, tag.is_some(), self.fields(place)?),
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | Event::Anchor(..)
            | Event::UnresolvedAlias(..)
            | Event::Comment(..)
            | Event::SequenceEnd
            | Event::MappingEnd
            | _ => return Err(truncated(place)),
        };
        if tagged {
            let text = "tags such as `!this` have no meaning in documents";
            return Err(Problem::new(Reason::MalformedFile, text).at(place));
        }
        let node = Node { place, kind };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn repeated(&mut self, anchor: usize, place: Place) -> Result<Node, Problem> {
        let Some(node) = self.anchors.get(&anchor) else {
            let text = "this alias repeats something that is not complete yet";
            return Err(Problem::new(Reason::MalformedFile, text).at(place));
        };
        self.aliased += node.count();
        if self.aliased > ALIASED_NODES_MAX {
            let text = format!("aliases repeat more than {ALIASED_NODES_MAX} values");
            return Err(Problem::new(Reason::MalformedFile, text).at(place));
        }
        Ok(node.clone())
    }

    fn elements(&mut self, start: Place) -> Result<Kind, Problem> {
        let mut elements = Vec::new();
        loop {
            match self.next()?.ok_or_else(|| truncated(start))? {
                (Event::SequenceEnd, _) => return Ok(Kind::Seq(elements)),
                (event, place) => elements.push(self.node(event, place)?),
            }
        }
    }

    fn fields(&mut self, start: Place) -> Result<Kind, Problem> {
        let mut fields: Vec<(Key, Node)> = Vec::new();
        let mut names = BTreeSet::new();
        loop {
            let key = match self.next()?.ok_or_else(|| truncated(start))? {
                (Event::MappingEnd, _) => return Ok(Kind::Map(fields)),
                (Event::Scalar(text, _, 0, None), place) => Key {
                    place,
                    text: text.into_owned(),
                },
                (_, place) => {
                    let text = "the name of a field must be a text";
                    return Err(Problem::new(Reason::MalformedFile, text).at(place));
                }
            };
            let (event, place) = self.next()?.ok_or_else(|| truncated(start))?;
            let node = self.node(event, place)?;
            if names.insert(key.text.clone()) {
                fields.push((key, node));
            } else {
                self.duplicates.push(key);
            }
        }
    }
}

fn scalar(text: Cow<'_, str>, style: Style) -> Kind {
    Kind::Scalar {
        text: text.into_owned(),
        style,
    }
}

fn start_of(span: &Span) -> Place {
    Place {
        line: span.start.line(),
        column: span.start.col() + 1,
    }
}

fn truncated(place: Place) -> Problem {
    Problem::new(Reason::MalformedFile, "this does not end").at(place)
}
