//! All questions, in groups. A question is a file and a line in its group.

pub mod blank;
mod kdf;
mod life;
pub mod look;
pub mod plan_a;
pub mod plan_b;
mod saw;
mod temp_key;

use crate::probe::{Probe, Untold};

/// All of them, in the order in which they are asked within a stage.
pub fn all() -> impl Iterator<Item = &'static Probe> {
    [look::PROBES, blank::PROBES, plan_a::PROBES, plan_b::PROBES].into_iter().flatten()
}

/// The points that no probe can tell.
pub fn untold() -> impl Iterator<Item = &'static Untold> {
    [look::UNTOLD, blank::UNTOLD, plan_a::UNTOLD, plan_b::UNTOLD].into_iter().flatten()
}
