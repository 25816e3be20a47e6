//! One 32-bit instruction of RV32IM and Zicsr.
//!
//! Source: The RISC-V Instruction Set Manual, volume I.

use super::opcode::{
    AUIPC, BRANCH, EBREAK, ECALL, FENCE, JAL, JALR, LOAD, LUI, MRET, OP, OP_IMM, PAUSE, STORE, SYSTEM, WFI,
};
use super::{Bus, Exception, Flow, Hart, Width};

pub(super) fn execute<B: Bus>(hart: &mut Hart, bus: &mut B, word: u32, next: u32) -> Result<Flow, Exception> {
    let illegal = Err(Exception::IllegalInstruction(word));
    let rd = word >> 7 & 31;
    let funct3 = word >> 12 & 7;
    let rs1 = hart.get(word >> 15 & 31);
    let rs2 = hart.get(word >> 20 & 31);
    let imm_i = ((word as i32) >> 20) as u32;
    let mut target = next;
    match word & 0x7F {
        LUI => hart.set(rd, word & 0xFFFF_F000),
        AUIPC => hart.set(rd, hart.pc.wrapping_add(word & 0xFFFF_F000)),
        JAL => {
            target = hart.pc.wrapping_add(offset_j(word));
            hart.set(rd, next);
        }
        JALR if funct3 == 0 => {
            target = rs1.wrapping_add(imm_i) & !1;
            hart.set(rd, next);
        }
        BRANCH => {
            let taken = match funct3 {
                0 => rs1 == rs2,
                1 => rs1 != rs2,
                4 => (rs1 as i32) < rs2 as i32,
                5 => rs1 as i32 >= rs2 as i32,
                6 => rs1 < rs2,
                7 => rs1 >= rs2,
                _ => return illegal,
            };
            if taken {
                target = hart.pc.wrapping_add(offset_b(word));
            }
        }
        LOAD => {
            let address = rs1.wrapping_add(imm_i);
            let value = match funct3 {
                0 => bus.load(address, Width::Byte)? as i8 as u32,
                1 => bus.load(address, Width::Half)? as i16 as u32,
                2 => bus.load(address, Width::Word)?,
                4 => bus.load(address, Width::Byte)?,
                5 => bus.load(address, Width::Half)?,
                _ => return illegal,
            };
            hart.set(rd, value);
        }
        STORE => {
            let address = rs1.wrapping_add((word as i32 >> 25 << 5) as u32 | rd);
            let width = match funct3 {
                0 => Width::Byte,
                1 => Width::Half,
                2 => Width::Word,
                _ => return illegal,
            };
            bus.store(address, width, rs2)?;
        }
        OP_IMM => {
            let Some(value) = immediate(funct3, word >> 25, rs1, imm_i) else { return illegal };
            hart.set(rd, value);
        }
        OP => {
            let Some(value) = register(word >> 25, funct3, rs1, rs2) else { return illegal };
            hart.set(rd, value);
        }
        FENCE if word == PAUSE => {
            hart.pc = next;
            return Ok(Flow::Pause);
        }
        // One hart, and memory in program order: nothing to wait for.
        FENCE => {}
        SYSTEM => match word {
            ECALL => return Err(Exception::EnvironmentCall),
            EBREAK => return Err(Exception::Breakpoint),
            MRET => target = hart.csrs.leave(),
            WFI => {
                hart.pc = next;
                return Ok(Flow::Wait);
            }
            _ if funct3 & 3 != 0 => csr(hart, word, rs1),
            _ => return illegal,
        },
        _ => return illegal,
    }
    // A jump to itself is how programs stop.
    let flow = if target == hart.pc { Flow::Stuck } else { Flow::Next };
    hart.pc = target;
    Ok(flow)
}

fn offset_j(word: u32) -> u32 {
    let high = (word as i32 >> 31 << 20) as u32;
    high | (word >> 12 & 0xFF) << 12 | (word >> 20 & 1) << 11 | (word >> 21 & 0x3FF) << 1
}

fn offset_b(word: u32) -> u32 {
    let high = (word as i32 >> 31 << 12) as u32;
    high | (word >> 7 & 1) << 11 | (word >> 25 & 0x3F) << 5 | (word >> 8 & 0xF) << 1
}

fn immediate(funct3: u32, funct7: u32, a: u32, imm: u32) -> Option<u32> {
    let shift = imm & 31;
    Some(match (funct3, funct7) {
        (0, _) => a.wrapping_add(imm),
        (1, 0) => a << shift,
        (2, _) => u32::from((a as i32) < imm as i32),
        (3, _) => u32::from(a < imm),
        (4, _) => a ^ imm,
        (5, 0) => a >> shift,
        (5, 0x20) => (a as i32 >> shift) as u32,
        (6, _) => a | imm,
        (7, _) => a & imm,
        _ => return None,
    })
}

fn register(funct7: u32, funct3: u32, a: u32, b: u32) -> Option<u32> {
    let (signed_a, signed_b) = (a as i32, b as i32);
    let shift = b & 31;
    Some(match (funct7, funct3) {
        (0, 0) => a.wrapping_add(b),
        (0x20, 0) => a.wrapping_sub(b),
        (0, 1) => a << shift,
        (0, 2) => u32::from(signed_a < signed_b),
        (0, 3) => u32::from(a < b),
        (0, 4) => a ^ b,
        (0, 5) => a >> shift,
        (0x20, 5) => (signed_a >> shift) as u32,
        (0, 6) => a | b,
        (0, 7) => a & b,
        (1, 0) => a.wrapping_mul(b),
        (1, 1) => ((i64::from(signed_a) * i64::from(signed_b)) >> 32) as u32,
        (1, 2) => ((i64::from(signed_a) * i64::from(b)) >> 32) as u32,
        (1, 3) => ((u64::from(a) * u64::from(b)) >> 32) as u32,
        // Division by zero gives all ones and the dividend; the overflow wraps.
        (1, 4) => {
            if b == 0 {
                u32::MAX
            } else {
                signed_a.wrapping_div(signed_b) as u32
            }
        }
        (1, 5) => a.checked_div(b).unwrap_or(u32::MAX),
        (1, 6) => {
            if b == 0 {
                a
            } else {
                signed_a.wrapping_rem(signed_b) as u32
            }
        }
        (1, 7) => a.checked_rem(b).unwrap_or(a),
        _ => return None,
    })
}

fn csr(hart: &mut Hart, word: u32, rs1: u32) {
    let number = word >> 20;
    let source = word >> 15 & 31;
    let operand = if word >> 14 & 1 == 1 { source } else { rs1 };
    let old = hart.csrs.read(number, hart.cycles);
    let new = match word >> 12 & 3 {
        1 => Some(operand),
        // Register x0 or immediate 0 only reads.
        _ if source == 0 => None,
        2 => Some(old | operand),
        _ => Some(old & !operand),
    };
    if let Some(new) = new {
        hart.csrs.write(number, new, hart.cycles);
    }
    hart.set(word >> 7 & 31, old);
}
