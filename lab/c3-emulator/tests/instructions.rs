//! Single instructions; each encoding is what LLVM assembles the text beside it to.

use c3_emulator::hart::{Bus, Exception, Flow, Hart, Width};

/// 256 bytes at address 0, for code and data.
struct Ram([u8; 256]);

impl Ram {
    fn at(&self, address: u32, len: usize) -> Option<&[u8]> {
        self.0.get(address as usize..)?.get(..len)
    }
}

impl Bus for Ram {
    fn fetch(&mut self, address: u32) -> Result<u16, Exception> {
        let bytes = self.at(address, 2).ok_or(Exception::FetchFault(address))?;
        Ok(u16::from_le_bytes(bytes.try_into().unwrap()))
    }

    fn load(&mut self, address: u32, width: Width) -> Result<u32, Exception> {
        let len = match width {
            Width::Byte => 1,
            Width::Half => 2,
            Width::Word => 4,
        };
        let mut word = [0; 4];
        word[..len].copy_from_slice(self.at(address, len).ok_or(Exception::LoadFault(address))?);
        Ok(u32::from_le_bytes(word))
    }

    fn store(&mut self, address: u32, width: Width, value: u32) -> Result<(), Exception> {
        let len = match width {
            Width::Byte => 1,
            Width::Half => 2,
            Width::Word => 4,
        };
        let slot = self.0.get_mut(address as usize..).and_then(|rest| rest.get_mut(..len));
        slot.ok_or(Exception::StoreFault(address))?.copy_from_slice(&value.to_le_bytes()[..len]);
        Ok(())
    }
}

const A0: u32 = 10;
const A1: u32 = 11;
const A2: u32 = 12;
const SP: u32 = 2;

/// Executes one instruction at 0x40 with a0, a1 and sp set.
fn run(code: &[u8], a0: u32, a1: u32) -> (Hart, Ram, Result<Flow, Exception>) {
    let mut ram = Ram([0; 256]);
    ram.0[0x40..0x40 + code.len()].copy_from_slice(code);
    ram.0[0x80..0x88].copy_from_slice(&[0x80, 0xFF, 0x34, 0x92, 1, 2, 3, 4]);
    let mut hart = Hart::new(0x40);
    hart.set(A0, a0);
    hart.set(A1, a1);
    hart.set(SP, 0x80);
    let result = hart.step(&mut ram);
    (hart, ram, result)
}

/// The value of a2 afterwards.
fn a2(code: [u8; 4], a0: u32, a1: u32) -> u32 {
    let (hart, _, result) = run(&code, a0, a1);
    assert_eq!(result, Ok(Flow::Next));
    assert_eq!(hart.pc, 0x44);
    hart.get(A2)
}

#[test]
fn registers_and_immediates() {
    assert_eq!(a2([0x33, 0x06, 0xB5, 0x00], 7, u32::MAX), 6, "add a2, a0, a1");
    assert_eq!(a2([0x33, 0x06, 0xB5, 0x40], 7, 8), u32::MAX, "sub a2, a0, a1");
    assert_eq!(a2([0x33, 0x16, 0xB5, 0x00], 3, 33), 6, "sll a2, a0, a1");
    assert_eq!(a2([0x33, 0x26, 0xB5, 0x00], u32::MAX, 0), 1, "slt a2, a0, a1");
    assert_eq!(a2([0x33, 0x36, 0xB5, 0x00], u32::MAX, 0), 0, "sltu a2, a0, a1");
    assert_eq!(a2([0x33, 0x56, 0xB5, 0x40], 0x8000_0000, 4), 0xF800_0000, "sra a2, a0, a1");
    assert_eq!(a2([0x33, 0x56, 0xB5, 0x00], 0x8000_0000, 4), 0x0800_0000, "srl a2, a0, a1");
    assert_eq!(a2([0x13, 0x06, 0x05, 0x80], 0, 0), 0xFFFF_F800, "addi a2, a0, -2048");
    assert_eq!(a2([0x13, 0x56, 0xF5, 0x41], 0x8000_0000, 0), u32::MAX, "srai a2, a0, 31");
    assert_eq!(a2([0x13, 0x36, 0xF5, 0xFF], 5, 0), 1, "sltiu a2, a0, -1");
    assert_eq!(a2([0x37, 0xF6, 0xFF, 0xFF], 0, 0), 0xFFFF_F000, "lui a2, 0xfffff");
    assert_eq!(a2([0x17, 0x16, 0x00, 0x00], 0, 0), 0x1040, "auipc a2, 1");
}

#[test]
fn multiplication_and_division() {
    assert_eq!(a2([0x33, 0x06, 0xB5, 0x02], 0x1_0001, 0x1_0001), 0x2_0001, "mul");
    assert_eq!(a2([0x33, 0x16, 0xB5, 0x02], u32::MAX, u32::MAX), 0, "mulh");
    assert_eq!(a2([0x33, 0x26, 0xB5, 0x02], u32::MAX, u32::MAX), u32::MAX, "mulhsu");
    assert_eq!(a2([0x33, 0x36, 0xB5, 0x02], u32::MAX, u32::MAX), u32::MAX - 1, "mulhu");
    assert_eq!(a2([0x33, 0x46, 0xB5, 0x02], (-7_i32) as u32, 2), (-3_i32) as u32, "div");
    assert_eq!(a2([0x33, 0x46, 0xB5, 0x02], 7, 0), u32::MAX, "div by 0");
    assert_eq!(a2([0x33, 0x46, 0xB5, 0x02], 0x8000_0000, u32::MAX), 0x8000_0000, "div that overflows");
    assert_eq!(a2([0x33, 0x56, 0xB5, 0x02], u32::MAX, 2), 0x7FFF_FFFF, "divu");
    assert_eq!(a2([0x33, 0x66, 0xB5, 0x02], (-7_i32) as u32, 2), (-1_i32) as u32, "rem");
    assert_eq!(a2([0x33, 0x66, 0xB5, 0x02], 0x8000_0000, u32::MAX), 0, "rem that overflows");
    assert_eq!(a2([0x33, 0x76, 0xB5, 0x02], 7, 0), 7, "remu by 0");
}

#[test]
fn loads_and_stores() {
    assert_eq!(a2([0x03, 0x06, 0x05, 0x00], 0x80, 0), 0xFFFF_FF80, "lb a2, 0(a0)");
    assert_eq!(a2([0x03, 0x46, 0x05, 0x00], 0x80, 0), 0x80, "lbu a2, 0(a0)");
    assert_eq!(a2([0x03, 0x16, 0x25, 0x00], 0x80, 0), 0xFFFF_9234, "lh a2, 2(a0)");
    assert_eq!(a2([0x03, 0x26, 0xC5, 0xFF], 0x84, 0), 0x9234_FF80, "lw a2, -4(a0)");
    let (_, ram, _) = run(&[0xA3, 0x0F, 0xB5, 0xFE], 0x85, 0x1234); // sb a1, -1(a0)
    assert_eq!(ram.0[0x84..0x86], [0x34, 2]);
    let (_, ram, _) = run(&[0x23, 0x22, 0xB5, 0x00], 0x80, 0x1234_5678); // sw a1, 4(a0)
    assert_eq!(ram.0[0x84..0x88], [0x78, 0x56, 0x34, 0x12]);
}

#[test]
fn branches_and_jumps() {
    let goes = |code: [u8; 4], a0, a1| run(&code, a0, a1).0.pc;
    assert_eq!(goes([0xE3, 0x0E, 0xB5, 0xFE], 5, 5), 0x3C, "beq a0, a1, -4");
    assert_eq!(goes([0xE3, 0x0E, 0xB5, 0xFE], 5, 6), 0x44, "beq a0, a1, -4");
    assert_eq!(goes([0x63, 0x48, 0xB5, 0x00], u32::MAX, 0), 0x50, "blt a0, a1, 16");
    assert_eq!(goes([0x63, 0x68, 0xB5, 0x00], u32::MAX, 0), 0x44, "bltu a0, a1, 16");
    let (hart, ..) = run(&[0xEF, 0x00, 0x80, 0x00], 0, 0); // jal ra, 8
    assert_eq!((hart.pc, hart.get(1)), (0x48, 0x44));
    let (hart, ..) = run(&[0x67, 0x05, 0x35, 0x00], 0x60, 0); // jalr a0, 3(a0): the base is its destination
    assert_eq!((hart.pc, hart.get(A0)), (0x62, 0x44));
    assert_eq!(run(&[0x6F, 0x00, 0x00, 0x00], 0, 0).2, Ok(Flow::Stuck), "j .");
}

#[test]
fn compressed_instructions() {
    let after = |code: [u8; 2], a0, a1| {
        let (hart, ram, result) = run(&code, a0, a1);
        assert_eq!(result, Ok(Flow::Next));
        (hart, ram)
    };
    assert_eq!(after([0x7D, 0x15], 1, 0).0.get(A0), 0, "c.addi a0, -1");
    assert_eq!(after([0x01, 0x75], 0, 0).0.get(A0), 0xFFFE_0000, "c.lui a0, 0xfffe0");
    assert_eq!(after([0x08, 0x08], 0, 0).0.get(A0), 0x90, "c.addi4spn a0, sp, 16");
    assert_eq!(after([0x39, 0x71], 0, 0).0.get(SP), 0x40, "c.addi16sp sp, -64");
    assert_eq!(after([0x02, 0x45], 0, 0).0.get(A0), 0x9234_FF80, "c.lwsp a0, 0(sp)");
    assert_eq!(after([0x48, 0x41], 0x80, 0).0.get(A0), 0x0403_0201, "c.lw a0, 4(a0)");
    assert_eq!(after([0x2E, 0xC2], 0, 0x55).1.0[0x84], 0x55, "c.swsp a1, 4(sp)");
    assert_eq!(after([0x0D, 0x8D], 7, 9).0.get(A0), (-2_i32) as u32, "c.sub a0, a1");
    assert_eq!(after([0x2D, 0x8D], 6, 3).0.get(A0), 5, "c.xor a0, a1");
    assert_eq!(after([0x11, 0x85], 0x80, 0).0.get(A0), 8, "c.srai a0, 4");
    assert_eq!(after([0x75, 0x99], 0xFF, 0).0.get(A0), 0xFD, "c.andi a0, -3");
    assert_eq!(after([0x0E, 0x05], 1, 0).0.get(A0), 8, "c.slli a0, 3");
    assert_eq!(after([0x2E, 0x85], 0, 9).0.get(A0), 9, "c.mv a0, a1");
    assert_eq!(after([0x02, 0x85], 0x60, 0).0.pc, 0x60, "c.jr a0");
    let (hart, _) = after([0x02, 0x95], 0x60, 0); // c.jalr a0
    assert_eq!((hart.pc, hart.get(1)), (0x60, 0x42));
    assert_eq!(after([0xFD, 0xBF], 0, 0).0.pc, 0x3E, "c.j -2");
    assert_eq!(after([0x7D, 0xDD], 0, 0).0.pc, 0x3E, "c.beqz a0, -2");
    assert_eq!(after([0x01, 0xE9], 1, 0).0.pc, 0x50, "c.bnez a0, 16");
}

#[test]
fn control_registers() {
    // csrrw a2, mscratch, a0; csrrs a2, mscratch, x0
    let (mut hart, mut ram, _) = run(&[0x73, 0x16, 0x05, 0x34, 0x73, 0x26, 0x00, 0x34], 0xABCD, 0);
    assert_eq!(hart.get(A2), 0);
    hart.step(&mut ram).unwrap();
    assert_eq!(hart.get(A2), 0xABCD);
}

#[test]
fn exceptions_go_to_the_handler_and_come_back() {
    let mut ram = Ram([0; 256]);
    ram.0[0x40..0x44].copy_from_slice(&[0x73, 0x00, 0x10, 0x00]); // ebreak
    ram.0[..4].copy_from_slice(&[0x73, 0x26, 0x20, 0x34]); // csrr a2, mcause
    ram.0[4..8].copy_from_slice(&[0x73, 0x00, 0x20, 0x30]); // mret
    let mut hart = Hart::new(0x40);
    assert_eq!(hart.step(&mut ram), Err(Exception::Breakpoint));
    assert_eq!(hart.pc, 0);
    hart.step(&mut ram).unwrap();
    assert_eq!(hart.get(A2), 3);
    hart.step(&mut ram).unwrap();
    assert_eq!(hart.pc, 0x40);
}

#[test]
fn what_is_no_instruction_is_an_exception() {
    for code in [[0x00, 0x00, 0x00, 0x00], [0xFF; 4], [0x2F, 0x20, 0xB5, 0x00], [0x53, 0x00, 0xB5, 0x00]] {
        let (.., result) = run(&code, 0, 0); // zeros, ones, amoadd.w, fadd.s
        assert!(matches!(result, Err(Exception::IllegalInstruction(_))), "{code:02X?}: {result:?}");
    }
    assert_eq!(run(&[0x03, 0x26, 0x05, 0x00], 0x4000, 0).2, Err(Exception::LoadFault(0x4000)));
    assert_eq!(run(&[0x23, 0x22, 0xB5, 0x00], 0x4000, 0).2, Err(Exception::StoreFault(0x4004)));
}

#[test]
fn x0_stays_zero() {
    let (hart, ..) = run(&[0x13, 0x00, 0x10, 0x00], 0, 0); // addi x0, x0, 1
    assert_eq!(hart.get(0), 0);
}
