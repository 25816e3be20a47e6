//! Secrets of 32 bytes, which come from files.

use std::path::Path;

use atecc608::Secret;
use zeroize::Zeroizing;

use crate::failure::{Failure, Kind};
use crate::files;

/// The key in a file: 32 bytes, or 64 hexadecimal digits. What it is instead is not said: it may be another secret.
///
/// # Errors
///
/// [`Kind::File`], [`Kind::Usage`].
pub(crate) fn read(path: &Path) -> Result<Secret<32>, Failure> {
    let bytes = Zeroizing::new(files::read(path)?);
    find(&bytes).ok_or_else(|| {
        let tried = format!("a key was looked for in {}", path.display());
        Failure::new(Kind::Usage, tried, "there are not 32 bytes", "give 32 bytes, or 64 hexadecimal digits")
    })
}

fn find(bytes: &[u8]) -> Option<Secret<32>> {
    if let Ok(bytes) = <[u8; 32]>::try_from(bytes) {
        return Some(Secret::new(bytes));
    }
    let (pairs, []) = bytes.trim_ascii().as_chunks::<2>() else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs: &[[u8; 2]; 32] = pairs.try_into().ok()?;
    let mut key = Zeroizing::new([0; 32]);
    for (to, [high, low]) in key.iter_mut().zip(pairs) {
        *to = digit(*high)? << 4 | digit(*low)?;
    }
    Some(Secret::new(*key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_digits() {
        let key = Secret::new([0xA5; 32]);
        assert_eq!(find(&[0xA5; 32]), Some(key.clone()));
        assert_eq!(find(format!("{}\n", "a5".repeat(32)).as_bytes()), Some(key));
        for wrong in [&[0xA5; 31][..], b"", "a5".repeat(31).as_bytes(), "g5".repeat(32).as_bytes()] {
            assert_eq!(find(wrong), None);
        }
    }
}
