//! Reads lists page by page, and insists on what every list promises: no page is longer than asked,
//! everything on a page stands above what came before it, and the end is an empty page.

use std::fmt::Debug;

use attain_domain::ports::ChunkSize;

use crate::difference::check_same;

/// The sizes that every list is read with.
pub(crate) const CHUNKS: [u32; 4] = [1, 2, 3, ChunkSize::MAX];

/// All rows of a list, whose order is that of `position`.
pub(crate) async fn all_pages<T, P: Ord>(
    chunk: ChunkSize,
    position: impl Fn(&T) -> P,
    mut read: impl AsyncFnMut(Option<P>) -> Vec<T>,
) -> Vec<T> {
    let mut rows: Vec<T> = Vec::new();
    loop {
        let mut page = read(rows.last().map(&position)).await;
        if page.is_empty() {
            return rows;
        }
        let (is, asked) = (page.len(), chunk.rows());
        assert!(
            is <= asked,
            "a page of {is} {}s where {asked} were asked for",
            short_name::<T>()
        );
        let seen = rows.len();
        rows.append(&mut page);
        check_rising(&rows[seen.saturating_sub(1)..], &position);
    }
}

/// A list holds exactly these rows, in this order, whatever the size of its pages; and after each
/// row comes the next one.
pub(crate) async fn check_list<T: Debug + PartialEq, P: Ord>(
    what: &str,
    expected: &[T],
    position: impl Fn(&T) -> P,
    read: impl AsyncFn(Option<P>, ChunkSize) -> Vec<T>,
) {
    for chunk in CHUNKS.map(ChunkSize::new) {
        let rows = all_pages(chunk, &position, async |after| read(after, chunk).await).await;
        check_same(&rows, expected, what);
    }
}

/// Rows stand in strictly rising order.
pub(crate) fn check_rising<T, P: Ord>(rows: &[T], position: impl Fn(&T) -> P) {
    for (index, pair) in rows.windows(2).enumerate() {
        let rises = position(&pair[0]) < position(&pair[1]);
        let (row, rows) = (index + 1, short_name::<T>());
        assert!(
            rises,
            "in a list of {rows}, row {row} is not above the row before it"
        );
    }
}

fn short_name<T>() -> &'static str {
    let name = std::any::type_name::<T>();
    name.rsplit("::").next().unwrap_or(name)
}
