//! What a harness may have beside fresh stores.

/// A hook of a [`Harness`](crate::Harness) that some cases need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hook {
    /// [`Harness::reopen`](crate::Harness::reopen).
    Reopen,
    /// [`Harness::interrupt`](crate::Harness::interrupt).
    Interrupt,
}

impl Hook {
    /// The method's name.
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Reopen => "reopen",
            Self::Interrupt => "interrupt",
        }
    }
}
