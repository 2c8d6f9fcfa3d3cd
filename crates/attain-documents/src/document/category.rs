//! `kind: categories`, the tree of kinds of sale, and `kind: category_rules`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use attain_domain::definition::category::CategoryRule;
use attain_domain::definition::{CategoryRules, CategoryTree};
use attain_domain::ids::{CategoryId, RuleId};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::{Date, DateRange};

use super::leaf::As;
use super::{Mirror, always, unless_always};

/// Trees that are deeper are written as `parents`; JSON and YAML readers bound their depth.
const NESTED_DEPTH_MAX: usize = 50;

/// The tree of categories. A measure on a category counts its descendants too.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CategoriesDocument {
    /// Each category, with those below it inside.
    #[serde(default, skip_serializing_if = "Branch::is_empty")]
    categories: Branch,
    /// Or the same as a list: each category with the one above it; roots have none (`null`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    parents: BTreeMap<As<CategoryId>, Option<As<CategoryId>>>,
}

/// Categories, each with what is below it.
#[derive(Clone, Debug, Default, Serialize)]
struct Branch(BTreeMap<As<CategoryId>, Branch>);

impl Branch {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn collect(
        self,
        parent: Option<&CategoryId>,
        path: &str,
        tree: &mut CategoryTree,
    ) -> Result<(), Refusal> {
        for (As(id), below) in self.0 {
            let path = format!("{path}.{id}");
            if tree.parents.insert(id.clone(), parent.cloned()).is_some() {
                let text = format!("the category `{id}` stands in the tree already");
                return Err(Refusal::new(Reason::Duplicate, text).at(path));
            }
            below.collect(Some(&id), &path, tree)?;
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Branch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BranchVisitor)
    }
}

struct BranchVisitor;

impl<'de> Visitor<'de> for BranchVisitor {
    type Value = Branch;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("categories, or nothing")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Branch, E> {
        Ok(Branch::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Branch, A::Error> {
        let mut branch = BTreeMap::new();
        while let Some((id, below)) = map.next_entry()? {
            branch.insert(id, below);
        }
        Ok(Branch(branch))
    }
}

impl JsonSchema for Branch {
    fn schema_name() -> Cow<'static, str> {
        "Branch".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let below = generator.subschema_for::<Self>();
        json_schema!({ "type": ["object", "null"], "additionalProperties": below })
    }
}

impl Mirror for CategoriesDocument {
    type Domain = CategoryTree;

    fn from_domain(tree: &CategoryTree) -> Self {
        let nested = nested(tree).map(|categories| Self {
            categories,
            ..Self::default()
        });
        nested.unwrap_or_else(|| Self {
            categories: Branch::default(),
            parents: tree
                .parents
                .iter()
                .map(|(id, parent)| (As(id.clone()), parent.clone().map(As)))
                .collect(),
        })
    }

    fn into_domain(self) -> Result<CategoryTree, Refusal> {
        let mut tree = CategoryTree::default();
        self.categories.collect(None, "categories", &mut tree)?;
        for (As(id), parent) in self.parents {
            if tree.parents.contains_key(&id) {
                let text = format!("the category `{id}` stands in the tree already");
                return Err(Refusal::new(Reason::Duplicate, text).at(format!("parents.{id}")));
            }
            tree.parents.insert(id, parent.map(|leaf| leaf.0));
        }
        Ok(tree)
    }
}

/// The tree as nested maps; `None` if it is no tree, or too deep.
fn nested(tree: &CategoryTree) -> Option<Branch> {
    let mut children: BTreeMap<Option<&CategoryId>, BTreeSet<&CategoryId>> = BTreeMap::new();
    for (id, parent) in &tree.parents {
        children.entry(parent.as_ref()).or_default().insert(id);
    }
    let mut placed = 0;
    let branch = branch_below(None, &children, NESTED_DEPTH_MAX, &mut placed)?;
    // Categories in a cycle, or below one that does not exist, hang on no root.
    (placed == tree.parents.len()).then_some(branch)
}

fn branch_below(
    parent: Option<&CategoryId>,
    children: &BTreeMap<Option<&CategoryId>, BTreeSet<&CategoryId>>,
    depth_left: usize,
    placed: &mut usize,
) -> Option<Branch> {
    let Some(ids) = children.get(&parent) else {
        return Some(Branch::default());
    };
    let depth_left = depth_left.checked_sub(1)?;
    let mut branch = BTreeMap::new();
    for id in ids {
        *placed += 1;
        let below = branch_below(Some(id), children, depth_left, placed)?;
        branch.insert(As((*id).clone()), below);
    }
    Some(Branch(branch))
}

/// The rules that give transactions their category: the first match gives it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CategoryRulesDocument {
    /// In the order in which they are tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rules: Vec<CategoryRuleDocument>,
}

/// One category rule.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CategoryRuleDocument {
    /// Its name; unique in the list.
    id: As<RuleId>,
    /// First event date for which it applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<As<Date>>,
    /// First event date for which it no longer applies: `to` is exclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<As<Date>>,
    /// A condition over the transaction; without one the rule always matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    when: Option<As<String>>,
    /// What it gives.
    category: As<CategoryId>,
}

impl Mirror for CategoryRulesDocument {
    type Domain = CategoryRules;

    fn from_domain(rules: &CategoryRules) -> Self {
        let row = |rule: &CategoryRule| {
            let CategoryRule {
                id,
                effective,
                when,
                category,
            } = rule;
            CategoryRuleDocument {
                id: As(id.clone()),
                from: effective.from.map(As),
                to: effective.to.map(As),
                when: unless_always(when),
                category: As(category.clone()),
            }
        };
        Self {
            rules: rules.rules.iter().map(row).collect(),
        }
    }

    fn into_domain(self) -> Result<CategoryRules, Refusal> {
        let row = |rule: CategoryRuleDocument| CategoryRule {
            id: rule.id.0,
            effective: DateRange {
                from: rule.from.map(|leaf| leaf.0),
                to: rule.to.map(|leaf| leaf.0),
            },
            when: always(rule.when),
            category: rule.category.0,
        };
        Ok(CategoryRules {
            rules: self.rules.into_iter().map(row).collect(),
        })
    }
}
