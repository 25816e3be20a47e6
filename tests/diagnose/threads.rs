//! What people asked about status 0x0F and 0x03 in public, tried on the simulated chip with the driver: the
//! chip refuses, and what `diagnose` then says. The guide's page lists them; `--nocapture` prints them.

use atecc608::blocking::Atecc608;
use atecc608::command::{
    Aes, AesDirection, AesKey, Command, GenKeyCreate, GenKeyPublic, HmacKey, KeyTarget, Lock, LockTarget,
    MessageSource, PrivWriteClear, ReadBlock, ShaHmacStart, SignExternal, VerifyMac, VerifyStored,
    WriteBlock, WriteWord,
};
use atecc608::config::preset;
use atecc608::diagnose::{Diagnosis, Rule, Seen};
use atecc608::irreversible::{NoMoreSlotChanges, OldKeyIsLost};
use atecc608::memory::{Block, Word};
use atecc608::{PublicKeySlot, Signature, Slot, Status};
use atecc608_sim::hal::{SimDelay, SimI2c};
use atecc608_sim::{Bus, Chip};
use testkit::configurations::vendor_test;

/// What is locked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Locked {
    Nothing,
    Config,
    Both,
}

struct Thread {
    chip: Atecc608<SimI2c, SimDelay>,
    bus: Bus,
}

impl Thread {
    /// A chip with this configuration, but for its own bytes, address and locks.
    fn new(table: [u8; 128], locked: Locked, edit: impl FnOnce(&mut [u8; 128])) -> Thread {
        let mut chip = Chip::blank(15);
        let mut zone = table;
        edit(&mut zone);
        zone[..17].copy_from_slice(&chip.eeprom().config()[..17]);
        zone[86] = if locked == Locked::Both { 0 } else { 0x55 };
        zone[87] = if locked == Locked::Nothing { 0x55 } else { 0 };
        chip.eeprom_mut().set_config(&zone);
        let bus = Bus::new();
        bus.add(chip);
        Thread { chip: Atecc608::new(bus.i2c(), bus.delay()), bus }
    }

    /// The command is refused with this status; why.
    fn refused<C: Command>(&mut self, name: &str, command: &C, status: Status, seen: Seen) -> Diagnosis {
        let result = self.chip.execute(command).map(|_| ());
        assert_eq!(result.unwrap_err().status(), Some(status), "{name}");
        self.explained(name, command, seen)
    }

    fn explained<C: Command>(&mut self, name: &str, command: &C, seen: Seen) -> Diagnosis {
        let before = self.bus.with_chip(atecc608_sim::ChipId::FIRST, |chip| chip.eeprom().clone());
        let diagnosis = self.chip.diagnose(command, seen).unwrap();
        let after = self.bus.with_chip(atecc608_sim::ChipId::FIRST, |chip| chip.eeprom().config().to_vec());
        assert_eq!(before.config()[..], after, "nothing changes");
        println!("\n{name}:\n{diagnosis}");
        diagnosis
    }
}

fn slot_config(zone: &mut [u8; 128], slot: usize, config: u16, key: u16) {
    zone[20 + 2 * slot..][..2].copy_from_slice(&config.to_le_bytes());
    zone[96 + 2 * slot..][..2].copy_from_slice(&key.to_le_bytes());
}

/// MicrochipTech/cryptoauthlib#126: encrypted read of slot 5 with the key in slot 6; ReadKey was 15.
#[test]
fn another_read_key() {
    let edit = |zone: &mut [u8; 128]| slot_config(zone, 5, 0x46CF, 0x001C);
    let mut thread = Thread::new(preset::FACTORY, Locked::Both, edit);
    let read = ReadBlock(Block::data(Slot::S5, 0).unwrap());
    let said = thread.refused("#126", &read, Status::Execution, Seen::new().with_gen_dig(Slot::S6));
    assert_eq!(said.rule(), Some(Rule::OtherReadKey { slot: Slot::S5, key: Slot::S15, used: Slot::S6 }));
    assert!(said.to_string().starts_with("the read key of slot 5 is slot 15, not slot 6"));
}

/// MicrochipTech/cryptoauthlib#403: AES with a slot of the factory configuration, which has no AES key.
#[test]
fn no_slot_for_aes() {
    let mut thread = Thread::new(preset::FACTORY, Locked::Both, |_| {});
    let aes = Aes { key: AesKey::first_of(Slot::S9), direction: AesDirection::Encrypt, input: &[0; 16] };
    let said = thread.refused("#403", &aes, Status::Execution, Seen::new());
    assert_eq!(said.rule(), Some(Rule::NotAesKey { slot: Slot::S9 }));
}

/// MicrochipTech/cryptoauthlib#370: Lock of slot 0, after that of slot 12 had worked.
#[test]
fn slot_0_is_not_lockable() {
    let mut thread = Thread::new(preset::TFLXTLS, Locked::Both, |zone| zone[96] &= !0x20);
    let lock = Lock(LockTarget::Slot(Slot::S0, NoMoreSlotChanges));
    let said = thread.refused("#370", &lock, Status::Execution, Seen::new());
    assert_eq!(said.rule(), Some(Rule::NotLockable { slot: Slot::S0 }));
}

/// MicrochipTech/cryptoauthlib#65, wirenboard/atecc-util#5: GenKey on a chip whose configuration nobody locked.
#[test]
fn a_key_before_the_config_lock() {
    let mut thread = Thread::new(preset::FACTORY, Locked::Nothing, |_| {});
    let create = GenKeyCreate(KeyTarget::Slot(Slot::S0, OldKeyIsLost));
    let said = thread.refused("#65", &create, Status::Execution, Seen::new());
    assert_eq!(said.rule(), Some(Rule::ConfigUnlocked));
}

/// MicrochipTech/cryptoauthlib#25: reading and writing slot 11 before the data lock.
#[test]
fn a_read_before_the_data_lock() {
    let mut thread = Thread::new(vendor_test(), Locked::Config, |_| {});
    let read = ReadBlock(Block::data(Slot::S11, 0).unwrap());
    let said = thread.refused("#25", &read, Status::Execution, Seen::new());
    assert_eq!(said.rule(), Some(Rule::DataUnlocked));
}

/// MicrochipTech/cryptoauthlib#340: AES on a chip that is not locked is a parse error.
#[test]
fn aes_before_the_locks() {
    let edit = |zone: &mut [u8; 128]| slot_config(zone, 9, 0x8F8F, 0x0018);
    let mut thread = Thread::new(preset::FACTORY, Locked::Nothing, edit);
    let aes = Aes { key: AesKey::first_of(Slot::S9), direction: AesDirection::Encrypt, input: &[0; 16] };
    let said = thread.refused("#340", &aes, Status::Parse, Seen::new());
    assert_eq!(said.rule(), Some(Rule::ConfigUnlocked));
}

/// MicrochipTech/cryptoauthlib#33: a private key in clear after the data lock.
#[test]
fn a_private_key_in_clear() {
    let mut thread = Thread::new(vendor_test(), Locked::Both, |_| {});
    let write = PrivWriteClear { slot: Slot::S7, key: &[3; 32], old: OldKeyIsLost };
    let said = thread.refused("#33", &write, Status::Execution, Seen::new());
    assert_eq!(said.rule(), Some(Rule::PrivWrite { slot: Slot::S7 }));
}

/// MicrochipTech/cryptoauthlib#64: the last 8 bytes of a slot of 72, before the data lock and where writes are
/// encrypted after it.
#[test]
fn words_of_a_slot_that_takes_blocks() {
    let word = WriteWord(Word::data(Slot::S10, 16).unwrap(), &[0; 4]);
    for (locked, rule) in [
        (Locked::Config, Rule::WriteBlock { slot: Slot::S10 }),
        (Locked::Both, Rule::WriteWord { slot: Slot::S10 }),
    ] {
        let mut thread = Thread::new(preset::FACTORY, locked, |zone| slot_config(zone, 10, 0x4404, 0x003C));
        let said = thread.refused("#64", &word, Status::Execution, Seen::new());
        assert_eq!(said.rule(), Some(rule));
    }
}

/// MicrochipTech/cryptoauthlib#276: Verify with a MAC, the message in the digest buffer, a key with ReqRandom.
#[test]
fn a_message_from_the_digest_buffer() {
    let edit = |zone: &mut [u8; 128]| {
        slot_config(zone, 15, 0x169D, 0x0070);
        zone[90..92].copy_from_slice(&[0x02, 0x60]);
    };
    let mut thread = Thread::new(preset::FACTORY, Locked::Both, edit);
    let verify = VerifyMac::Stored(VerifyStored {
        slot: PublicKeySlot::new(Slot::S15).unwrap(),
        source: MessageSource::MessageDigest,
        signature: &Signature::from_bytes([9; 64]),
    });
    let said = thread.refused("#276", &verify, Status::Execution, Seen::new());
    assert_eq!(said.rule(), Some(Rule::RandomDigest { slot: Slot::S15 }));
}

/// wirenboard/atecc-util#8: HMAC with slot 6 (0F8F, 007C), which has ReqRandom.
#[test]
fn hmac_without_a_random_nonce() {
    let edit = |zone: &mut [u8; 128]| slot_config(zone, 6, 0x0F8F, 0x007C);
    let mut thread = Thread::new(preset::FACTORY, Locked::Both, edit);
    let said = thread.refused(
        "atecc-util#8",
        &ShaHmacStart(HmacKey::Slot(Slot::S6)),
        Status::Execution,
        Seen::new(),
    );
    assert_eq!(said.rule(), None, "what TempKey held can't be asked any more");
    assert_eq!(said.candidates(), [Rule::TempKey, Rule::Random { slot: Slot::S6 }]);
}

/// ARMmbed/mbed-os-example-atecc608a#34: a public key into slot 3, which is one for a private key.
#[test]
fn a_public_key_into_a_private_slot() {
    let edit = |zone: &mut [u8; 128]| slot_config(zone, 3, 0x2087, 0x0033);
    let mut thread = Thread::new(preset::FACTORY, Locked::Config, edit);
    let write = WriteBlock(Block::data(Slot::S3, 0).unwrap(), &[4; 32]);
    let said = thread.refused("mbed#34", &write, Status::Execution, Seen::new());
    assert_eq!(said.rule(), Some(Rule::PrivateSlot { slot: Slot::S3 }));
}

/// arduino-libraries/ArduinoECCX08#70: the public key of a slot without a key.
#[test]
fn no_key_was_made() {
    let mut thread = Thread::new(preset::FACTORY, Locked::Both, |_| {});
    let public = GenKeyPublic { slot: Slot::S1, digest: false };
    let said = thread.refused("ArduinoECCX08#70", &public, Status::Execution, Seen::new());
    assert_eq!(said.rule(), Some(Rule::NoKey { slot: Slot::S1 }));
}

/// MicrochipTech/cryptoauthlib#409: Sign with a key that needs authorisation, a CSR's digest in TempKey.
#[test]
fn a_signature_without_authorisation() {
    let edit = |zone: &mut [u8; 128]| slot_config(zone, 0, 0x2083, 0x04F3);
    let mut thread = Thread::new(preset::FACTORY, Locked::Both, edit);
    thread.bus.with_chip(atecc608_sim::ChipId::FIRST, |chip| chip.eeprom_mut().set_private_key(0, &[3; 32]));
    thread.chip.sign_digest(Slot::S0, &[7; 32]).unwrap_err();
    let sign = SignExternal { slot: Slot::S0, source: MessageSource::TempKey };
    let said = thread.explained("#409", &sign, Seen::new());
    assert_eq!(said.rule(), None);
    let authorisation = Rule::Authorisation { slot: Slot::S0, key: Slot::S4 };
    assert_eq!(said.candidates(), [Rule::TempKey, authorisation]);
}

/// The same table on a chip of another kind: an ATECC508A has neither AES nor KDF.
#[test]
fn an_older_chip() {
    let mut zone = atecc608::config::ConfigZone::from_bytes(preset::FACTORY);
    zone.set_byte(6, 0x50);
    zone.set_byte(7, 0x00);
    let aes = Aes { key: AesKey::first_of(Slot::S9), direction: AesDirection::Encrypt, input: &[0; 16] };
    let said = atecc608::diagnose::diagnose(&zone, &Seen::new(), &aes).to_string();
    assert!(said.starts_with("this chip is an ATECC508A, it has no AES"), "{said}");
}
