//! What silicon has said.

/// A point that reports have settled.
#[derive(Debug, Clone, Copy)]
pub struct Settled {
    /// The point, as in [`Probe::points`](crate::probe::Probe::points).
    pub point: &'static str,
    /// By which reports: their issues, and the revisions of the chips.
    pub by: &'static str,
}

/// All there are. A point comes in when two reports of different chips agree, and the chip reference and the simulator
/// say what they say.
pub const SETTLED: &[Settled] = &[];
