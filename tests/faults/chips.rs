//! The chips that the operations run on.

use crate::op::Op;
use atecc608::config::{ConfigZone, preset};
use atecc608::x509::Stored;
use atecc608_sim::Chip;
use atecc608_sim::chip::{Eeprom, Timing};
use atecc608_sim::preset::Preset;
use testkit::{KEY, Locks, WORKBENCH, fleet, known_public_key, public_of};

/// What slot 4 holds: the I/O protection key, the write key of others, a MAC key.
pub(crate) const SHARED: [u8; 32] = [0x44; 32];

/// As it leaves the factory.
pub(crate) fn blank() -> Eeprom {
    Chip::blank(608).eeprom().clone()
}

/// How long the chip takes for its commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Not so fast that the first poll finds every answer: 13 % of the maximum, and the driver asks first at
    /// an eighth.
    Fast,
    /// As long as it may: some 70 polls a command, and in long sequences the watchdog must be kept away.
    Slow,
}

pub(crate) fn chip(eeprom: &Eeprom) -> Chip {
    paced(eeprom, Pace::Fast)
}

pub(crate) fn paced(eeprom: &Eeprom, pace: Pace) -> Chip {
    let mut fast = Timing::default();
    fast.percent = 13;
    let timing = if pace == Pace::Fast { fast } else { Timing::slowest() };
    Chip::with_eeprom(eeprom.clone()).with_timing(timing)
}

/// The preset with certificates; what is there when it is made anew, and what when it is ready.
fn certify(op: Op, locks: Locks, eeprom: &mut Eeprom) {
    let mut zone = ConfigZone::from_bytes(*eeprom.config());
    let made = op == Op::ProvisionWithCertificate;
    if !made || locks != Locks::Nothing {
        zone = preset::x509_device(&zone);
    }
    let mut bytes = *zone.as_bytes();
    locks.apply(&mut bytes);
    eeprom.set_config(&bytes);
    if !made || locks == Locks::Both {
        let device = fleet::certificate(known_public_key(), zone.serial_number(), &fleet::dates());
        eeprom.set_private_key(0, &KEY);
        eeprom.set_slot(10, device.as_bytes());
        eeprom.set_slot(11, &Stored::Key(&fleet::SIGNER_KEY).to_bytes());
        eeprom.set_slot(12, fleet::SIGNER_CERTIFICATE.as_bytes());
    }
}

/// The memory of the chip for an operation, in a lock state.
pub(crate) fn eeprom(op: Op, locks: Locks) -> Eeprom {
    let mut eeprom = blank();
    if op.is_on_trust() {
        let mut part = Preset::TngTls.chip(608).eeprom().clone();
        let mut zone = *part.config();
        // At the address of the others.
        zone[16] = 0xC0;
        locks.apply(&mut zone);
        part.set_config(&zone);
        return part;
    }
    let mut zone = *eeprom.config();
    if op.is_provisioning() {
        if locks != Locks::Nothing {
            zone = *preset::gcp_device(&ConfigZone::from_bytes(zone)).as_bytes();
        }
        locks.apply(&mut zone);
        eeprom.set_config(&zone);
        return eeprom;
    }
    if op.is_on_certified() {
        certify(op, locks, &mut eeprom);
        return eeprom;
    }
    zone[16..84].copy_from_slice(&WORKBENCH[..68]);
    zone[88..].copy_from_slice(&WORKBENCH[72..]);
    zone[84..86].fill(0);
    // A key that may be rolled.
    testkit::set_slot(&mut zone, 5, 0x2F8F, 0x001C);
    locks.apply(&mut zone);
    eeprom.set_config(&zone);
    let public = public_of(&KEY);
    eeprom.set_private_key(0, &KEY);
    eeprom.set_private_key(2, &KEY);
    eeprom.set_slot(4, &SHARED);
    eeprom.set_slot(10, &[0xA0; 72]);
    for slot in [11, 14, 15] {
        eeprom.set_public_key(slot, &public);
    }
    eeprom.set_slot(14, &[0xA0]);
    if op == Op::ReadCertificateEncrypted {
        let serial = ConfigZone::from_bytes(zone).serial_number();
        let certificate = fleet::certificate(known_public_key(), serial, &fleet::dates());
        eeprom.set_slot(9, certificate.as_bytes());
    }
    eeprom
}
