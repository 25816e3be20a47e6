//! The commands, one file each (chip reference 5).

mod aes;
mod check_mac;
mod counter;
mod derive_key;
mod ecdh;
mod gen_dig;
mod gen_key;
mod info;
mod kdf;
mod lock;
mod mac;
mod nonce;
mod other_readings;
mod priv_write;
mod random;
mod read;
mod secure_boot;
mod self_test;
mod sha;
mod sign;
mod update_extra;
mod verify;
mod write;

use super::machine::Machine;
use super::readings::Alternative;
use super::rule::{Refused, Rule, illegal};
use super::status::Status;
use super::wire::packet::Packet;
use std::borrow::Cow;

/// A successful answer.
pub(crate) enum Reply {
    /// Status 0x00.
    Done,
    /// A result.
    Data(Vec<u8>),
}

/// What a command comes to.
pub(crate) type Answer = Result<Reply, Refused>;

/// What a command does to TempKey apart from giving it a value (UNVERIFIED, chip reference U10).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TempKeyUse {
    /// Leaves it alone, whatever happens.
    None,
    /// Gives it a value or takes it away by itself; failing, leaves it invalid.
    Replaces,
    /// Uses it up, whatever happens.
    Consumes,
}

struct Command {
    opcode: u8,
    run: fn(&mut Machine, &Packet) -> Answer,
    temp_key: fn(&Machine, &Packet) -> TempKeyUse,
}

const COMMANDS: [Command; 22] = [
    Command { opcode: 0x02, run: read::run, temp_key: read::temp_key },
    Command { opcode: 0x08, run: mac::run, temp_key: mac::temp_key },
    Command { opcode: 0x12, run: write::run, temp_key: write::temp_key },
    Command { opcode: 0x15, run: gen_dig::run, temp_key: gen_dig::temp_key },
    Command { opcode: 0x16, run: nonce::run, temp_key: nonce::temp_key },
    Command { opcode: 0x17, run: lock::run, temp_key: untouched },
    Command { opcode: 0x1B, run: random::run, temp_key: untouched },
    Command { opcode: 0x1C, run: derive_key::run, temp_key: derive_key::temp_key },
    Command { opcode: 0x20, run: update_extra::run, temp_key: untouched },
    Command { opcode: 0x24, run: counter::run, temp_key: untouched },
    Command { opcode: 0x28, run: check_mac::run, temp_key: check_mac::temp_key },
    Command { opcode: 0x30, run: info::run, temp_key: untouched },
    Command { opcode: 0x40, run: gen_key::run, temp_key: gen_key::temp_key },
    Command { opcode: 0x41, run: sign::run, temp_key: sign::temp_key },
    Command { opcode: 0x43, run: ecdh::run, temp_key: ecdh::temp_key },
    Command { opcode: 0x45, run: verify::run, temp_key: verify::temp_key },
    Command { opcode: 0x46, run: priv_write::run, temp_key: priv_write::temp_key },
    Command { opcode: 0x47, run: sha::run, temp_key: untouched },
    Command { opcode: 0x51, run: aes::run, temp_key: untouched },
    Command { opcode: 0x56, run: kdf::run, temp_key: untouched },
    Command { opcode: 0x77, run: self_test::run, temp_key: untouched },
    Command { opcode: 0x80, run: secure_boot::run, temp_key: secure_boot::temp_key },
];

fn untouched(_: &Machine, _: &Packet) -> TempKeyUse {
    TempKeyUse::None
}

/// Runs a command on an awake chip (precedence of errors: chip reference 2.3).
pub(crate) fn execute(machine: &mut Machine, packet: &Packet) -> Answer {
    if machine.registers.failed_tests != 0 && !works_after_failed_test(packet) {
        return Err(Status::SelfTest.into());
    }
    let command = COMMANDS.iter().find(|command| command.opcode == packet.opcode);
    let command = command.ok_or(illegal(Rule::Opcode))?;
    let packet = &without_surplus(machine, packet);
    let temp_key = (command.temp_key)(machine, packet);
    let temp_key = other_readings::temp_key(machine, packet, temp_key);
    let answer = (command.run)(machine, packet);
    let used_up = match answer {
        Err(Refused { status: Status::EccFault, .. }) => false,
        Err(_) => temp_key != TempKeyUse::None,
        Ok(_) => temp_key == TempKeyUse::Consumes,
    };
    if used_up {
        machine.invalidate_temp_key();
    }
    answer
}

/// The command without the data that it doesn't take, for a chip that doesn't mind (UNVERIFIED, chip reference U45).
fn without_surplus<'a>(machine: &Machine, packet: &'a Packet) -> Cow<'a, Packet> {
    let takes_none = matches!(packet.opcode, 0x02 | 0x17 | 0x1B | 0x20 | 0x24 | 0x30 | 0x41 | 0x77);
    if takes_none && machine.readings.take(Alternative::SurplusIgnored) {
        return Cow::Owned(Packet { data: Vec::new(), ..*packet });
    }
    Cow::Borrowed(packet)
}

/// Only SelfTest and reads of the config zone are executed in the failure state.
fn works_after_failed_test(packet: &Packet) -> bool {
    packet.opcode == 0x77 || packet.opcode == 0x02 && packet.p1 & 3 == 0
}
