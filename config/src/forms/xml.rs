//! The XML of Microchip's tools: an element a field, or one element with all bytes.

use super::{LENGTHS, Unreadable, numbers};
use roxmltree::{Document, Node};

const ZONE: &str = "ConfigurationZone";

/// Elements by name: offset and size.
const FIELDS: [(&str, usize, usize); 24] = [
    ("SN01", 0, 2),
    ("SN03", 0, 4),
    ("RevNum", 4, 4),
    ("SN47", 8, 4),
    ("SN8", 12, 1),
    ("AESEnable", 13, 1),
    ("I2CEnable", 14, 1),
    ("I2CAddress", 16, 1),
    ("CountMatch", 18, 1),
    ("OTPMode", 18, 1),
    ("ChipMode", 19, 1),
    ("Counter0", 52, 8),
    ("Counter1", 60, 8),
    ("LastKeyUse", 68, 16),
    ("UseLock", 68, 1),
    ("VolatileKeyPermission", 69, 1),
    ("SecureBoot", 70, 2),
    ("KdfIvLoc", 72, 1),
    ("KdfIvStr", 73, 2),
    ("UserExtra", 84, 1),
    ("UserExtraAdd", 85, 1),
    ("Selector", 85, 1),
    ("SlotLocked", 88, 2),
    ("ChipOptions", 90, 2),
];
const MORE: [(&str, usize, usize); 3] = [("X509format", 92, 4), ("LockValue", 86, 1), ("LockConfig", 87, 1)];

pub(super) fn is_xml(text: &str) -> bool {
    let start = text.trim_start();
    // `<<` opens a binary of Erlang and Elixir.
    text.contains("<ConfigurationZone") || (start.starts_with('<') && !start.starts_with("<<"))
}

pub(super) fn read(text: &str) -> Result<Vec<u8>, Unreadable> {
    let (from, part) = fragment(text);
    let first = text[..from].matches('\n').count();
    let document = Document::parse(part).map_err(|error| {
        let at = error.pos();
        Unreadable::at(first + at.row as usize, format_args!("no XML: {error}"))
    })?;
    let line = |node: Node<'_, '_>| first + document.text_pos_at(node.range().start).row as usize;
    let mut elements = document.descendants().filter(Node::is_element);
    let named = |node: &Node<'_, '_>| node.tag_name().name().eq_ignore_ascii_case(ZONE);
    if let Some(zone) = elements.clone().find(named)
        && zone.children().any(|child| child.is_element())
    {
        return fields(zone, &line);
    }
    // All in one.
    let whole = elements.find_map(|node| {
        let text = node.children().find(Node::is_text)?.text()?;
        numbers::read(text).ok().filter(|bytes| LENGTHS.contains(&bytes.len()))
    });
    whole.ok_or_else(|| {
        let why = "this XML has no element ConfigurationZone with the fields, and none with 128 bytes";
        Unreadable::at(first + 1, why)
    })
}

/// The element, wherever it stands (as a comment of a C file), or the whole text.
fn fragment(text: &str) -> (usize, &str) {
    let end_tag = "</ConfigurationZone>";
    if text.trim_start().starts_with('<') {
        let from = text.len() - text.trim_start().len();
        return (from, text[from..].trim_end());
    }
    match (text.find("<ConfigurationZone"), text.find(end_tag)) {
        (Some(from), Some(to)) if from < to => (from, &text[from..to + end_tag.len()]),
        (Some(from), _) => (from, &text[from..]),
        _ => (0, text),
    }
}

fn fields(zone: Node<'_, '_>, line: &dyn Fn(Node<'_, '_>) -> usize) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = [None; 128];
    for node in zone.descendants().filter(|node| node.is_element() && *node != zone) {
        let name = node.tag_name().name();
        let Some((offset, size)) = place(node).map_err(|why| Unreadable::at(line(node), why))? else {
            continue;
        };
        let text = node.text().unwrap_or("");
        let value = numbers::hex(text).filter(|value| value.len() == size).ok_or_else(|| {
            Unreadable::at(
                line(node),
                format_args!("{name} should be {size} bytes in hex, not {:?}", text.trim()),
            )
        })?;
        for (place, byte) in bytes.iter_mut().skip(offset).zip(value) {
            *place = Some(byte);
        }
    }
    // What every chip has for itself, and the locks, may be left out.
    for (offset, byte) in bytes.iter_mut().enumerate() {
        match offset {
            0..16 | 84 | 85 => *byte = byte.or(Some(0)),
            86 | 87 => *byte = byte.or(Some(0x55)),
            _ => {}
        }
    }
    match bytes.iter().position(Option::is_none) {
        Some(offset) => Err(Unreadable::at(line(zone), format_args!("no element gives byte {offset}"))),
        None => Ok(bytes.into_iter().flatten().collect()),
    }
}

/// Where an element's bytes go; `None` for one that holds others, or nothing of ours.
fn place(node: Node<'_, '_>) -> Result<Option<(usize, usize)>, String> {
    let name = node.tag_name().name();
    let attribute = |wanted: &str| {
        node.attributes()
            .find(|found| found.name().eq_ignore_ascii_case(wanted))
            .map(|found| found.value().trim())
    };
    let number = |wanted: &str| attribute(wanted).and_then(|text| text.parse::<usize>().ok());
    let slots = match name.to_ascii_lowercase().as_str() {
        "slotconfiguration" => Some(20),
        "keyconfiguration" => Some(96),
        "reserved" => {
            let (address, size) =
                number("Address").zip(number("Size")).ok_or("Reserved needs Address and Size")?;
            let inside = size > 0 && address.checked_add(size).is_some_and(|end| end <= 128);
            return if inside {
                Ok(Some((address, size)))
            } else {
                Err(format!("no byte {address} with {size}"))
            };
        }
        _ => None,
    };
    if let Some(base) = slots {
        // One hex digit, or two decimal ones.
        let text = attribute("Index").unwrap_or("");
        let index = match text.len() {
            1 => usize::from_str_radix(text, 16).ok(),
            _ => text.parse().ok(),
        };
        let index = index.filter(|index| *index < 16).ok_or_else(|| format!("no slot {text:?}"))?;
        return Ok(Some((base + 2 * index, 2)));
    }
    let known = FIELDS.iter().chain(&MORE).find(|(field, ..)| field.eq_ignore_ascii_case(name));
    Ok(known.map(|(_, offset, size)| (*offset, *size)))
}
