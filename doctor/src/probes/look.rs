//! Questions that change nothing.

mod beyond_zone;

use crate::probe::{Probe, Untold};

/// The questions.
pub const PROBES: &[Probe] = &[beyond_zone::PROBE];

/// What can't be told.
pub const UNTOLD: &[Untold] = &[];
