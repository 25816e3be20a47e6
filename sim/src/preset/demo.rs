//! The authority that issues the presets' certificates: a root that everybody has the key of, and its signers.

use super::certificate::{Certificate, Date, Fields, Template};
use super::private_key;
use crate::chip::crypto::ecc;
use p256::SecretKey;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The root above the certificates of [`Preset`](super::Preset)'s chips: [`demo_root`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DemoRoot {
    /// Its certificate, in DER, signed by itself.
    pub certificate: Vec<u8>,
    /// X and Y, big endian.
    pub public_key: [u8; 64],
    /// For whoever needs other certificates below it.
    pub private_key: [u8; 32],
}

/// The root above the certificates of [`Preset`](super::Preset)'s chips, always the same one.
///
/// **Everybody has its private key**, so it proves nothing: trust it in tests, and nowhere else. As the templates have
/// it, it is called what Microchip's own root is called, "Crypto Authentication Root CA 002"; its key is another.
pub fn demo_root() -> &'static DemoRoot {
    static ROOT: OnceLock<DemoRoot> = OnceLock::new();
    ROOT.get_or_init(|| {
        let key = private_key(&[b"demo root"]);
        let public_key = ecc::public_key(&key);
        let issued = Date { year: 2017, month: 1, day: 1, hour: 0 };
        let fields = Fields {
            template: Template::Root,
            key: &public_key,
            issuer_key: &public_key,
            signer_id: None,
            issued,
        };
        let certificate = fields.issue(&key).der;
        DemoRoot { certificate, public_key, private_key: key.to_bytes().into() }
    })
}

/// A signer below the demo root.
pub(super) struct Signer {
    pub(super) id: u16,
    pub(super) key: SecretKey,
    pub(super) public_key: [u8; 64],
    pub(super) issued: Date,
    pub(super) certificate: Certificate,
}

impl Signer {
    /// The signer of the chips with this seed: 256 seeds in a row have the same one, and there are 4,096 of them.
    pub(super) fn of(seed: u64) -> Arc<Signer> {
        // Most of the time that a chip takes is its signer's.
        static SIGNERS: Mutex<BTreeMap<u16, Arc<Signer>>> = Mutex::new(BTreeMap::new());
        let id = 0xD000 | (seed >> 8) as u16 & 0x0FFF;
        let mut signers = SIGNERS.lock().unwrap_or_else(PoisonError::into_inner);
        signers.entry(id).or_insert_with(|| Arc::new(Signer::new(id))).clone()
    }

    fn new(id: u16) -> Signer {
        let key = private_key(&[b"demo signer", &id.to_be_bytes()]);
        let public_key = ecc::public_key(&key);
        let root = demo_root();
        let issued = date(2018, 3, &public_key);
        let fields = Fields {
            template: Template::Signer { id },
            key: &public_key,
            issuer_key: &root.public_key,
            signer_id: None,
            issued,
        };
        let certificate = fields.issue(&private_key(&[b"demo root"]));
        Signer { id, key, public_key, issued, certificate }
    }
}

/// Some hour of `years` years from that one on, by some bytes.
pub(super) fn date(year: u16, years: u8, some: &[u8; 64]) -> Date {
    let [a, b, c, d, ..] = some;
    Date { year: year + u16::from(a % years), month: 1 + b % 12, day: 1 + c % 28, hour: d % 24 }
}
