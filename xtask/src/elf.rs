//! ELF files of microcontrollers: little-endian, 32 bits.

use crate::process::Result;

/// What a section's bytes are.
pub(crate) const PROGBITS: u32 = 1;
/// A flag: it takes memory.
pub(crate) const ALLOC: u32 = 2;

/// A section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) kind: u32,
    pub(crate) flags: u32,
    pub(crate) address: u32,
    pub(crate) size: u32,
}

const HEADER: usize = 0x28;

fn word(elf: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(elf.get(at..at + 4)?.try_into().ok()?))
}

/// All sections of a file.
pub(crate) fn sections(elf: &[u8]) -> Result<Vec<Section>> {
    if !elf.starts_with(b"\x7fELF\x01\x01") {
        return Err("not a little-endian 32-bit ELF file".into());
    }
    let read = || {
        let start = word(elf, 0x20)? as usize;
        let count = u16::from_le_bytes([*elf.get(0x30)?, *elf.get(0x31)?]);
        let section = |index: u16| {
            let at = start + usize::from(index) * HEADER;
            let field = |number: usize| word(elf, at + 4 * number);
            Some(Section { kind: field(1)?, flags: field(2)?, address: field(3)?, size: field(5)? })
        };
        (0..count).map(section).collect::<Option<Vec<_>>>()
    };
    Ok(read().ok_or("the ELF file is cut off")?)
}
