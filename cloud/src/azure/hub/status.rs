//! How the hub took a request.

use core::fmt;

/// The hub's answer in a number, as in HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(u16);

impl Status {
    pub(super) const fn new(code: u16) -> Self {
        Self(code)
    }

    /// The number.
    #[must_use]
    pub const fn code(self) -> u16 {
        self.0
    }

    /// Whether the request was carried out: 200 to 299.
    #[must_use]
    pub const fn is_success(self) -> bool {
        matches!(self.0, 200..=299)
    }

    /// Whether the same request may succeed later: 429, and 500 and above.
    #[must_use]
    pub const fn is_temporary(self) -> bool {
        self.0 == 429 || self.0 >= 500
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.0)?;
        f.write_str(match self.0 {
            200 => "done",
            204 => "done, nothing more to say",
            400 => {
                "the hub does not take this request; the JSON is malformed, nested too deep, too long, or has names or values \
                 that twins can't have"
            }
            401 | 403 => "the device may not do this",
            404 => "the hub does not know the device; was it removed meanwhile?",
            412 => "the twin has another version meanwhile",
            413 => "the twin would get too large (8 KB of desired, 32 KB of reported properties)",
            429 => "too many requests; wait, then try again",
            500.. => "the hub is in trouble; wait, then try again",
            _ => "the hub's pages do not say what this stands for",
        })
    }
}
