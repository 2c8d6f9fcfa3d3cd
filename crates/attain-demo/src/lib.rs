//! The example company: a year of orders by the rules of the TPC-H benchmark, turned into the
//! files that Attain reads. Clerks sell, regions and nations are their territories, returned lines
//! come back as later reductions, and some rows are messy on purpose.

mod company;
mod files;
mod messy;
mod mixing;
mod plans;
mod rules;
mod sales;

use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

/// How large the company is, and where its files go.
#[derive(Clone, Debug)]
pub struct Options {
    /// TPC-H scale factor in thousandths: 1000 has 1 000 clerks and about 57 000 orders a quarter.
    pub scale_thousandths: u32,
    /// An empty or new folder.
    pub folder: PathBuf,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Participants.
    pub participants: usize,
    /// Rows of `transactions.csv`, messy ones included.
    pub rows: u64,
    /// Of those: orders, returns, and rows that are messy on purpose.
    pub orders: u64,
    /// Returned lines within the quarter.
    pub returns: u64,
    /// Rows that an import must refuse, or find superseded.
    pub messy: u64,
    /// Rows of `returns-later.csv`: what comes back after the quarter.
    pub returns_later: u64,
    /// What was sold in the quarter, in cents of nominal amounts.
    pub sold_cents: i64,
    /// What of it came back, sooner or later.
    pub returned_cents: i64,
}

impl Summary {
    /// The share of the quarter's sales that comes back, in percent with one digit.
    #[must_use]
    pub fn returned_percent(&self) -> Decimal {
        if self.sold_cents == 0 {
            return Decimal::ZERO;
        }
        (Decimal::from(self.returned_cents) * Decimal::ONE_HUNDRED / Decimal::from(self.sold_cents))
            .round_dp(1)
    }
}

/// The folder of the documents, inside the company's folder.
#[must_use]
pub fn documents_folder(folder: &Path) -> PathBuf {
    folder.join("documents")
}

/// The transactions of the quarter.
#[must_use]
pub fn transactions_file(folder: &Path) -> PathBuf {
    folder.join("transactions.csv")
}

/// What comes back after the quarter.
#[must_use]
pub fn returns_file(folder: &Path) -> PathBuf {
    folder.join("returns-later.csv")
}

/// Writes the company's documents and transactions. The same scale gives the same bytes.
///
/// # Errors
/// When the folder cannot be written.
pub fn write_company(options: &Options) -> anyhow::Result<Summary> {
    let company = company::Company::of_scale(options.scale_thousandths);
    std::fs::create_dir_all(documents_folder(&options.folder))?;
    let participants = files::write_documents(&company, &options.folder)?;
    let mut summary = sales::write_transactions(&company, &options.folder)?;
    summary.participants = participants;
    Ok(summary)
}

#[cfg(test)]
mod tests;
