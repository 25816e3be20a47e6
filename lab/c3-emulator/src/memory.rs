//! Memories that the program sees, and their addresses.
//!
//! Source: ESP32-C3 Technical Reference Manual, chapter "System and Memory". Flash appears at the
//! addresses that the program's file asks for: the cache and its address translation are not modelled.

use crate::hart::Width;

struct Region {
    start: u32,
    bytes: Vec<u8>,
    writable: bool,
}

/// The memories, all zero at first.
pub(crate) struct Memory {
    regions: Vec<Region>,
}

/// Internal SRAM 1, as data and as code: the same cells twice.
const SRAM1_DATA: u32 = 0x3FC8_0000;
const SRAM1_CODE: u32 = 0x4038_0000;
const SRAM1_LEN: u32 = 0x6_0000;

impl Memory {
    pub(crate) fn new() -> Memory {
        let region = |start, len: usize, writable| Region { start, bytes: vec![0; len], writable };
        Memory {
            // In the order of use.
            regions: vec![
                region(0x4200_0000, 0x80_0000, false), // flash, as code
                region(SRAM1_DATA, SRAM1_LEN as usize, true),
                region(0x3C00_0000, 0x80_0000, false), // flash, as data
                region(0x4037_C000, 0x4000, true),     // SRAM 0
                region(0x5000_0000, 0x2000, true),     // RTC FAST
                region(0x3FF0_0000, 0x2_0000, false),  // ROM, as data
            ],
        }
    }

    fn find(&self, address: u32, len: usize) -> Option<(&Region, usize)> {
        let address = canonical(address);
        self.regions.iter().find_map(|region| {
            let offset = address.wrapping_sub(region.start) as usize;
            (offset.checked_add(len)? <= region.bytes.len()).then_some((region, offset))
        })
    }

    fn find_mut(&mut self, address: u32, len: usize) -> Option<(&mut Region, usize)> {
        let address = canonical(address);
        self.regions.iter_mut().find_map(|region| {
            let offset = address.wrapping_sub(region.start) as usize;
            (offset.checked_add(len)? <= region.bytes.len()).then_some((region, offset))
        })
    }

    pub(crate) fn bytes(&self, address: u32, len: usize) -> Option<&[u8]> {
        let (region, offset) = self.find(address, len)?;
        region.bytes.get(offset..offset + len)
    }

    /// An instruction's half.
    pub(crate) fn half(&self, address: u32) -> Option<u16> {
        let bytes = self.bytes(address, 2)?;
        Some(u16::from_le_bytes(bytes.try_into().ok()?))
    }

    /// Reads at any alignment.
    pub(crate) fn load(&self, address: u32, width: Width) -> Option<u32> {
        Some(match width {
            Width::Byte => u32::from(*self.bytes(address, 1)?.first()?),
            Width::Half => u32::from(self.half(address)?),
            Width::Word => u32::from_le_bytes(self.bytes(address, 4)?.try_into().ok()?),
        })
    }

    /// Writes at any alignment; nothing if there is no memory or it cannot be written.
    pub(crate) fn store(&mut self, address: u32, width: Width, value: u32) -> Option<()> {
        let len = match width {
            Width::Byte => 1,
            Width::Half => 2,
            Width::Word => 4,
        };
        let bytes = value.to_le_bytes();
        self.write(address, bytes.get(..len)?)
    }

    pub(crate) fn write(&mut self, address: u32, bytes: &[u8]) -> Option<()> {
        let (region, offset) = self.find_mut(address, bytes.len())?;
        if !region.writable {
            return None;
        }
        region.bytes.get_mut(offset..offset + bytes.len())?.copy_from_slice(bytes);
        Some(())
    }

    /// Writes whether the program could or not: what the programmer and the boot loader do.
    pub(crate) fn install(&mut self, address: u32, bytes: &[u8]) -> Option<()> {
        let (region, offset) = self.find_mut(address, bytes.len())?;
        region.bytes.get_mut(offset..offset + bytes.len())?.copy_from_slice(bytes);
        Some(())
    }
}

fn canonical(address: u32) -> u32 {
    if address.wrapping_sub(SRAM1_CODE) < SRAM1_LEN { address - SRAM1_CODE + SRAM1_DATA } else { address }
}
