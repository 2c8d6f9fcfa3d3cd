//! Calculations: one for each period that was calculated.

use attain_documents::stored::{decode_plan_versions, encode_plan_versions};
use attain_domain::ids::{CalculationId, PeriodId, RunId};
use attain_domain::ports::StoreError;
use attain_domain::run::Calculation;
use sqlx::postgres::PgRow;

use crate::bulk::Writer;
use crate::copy::Rows;
use crate::error::corrupt;
use crate::snapshot::PgSnapshot;
use crate::statements::earnings as sql;
use crate::stored::each;

const WHAT: &str = "calculations";

fn calculations(rows: &[PgRow]) -> Result<Vec<Calculation>, StoreError> {
    each(WHAT, rows, |row| {
        Ok(Calculation {
            id: row.id(CalculationId)?,
            period: row.name(PeriodId::parse)?,
            through: row.date()?,
            run: row.id(RunId)?,
            plan_versions: decode_plan_versions(row.json()?)
                .map_err(|error| corrupt(WHAT, error))?,
            released: row.flag()?,
            stamp: row.stamp()?,
        })
    })
}

fn fill(cells: &mut Rows, row: &Calculation) {
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
    cells.document(&encode_plan_versions(plan_versions));
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
        let ids = deleted.iter().map(|id| id.0);
        self.remove(WHAT, sql::DELETE_CALCULATIONS, ids).await
    }
}

impl PgSnapshot {
    pub(crate) async fn all_calculations(&self) -> Result<Vec<Calculation>, StoreError> {
        calculations(&self.rows(sql::CALCULATIONS, self.cells()).await?)
    }

    pub(crate) async fn one_calculation(
        &self,
        id: CalculationId,
    ) -> Result<Option<Calculation>, StoreError> {
        let mut cells = self.cells();
        cells.id(id.0);
        let found = calculations(&self.rows(sql::CALCULATION, cells).await?)?;
        Ok(found.into_iter().next())
    }
}
