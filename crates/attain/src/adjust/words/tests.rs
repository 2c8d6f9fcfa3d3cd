//! Texts of adjustments.

use attain_documents::table::Header;

use super::*;

fn reason<T>(read: Result<T, Refusal>) -> Option<Reason> {
    read.err().map(|refusal| refusal.reason)
}

#[test]
fn a_row_is_read_by_its_header() {
    let header = Header::parse::<Words>(["credit", "amount", "attribute.rep"]).expect("a header");
    let words: Words = header.row(["crd_1", " 12 ", ""]).expect("a row");
    assert_eq!(words.filled(), ["credit", "amount"]);
    assert_eq!(words.amount.as_deref(), Some("12"));
    assert!(words.attributes.is_empty());
    let wrong = Header::parse::<Words>(["credit", "amonut"]);
    assert_eq!(reason(wrong), Some(Reason::UnknownField));
}

#[test]
fn an_amount_may_have_its_currency() {
    let usd = Currency::parse("USD").expect("a currency");
    let read = |text: &str| money("amount", text, usd).map(|money| money.to_string());
    assert_eq!(read("12.5").as_deref(), Ok("12.50 USD"));
    assert_eq!(read("-3 EUR").as_deref(), Ok("-3.00 EUR"));
    assert_eq!(reason(read("3 XXX")), Some(Reason::UnknownCurrency));
    assert_eq!(reason(read("3,5")), Some(Reason::MalformedValue));
    assert_eq!(reason(read("EUR 3")), Some(Reason::UnknownCurrency));
}

#[test]
fn a_split_names_everybody_with_a_percent() {
    for text in ["ana=60,ben=40", "ana=60%; ben = 40%"] {
        let read = parts(text).expect("parts");
        let read: Vec<_> = read
            .iter()
            .map(|part| (part.participant.as_str(), part.percent.to_string()))
            .collect();
        assert_eq!(read, [("ana", "60".to_owned()), ("ben", "40".to_owned())]);
    }
    for text in ["", "ana", "ana=", "ana=60,", "=100", "ana=x"] {
        assert_eq!(reason(parts(text)), Some(Reason::MalformedValue), "{text}");
    }
}
