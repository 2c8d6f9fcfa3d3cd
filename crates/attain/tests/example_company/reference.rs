//! What the example company pays, worked out a second time: from the text of its file and from the
//! rules as they are stated here, in whole numbers, with nothing of the engine. Slow and plain.
//!
//! Amounts are in the smallest unit of their currency; milli-amounts have three digits more.

use std::collections::{BTreeMap, BTreeSet};

/// How large the company is, in thousandths; quotas, tiers and caps of the tests are as well.
pub(crate) const SCALE: i128 = 60;
/// Cents of a dollar.
const CENTS: i128 = 100;
/// People called `Clerk#000000001` and so on.
const CLERKS: u64 = 1_000;

const REGIONS: [&str; 5] = ["AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST"];
const NATIONS: [(&str, usize); 25] = [
    ("ALGERIA", 0),
    ("ARGENTINA", 1),
    ("BRAZIL", 1),
    ("CANADA", 1),
    ("EGYPT", 4),
    ("ETHIOPIA", 0),
    ("FRANCE", 3),
    ("GERMANY", 3),
    ("INDIA", 2),
    ("INDONESIA", 2),
    ("IRAN", 4),
    ("IRAQ", 4),
    ("JAPAN", 2),
    ("JORDAN", 4),
    ("KENYA", 0),
    ("MOROCCO", 0),
    ("MOZAMBIQUE", 0),
    ("PERU", 1),
    ("CHINA", 2),
    ("ROMANIA", 3),
    ("SAUDI ARABIA", 4),
    ("VIETNAM", 2),
    ("RUSSIA", 3),
    ("UNITED KINGDOM", 3),
    ("UNITED STATES", 1),
];

/// Dollars for a euro, and for a yen, in January, February and March.
const EUROS: [i128; 3] = [10_850, 10_790, 10_910];
const EURO_UNIT: i128 = 10_000;
const YEN: [i128; 3] = [67_210, 66_980, 66_540];
const YEN_UNIT: i128 = 10_000_000;

/// What is paid in one month for one plan in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Paid {
    pub(crate) lines: u64,
    /// In cents of a dollar.
    pub(crate) earned: i128,
    /// In the smallest unit of the currency.
    pub(crate) paid: i128,
}

/// By month (from 0), plan and currency.
pub(crate) type Totals = BTreeMap<(usize, &'static str, &'static str), Paid>;

/// What the file comes to.
pub(crate) struct Reference {
    pub(crate) totals: Totals,
    /// Rows that an import refuses, by reason.
    pub(crate) rejected: BTreeMap<&'static str, u64>,
    /// Transactions that nobody can be credited for, by reason.
    pub(crate) failed: BTreeMap<&'static str, u64>,
    /// Transactions that count.
    pub(crate) credited: u64,
}

/// One row of the file.
#[derive(Clone)]
struct Row {
    number: String,
    kind: String,
    date: String,
    amount: String,
    currency: String,
    updated_at: String,
    clerk: String,
    partner: String,
    nation: String,
    region: String,
    segment: String,
    priority: String,
}

/// One credit of a clerk, in the order in which they count.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Credit {
    date: String,
    number: String,
    kind: String,
    is_team: bool,
    set: &'static str,
    percent: i128,
    cents: i128,
}

/// What a manager's or a specialist's months, and a clerk's quarter, are made of.
#[derive(Default)]
struct Books {
    clerks: BTreeMap<u64, Vec<Credit>>,
    months: BTreeMap<String, [i128; 3]>,
}

/// Works everything out from the text of `transactions.csv`.
pub(crate) fn work_out(text: &str) -> Reference {
    let mut rejected = BTreeMap::new();
    let mut newest: BTreeMap<(String, String), Row> = BTreeMap::new();
    for row in rows(text) {
        if let Some(reason) = refused(&row) {
            *rejected.entry(reason).or_default() += 1;
            continue;
        }
        let key = (row.number.clone(), row.kind.clone());
        let is_older = newest
            .get(&key)
            .is_some_and(|known| row.updated_at < known.updated_at);
        if !is_older {
            newest.insert(key, row);
        }
    }
    let (mut failed, mut books, mut credited) = (BTreeMap::new(), Books::default(), 0);
    for row in newest.values() {
        if books.credit(row) {
            credited += 1;
        } else {
            *failed.entry("UNKNOWN_PARTICIPANT").or_default() += 1;
        }
    }
    Reference {
        totals: books.totals(),
        rejected,
        failed,
        credited,
    }
}

fn rows(text: &str) -> Vec<Row> {
    assert!(!text.contains('"'), "nothing in the file is quoted");
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let place = |name: &str| {
        let found = header.iter().position(|column| *column == name);
        found.unwrap_or_else(|| panic!("no column {name}"))
    };
    let columns = [
        "number",
        "type",
        "event_date",
        "amount",
        "currency",
        "updated_at",
        "attribute.clerk",
        "attribute.partner",
        "attribute.nation",
        "attribute.region",
        "attribute.segment",
        "attribute.priority",
    ]
    .map(place);
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let mut own = columns.iter().map(|column| cells[*column].to_owned());
            let mut next = || own.next().expect("a cell for every column");
            Row {
                number: next(),
                kind: next(),
                date: next(),
                amount: next(),
                currency: next(),
                updated_at: next(),
                clerk: next(),
                partner: next(),
                nation: next(),
                region: next(),
                segment: next(),
                priority: next(),
            }
        })
        .collect()
}

/// Why an import refuses a row. No row has two faults.
fn refused(row: &Row) -> Option<&'static str> {
    let is_plain = |c: char| c.is_ascii_digit() || c == '.' || c == '-';
    match row.currency.as_str() {
        "" => return Some("MISSING_VALUE"),
        "USD" | "EUR" | "JPY" => {}
        "GBP" => return Some("MISSING_CURRENCY_RATE"),
        _ => return Some("UNKNOWN_CURRENCY"),
    }
    if !row.amount.chars().all(is_plain) || !is_date(&row.date) {
        return Some("MALFORMED_VALUE");
    }
    (!row.date.starts_with("2026-")).then_some("PERIOD_NOT_OPEN")
}

fn is_date(text: &str) -> bool {
    let days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut parts = text
        .split('-')
        .skip(1)
        .map(|part| part.parse::<usize>().unwrap_or(0));
    let (month, day) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    (1..=12).contains(&month) && (1..=days[month - 1]).contains(&day)
}

/// A quotient, rounded to a whole number; ties go to the even one.
fn rounded(numerator: i128, denominator: i128) -> i128 {
    let (down, rest) = (
        numerator.div_euclid(denominator),
        numerator.rem_euclid(denominator),
    );
    match (2 * rest).cmp(&denominator) {
        std::cmp::Ordering::Less => down,
        std::cmp::Ordering::Greater => down + 1,
        std::cmp::Ordering::Equal => down + down.rem_euclid(2),
    }
}

fn month_of(date: &str) -> usize {
    let month: usize = date[5..7].parse().expect("it was checked before");
    month - 1
}

/// In cents of a dollar, at the rate of the month.
fn dollars(row: &Row) -> i128 {
    let digits: String = row.amount.chars().filter(|c| *c != '.').collect();
    let units: i128 = digits.parse().expect("it was checked before");
    let month = month_of(&row.date);
    match row.currency.as_str() {
        "EUR" => rounded(units * EUROS[month], EURO_UNIT),
        "JPY" => rounded(units * YEN[month] * 100, YEN_UNIT),
        _ => units,
    }
}

fn slug(text: &str) -> String {
    text.to_lowercase().replace(' ', "-")
}

/// The number of a clerk of the company.
fn clerk(text: &str) -> Option<u64> {
    let number = text.strip_prefix("Clerk#")?.parse().ok()?;
    (1..=CLERKS).contains(&number).then_some(number)
}

/// The clerks of a nation's key-account team; the first leads it.
fn key_accounts(nation: &str) -> [u64; 3] {
    let place = NATIONS
        .iter()
        .position(|(name, _)| *name == nation)
        .expect("a nation");
    let first = if place == 0 { 25 } else { place as u64 };
    [first, first + 25, first + 50]
}

impl Books {
    /// Credits everybody for one transaction; false when somebody who should be is not there.
    fn credit(&mut self, row: &Row) -> bool {
        let cents = dollars(row);
        let mut shares = Vec::new();
        let Some(seller) = clerk(&row.clerk) else {
            return false;
        };
        if row.priority == "1-URGENT" && !row.partner.is_empty() {
            let Some(partner) = clerk(&row.partner) else {
                return false;
            };
            let part = rounded(cents * 70, 100);
            shares.extend([(seller, part, 70), (partner, cents - part, 30)]);
        } else {
            shares.push((seller, cents, 100));
        }
        for (who, part, percent) in shares {
            self.give(row, who, part, false, "sales", percent);
            let (nation, region) = NATIONS[usize::try_from(who % 25).expect("below 25")];
            for above in [
                format!("manager-{}", slug(nation)),
                format!("director-{}", slug(REGIONS[region])),
                "vp-sales".to_owned(),
            ] {
                self.add(&above, &row.date, part);
            }
        }
        let specialist = format!("specialist-{}-{}", slug(&row.region), slug(&row.segment));
        self.add(&specialist, &row.date, cents);
        if row.kind == "ORDER" && cents > 400_000 * CENTS {
            let tenth = rounded(cents * 10, 100);
            for (number, member) in key_accounts(&row.nation).into_iter().enumerate() {
                self.give(row, member, tenth, number > 0, "key-accounts", 10);
            }
        }
        true
    }

    fn give(
        &mut self,
        row: &Row,
        who: u64,
        cents: i128,
        is_team: bool,
        set: &'static str,
        percent: i128,
    ) {
        let (date, number, kind) = (row.date.clone(), row.number.clone(), row.kind.clone());
        let credit = Credit {
            date,
            number,
            kind,
            is_team,
            set,
            percent,
            cents,
        };
        self.clerks.entry(who).or_default().push(credit);
    }

    fn add(&mut self, who: &str, date: &str, cents: i128) {
        self.months.entry(who.to_owned()).or_default()[month_of(date)] += cents;
    }

    fn totals(mut self) -> Totals {
        let mut totals = Totals::new();
        for number in 1..=CLERKS {
            let credits = self.clerks.remove(&number).unwrap_or_default();
            clerk_earns(number, credits, &mut totals);
        }
        for manager in managers() {
            let months = self.months.remove(&manager).unwrap_or_default();
            for (month, sold) in months.into_iter().enumerate() {
                let most = rounded(500_000 * CENTS * SCALE, 1_000);
                let earned = rounded(override_on(sold), 10_000).min(most);
                pay(&mut totals, month, "manager", "USD", earned);
            }
        }
        assert!(
            self.months.is_empty(),
            "{:?} are nobody",
            self.months.keys()
        );
        totals
    }
}

fn managers() -> BTreeSet<String> {
    let segments = [
        "AUTOMOBILE",
        "BUILDING",
        "FURNITURE",
        "HOUSEHOLD",
        "MACHINERY",
    ];
    let mut managers = BTreeSet::from(["vp-sales".to_owned()]);
    managers.extend(
        NATIONS
            .iter()
            .map(|(nation, _)| format!("manager-{}", slug(nation))),
    );
    for region in REGIONS {
        managers.insert(format!("director-{}", slug(region)));
        let specialist = |s: &str| format!("specialist-{}-{}", slug(region), slug(s));
        managers.extend(segments.map(specialist));
    }
    managers
}

/// 0.05 % up to 50 million, 0.04 % up to 200 million, 0.03 % above, in ten-thousandths of a cent;
/// less than nothing is walked back in the same way.
fn override_on(sold: i128) -> i128 {
    let (first, second) = (
        50_000_000 * CENTS * SCALE / 1_000,
        200_000_000 * CENTS * SCALE / 1_000,
    );
    let size = sold.abs();
    let low = size.min(first) * 5;
    let middle = (size.min(second) - first).max(0) * 4;
    let high = (size - second).max(0) * 3;
    (low + middle + high) * sold.signum()
}

/// A number below `below`, which depends on a key and a purpose (SplitMix64).
fn choose(key: u64, purpose: u64, below: u64) -> u64 {
    fn mix(key: u64) -> u64 {
        let mut z = key.wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    mix(key ^ mix(purpose)) % below
}

/// 6 to 10 million a quarter, in cents.
fn quota_of(number: u64) -> i128 {
    let dollars = 6_000_000 + 100_000 * i128::from(choose(number, 2, 41));
    dollars * 100 * SCALE / 1_000
}

/// 0.4 % to quota, 0.6 % up to one and a half times, 0.9 % above, in thousandths of a cent.
fn commission_on(sold: i128, quota: i128) -> i128 {
    let (size, more) = (sold.abs(), quota * 3 / 2);
    let low = size.min(quota) * 4;
    let middle = (size.min(more) - quota).max(0) * 6;
    let high = (size - more).max(0) * 9;
    (low + middle + high) * sold.signum()
}

fn bonus_on(sold: i128, quota: i128) -> i128 {
    match sold * 100 {
        sold if sold >= quota * 120 => 5_000 * CENTS,
        sold if sold >= quota * 100 => 2_500 * CENTS,
        sold if sold >= quota * 80 => 1_000 * CENTS,
        _ => 0,
    }
}

fn clerk_earns(number: u64, mut credits: Vec<Credit>, totals: &mut Totals) {
    let (nation, region) = NATIONS[usize::try_from(number % 25).expect("below 25")];
    assert!(!nation.is_empty());
    let currency = match REGIONS[region] {
        "EUROPE" => "EUR",
        "ASIA" => "JPY",
        _ => "USD",
    };
    let quota = quota_of(number);
    credits.sort();
    let (mut sold, mut own, mut earned_before) = (0, 0, 0);
    for credit in credits {
        sold += credit.cents;
        own += if credit.is_team { 0 } else { credit.cents };
        let earned = rounded(commission_on(sold, quota), 1_000);
        let month = month_of(&credit.date);
        pay(totals, month, "rep", currency, earned - earned_before);
        earned_before = earned;
    }
    pay(totals, 2, "bonus", currency, bonus_on(own, quota));
}

/// One line of a sheet, at the rate of the pay date: the last day of the month.
fn pay(totals: &mut Totals, month: usize, plan: &'static str, currency: &'static str, cents: i128) {
    let paid = match currency {
        "EUR" => rounded(cents * EURO_UNIT, EUROS[month]),
        "JPY" => rounded(cents * YEN_UNIT, YEN[month] * 100),
        _ => cents,
    };
    let total = totals.entry((month, plan, currency)).or_default();
    total.lines += 1;
    total.earned += cents;
    total.paid += paid;
}
