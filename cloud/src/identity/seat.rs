//! A key and the places of its certificates.

use atecc608::x509::{Definition, KeyPlace, SlotPlace, Template};
use atecc608::{PublicKey, Slot};

/// A key slot, and where its certificate, the signer's key and the signer's certificate lie.
#[derive(Debug, Clone, Copy)]
pub struct Seat<'a> {
    key: Slot,
    places: [SlotPlace; 3],
    device: &'a Template<'a>,
    signer: &'a Template<'a>,
    renewable: bool,
}

impl<'a> Seat<'a> {
    /// The certificate of the key in `key` lies in the first of `places`, made by the template `device`; the signer's key
    /// in the second, its certificate, made by `signer`, in the third.
    #[must_use]
    pub const fn new(
        key: Slot,
        places: [SlotPlace; 3],
        device: &'a Template<'a>,
        signer: &'a Template<'a>,
    ) -> Self {
        Self { key, places, device, signer, renewable: true }
    }

    /// The same, but its key and certificates stay for ever.
    #[must_use]
    pub const fn fixed(self) -> Self {
        Self { renewable: false, ..self }
    }

    /// The slot of the key: for [`ChipSigner`](crate::signer::ChipSigner).
    #[must_use]
    pub const fn key(&self) -> Slot {
        self.key
    }

    /// Certificate, signer's key, signer's certificate.
    #[must_use]
    pub const fn places(&self) -> [SlotPlace; 3] {
        self.places
    }

    /// Whether it may get a new key and certificate.
    #[must_use]
    pub const fn is_renewable(&self) -> bool {
        self.renewable
    }

    pub(super) const fn templates(&self) -> (&'a Template<'a>, &'a Template<'a>) {
        (self.device, self.signer)
    }

    /// The device's certificate and the signer's, as the driver reads them.
    pub(super) const fn definitions(&self, root: &PublicKey) -> (Definition<'a>, Definition<'a>) {
        let [certificate, signer_key, signer_certificate] = self.places;
        let signer_key = KeyPlace::Stored(signer_key);
        let device = Definition::new(self.device, certificate, KeyPlace::Private(self.key), signer_key);
        let signer = Definition::new(self.signer, signer_certificate, signer_key, KeyPlace::Known(*root));
        (device, signer)
    }
}

/// Those of a chip with the configuration [`x509_device`](atecc608::config::preset::x509_device): slot 0 with 10 to 12 for
/// ever; slot 1 with 13 to 15, and slot 2 with the first 216 bytes of slot 8, to be renewed in turn.
#[must_use]
pub const fn seats<'a>(device: &'a Template<'a>, signer: &'a Template<'a>) -> [Seat<'a>; 3] {
    let [first, second, third, ..] = SlotPlace::S8;
    [
        Seat::new(Slot::S0, [SlotPlace::S10, SlotPlace::S11, SlotPlace::S12], device, signer).fixed(),
        Seat::new(Slot::S1, [SlotPlace::S13, SlotPlace::S14, SlotPlace::S15], device, signer),
        Seat::new(Slot::S2, [first, second, third], device, signer),
    ]
}
