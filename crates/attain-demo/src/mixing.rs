//! Deterministic choices: the same key always gives the same number. Not for secrets.

/// Spreads a key evenly over 64 bits (the finaliser of SplitMix64).
pub(crate) fn mix(key: u64) -> u64 {
    let mut z = key.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A number below `below`, chosen by a key and a purpose.
pub(crate) fn choose(key: u64, purpose: u64, below: u64) -> u64 {
    mix(key ^ mix(purpose)) % below.max(1)
}
