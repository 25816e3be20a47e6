//! Things that go wrong on a wire, for tests of how a driver copes.

use crate::chip::{Ack, Nanos};

/// One thing that goes wrong, once; see [`Bus::inject`](crate::Bus::inject).
///
/// `nth` counts data bytes of that direction from the injection on, 0 being the next, over all
/// transactions; address bytes do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The nth byte read arrives at the master XORed with `xor`.
    ReadByte {
        /// Data bytes to let through before.
        nth: usize,
        /// The bits to flip.
        xor: u8,
    },
    /// The nth byte written arrives at the chips XORed with `xor`.
    WriteByte {
        /// Data bytes to let through before.
        nth: usize,
        /// The bits to flip.
        xor: u8,
    },
    /// The next address that a chip acknowledges looks unacknowledged to the master. The chip has been
    /// addressed all the same. Addresses that nobody answers (wake, polls of a busy chip) pass by.
    NackAddress,
    /// The same for the nth byte written that a chip acknowledges.
    NackByte {
        /// Acknowledged data bytes to let through before.
        nth: usize,
    },
    /// SDA is held low from now on for so many nanoseconds. Meanwhile no bit reaches the chips, byte-level
    /// masters read zero bits, and the I2C front end reports a lost arbitration.
    SdaStuck {
        /// Nanoseconds.
        duration: Nanos,
    },
}

/// The faults that still wait for their event.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// A byte that the chips send, as the master gets it.
    pub(super) fn read(&mut self, mut byte: u8) -> u8 {
        self.0.retain_mut(|fault| {
            let Fault::ReadByte { nth, xor } = fault else { return true };
            let xor = *xor;
            let waits = count_down(nth);
            if !waits {
                byte ^= xor;
            }
            waits
        });
        byte
    }

    /// A byte that the master sends, as the chips get it.
    pub(super) fn written(&mut self, mut byte: u8) -> u8 {
        self.0.retain_mut(|fault| {
            let Fault::WriteByte { nth, xor } = fault else { return true };
            let xor = *xor;
            let waits = count_down(nth);
            if !waits {
                byte ^= xor;
            }
            waits
        });
        byte
    }

    /// The answer to an address, as the master gets it. Two such faults take two addresses.
    pub(super) fn address_ack(&mut self, ack: Ack) -> Ack {
        let nack = self.0.iter().position(|fault| *fault == Fault::NackAddress);
        match (ack, nack) {
            (Ack::Ack, Some(index)) => {
                self.0.remove(index);
                Ack::Nack
            }
            _ => ack,
        }
    }

    /// The answer to a written byte, as the master gets it.
    pub(super) fn byte_ack(&mut self, mut ack: Ack) -> Ack {
        if ack == Ack::Ack {
            self.0.retain_mut(|fault| {
                let Fault::NackByte { nth } = fault else { return true };
                let waits = count_down(nth);
                if !waits {
                    ack = Ack::Nack;
                }
                waits
            });
        }
        ack
    }
}

/// Whether the event is still ahead; counts this one.
fn count_down(nth: &mut usize) -> bool {
    let waits = *nth > 0;
    *nth = nth.saturating_sub(1);
    waits
}
