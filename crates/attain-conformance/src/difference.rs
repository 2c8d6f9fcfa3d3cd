//! Says where two large values differ, instead of printing both.

use std::fmt::{Debug, Write};

const LINES_AROUND: usize = 4;

/// Like `assert_eq!`, for values that are pages long.
#[track_caller]
pub(crate) fn check_same<A, B>(is: &A, expected: &B, what: &str)
where
    A: Debug + PartialEq<B> + ?Sized,
    B: Debug + ?Sized,
{
    if is == expected {
        return;
    }
    let (is, expected) = (format!("{is:#?}"), format!("{expected:#?}"));
    panic!("{what} differs\n{}", first_difference(&is, &expected));
}

fn first_difference(is: &str, expected: &str) -> String {
    let (is, expected): (Vec<_>, Vec<_>) = (is.lines().collect(), expected.lines().collect());
    let same = is.iter().zip(&expected).take_while(|(a, b)| a == b).count();
    let mut text = String::new();
    let mut part = |sign: char, lines: &[&str], from: usize, to: usize| {
        for line in lines.iter().take(to).skip(from) {
            let line: String = line.chars().take(200).collect();
            writeln!(text, "{sign} {line}").expect("a string takes all");
        }
    };
    part(' ', &is, same.saturating_sub(LINES_AROUND), same);
    part('+', &is, same, same + LINES_AROUND);
    part('-', &expected, same, same + LINES_AROUND);
    text + "(+ is what was read, - what was expected)"
}
