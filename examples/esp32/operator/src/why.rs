//! Why the chip refused to sign.

use crate::Terminal;
use atecc608::Slot;
use atecc608::blocking::{Atecc608, Wake};
use atecc608::command::{MessageSource, SignExternal};
use atecc608::diagnose::Seen;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

/// Says by which rule the chip does not sign with the key in `slot`, if there is one. A chip that can't be asked
/// has said why already.
pub(crate) fn why<I: I2c, D: DelayNs, W: Wake<I>>(
    chip: &mut Atecc608<I, D, W>,
    slot: Slot,
    terminal: &mut impl Terminal,
) {
    let sign = SignExternal { slot, source: MessageSource::TempKey };
    if let Some(rule) = chip.diagnose(&sign, Seen::new()).ok().and_then(|diagnosis| diagnosis.rule()) {
        terminal.say(format_args!("The chip does not sign: {rule}"));
    }
}
