//! Answers as tables for people, as JSON or CSV for programs. Numbers stay exact: they are texts.

use std::io::Write;

use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets};

use crate::args::Output;

/// Rows under column names.
pub(crate) struct Listing {
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Listing {
    pub(crate) fn new(columns: &[&'static str]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row; it has as many cells as there are columns.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        debug_assert_eq!(N, self.columns.len(), "a cell for every column");
        self.rows.push(cells.to_vec());
    }

    /// Writes it to standard output.
    pub(crate) fn print(&self, output: Output) -> Result<()> {
        let mut out = std::io::stdout().lock();
        match output {
            Output::Table => writeln!(out, "{}", self.table())?,
            Output::Json => writeln!(out, "{}", serde_json::to_string_pretty(&self.json())?)?,
            Output::Csv => {
                let mut writer = csv::Writer::from_writer(out);
                writer.write_record(&self.columns)?;
                for row in &self.rows {
                    writer.write_record(row)?;
                }
                writer.flush()?;
            }
        }
        Ok(())
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        table
            .load_style(presets::ASCII_MARKDOWN)
            .set_header(&self.columns);
        for row in &self.rows {
            table.add_row(row);
        }
        for (index, _) in self.columns.iter().enumerate() {
            let numbers = |row: &Vec<String>| row.get(index).is_none_or(|cell| is_number(cell));
            if !self.rows.is_empty()
                && self.rows.iter().all(numbers)
                && let Some(column) = table.column_mut(index)
            {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        let rows = self.rows.iter().map(|row| {
            let cells = self.columns.iter().zip(row);
            let cells = cells.map(|(name, cell)| ((*name).to_owned(), cell.clone().into()));
            serde_json::Value::Object(cells.collect())
        });
        serde_json::Value::Array(rows.collect())
    }
}

fn is_number(cell: &str) -> bool {
    let digits = cell.trim_start_matches('-');
    digits.is_empty()
        || digits.starts_with(|c: char| c.is_ascii_digit())
            && digits
                .chars()
                .all(|c| c.is_ascii_digit() || ".,% ".contains(c) || c.is_uppercase())
}
