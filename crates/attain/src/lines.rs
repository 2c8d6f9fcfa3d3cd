//! Reads a file whatever is in it: skips a byte order mark, and stops before one record eats all
//! memory, as an unclosed quote or a line of gigabytes would.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Longest record, in bytes. A row of 200 attributes of 4 kB each fits.
pub(crate) const RECORD_BYTES_MAX: u64 = 1 << 20;

/// How much may be read before a record has to be whole: its limit and one buffer of read-ahead.
const AHEAD_BYTES_MAX: u64 = RECORD_BYTES_MAX + (1 << 16);

/// The UTF-8 byte order mark.
const MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// How far a reader has come.
#[derive(Default)]
struct Counts {
    read: u64,
    /// What had been read when a record was whole last.
    whole: u64,
    last: Option<u8>,
    is_over: bool,
}

/// Tells the reader below that a record is whole.
#[derive(Clone, Default)]
pub(crate) struct Progress(Arc<Mutex<Counts>>);

impl Progress {
    /// A record is whole: the next one may be as long again.
    pub(crate) fn record_is_whole(&self) {
        let mut counts = self.counts();
        counts.whole = counts.read;
    }

    /// The last byte, once there are no more.
    pub(crate) fn end(&self) -> Option<u8> {
        let counts = self.counts();
        counts.last.filter(|_| counts.is_over)
    }

    /// Bytes read so far, for a progress bar.
    pub(crate) fn bytes(&self) -> u64 {
        self.counts().read
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A reader that refuses to go on inside one record for too long.
pub(crate) struct Bounded<R> {
    inner: R,
    progress: Progress,
    /// What was read to look for a byte order mark and is not one.
    start: Vec<u8>,
    started: bool,
}

impl<R: Read> Bounded<R> {
    pub(crate) fn new(inner: R, progress: Progress) -> Self {
        Self {
            inner,
            progress,
            start: Vec::new(),
            started: false,
        }
    }

    /// How far it has come.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    fn skip_mark(&mut self) -> io::Result<()> {
        self.started = true;
        let mut first = Vec::new();
        self.inner
            .by_ref()
            .take(MARK.len() as u64)
            .read_to_end(&mut first)?;
        if first != MARK {
            self.start = first;
        }
        Ok(())
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.started {
            self.skip_mark()?;
        }
        let counts = self.progress.counts();
        let inside = counts.read - counts.whole;
        drop(counts);
        if inside > AHEAD_BYTES_MAX {
            let text =
                format!("a record is longer than {RECORD_BYTES_MAX} bytes; is a quote not closed?");
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        let count = if self.start.is_empty() {
            self.inner.read(buffer)?
        } else {
            let count = self.start.len().min(buffer.len());
            buffer[..count].copy_from_slice(&self.start[..count]);
            self.start.drain(..count);
            count
        };
        let mut counts = self.progress.counts();
        counts.read += count as u64;
        match count.checked_sub(1).and_then(|last| buffer.get(last)) {
            Some(last) => counts.last = Some(*last),
            None => counts.is_over = !buffer.is_empty(),
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::{Bounded, Progress};

    fn read_all(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut all = Vec::new();
        Bounded::new(bytes, Progress::default()).read_to_end(&mut all)?;
        Ok(all)
    }

    #[test]
    fn a_byte_order_mark_is_skipped_and_nothing_else_is() {
        assert_eq!(read_all(b"\xEF\xBB\xBFnumber").expect("read"), b"number");
        assert_eq!(read_all(b"\xEF\xBBx").expect("read"), b"\xEF\xBBx");
        assert_eq!(read_all(b"").expect("read"), b"");
        assert_eq!(read_all(b"ab").expect("read"), b"ab");
    }

    #[test]
    fn a_record_without_an_end_is_not_read_to_the_end() {
        let endless = std::io::repeat(b'x');
        let mut sink = std::io::sink();
        let copied = std::io::copy(&mut Bounded::new(endless, Progress::default()), &mut sink);
        assert!(copied.is_err());
    }
}
