//! A certificate of one's own authority: issued if the chip is blank and may be locked, read back, verified.

use atecc608::config::{ConfigZone, preset};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::x509::{Certificate, Dates, Definition, Enrolment, KeyPlace, SlotPlace, Template};
use atecc608::{KeyOrigin, PublicKey};
use atecc608_fleet::authority::Certificates;
use atecc608_linux::{Location, SharedChip};
use demo::Failure;
use rustls::pki_types::CertificateDer;
use std::path::PathBuf;

use super::authority::{self, Authority};
use super::{KEY, found, name_of, of_chip};
use crate::cli::Options;
use crate::report::{Report, hex};

const DEVICE: SlotPlace = SlotPlace::S10;
const SIGNER_KEY: SlotPlace = SlotPlace::S11;
const SIGNER: SlotPlace = SlotPlace::S12;

/// Certificates without their root, and the root.
type Chain = (Vec<CertificateDer<'static>>, CertificateDer<'static>);

/// The chain of a chip of this program's configuration; none if it is locked with another one.
pub(super) fn certified(
    chip: &SharedChip,
    options: &Options,
    report: &mut Report,
) -> Result<Option<Chain>, Failure> {
    let zone = chip
        .with(|chip| chip.read_config())
        .map_err(|error| of_chip("the configuration was read", &error))?;
    if zone.is_config_locked() && !is_own(&zone) {
        report.say("Configuration found locked, and not this program's: it stays as it is");
        return Ok(None);
    }
    let ready = zone.is_config_locked() && zone.is_data_locked();
    let mut authority = the_authority(chip, options, ready)?;
    let issuer = name_of(authority.certificates.signer());
    if ready {
        report.say("Configuration and data zone found locked");
    }
    enrol(chip, &mut authority, report)?;
    let chain = read_back(chip, &authority)?;
    let device = chain.first().map(|der| name_of(der)).unwrap_or_default();
    report.chip.locked_now = !ready;
    if !ready {
        report.say(format_args!("Configuration written and locked, for ever"));
        report.say(format_args!("Key made in {KEY}; it never leaves the chip"));
        let own = chain.first().and_then(|der| Certificate::parse(der).ok());
        let validity = own.and_then(|read| read.validity().ok());
        let validity = validity.map(|dates| format!(", {} to {}", dates.not_before, dates.not_after));
        report.say(format_args!(
            "Certificate issued by {issuer} for {device}{}; the chip keeps it in 72 bytes, with its signer's",
            validity.unwrap_or_default()
        ));
        report.say("Data zone locked, for ever");
    }
    let root = authority.certificates.root();
    let root_name = name_of(root);
    report.say(format_args!(
        "Chain read back from the chip and verified: {device}, issued by {issuer}, issued by {root_name}"
    ));
    report.chip.compressed_hex = Some(compressed(chip)?);
    Ok(Some((chain, root.to_vec().into())))
}

/// Whether a chip holds this program's configuration, but for what changes in its life: counters, slots locked one
/// by one.
fn is_own(zone: &ConfigZone) -> bool {
    let mut wanted = preset::x509_device(zone);
    for offset in (52..68).chain(88..90) {
        wanted.set_byte(offset, zone.byte(offset));
    }
    wanted == *zone
}

/// The authority that issues the certificate, or has issued it; and whether the chip may be written to at all.
fn the_authority(chip: &SharedChip, options: &Options, ready: bool) -> Result<Authority, Failure> {
    let simulated = found::is_simulated(chip);
    if !ready && !simulated && !options.chip.lock_chip_for_ever {
        return Err(Failure::new(
            "the chip is not ready to log in",
            "its zones are not locked yet; nothing was written to it",
            "run again with --lock-chip-for-ever and --authority: that writes this program's configuration, makes the \
             key, has its certificate issued, and locks the chip, which can NEVER be undone. To try first: --i2c sim:",
        ));
    }
    let folder = folder(chip, options);
    let Some(folder) = folder else {
        if !simulated || ready {
            return Err(Failure::new(
                "the authority of the chip's certificate was looked for",
                "without --authority it would end with this program, and the certificate outlasts it",
                "give --authority a folder in which it is kept, or the one that has issued the certificate",
            ));
        }
        return authority::new(options.cloud);
    };
    if ready && !authority::is_in(&folder) {
        return Err(Failure::new(
            "the authority of the chip's certificate was looked for",
            format_args!("the chip has a certificate, and there is no authority in {}", folder.display()),
            "give --authority the folder of the one that has issued it, or --certificate the chain in PEM",
        ));
    }
    authority::kept_in(&folder, options.cloud)
}

fn folder(chip: &SharedChip, options: &Options) -> Option<PathBuf> {
    let beside = match chip.location() {
        Location::SimulatorFile(file) => {
            let mut name = file.clone().into_os_string();
            name.push(".authority");
            Some(PathBuf::from(name))
        }
        _ => None,
    };
    options.chip.authority.clone().or(beside)
}

/// Configuration, key, certificate, locks; what is done already is found.
fn enrol(chip: &SharedChip, authority: &mut Authority, report: &mut Report) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::new(
            "certificates were put together",
            error,
            "set this machine's clock, or give another --authority",
        )
    };
    let Authority { signer, certificates } = authority;
    let dates = Dates::new(authority::this_hour(), certificates.term()).map_err(|error| failed(&error))?;
    let compressed = certificates.compressed_signer().map_err(|error| failed(&error))?;
    let origin = certificates.with_device_template(|devices| {
        certificates.with_signer_template(|signers| {
            let root = root_key(certificates)?;
            let (device, signer_is) = (device(devices), self::signer(signers, root));
            let enrolment = Enrolment::new(&device, certificates.signer_id(), dates);
            let enrolment = enrolment.with_signer(&signer_is, &compressed);
            let mut buffer = [0; 1024];
            chip.with(|chip| {
                chip.provision_with_certificate(
                    preset::x509_device,
                    &enrolment,
                    signer,
                    &mut buffer,
                    NoMoreConfigWrites,
                    NoMoreFreeDataWrites,
                )
                .map(|(_, origin)| origin)
            })
            .map_err(|error| {
                let failure = of_chip("the chip was given key and certificate", &error);
                match error.trouble() {
                    Some(_) => failure,
                    None => failure.advising(
                        "run again: what is done already is found. If the certificate is another authority's, give \
                         --authority that one's folder",
                    ),
                }
            })
        })
    })?;
    report.chip.new_key = origin == KeyOrigin::Made;
    Ok(())
}

fn device<'a>(devices: &'a Template<'a>) -> Definition<'a> {
    Definition::new(devices, DEVICE, KeyPlace::Private(KEY), KeyPlace::Stored(SIGNER_KEY))
}

fn signer<'a>(signers: &'a Template<'a>, root: PublicKey) -> Definition<'a> {
    Definition::new(signers, SIGNER, KeyPlace::Stored(SIGNER_KEY), KeyPlace::Known(root))
}

fn root_key(certificates: &Certificates) -> Result<PublicKey, Failure> {
    Certificate::parse(certificates.root())
        .and_then(|root| root.public_key())
        .map_err(|error| Failure::new("the root was read", error, "give another --authority"))
}

/// Both certificates, made up from the chip's 72 bytes, verified up to the root by the chip.
fn read_back(chip: &SharedChip, authority: &Authority) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let certificates = &authority.certificates;
    let root = root_key(certificates)?;
    let chain = certificates.with_device_template(|devices| {
        certificates
            .with_signer_template(|signers| chip.read_chain(&device(devices), &signer(signers, root), &root))
    });
    let chain = chain.map_err(|error| of_chip("the certificates were read back", &error))?;
    Ok(chain.into_iter().map(CertificateDer::from).collect())
}

/// The device's certificate as the chip keeps it.
fn compressed(chip: &SharedChip) -> Result<String, Failure> {
    let mut bytes = [0; 72];
    chip.with(|chip| chip.read_slot(DEVICE.slot(), DEVICE.offset(), &mut bytes))
        .map_err(|error| of_chip("the certificate's 72 bytes were read", &error))?;
    Ok(hex(&bytes))
}
