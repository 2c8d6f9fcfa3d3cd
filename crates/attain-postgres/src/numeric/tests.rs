//! What is written, held against the server's own bytes and against what is read.

use rust_decimal::Decimal;

use super::*;

fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

fn cell(number: Decimal) -> Vec<u8> {
    let mut bytes = Vec::new();
    put(&mut bytes, number);
    bytes
}

fn check(number: Decimal) {
    let cell = cell(number);
    let (length, cell) = cell.split_first_chunk().unwrap();
    assert_eq!(usize::try_from(i32::from_be_bytes(*length)), Ok(cell.len()));
    // Zeros at either end are left out.
    let mut digits = cell[8..].chunks(2);
    assert_ne!(digits.next(), Some(&[0, 0][..]), "{number}");
    assert_ne!(digits.next_back(), Some(&[0, 0][..]), "{number}");
    let read = read(cell).unwrap();
    assert_eq!((read, read.scale()), (number, number.scale()));
    assert_eq!(
        read.is_sign_negative(),
        number.is_sign_negative() && !number.is_zero()
    );
}

#[test]
fn numbers_keep_every_digit() {
    for text in [
        "0",
        "0.00",
        "10000",
        "99999999",
        "100000000",
        "0.0001",
        "0.00001",
        "-12.50",
        "1234.5678",
        "10000.0001",
        "123456789.12345678",
        "-0.00000001",
        "999999999999999.99999999",
        "79228162514264337593543950335",
        "-7.9228162514264337593543950335",
        "-0.0000000000000000000000000001",
        "0.9999999999999999999999999999",
    ] {
        check(decimal(text));
    }
    check(-Decimal::ZERO);
    // Every scale, with mantissas of every length.
    for scale in 0..=28 {
        let mut mantissa: i128 = 1;
        for step in 0..28 {
            check(Decimal::from_i128_with_scale(mantissa, scale));
            check(Decimal::from_i128_with_scale(-mantissa, scale));
            mantissa = mantissa * 10 + step % 10;
        }
    }
}

#[test]
fn numbers_are_written_as_the_server_writes_them() {
    // As COPY TO gives them: length, digits, weight, sign, scale, then the digits.
    let number = |text| cell(decimal(text));
    assert_eq!(number("0.00"), [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 2]);
    assert_eq!(
        number("-12.5"),
        [0, 0, 0, 12, 0, 2, 0, 0, 0x40, 0, 0, 1, 0, 12, 0x13, 0x88]
    );
    assert_eq!(
        number("0.00000001"),
        [0, 0, 0, 10, 0, 1, 0xff, 0xfe, 0, 0, 0, 8, 0, 1]
    );
    assert_eq!(
        number("100000000"),
        [0, 0, 0, 10, 0, 1, 0, 2, 0, 0, 0, 0, 0, 1]
    );
}

#[test]
fn what_no_decimal_holds_is_not_read() {
    let not_a_number = [0, 0, 0, 0, 0xc0, 0, 0, 0];
    assert_eq!(read(&not_a_number), None);
    // 10^32, then 10^-29, then a digit too few.
    assert_eq!(read(&[0, 1, 0, 8, 0, 0, 0, 0, 0, 1]), None);
    assert_eq!(read(&[0, 1, 0xff, 0xf8, 0, 0, 0, 29, 3, 0xe8]), None);
    assert_eq!(read(&[0, 2, 0, 0, 0, 0, 0, 0, 0, 1]), None);
    assert_eq!(read(&[]), None);
}
