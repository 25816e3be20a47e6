//! The certificates of each part: by which template, and where.

use super::example::{DEVICE_2, DEVICE_3_TFLXTLS, DEVICE_3_TNGTLS, DEVICE_4, SIGNER_1};
use super::{Part, TrustAnchor};
use crate::memory::Slot;
use crate::x509::{Definition, Field, KeyPlace, Place, SerialSource, SlotBytes, SlotPlace, Template};

/// One kind of part: its device certificate's template, and where its certificates and keys lie (chip reference 6.8).
///
/// | | TLS parts | LoRaWAN parts |
/// |---|---|---|
/// | device's private key | slot 0 | slot 1 |
/// | device's certificate | slot 10 | slot 8 at 72 |
/// | signer's public key | slot 11 | slot 8 at 0 |
/// | signer's certificate | slot 12 | slot 8 at 144 |
/// | address in the certificate | [`TNGTLS`]: slot 5, 12 digits | [`TNGLORA`]: slot 10, 16 digits |
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    part: Part,
    layout: Layout,
    device: Definition<'static>,
}

impl Kind {
    const fn new(part: Part, layout: Layout, template: &'static Template<'static>) -> Self {
        let key = KeyPlace::Private(layout.device_key());
        let signer = KeyPlace::Stored(layout.signer_key());
        Self { part, layout, device: Definition::new(template, layout.device(), key, signer) }
    }

    const fn with_texts(mut self, texts: &'static [SlotBytes]) -> Self {
        self.device = self.device.with_texts(texts);
        self
    }

    /// Which part it is.
    #[must_use]
    pub const fn part(&self) -> Part {
        self.part
    }

    /// The slot of the device's private key: the key that its certificate is for.
    #[must_use]
    pub const fn device_key(&self) -> Slot {
        self.layout.device_key()
    }

    /// The device's certificate: signed with the signer's key, which the chip holds.
    #[doc(alias = "tng_map_get_device_cert_def")]
    #[must_use]
    pub const fn device(&self) -> &Definition<'static> {
        &self.device
    }

    /// The signer's certificate: signed with the root's key.
    #[must_use]
    pub const fn signer(&self, root: &TrustAnchor) -> Definition<'static> {
        self.layout.signer(root)
    }

    pub(super) const fn layout(&self) -> Layout {
        self.layout
    }
}

/// Where a part has its keys and certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Slots 10 to 12.
    Tls,
    /// All in slot 8.
    Lora,
}

impl Layout {
    /// The device's certificate.
    pub(crate) const fn device(self) -> SlotPlace {
        match self {
            Self::Tls => SlotPlace::S10,
            Self::Lora => SlotPlace::S8[1],
        }
    }

    const fn device_key(self) -> Slot {
        match self {
            Self::Tls => Slot::S0,
            Self::Lora => Slot::S1,
        }
    }

    /// The signer's public key.
    const fn signer_key(self) -> SlotPlace {
        match self {
            Self::Tls => SlotPlace::S11,
            Self::Lora => SlotPlace::S8[0],
        }
    }

    /// The signer's certificate.
    pub(crate) const fn signer(self, root: &TrustAnchor) -> Definition<'static> {
        let certificate = match self {
            Self::Tls => SlotPlace::S12,
            Self::Lora => SlotPlace::S8[2],
        };
        let key = KeyPlace::Stored(self.signer_key());
        Definition::new(&SIGNER, certificate, key, KeyPlace::Known(*root.key()))
    }
}

/// The first bytes of a slot.
const fn digits(slot: Slot, len: usize) -> SlotBytes {
    match SlotBytes::new(slot, 0, len) {
        Some(bytes) => bytes,
        None => panic!("beyond the slot"),
    }
}

const fn template(
    example: &'static [u8],
    number: u8,
    fields: &'static [Field<'static>],
) -> Template<'static> {
    Template::new(example, number, 0, SerialSource::PublicKeyHash).with_fields(fields)
}

const ISSUER: Field<'_> = Field::signer_id(Place::Issuer, "C0DE");
const CHIP: Field<'_> = Field::chip_serial(Place::Subject, "0123456789ABCDEF01");

/// The signer's certificate, of all parts: template 1.
pub const SIGNER: Template<'static> = template(&SIGNER_1, 1, &[Field::signer_id(Place::Subject, "C0DE")]);

const LEGACY: Template<'static> = template(&DEVICE_2, 2, &[ISSUER, CHIP]);
const WITH_EUI48: Template<'static> =
    template(&DEVICE_3_TNGTLS, 3, &[ISSUER, CHIP, Field::text(Place::AlternativeNames, "0123456789AB")]);
const PLAIN: Template<'static> = template(&DEVICE_3_TFLXTLS, 3, &[ISSUER, CHIP]);
const WITH_EUI64: Template<'static> =
    template(&DEVICE_4, 4, &[ISSUER, CHIP, Field::text(Place::AlternativeNames, "0123456789ABCDEF")]);

/// Trust&GO TLS: template 3 with a MAC address.
pub const TNGTLS: Kind =
    Kind::new(Part::TngTls, Layout::Tls, &WITH_EUI48).with_texts(&[digits(Slot::S5, 12)]);

/// The first Trust&GO TLS parts: template 2.
pub const TNGTLS_LEGACY: Kind = Kind::new(Part::TngTlsLegacy, Layout::Tls, &LEGACY);

/// TrustFLEX TLS: template 3 without an address.
pub const TFLXTLS: Kind = Kind::new(Part::TflxTls, Layout::Tls, &PLAIN);

/// Trust&GO LoRaWAN: template 4.
pub const TNGLORA: Kind =
    Kind::new(Part::TngLora, Layout::Lora, &WITH_EUI64).with_texts(&[digits(Slot::S10, 16)]);

/// The first Trust&GO LoRaWAN parts: template 2.
pub const TNGLORA_LEGACY: Kind = Kind::new(Part::TngLoraLegacy, Layout::Lora, &LEGACY);
