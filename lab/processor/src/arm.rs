//! ARMv6-M: the emulator armagnac.

use crate::cpu::{Cpu, MEMORY};
use crate::program::Program;
use armagnac::core::{Config, Emulator, Processor};
use armagnac::registers::RegisterIndex;

pub(crate) struct Arm(Processor);

impl Arm {
    pub(crate) fn new(program: &Program) -> Arm {
        let mut memory = vec![0; MEMORY as usize];
        for (address, bytes) in &program.segments {
            memory[*address as usize..][..bytes.len()].copy_from_slice(bytes);
        }
        let mut processor = Processor::new(Config::v6m());
        assert!(processor.map(0, &memory).is_ok());
        Arm(processor)
    }
}

const ARGUMENTS: [RegisterIndex; 3] = [RegisterIndex::R0, RegisterIndex::R1, RegisterIndex::R2];

impl Cpu for Arm {
    fn pc(&self) -> u32 {
        self.0.pc()
    }

    fn step(&mut self) {
        let pc = self.0.pc();
        let result = self.0.next_event();
        assert!(result.is_ok(), "{:?} at 0x{pc:X}", result.err());
    }

    fn enter(&mut self, entry: u32, back: u32) {
        self.0.set_pc(entry);
        self.0.set_sp(MEMORY);
        self.0.set_lr(back | 1);
    }

    fn argument(&self, index: u32) -> u32 {
        self.0[ARGUMENTS[index as usize]]
    }

    fn leave(&mut self, value: u64) {
        self.0.set(RegisterIndex::R0, value as u32);
        self.0.set(RegisterIndex::R1, (value >> 32) as u32);
        self.0.set_pc(self.0.lr() & !1);
    }

    fn read(&mut self, address: u32, len: u32) -> Vec<u8> {
        let bytes = self.0.read_bytes_iface(address, len);
        bytes.unwrap_or_else(|error| panic!("{error:?} at 0x{address:X}"))
    }

    fn write(&mut self, address: u32, bytes: &[u8]) {
        let result = self.0.write_bytes_iface(address, bytes);
        assert!(result.is_ok(), "{:?} at 0x{address:X}", result.err());
    }
}
