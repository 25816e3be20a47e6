//! The processor: one RV32IMC hart in machine mode, an instruction per cycle.
//!
//! Source: ESP32-C3 Technical Reference Manual, chapter "ESP-RISC-V CPU".

mod compressed;
mod csr;
mod execute;
mod opcode;

pub(crate) use csr::Csrs;

/// How much a load or store moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// 8 bits.
    Byte,
    /// 16 bits.
    Half,
    /// 32 bits.
    Word,
}

/// Why an instruction could not be executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exception {
    /// Nothing is at this address to be executed.
    FetchFault(u32),
    /// The instruction is none of RV32IMC and Zicsr.
    IllegalInstruction(u32),
    /// `ebreak`.
    Breakpoint,
    /// Nothing is at this address to be read.
    LoadFault(u32),
    /// Nothing is at this address to be written.
    StoreFault(u32),
    /// `ecall`.
    EnvironmentCall,
}

impl Exception {
    /// The values of `mcause` and `mtval`.
    fn cause(self) -> (u32, u32) {
        match self {
            Exception::FetchFault(address) => (1, address),
            Exception::IllegalInstruction(word) => (2, word),
            Exception::Breakpoint => (3, 0),
            Exception::LoadFault(address) => (5, address),
            Exception::StoreFault(address) => (7, address),
            Exception::EnvironmentCall => (11, 0),
        }
    }
}

/// What the hart is connected to.
pub trait Bus {
    /// Reads an instruction's half; `address` is even.
    ///
    /// # Errors
    ///
    /// [`Exception::FetchFault`] where nothing can be executed.
    fn fetch(&mut self, address: u32) -> Result<u16, Exception>;
    /// Reads, zero-extended.
    ///
    /// # Errors
    ///
    /// [`Exception::LoadFault`] where nothing can be read.
    fn load(&mut self, address: u32, width: Width) -> Result<u32, Exception>;
    /// Writes the low bits of `value`.
    ///
    /// # Errors
    ///
    /// [`Exception::StoreFault`] where nothing can be written.
    fn store(&mut self, address: u32, width: Width, value: u32) -> Result<(), Exception>;
}

/// How to go on after an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// With the next one.
    Next,
    /// With the next one, once there is an interrupt: `wfi`.
    Wait,
    /// With the next one; the program is polling: `pause`.
    Pause,
    /// With the same one, until an interrupt leads elsewhere: a jump to itself.
    Stuck,
}

/// Registers and state of the processor.
#[derive(Debug, Default)]
pub struct Hart {
    registers: [u32; 32],
    /// Address of the next instruction.
    pub pc: u32,
    /// Cycles since reset.
    pub cycles: u64,
    csrs: Csrs,
}

impl Hart {
    /// A hart about to execute the instruction at `pc`.
    #[must_use]
    pub fn new(pc: u32) -> Hart {
        Hart { pc, ..Hart::default() }
    }

    /// The value of register x0 to x31; numbers above 31 count as x0.
    #[must_use]
    pub fn get(&self, register: u32) -> u32 {
        self.registers.get(register as usize).copied().unwrap_or(0)
    }

    /// Sets register x1 to x31; anything else stays as it is.
    pub fn set(&mut self, register: u32, value: u32) {
        if register != 0
            && let Some(slot) = self.registers.get_mut(register as usize)
        {
            *slot = value;
        }
    }

    /// Executes an instruction. An exception is the program's to handle; it is returned besides.
    ///
    /// # Errors
    ///
    /// The exception that was raised, whose handler is next.
    pub fn step<B: Bus>(&mut self, bus: &mut B) -> Result<Flow, Exception> {
        self.cycles += 1;
        let result = self.try_step(bus);
        if let Err(exception) = result {
            let (cause, value) = exception.cause();
            self.pc = self.csrs.enter(self.pc, cause, value);
        }
        result
    }

    fn try_step<B: Bus>(&mut self, bus: &mut B) -> Result<Flow, Exception> {
        let low = bus.fetch(self.pc)?;
        if low & 3 == 3 {
            let high = bus.fetch(self.pc.wrapping_add(2))?;
            let word = u32::from(high) << 16 | u32::from(low);
            execute::execute(self, bus, word, self.pc.wrapping_add(4))
        } else {
            let word = compressed::expand(low).ok_or(Exception::IllegalInstruction(u32::from(low)))?;
            execute::execute(self, bus, word, self.pc.wrapping_add(2))
        }
    }

    /// Whether an interrupt would be taken now.
    #[must_use]
    pub fn interrupts_enabled(&self) -> bool {
        self.csrs.interrupts_enabled()
    }

    /// Lets interrupts be taken, which they are not after reset.
    pub fn enable_interrupts(&mut self) {
        self.csrs.enable_interrupts();
    }

    /// Goes to the handler of interrupt `number`, 1 to 31.
    pub fn interrupt(&mut self, number: u32) {
        self.pc = self.csrs.enter(self.pc, 1 << 31 | number, 0);
    }
}
