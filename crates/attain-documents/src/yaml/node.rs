//! The tree of one YAML document.

/// Where something stands in a file, from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// One node with its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) kind: Kind,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Nothing was written, or `null`, or `~`.
    Null,
    /// A text as it was written.
    Scalar { text: String, style: Style },
    /// A list.
    Seq(Vec<Node>),
    /// Fields in the order of writing; no key twice.
    Map(Vec<(Key, Node)>),
    /// Was refused already; reading goes on as if it were not there.
    Skipped,
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Without quotes: it may be a number, a date, true or false.
    Plain,
    /// With quotes: it is a text.
    Quoted,
    /// With quotes where YAML readers would take it for something else than a text.
    AsNeeded,
}

/// Places do not count.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// The name of a field.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) place: Place,
    pub(crate) text: String,
}

impl Key {
    /// A name that was not read from a file.
    pub(crate) fn new(text: &str) -> Self {
        Self {
            place: Place::default(),
            text: text.to_owned(),
        }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// One step of a path: a field of a map or an element of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Field(String),
    Index(usize),
}

impl Node {
    /// A node that was not read from a file.
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            place: Place::default(),
            kind,
        }
    }

    /// A text that was not read from a file.
    pub(crate) fn scalar(text: &str, style: Style) -> Self {
        Self::new(Kind::Scalar {
            text: text.to_owned(),
            style,
        })
    }

    /// Fields that were not read from a file.
    pub(crate) fn map(fields: Vec<(&str, Self)>) -> Self {
        let fields = fields.into_iter();
        Self::new(Kind::Map(
            fields.map(|(name, node)| (Key::new(name), node)).collect(),
        ))
    }

    /// The field of a name.
    pub(crate) fn field(&self, name: &str) -> Option<&Self> {
        match &self.kind {
            Kind::Map(fields) => {
                let mut fields = fields.iter();
                fields
                    .find(|(key, _)| key.text == name)
                    .map(|(_, node)| node)
            }
            Kind::Null | Kind::Scalar { .. } | Kind::Seq(_) | Kind::Skipped => None,
        }
    }

    /// The same without a field.
    pub(crate) fn without(&self, name: &str) -> Self {
        let mut node = self.clone();
        if let Kind::Map(fields) = &mut node.kind {
            fields.retain(|(key, _)| key.text != name);
        }
        node
    }

    /// The same with one more field, before the others.
    pub(crate) fn with_first(mut self, name: &str, text: &str) -> Self {
        if let Kind::Map(fields) = &mut self.kind {
            fields.insert(0, (Key::new(name), Self::scalar(text, Style::AsNeeded)));
        }
        self
    }

    /// How many nodes it has, itself included.
    pub(crate) fn count(&self) -> usize {
        match &self.kind {
            Kind::Null | Kind::Scalar { .. } | Kind::Skipped => 1,
            Kind::Seq(elements) => 1 + elements.iter().map(Self::count).sum::<usize>(),
            Kind::Map(fields) => 1 + fields.iter().map(|(_, node)| node.count()).sum::<usize>(),
        }
    }

    /// What kind of thing it is, in a user's words.
    pub(crate) fn described(&self) -> String {
        match &self.kind {
            Kind::Null => "nothing".to_owned(),
            Kind::Scalar { text, .. } => format!("`{text}`"),
            Kind::Seq(_) => "a list".to_owned(),
            Kind::Map(_) => "a map of fields".to_owned(),
            Kind::Skipped => "a refused value".to_owned(),
        }
    }

    /// The node at a path.
    pub(crate) fn at_mut(&mut self, path: &[Step]) -> Option<&mut Self> {
        let Some((first, rest)) = path.split_first() else {
            return Some(self);
        };
        let child = match (&mut self.kind, first) {
            (Kind::Seq(elements), Step::Index(index)) => elements.get_mut(*index)?,
            (Kind::Map(fields), Step::Field(name)) => {
                let mut fields = fields.iter_mut();
                fields
                    .find(|(key, _)| key.text == *name)
                    .map(|(_, node)| node)?
            }
            (
                Kind::Seq(_) | Kind::Map(_) | Kind::Null | Kind::Scalar { .. } | Kind::Skipped,
                Step::Index(_) | Step::Field(_),
            ) => return None,
        };
        child.at_mut(rest)
    }

    /// Where a path such as `components[2].rate.split` leads, or the last place on the way that
    /// there is: a refusal may name a field that was left out.
    pub(crate) fn place_of(&self, path: &str) -> Place {
        let path = path.strip_prefix('.').unwrap_or(path);
        match &self.kind {
            Kind::Map(fields) => {
                // Names may have dots in them: the longest that fits is meant.
                let fits = |key: &Key| {
                    path.strip_prefix(key.text.as_str())
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
                };
                let field = fields
                    .iter()
                    .filter(|(key, _)| fits(key))
                    .max_by_key(|(key, _)| key.text.len());
                match field {
                    Some((key, node)) if path.len() > key.text.len() => {
                        node.place_of(&path[key.text.len()..])
                    }
                    Some((key, _)) => key.place,
                    None => self.place,
                }
            }
            Kind::Seq(elements) => {
                let index = path.strip_prefix('[').and_then(|rest| rest.split_once(']'));
                let element = index.and_then(|(index, rest)| {
                    Some((elements.get(index.parse::<usize>().ok()?)?, rest))
                });
                element.map_or(self.place, |(node, rest)| node.place_of(rest))
            }
            Kind::Null | Kind::Scalar { .. } | Kind::Skipped => self.place,
        }
    }
}
