//! The certificate that a chip gets.

use super::definition::Unfit;
use super::{Compressed, Dates, Definition, Error, KeyPlace, Misfit, SignerId, SlotBytes, SlotPlace, Stored};
use crate::config::lint::Severity;
use crate::config::{ConfigZone, DataContents};
use crate::key::PublicKey;
use crate::memory::Slot;

/// The certificate that a chip gets from
/// [`provision_with_certificate`](crate::blocking::Atecc608::provision_with_certificate), and what lies beside it.
#[derive(Debug, Clone, Copy)]
pub struct Enrolment<'a> {
    device: &'a Definition<'a>,
    signer: Option<(&'a Definition<'a>, &'a Compressed)>,
    signer_id: SignerId,
    dates: Dates,
    contents: DataContents<'a>,
}

/// A key, and where it lies.
type KeyOf<'k> = (SlotPlace, Stored<'k>);

impl<'a> Enrolment<'a> {
    /// A certificate for the key of [`Definition::subject_key`], which must be [`KeyPlace::Private`]. Where
    /// [`Definition::issuer_key`] is [`KeyPlace::Stored`], the signer's key is written there.
    #[must_use]
    pub const fn new(device: &'a Definition<'a>, signer_id: SignerId, dates: Dates) -> Self {
        Self { device, signer: None, signer_id, dates, contents: DataContents::BLANK }
    }

    /// The signer's certificate is written, too, after it was verified with the root key: its
    /// [`issuer_key`](Definition::issuer_key), which must be [`KeyPlace::Known`].
    #[must_use]
    pub const fn with_signer(mut self, signer: &'a Definition<'a>, certificate: &'a Compressed) -> Self {
        self.signer = Some((signer, certificate));
        self
    }

    /// What slots and OTP hold beside certificates and signer's keys, instead of nothing. **Written before**, but for
    /// texts and stored serial numbers of the certificates: those are taken from here and written.
    #[must_use]
    pub const fn with_contents(mut self, contents: DataContents<'a>) -> Self {
        self.contents = contents;
        self
    }

    /// The device's certificate.
    #[must_use]
    pub const fn device(&self) -> &'a Definition<'a> {
        self.device
    }

    /// The signer's certificate.
    #[must_use]
    pub const fn signer(&self) -> Option<(&'a Definition<'a>, &'a Compressed)> {
        self.signer
    }

    /// The signer's id, which the compressed certificate holds and names may show.
    #[must_use]
    pub const fn signer_id(&self) -> SignerId {
        self.signer_id
    }

    /// When the certificate is issued, and for how long.
    #[must_use]
    pub const fn dates(&self) -> &Dates {
        &self.dates
    }

    /// What slots and OTP hold beside certificates and signer's keys.
    #[must_use]
    pub const fn contents(&self) -> &DataContents<'a> {
        &self.contents
    }

    /// The slot of the device's key.
    pub(crate) const fn key_slot(&self) -> Option<Slot> {
        match self.device.subject_key() {
            KeyPlace::Private(slot) => Some(slot),
            _ => None,
        }
    }

    /// What is written, with the device's certificate.
    pub(crate) fn places<'k>(
        &'k self,
        certificate: &'k Compressed,
        signer_key: &'k PublicKey,
    ) -> impl Iterator<Item = (SlotPlace, Stored<'k>)> + Clone {
        let device = Some((self.device.certificate(), Stored::Certificate(certificate)));
        let signer = self
            .signer
            .map(|(definition, certificate)| (definition.certificate(), Stored::Certificate(certificate)));
        let [issuer_key, subject_key] = self.signer_keys(signer_key);
        [device, issuer_key, signer, subject_key].into_iter().flatten()
    }

    /// Where texts and serial numbers of the certificates lie.
    pub(crate) fn texts(&self) -> impl Iterator<Item = SlotBytes> + Clone {
        let definitions = [Some(self.device), self.signer.map(|(signer, _)| signer)];
        definitions
            .into_iter()
            .flatten()
            .flat_map(|definition| definition.serial().into_iter().chain(definition.texts().iter().copied()))
    }

    /// The signer's key, for both certificates: mostly one place.
    fn signer_keys<'k>(&self, signer_key: &'k PublicKey) -> [Option<KeyOf<'k>>; 2] {
        let stored = |place| match place {
            KeyPlace::Stored(place) => Some((place, Stored::Key(signer_key))),
            _ => None,
        };
        let issuer_key = stored(self.device.issuer_key());
        let subject_key = self.signer.and_then(|(definition, _)| stored(definition.subject_key()));
        [issuer_key, subject_key.filter(|key| issuer_key.is_none_or(|other| other.0 != key.0))]
    }

    /// Whether the configuration lets the certificates be read, and nothing lies where something else does.
    pub(crate) fn check(&self, zone: &ConfigZone) -> Result<(), Misfit> {
        self.device.check(zone)?;
        if let Some((signer, _)) = self.signer {
            signer.check(zone)?;
        }
        // The bytes do not matter.
        let key = PublicKey::from_bytes([0; 64]);
        let compressed = Compressed::from_bytes([0; SlotPlace::LEN]);
        let mut places = self.places(&compressed, &key);
        while let Some((place, _)) = places.next() {
            if places.clone().any(|(other, _)| other == place) {
                let (kind, slot) = (Unfit::PlaceTwice, place.slot());
                return Err(Misfit { kind, severity: Severity::Error, slot });
            }
        }
        // A text of one certificate is overwritten by the other, or by a key.
        for text in self.texts() {
            if self.places(&compressed, &key).any(|(place, _)| place.overlaps(text)) {
                let (kind, slot) = (Unfit::PlaceTwice, text.slot());
                return Err(Misfit { kind, severity: Severity::Error, slot });
            }
        }
        Ok(())
    }

    /// Whether this is the key of the signer that is meant.
    pub(crate) fn check_signer(&self, signer_key: &PublicKey) -> Result<(), Error> {
        let other = |place| matches!(place, KeyPlace::Known(key) if key != *signer_key);
        if other(self.device.issuer_key()) {
            return Err(Error::IssuerKey);
        }
        match self.signer {
            Some((signer, _)) if other(signer.subject_key()) => Err(Error::IssuerKey),
            Some((signer, _)) if !matches!(signer.issuer_key(), KeyPlace::Known(_)) => Err(Error::NoRoot),
            _ => Ok(()),
        }
    }
}
