//! Text in place: no heap.

use core::fmt::{self, Write};
use core::ops::Deref;
use heapless::String;

/// Text made of checked names, at most `N` bytes: a client id or a topic. It is a `str` behind a `&`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Text<const N: usize>(String<N>);

impl<const N: usize> Text<N> {
    /// Capacities are the sums of the longest parts, so it fits.
    pub(crate) fn fitting(text: fmt::Arguments<'_>) -> Self {
        let mut out = String::new();
        let written = out.write_fmt(text);
        debug_assert!(written.is_ok(), "capacity is the sum of the parts");
        Self(out)
    }

    /// Nothing if it does not fit.
    #[cfg(feature = "azure")]
    pub(crate) fn try_new(text: fmt::Arguments<'_>) -> Option<Self> {
        let mut out = String::new();
        out.write_fmt(text).ok()?;
        Some(Self(out))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> Deref for Text<N> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> AsRef<str> for Text<N> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> PartialEq<str> for Text<N> {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl<const N: usize> PartialEq<&str> for Text<N> {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
