//! What people write down: settings, calendar, participants, categories, rules, plans, payment
//! plans. Each is a versioned document; all versions are kept, the newest is live.

pub mod calendar;
pub mod category;
pub mod check;
pub mod participant;
pub mod payment;
pub mod rates;
pub mod rules;
pub mod set;
pub mod settings;

use crate::ids::DefinitionId;
use crate::payment_plan::PaymentPlan;
use crate::plan::Plan;
use crate::stamp::Stamp;

pub use calendar::Calendar;
pub use category::{CategoryRules, CategoryTree};
pub use participant::{Participant, Team};
pub use payment::PayGroup;
pub use rates::CurrencyRates;
pub use rules::RuleSet;
pub use set::{DefinitionSet, VersionedPlan};
pub use settings::{AttributeSchema, Settings};

/// The kinds of definitions. The order is the order in which they may refer to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DefinitionKind {
    /// Workspace settings; one, with the id `settings`.
    Settings,
    /// Attributes of transactions; one, with the id `attributes`.
    Attributes,
    /// The pay calendar; one, with the id `calendar`.
    Calendar,
    /// Currency rates; one, with the id `rates`.
    Rates,
    /// The category tree; one, with the id `categories`.
    Categories,
    /// Category rules; one, with the id `category-rules`.
    CategoryRules,
    /// A plan.
    Plan,
    /// A pay group.
    PayGroup,
    /// A participant.
    Participant,
    /// A team.
    Team,
    /// A set of credit rules.
    RuleSet,
    /// A payment plan.
    PaymentPlan,
}

impl DefinitionKind {
    /// Every kind, in order.
    pub const ALL: &'static [Self] = &[
        Self::Settings,
        Self::Attributes,
        Self::Calendar,
        Self::Rates,
        Self::Categories,
        Self::CategoryRules,
        Self::Plan,
        Self::PayGroup,
        Self::Participant,
        Self::Team,
        Self::RuleSet,
        Self::PaymentPlan,
    ];

    /// The name used in documents, stores and on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Attributes => "attributes",
            Self::Calendar => "calendar",
            Self::Rates => "rates",
            Self::Categories => "categories",
            Self::CategoryRules => "category_rules",
            Self::Plan => "plan",
            Self::PayGroup => "pay_group",
            Self::Participant => "participant",
            Self::Team => "team",
            Self::RuleSet => "rule_set",
            Self::PaymentPlan => "payment_plan",
        }
    }

    /// Reads a name back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// One definition of any kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Definition {
    /// Workspace settings.
    Settings(Settings),
    /// Attributes of transactions.
    Attributes(AttributeSchema),
    /// The pay calendar.
    Calendar(Calendar),
    /// Currency rates.
    Rates(CurrencyRates),
    /// The category tree.
    Categories(CategoryTree),
    /// Category rules.
    CategoryRules(CategoryRules),
    /// A plan.
    Plan(Plan),
    /// A pay group.
    PayGroup(PayGroup),
    /// A participant.
    Participant(Participant),
    /// A team.
    Team(Team),
    /// A set of credit rules.
    RuleSet(RuleSet),
    /// A payment plan.
    PaymentPlan(PaymentPlan),
}

impl Definition {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> DefinitionKind {
        match self {
            Self::Settings(_) => DefinitionKind::Settings,
            Self::Attributes(_) => DefinitionKind::Attributes,
            Self::Calendar(_) => DefinitionKind::Calendar,
            Self::Rates(_) => DefinitionKind::Rates,
            Self::Categories(_) => DefinitionKind::Categories,
            Self::CategoryRules(_) => DefinitionKind::CategoryRules,
            Self::Plan(_) => DefinitionKind::Plan,
            Self::PayGroup(_) => DefinitionKind::PayGroup,
            Self::Participant(_) => DefinitionKind::Participant,
            Self::Team(_) => DefinitionKind::Team,
            Self::RuleSet(_) => DefinitionKind::RuleSet,
            Self::PaymentPlan(_) => DefinitionKind::PaymentPlan,
        }
    }

    /// Its id; kinds that exist once have a fixed one.
    #[must_use]
    pub fn id(&self) -> DefinitionId {
        let text = match self {
            Self::Settings(_) => "settings",
            Self::Attributes(_) => "attributes",
            Self::Calendar(_) => "calendar",
            Self::Rates(_) => "rates",
            Self::Categories(_) => "categories",
            Self::CategoryRules(_) => "category-rules",
            Self::Plan(plan) => plan.id.as_str(),
            Self::PayGroup(group) => group.id.as_str(),
            Self::Participant(participant) => participant.id.as_str(),
            Self::Team(team) => team.id.as_str(),
            Self::RuleSet(set) => set.id.as_str(),
            Self::PaymentPlan(plan) => plan.id.as_str(),
        };
        DefinitionId::parse(text).expect("every id is a name already")
    }
}

/// A stored definition: one version of it.
#[derive(Clone, Debug, PartialEq)]
pub struct DefinitionRecord {
    /// What was written.
    pub body: Definition,
    /// False for a version that was replaced or deleted.
    pub live: bool,
    /// Version (1, 2, …), times and actor.
    pub stamp: Stamp,
}
