//! Page sizes and tokens.

use attain_domain::refusal::Reason;
use attain_proto::attain::v1::Workspace;

use super::{LOOKED_AT_MAX, PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, Paging, Sieve};

fn paging(size: i32, token: &str) -> Result<Paging, Reason> {
    Paging::read("transactions", &["acme", "2026"], size, token).map_err(|refusal| refusal.reason)
}

fn pages(paging: &Paging, rows: &[u32]) -> (Vec<String>, String) {
    let to_wire = |row: &u32| {
        Ok(Workspace {
            workspace_id: row.to_string(),
        })
    };
    let (messages, token) = paging
        .page(rows, to_wire, |row| vec![row.to_string()])
        .expect("nothing is refused");
    (
        messages
            .into_iter()
            .map(|message| message.workspace_id)
            .collect(),
        token,
    )
}

#[test]
fn sizes_are_brought_into_the_limits() {
    let rows = |size| paging(size, "").map(|paging| paging.rows);
    assert_eq!(rows(0), Ok(PAGE_ROWS_DEFAULT));
    assert_eq!(rows(1), Ok(1));
    assert_eq!(rows(1_000), Ok(PAGE_ROWS_MAX));
    assert_eq!(rows(i32::MAX), Ok(PAGE_ROWS_MAX));
    assert_eq!(rows(-1), Err(Reason::OutOfRange));
    let largest = paging(1_000, "").expect("a page");
    assert_eq!(
        largest.chunk().rows(),
        1_001,
        "one more tells whether a page follows"
    );
}

#[test]
fn a_token_leads_to_the_row_after_the_last() {
    let first = paging(2, "").expect("a page");
    let (rows, token) = pages(&first, &[1, 2, 3]);
    assert_eq!(rows, ["1", "2"]);
    let second = paging(2, &token).expect("its own token");
    let after = second.after(|parts| parts.first().and_then(|part| part.parse::<u32>().ok()));
    assert_eq!(after.ok(), Some(Some(2)));
    let (rows, token) = pages(&second, &[3]);
    assert_eq!((rows, token), (vec!["3".to_owned()], String::new()));
}

#[test]
fn tokens_of_others_are_refused() {
    let (_, token) = pages(&paging(1, "").expect("a page"), &[1, 2]);
    for (list, filter) in [
        ("credits", ["acme", "2026"]),
        ("transactions", ["acme", "2025"]),
        ("transactions", ["acm", "e2026"]),
    ] {
        let refused = Paging::read(list, &filter, 1, &token).expect_err("another list or filter");
        assert_eq!(refused.reason, Reason::MalformedValue);
        assert_eq!(refused.field.as_deref(), Some("page_token"));
    }
    let long = "A".repeat(10_000);
    let cut = &token[..token.len() / 3];
    for token in ["x", "💥", "AAAA", cut, &long] {
        assert_eq!(
            paging(1, token).err(),
            Some(Reason::MalformedValue),
            "{token}"
        );
    }
    let other_parts = paging(1, &token).expect("its own token");
    let refused = other_parts.after(|_| None::<u32>).expect_err("other parts");
    assert_eq!(refused.reason, Reason::MalformedValue);
}

#[test]
fn a_page_ends_before_it_is_too_large_to_be_sent() {
    let wide = paging(1_000, "").expect("a page");
    let to_wire = |_: &u32| {
        Ok(Workspace {
            workspace_id: "x".repeat(1024 * 1024),
        })
    };
    let (messages, token) = wide
        .page(&[1, 2, 3, 4, 5], to_wire, |row| vec![row.to_string()])
        .expect("a page");
    assert_eq!(messages.len(), 2);
    let next = paging(1_000, &token).expect("its own token");
    let after = next.after(|parts| parts.first().and_then(|part| part.parse::<u32>().ok()));
    assert_eq!(after.ok(), Some(Some(2)));
}

/// Looks through the rows 1 to `last` for those that are taken, from where a token says.
fn sift(token: &str, last: u32, takes: fn(&u32) -> bool) -> (Vec<u32>, String, usize) {
    let paging = paging(2, token).expect("a page");
    let after = paging.after(|parts| parts.first()?.parse::<u32>().ok());
    let mut after = after.expect("our own token").unwrap_or(0);
    let mut sieve = Sieve::new(&paging, false);
    let position = |row: &u32| vec![row.to_string()];
    loop {
        let chunk = u32::try_from(sieve.chunk().rows()).expect("a small number");
        let read: Vec<u32> = (after + 1..=last.min(after + chunk)).collect();
        after = read.last().copied().unwrap_or(after);
        if !sieve.take(read, takes, position) {
            break;
        }
    }
    let to_wire = |row: &u32| {
        Ok(Workspace {
            workspace_id: row.to_string(),
        })
    };
    let (messages, next) = paging.sifted(&sieve, to_wire, position).expect("a page");
    let rows = messages.iter().map(|message| message.workspace_id.parse());
    let rows = rows.collect::<Result<_, _>>().expect("numbers");
    (rows, next, sieve.looked_at)
}

#[test]
fn what_a_filter_leaves_has_pages_too() {
    let thousands: fn(&u32) -> bool = |row| row % 1_000 == 0;
    let (first, token, _) = sift("", 3_500, thousands);
    assert_eq!(first, [1_000, 2_000]);
    let (second, token, _) = sift(&token, 3_500, thousands);
    assert_eq!((second, token.as_str()), (vec![3_000], ""));
}

#[test]
fn a_filter_that_leaves_little_does_not_look_for_ever() {
    let one: fn(&u32) -> bool = |row| *row == 25_000;
    let (none, token, looked_at) = sift("", 30_000, one);
    assert!(none.is_empty() && !token.is_empty());
    assert_eq!(looked_at, LOOKED_AT_MAX);
    let (found, token, _) = sift(&token, 30_000, one);
    assert_eq!((found, token.as_str()), (vec![25_000], ""));
}
