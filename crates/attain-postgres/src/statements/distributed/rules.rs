//! The rules themselves, held against one parsed statement.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    AssignmentTarget, BinaryOperator, CastKind, ConflictTarget, CopySource, Delete, Expr,
    FromTable, Insert, JoinConstraint, JoinOperator, ObjectName, OnConflictAction, OnInsert, Query,
    Select, SelectItem, SetExpr, Statement, TableFactor, TableObject, TableWithJoins, Update,
    UpdateTableFromKind, Value, Visit, Visitor,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

/// Functions that give the same for the same arguments, on every node. All others stay out: Citus
/// refuses most of them in writes, and evaluates some on the wrong node.
const FUNCTIONS: &[&str] = &[
    "abs",
    "array_length",
    "cardinality",
    "coalesce",
    "count",
    "greatest",
    "least",
    "length",
    "lower",
    "max",
    "min",
    "nullif",
    "row_number",
    "sum",
    "unnest",
    "upper",
];

/// What a statement does that it must not, in words.
pub(super) fn broken_by(text: &str) -> Vec<String> {
    // The parser does not know the weaker lock; both need a single shard.
    let text = text.replace("FOR NO KEY UPDATE", "FOR UPDATE");
    let parsed = match Parser::parse_sql(&PostgreSqlDialect {}, &text) {
        Ok(parsed) => parsed,
        Err(error) => return vec![format!("cannot be read: {error}")],
    };
    let mut check = Check::default();
    for statement in &parsed {
        let _ = statement.visit(&mut check);
    }
    check.found
}

#[derive(Default)]
struct Check {
    /// Names of common table expressions, which are no tables.
    named: BTreeSet<String>,
    found: Vec<String>,
}

impl Visitor for Check {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let with = query.with.iter().flat_map(|with| &with.cte_tables);
        self.named
            .extend(with.map(|cte| cte.alias.name.value.clone()));
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        let mut facts = Vec::new();
        let tables = self.tables(&select.from, &mut facts);
        conjuncts(select.selection.as_ref(), &mut facts);
        self.check_bound(&tables, &facts);
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        if let Statement::Update(update) = statement {
            self.check_update(update);
        } else if let Statement::Delete(delete) = statement {
            self.check_delete(delete);
        } else if let Statement::Insert(insert) = statement {
            self.check_insert(insert);
        } else if let Statement::Copy {
            source:
                CopySource::Table {
                    table_name,
                    columns,
                },
            to: false,
            ..
        } = statement
        {
            let first = columns.first().map(|column| column.value.as_str());
            self.check_first_column(table_name, first);
        } else if !matches!(statement, Statement::Query(_)) {
            let text = statement.to_string();
            let verb = text.split_whitespace().next().unwrap_or_default();
            self.found.push(format!("{verb} is not used"));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if let Expr::Function(function) = expr {
            self.check_function(&function.name);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table {
            name,
            args: Some(_),
            ..
        } = factor
        {
            self.check_function(name);
        }
        ControlFlow::Continue(())
    }
}

/// A table of a statement, by the name under which its columns are known.
struct Table {
    known_as: String,
}

impl Check {
    fn check_function(&mut self, name: &ObjectName) {
        let name = name.to_string().to_lowercase();
        if !FUNCTIONS.contains(&name.as_str()) {
            self.found
                .push(format!("calls {name}, which is not known to be immutable"));
        }
    }

    /// The real tables of a list, and what their joins demand.
    fn tables<'a>(&self, from: &'a [TableWithJoins], facts: &mut Vec<&'a Expr>) -> Vec<Table> {
        let mut tables = Vec::new();
        for part in from {
            tables.extend(self.table(&part.relation));
            for join in &part.joins {
                tables.extend(self.table(&join.relation));
                if let JoinOperator::Join(on)
                | JoinOperator::Inner(on)
                | JoinOperator::Left(on)
                | JoinOperator::LeftOuter(on) = &join.join_operator
                    && let JoinConstraint::On(on) = on
                {
                    conjuncts(Some(on), facts);
                }
            }
        }
        tables
    }

    fn table(&self, factor: &TableFactor) -> Option<Table> {
        let TableFactor::Table {
            name,
            alias,
            args: None,
            ..
        } = factor
        else {
            return None;
        };
        let name = name.to_string();
        if self.named.contains(&name) {
            return None;
        }
        let alias = alias.as_ref().map(|alias| alias.name.value.clone());
        Some(Table {
            known_as: alias.unwrap_or(name),
        })
    }

    /// Every table is told the workspace, as a parameter: nothing else names a shard.
    fn check_bound(&mut self, tables: &[Table], facts: &[&Expr]) {
        for table in tables {
            let is_bound = facts.iter().any(|fact| {
                workspace_of(fact).is_some_and(|qualifier| match qualifier {
                    Some(qualifier) => qualifier == table.known_as,
                    None => tables.len() == 1,
                })
            });
            if !is_bound {
                let known_as = &table.known_as;
                self.found
                    .push(format!("`{known_as}` is not told workspace_id = $1"));
            }
        }
    }

    fn check_update(&mut self, update: &Update) {
        let mut facts = Vec::new();
        let mut tables = self.tables(std::slice::from_ref(&update.table), &mut facts);
        if let Some(UpdateTableFromKind::AfterSet(from)) = &update.from {
            tables.extend(self.tables(from, &mut facts));
        }
        conjuncts(update.selection.as_ref(), &mut facts);
        self.check_bound(&tables, &facts);
        for assignment in &update.assignments {
            if let AssignmentTarget::Tuple(_) = assignment.target {
                let text = "sets several columns at once, which Citus may mix up";
                self.found.push(text.to_owned());
            }
        }
    }

    fn check_delete(&mut self, delete: &Delete) {
        let mut facts = Vec::new();
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        let mut tables = self.tables(from, &mut facts);
        tables.extend(self.tables(delete.using.as_deref().unwrap_or_default(), &mut facts));
        conjuncts(delete.selection.as_ref(), &mut facts);
        self.check_bound(&tables, &facts);
    }

    fn check_first_column(&mut self, table: &ObjectName, first: Option<&str>) {
        if first != Some("workspace_id") {
            let text = format!("`{table}` does not get its workspace_id as the first column");
            self.found.push(text);
        }
    }

    fn check_insert(&mut self, insert: &Insert) {
        let TableObject::TableName(table) = &insert.table else {
            self.found.push("inserts into no table".to_owned());
            return;
        };
        let first = insert.columns.first().map(ToString::to_string);
        self.check_first_column(table, first.as_deref());
        if !insert.source.as_deref().is_some_and(begins_with_workspace) {
            let text = format!("`{table}` does not get $1 as its workspace");
            self.found.push(text);
        }
        if let Some(OnInsert::OnConflict(conflict)) = &insert.on {
            let leads = match &conflict.conflict_target {
                Some(ConflictTarget::Columns(columns)) => {
                    columns.first().is_some_and(|c| c.value == "workspace_id")
                }
                Some(ConflictTarget::OnConstraint(_)) => false,
                None => matches!(conflict.action, OnConflictAction::DoNothing),
            };
            if !leads {
                let text = "a conflict target does not begin with workspace_id";
                self.found.push(text.to_owned());
            }
        }
    }
}

fn begins_with_workspace(source: &Query) -> bool {
    if let SetExpr::Values(values) = source.body.as_ref() {
        let mut rows = values.rows.iter();
        return rows.all(|row| row.content.first().is_some_and(is_first_parameter));
    }
    let SetExpr::Select(select) = source.body.as_ref() else {
        return false;
    };
    let Some(SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) =
        select.projection.first()
    else {
        return false;
    };
    is_first_parameter(expr) || is_workspace(expr).is_some()
}

/// The parts of a condition that must all hold.
fn conjuncts<'a>(condition: Option<&'a Expr>, facts: &mut Vec<&'a Expr>) {
    match condition {
        Some(Expr::BinaryOp {
            left,
            op: BinaryOperator::And,
            right,
        }) => {
            conjuncts(Some(left), facts);
            conjuncts(Some(right), facts);
        }
        Some(Expr::Nested(inner)) => conjuncts(Some(inner), facts),
        Some(other) => facts.push(other),
        None => {}
    }
}

/// The table, if named, of `table.workspace_id = $1`.
fn workspace_of(fact: &Expr) -> Option<Option<String>> {
    let Expr::BinaryOp {
        left,
        op: BinaryOperator::Eq,
        right,
    } = fact
    else {
        return None;
    };
    is_first_parameter(right)
        .then(|| is_workspace(left))
        .flatten()
}

/// The table, if named, of the column `workspace_id`.
fn is_workspace(expr: &Expr) -> Option<Option<String>> {
    let parts = if let Expr::Identifier(name) = expr {
        std::slice::from_ref(name)
    } else if let Expr::CompoundIdentifier(parts) = expr {
        parts
    } else {
        return None;
    };
    let (name, table) = parts.split_last()?;
    if name.value != "workspace_id" || table.len() > 1 {
        return None;
    }
    Some(table.first().map(|table| table.value.clone()))
}

fn is_first_parameter(expr: &Expr) -> bool {
    if let Expr::Value(value) = expr {
        return matches!(&value.value, Value::Placeholder(text) if text == "$1");
    }
    if let Expr::Cast {
        kind: CastKind::DoubleColon,
        expr,
        ..
    } = expr
    {
        return is_first_parameter(expr);
    }
    false
}
