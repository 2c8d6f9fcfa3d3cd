//! Pages: how many rows, where they begin, and opaque tokens. A token is the version of its form,
//! the list it belongs to, a mark of the list's filter, and the position of the last row; it says
//! nothing that a caller may not know.

use attain_domain::ports::ChunkSize;
use attain_domain::refusal::{Reason, Refusal};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use prost::Message;

/// Rows of a page when none are asked for.
pub(crate) const PAGE_ROWS_DEFAULT: u32 = 100;
/// Most rows of a page.
pub(crate) const PAGE_ROWS_MAX: u32 = 1_000;
/// A page ends early above this: most clients take messages of 4 MiB only.
const PAGE_BYTES_MAX: usize = 3 * 1024 * 1024;
/// The form of tokens that this server gives and takes.
const TOKEN_VERSION: &str = "1";
/// Stands between the parts of a token. No name contains control characters.
const SEPARATOR: char = '\u{1f}';
/// The longest token: version, list, mark and at most five names of 100 bytes, in base64.
const TOKEN_BYTES_MAX: usize = 1_000;

/// Rows that are read at once where a filter leaves few of them.
const SIEVE_ROWS: u32 = 1_000;
/// Most rows that one call looks at for a filter.
const LOOKED_AT_MAX: usize = 20_000;

/// One page of a list, as it was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Paging {
    list: &'static str,
    mark: String,
    rows: u32,
    after: Option<Vec<String>>,
}

/// Rows as messages, and the token of the next page.
pub(crate) type Page<M> = (Vec<M>, String);

impl Paging {
    /// Reads what was asked for; `filter` is everything else of the request that chooses rows.
    ///
    /// # Errors
    /// `OUT_OF_RANGE` for a negative size; `MALFORMED_VALUE` for a token of another list or filter.
    pub(crate) fn read(
        list: &'static str,
        filter: &[&str],
        page_size: i32,
        page_token: &str,
    ) -> Result<Self, Refusal> {
        let rows = match u32::try_from(page_size) {
            Ok(0) => PAGE_ROWS_DEFAULT,
            Ok(rows) => rows.min(PAGE_ROWS_MAX),
            Err(_) => {
                let text = format!("a page cannot have {page_size} rows");
                return Err(Refusal::new(Reason::OutOfRange, text).at("page_size"));
            }
        };
        let mut paging = Self {
            list,
            mark: mark_of(filter),
            rows,
            after: None,
        };
        if !page_token.is_empty() {
            paging.after = Some(paging.position(page_token).ok_or_else(foreign_token)?);
        }
        Ok(paging)
    }

    fn position(&self, token: &str) -> Option<Vec<String>> {
        if token.len() > TOKEN_BYTES_MAX {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let mut parts = text.split(SEPARATOR);
        let head = [parts.next()?, parts.next()?, parts.next()?];
        let is_ours = head == [TOKEN_VERSION, self.list, self.mark.as_str()];
        is_ours.then(|| parts.map(str::to_owned).collect())
    }

    /// Where the page begins: after the row of this position. `read` makes of the parts what they
    /// were made from.
    ///
    /// # Errors
    /// `MALFORMED_VALUE` when the token has other parts.
    pub(crate) fn after<K>(
        &self,
        read: impl FnOnce(&[&str]) -> Option<K>,
    ) -> Result<Option<K>, Refusal> {
        let Some(parts) = &self.after else {
            return Ok(None);
        };
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        read(&parts).map(Some).ok_or_else(foreign_token)
    }

    /// How many rows to read: one more than the page has, to know whether another page follows.
    pub(crate) fn chunk(&self) -> ChunkSize {
        ChunkSize::new(self.rows + 1)
    }

    /// The page of what was read.
    ///
    /// # Errors
    /// What `to_wire` refuses.
    pub(crate) fn page<T, M: Message>(
        &self,
        read: &[T],
        to_wire: impl Fn(&T) -> Result<M, Refusal>,
        position: impl Fn(&T) -> Vec<String>,
    ) -> Result<Page<M>, Refusal> {
        let mut messages = Vec::new();
        let mut bytes = 0_usize;
        for (index, row) in read.iter().take(self.rows as usize).enumerate() {
            let message = to_wire(row)?;
            bytes = bytes.saturating_add(message.encoded_len());
            if index > 0 && bytes > PAGE_BYTES_MAX {
                break;
            }
            messages.push(message);
        }
        let last = messages
            .len()
            .checked_sub(1)
            .and_then(|last| read.get(last));
        let next = last.filter(|_| messages.len() < read.len());
        Ok((
            messages,
            next.map(|row| self.token(&position(row)))
                .unwrap_or_default(),
        ))
    }

    /// The page of what a filter left.
    ///
    /// # Errors
    /// What `to_wire` refuses.
    pub(crate) fn sifted<T, M: Message>(
        &self,
        sieve: &Sieve<T>,
        to_wire: impl Fn(&T) -> Result<M, Refusal>,
        position: impl Fn(&T) -> Vec<String>,
    ) -> Result<Page<M>, Refusal> {
        let (messages, mut next) = self.page(&sieve.rows, to_wire, position)?;
        if next.is_empty()
            && let Some(position) = &sieve.stopped_at
        {
            next = self.token(position);
        }
        Ok((messages, next))
    }

    fn token(&self, position: &[String]) -> String {
        let mut text = [TOKEN_VERSION, self.list, self.mark.as_str()].join("\u{1f}");
        for part in position {
            text.push(SEPARATOR);
            text.push_str(part);
        }
        URL_SAFE_NO_PAD.encode(text)
    }
}

/// Reads on in a list until a filter has left enough rows for a page, or enough was looked at.
#[derive(Debug)]
pub(crate) struct Sieve<T> {
    chunk: ChunkSize,
    wanted: usize,
    looked_at: usize,
    rows: Vec<T>,
    /// Set when enough was looked at: the position of the last row that was.
    stopped_at: Option<Vec<String>>,
}

impl<T> Sieve<T> {
    /// For one page; a filter that is open leaves every row.
    pub(crate) fn new(paging: &Paging, is_open: bool) -> Self {
        let wanted = paging.chunk();
        let chunk = if is_open {
            wanted
        } else {
            ChunkSize::new(SIEVE_ROWS)
        };
        Self {
            chunk,
            wanted: wanted.rows(),
            looked_at: 0,
            rows: Vec::new(),
            stopped_at: None,
        }
    }

    /// How many rows to read next.
    pub(crate) fn chunk(&self) -> ChunkSize {
        self.chunk
    }

    /// Takes what was read. Whether more is to be read after it.
    pub(crate) fn take(
        &mut self,
        read: Vec<T>,
        takes: impl Fn(&T) -> bool,
        position: impl Fn(&T) -> Vec<String>,
    ) -> bool {
        let is_last = read.len() < self.chunk.rows();
        self.looked_at += read.len();
        let end = read.last().map(position);
        self.rows.extend(read.into_iter().filter(takes));
        if is_last || self.rows.len() >= self.wanted {
            return false;
        }
        if self.looked_at >= LOOKED_AT_MAX {
            self.stopped_at = end;
            return false;
        }
        true
    }
}

fn foreign_token() -> Refusal {
    let text = "the token is not one that this list gave for this filter";
    Refusal::new(Reason::MalformedValue, text).at("page_token")
}

/// A short mark of a filter (64-bit FNV-1a): it guards against mistakes, not against malice, since
/// a token opens nothing that the call does not open anyway.
fn mark_of(filter: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let bytes = filter
        .iter()
        .flat_map(|part| part.bytes().chain(std::iter::once(0)));
    for byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests;
