//! The trace of an earning: one is written for every earning there is, so it is terse.
//!
//! ```json
//! {"v":3,"m":[["revenue","100","0","100","1000"]],
//!  "r":{"t":"rates","s":"step","k":["West"],"c":[["0","1000","100","1","1"]],"q":"0.01","x":"1"},
//!  "f":[["event","1.25"]],"h":true,"u":"1.25","w":"0.25","l":"0.5"}
//! ```
//! `v` plan version, `m` measures (id, value, before, after, goal), `r` the rate table's part
//! (`t` table, `s` split, `k` keys looked up, `c` slices (from, to, input, value, result), `q`
//! rate, `x` commission), `f` factors, `h` threshold reached, `u` unrounded, `w` withheld, `l`
//! lifted. What is nothing is left out.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use attain_domain::earning::{MeasureTrace, RateTrace, SliceTrace, Trace};
use attain_domain::ids::{FactorId, MeasureId, RateTableId};
use attain_domain::plan::SplitMode;

use super::{StoredError, to_json};
use crate::document::leaf::As;
use crate::document::number::{Exact, Number};

/// The facts of an earning as JSON.
#[must_use]
pub fn encode_trace(trace: &Trace) -> String {
    to_json(&WrittenTrace::from(trace))
}

/// Reads what [`encode_trace`] wrote.
///
/// # Errors
/// [`StoredError`] for any other text.
pub fn decode_trace(json: &str) -> Result<Trace, StoredError> {
    serde_json::from_str(json)
        .map(ReadTrace::trace)
        .map_err(|error| StoredError::new("trace", error))
}

#[derive(Serialize)]
struct WrittenTrace<'a> {
    v: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    m: Vec<(&'a str, Exact<'a>, Exact<'a>, Exact<'a>, Option<Exact<'a>>)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r: Option<WrittenRate<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    f: Vec<(&'a str, Exact<'a>)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    h: Option<bool>,
    #[serde(skip_serializing_if = "Exact::is_zero")]
    u: Exact<'a>,
    #[serde(skip_serializing_if = "Exact::is_zero")]
    w: Exact<'a>,
    #[serde(skip_serializing_if = "Exact::is_zero")]
    l: Exact<'a>,
}

#[derive(Serialize)]
struct WrittenRate<'a> {
    t: &'a str,
    s: As<SplitMode>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    k: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    c: Vec<(
        Exact<'a>,
        Option<Exact<'a>>,
        Exact<'a>,
        Exact<'a>,
        Exact<'a>,
    )>,
    #[serde(skip_serializing_if = "Option::is_none")]
    q: Option<Exact<'a>>,
    #[serde(skip_serializing_if = "Exact::is_zero")]
    x: Exact<'a>,
}

impl<'a> From<&'a Trace> for WrittenTrace<'a> {
    fn from(trace: &'a Trace) -> Self {
        let Trace {
            plan_version,
            measures,
            rate,
            factors,
            threshold_reached,
            unrounded,
            withheld,
            lifted,
        } = trace;
        let measure = |one: &'a MeasureTrace| {
            let MeasureTrace {
                measure,
                value,
                before,
                after,
                goal,
            } = one;
            let goal = goal.as_ref().map(Exact);
            (
                measure.as_str(),
                Exact(value),
                Exact(before),
                Exact(after),
                goal,
            )
        };
        Self {
            v: *plan_version,
            m: measures.iter().map(measure).collect(),
            r: rate.as_ref().map(WrittenRate::from),
            f: factors
                .iter()
                .map(|(id, value)| (id.as_str(), Exact(value)))
                .collect(),
            h: *threshold_reached,
            u: Exact(unrounded),
            w: Exact(withheld),
            l: Exact(lifted),
        }
    }
}

impl<'a> From<&'a RateTrace> for WrittenRate<'a> {
    fn from(trace: &'a RateTrace) -> Self {
        let RateTrace {
            table,
            split,
            looked_up,
            slices,
            rate,
            commission,
        } = trace;
        let slice = |one: &'a SliceTrace| {
            let SliceTrace {
                from,
                to,
                input,
                value,
                result,
            } = one;
            let to = to.as_ref().map(Exact);
            (Exact(from), to, Exact(input), Exact(value), Exact(result))
        };
        Self {
            t: table.as_str(),
            s: As(*split),
            k: looked_up.iter().map(SmolStr::as_str).collect(),
            c: slices.iter().map(slice).collect(),
            q: rate.as_ref().map(Exact),
            x: Exact(commission),
        }
    }
}

type ReadMeasure = (As<MeasureId>, Number, Number, Number, Option<Number>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadTrace {
    v: u32,
    #[serde(default)]
    m: Vec<ReadMeasure>,
    r: Option<ReadRate>,
    #[serde(default)]
    f: Vec<(As<FactorId>, Number)>,
    h: Option<bool>,
    #[serde(default)]
    u: Number,
    #[serde(default)]
    w: Number,
    #[serde(default)]
    l: Number,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadRate {
    t: As<RateTableId>,
    s: As<SplitMode>,
    #[serde(default)]
    k: Vec<As<SmolStr>>,
    #[serde(default)]
    c: Vec<(Number, Option<Number>, Number, Number, Number)>,
    q: Option<Number>,
    #[serde(default)]
    x: Number,
}

impl ReadTrace {
    fn trace(self) -> Trace {
        let measures = self
            .m
            .into_iter()
            .map(|(measure, value, before, after, goal)| {
                let goal = goal.map(|number| number.0);
                MeasureTrace {
                    measure: measure.0,
                    value: value.0,
                    before: before.0,
                    after: after.0,
                    goal,
                }
            });
        Trace {
            plan_version: self.v,
            measures: measures.collect(),
            rate: self.r.map(ReadRate::trace),
            factors: self
                .f
                .into_iter()
                .map(|(id, value)| (id.0, value.0))
                .collect(),
            threshold_reached: self.h,
            unrounded: self.u.0,
            withheld: self.w.0,
            lifted: self.l.0,
        }
    }
}

impl ReadRate {
    fn trace(self) -> RateTrace {
        let slices = self
            .c
            .into_iter()
            .map(|(from, to, input, value, result)| SliceTrace {
                from: from.0,
                to: to.map(|number| number.0),
                input: input.0,
                value: value.0,
                result: result.0,
            });
        RateTrace {
            table: self.t.0,
            split: self.s.0,
            looked_up: self.k.into_iter().map(|leaf| leaf.0).collect(),
            slices: slices.collect(),
            rate: self.q.map(|number| number.0),
            commission: self.x.0,
        }
    }
}
