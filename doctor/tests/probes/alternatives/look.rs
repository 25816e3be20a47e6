//! Of the probes in `probes/look.rs`.

use atecc608_sim::chip::Alternative;

use super::Row;

pub(super) const ROWS: &[Row] = &[(Alternative::BeyondZoneRefused, "beyond-zone", 1)];
