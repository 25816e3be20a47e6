//! Of the probes in `probes/plan_a.rs`.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
