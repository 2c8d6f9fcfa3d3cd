//! The documents that people write, one mirror for each kind of definition. A mirror is what serde
//! and schemars see; the domain's types know neither, and a change of theirs changes no file.

mod calendar;
mod category;
pub(crate) mod leaf;
mod listed;
pub(crate) mod number;
mod participant;
mod payment_plan;
mod plan;
mod rules;
mod settings;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::{Date, DateRange};

pub(crate) use calendar::CalendarDocument;
pub(crate) use category::{CategoriesDocument, CategoryRulesDocument};
pub(crate) use participant::{ParticipantDocument, TeamDocument};
pub(crate) use payment_plan::PaymentPlanDocument;
pub(crate) use plan::PlanDocument;
pub(crate) use rules::RuleSetDocument;
pub(crate) use settings::{AttributesDocument, PayGroupDocument, RatesDocument, SettingsDocument};

use leaf::{As, one_of};

/// The form of a definition in files and stores.
pub(crate) trait Mirror: Serialize + DeserializeOwned + JsonSchema {
    /// What it mirrors.
    type Domain;

    /// Loses nothing.
    fn from_domain(domain: &Self::Domain) -> Self;

    /// Refuses what no single field could refuse; the field is seen from the document.
    fn into_domain(self) -> Result<Self::Domain, Refusal>;
}

/// The condition that an absent `when` stands for.
const ALWAYS: &str = "true";

fn always(when: Option<As<String>>) -> String {
    when.map_or_else(|| ALWAYS.to_owned(), |leaf| leaf.0)
}

fn unless_always(when: &str) -> Option<As<String>> {
    (when != ALWAYS).then(|| As(when.to_owned()))
}

fn name_or_id(name: Option<As<String>>, id: &str) -> String {
    name.map_or_else(|| id.to_owned(), |leaf| leaf.0)
}

fn unless_id(name: &str, id: &str) -> Option<As<String>> {
    (name != id).then(|| As(name.to_owned()))
}

fn range(from: Option<As<Date>>, to: Option<As<Date>>) -> DateRange {
    DateRange {
        from: from.map(|leaf| leaf.0),
        to: to.map(|leaf| leaf.0),
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn yes() -> bool {
    true
}

fn is_true(value: &bool) -> bool {
    *value
}

/// Turns each element of a list into what it means; a refusal names the element.
fn each_inside<T, U>(
    field: &str,
    list: Vec<T>,
    mean: impl Fn(T) -> Result<U, Refusal>,
) -> Result<Vec<U>, Refusal> {
    let meant = list.into_iter().enumerate().map(|(index, element)| {
        mean(element).map_err(|refusal| refusal.inside(&format!("{field}[{index}]")))
    });
    meant.collect()
}

/// The one alternative that is given.
fn exactly_one<T, const N: usize>(
    alternatives: [(&'static str, Option<T>); N],
) -> Result<T, Refusal> {
    let names: Vec<&str> = alternatives.iter().map(|(name, _)| *name).collect();
    let mut given = alternatives
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)));
    let Some((first, value)) = given.next() else {
        let text = format!("{} is needed", one_of(&names));
        return Err(Refusal::new(Reason::MissingValue, text));
    };
    match given.next() {
        None => Ok(value),
        Some((second, _)) => {
            let text = format!(
                "cannot be beside `{first}`: only {} may be there",
                one_of(&names)
            );
            Err(Refusal::new(Reason::MalformedValue, text).at(second))
        }
    }
}
