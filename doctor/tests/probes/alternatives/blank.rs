//! Of the probes in `probes/blank.rs`.

use super::Row;

pub(super) const ROWS: &[Row] = &[];
