//! What the chip follows where its pins leave room: the configuration that counts at times only, and readings of what
//! no source proves.

use super::super::memory::config::Latched;
use super::super::power::{Nanos, Power};
use super::super::readings::Alternative;
use super::super::silicon::{PastTheEnd, PulseWhileAwake};
use super::super::status::Status;
use super::super::wire::io::{IoBuffer, WordAddress};
use super::super::wire::packet;
use super::{Chip, LONGEST_GROUP};

/// When address and ChipMode may be read anew.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    PowerUp,
    WakeFromSleep,
    WakeFromIdle,
    /// A command is over.
    Command,
}

impl Chip {
    pub(super) fn takes(&self, alternative: Alternative) -> bool {
        self.machine.readings.take(alternative)
    }

    /// Address and ChipMode count from a wake from sleep on (UNVERIFIED, chip reference U43).
    pub(super) fn settings_at(&mut self, occasion: Occasion) {
        let counts = match occasion {
            Occasion::PowerUp => true,
            Occasion::WakeFromSleep => !self.takes(Alternative::SettingsAtPowerUp),
            Occasion::WakeFromIdle => self.takes(Alternative::SettingsAtEveryWake),
            Occasion::Command => self.takes(Alternative::SettingsAtOnce),
        };
        if !counts {
            return;
        }
        let before = self.awake_for();
        self.latched = Latched::new(self.machine.eeprom.config());
        let after = self.awake_for();
        if let Power::On { watchdog, .. } = &mut self.power {
            *watchdog = *watchdog - before + after;
        }
    }

    /// The watchdog's time (chip reference D11).
    pub(super) fn awake_for(&self) -> Nanos {
        if !self.latched.long_watchdog {
            self.timing.watchdog
        } else if self.takes(Alternative::LongWatchdog13) {
            self.timing.watchdog_long * 13 / 10
        } else {
            self.timing.watchdog_long
        }
    }

    /// From the wake pulse to the first answer with the power-on self test (UNVERIFIED, chip reference U35).
    pub(super) fn self_test_delay(&self) -> Nanos {
        if self.takes(Alternative::SelfTestAnswers) {
            self.timing.wake
        } else if self.takes(Alternative::SelfTestLonger) {
            2 * self.timing.wake_self_test
        } else {
            self.timing.wake_self_test
        }
    }

    /// A buffer with a response in it.
    pub(super) fn holding(&self, response: Vec<u8>) -> IoBuffer {
        let longest = if self.takes(Alternative::LongestGroup135) {
            135
        } else if self.takes(Alternative::LongestGroup255) {
            255
        } else {
            LONGEST_GROUP
        };
        IoBuffer::with_output(response).up_to(longest)
    }

    /// Reserved ones are told by the whole byte (UNVERIFIED, chip reference U2).
    pub(super) fn word_address(&self, byte: u8) -> WordAddress {
        WordAddress::from(if self.takes(Alternative::ReservedAddressLowBits) { byte & 3 } else { byte })
    }

    pub(super) fn responds_awake(&self) -> bool {
        self.silicon.pulse_while_awake == PulseWhileAwake::Responds
            || self.takes(Alternative::PulseAwakeResponds)
    }

    /// Whether a read past the end of the response gives it again (UNVERIFIED, chip reference U54).
    pub(super) fn repeats(&self) -> bool {
        let wake = self.takes(Alternative::PastTheEndRepeatsWake);
        self.silicon.past_the_end == PastTheEnd::Repeats
            || self.takes(Alternative::PastTheEndRepeats)
            || wake && self.io.holds(&packet::status_response(Status::AfterWake))
    }
}
