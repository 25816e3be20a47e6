//! Which commands are measured: those that leave the chip as it is.

use atecc608::command::{
    Aes, AesDirection, AesKey, CounterId, CounterRead, EcdhKey, EcdhOutput, GenKeyCreate, GenKeyPublic,
    InfoRevision, KeyTarget, MessageSource, NonceFixed, Random, ReadBlock, Seed, ShaEnd, ShaStart, ShaTarget,
    ShaUpdate, SignExternal, VerifyExternal,
};
use atecc608::config::ConfigZone;
use atecc608::config::explain::Action;
use atecc608::memory::Block;
use atecc608::{Error, PublicKey, Signature, Slot};
use atecc608_linux::{BusError, Chip};
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use p256::ecdsa::{self, SigningKey};

use super::meter::Meter;
use crate::slots::stage;

const DIGEST: [u8; 32] = [0x5A; 32];

type Done = Result<(), Error<BusError>>;

/// One round.
pub(super) fn run(chip: &mut Chip, meter: &mut Meter, zone: &ConfigZone, slot: Option<Slot>) -> Done {
    meter.measured("wake, Info, sleep", None, || chip.revision())?;
    small(chip, meter, zone)?;
    hash(chip, meter)?;
    let (key, signature) = host_signature();
    match signer(chip, zone, slot)? {
        Some(slot) => sign(chip, meter, slot)?,
        None => {
            let why = match slot {
                Some(slot) => format!("{slot} has no key that may sign"),
                None => String::from("no slot has a key that may sign"),
            };
            meter.leave_out("GenKey, public key", why.clone());
            meter.leave_out("Sign", why);
        }
    }
    chip.session(|chip| {
        chip.execute(&NonceFixed::MessageDigest(&DIGEST))?;
        let verify =
            VerifyExternal { signature: &signature, key: &key, source: MessageSource::MessageDigest };
        meter.command("Verify", chip, &verify).map(drop)
    })?;
    chip.session(|chip| {
        chip.execute(&InfoRevision)?;
        let new = GenKeyCreate(KeyTarget::TempKey);
        if meter.command("GenKey, in TempKey", chip, &new)?.is_some() {
            let secret = EcdhOutput { key: EcdhKey::TempKey, public_key: &key };
            meter.command("ECDH", chip, &secret)?;
        }
        Ok(())
    })
}

fn small(chip: &mut Chip, meter: &mut Meter, zone: &ConfigZone) -> Done {
    chip.session(|chip| {
        // Wakes it.
        chip.execute(&InfoRevision)?;
        meter.command("Info", chip, &InfoRevision)?;
        if let Some(block) = Block::config(0) {
            meter.command("Read, 32 bytes", chip, &ReadBlock(block))?;
        }
        meter.command("Counter, read", chip, &CounterRead(CounterId::Counter0))?;
        // Without a write to the EEPROM.
        meter.command("Random", chip, &Random(Seed::Keep))?;
        meter.command("Nonce, fixed", chip, &NonceFixed::TempKey(&DIGEST))?;
        if zone.aes_enabled() {
            let aes = Aes { key: AesKey::TEMP_KEY, direction: AesDirection::Encrypt, input: &[0; 16] };
            meter.command("AES, 16 bytes", chip, &aes)?;
        } else {
            meter.leave_out("AES, 16 bytes", "its configuration has no AES");
        }
        Ok(())
    })
}

fn hash(chip: &mut Chip, meter: &mut Meter) -> Done {
    let (Some(block), Some(end)) = (ShaUpdate::new(&[0; 64]), ShaEnd::new(&[], ShaTarget::OutputOnly)) else {
        return Ok(());
    };
    chip.session(|chip| {
        chip.execute(&InfoRevision)?;
        if meter.command("SHA, start", chip, &ShaStart)?.is_some() {
            meter.command("SHA, 64 bytes", chip, &block)?;
            meter.command("SHA, end", chip, &end)?;
        }
        Ok(())
    })
}

/// The slot of a key that may sign: the one that is wanted, or the first.
fn signer(chip: &mut Chip, zone: &ConfigZone, wanted: Option<Slot>) -> Result<Option<Slot>, Error<BusError>> {
    let may = |slot: &Slot| {
        wanted.is_none_or(|wanted| wanted == *slot)
            && zone
                .permission(*slot, Action::SignExternal, stage(zone))
                .is_some_and(|needs| needs.authorised_by.is_none() && !needs.latch)
    };
    for slot in Slot::all().filter(may) {
        if chip.is_key_valid(slot)? {
            return Ok(Some(slot));
        }
    }
    Ok(None)
}

fn sign(chip: &mut Chip, meter: &mut Meter, slot: Slot) -> Done {
    chip.session(|chip| {
        chip.execute(&InfoRevision)?;
        meter.command("GenKey, public key", chip, &GenKeyPublic { slot, digest: false })?;
        chip.execute(&NonceFixed::TempKey(&DIGEST))?;
        chip.execute(&NonceFixed::MessageDigest(&DIGEST))?;
        let sign = SignExternal { slot, source: MessageSource::MessageDigest };
        meter.command("Sign", chip, &sign).map(drop)
    })
}

/// A signature of no key of the chip: it verifies those of any.
fn host_signature() -> (PublicKey, Signature) {
    let key = SigningKey::from_slice(&[0x11; 32]).expect("in the curve's range");
    let signature: ecdsa::Signature = key.sign_prehash(&DIGEST).expect("a digest of 32 bytes");
    let bytes: [u8; 64] = signature.to_bytes().into();
    (PublicKey::from(*key.verifying_key()), Signature::from_bytes(bytes))
}
