//! Control and status registers.
//!
//! Sources: The RISC-V Instruction Set Manual, volume II (machine level); ESP32-C3 Technical Reference
//! Manual, chapter "ESP-RISC-V CPU" (numbers 0x7E0 to 0x7E2: the performance counter).

use std::collections::BTreeMap;

const MSTATUS: u32 = 0x300;
const MISA: u32 = 0x301;
const MTVEC: u32 = 0x305;
const MEPC: u32 = 0x341;
const MCAUSE: u32 = 0x342;
const MTVAL: u32 = 0x343;
const PERFORMANCE_COUNT: u32 = 0x7E2;
const MHARTID: u32 = 0xF14;

const MIE: u32 = 1 << 3;
const MPIE: u32 = 1 << 7;
/// The previous privilege level; the core is always in machine mode here.
const MPP: u32 = 3 << 11;
/// RV32IMC.
const MISA_VALUE: u32 = 1 << 30 | 1 << 12 | 1 << 8 | 1 << 2;

/// The registers that have an effect, and the rest as memory (protection and triggers guard against
/// programs that misbehave; nothing is guarded here).
#[derive(Debug, Default)]
pub(crate) struct Csrs {
    mstatus: u32,
    mtvec: u32,
    mepc: u32,
    mcause: u32,
    mtval: u32,
    /// What the performance counter showed when the cycle count was 0.
    count_offset: u32,
    others: BTreeMap<u32, u32>,
}

impl Csrs {
    /// `cycles` is the number of cycles since reset.
    pub(super) fn read(&self, number: u32, cycles: u64) -> u32 {
        match number {
            MSTATUS => self.mstatus | MPP,
            MISA => MISA_VALUE,
            MTVEC => self.mtvec,
            MEPC => self.mepc,
            MCAUSE => self.mcause,
            MTVAL => self.mtval,
            PERFORMANCE_COUNT => self.count_offset.wrapping_add(cycles as u32),
            MHARTID => 0,
            other => self.others.get(&other).copied().unwrap_or(0),
        }
    }

    pub(super) fn write(&mut self, number: u32, value: u32, cycles: u64) {
        match number {
            MSTATUS => self.mstatus = value & (MIE | MPIE),
            // Interrupts are always vectored.
            MTVEC => self.mtvec = value & !0xFF | 1,
            MEPC => self.mepc = value & !1,
            MCAUSE => self.mcause = value,
            MTVAL => self.mtval = value,
            PERFORMANCE_COUNT => self.count_offset = value.wrapping_sub(cycles as u32),
            MISA | MHARTID => {}
            other => {
                self.others.insert(other, value);
            }
        }
    }

    pub(super) fn interrupts_enabled(&self) -> bool {
        self.mstatus & MIE != 0
    }

    pub(super) fn enable_interrupts(&mut self) {
        self.mstatus |= MIE;
    }

    /// Enters a trap; gives the address of its handler.
    pub(super) fn enter(&mut self, pc: u32, cause: u32, value: u32) -> u32 {
        self.mepc = pc;
        self.mcause = cause;
        self.mtval = value;
        self.mstatus = if self.interrupts_enabled() { MPIE } else { 0 };
        let base = self.mtvec & !0xFF;
        // An interrupt's handler is found by its number, an exception's is the first.
        if cause >> 31 == 1 { base + 4 * (cause & 31) } else { base }
    }

    /// Leaves a trap; gives the address to go on at.
    pub(super) fn leave(&mut self) -> u32 {
        self.mstatus = if self.mstatus & MPIE != 0 { MIE | MPIE } else { MPIE };
        self.mepc
    }
}
