//! What operations with certificates work out between two commands.

use crate::config::{ConfigZone, DataContents};
use crate::key::PublicKey;
use crate::memory::span::{Access, Span, spans};
use crate::memory::{Block, Slot};
use crate::serial::SerialNumber;
use crate::x509::parts::Given;
use crate::x509::unverified::Rebuilt;
use crate::x509::{Compressed, Definition, Error, SerialSource, SlotBytes, SlotPlace};

/// A place in which nothing was ever written is all ones.
pub(super) fn not_blank(place: SlotPlace, bytes: &[u8; SlotPlace::LEN]) -> Result<(), Error> {
    if *bytes == [0xFF; SlotPlace::LEN] { Err(Error::Blank(place)) } else { Ok(()) }
}

/// What to read for these bytes of a slot.
pub(super) fn read_plan(slot: Slot, offset: usize, len: usize) -> impl Iterator<Item = Span> {
    spans(slot, offset, len, Access::Read).into_iter().flatten()
}

/// What to write for a place.
pub(super) fn write_plan(place: SlotPlace) -> impl Iterator<Item = Span> {
    spans(place.slot(), place.offset(), SlotPlace::LEN, Access::Write).into_iter().flatten()
}

/// What a certificate is made up from, in the order in which it is read.
pub(super) struct Gathered {
    pub(super) compressed: Compressed,
    pub(super) subject_key: PublicKey,
    pub(super) issuer_key: PublicKey,
    pub(super) chip_serial: SerialNumber,
    pub(super) texts: Texts,
}

impl Gathered {
    /// Nothing yet: it is filled where it is, which takes less stack.
    pub(super) const EMPTY: Self = Self {
        compressed: Compressed::BLANK,
        subject_key: PublicKey::from_bytes([0; 64]),
        issuer_key: PublicKey::from_bytes([0; 64]),
        chip_serial: SerialNumber([0; 9]),
        texts: Texts::new(),
    };

    /// The certificate. Not inlined, as what this needs of the stack need not be there when the chip verifies.
    #[inline(never)]
    pub(super) fn rebuild<'b>(
        &self,
        definition: &Definition<'_>,
        buffer: &'b mut [u8],
    ) -> Result<Rebuilt<'b>, Error> {
        let template = definition.template();
        self.with_parts(definition, |parts| template.rebuild_given(&self.compressed, parts, buffer))
    }

    /// Does something with the parts, which hold references.
    pub(super) fn with_parts<T>(
        &self,
        definition: &Definition<'_>,
        work: impl FnOnce(&Given<'_, '_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Self { subject_key, issuer_key, chip_serial, texts, .. } = self;
        let chip_serial = Some(*chip_serial);
        let parts = Given { subject_key, issuer_key, chip_serial, serial: None, texts: &[] };
        texts.with_parts(definition, parts, work)
    }
}

/// The serial number and the texts of a certificate, one behind the other.
pub(super) struct Texts {
    serial: [u8; SlotBytes::MAX_LEN],
    texts: [u8; Definition::MAX_TEXT_BYTES],
}

impl Texts {
    pub(super) const fn new() -> Self {
        Self { serial: [0; SlotBytes::MAX_LEN], texts: [0; Definition::MAX_TEXT_BYTES] }
    }

    /// Where to put what lies where: each of the definition's places with its room. Those that find no room are
    /// left out, and missed by the template.
    pub(super) fn rooms<'a>(
        &'a mut self,
        definition: &Definition<'a>,
    ) -> impl Iterator<Item = (SlotBytes, &'a mut [u8])> {
        let Self { serial, texts } = self;
        let serial = definition.serial().and_then(|place| Some((place, serial.get_mut(..place.len())?)));
        let mut rest = &mut texts[..];
        let texts = definition.texts().iter().map_while(move |place| {
            let (room, behind) = core::mem::take(&mut rest).split_at_mut_checked(place.len())?;
            rest = behind;
            Some((*place, room))
        });
        serial.into_iter().chain(texts)
    }

    /// What these contents have where the definition says.
    pub(super) fn of(definition: &Definition<'_>, contents: &DataContents<'_>) -> Self {
        let mut texts = Self::new();
        for (place, room) in texts.rooms(definition) {
            let given = contents.slot(place.slot()).iter().chain(core::iter::repeat(&0xFF));
            room.iter_mut().zip(given.skip(place.offset())).for_each(|(to, from)| *to = *from);
        }
        texts
    }

    fn with_parts<'a, T>(
        &'a self,
        definition: &Definition<'_>,
        mut parts: Given<'_, 'a>,
        work: impl FnOnce(&Given<'_, '_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if let Some(place) = definition.serial() {
            let stored = self.serial.get(..place.len()).unwrap_or_default();
            parts.serial = Some(match definition.template().serial_source() {
                SerialSource::StoredWithLength => match stored.split_first() {
                    Some((len, rest)) => rest.get(..usize::from(*len)).ok_or(Error::Serial)?,
                    None => stored,
                },
                _ => stored,
            });
        }
        let mut all: [&[u8]; Definition::MAX_TEXTS] = [&[]; Definition::MAX_TEXTS];
        let mut rest = &self.texts[..];
        for (text, place) in all.iter_mut().zip(definition.texts()) {
            (*text, rest) = rest.split_at_checked(place.len()).unwrap_or_default();
        }
        let texts = all.get(..definition.texts().len()).unwrap_or_default();
        work(&Given { texts, ..parts })
    }
}

/// CRC of the zones of a chip with these contents, and these places over them.
pub(super) fn crc(
    contents: &DataContents<'_>,
    places: impl Iterator<Item = (SlotPlace, [u8; SlotPlace::LEN])> + Clone,
    config: &ConfigZone,
) -> [u8; 2] {
    let mut slot_8 = [0xFF; Slot::S8.size()];
    lay(&mut slot_8, 0, contents.slot(Slot::S8));
    for (place, bytes) in places.clone().filter(|(place, _)| place.slot() == Slot::S8) {
        lay(&mut slot_8, place.offset(), &bytes);
    }
    // An enrolment has four places at most.
    let mut others = heapless::Vec::<_, 4>::new();
    for other in places.filter(|(place, _)| place.slot() != Slot::S8) {
        others.push(other).ok();
    }
    let slots = others.iter().map(|(place, bytes)| (place.slot(), &bytes[..]));
    let mut all = *contents;
    for (slot, bytes) in slots.chain([(Slot::S8, &slot_8[..])]) {
        // They fit.
        all = all.with_slot(slot, bytes).unwrap_or(all);
    }
    all.crc(config)
}

/// Puts bytes over others, as far as these go.
fn lay(over: &mut [u8], offset: usize, bytes: &[u8]) {
    over.iter_mut().skip(offset).zip(bytes).for_each(|(to, from)| *to = *from);
}

/// The whole blocks that these places and bytes touch, with the contents around them: 0xFF where nothing is named.
pub(super) fn blocks<'a, P, T>(
    contents: &'a DataContents<'_>,
    places: P,
    texts: T,
) -> impl Iterator<Item = (Block, [u8; 32])>
where
    P: Iterator<Item = (SlotPlace, [u8; SlotPlace::LEN])> + Clone + 'a,
    T: Iterator<Item = SlotBytes> + Clone + 'a,
{
    let all = Slot::all().flat_map(|slot| (0..slot.blocks()).map(move |block| (slot, block)));
    all.filter_map(move |(slot, number)| {
        let start = 32 * usize::from(number);
        let touches =
            |at: Slot, offset: usize, len: usize| at == slot && offset < start + 32 && start < offset + len;
        let mut here = places
            .clone()
            .filter(|(place, _)| touches(place.slot(), place.offset(), SlotPlace::LEN))
            .peekable();
        if here.peek().is_none() && !texts.clone().any(|text| touches(text.slot(), text.offset(), text.len()))
        {
            return None;
        }
        let mut block = [0xFF; 32];
        lay(&mut block, 0, contents.slot(slot).get(start..).unwrap_or_default());
        for (place, bytes) in here {
            // The block begins within the place, or the place within the block.
            let skipped = start.saturating_sub(place.offset());
            let bytes = bytes.get(skipped..).unwrap_or_default();
            lay(&mut block, place.offset().saturating_sub(start), bytes);
        }
        // What is behind the slot's end is not kept.
        block.iter_mut().skip(slot.size().saturating_sub(start)).for_each(|byte| *byte = 0);
        Some((Block::data(slot, number)?, block))
    })
}
