//! Sizes of flash images, from the ELF files that become them: fails if one is larger than the budget.
//!
//! An image is what espflash writes for ESP-IDF's boot loader: a header of 24 bytes; segments with a header of 8 bytes
//! each; a checksum, up to a multiple of 16 bytes; a SHA-256. What is mapped from flash must stand at the same place
//! within a page of 64 KiB as its address; the gaps before it are filled with what is copied to RAM.

use crate::elf::{self, Section};
use crate::process::Result;
use crate::text::grouped;
use std::collections::VecDeque;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

const HEADER: u32 = 24;
const SEGMENT_HEADER: u32 = 8;
const DIGEST: u32 = 32;
const PAGE: u32 = 0x1_0000;
/// Addresses mapped from flash: data of the ESP32-C3 and the ESP32-S3; code of both, and both of the ESP32-C6.
const FLASH: [Range<u32>; 2] = [0x3C00_0000..0x3E00_0000, 0x4200_0000..0x4400_0000];
/// The ESP32's data; only if there is some, its code, at addresses where others have RAM.
const FLASH_ESP32: [Range<u32>; 2] = [0x3F40_0000..0x3F80_0000, 0x400D_0000..0x4040_0000];

/// `BUDGET PARTITION ELF...`
pub(crate) fn main(arguments: &[String]) -> Result {
    let [budget, partition, paths @ ..] = arguments else { return Err("BUDGET PARTITION ELF...".into()) };
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    table(budget.parse()?, partition.parse()?, &paths)
}

/// Prints the table. `partition` is what would fit.
pub(crate) fn table(budget: u32, partition: u32, paths: &[PathBuf]) -> Result {
    println!("{:<30}{:>10}{:>16}{:>19}", "image", "bytes", "of the budget", "of the partition");
    let mut too_large = 0;
    for path in paths {
        let size = image_size(&segments(&elf::sections(&fs::read(path)?)?))?;
        let share = |of: u32| format!("{:.1}%", 100.0 * f64::from(size) / f64::from(of));
        let note = if size > budget { "  TOO LARGE" } else { "" };
        println!(
            "{:<30}{:>10}{:>16}{:>19}{note}",
            name(path),
            grouped(size),
            share(budget),
            share(partition)
        );
        too_large += u32::from(size > budget);
    }
    if too_large == 0 { Ok(()) } else { Err(format!("{too_large} images over {budget} bytes").into()) }
}

/// The chip, by the target's triple, and the program.
fn name(path: &Path) -> String {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let triple = path.ancestors().nth(2).and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    let mut parts = triple.split('-');
    let first = parts.next().unwrap_or_default();
    format!("{} {file}", if first == "xtensa" { parts.next().unwrap_or_default() } else { first })
}

/// Address and size of what holds bytes; neighbours with less than a word between them are one.
fn segments(sections: &[Section]) -> Vec<(u32, u32)> {
    let holds = |part: &&Section| part.kind == elf::PROGBITS && part.flags & elf::ALLOC != 0 && part.size > 0;
    let mut parts: Vec<(u32, u32)> =
        sections.iter().filter(holds).map(|part| (part.address, part.size)).collect();
    parts.sort_unstable();
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for (address, size) in parts {
        match joined.last_mut() {
            Some((start, len)) if address.checked_sub(*start + *len).is_some_and(|gap| gap < 4) => {
                *len = address + size - *start;
            }
            _ => joined.push((address, size)),
        }
    }
    joined.into_iter().map(|(address, size)| (address, size.next_multiple_of(4))).collect()
}

fn image_size(segments: &[(u32, u32)]) -> Result<u32> {
    let esp32 = segments.iter().any(|(address, _)| FLASH_ESP32[0].contains(address));
    let flash = if esp32 { FLASH_ESP32 } else { FLASH };
    let (mapped, copied): (Vec<_>, Vec<_>) =
        segments.iter().partition(|(address, _)| flash.iter().any(|range| range.contains(address)));
    if mapped.is_empty() || copied.is_empty() {
        return Err("no firmware".into());
    }
    let mut copied: VecDeque<u32> = copied.into_iter().map(|(_, size)| size).collect();
    let mut offset = HEADER;
    for (address, size) in mapped {
        let mut gap = address.wrapping_sub(offset).wrapping_sub(SEGMENT_HEADER) % PAGE;
        while gap > 0 {
            if gap < SEGMENT_HEADER {
                // Too small for a segment: a page later.
                gap += PAGE;
            }
            let room = gap - SEGMENT_HEADER;
            let filled = match copied.front_mut() {
                Some(first) if room > 0 => {
                    let filled = room.min(*first);
                    *first -= filled;
                    if *first == 0 {
                        copied.pop_front();
                    }
                    filled
                }
                _ => room,
            };
            offset += SEGMENT_HEADER + filled;
            gap -= SEGMENT_HEADER + filled;
        }
        offset += SEGMENT_HEADER + size;
    }
    offset += copied.iter().map(|size| SEGMENT_HEADER + size).sum::<u32>();
    // One byte at least is the checksum.
    Ok(offset + 16 - offset % 16 + DIGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_before_what_is_mapped_are_filled() {
        // Mapped at 0x20 of a page, right behind both headers: no gap.
        let plain = image_size(&[(0x3C00_0020, 0x100), (0x3FC8_0000, 0x40)]).unwrap();
        assert_eq!(plain, (24 + 8 + 0x100 + 8 + 0x40_u32 + 1).next_multiple_of(16) + 32);
        // At 0x1020 the gap holds what is copied, and the rest of it is padding.
        let gap = image_size(&[(0x3C00_1020, 0x100), (0x3FC8_0000, 0x40)]).unwrap();
        assert_eq!(gap, (0x1020 + 0x100_u32 + 1).next_multiple_of(16) + 32);
        // Too small a gap makes a page.
        assert_eq!(image_size(&[(0x3C00_0024, 4), (0x3FC8_0000, 4)]).unwrap(), 0x1_0024 + 4 + 8 + 32);
        assert!(image_size(&[(0x3FC8_0000, 4)]).is_err());
    }

    #[test]
    fn sections_next_to_each_other_are_one_segment() {
        let section = |address, size| Section { kind: elf::PROGBITS, flags: elf::ALLOC, address, size };
        let bss = Section { kind: 8, ..section(0x200, 0x50) };
        assert_eq!(
            segments(&[section(0x104, 2), section(0x100, 3), section(0x200, 1), bss]),
            [(0x100, 8), (0x200, 4)]
        );
    }

    #[test]
    fn images_are_named_by_chip_and_program() {
        assert_eq!(name(Path::new("target/riscv32imc-unknown-none-elf/release/scan")), "riscv32imc scan");
        assert_eq!(name(Path::new("target/xtensa/xtensa-esp32s3-none-elf/release/sign")), "esp32s3 sign");
    }
}
