//! The program: where its parts belong, and what its functions are called.

use std::path::Path;

use elf::ElfBytes;
use elf::abi::{PT_LOAD, STT_FUNC};
use elf::endian::LittleEndian;

/// A program for the machine.
#[derive(Debug)]
pub struct Program {
    /// Address and bytes.
    pub(crate) segments: Vec<(u32, Vec<u8>)>,
    pub(crate) entry: u32,
    /// By address.
    functions: Vec<(u32, String)>,
}

impl Program {
    /// Reads the ELF file.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn read(path: &Path) -> Result<Program, Box<dyn std::error::Error>> {
        let bytes = std::fs::read(path)?;
        let file = ElfBytes::<LittleEndian>::minimal_parse(&bytes)?;
        let mut segments = Vec::new();
        for segment in file.segments().ok_or("no segments")?.iter().filter(|part| part.p_type == PT_LOAD) {
            segments.push((u32::try_from(segment.p_vaddr)?, file.segment_data(&segment)?.to_vec()));
        }
        let mut functions = Vec::new();
        let (symbols, names) = file.symbol_table()?.ok_or("no symbols")?;
        for symbol in symbols.iter().filter(|symbol| symbol.st_symtype() == STT_FUNC) {
            functions.push((u32::try_from(symbol.st_value)?, names.get(symbol.st_name as usize)?.to_owned()));
        }
        functions.sort();
        Ok(Program { segments, entry: u32::try_from(file.ehdr.e_entry)?, functions })
    }

    /// The function that has an instruction.
    #[must_use]
    pub fn function(&self, address: u32) -> &str {
        let behind = self.functions.partition_point(|(start, _)| *start <= address);
        behind.checked_sub(1).and_then(|index| self.functions.get(index)).map_or("?", |(_, name)| name)
    }
}
