//! How values become bytes: one after the other, in the order of their fields. Numbers stand with
//! their highest byte first, so that keys of ids and numbers are in order.

use attain_domain::ports::StoreError;

use crate::error::corrupt;

/// A value that can be stored.
pub(crate) trait Stored: Sized {
    /// Adds its bytes.
    fn write(&self, to: &mut Vec<u8>);
    /// Takes its bytes from the front.
    fn read(from: &mut &[u8]) -> Result<Self, StoreError>;
}

pub(crate) fn encode(value: &impl Stored) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.write(&mut bytes);
    bytes
}

pub(crate) fn decode<T: Stored>(bytes: &[u8]) -> Result<T, StoreError> {
    let mut rest = bytes;
    let value = T::read(&mut rest)?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(corrupt("bytes are left over"))
    }
}

pub(crate) fn take<'a>(from: &mut &'a [u8], count: usize) -> Result<&'a [u8], StoreError> {
    let bytes = *from;
    let (taken, rest) = bytes
        .split_at_checked(count)
        .ok_or_else(|| corrupt("bytes are missing"))?;
    *from = rest;
    Ok(taken)
}

pub(crate) fn take_array<const N: usize>(from: &mut &[u8]) -> Result<[u8; N], StoreError> {
    let taken = take(from, N)?;
    taken.try_into().map_err(|_| corrupt("bytes are missing"))
}

macro_rules! numbers {
    ($($number:ty)+) => {$(
        impl Stored for $number {
            fn write(&self, to: &mut Vec<u8>) {
                to.extend_from_slice(&self.to_be_bytes());
            }

            fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
                Ok(Self::from_be_bytes(take_array(from)?))
            }
        }
    )+};
}
numbers! { u8 u16 u32 u64 i32 i64 }

impl Stored for bool {
    fn write(&self, to: &mut Vec<u8>) {
        u8::from(*self).write(to);
    }

    fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
        match u8::read(from)? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(corrupt(format!("{other} is neither yes nor no"))),
        }
    }
}

pub(crate) fn write_text(text: &str, to: &mut Vec<u8>) {
    // A `usize` has at most 64 bits wherever this is compiled; redb's values are far smaller.
    (text.len() as u64).write(to);
    to.extend_from_slice(text.as_bytes());
}

pub(crate) fn read_text<'a>(from: &mut &'a [u8]) -> Result<&'a str, StoreError> {
    let length = u64::read(from)?;
    let length = usize::try_from(length).map_err(corrupt)?;
    std::str::from_utf8(take(from, length)?).map_err(corrupt)
}

impl Stored for String {
    fn write(&self, to: &mut Vec<u8>) {
        write_text(self, to);
    }

    fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
        read_text(from).map(str::to_owned)
    }
}

impl<T: Stored> Stored for Option<T> {
    fn write(&self, to: &mut Vec<u8>) {
        self.is_some().write(to);
        if let Some(value) = self {
            value.write(to);
        }
    }

    fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
        bool::read(from)?.then(|| T::read(from)).transpose()
    }
}

impl<T: Stored> Stored for Box<T> {
    fn write(&self, to: &mut Vec<u8>) {
        T::write(self, to);
    }

    fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
        T::read(from).map(Self::new)
    }
}

impl<A: Stored, B: Stored> Stored for (A, B) {
    fn write(&self, to: &mut Vec<u8>) {
        self.0.write(to);
        self.1.write(to);
    }

    fn read(from: &mut &[u8]) -> Result<Self, StoreError> {
        Ok((A::read(from)?, B::read(from)?))
    }
}

/// Structs, by their fields. All of them: one that is not named does not compile.
macro_rules! records {
    ($($record:ident { $($field:ident,)+ })+) => {$(
        impl $crate::codec::Stored for $record {
            fn write(&self, to: &mut Vec<u8>) {
                let Self { $($field,)+ } = self;
                $($crate::codec::Stored::write($field, to);)+
            }

            fn read(from: &mut &[u8]) -> Result<Self, attain_domain::ports::StoreError> {
                $(let $field = $crate::codec::Stored::read(from)?;)+
                Ok(Self { $($field,)+ })
            }
        }
    )+};
}
pub(crate) use records;

/// Enums, by a number for each variant that never changes its meaning, and their fields.
macro_rules! choices {
    ($($choice:ident {
        $($number:literal = $variant:ident { $($field:tt: $name:ident),* })+
    })+) => {$(
        impl $crate::codec::Stored for $choice {
            fn write(&self, to: &mut Vec<u8>) {
                match self {$(
                    Self::$variant { $($field: $name),* } => {
                        to.push($number);
                        $($crate::codec::Stored::write($name, to);)*
                    }
                )+}
            }

            fn read(from: &mut &[u8]) -> Result<Self, attain_domain::ports::StoreError> {
                match <u8 as $crate::codec::Stored>::read(from)? {
                    $($number => {
                        $(let $name = $crate::codec::Stored::read(from)?;)*
                        Ok(Self::$variant { $($field: $name),* })
                    })+
                    other => Err($crate::error::corrupt(format!(
                        concat!("{} is no ", stringify!($choice)), other
                    ))),
                }
            }
        }
    )+};
}
pub(crate) use choices;
