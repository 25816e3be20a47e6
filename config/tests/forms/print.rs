//! 128 bytes, printed as tools, languages and people do.

use std::fmt::Write;

type Print = fn(&[u8]) -> String;

fn joined(bytes: &[u8], separator: &str, one: impl Fn(u8) -> String) -> String {
    bytes.iter().map(|byte| one(*byte)).collect::<Vec<_>>().join(separator)
}

fn rows(bytes: &[u8], width: usize, mut row: impl FnMut(usize, &[u8]) -> String) -> String {
    bytes.chunks(width).enumerate().map(|(index, bytes)| row(index * width, bytes) + "\n").collect()
}

fn ascii(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| if (0x20..0x7F).contains(byte) { char::from(*byte) } else { '.' }).collect()
}

fn spaced(bytes: &[u8]) -> String {
    joined(bytes, " ", |byte| format!("{byte:02x}"))
}

fn c_list(bytes: &[u8]) -> String {
    joined(bytes, ", ", |byte| format!("0x{byte:02X}"))
}

/// Bytes of a string literal, printable ones as they are.
fn escaped(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = match byte {
            b'\\' | b'\'' | b'"' => write!(text, "\\{}", char::from(*byte)),
            b'\n' => write!(text, "\\n"),
            b'\r' => write!(text, "\\r"),
            b'\t' => write!(text, "\\t"),
            0x20..0x7F => write!(text, "{}", char::from(*byte)),
            _ => write!(text, "\\x{byte:02x}"),
        };
        text
    })
}

fn xml(bytes: &[u8]) -> String {
    let hex = |offset: usize, size: usize| spaced(&bytes[offset..offset + size]).to_uppercase();
    let mut text = String::from("<?xml version=\"1.0\"?>\n<ATECC608><Device><ConfigurationZone>\n");
    let mut element = |open: &str, close: &str, offset, size| {
        let _ = writeln!(text, "  <{open}>{}</{close}>", hex(offset, size));
    };
    for (name, offset, size) in [
        ("SN03", 0, 4),
        ("RevNum", 4, 4),
        ("SN47", 8, 4),
        ("SN8", 12, 1),
        ("AESEnable", 13, 1),
        ("I2CEnable", 14, 1),
        ("I2CAddress", 16, 1),
        ("CountMatch", 18, 1),
        ("ChipMode", 19, 1),
        ("Counter0", 52, 8),
        ("Counter1", 60, 8),
        ("UseLock", 68, 1),
        ("VolatileKeyPermission", 69, 1),
        ("SecureBoot", 70, 2),
        ("KdfIvLoc", 72, 1),
        ("KdfIvStr", 73, 2),
        ("UserExtra", 84, 1),
        ("UserExtraAdd", 85, 1),
        ("LockValue", 86, 1),
        ("LockConfig", 87, 1),
        ("SlotLocked", 88, 2),
        ("ChipOptions", 90, 2),
        ("X509format", 92, 4),
    ] {
        element(name, name, offset, size);
    }
    for (address, size) in [(15, 1), (17, 1), (75, 9)] {
        element(&format!("Reserved Address=\"{address}\" Size=\"{size}\""), "Reserved", address, size);
    }
    for slot in 0..16 {
        element(&format!("SlotConfiguration Index=\"{slot:X}\""), "SlotConfiguration", 20 + 2 * slot, 2);
        element(&format!("KeyConfiguration Index=\"{slot}\""), "KeyConfiguration", 96 + 2 * slot, 2);
    }
    text + "</ConfigurationZone></Device></ATECC608>\n"
}

/// Rows that are the same as the one before are left out, as `hexdump` does.
fn squeezed(bytes: &[u8], row: impl Fn(usize, &[u8]) -> String, end: String) -> String {
    let mut text = String::new();
    let mut starred = false;
    for (index, chunk) in bytes.chunks(16).enumerate() {
        if index > 0 && chunk == &bytes[16 * (index - 1)..16 * index] {
            text += if starred { "" } else { "*\n" };
            starred = true;
            continue;
        }
        starred = false;
        text += &(row(16 * index, chunk) + "\n");
    }
    text + &end + "\n"
}

fn words(bytes: &[u8], one: impl Fn(u16) -> String) -> String {
    bytes.chunks(2).map(|pair| one(u16::from_le_bytes([pair[0], pair[1]]))).collect::<Vec<_>>().join(" ")
}

/// Every form by name.
pub(crate) const FORMS: [(&str, Print); 52] = [
    ("plain", |b| spaced(b)),
    ("plain upper case in rows", |b| rows(b, 16, |_, row| spaced(row).to_uppercase())),
    ("without spaces", |b| joined(b, "", |byte| format!("{byte:02x}"))),
    ("xxd -p", |b| rows(b, 30, |_, row| joined(row, "", |byte| format!("{byte:02x}")))),
    ("0x and one number", |b| format!("0x{}", joined(b, "", |byte| format!("{byte:02X}")))),
    ("pairs of bytes", |b| {
        rows(b, 16, |_, row| row.chunks(2).map(|p| format!("{:02x}{:02x} ", p[0], p[1])).collect())
    }),
    ("words of four bytes", |b| {
        b.chunks(4).map(|w| w.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\r\n").collect()
    }),
    ("colons", |b| joined(b, ":", |byte| format!("{byte:02X}"))),
    ("openssl", |b| rows(b, 15, |_, row| format!("    {}:", joined(row, ":", |byte| format!("{byte:02x}"))))),
    ("dashes", |b| joined(b, "-", |byte| format!("{byte:02X}"))),
    ("semicolons", |b| joined(b, ";", |byte| format!("{byte:02X}"))),
    ("a byte a line", |b| joined(b, "\n", |byte| format!("0x{byte:02x}"))),
    ("C", |b| {
        let row =
            |at: usize, row: &[u8]| format!("    {}, // bytes {at} to {}: don't touch", c_list(row), at + 15);
        format!("static const uint8_t config[128] = {{\n{}}};\n", rows(b, 16, row))
    }),
    ("C with remarks", |b| {
        let row = |at: usize, row: &[u8]| format!("  /* 0x{at:02X}, row {} */ {},", at / 16, c_list(row));
        format!("/* 128 bytes\n * of an ATECC608 */\nuint8_t c[] = {{\n{}}};", rows(b, 16, row))
    }),
    ("C in two dimensions", |b| {
        format!(
            "const unsigned char c[8][16] = {{\n{}}};",
            rows(b, 16, |_, row| format!("  {{ {} }},", c_list(row)))
        )
    }),
    ("C with types", |b| format!("uint8_t c[] = {{{}}};", joined(b, ",", |byte| format!("0x{byte:x}u")))),
    ("C, a macro", |b| {
        format!("#define CONFIG {{ \\\n{}}}\n", rows(b, 16, |_, row| format!("  {}, \\", c_list(row))))
    }),
    ("xxd -i", |b| {
        let list = rows(b, 12, |_, row| format!("  {},", joined(row, ", ", |byte| format!("0x{byte:02x}"))));
        format!("unsigned char config_bin[] = {{\n{list}}};\nunsigned int config_bin_len = 128;\n")
    }),
    ("Arduino", |b| {
        let list = joined(b, ",\n", |byte| format!("\t0X{byte:02X}"));
        format!("#include <Arduino.h>\n\nconst byte CONFIG[] PROGMEM = {{\n\t// own\n{list}\n}};\n")
    }),
    ("Java", |b| {
        let list = joined(b, ", ", |byte| format!("(byte) 0x{byte:02x}"));
        format!("private static final byte[] CONFIG = new byte[] {{ {list} }};")
    }),
    ("Java in decimal", |b| format!("byte[] c = {{{}}};", joined(b, ", ", |byte| (byte as i8).to_string()))),
    ("Rust", |b| {
        format!("pub const CONFIG: [u8; 128] = [\n{}];", rows(b, 16, |_, row| c_list(row) + ", // row"))
    }),
    ("Rust in decimal", |b| format!("{b:?}")),
    ("Go", |b| format!("var config = []byte{{{}}}", joined(b, ", ", |byte| format!("{byte:#04x}")))),
    ("Python", |b| format!("config = bytes([{}])  # 128 bytes", joined(b, ", ", |byte| byte.to_string()))),
    ("Python bytearray", |b| {
        format!("bytearray([\n{}])", rows(b, 16, |_, row| c_list(row) + ", # it's a row"))
    }),
    ("Python repr", |b| format!(">>> chip.read_config()\nb'{}'", escaped(b))),
    ("Python fromhex", |b| format!("c = bytes.fromhex(\"{}\")", spaced(b))),
    ("C string", |b| {
        let row = |_: usize, row: &[u8]| {
            format!("  \"{}\" // a row", joined(row, "", |byte| format!("\\x{byte:02x}")))
        };
        format!("const char *c =\n{};", rows(b, 16, row))
    }),
    ("escapes alone", |b| rows(b, 16, |_, row| joined(row, "", |byte| format!("\\x{byte:02X}")))),
    ("JSON", |b| format!("{{\"serial\": \"0123\", \"config\": {b:?}, \"locked\": true}}")),
    ("JSON of text", |b| format!("[{}]", joined(b, ", ", |byte| format!("\"0x{byte:02x}\"")))),
    ("JSON string", |b| format!("{{\"config\": \"{}\"}}", joined(b, "", |byte| format!("{byte:02x}")))),
    ("JSON escapes", |b| format!("\"{}\"", joined(b, "", |byte| format!("\\u{byte:04x}")))),
    ("Elixir", |b| format!("iex> {{:ok, <<{}>>}}", joined(b, ", ", |byte| byte.to_string()))),
    ("Elixir in hex", |b| format!("<<{}>>", joined(b, ", ", |byte| format!("0x{byte:02X}")))),
    ("Erlang", |b| format!("<<{}>>", joined(b, ",", |byte| format!("16#{byte:02X}")))),
    ("h", |b| joined(b, " ", |byte| format!("{byte:02X}h"))),
    ("assembly", |b| {
        let row = |at: usize, row: &[u8]| {
            format!("  DB {} ; row {at}", joined(row, ", ", |byte| format!("0{byte:02X}h")))
        };
        rows(b, 16, row)
    }),
    ("xxd", |b| {
        rows(b, 16, |at, row| {
            let pairs: String = row.chunks(2).map(|p| format!("{:02x}{:02x} ", p[0], p[1])).collect();
            format!("{at:08x}: {pairs} {}", ascii(row))
        })
    }),
    ("hexdump -C", |b| {
        let row = |at: usize, r: &[u8]| {
            format!("{at:08x}  {}  {}  |{}|", spaced(&r[..8]), spaced(&r[8..]), ascii(r))
        };
        squeezed(b, row, format!("{:08x}", b.len()))
    }),
    ("hexdump", |b| {
        squeezed(
            b,
            |at, row| format!("{at:07x} {}", words(row, |word| format!("{word:04x}"))),
            format!("{:07x}", b.len()),
        )
    }),
    ("od", |b| {
        squeezed(
            b,
            |at, row| format!("{at:07o} {}", words(row, |word| format!("{word:06o}"))),
            format!("{:07o}", b.len()),
        )
    }),
    ("od -t x1", |b| squeezed(b, |at, row| format!("{at:07o} {}", spaced(row)), format!("{:07o}", b.len()))),
    ("od -b", |b| {
        squeezed(
            b,
            |at, row| format!("{at:07o} {}", joined(row, " ", |byte| format!("{byte:03o}"))),
            format!("{:07o}", b.len()),
        )
    }),
    ("od -A d -t u1", |b| {
        squeezed(
            b,
            |at, row| format!("{at:07} {}", joined(row, " ", |byte| format!("{byte:3}"))),
            format!("{:07}", b.len()),
        )
    }),
    ("i2cdump", |b| {
        let head = "No size specified (using byte-data access)\n     0  1  2  3  4  5  6  7  8  9  a  b  c  d  e  f    \
                    0123456789abcdef\n";
        head.to_owned() + &rows(b, 16, |at, row| format!("{at:02x}: {}    {}", spaced(row), ascii(row)))
    }),
    ("GDB", |b| {
        let list = |row: &[u8]| joined(row, "\t", |byte| format!("0x{byte:02x}"));
        rows(b, 8, |at, row| format!("{:#x} <config+{at}>:\t{}", 0x2000_1230 + at, list(row)))
    }),
    ("ESP-IDF", |b| rows(b, 16, |at, row| format!("I ({}) atecc: {}", 300 + at, spaced(row)))),
    ("a monitor with the time", |b| {
        rows(b, 16, |at, row| format!("16:55:{:02}.{:03} -> {}", at / 16, at, spaced(row).to_uppercase()))
    }),
    ("XML", |b| xml(b)),
    ("a byte a line with its offset", |b| rows(b, 1, |at, row| format!("{at}: 0x{:02X}", row[0]))),
];
