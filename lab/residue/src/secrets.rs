//! The values that differ between two runs.

/// What the program and the chip are given. Nothing else differs between runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secrets {
    /// The key that chip and host share, for I/O protection as well.
    pub key: [u8; 32],
    /// What is written, read, compared.
    pub plain: [u8; 32],
    /// What `plain` is compared with.
    pub same: [u8; 32],
    /// TempKey, where nobody asks a chip for it.
    pub temp_key: [u8; 32],
    /// A message.
    pub bytes: [u8; 32],
}

impl Secrets {
    /// Bytes without a pattern, from a number.
    #[must_use]
    pub fn new(seed: u32) -> Secrets {
        let mut state = seed.wrapping_mul(0x9E37_79B9) ^ 0x2545_F491;
        let mut next = || {
            std::array::from_fn(|i| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                // Also a private key: not too great.
                if i == 0 { (state >> 24) as u8 & 0x7F } else { (state >> 24) as u8 }
            })
        };
        let [key, plain, temp_key, bytes] = [next(), next(), next(), next()];
        Secrets { key, plain, same: plain, temp_key, bytes }
    }

    /// With the letter that the program knows each by.
    pub(crate) fn places(&self) -> [(u8, &[u8; 32]); 5] {
        let Secrets { key, plain, same, temp_key, bytes } = self;
        [(b'k', key), (b'p', plain), (b's', same), (b't', temp_key), (b'b', bytes)]
    }
}
