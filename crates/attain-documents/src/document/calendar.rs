//! `kind: calendar`: months from one to another, or any periods one by one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use schemars::{JsonSchema, Schema, json_schema};
use serde::{Deserialize, Serialize};

use attain_domain::definition::Calendar;
use attain_domain::definition::calendar::{Period, PeriodStatus};
use attain_domain::ids::{IntervalId, PeriodId};
use attain_domain::refusal::{Reason, Refusal};
use attain_domain::time::Date;

use super::Mirror;
use super::leaf::{As, Leaf};

/// Most months that `monthly` may span: 200 years.
const MONTHS_MAX: usize = 2_400;

/// The pay calendar: contiguous periods in rising order.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CalendarDocument {
    /// One period for each calendar month, with quarters and years. Or write `periods`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    monthly: Option<Monthly>,
    /// The months that are closed and may be opened again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    closed: Vec<As<PeriodId>>,
    /// The months that are closed for good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    permanently_closed: Vec<As<PeriodId>>,
    /// Every period, where they are not calendar months.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    periods: Vec<PeriodDocument>,
}

/// Calendar months.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Monthly {
    /// The first month, such as 2026-01.
    first: As<Month>,
    /// The last month, inclusive.
    last: As<Month>,
}

/// One period.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PeriodDocument {
    /// Its name, such as 2026-01.
    id: As<PeriodId>,
    /// First date in it.
    from: As<Date>,
    /// First date after it: `to` is exclusive.
    to: As<Date>,
    /// The quarter it belongs to; that of its first date, such as 2026-Q1, if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quarter: Option<As<IntervalId>>,
    /// The year it belongs to; that of its first date if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    year: Option<As<IntervalId>>,
    /// `open` (the default), `closed` or `permanently_closed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<As<PeriodStatus>>,
}

/// A calendar month, by its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Month(NaiveDate);

impl Month {
    fn next(self) -> Option<Self> {
        let (year, month) = (self.0.year(), self.0.month());
        let (year, month) = if month == 12 {
            (year.checked_add(1)?, 1)
        } else {
            (year, month + 1)
        };
        NaiveDate::from_ymd_opt(year, month, 1).map(Self)
    }

    fn name(self) -> String {
        self.0.format("%Y-%m").to_string()
    }

    fn period(self, status: PeriodStatus) -> Option<Period> {
        Some(Period {
            id: PeriodId::parse(&self.name()).ok()?,
            start: self.0,
            end: self.next()?.0,
            quarter: quarter_of(self.0)?,
            year: year_of(self.0)?,
            status,
        })
    }
}

impl Leaf for Month {
    fn wanted() -> Cow<'static, str> {
        "a month such as 2026-01".into()
    }

    fn read(text: &str) -> Result<Self, String> {
        NaiveDate::read(&format!("{text}-01"))
            .map(Self)
            .map_err(|_| format!("`{text}` is not {}", Self::wanted()))
    }

    fn write(&self) -> Cow<'_, str> {
        self.name().into()
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$" })
    }
}

fn quarter_of(date: Date) -> Option<IntervalId> {
    let quarter = date.month0() / 3 + 1;
    IntervalId::parse(&format!("{:04}-Q{quarter}", date.year())).ok()
}

fn year_of(date: Date) -> Option<IntervalId> {
    IntervalId::parse(&format!("{:04}", date.year())).ok()
}

impl Mirror for CalendarDocument {
    type Domain = Calendar;

    fn from_domain(calendar: &Calendar) -> Self {
        as_months(calendar).unwrap_or_else(|| Self {
            periods: calendar.periods.iter().map(PeriodDocument::from).collect(),
            ..Self::default()
        })
    }

    fn into_domain(self) -> Result<Calendar, Refusal> {
        let Some(monthly) = self.monthly else {
            for (field, ids) in [
                ("closed", &self.closed),
                ("permanently_closed", &self.permanently_closed),
            ] {
                if !ids.is_empty() {
                    let text = "needs `monthly`; explicit periods have a `status` each";
                    return Err(Refusal::new(Reason::MalformedValue, text).at(field));
                }
            }
            return Ok(Calendar {
                periods: self
                    .periods
                    .into_iter()
                    .map(PeriodDocument::period)
                    .collect::<Result<_, _>>()?,
            });
        };
        if !self.periods.is_empty() {
            let text = "has either `monthly` or `periods`, not both";
            return Err(Refusal::new(Reason::MalformedValue, text).at("periods"));
        }
        let mut periods = monthly.periods()?;
        close(&mut periods, &self.closed, PeriodStatus::Closed, "closed")?;
        let (ids, status) = (self.permanently_closed, PeriodStatus::PermanentlyClosed);
        close(&mut periods, &ids, status, "permanently_closed")?;
        Ok(Calendar { periods })
    }
}

impl Monthly {
    fn periods(&self) -> Result<Vec<Period>, Refusal> {
        let (first, last) = (self.first.0, self.last.0);
        let months: Vec<Month> = std::iter::successors(Some(first), |month| month.next())
            .take_while(|month| *month <= last)
            .take(MONTHS_MAX + 1)
            .collect();
        if months.is_empty() || months.len() > MONTHS_MAX {
            let text = format!("there must be 1 to {MONTHS_MAX} months from `first` to `last`");
            return Err(Refusal::new(Reason::OutOfRange, text).at("monthly"));
        }
        let open = |month: Month| month.period(PeriodStatus::Open);
        months
            .into_iter()
            .map(open)
            .collect::<Option<_>>()
            .ok_or_else(|| {
                Refusal::new(Reason::OutOfRange, "the months are too late").at("monthly")
            })
    }
}

fn close(
    periods: &mut [Period],
    ids: &[As<PeriodId>],
    status: PeriodStatus,
    field: &str,
) -> Result<(), Refusal> {
    let places: BTreeMap<PeriodId, usize> = periods
        .iter()
        .enumerate()
        .map(|(place, period)| (period.id.clone(), place))
        .collect();
    for (index, id) in ids.iter().enumerate() {
        let refuse = |reason, text| Refusal::new(reason, text).at(format!("{field}[{index}]"));
        let found = places.get(&id.0).and_then(|place| periods.get_mut(*place));
        let Some(period) = found else {
            let text = format!("`{}` is not one of the months", id.0);
            return Err(refuse(Reason::UnknownReference, text));
        };
        if period.status != PeriodStatus::Open {
            let text = format!("`{}` is named twice", id.0);
            return Err(refuse(Reason::Duplicate, text));
        }
        period.status = status;
    }
    Ok(())
}

/// The short form, if it says the same.
fn as_months(calendar: &Calendar) -> Option<CalendarDocument> {
    let (first, last) = (calendar.periods.first()?, calendar.periods.last()?);
    let monthly = Monthly {
        first: As(Month::read(first.id.as_str()).ok()?),
        last: As(Month::read(last.id.as_str()).ok()?),
    };
    let of_status = |status| {
        let periods = calendar.periods.iter();
        let those = periods.filter(move |period| period.status == status);
        those.map(|period| As(period.id.clone())).collect()
    };
    let document = CalendarDocument {
        monthly: Some(monthly),
        closed: of_status(PeriodStatus::Closed),
        permanently_closed: of_status(PeriodStatus::PermanentlyClosed),
        periods: Vec::new(),
    };
    let same = document
        .clone()
        .into_domain()
        .is_ok_and(|months| months == *calendar);
    same.then_some(document)
}

impl From<&Period> for PeriodDocument {
    fn from(period: &Period) -> Self {
        let Period {
            id,
            start,
            end,
            quarter,
            year,
            status,
        } = period;
        let unless = |named: &IntervalId, usual: Option<IntervalId>| {
            (usual.as_ref() != Some(named)).then(|| As(named.clone()))
        };
        Self {
            id: As(id.clone()),
            from: As(*start),
            to: As(*end),
            quarter: unless(quarter, quarter_of(*start)),
            year: unless(year, year_of(*start)),
            status: (*status != PeriodStatus::Open).then_some(As(*status)),
        }
    }
}

impl PeriodDocument {
    fn period(self) -> Result<Period, Refusal> {
        let start = self.from.0;
        let interval = |named: Option<As<IntervalId>>, usual: Option<IntervalId>, field: &str| {
            named.map(|leaf| leaf.0).or(usual).ok_or_else(|| {
                let text = format!("the {field} of {start} has no name; give one");
                Refusal::new(Reason::MissingValue, text).at(field)
            })
        };
        Ok(Period {
            id: self.id.0,
            start,
            end: self.to.0,
            quarter: interval(self.quarter, quarter_of(start), "quarter")?,
            year: interval(self.year, year_of(start), "year")?,
            status: self.status.map_or(PeriodStatus::Open, |leaf| leaf.0),
        })
    }
}
