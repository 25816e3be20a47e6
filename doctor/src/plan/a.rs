//! Plan a.

use super::{Design, FACTORY};

/// Plan a.
pub const DESIGN: Design = Design { layout: FACTORY.byte(90, 0x0a), load: |_| Ok(()), settle: |_| Ok(()) };
