//! Finds what somebody probably meant.

/// The candidate that is the fewest edits away, if they are few.
pub(crate) fn nearest<'a>(name: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let edits_max = (name.chars().count() / 2).clamp(1, 3);
    let near = candidates
        .iter()
        .map(|candidate| (edits(name, candidate), *candidate));
    near.filter(|(edits, _)| *edits <= edits_max)
        .min()
        .map(|(_, candidate)| candidate)
}

/// `, did you mean …?`, or nothing.
pub(crate) fn suggestion(name: &str, candidates: &[&str]) -> String {
    nearest(name, candidates)
        .map(|near| format!(", did you mean `{near}`?"))
        .unwrap_or_default()
}

/// How many characters to insert, remove or change, whatever their case.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, from_char) in from.to_lowercase().chars().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (index, to_char) in to.iter().enumerate() {
            let changed = diagonal + usize::from(from_char != *to_char);
            diagonal = row[index + 1];
            row[index + 1] = changed.min(diagonal + 1).min(row[index] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
