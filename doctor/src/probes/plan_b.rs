//! Questions to a chip that is spent on plan B.

use crate::probe::{Probe, Untold};

/// The questions.
pub const PROBES: &[Probe] = &[];

/// What can't be told.
pub const UNTOLD: &[Untold] = &[];
