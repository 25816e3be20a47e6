//! What is around the processor: a chip on the simulated bus, reached by calls to addresses without memory
//! (`benches/footprint/build.rs`), which cost no instruction but the call.

use crate::cpu::Cpu;
use atecc608_sim::Bus;
use atecc608_sim::hal::SimI2c;
use bus_floor::Start;
use core::ops::Range;
use embedded_hal::i2c::{Error as _, ErrorKind, I2c as _};

const HZ: u32 = 100_000;
const CALLS: u32 = 0x70_0000;
/// Where the function under measurement returns to.
const END: u32 = CALLS + 0x1000;
/// Far more than the longest operation takes.
const LIMIT: u64 = 50_000_000;

/// Instructions between the marks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) all: u64,
    /// Of these, in the CRC's function.
    pub(crate) crc: u64,
    /// Calls of the bus and of the delay.
    pub(crate) calls: u64,
}

pub(crate) struct Board {
    bus: Bus,
    i2c: SimI2c,
    crc: Vec<Range<u32>>,
    marks: u32,
    pub(crate) counts: Counts,
}

impl Board {
    /// A chip in the state that an operation starts from.
    pub(crate) fn new(start: Start, crc: Vec<Range<u32>>) -> Board {
        let (bus, _) = bus_floor::chip(start, HZ);
        Board { i2c: bus.i2c(), bus, crc, marks: 0, counts: Counts::default() }
    }

    /// Runs the function to its end.
    pub(crate) fn run<C: Cpu>(&mut self, cpu: &mut C, entry: u32) {
        cpu.enter(entry, END);
        for _ in 0..LIMIT {
            match cpu.pc() {
                END => {
                    assert_eq!(self.marks, 2, "a mark is missing");
                    return;
                }
                pc if pc >= CALLS => self.call(cpu, (pc - CALLS) / 16),
                pc => {
                    if self.marks == 1 {
                        self.counts.all += 1;
                        self.counts.crc += u64::from(self.crc.iter().any(|function| function.contains(&pc)));
                    }
                    cpu.step();
                }
            }
        }
        panic!("no end in sight");
    }

    fn call<C: Cpu>(&mut self, cpu: &mut C, number: u32) {
        let [first, second, third] = [0, 1, 2].map(|index| cpu.argument(index));
        let address = first as u8;
        self.counts.calls += u64::from(self.marks == 1 && (number < 4 || number == 7));
        let answer = match number {
            0 => code(self.i2c.write(address, &cpu.read(second, third))),
            1 => {
                let mut bytes = vec![0; third as usize];
                let code = code(self.i2c.read(address, &mut bytes));
                cpu.write(second, &bytes);
                code
            }
            2 => self.wait(first.into()),
            3 => self.wait(1000 * u64::from(first)),
            5 => {
                self.marks += 1;
                0
            }
            6 => {
                let (key, signature) = bus_floor::operations::signed(&[0x5A; 32]);
                cpu.write(first, &[key, signature].concat());
                0
            }
            // at-cryptoauth asks the time until it has come: the next time it asks, it has.
            7 => {
                self.bus.advance(120_000_000);
                self.bus.now() / 1000
            }
            _ => panic!("the program has given up, after {:?}\n{}", self.counts, self.bus.trace().tail(30)),
        };
        cpu.leave(answer);
    }

    fn wait(&self, ns: u64) -> u64 {
        self.bus.advance(ns);
        0
    }
}

/// How `footprint` is told of faults.
fn code(result: Result<(), atecc608_sim::hal::I2cError>) -> u64 {
    match result.map_err(|error| error.kind()) {
        Ok(()) => 0,
        Err(ErrorKind::NoAcknowledge(_)) => 1,
        Err(_) => 2,
    }
}
