//! Chance from a seed: the same numbers for the same seed, on every machine and with every version
//! of every library.

/// `SplitMix64`.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// One of `0..end`.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        let rest = self.next() % u64::from(end.max(1));
        u32::try_from(rest).expect("it is below a u32")
    }

    /// One of `0..end`, small.
    pub(crate) fn small(&mut self, end: u8) -> u8 {
        u8::try_from(self.below(end.into())).expect("it is below a u8")
    }

    /// True once in so many times.
    pub(crate) fn once_in(&mut self, times: u32) -> bool {
        self.below(times) == 0
    }

    /// One of some values.
    pub(crate) fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        let at = self.below(u32::try_from(all.len()).expect("a few"));
        all[at as usize].clone()
    }
}
