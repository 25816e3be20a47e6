//! What the cloud may set on a device.

use super::Wish;
use core::fmt;
use core::ops::RangeInclusive;

/// How far apart messages may be, in seconds.
pub const INTERVALS_S: RangeInclusive<u32> = 5..=86_400;

/// What the cloud may set on a device. What is set is reported: the device puts its new [`Report`](super::Report) into
/// the outbox.
pub trait Controls {
    /// Seconds between two messages.
    fn interval_s(&self) -> u32;

    /// Whether the LED is to be on.
    fn led(&self) -> bool;

    /// Sets both, and reports. It is called only if one of them changes.
    fn set(&mut self, interval_s: u32, led: bool);

    /// Tells a person what came, and what was made of it.
    fn say(&mut self, line: fmt::Arguments<'_>);

    /// Does what is wished, as far as it can be done, and says so; `what` names the message.
    fn obey(&mut self, what: &str, wish: &Wish<'_>) {
        if let Some(name) = wish.unknown {
            self.say(format_args!("{what}: {name:?} is not known here, and passed over"));
        }
        let (mut interval_s, mut led) = (self.interval_s(), self.led());
        match wish.interval_s {
            Some(wished) if INTERVALS_S.contains(&wished) => {
                self.say(format_args!("{what}: a message every {wished} s"));
                interval_s = wished;
            }
            Some(wished) => self.say(format_args!(
                "{what} refused: interval_s is {wished}, and must be {} to {}",
                INTERVALS_S.start(),
                INTERVALS_S.end()
            )),
            None => {}
        }
        if let Some(wished) = wish.led {
            self.say(format_args!("{what}: LED {}", if wished { "on" } else { "off" }));
            led = wished;
        }
        if (interval_s, led) != (self.interval_s(), self.led()) {
            self.set(interval_s, led);
        }
    }
}

impl<C: Controls> Controls for &mut C {
    fn interval_s(&self) -> u32 {
        C::interval_s(self)
    }

    fn led(&self) -> bool {
        C::led(self)
    }

    fn set(&mut self, interval_s: u32, led: bool) {
        C::set(self, interval_s, led);
    }

    fn say(&mut self, line: fmt::Arguments<'_>) {
        C::say(self, line);
    }
}
