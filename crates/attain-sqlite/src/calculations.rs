//! Calculations: one for each period that was calculated.

use attain_documents::stored::{decode_plan_versions, encode_plan_versions};
use attain_domain::ids::{CalculationId, PeriodId, RunId};
use attain_domain::ports::StoreError;
use attain_domain::run::Calculation;
use attain_domain::time::Date;
use serde::Deserialize;

use crate::bulk::Writer;
use crate::cells::{Cells, id_list};
use crate::error::corrupt;
use crate::snapshot::SqliteSnapshot;
use crate::statements::earnings as sql;
use crate::stored::{StampRow, Text, Whole, rows};

#[derive(Deserialize)]
struct CalculationRow {
    id: Text<CalculationId>,
    period: Text<PeriodId>,
    through: Whole<Date>,
    run: Text<RunId>,
    plan_versions: String,
    released: Whole<bool>,
    stamp: StampRow,
}

impl CalculationRow {
    fn into_calculation(self) -> Result<Calculation, StoreError> {
        let plan_versions = decode_plan_versions(&self.plan_versions);
        Ok(Calculation {
            id: self.id.0,
            period: self.period.0,
            through: self.through.0,
            run: self.run.0,
            plan_versions: plan_versions.map_err(|error| corrupt("calculations", error))?,
            released: self.released.0,
            stamp: self.stamp.into_stamp(),
        })
    }
}

fn calculations(page: &str) -> Result<Vec<Calculation>, StoreError> {
    let rows: Vec<CalculationRow> = rows("calculations", page)?;
    rows.into_iter()
        .map(CalculationRow::into_calculation)
        .collect()
}

fn fill(cells: &mut Cells, row: &Calculation) {
    let Calculation {
        id,
        period,
        through,
        run,
        plan_versions,
        released,
        stamp,
    } = row;
    cells.id(id.0);
    cells.text(period.as_str());
    cells.date(*through);
    cells.id(run.0);
    cells.owned(encode_plan_versions(plan_versions));
    cells.flag(*released);
    cells.stamp(stamp);
}

impl Writer<'_> {
    pub(crate) async fn write_calculations(
        &mut self,
        put: &[Calculation],
        deleted: &[CalculationId],
    ) -> Result<(), StoreError> {
        self.write(sql::PUT_CALCULATIONS, put, fill).await?;
        let ids = id_list(deleted.iter().map(|id| id.0));
        self.remove("calculations", sql::DELETE_CALCULATIONS, ids, deleted.len())
            .await
    }
}

impl SqliteSnapshot {
    pub(crate) async fn all_calculations(&self) -> Result<Vec<Calculation>, StoreError> {
        calculations(&self.page(sql::CALCULATIONS, self.cells()).await?)
    }

    pub(crate) async fn one_calculation(
        &self,
        id: CalculationId,
    ) -> Result<Option<Calculation>, StoreError> {
        let mut cells = self.cells();
        cells.id(id.0);
        let found = calculations(&self.page(sql::CALCULATION, cells).await?)?;
        Ok(found.into_iter().next())
    }
}
