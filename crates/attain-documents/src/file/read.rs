//! Reads documents, and says what is wrong with as many of them as it can.

use serde::de::DeserializeOwned;

use attain_domain::definition::{Definition, DefinitionKind};
use attain_domain::refusal::{Reason, Refusal};

use super::participants::ParticipantsDocument;
use crate::document::{
    AttributesDocument, CalendarDocument, CategoriesDocument, CategoryRulesDocument, Mirror,
    ParticipantDocument, PayGroupDocument, PaymentPlanDocument, PlanDocument, RatesDocument,
    RuleSetDocument, SettingsDocument, TeamDocument,
};
use crate::nearest::suggestion;
use crate::yaml::{Kind, Node, Place, Problem, Stream, located, parse, read_collecting};

/// The field that says what a document is.
const KIND: &str = "kind";
/// The kind of a document with many participants.
pub(crate) const PARTICIPANTS: &str = "participants";

/// Reads the definitions of a file. The name is for the refusals only.
///
/// # Errors
/// Everything that is wrong with the file, in the order of its documents: one refusal for each
/// field, with the path in the document, and file, line and column in text and details.
pub fn read_documents(file_name: &str, text: &str) -> Result<Vec<Definition>, Vec<Refusal>> {
    let (documents, mut refusals) = parse_documents(file_name, text);
    let mut definitions = Vec::new();
    for document in documents {
        match document.definitions() {
            Ok(read) => definitions.extend(read),
            Err(found) => refusals.extend(found),
        }
    }
    if refusals.is_empty() {
        Ok(definitions)
    } else {
        refusals.sort_by_key(place);
        Err(refusals)
    }
}

fn place(refusal: &Refusal) -> (u64, u64) {
    let number = |key| {
        let text = refusal.details.get(key);
        text.and_then(|text| text.parse().ok()).unwrap_or(0)
    };
    (number("line"), number("column"))
}

/// Splits a file into its documents without reading them yet: for files that have documents of
/// other kinds beside definitions. The refusals are about the YAML itself.
#[must_use]
pub fn parse_documents(file_name: &str, text: &str) -> (Vec<Document>, Vec<Refusal>) {
    let Stream {
        documents,
        refusals,
    } = parse(file_name, text);
    let documents = documents
        .into_iter()
        .filter(|node| node.kind != Kind::Null)
        .map(|node| Document {
            file: file_name.to_owned(),
            node,
        });
    (documents.collect(), refusals)
}

/// One document of a file.
#[derive(Clone, Debug)]
pub struct Document {
    file: String,
    node: Node,
}

impl Document {
    /// What it says it is.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        match self.node.field(KIND).map(|node| &node.kind) {
            Some(Kind::Scalar { text, .. }) => Some(text),
            Some(Kind::Null | Kind::Seq(_) | Kind::Map(_) | Kind::Skipped) | None => None,
        }
    }

    /// Reads it as anything that serde can read, `kind` left out. All scalars are given as texts:
    /// numbers are read by fields that take texts.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Vec<Refusal>> {
        let problems = |problems: Vec<Problem>| {
            let refusal = |problem: &Problem| problem.refusal(&self.file);
            problems.iter().map(refusal).collect()
        };
        read_collecting(self.node.without(KIND)).map_err(problems)
    }

    /// Reads it as definitions; only `kind: participants` has several.
    ///
    /// # Errors
    /// What is wrong with it, an unknown kind among them.
    pub fn definitions(&self) -> Result<Vec<Definition>, Vec<Refusal>> {
        let Kind::Map(_) = self.node.kind else {
            let text = format!("a document has fields, `{KIND}` among them");
            return Err(vec![
                self.refuse(Refusal::new(Reason::MalformedValue, text)),
            ]);
        };
        let Some(name) = self.kind() else {
            let refusal = Refusal::new(Reason::MissingValue, "is needed: it says what this is");
            return Err(vec![self.refuse(refusal.at(KIND))]);
        };
        if name == PARTICIPANTS {
            return self.participants();
        }
        let Some(kind) = DefinitionKind::from_name(name) else {
            return Err(vec![self.refuse(unknown_kind(name))]);
        };
        self.definition(kind).map(|definition| vec![definition])
    }

    fn definition(&self, kind: DefinitionKind) -> Result<Definition, Vec<Refusal>> {
        match kind {
            DefinitionKind::Settings => self.mirror::<SettingsDocument>().map(Definition::Settings),
            DefinitionKind::Attributes => self
                .mirror::<AttributesDocument>()
                .map(Definition::Attributes),
            DefinitionKind::Calendar => self.mirror::<CalendarDocument>().map(Definition::Calendar),
            DefinitionKind::Rates => self.mirror::<RatesDocument>().map(Definition::Rates),
            DefinitionKind::Categories => self
                .mirror::<CategoriesDocument>()
                .map(Definition::Categories),
            DefinitionKind::CategoryRules => self
                .mirror::<CategoryRulesDocument>()
                .map(Definition::CategoryRules),
            DefinitionKind::Plan => self.mirror::<PlanDocument>().map(Definition::Plan),
            DefinitionKind::PayGroup => self.mirror::<PayGroupDocument>().map(Definition::PayGroup),
            DefinitionKind::Participant => self
                .mirror::<ParticipantDocument>()
                .map(Definition::Participant),
            DefinitionKind::Team => self.mirror::<TeamDocument>().map(Definition::Team),
            DefinitionKind::RuleSet => self.mirror::<RuleSetDocument>().map(Definition::RuleSet),
            DefinitionKind::PaymentPlan => self
                .mirror::<PaymentPlanDocument>()
                .map(Definition::PaymentPlan),
        }
    }

    fn mirror<M: Mirror>(&self) -> Result<M::Domain, Vec<Refusal>> {
        let mirror: M = self.read()?;
        mirror
            .into_domain()
            .map_err(|refusal| vec![self.refuse(refusal)])
    }

    fn participants(&self) -> Result<Vec<Definition>, Vec<Refusal>> {
        let many: ParticipantsDocument = self.read()?;
        let refuse = |refusals: Vec<Refusal>| -> Vec<Refusal> {
            refusals
                .into_iter()
                .map(|refusal| self.refuse(refusal))
                .collect()
        };
        let people = many.participants().map_err(refuse)?;
        Ok(people.into_iter().map(Definition::Participant).collect())
    }

    /// The refusal with its file and place.
    fn refuse(&self, refusal: Refusal) -> Refusal {
        let field = refusal.field.as_deref();
        let place: Option<Place> = field.map(|field| self.node.place_of(field));
        located(refusal.clone(), &self.file, place.or(Some(self.node.place)))
    }
}

fn unknown_kind(name: &str) -> Refusal {
    let names = DefinitionKind::ALL.iter().map(|kind| kind.name());
    let names: Vec<&str> = names.chain([PARTICIPANTS]).collect();
    let hint = suggestion(name, &names);
    let text = if hint.is_empty() {
        format!("`{name}` is not {}", crate::document::leaf::one_of(&names))
    } else {
        format!("there is no kind `{name}`{hint}")
    };
    Refusal::new(Reason::MalformedValue, text).at(KIND)
}
