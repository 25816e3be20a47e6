//! How far a chip is on its way to a cloud device.

use atecc608::config::Mismatch;
use atecc608::config::{ConfigZone, preset};

/// How far a chip is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The configuration can still be written.
    Blank,
    /// The configuration is this project's and locked; the data zone is not locked yet.
    HalfWay,
    /// All locked, with this project's configuration.
    Ready,
    /// Locked with another configuration, for ever.
    Foreign(Mismatch),
}

impl State {
    /// As the configuration zone says.
    #[must_use]
    pub fn of(found: &ConfigZone) -> Self {
        if !found.is_config_locked() {
            return Self::Blank;
        }
        let wanted = expected(found);
        match (wanted == *found, found.is_data_locked()) {
            (false, _) => Self::Foreign(Mismatch::new(&wanted, found)),
            (true, false) => Self::HalfWay,
            (true, true) => Self::Ready,
        }
    }
}

/// This project's configuration on that chip, with what changes in a chip's life as it is: counters, and
/// slots locked one by one.
fn expected(found: &ConfigZone) -> ConfigZone {
    let mut wanted = preset::gcp_device(found);
    for offset in (52..68).chain(88..90) {
        wanted.set_byte(offset, found.byte(offset));
    }
    wanted
}
