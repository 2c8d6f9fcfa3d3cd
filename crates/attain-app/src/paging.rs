//! Reads all pages of a list whose length is bounded by something else.

use attain_domain::ports::{ChunkSize, StoreError};

/// Calls `page` with the key of the last row until it gives fewer rows than asked for.
pub(crate) async fn all_pages<T, K, F, Fut>(
    mut page: F,
    key: impl Fn(&T) -> K,
) -> Result<Vec<T>, StoreError>
where
    F: FnMut(Option<K>) -> Fut,
    Fut: Future<Output = Result<Vec<T>, StoreError>>,
{
    let mut all: Vec<T> = Vec::new();
    loop {
        let rows = page(all.last().map(&key)).await?;
        let last = rows.len() < ChunkSize::largest().rows();
        all.extend(rows);
        if last {
            return Ok(all);
        }
    }
}
