//! Questions to a chip of which nothing is locked, which change what can be restored.

use crate::probe::{Probe, Untold};

/// The questions.
pub const PROBES: &[Probe] = &[];

/// What can't be told.
pub const UNTOLD: &[Untold] = &[];
