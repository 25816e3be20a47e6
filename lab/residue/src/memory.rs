//! The machine's memory: flash, and RAM that knows who wrote it.

use c3_emulator::hart::{Bus, Exception, Width};

use crate::program::Program;
use crate::secrets::Secrets;

const RAM: u32 = 0x3FC8_0000;
const RAM_LEN: usize = 0x1_0000;

pub(crate) struct Memory {
    flash: Vec<(u32, Vec<u8>)>,
    pub(crate) ram: Vec<u8>,
    /// Who wrote a byte.
    pub(crate) writers: Vec<Writer>,
    /// Who is at work.
    pub(crate) writer: Writer,
    /// A digest of all addresses that were executed, read and written, in this order.
    pub(crate) way: Way,
}

/// Where the program was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Writer {
    /// Its instruction.
    pub pc: u32,
    /// Where the function returns to, if it has not called another before.
    pub ra: u32,
    /// The stack pointer.
    pub sp: u32,
}

/// FNV-1a, word by word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way(pub(crate) u64);

impl Way {
    pub(crate) fn pass(&mut self, address: u32) {
        self.0 = (self.0 ^ u64::from(address)).wrapping_mul(0x0100_0000_01B3);
    }
}

/// What is found in RAM that depends on a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Residue {
    /// Where.
    pub address: u32,
    /// What, in the first run.
    pub bytes: Vec<u8>,
    /// In the second.
    pub other: Vec<u8>,
    /// Who wrote the first byte.
    pub writer: Writer,
}

impl Residue {
    /// Whether it is made of pieces of something, the same pieces in both runs.
    #[must_use]
    pub fn is_made_of(&self, known: &[Vec<u8>], known_other: &[Vec<u8>]) -> bool {
        let (mut mine, mut theirs) = (&self.bytes[..], &self.other[..]);
        while !mine.is_empty() {
            let same = |known: &[u8], bytes: &[u8], at: usize| {
                known[at..].iter().zip(bytes).take_while(|(a, b)| a == b).count()
            };
            let longest = known.iter().zip(known_other).flat_map(|(first, second)| {
                (0..first.len().min(second.len()))
                    .map(move |at| same(first, mine, at).min(same(second, theirs, at)))
            });
            let len = longest.max().unwrap_or(0);
            // Less is chance, unless there is no more.
            if len < 3 && len < self.bytes.len() {
                return false;
            }
            (mine, theirs) = (&mine[len..], &theirs[len..]);
        }
        true
    }
}

impl Memory {
    /// With other bytes where the program's file has a name.
    pub(crate) fn new(program: &Program, names: &[(Vec<u8>, &[u8])], secrets: &Secrets) -> Memory {
        let mut memory = Memory {
            flash: Vec::new(),
            ram: vec![0; RAM_LEN],
            writers: vec![Writer::default(); RAM_LEN],
            writer: Writer::default(),
            way: Way(0xCBF2_9CE4_8422_2325),
        };
        let secret_names = secrets.places().map(|(letter, value)| {
            let mut name = vec![letter; 32];
            name.splice(..7, *b"secret:");
            (name, &value[..])
        });
        for (address, bytes) in &program.segments {
            let mut bytes = bytes.clone();
            for (name, value) in secret_names.iter().chain(names) {
                let places: Vec<usize> = bytes
                    .windows(name.len())
                    .enumerate()
                    .filter(|(_, part)| part == name)
                    .map(|(at, _)| at)
                    .collect();
                for at in places {
                    bytes.splice(at..at + name.len(), value.iter().copied());
                }
            }
            if *address == RAM {
                memory.ram.splice(..bytes.len(), bytes);
            } else {
                memory.flash.push((*address, bytes));
            }
        }
        memory
    }

    pub(crate) fn bytes<'m>(&'m self, address: u32, len: usize) -> Option<&'m [u8]> {
        let part = |start: u32, bytes: &'m [u8]| {
            let from = address.wrapping_sub(start) as usize;
            bytes.get(from..from.checked_add(len)?)
        };
        part(RAM, &self.ram).or_else(|| self.flash.iter().find_map(|(start, bytes)| part(*start, bytes)))
    }

    pub(crate) fn write(&mut self, address: u32, bytes: &[u8]) -> Option<()> {
        let from = usize::try_from(address.checked_sub(RAM)?).ok()?;
        let places = from..from.checked_add(bytes.len())?;
        self.ram.get_mut(places.clone())?.copy_from_slice(bytes);
        self.writers.get_mut(places)?.fill(self.writer);
        Some(())
    }

    /// Where RAM differs from another run's.
    pub(crate) fn differences(&self, other: &Memory) -> Vec<Residue> {
        let differing = (0..RAM_LEN).filter(|at| self.ram[*at] != other.ram[*at]);
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for at in differing {
            match ranges.last_mut() {
                Some((_, end)) if at == *end => *end = at + 1,
                _ => ranges.push((at, at + 1)),
            }
        }
        let residue = |(start, end): (usize, usize)| Residue {
            address: RAM + start as u32,
            bytes: self.ram[start..end].to_vec(),
            other: other.ram[start..end].to_vec(),
            writer: self.writers[start],
        };
        ranges.into_iter().map(residue).collect()
    }
}

impl Bus for Memory {
    fn fetch(&mut self, address: u32) -> Result<u16, Exception> {
        match self.bytes(address, 2) {
            Some(&[low, high]) => Ok(u16::from_le_bytes([low, high])),
            _ => Err(Exception::FetchFault(address)),
        }
    }

    fn load(&mut self, address: u32, width: Width) -> Result<u32, Exception> {
        self.way.pass(address);
        let bytes = self.bytes(address, len(width)).ok_or(Exception::LoadFault(address))?;
        Ok(bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte)))
    }

    fn store(&mut self, address: u32, width: Width, value: u32) -> Result<(), Exception> {
        self.way.pass(address);
        self.write(address, &value.to_le_bytes()[..len(width)]).ok_or(Exception::StoreFault(address))
    }
}

fn len(width: Width) -> usize {
    match width {
        Width::Byte => 1,
        Width::Half => 2,
        Width::Word => 4,
    }
}
