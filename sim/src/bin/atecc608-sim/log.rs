//! What chips execute, on standard error.

use atecc608_sim::chip::{Executed, Nanos};
use atecc608_sim::{Bus, Chip, ChipId};

/// Of one chip, and how far it is written.
pub(crate) struct Log {
    id: ChipId,
    /// Names the chip, unless it is the first.
    name: String,
    last: Option<Nanos>,
}

impl Log {
    /// Of a chip that is put on the bus.
    pub(crate) fn new(bus: &Bus, chip: Chip) -> Log {
        let address = chip.eeprom().config()[16] >> 1;
        let id = bus.add(chip);
        let name = if id == ChipId::FIRST { String::new() } else { format!("chip {address:#04x} ") };
        Log { id, name, last: None }
    }

    /// Writes what is new.
    pub(crate) fn go_on(&mut self, bus: &Bus) {
        let Log { id, name, last } = self;
        bus.with_chip(*id, |chip| {
            let old = chip.executed().iter().rposition(|command| Some(command.start) <= *last);
            for command in &chip.executed()[old.map_or(0, |index| index + 1)..] {
                eprintln!("{name}{}", line(command));
                *last = Some(command.start);
            }
        });
    }
}

fn line(executed: &Executed) -> String {
    let Executed { opcode, p1, p2, outcome, refused, start, duration } = executed;
    let (start, duration) = (start / 1_000, duration / 1_000);
    let rule = refused.map(|rule| format!(", by the rule {rule:?}")).unwrap_or_default();
    format!("at {start} us, {duration} us: opcode {opcode:02X} p1 {p1:02X} p2 {p2:04X}: {outcome:?}{rule}")
}
