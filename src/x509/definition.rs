//! A certificate on the chip: how it is made up, and where its parts lie.

mod check;

pub use check::{Misfit, Misfits, Unfit};

use crate::key::PublicKey;

use super::{KeyPlace, SlotBytes, SlotPlace, Template};

/// A certificate on the chip: the template that makes it up, and where its parts lie.
///
/// ```
/// # use atecc608::Slot;
/// use atecc608::config::{ConfigZone, preset};
/// use atecc608::x509::{Definition, KeyPlace, SlotPlace, Template};
///
/// # fn f(template: &Template<'_>) {
/// // Certificate of the key in slot 0, with the signer's key beside it: as on Trust&GO chips.
/// let device = Definition::new(template, SlotPlace::S10, KeyPlace::Private(Slot::S0), KeyPlace::Stored(SlotPlace::S11));
///
/// // Before a configuration is locked: does it let anyone read all of that?
/// let zone = preset::x509_device(&ConfigZone::from_bytes(preset::FACTORY));
/// assert_eq!(device.check(&zone), Ok(()));
/// # }
/// ```
#[doc(alias = "atcacert_def_t")]
#[derive(Debug, Clone, Copy)]
pub struct Definition<'a> {
    template: &'a Template<'a>,
    certificate: SlotPlace,
    subject_key: KeyPlace,
    issuer_key: KeyPlace,
    serial: Option<SlotBytes>,
    texts: &'a [SlotBytes],
}

impl<'a> Definition<'a> {
    /// Bytes of all texts together, at most.
    pub const MAX_TEXT_BYTES: usize = 128;
    /// Number of texts, at most.
    pub const MAX_TEXTS: usize = 4;

    /// The compressed certificate lies in `certificate`, is for the key `subject_key`, and signed with the key
    /// `issuer_key`.
    ///
    /// The signer's certificate, on the device: its subject is [`KeyPlace::Stored`], and its issuer the root,
    /// [`KeyPlace::Known`]. Its template must not ask for a chip's serial number: the one there is is the device's.
    #[must_use]
    pub const fn new(
        template: &'a Template<'a>,
        certificate: SlotPlace,
        subject_key: KeyPlace,
        issuer_key: KeyPlace,
    ) -> Self {
        Self { template, certificate, subject_key, issuer_key, serial: None, texts: &[] }
    }

    /// Where the certificate's serial number lies, for templates with a stored one. For
    /// [`SerialSource::StoredWithLength`](super::SerialSource::StoredWithLength) with the byte in front that says
    /// how long it is.
    #[must_use]
    pub const fn with_serial(mut self, serial: SlotBytes) -> Self {
        self.serial = Some(serial);
        self
    }

    /// Where the template's texts and names lie, in the order in which it declares them: at most
    /// [`MAX_TEXTS`](Self::MAX_TEXTS), and [`MAX_TEXT_BYTES`](Self::MAX_TEXT_BYTES) together.
    #[must_use]
    pub const fn with_texts(mut self, texts: &'a [SlotBytes]) -> Self {
        self.texts = texts;
        self
    }

    /// The same certificate, signed with this key.
    #[must_use]
    pub const fn with_issuer_key(mut self, issuer_key: KeyPlace) -> Self {
        self.issuer_key = issuer_key;
        self
    }

    /// The template.
    #[must_use]
    pub const fn template(&self) -> &'a Template<'a> {
        self.template
    }

    /// Where the compressed certificate lies.
    #[must_use]
    pub const fn certificate(&self) -> SlotPlace {
        self.certificate
    }

    /// Where the key comes from that the certificate is for.
    #[must_use]
    pub const fn subject_key(&self) -> KeyPlace {
        self.subject_key
    }

    /// Where the key comes from that signed it.
    #[must_use]
    pub const fn issuer_key(&self) -> KeyPlace {
        self.issuer_key
    }

    /// Where both keys come from: the subject's, the issuer's.
    pub(crate) const fn keys(&self) -> [&KeyPlace; 2] {
        [&self.subject_key, &self.issuer_key]
    }

    /// The issuer's key, if it is not read from the chip.
    pub(crate) const fn known_issuer_key(&self) -> Option<PublicKey> {
        match self.issuer_key {
            KeyPlace::Known(key) => Some(key),
            _ => None,
        }
    }

    /// Where the serial number lies, if it is a stored one.
    #[must_use]
    pub const fn serial(&self) -> Option<SlotBytes> {
        self.serial
    }

    /// Where texts and names lie.
    #[must_use]
    pub const fn texts(&self) -> &'a [SlotBytes] {
        self.texts
    }
}
