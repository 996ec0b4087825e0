//! Numbers that look random and are the same every time.

use std::f64::consts::TAU;

/// Steele, Lea and Flood's SplitMix64: small, and good enough for pictures.
pub(crate) struct Random(u64);

impl Random {
    /// Starts from a name and a number.
    pub(crate) fn new(name: &str, number: u64) -> Self {
        let mut random = Self(number);
        for byte in name.bytes() {
            random.0 = random.bits() ^ u64::from(byte);
        }
        random
    }

    /// 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// From `least` to below `end`.
    pub(crate) fn between(&mut self, least: f64, end: f64) -> f64 {
        least + (end - least) * (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A whole number below `end`, which is at least 1.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.bits() % end as u64).unwrap_or(0)
    }

    /// Normally distributed, around 0 with a deviation of 1.
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.between(0.0, 1.0)).ln()).sqrt();
        radius * (TAU * self.between(0.0, 1.0)).cos()
    }
}
