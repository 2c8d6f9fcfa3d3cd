//! Text tables: how a scenario states rows, and how a difference is shown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rust_decimal::Decimal;

/// One row: values by column name. A column that a row does not have is empty.
pub type Row = BTreeMap<String, String>;

/// A table as it was written: columns in order, rows in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Column names.
    pub columns: Vec<String>,
    /// Cells, as many in each row as there are columns.
    pub rows: Vec<Vec<String>>,
}

/// Why a text is not a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// No line with column names.
    #[error("a table needs a line of column names, separated by `|`")]
    NoHeader,
    /// A row with another number of cells.
    #[error("line {line} has {cells} cells, the header has {columns}")]
    Ragged {
        /// Which line, from 1.
        line: usize,
        /// Its cells.
        cells: usize,
        /// The header's.
        columns: usize,
    },
}

impl Table {
    /// Reads `a | b` lines; the first names the columns, empty lines are skipped.
    ///
    /// # Errors
    /// See [`TableError`].
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let cells = |line: &str| -> Vec<String> {
            line.split('|').map(|cell| cell.trim().to_owned()).collect()
        };
        let mut lines = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty());
        let (_, header) = lines.next().ok_or(TableError::NoHeader)?;
        let columns = cells(header);
        let mut rows = Vec::new();
        for (index, line) in lines {
            let row = cells(line);
            if row.len() != columns.len() {
                let (line, cells, columns) = (index + 1, row.len(), columns.len());
                return Err(TableError::Ragged {
                    line,
                    cells,
                    columns,
                });
            }
            rows.push(row);
        }
        Ok(Self { columns, rows })
    }

    /// The difference between what was expected and what is there, as text; `None` when there is
    /// none. Only the columns of this table are looked at; the order of rows does not matter.
    #[must_use]
    pub fn difference(&self, actual: &[Row]) -> Option<String> {
        let mut there: Vec<Vec<String>> = actual
            .iter()
            .map(|row| {
                let cell = |column: &String| row.get(column).cloned().unwrap_or_default();
                self.columns
                    .iter()
                    .map(|column| normal(&cell(column)))
                    .collect()
            })
            .collect();
        let mut missing = Vec::new();
        let mut kept = Vec::new();
        for row in &self.rows {
            let wanted: Vec<String> = row.iter().map(|cell| normal(cell)).collect();
            match there.iter().position(|candidate| *candidate == wanted) {
                Some(index) => kept.push(there.remove(index)),
                None => missing.push(wanted),
            }
        }
        if missing.is_empty() && there.is_empty() {
            return None;
        }
        there.sort();
        Some(self.show(&missing, &there, &kept))
    }

    fn show(&self, missing: &[Vec<String>], extra: &[Vec<String>], kept: &[Vec<String>]) -> String {
        let all = || {
            missing
                .iter()
                .chain(extra)
                .chain(kept)
                .chain([&self.columns])
        };
        let width = |index: usize| {
            all()
                .filter_map(|row| row.get(index))
                .map(|cell| cell.chars().count())
                .max()
        };
        let widths: Vec<usize> = (0..self.columns.len()).filter_map(width).collect();
        let mut text = String::new();
        let mut line = |mark: &str, row: &[String]| {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            let _ = writeln!(text, "{mark} {}", cells.join(" | ").trim_end());
        };
        line(" ", &self.columns);
        missing.iter().for_each(|row| line("-", row));
        extra.iter().for_each(|row| line("+", row));
        kept.iter().for_each(|row| line(" ", row));
        text.push_str("(- expected and not there, + there and not expected)\n");
        text
    }
}

/// Numbers compare by value: `50`, `50.00` and `50.0` are one.
fn normal(cell: &str) -> String {
    match cell.parse::<Decimal>() {
        Ok(number)
            if cell
                .bytes()
                .all(|b| b.is_ascii_digit() || b == b'.' || b == b'-') =>
        {
            number.normalize().to_string()
        }
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Row, Table, TableError};

    fn row(cells: &[(&str, &str)]) -> Row {
        cells
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn rows_match_in_any_order_and_numbers_by_value() {
        let table = Table::parse("who | pay\nana | 50\nben | 10").expect("a table");
        let there = [
            row(&[("who", "ben"), ("pay", "10.00")]),
            row(&[("who", "ana"), ("pay", "50.0")]),
        ];
        assert_eq!(table.difference(&there), None);
    }

    #[test]
    fn a_difference_shows_both_sides() {
        let table = Table::parse("who | pay\nana | 50").expect("a table");
        let text = table
            .difference(&[row(&[("who", "ana"), ("pay", "51")])])
            .expect("differs");
        assert!(
            text.contains("- ana | 50") && text.contains("+ ana | 51"),
            "{text}"
        );
    }

    #[test]
    fn ragged_rows_are_named() {
        let wrong = Table::parse("a | b\n1");
        assert_eq!(
            wrong,
            Err(TableError::Ragged {
                line: 2,
                cells: 1,
                columns: 2
            })
        );
    }
}
