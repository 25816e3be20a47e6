//! What a processor has to be able to do.

/// Bytes of memory, from address 0; the programs' segments are in it, and a stack below its end.
pub(crate) const MEMORY: u32 = 0x70_0000;

pub(crate) trait Cpu {
    /// Address of the next instruction.
    fn pc(&self) -> u32;
    /// Executes it.
    fn step(&mut self);
    /// Enters the function at `entry`, which returns to `back`.
    fn enter(&mut self, entry: u32, back: u32);
    /// Argument of a call, as C passes it.
    fn argument(&self, index: u32) -> u32;
    /// Returns from a call with a value.
    fn leave(&mut self, value: u64);
    fn read(&mut self, address: u32, len: u32) -> Vec<u8>;
    fn write(&mut self, address: u32, bytes: &[u8]);
}
