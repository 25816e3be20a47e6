//! RV32IMC: the hart of `c3-emulator`.

use crate::cpu::{Cpu, MEMORY};
use crate::program::Program;
use c3_emulator::hart::{Bus, Exception, Hart, Width};

pub(crate) struct RiscV {
    hart: Hart,
    memory: Memory,
}

struct Memory(Vec<u8>);

impl Memory {
    fn at(&self, address: u32, len: usize) -> Option<u32> {
        let bytes = self.0.get(address as usize..)?.get(..len)?;
        Some(bytes.iter().rev().fold(0, |value, &byte| value << 8 | u32::from(byte)))
    }
}

fn bytes(width: Width) -> usize {
    match width {
        Width::Byte => 1,
        Width::Half => 2,
        Width::Word => 4,
    }
}

impl Bus for Memory {
    fn fetch(&mut self, address: u32) -> Result<u16, Exception> {
        self.at(address, 2).map(|half| half as u16).ok_or(Exception::FetchFault(address))
    }

    fn load(&mut self, address: u32, width: Width) -> Result<u32, Exception> {
        self.at(address, bytes(width)).ok_or(Exception::LoadFault(address))
    }

    fn store(&mut self, address: u32, width: Width, value: u32) -> Result<(), Exception> {
        let place = self.0.get_mut(address as usize..).and_then(|rest| rest.get_mut(..bytes(width)));
        let place = place.ok_or(Exception::StoreFault(address))?;
        place.copy_from_slice(&value.to_le_bytes()[..bytes(width)]);
        Ok(())
    }
}

impl RiscV {
    pub(crate) fn new(program: &Program) -> RiscV {
        let mut memory = Memory(vec![0; MEMORY as usize]);
        for (address, bytes) in &program.segments {
            memory.0[*address as usize..][..bytes.len()].copy_from_slice(bytes);
        }
        RiscV { hart: Hart::default(), memory }
    }
}

const RA: u32 = 1;
const SP: u32 = 2;
const A0: u32 = 10;

impl Cpu for RiscV {
    fn pc(&self) -> u32 {
        self.hart.pc
    }

    fn step(&mut self) {
        let pc = self.hart.pc;
        let result = self.hart.step(&mut self.memory);
        assert!(result.is_ok(), "{result:X?} at 0x{pc:X}");
    }

    fn enter(&mut self, entry: u32, back: u32) {
        self.hart.pc = entry;
        self.hart.set(SP, MEMORY);
        self.hart.set(RA, back);
    }

    fn argument(&self, index: u32) -> u32 {
        self.hart.get(A0 + index)
    }

    fn leave(&mut self, value: u64) {
        self.hart.set(A0, value as u32);
        self.hart.set(A0 + 1, (value >> 32) as u32);
        self.hart.pc = self.hart.get(RA);
    }

    fn read(&mut self, address: u32, len: u32) -> Vec<u8> {
        self.memory.0[address as usize..][..len as usize].to_vec()
    }

    fn write(&mut self, address: u32, bytes: &[u8]) {
        self.memory.0[address as usize..][..bytes.len()].copy_from_slice(bytes);
    }
}
