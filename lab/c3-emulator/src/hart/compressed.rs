//! The C extension: each 16-bit instruction as the 32-bit instruction it stands for.
//!
//! Source: The RISC-V Instruction Set Manual, volume I, chapter "C" (RV32C; no floating point).

use super::opcode::{BRANCH, EBREAK, JAL, JALR, LOAD, LUI, OP, OP_IMM, STORE};

/// The instruction that `half` abbreviates, or nothing if it is reserved or of an extension that the
/// core lacks.
pub(super) fn expand(half: u16) -> Option<u32> {
    let c = u32::from(half);
    let bit = |n: u32| c >> n & 1;
    let bits = |high: u32, low: u32| c >> low & ((1 << (high - low + 1)) - 1);
    let rd = bits(11, 7);
    let rs2 = bits(6, 2);
    // Three-bit register numbers count from x8.
    let rd_short = 8 + bits(4, 2);
    let rs1_short = 8 + bits(9, 7);
    let imm6 = sign(bit(12) << 5 | bits(6, 2), 6);
    let word_offset = bits(12, 10) << 3 | bit(6) << 2 | bit(5) << 6;

    let word = match (c & 3, c >> 13) {
        // c.addi4spn
        (0, 0) => {
            let imm = bits(12, 11) << 4 | bits(10, 7) << 6 | bit(6) << 2 | bit(5) << 3;
            if imm == 0 {
                return None;
            }
            i(OP_IMM, 0, rd_short, 2, imm)
        }
        // c.lw, c.sw
        (0, 2) => i(LOAD, 2, rd_short, rs1_short, word_offset),
        (0, 6) => s(STORE, 2, rs1_short, rd_short, word_offset),
        // c.nop and c.addi, c.jal, c.li
        (1, 0) => i(OP_IMM, 0, rd, rd, imm6),
        (1, 1) => j(1, jump_offset(c)),
        (1, 2) => i(OP_IMM, 0, rd, 0, imm6),
        (1, 3) if imm6 == 0 => return None,
        // c.addi16sp
        (1, 3) if rd == 2 => {
            let imm = bit(12) << 9 | bit(6) << 4 | bit(5) << 6 | bits(4, 3) << 7 | bit(2) << 5;
            i(OP_IMM, 0, 2, 2, sign(imm, 10))
        }
        // c.lui
        (1, 3) => imm6 << 12 | rd << 7 | LUI,
        (1, 4) => return arithmetic(c, rs1_short, rd_short, imm6),
        // c.j, c.beqz, c.bnez
        (1, 5) => j(0, jump_offset(c)),
        (1, funct3 @ (6 | 7)) => {
            let imm = bit(12) << 8 | bits(11, 10) << 3 | bits(6, 5) << 6 | bits(4, 3) << 1 | bit(2) << 5;
            b(funct3 - 6, rs1_short, 0, sign(imm, 9))
        }
        // c.slli; a shift of 32 and more is of RV64
        (2, 0) if bit(12) == 0 => i(OP_IMM, 1, rd, rd, rs2),
        // c.lwsp
        (2, 2) if rd != 0 => i(LOAD, 2, rd, 2, bit(12) << 5 | bits(6, 4) << 2 | bits(3, 2) << 6),
        // c.jr, c.mv, c.ebreak, c.jalr, c.add
        (2, 4) => match (bit(12), rd, rs2) {
            (0, 0, 0) => return None,
            (0, _, 0) => i(JALR, 0, 0, rd, 0),
            (0, ..) => r(0, 0, rd, 0, rs2),
            (_, 0, 0) => EBREAK,
            (_, _, 0) => i(JALR, 0, 1, rd, 0),
            _ => r(0, 0, rd, rd, rs2),
        },
        // c.swsp
        (2, 6) => s(STORE, 2, 2, rs2, bits(12, 9) << 2 | bits(8, 7) << 6),
        _ => return None,
    };
    Some(word)
}

/// c.srli, c.srai, c.andi, c.sub, c.xor, c.or, c.and.
fn arithmetic(c: u32, rd: u32, rs2: u32, imm6: u32) -> Option<u32> {
    let long = c >> 12 & 1 != 0;
    let shift = c >> 2 & 31;
    Some(match c >> 10 & 3 {
        0 | 1 if long => return None,
        0 => i(OP_IMM, 5, rd, rd, shift),
        1 => i(OP_IMM, 5, rd, rd, shift | 0x400),
        2 => i(OP_IMM, 7, rd, rd, imm6),
        _ if long => return None,
        _ => match c >> 5 & 3 {
            0 => r(0x20, 0, rd, rd, rs2),
            1 => r(0, 4, rd, rd, rs2),
            2 => r(0, 6, rd, rd, rs2),
            _ => r(0, 7, rd, rd, rs2),
        },
    })
}

/// The offset of c.j and c.jal.
fn jump_offset(c: u32) -> u32 {
    let bit = |n: u32| c >> n & 1;
    let imm = bit(12) << 11
        | bit(11) << 4
        | (c >> 9 & 3) << 8
        | bit(8) << 10
        | bit(7) << 6
        | bit(6) << 7
        | (c >> 3 & 7) << 1
        | bit(2) << 5;
    sign(imm, 12)
}

/// Sign-extends the low `width` bits.
fn sign(value: u32, width: u32) -> u32 {
    let unused = 32 - width;
    (((value << unused) as i32) >> unused) as u32
}

fn r(funct7: u32, funct3: u32, rd: u32, rs1: u32, rs2: u32) -> u32 {
    funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | OP
}

fn i(opcode: u32, funct3: u32, rd: u32, rs1: u32, imm: u32) -> u32 {
    imm << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode
}

fn s(opcode: u32, funct3: u32, rs1: u32, rs2: u32, imm: u32) -> u32 {
    (imm >> 5 & 0x7F) << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | (imm & 0x1F) << 7 | opcode
}

fn b(funct3: u32, rs1: u32, rs2: u32, imm: u32) -> u32 {
    let high = (imm >> 12 & 1) << 31 | (imm >> 5 & 0x3F) << 25;
    let low = (imm >> 1 & 0xF) << 8 | (imm >> 11 & 1) << 7;
    high | rs2 << 20 | rs1 << 15 | funct3 << 12 | low | BRANCH
}

fn j(rd: u32, imm: u32) -> u32 {
    let high = (imm >> 20 & 1) << 31 | (imm >> 1 & 0x3FF) << 21;
    let low = (imm >> 11 & 1) << 20 | (imm >> 12 & 0xFF) << 12;
    high | low | rd << 7 | JAL
}
