//! Overwriting.

/// Overwrites a buffer that may have held key or data bytes.
///
/// `black_box` keeps the compiler from dropping stores that nobody reads; without `unsafe` there
/// is no volatile write.
#[inline(never)]
pub(crate) fn wipe(bytes: &mut [u8]) {
    for byte in bytes.iter_mut() {
        *byte = core::hint::black_box(0);
    }
    let _ = core::hint::black_box(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn wiping_clears() {
        let mut secret = Vec::from([1u8, 2, 3]);
        wipe(&mut secret);
        assert_eq!(secret, [0, 0, 0]);
    }
}
