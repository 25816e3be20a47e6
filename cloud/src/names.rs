//! What names of the cloud have in common.

/// Longest project id taken, in bytes: Google's 30 and room for a domain prefix (`example.com:`).
pub(crate) const PROJECT_MAX: usize = 63;

/// Which characters a project id may have, as a test and in words.
pub(crate) fn project() -> (fn(char) -> bool, &'static str) {
    (
        |c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:".contains(c),
        "lower-case letters, digits and - . :",
    )
}

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameProblem {
    /// Shorter or longer than allowed.
    Length {
        /// Fewest bytes.
        min: usize,
        /// Most bytes.
        max: usize,
    },
    /// It must start with a letter.
    Start,
    /// A character that is not allowed.
    Character(char),
}
