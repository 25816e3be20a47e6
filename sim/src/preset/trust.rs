//! What Microchip puts on the parts that it provisions: serial number, OTP code, certificates and where they lie.

use super::Preset;
use super::certificate::{Certificate, Fields, Template};
use super::demo::{Signer, date};
use crate::chip::Eeprom;
use crate::chip::crypto::ecc;
use std::sync::Arc;

/// How one of the parts is known.
pub(super) struct Part {
    /// First bytes of the OTP zone, by which the vendor's library picks the template, where sources disagree (chip
    /// reference 4.15, D30).
    otp: &'static [u8; 8],
    /// Last byte of the serial number (chip reference 4.3).
    serial_end: u8,
    /// ATECC608A or B, by the last byte of the revision and byte 13.
    silicon: (u8, u8),
    /// Where the key of the device certificate is.
    pub(super) device_key: usize,
    place: Place,
}

/// Where the certificates are.
enum Place {
    /// Device, signer's key and signer in slots 10, 11 and 12.
    Slots,
    /// Signer's key, device and signer, one after the other in slot 8.
    Slot8,
}

const ATECC608A: (u8, u8) = (0x02, 0x01);
const ATECC608B: (u8, u8) = (0x03, 0x61);

impl Preset {
    /// None if it is none of the parts.
    pub(super) const fn part(self) -> Option<Part> {
        let tls = Part {
            otp: b"x6tjuZMy",
            serial_end: 0x01,
            silicon: ATECC608B,
            device_key: 0,
            place: Place::Slots,
        };
        let lora = Part { otp: b"jsMu7iYO", serial_end: 0x27, device_key: 1, place: Place::Slot8, ..tls };
        match self {
            Preset::TngTls | Preset::TngTlsPublished => Some(tls),
            Preset::TngTlsLegacy => Some(Part { otp: b"wdNxAjae", silicon: ATECC608A, ..tls }),
            Preset::TflxTls => Some(Part { otp: b"MKMwyhP1", ..tls }),
            Preset::TngLora => Some(lora),
            Preset::TngAct => Some(Part { otp: b"09qJNxI3", serial_end: 0x10, ..lora }),
            _ => None,
        }
    }

    /// The address that Microchip gave the chip, and the slot that it is in: 12 digits of an EUI-48 or 16 of an
    /// EUI-64.
    fn eui(self, seed: u64) -> Option<(usize, String)> {
        let digits = |slot: usize, company: &str, len: usize| {
            let rest: String = self.secret(seed, slot).iter().map(|byte| format!("{byte:02X}")).collect();
            (slot, format!("{company}{}", &rest[..len - company.len()]))
        };
        match self {
            Preset::TngTls => Some(digits(5, "E8EB1B", 12)),
            Preset::TngLora | Preset::TngAct => Some(digits(10, "0004A3", 16)),
            _ => None,
        }
    }

    /// The certificate of the chip, and the signer that issued it.
    pub(super) fn certificate(self, seed: u64, eeprom: &Eeprom) -> Option<(Certificate, Arc<Signer>)> {
        let serial = &eeprom.serial();
        let eui = self.eui(seed).map(|(_, digits)| digits).unwrap_or_default();
        let template = match self {
            Preset::TngTls => Template::TngTls { serial, eui48: &eui },
            Preset::TngTlsLegacy => Template::Old { serial },
            Preset::TflxTls => Template::TflxTls { serial },
            Preset::TngLora | Preset::TngAct => Template::TngLora { serial, eui64: &eui },
            _ => return None,
        };
        let key = ecc::private_key(&eeprom.slot(self.device_key())[4..36])?;
        let key = ecc::public_key(&key);
        let signer = Signer::of(seed);
        let fields = Fields {
            template,
            key: &key,
            issuer_key: &signer.public_key,
            signer_id: Some(signer.id),
            // After the signer, and over before it.
            issued: date(signer.issued.year + 1, 2, &key),
        };
        Some((fields.issue(&signer.key), signer))
    }
}

/// Makes the part of a configured chip with keys.
pub(super) fn fill(preset: Preset, seed: u64, part: &Part, eeprom: &mut Eeprom) {
    let mut config = *eeprom.config();
    (config[7], config[13]) = part.silicon;
    config[12] = part.serial_end;
    eeprom.set_config(&config);
    let mut otp = [0; 64];
    otp[..8].copy_from_slice(part.otp);
    eeprom.set_otp(&otp);
    if let Some((slot, eui)) = preset.eui(seed) {
        eeprom.set_slot(slot, eui.as_bytes());
    }
    let Some((device, signer)) = preset.certificate(seed, eeprom) else { return };
    match part.place {
        Place::Slots => {
            eeprom.set_slot(10, &device.compressed);
            eeprom.set_public_key(11, &signer.public_key);
            eeprom.set_slot(12, &signer.certificate.compressed);
        }
        Place::Slot8 => {
            eeprom.set_public_key(8, &signer.public_key);
            let key = eeprom.slot(8)[..72].to_vec();
            eeprom.set_slot(8, &[&key[..], &device.compressed, &signer.certificate.compressed].concat());
        }
    }
}
