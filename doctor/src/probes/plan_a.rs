//! Questions to a chip that is spent on plan A.

use crate::probe::{Probe, Untold};

/// The questions.
pub const PROBES: &[Probe] = &[];

/// What can't be told.
pub const UNTOLD: &[Untold] = &[];
