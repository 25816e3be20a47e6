//! A program: its segments, its functions, and where its CRC is computed.

use core::ops::Range;
use elf::ElfBytes;
use elf::abi::{EM_ARM, EM_RISCV, PT_LOAD, STT_FUNC};
use elf::endian::LittleEndian;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Architecture {
    Arm,
    RiscV,
}

impl Architecture {
    pub(crate) fn target(self) -> &'static str {
        match self {
            Architecture::Arm => "thumbv6m",
            Architecture::RiscV => "riscv32imc",
        }
    }
}

pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) architecture: Architecture,
    pub(crate) segments: Vec<(u32, Vec<u8>)>,
    /// The functions that compute CRCs.
    pub(crate) crc: Vec<Range<u32>>,
    functions: BTreeMap<String, u32>,
}

/// Whether a mangled name is that of a function that computes CRCs: the driver's, or one of the crate `crc`.
fn is_crc(name: &str) -> bool {
    name.contains("4wire3crc6crc_of") || name.starts_with("_ZN3crc")
}

impl Program {
    pub(crate) fn read(path: &Path) -> Result<Program, Box<dyn core::error::Error>> {
        let bytes = std::fs::read(path)?;
        let file = ElfBytes::<LittleEndian>::minimal_parse(&bytes)?;
        let architecture = match file.ehdr.e_machine {
            EM_ARM => Architecture::Arm,
            EM_RISCV => Architecture::RiscV,
            other => return Err(format!("machine {other}").into()),
        };
        let mut segments = Vec::new();
        for segment in file.segments().ok_or("no segments")?.iter().filter(|part| part.p_type == PT_LOAD) {
            segments.push((u32::try_from(segment.p_vaddr)?, file.segment_data(&segment)?.to_vec()));
        }
        let (symbols, names) = file.symbol_table()?.ok_or("no symbols")?;
        let (mut functions, mut crc) = (BTreeMap::new(), Vec::new());
        for symbol in symbols.iter().filter(|symbol| symbol.st_symtype() == STT_FUNC) {
            let name = names.get(symbol.st_name as usize)?;
            // The lowest bit says that it is Thumb.
            let start = u32::try_from(symbol.st_value)? & !1;
            functions.insert(name.to_owned(), start);
            if is_crc(name) {
                crc.push(start..start + u32::try_from(symbol.st_size)?);
            }
        }
        if crc.is_empty() {
            return Err("no function computes a CRC".into());
        }
        Ok(Program {
            name: path.file_name().ok_or("no name")?.to_string_lossy().replace("steps_", ""),
            architecture,
            segments,
            crc,
            functions,
        })
    }

    pub(crate) fn function(&self, name: &str) -> Option<u32> {
        self.functions.get(name).copied()
    }
}
