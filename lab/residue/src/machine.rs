//! A run of the program: one operation, from reset to its end.

use c3_emulator::hart::Hart;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;
use residue_op::Op;

use crate::chip;
use crate::memory::{Memory, Residue, Way, Writer};
use crate::program::Program;
use crate::secrets::Secrets;

/// Where the program calls the machine.
const HOST_CALL: u32 = 0x4000_0000;
/// Enough for every operation.
const LIMIT: u64 = 20_000_000;

/// The blocking driver or the async one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// `atecc608::blocking`
    Blocking,
    /// `atecc608::asynch`
    Async,
}

/// What is run.
#[derive(Debug, Clone, Copy)]
pub struct Job {
    /// The operation.
    pub op: Op,
    /// Of which half.
    pub half: Half,
    /// The future is dropped before this poll.
    pub drop_at: Option<u32>,
    /// This byte of a proof is changed, and the CRC made good again.
    pub forge: Option<usize>,
}

impl Job {
    /// To its end.
    #[must_use]
    pub const fn new(op: Op, half: Half) -> Job {
        Job { op, half, drop_at: None, forge: None }
    }
}

/// What a run has left.
pub struct Outcome {
    memory: Memory,
    registers: [u32; 32],
    /// What the program said at its end: 0 for success.
    pub result: u32,
    /// How often the future was polled.
    pub polls: u32,
    /// Instructions of the run.
    pub instructions: u64,
    /// Instructions between the program's marks.
    pub marked: Vec<u64>,
    /// All addresses executed, read and written, as a digest.
    pub way: u64,
    /// The secret that was returned.
    pub returned: Vec<u8>,
    /// Transfers on the bus, and other bytes that may be known.
    pub bus: Vec<Vec<u8>>,
    /// The slots that the program writes to.
    pub written: Vec<u8>,
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outcome").field("result", &self.result).finish_non_exhaustive()
    }
}

impl Outcome {
    /// What is in memory and depends on the secrets: where two runs differ.
    #[must_use]
    pub fn differences(&self, other: &Outcome) -> Vec<Residue> {
        self.memory.differences(&other.memory)
    }

    /// The same for registers: their numbers and values. Those that a call does not preserve are included.
    #[must_use]
    pub fn registers(&self, other: &Outcome) -> Vec<(usize, u32, u32)> {
        let pairs = self.registers.iter().zip(other.registers).enumerate();
        pairs.filter(|(_, (a, b))| **a != *b).map(|(number, (a, b))| (number, *a, b)).collect()
    }

    /// Where eight bytes of `secret` in a row are in RAM.
    #[must_use]
    pub fn find(&self, secret: &[u8]) -> Vec<u32> {
        let windows: Vec<&[u8]> = secret.windows(8).collect();
        let ram = self.memory.ram.windows(8).enumerate();
        ram.filter(|(_, part)| windows.contains(part)).map(|(at, _)| 0x3FC8_0000 + at as u32).collect()
    }
}

/// Runs an operation.
///
/// # Panics
///
/// If the program leaves the machine's memory or comes to no end.
#[must_use]
pub fn run(program: &Program, job: Job, secrets: &Secrets) -> Outcome {
    let public = chip::public().expect("a key");
    let names: Vec<(Vec<u8>, &[u8])> =
        public.iter().map(|(name, value)| (name.clone(), &value[..])).collect();
    let mut memory = Memory::new(program, &names, secrets);
    // A key that the chip makes is a secret, too.
    let random = if job.op == Op::EphemeralSecret { secrets.key[1].into() } else { 608 };
    let bus = chip::bus(secrets, job.op != Op::WritePrivateKey, random);
    let (mut i2c, mut delay) = (bus.i2c(), bus.delay());
    let mut hart = Hart::new(program.entry);
    let mut outcome = Partial::default();
    let result = loop {
        if hart.pc == HOST_CALL {
            let [what, address, bytes, len] = [10, 11, 12, 13].map(|register| hart.get(register));
            memory.writer = Writer { pc: hart.get(1), ra: 0, sp: hart.get(2) };
            let answer = match what {
                0 => job.op as u32 | u32::from(job.half == Half::Async) << 8,
                1 => {
                    let bytes = memory.bytes(bytes, len as usize).expect("bytes to write").to_vec();
                    let result = i2c.write(address as u8, &bytes);
                    outcome.bus.push(bytes);
                    result.is_err().into()
                }
                2 => {
                    let mut read = vec![0; len as usize];
                    let result = i2c.read(address as u8, &mut read);
                    if result.is_ok() {
                        if let Some(at) = job.forge
                            && outcome.proof_is_due()
                        {
                            forge(&mut read, at);
                        }
                        memory.write(bytes, &read).expect("room to read into");
                        outcome.bus.push(read);
                    }
                    result.is_err().into()
                }
                3 => {
                    delay.delay_ns(address);
                    0
                }
                4 => break address,
                5 => {
                    outcome.polls += 1;
                    (job.drop_at == Some(outcome.polls)).into()
                }
                7 => {
                    outcome.bus.push(memory.bytes(bytes, len as usize).expect("bytes").to_vec());
                    0
                }
                8 => {
                    outcome.returned = memory.bytes(bytes, len as usize).expect("bytes").to_vec();
                    0
                }
                _ => {
                    outcome.marks.push(hart.cycles);
                    0
                }
            };
            // What the machine answers with leaves no trace: caller-saved registers stay as they are.
            hart.set(10, answer);
            hart.pc = hart.get(1);
            continue;
        }
        memory.writer = Writer { pc: hart.pc, ra: hart.get(1), sp: hart.get(2) };
        memory.way.pass(hart.pc);
        let at = hart.pc;
        if let Err(exception) = hart.step(&mut memory) {
            panic!("{:?}: {exception:X?} at 0x{at:08X} in {}", job, program.function(at));
        }
        assert!(hart.cycles < LIMIT, "{job:?}: no end, at 0x{at:08X} in {}", program.function(at));
    };
    let Way(way) = memory.way;
    Outcome {
        memory,
        registers: std::array::from_fn(|number| hart.get(number as u32)),
        result,
        polls: outcome.polls,
        instructions: hart.cycles,
        marked: outcome.marks.windows(2).map(|pair| pair[1] - pair[0]).collect(),
        way,
        bus: outcome.bus,
        returned: outcome.returned,
        written: chip::written(&bus),
    }
}

#[derive(Default)]
struct Partial {
    polls: u32,
    marks: Vec<u64>,
    bus: Vec<Vec<u8>>,
    returned: Vec<u8>,
}

impl Partial {
    /// Whether the last command was Verify or SecureBoot.
    fn proof_is_due(&self) -> bool {
        let last = self.bus.iter().rev().find(|bytes| bytes.len() > 7 && bytes[0] == 0x03);
        last.is_some_and(|command| matches!(command[2], 0x45 | 0x80))
    }
}

/// Another bit in one byte of the payload, and the CRC that goes with it.
fn forge(group: &mut [u8], at: usize) {
    let (body, crc) = group.split_at_mut(group.len() - 2);
    body[1 + at] ^= 0x10;
    crc.copy_from_slice(&atecc608::wire::frame::crc16([&*body]));
}
