//! The program: an ELF file, loaded segment by segment where it is linked to.

use std::fs;
use std::path::Path;

use elf::ElfBytes;
use elf::abi::{EM_RISCV, PT_LOAD};
use elf::endian::AnyEndian;

use crate::memory::Memory;

/// Loads the file and gives its entry point.
pub(crate) fn load(path: &Path, memory: &mut Memory) -> Result<u32, String> {
    let at = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let bytes = fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let file = ElfBytes::<AnyEndian>::minimal_parse(&bytes).map_err(|error| at(&error))?;
    if file.ehdr.e_machine != EM_RISCV || file.ehdr.class != elf::file::Class::ELF32 {
        return Err(at(&"not a program for 32-bit RISC-V; build it for riscv32imc-unknown-none-elf"));
    }
    let segments = file.segments().ok_or_else(|| at(&"no segments"))?;
    for segment in segments.iter().filter(|segment| segment.p_type == PT_LOAD && segment.p_filesz > 0) {
        let address = u32::try_from(segment.p_vaddr).map_err(|error| at(&error))?;
        let data = file.segment_data(&segment).map_err(|error| at(&error))?;
        memory.install(address, data).ok_or_else(|| {
            at(&format_args!(
                "a segment of {} bytes at 0x{address:08X}, where an ESP32-C3 has no memory",
                data.len()
            ))
        })?;
    }
    u32::try_from(file.ehdr.e_entry).map_err(|error| at(&error))
}
