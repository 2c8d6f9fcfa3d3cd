//! The generated columns, and the sales in the order in which they are calculated.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

/// Days of the data.
pub(crate) const DAYS: usize = 90;

/// One sale, in 16 bytes: the sales are copied several times.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sale {
    pub(crate) number: u32,
    pub(crate) cents: u32,
    rep: u32,
    pub(crate) day: u8,
}

impl Sale {
    /// The number of the rep.
    pub(crate) fn rep(&self) -> usize {
        self.rep as usize
    }
}

/// The columns as they were generated: people, and sales in the order of their numbers.
pub(crate) struct Columns {
    parents: Vec<i64>,
    quotas_e4: Vec<i64>,
    sales: Vec<Sale>,
}

impl Columns {
    pub(crate) fn load(raw: &Path) -> anyhow::Result<Self> {
        let parents = read(&raw.join("parent_id.i64"), i64::from_le_bytes)?;
        let quotas_e4 = read(&raw.join("quota_e4.i64"), i64::from_le_bytes)?;
        let days = read(&raw.join("day.i32"), i32::from_le_bytes)?;
        let reps = read(&raw.join("rep_id.i32"), i32::from_le_bytes)?;
        let cents = read(&raw.join("amount_cents.i64"), i64::from_le_bytes)?;
        ensure!(
            days.len() == cents.len() && reps.len() == cents.len(),
            "columns differ"
        );
        ensure!(parents.len() == quotas_e4.len(), "columns differ");
        let rows = days.into_iter().zip(reps).zip(cents).zip(0_u32..);
        let sale = |(((day, rep), cents), number)| -> anyhow::Result<Sale> {
            let sale = Sale {
                number,
                cents: u32::try_from(cents)?,
                rep: u32::try_from(rep)?,
                day: u8::try_from(day)?,
            };
            ensure!(sale.rep() < parents.len(), "an unknown rep: {rep}");
            ensure!(usize::from(sale.day) < DAYS, "no day of the quarter: {day}");
            Ok(sale)
        };
        let sales = rows.map(sale).collect::<anyhow::Result<_>>()?;
        Ok(Self {
            parents,
            quotas_e4,
            sales,
        })
    }

    pub(crate) fn participants(&self) -> usize {
        self.parents.len()
    }

    pub(crate) fn quota_e4(&self, who: usize) -> i64 {
        self.quotas_e4[who]
    }

    /// Whom somebody reports to; a director to nobody, which is themselves here.
    pub(crate) fn parent(&self, who: usize) -> usize {
        usize::try_from(self.parents[who]).unwrap_or(who)
    }

    /// The sales below each director, in the order of their numbers.
    pub(crate) fn by_subtree(&self) -> Vec<Vec<Sale>> {
        let people = 0..self.participants();
        let director: Vec<usize> = people.map(|who| self.parent(self.parent(who))).collect();
        let groups = grouped(&self.sales, |sale| director[sale.rep()]);
        groups.into_iter().map(|(_, sales)| sales).collect()
    }
}

/// Sales that are in the order of their numbers, in the order of days.
pub(crate) fn in_order(sales: &[Sale]) -> Vec<Sale> {
    let mut starts = [0_usize; DAYS];
    for sale in sales {
        starts[usize::from(sale.day)] += 1;
    }
    let mut next = 0;
    for start in &mut starts {
        (*start, next) = (next, next + *start);
    }
    let Some(any) = sales.first() else {
        return Vec::new();
    };
    let mut ordered = vec![*any; sales.len()];
    for sale in sales {
        let at = &mut starts[usize::from(sale.day)];
        ordered[*at] = *sale;
        *at += 1;
    }
    ordered
}

/// The sales of each key, in the order they had; keys are people, near each other or not.
pub(crate) fn grouped(sales: &[Sale], key: impl Fn(&Sale) -> usize) -> Vec<(usize, Vec<Sale>)> {
    let last = sales.iter().map(&key).max().unwrap_or_default();
    let mut counts = vec![0_usize; last + 1];
    for sale in sales {
        counts[key(sale)] += 1;
    }
    let mut groups: Vec<(usize, Vec<Sale>)> = Vec::new();
    let mut place = vec![0_usize; last + 1];
    for (who, count) in counts
        .into_iter()
        .enumerate()
        .filter(|(_, count)| *count > 0)
    {
        place[who] = groups.len();
        groups.push((who, Vec::with_capacity(count)));
    }
    for sale in sales {
        groups[place[key(sale)]].1.push(*sale);
    }
    groups
}

fn read<T, const N: usize>(path: &Path, parse: fn([u8; N]) -> T) -> anyhow::Result<Vec<T>> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    let (chunks, rest) = bytes.as_chunks::<N>();
    ensure!(rest.is_empty(), "{} is cut off", path.display());
    Ok(chunks.iter().map(|chunk| parse(*chunk)).collect())
}
