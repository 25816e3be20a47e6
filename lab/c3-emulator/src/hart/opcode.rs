//! Major opcodes and the instructions without operands.
//!
//! Source: The RISC-V Instruction Set Manual, volume I, "RV32/64G Instruction Set Listings".

pub(super) const LOAD: u32 = 0x03;
pub(super) const FENCE: u32 = 0x0F;
pub(super) const OP_IMM: u32 = 0x13;
pub(super) const AUIPC: u32 = 0x17;
pub(super) const STORE: u32 = 0x23;
pub(super) const OP: u32 = 0x33;
pub(super) const LUI: u32 = 0x37;
pub(super) const BRANCH: u32 = 0x63;
pub(super) const JALR: u32 = 0x67;
pub(super) const JAL: u32 = 0x6F;
pub(super) const SYSTEM: u32 = 0x73;

pub(super) const ECALL: u32 = 0x0000_0073;
pub(super) const EBREAK: u32 = 0x0010_0073;
pub(super) const WFI: u32 = 0x1050_0073;
pub(super) const MRET: u32 = 0x3020_0073;
/// A fence that orders nothing: the hint of a program that polls.
pub(super) const PAUSE: u32 = 0x0100_000F;
