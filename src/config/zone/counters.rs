//! The two counters (chip reference 4.9).

use crate::command::CounterId;
use crate::config::constant::some;
use crate::config::{ConfigZone, counter};

impl ConfigZone {
    /// The eight bytes of a counter (52 to 59, 60 to 67).
    #[must_use]
    pub const fn counter_bytes(&self, counter: CounterId) -> [u8; 8] {
        let first = 13 + 2 * counter as u8;
        let ([a, b, c, d], [e, f, g, h]) = (self.word(first), self.word(first + 1));
        [a, b, c, d, e, f, g, h]
    }

    /// Value of a counter as its bytes say (chip reference 4.9).
    #[must_use]
    pub const fn counter(&self, counter: CounterId) -> u32 {
        counter::decode(self.counter_bytes(counter))
    }

    /// Presets a counter; `None`, without change, above 2 097 151.
    pub const fn set_counter(&mut self, counter: CounterId, value: u32) -> Option<()> {
        let [a, b, c, d, e, f, g, h] = some!(counter::encode(value));
        let first = 13 + 2 * counter as u8;
        self.set_word(first, [a, b, c, d]);
        self.set_word(first + 1, [e, f, g, h]);
        Some(())
    }
}
