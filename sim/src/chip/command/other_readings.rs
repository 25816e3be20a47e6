//! What other readings than the chip's own have commands do to TempKey (chip reference U10, U39, D6).

use super::TempKeyUse;
use crate::chip::machine::Machine;
use crate::chip::readings::Alternative;
use crate::chip::wire::packet::Packet;

type Case = (Alternative, u8, fn(&Packet) -> bool, TempKeyUse);

const CASES: &[Case] = &[
    (Alternative::MacClearsTempKey, 0x08, |packet| packet.p1 & 3 == 0, TempKeyUse::Consumes),
    (Alternative::MacSparesTempKey, 0x08, |packet| packet.p1 & 3 != 0, TempKeyUse::None),
    (Alternative::DeriveKeySparesTempKey, 0x1C, |_| true, TempKeyUse::None),
    (Alternative::SignSparesTempKey, 0x41, |packet| packet.p1 & 0xA0 != 0xA0, TempKeyUse::None),
    (Alternative::VerifySparesTempKey, 0x45, |packet| packet.p1 & 0x20 == 0, TempKeyUse::None),
    (Alternative::EncryptedReadSparesTempKey, 0x02, |_| true, TempKeyUse::None),
    (Alternative::EncryptedWriteSparesTempKey, 0x12, |_| true, TempKeyUse::None),
    (Alternative::PrivWriteSparesTempKey, 0x46, |packet| packet.p1 == 0x40, TempKeyUse::None),
    (Alternative::ClearPrivWriteSparesTempKey, 0x46, |packet| packet.p1 == 0, TempKeyUse::None),
    (Alternative::FailedNonceSparesTempKey, 0x16, |_| true, TempKeyUse::None),
    (Alternative::ClearWriteClearsTempKey, 0x12, |_| true, TempKeyUse::Consumes),
    (Alternative::CounterClearsTempKey, 0x24, |_| true, TempKeyUse::Consumes),
    (Alternative::UpdateExtraClearsTempKey, 0x20, |_| true, TempKeyUse::Consumes),
    (Alternative::LockClearsTempKey, 0x17, |_| true, TempKeyUse::Consumes),
    (Alternative::BufferNonceClearsTempKey, 0x16, |packet| packet.p1 & 0xC0 != 0, TempKeyUse::Consumes),
    (Alternative::BufferSignClearsTempKey, 0x41, |packet| packet.p1 & 0xA0 == 0xA0, TempKeyUse::Consumes),
    (Alternative::RandomClearsTempKey, 0x1B, |_| true, TempKeyUse::Consumes),
    (Alternative::FailedEcdhClearsTempKey, 0x43, |packet| packet.p1 & 1 == 0, TempKeyUse::Replaces),
];

/// What the command does to TempKey by the readings that the chip follows.
pub(super) fn temp_key(machine: &Machine, packet: &Packet, by_default: TempKeyUse) -> TempKeyUse {
    let other = CASES.iter().find(|(alternative, opcode, asked, _)| {
        *opcode == packet.opcode && machine.readings.take(*alternative) && asked(packet)
    });
    match (other, by_default) {
        (Some((.., use_by_other)), _) => *use_by_other,
        (None, TempKeyUse::None) if machine.readings.take(Alternative::RefusalsClearTempKey) => {
            TempKeyUse::Replaces
        }
        (None, by_default) => by_default,
    }
}
