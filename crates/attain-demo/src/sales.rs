//! Orders and returned lines of TPC-H, as rows of transactions. TPC-H's 1994 becomes 2026: both
//! begin on the same calendar, and everything ordered then has been received, so that the standard
//! says which lines were returned.

use std::path::Path;

use anyhow::Context;
use chrono::{Days, NaiveDate};
use tpchgen::generators::{CustomerGenerator, LineItem, LineItemGenerator, Order, OrderGenerator};

use crate::company::{Company, NATIONS, REGIONS, clerk_id, currency};
use crate::messy;
use crate::mixing::choose;
use crate::{Summary, returns_file, transactions_file};

/// Days from 1994-01-01 to 2026-01-01.
const SHIFT_DAYS: i32 = 11_688;

/// One row of a transaction file.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) number: String,
    pub(crate) kind: &'static str,
    pub(crate) date: String,
    pub(crate) amount: String,
    pub(crate) currency: String,
    pub(crate) quantity: i64,
    pub(crate) updated_at: String,
    pub(crate) clerk: String,
    pub(crate) partner: String,
    pub(crate) nation: &'static str,
    pub(crate) region: &'static str,
    pub(crate) segment: String,
    pub(crate) priority: String,
    pub(crate) order: String,
}

const HEADER: [&str; 14] = [
    "number",
    "type",
    "event_date",
    "amount",
    "currency",
    "quantity",
    "updated_at",
    "attribute.clerk",
    "attribute.partner",
    "attribute.nation",
    "attribute.region",
    "attribute.segment",
    "attribute.priority",
    "attribute.order",
];

impl Row {
    fn fields(&self) -> [&str; 13] {
        [
            &self.number,
            self.kind,
            &self.date,
            &self.amount,
            &self.currency,
            &self.updated_at,
            &self.clerk,
            &self.partner,
            self.nation,
            self.region,
            &self.segment,
            &self.priority,
            &self.order,
        ]
    }
}

struct Sink {
    writer: csv::Writer<std::fs::File>,
    rows: u64,
}

impl Sink {
    fn create(path: &Path) -> anyhow::Result<Self> {
        let writer = csv::Writer::from_path(path);
        let mut writer = writer.with_context(|| format!("writing {}", path.display()))?;
        writer.write_record(HEADER)?;
        Ok(Self { writer, rows: 0 })
    }

    fn write(&mut self, row: &Row) -> anyhow::Result<()> {
        let quantity = row.quantity.to_string();
        let fields = row.fields();
        let (before, after) = fields.split_at(5);
        let record = before
            .iter()
            .copied()
            .chain([quantity.as_str()])
            .chain(after.iter().copied());
        self.writer.write_record(record)?;
        self.rows += 1;
        Ok(())
    }
}

/// Writes the quarter's transactions, and what comes back later.
pub(crate) fn write_transactions(company: &Company, folder: &Path) -> anyhow::Result<Summary> {
    let scale = f64::from(company.scale_thousandths) / 1_000.0;
    let customers = customers(scale);
    let mut now = Sink::create(&transactions_file(folder))?;
    let mut later = Sink::create(&returns_file(folder))?;
    let mut summary = Summary {
        participants: 0,
        rows: 0,
        orders: 0,
        returns: 0,
        messy: 0,
        returns_later: 0,
        sold_cents: 0,
        returned_cents: 0,
    };
    let orders = OrderGenerator::new(scale, 1, 1);
    let lines = LineItemGenerator::new(scale, 1, 1);
    let mut lines = lines.iter().peekable();
    for order in orders.iter() {
        let mut own = Vec::new();
        while let Some(line) = lines.next_if(|line| line.l_orderkey == order.o_orderkey) {
            own.push(line);
        }
        let date = shifted(order.o_orderdate.to_unix_epoch());
        if date < day(2025, 7, 1) || date >= day(2026, 4, 1) {
            continue;
        }
        let sale = Sale {
            company,
            order: &order,
            date,
            customer: customer(&customers, &order),
        };
        let in_quarter = date >= day(2026, 1, 1);
        if in_quarter {
            let row = sale.order_row(&own);
            summary.orders += 1;
            summary.sold_cents += own.iter().map(net_cents).sum::<i64>();
            for messy in messy::beside(&row, summary.orders) {
                now.write(&messy)?;
                summary.messy += 1;
            }
            now.write(&row)?;
        }
        for line in &own {
            let Some((returned_on, cents, row)) = sale.return_row(line) else {
                continue;
            };
            if in_quarter {
                summary.returned_cents += cents;
            }
            if returned_on >= day(2026, 4, 1) {
                if in_quarter && returned_on < day(2027, 1, 1) {
                    later.write(&row)?;
                }
            } else if returned_on >= day(2026, 1, 1) {
                now.write(&row)?;
                summary.returns += 1;
            }
        }
    }
    now.writer.flush()?;
    later.writer.flush()?;
    (summary.rows, summary.returns_later) = (now.rows, later.rows);
    Ok(summary)
}

/// Nation and segment of every customer, by customer key.
fn customers(scale: f64) -> Vec<(usize, String)> {
    CustomerGenerator::new(scale, 1, 1)
        .iter()
        .map(|customer| {
            let nation = usize::try_from(customer.c_nationkey).unwrap_or(0);
            (nation, customer.c_mktsegment.to_owned())
        })
        .collect()
}

fn customer<'c>(customers: &'c [(usize, String)], order: &Order<'_>) -> &'c (usize, String) {
    let index = usize::try_from(order.o_custkey - 1).unwrap_or(0);
    &customers[index]
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date of the example")
}

fn shifted(days_since_1970: i32) -> NaiveDate {
    let days = u64::try_from(days_since_1970 + SHIFT_DAYS).unwrap_or(0);
    day(1970, 1, 1)
        .checked_add_days(Days::new(days))
        .expect("a date of the example")
}

/// Price less discount, in cents, cut to whole cents.
fn net_cents(line: &LineItem<'_>) -> i64 {
    line.l_extendedprice.0 * (100 - line.l_discount.0) / 100
}

struct Sale<'a> {
    company: &'a Company,
    order: &'a Order<'a>,
    date: NaiveDate,
    customer: &'a (usize, String),
}

impl Sale<'_> {
    fn key(&self) -> u64 {
        u64::try_from(self.order.o_orderkey).unwrap_or(0)
    }

    fn row(&self, number: String, kind: &'static str, date: NaiveDate, cents: i64) -> Row {
        let clerk_name = self.order.o_clerk.to_string();
        let digits = clerk_name
            .trim_start_matches("Clerk#")
            .trim_start_matches('0');
        let clerk: u64 = digits.parse().unwrap_or(1);
        let (nation, region) = NATIONS[self.customer.0];
        let urgent = self.order.o_orderpriority == "1-URGENT";
        let partner = urgent.then(|| clerk_id(self.company.partner_of(clerk, self.key())));
        Row {
            number,
            kind,
            date: date.to_string(),
            amount: amount(cents, region),
            currency: currency(region).to_string(),
            quantity: 1,
            updated_at: format!("{date}T18:00:00Z"),
            clerk: clerk_name,
            partner: partner.unwrap_or_default(),
            nation,
            region: REGIONS[region],
            segment: self.customer.1.clone(),
            priority: self.order.o_orderpriority.to_owned(),
            order: String::new(),
        }
    }

    fn order_row(&self, lines: &[LineItem<'_>]) -> Row {
        let cents = lines.iter().map(net_cents).sum();
        let mut row = self.row(self.key().to_string(), "ORDER", self.date, cents);
        row.quantity = lines.iter().map(|line| line.l_quantity).sum();
        row
    }

    /// About a fifth of the lines that the standard marks as returned, so that about a tenth of
    /// the sales come back: 7 in 10 only in part, 30 to 180 days after they were received.
    fn return_row(&self, line: &LineItem<'_>) -> Option<(NaiveDate, i64, Row)> {
        let number = u64::try_from(line.l_linenumber).unwrap_or(0);
        let key = self.key() * 8 + number;
        if line.l_returnflag != "R" || choose(key, 3, 100) >= 30 {
            return None;
        }
        let whole = choose(key, 4, 10) >= 7;
        let share = if whole {
            100
        } else {
            25 + i64::try_from(choose(key, 5, 60)).unwrap_or(0)
        };
        let cents = net_cents(line) * share / 100;
        let wait = 30 + i32::try_from(choose(key, 6, 151)).unwrap_or(0);
        let date = shifted(line.l_receiptdate.to_unix_epoch() + wait);
        let id = format!("{}-{}", self.key(), line.l_linenumber);
        let mut row = self.row(id, "RETURN", date, -cents);
        row.quantity = -(line.l_quantity * share / 100).max(1);
        row.order = self.key().to_string();
        Some((date, cents, row))
    }
}

/// A nominal amount in the currency of a region; yen are 150 to the dollar and have no cents.
fn amount(cents: i64, region: usize) -> String {
    if currency(region).digits() == 0 {
        return (cents * 150 / 100).to_string();
    }
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}
