//! What the bytes are, held against the format's description.

use chrono::NaiveDate;

use super::*;

fn cells(fill: impl FnOnce(&mut Rows)) -> Vec<u8> {
    let mut rows = Rows::for_arrays();
    fill(&mut rows);
    let columns = rows.columns.into_iter();
    columns.flat_map(|column| column.bytes).collect()
}

#[test]
fn dates_and_instants_count_from_2000() {
    let date = |year, month, day| {
        let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        cells(|cells| cells.date(date))
    };
    assert_eq!(date(2000, 1, 1), [0, 0, 0, 4, 0, 0, 0, 0]);
    assert_eq!(date(1999, 12, 31), [0, 0, 0, 4, 0xff, 0xff, 0xff, 0xff]);
    assert_eq!(date(2001, 1, 1), [0, 0, 0, 4, 0, 0, 1, 0x6e]);
    let at = Instant::from_micros(MICROS_BEFORE_2000 + 1).unwrap();
    assert_eq!(
        cells(|cells| cells.instant(at)),
        [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1]
    );
}

#[test]
fn other_cells_have_their_length_before_them() {
    assert_eq!(cells(|cells| cells.text("Öl")), b"\0\0\0\x03\xc3\x96l");
    assert_eq!(cells(|cells| cells.text("")), [0, 0, 0, 0]);
    assert_eq!(cells(|cells| cells.text_or_none(None)), [0xff; 4]);
    assert_eq!(cells(|cells| cells.flag(true)), [0, 0, 0, 1, 1]);
    assert_eq!(cells(|cells| cells.small(5)), [0, 0, 0, 4, 0, 0, 0, 5]);
    assert_eq!(
        cells(|cells| cells.whole(-1)),
        [0, 0, 0, 8, 255, 255, 255, 255, 255, 255, 255, 255]
    );
    let id = cells(|cells| cells.id(Uuid::from_u128(7)));
    assert_eq!((id.len(), id[3], id[19]), (20, 16, 7));
    assert_eq!(cells(|cells| cells.id_or_none(None)), [0xff; 4]);
}

#[test]
fn texts_without_end_have_no_zero_in_them() {
    let cell = cells(|cells| cells.free_text_or_none(Some("a\0b")));
    assert_eq!(cell, "\0\0\0\x05a\u{fffd}b".as_bytes());
}

#[test]
fn a_copied_row_begins_with_its_workspace() {
    let mut rows = Rows::for_copy(&Arc::from("w"), 2);
    rows.row();
    rows.flag(false);
    let bytes = rows.filled().unwrap();
    assert_eq!(&bytes[..11], b"PGCOPY\n\xff\r\n\0");
    assert_eq!(bytes[19..], *b"\0\x02\0\0\0\x01w\0\0\0\x01\0");
}

#[test]
fn arrays_have_a_column_for_each_cell() {
    let mut rows = Rows::for_arrays();
    for number in 0..3 {
        rows.row();
        rows.small(number);
        rows.flag(true);
    }
    let lengths: Vec<usize> = rows
        .columns
        .iter()
        .map(|column| column.bytes.len())
        .collect();
    assert_eq!((rows.count, lengths), (3, vec![24, 15]));
}
