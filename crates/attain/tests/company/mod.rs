//! A company with many sales, and everything that its workspace holds in the end, said so that two
//! workspaces with the same work done say the same.
#![allow(dead_code, reason = "each binary of tests uses what it needs")]
#![allow(
    clippy::unwrap_used,
    reason = "a test's own tool: what cannot be, fails the test"
)]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::program::Place;

/// Who sells. Some of them have a manager, who gets credits of what they sell.
const SELLERS: u32 = 60;
const MANAGED: u32 = 10;

/// All of a workspace that is the same however its work was done. Ids and times are not.
const FACTS: [(&str, &str); 8] = [
    (
        "transactions",
        "SELECT t::text FROM (SELECT status, category_id, count(*), sum(operating_amount), \
         md5(string_agg(concat_ws(' ', source_number, transaction_type, event_date, amount, \
         currency, attributes), ';' ORDER BY source_number)) \
         FROM base_transaction WHERE workspace_id = $1 GROUP BY 1, 2 ORDER BY 1, 2) t",
    ),
    (
        "credits",
        "SELECT t::text FROM (SELECT participant_id, kind, status, obsolete_at IS NULL, count(*), \
         sum(amount), md5(string_agg(concat_ws(' ', source_number, amount, quantity, percent, \
         credit_date), ';' ORDER BY source_number, amount)) \
         FROM credit WHERE workspace_id = $1 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4) t",
    ),
    (
        "earnings",
        "SELECT t::text FROM (SELECT e.participant_id, plan_id, component_id, e.error_reason, \
         obsolete_at IS NULL, instalments_taken, instalments_paid, count(*), sum(e.amount), \
         md5(string_agg(concat_ws(' ', b.source_number, e.amount, earning_date), ';' \
         ORDER BY b.source_number, e.amount, earning_date)) \
         FROM earning e LEFT JOIN base_transaction b \
         ON b.workspace_id = e.workspace_id AND b.transaction_id = e.transaction_id \
         WHERE e.workspace_id = $1 GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7) t",
    ),
    (
        "batches",
        "SELECT t::text FROM (SELECT pay_group_id, period_id, pay_date, status \
         FROM payment_batch WHERE workspace_id = $1 ORDER BY 1, 2, 3, 4) t",
    ),
    (
        "paysheets",
        "SELECT t::text FROM (SELECT participant_id, status, total, total_currency, held \
         FROM paysheet WHERE workspace_id = $1 ORDER BY 1, 2, 3) t",
    ),
    (
        "lines",
        "SELECT t::text FROM (SELECT participant_id, plan_id, component_id, kind, held, count(*), \
         count(DISTINCT (earning_id, instalment)), sum(amount), sum(pay_amount) \
         FROM payment_line WHERE workspace_id = $1 GROUP BY 1, 2, 3, 4, 5 \
         ORDER BY 1, 2, 3, 4, 5) t",
    ),
    (
        "keys",
        "SELECT t::text FROM (SELECT count(*), count(DISTINCT newest_id) FROM transaction_key \
         WHERE workspace_id = $1) t",
    ),
    (
        "what waits, and what has left",
        "SELECT concat_ws(' ', \
         (SELECT count(*) FROM work_item WHERE workspace_id = $1), \
         (SELECT count(*) FROM change_log WHERE workspace_id = $1), \
         (SELECT count(*) FROM run_claim WHERE workspace_id = $1), \
         (SELECT count(*) FROM run_chunk WHERE workspace_id = $1), \
         (SELECT count(*) FROM credit_history WHERE workspace_id = $1), \
         (SELECT count(*) FROM earning_history WHERE workspace_id = $1))",
    ),
];

/// What a place's workspace holds, a line for each fact.
pub(crate) fn facts(place: &Place) -> Vec<String> {
    let lines = FACTS.iter().flat_map(|(what, sql)| {
        let rows = place.ask(sql);
        rows.into_iter().map(move |row| format!("{what}: {row}"))
    });
    lines.collect()
}

/// Whether a place's workspace holds what that of another does.
#[track_caller]
pub(crate) fn check_same(place: &Place, expected: &[String]) {
    let facts = facts(place);
    let lost: Vec<_> = expected
        .iter()
        .filter(|fact| !facts.contains(fact))
        .collect();
    let new: Vec<_> = facts
        .iter()
        .filter(|fact| !expected.contains(fact))
        .collect();
    assert!(
        lost.is_empty() && new.is_empty(),
        "{lost:#?} became {new:#?}"
    );
    assert_eq!(facts.len(), expected.len(), "no fact is there twice");
}

/// Writes the company's files: documents, and so many sales of January 2026.
pub(crate) fn write(place: &Place, sales: u32) {
    let small = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/small/documents");
    let documents = place.file("documents");
    fs::create_dir(&documents).unwrap();
    for name in ["workspace.yaml", "plans.yaml", "rules.yaml"] {
        fs::copy(small.join(name), documents.join(name)).unwrap();
    }
    fs::write(documents.join("people.yaml"), people()).unwrap();
    write_sales(&place.file("sales.csv"), 0..sales, 3);
    // A part of them was larger than was known at first.
    write_sales(&place.file("changed.csv"), sales / 2..sales, 4);
}

/// Makes a workspace of the company.
#[track_caller]
pub(crate) fn found(place: &Place) {
    place.run(&["apply", "-f", "documents"]).check(0, "");
}

fn people() -> String {
    let mut text =
        "kind: participant\nid: mia\nname: Mia\npay_group: everybody\nplans: manager\n".to_owned();
    for seller in 0..SELLERS {
        write!(
            text,
            "---\nkind: participant\nid: s{seller}\nname: Seller {seller}\npay_group: everybody\n\
             plans: rep\n"
        )
        .unwrap();
        if seller < MANAGED {
            text.push_str("reports_to: mia\n");
        }
    }
    text
}

fn write_sales(path: &Path, sales: std::ops::Range<u32>, least: u32) {
    let mut text =
        "number,type,event_date,amount,currency,attribute.rep,attribute.partner\n".to_owned();
    for number in sales {
        let (day, seller) = (number % 28 + 1, number * 7 % SELLERS);
        let (units, cents) = (number % 97 + least, number % 100);
        let currency = if number % 5 == 0 { "EUR" } else { "USD" };
        let partner = if number % 11 == 0 {
            format!("s{}", (seller + 1) % SELLERS)
        } else {
            String::new()
        };
        writeln!(
            text,
            "{number},ORDER,2026-01-{day:02},{units}.{cents:02},{currency},s{seller},{partner}"
        )
        .unwrap();
    }
    fs::write(path, text).unwrap();
}
