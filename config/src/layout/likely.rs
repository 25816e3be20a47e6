//! How likely a byte is at an offset, in points: what tables of real chips have in common (chip reference 4.3 to
//! 4.14). Above 0 it fits, below it does not.

/// Points for `byte` at `offset`; `own` if the table has a chip's own bytes.
pub(super) fn points(offset: usize, byte: u8, own: bool) -> i32 {
    let is = |good: bool, yes: i32, no: i32| if good { yes } else { no };
    if offset < 16 && !own {
        return 0;
    }
    match offset {
        0 => is(byte == 0x01, 6, -6),
        1 => is(byte == 0x23, 6, -6),
        4 | 5 | 15 => is(byte == 0, 1, -1),
        6 => is(matches!(byte, 0x50 | 0x60), 4, -4),
        12 => is(matches!(byte, 0xEE | 0x01), 2, -1),
        2 | 3 | 7..=11 | 13 | 14 => 0,
        16 => match byte {
            0xC0 => 4,
            _ => is(byte.is_multiple_of(2) && (0x10..0xF0).contains(&byte), 1, -4),
        },
        17 => is(byte == 0, 2, -4),
        18 => is(byte == 0 || byte & 0x0F == 1 || matches!(byte, 0x55 | 0xAA), 2, -4),
        19 => is(matches!(byte & 0xF8, 0 | 0x28 | 0x68), 2, -4),
        20..52 if offset.is_multiple_of(2) => match byte {
            0x80..=0x8F | 0x97 | 0x9F | 0xA7 | 0xAF | 0xC4 => 2,
            0x00 | 0x0F => 1,
            0x20 | 0x55 | 0x60 | 0xFF => -3,
            _ => 0,
        },
        20..52 => match byte {
            0x20 | 0x00 | 0x0F | 0x2F => 2,
            0x8F | 0x1F | 0x44 | 0x46 | 0x64 => 1,
            0x80..=0x8E | 0x55 | 0xFF => -3,
            _ => 0,
        },
        // Counters that were never used; others look like nothing in particular.
        52..68 => match (byte, (offset - 52) % 8 < 4) {
            (0xFF, true) | (0x00, false) => 3,
            (0x00, true) | (0xFF, false) => -2,
            _ => -1,
        },
        68..84 => is(matches!(byte, 0x00 | 0xFF), 1, 0),
        84 | 85 => is(byte == 0, 1, -1),
        86 | 87 => is(matches!(byte, 0x00 | 0x55), 3, -6),
        88 | 89 => is(byte == 0xFF, 2, -1),
        90 | 91 => is(byte == 0, 1, 0),
        92..96 => is(byte == 0, 2, -2),
        96..128 if offset.is_multiple_of(2) => is(matches!(byte >> 2 & 7, 4 | 6 | 7) && byte != 0xFF, 3, -5),
        _ => match byte {
            0x00 => 3,
            0x10 => 1,
            0x01..=0x1F => -1,
            _ => -4,
        },
    }
}
