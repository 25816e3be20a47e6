//! The device's certificate, as `config.toml` says where it is.

use crate::element::Chip;
use alloc::vec;
use atecc608::x509::DateTime;
use atecc608::x509::trust::MICROCHIP;
use atecc608::{PublicKey, Slot};
use cloud_app::apps::{Found, FoundError, TemplateFiles, find_slot, read_templates, read_trust};
use core::fmt;
use embassy_time::Timer;
use esp_println::println;
use esp32::halt;
use esp32::settings::{SETTINGS, Source};

/// Between two looks for the certificate, in seconds.
const PAUSE_S: u64 = 5;
/// Longest certificate read from the chip, in bytes.
const CERTIFICATE_MAX: usize = 1024;

/// The time is not known yet. Before all certificates, so that the newest counts: by the time of the build, one that was
/// renewed since would come last.
const NO_TIME: DateTime = match DateTime::from_unix(0) {
    Some(time) => time,
    None => panic!("1970 is a date"),
};

/// The device's certificate, and the slot of its key.
#[derive(Clone, Copy)]
pub struct Certified {
    /// In DER: the device's own first, then its issuer's.
    pub chain: &'static [&'static [u8]],
    /// The key's slot.
    pub slot: Slot,
}

impl fmt::Debug for Certified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certified").field("slot", &self.slot).finish_non_exhaustive()
    }
}

type Failed = FoundError<esp_hal::i2c::master::Error>;

/// The certificate, once it is there. Says what is missing until then.
pub async fn ready(chip: &mut Chip) -> Certified {
    let source = &SETTINGS.certificate.source;
    match source {
        Source::Unknown => halt(
            "[certificate] in config.toml",
            "it names none of trust, chain and fleet; flash `csr` for a request, and have it answered",
        ),
        Source::Chain(chain) => loop {
            match find_slot(chip, chain).await {
                Ok(slot) => {
                    println!("Certificate: {} from files, for the key in {slot}", chain.len());
                    return Certified { chain, slot };
                }
                Err(error) => missing(&error).await,
            }
        },
        Source::Trust | Source::Fleet { .. } => on_chip(chip, source).await,
    }
}

async fn on_chip(chip: &mut Chip, source: &Source) -> Certified {
    let (mut device, mut signer) = (vec![0; CERTIFICATE_MAX], vec![0; CERTIFICATE_MAX]);
    loop {
        match read(chip, source, &mut device, &mut signer).await {
            Ok(Found { slot, device, signer }) => {
                println!(
                    "Certificate: on the chip, for the key in {slot}; {} bytes, its signer's {}",
                    device.len(),
                    signer.len()
                );
                // They are kept as long as the device runs.
                let kept = [device, signer].map(|der| &*der.to_vec().leak());
                return Certified { chain: kept.to_vec().leak(), slot };
            }
            Err(error) => missing(&error).await,
        }
    }
}

/// From the chip, verified up to its root.
async fn read<'d, 's>(
    chip: &mut Chip,
    source: &Source,
    device: &'d mut [u8],
    signer: &'s mut [u8],
) -> Result<Found<'d, 's>, Failed> {
    match source {
        Source::Fleet { device: example, signer: of_signer, signer_id, root } => {
            let root = PublicKey::from_bytes(*root);
            let files = TemplateFiles { device: example, signer: of_signer, signer_id, root };
            read_templates(chip, &files, NO_TIME, device, signer).await
        }
        _ => {
            let (part, found) = read_trust(chip, &MICROCHIP, device, signer).await?;
            println!("Chip: {}", part.part);
            Ok(found)
        }
    }
}

async fn missing(error: &Failed) {
    println!("Certificate: {error}. Next look in {PAUSE_S} s");
    Timer::after_secs(PAUSE_S).await;
}
