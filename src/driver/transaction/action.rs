//! What a transaction asks the link to do, and what comes of it.

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Action {
    /// To be waited before, in microseconds.
    pub(crate) wait_us: u32,
    pub(crate) kind: Kind,
}

/// What to do on the bus. What is written or read is the buffer, as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Pulse,
    Write,
    Read,
    /// Nothing more.
    Done,
}
