//! Findings against the chip: what a finding says anyone can do, or nobody, is tried.

use atecc608::Slot;
use atecc608::config::ConfigZone;
use atecc608::config::explain::{Action, Needs, Permitted, Stage};
use atecc608::config::lint::{Finding, Kind};
use testkit::configurations::{Xorshift, near_valid, random};
use testkit::pins::Rig;
use testkit::probe::{Case, Spoil, generous};

const CONFIGURATIONS: usize = 4_000;
/// Findings tried in a configuration.
const EACH: usize = 3;

/// What a finding says about a slot after both locks.
enum Claim {
    /// One of these can be done, without a key and without authorisation.
    Anyone(&'static [Action]),
    /// One of these can be done by who knows the keys.
    Somebody(&'static [Action]),
    /// None of these can be done.
    Nobody(&'static [Action]),
    /// The same between the locks.
    NobodyBetween(&'static [Action]),
}

/// What the kind says, and whether about the finding's own slot or the other. `None`: nothing that one command
/// on one slot shows; what these rest on is in `agree` and `permitted`.
fn claim(kind: Kind) -> Option<(Claim, bool)> {
    use Action as A;
    use Claim::{Anyone, Nobody, NobodyBetween, Somebody};
    const REPLACE: &[Action] = &[A::Write, A::Result];
    const USES: &[Action] = &[A::SignExternal, A::SignInternal, A::EcdhTempKey];
    let own = |claim| Some((claim, true));
    let other = |claim| Some((claim, false));
    match kind {
        Kind::PrivateKeyType | Kind::PrivateKeyNotSecret => {
            own(Nobody(&[A::GenKey, A::PublicKey, A::SignExternal, A::SignInternal]))
        }
        Kind::PrivateKeyCopied | Kind::CopyTarget => own(Somebody(&[A::Copy])),
        Kind::PrivateKeyUseless => own(Nobody(USES)),
        Kind::PrivateKeyReplaceable => own(Anyone(&[A::GenKey])),
        Kind::NoRoomForCertificate => own(Somebody(&[A::GenKey, A::PrivWriteEncrypted])),
        Kind::EncryptedTail => own(Somebody(&[A::WriteEncrypted])),
        Kind::PrivateKeyWritten => own(Somebody(&[A::PrivWriteEncrypted])),
        Kind::EcdhTarget => own(Nobody(&[A::EcdhNextSlot])),
        Kind::EcdhTargetReadable => other(Anyone(&[A::Read])),
        Kind::EcdhOverwrites => other(Anyone(&[A::EcdhNextSlot])),
        Kind::EcdhBitAlone => own(Nobody(&[A::Ecdh, A::EcdhNextSlot, A::EcdhTempKey])),
        Kind::EcdhClear => own(Somebody(&[A::Ecdh])),
        Kind::ReservedKeyType => own(Nobody(&[A::Aes, A::Verify])),
        Kind::PublicKeyTooSmall => own(Nobody(&[A::Verify, A::Validate, A::SecureBootKey])),
        Kind::PublicKeyReplaceable | Kind::SecretReplaceable => own(Anyone(REPLACE)),
        Kind::AesKeyReadable => own(Anyone(&[A::Read])),
        Kind::AesDisabled => own(Nobody(&[A::Aes])),
        Kind::DataWritable => own(Somebody(&[A::Write])),
        Kind::DerivedByAnyone => own(Anyone(&[A::DeriveKey])),
        Kind::ContentsWrittenOnce => own(Nobody(&[A::Write, A::WriteWord])),
        Kind::GuessableByMac => own(Anyone(&[A::Mac])),
        Kind::GuessableByGenDig => own(Anyone(&[A::GenDig])),
        Kind::ResultReadable => own(Anyone(&[A::Result])),
        Kind::ReadableByKdf => own(Anyone(&[A::KdfMessage])),
        Kind::LockableOpen => own(Anyone(&[A::LockSlot])),
        Kind::LockedEarly => own(NobodyBetween(&[
            A::Write,
            A::WriteEncrypted,
            A::GenKey,
            A::PrivWrite,
            A::DeriveKey,
            A::Result,
        ])),
        Kind::ReadKeySelf => own(Somebody(&[A::ReadEncrypted])),
        Kind::WriteKeySelf => own(Somebody(&[A::WriteEncrypted])),
        Kind::LimitSpent => own(Nobody(&[A::Mac, A::Hmac, A::CheckMac, A::SignExternal, A::Aes, A::Kdf])),
        Kind::CountMatchSlot => other(Nobody(&[A::Write, A::WriteEncrypted, A::DeriveKey])),
        Kind::CountMatchExposed => other(Anyone(&[A::Write])),
        Kind::SecureBootStore => other(Nobody(&[A::SecureBootStore])),
        Kind::SecureBootStoreExposed => other(Anyone(REPLACE)),
        Kind::IoKeyReadable => other(Anyone(&[A::Read])),
        _ => None,
    }
}

struct Witness<'a> {
    rig: &'a mut Rig,
    zone: ConfigZone,
}

impl Witness<'_> {
    fn locked(&self, data: u8) -> ConfigZone {
        let mut zone = self.zone;
        zone.set_byte(86, data);
        zone.set_byte(87, 0);
        zone
    }

    /// With what the rules say it needs, which is what the claim says it can be had.
    fn can(&mut self, slot: Slot, actions: &[Action], acceptable: impl Fn(&Needs) -> bool) -> bool {
        let zone = self.locked(0);
        let permitted = Permitted::new(&zone, Stage::Locked);
        actions.iter().any(|&action| {
            let needs = permitted.possible(slot, action).filter(&acceptable);
            let case = Case { zone: &zone, slot, action };
            needs.is_some_and(|needs| case.attempt(self.rig, &needs, Spoil::Nothing))
        })
    }

    /// Whatever is offered.
    fn cannot(&mut self, slot: Slot, actions: &[Action], data: u8) -> bool {
        let zone = self.locked(data);
        actions.iter().all(|&action| {
            let case = Case { zone: &zone, slot, action };
            generous(case).iter().all(|needs| !case.attempt(self.rig, needs, Spoil::Nothing))
        })
    }

    fn confirms(&mut self, finding: &Finding, claim: &Claim, own: bool) -> bool {
        let slot = if own { finding.slot } else { finding.other }.expect("a slot to look at");
        match claim {
            Claim::Anyone(actions) => self.can(slot, actions, Needs::anyone),
            Claim::Somebody(actions) => self.can(slot, actions, |_| true),
            Claim::Nobody(actions) => self.cannot(slot, actions, 0),
            Claim::NobodyBetween(actions) => self.cannot(slot, actions, 0x55),
        }
    }
}

#[test]
fn the_chip_confirms_what_findings_say_in_4000_configurations() {
    let mut rig = Rig::new();
    let mut numbers = Xorshift::new(0xF1D);
    let mut tried: Vec<(Kind, u32)> = Kind::ALL.iter().map(|&kind| (kind, 0)).collect();
    for number in 0..CONFIGURATIONS {
        let mut bytes = if number % 4 == 0 { near_valid(&mut numbers) } else { random(&mut numbers) };
        // Before the locks, as a configuration is when it is checked.
        bytes[86..88].fill(0x55);
        if number % 8 == 1 {
            // Counter0 at its end, which chance alone does not find.
            bytes[52..60].copy_from_slice(&[0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF]);
        }
        let zone = ConfigZone::from_bytes(bytes);
        let count = |tried: &[(Kind, u32)], kind| tried.iter().find(|(other, _)| *other == kind).unwrap().1;
        let mut findings: Vec<Finding> = zone.lint().filter(|f| claim(f.kind).is_some()).collect();
        findings.sort_by_cached_key(|finding| (count(&tried, finding.kind), numbers.next()));
        for finding in findings.iter().take(EACH) {
            let (claim, own) = claim(finding.kind).unwrap();
            let mut witness = Witness { rig: &mut rig, zone };
            assert!(witness.confirms(finding, &claim, own), "{finding}\n{zone:?}\n{zone}");
            tried.iter_mut().find(|(kind, _)| *kind == finding.kind).unwrap().1 += 1;
        }
    }
    let claims = tried.iter().filter(|(kind, _)| claim(*kind).is_some());
    let least = claims.clone().map(|(_, count)| *count).min().unwrap();
    println!(
        "{CONFIGURATIONS} configurations: {} findings of {} kinds tried on the chip, each kind {least} times or more; \
         no disagreement",
        claims.clone().map(|(_, count)| count).sum::<u32>(),
        claims.clone().count()
    );
    for (kind, count) in claims {
        assert!(*count >= 10, "{kind:?}: {count}");
    }
}
