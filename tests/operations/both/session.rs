//! Several commands in one go, and every command type through `execute`.

use super::rig::{Rig, opcodes};
use atecc608::command::raw::RawCommand;
use atecc608::command::*;
use atecc608::irreversible::{
    ByteIsFixed, CountIsSpent, NoMoreFreeDataWrites, NoMoreSlotChanges, OldKeyIsLost,
};
use atecc608::memory::{Block, Word};
use atecc608::wire::{Opcode, Reply};
use atecc608::{LowPower, PublicKeySlot, Slot, Status};
use atecc608_sim::Chip;
use atecc608_sim::chip::{PowerState, Timing};
use testkit::{Failure, Locks, answered, known_public_key, message, refused, sha256, sign_outside, verifies};

const DIGEST: [u8; 32] = [0xD1; 32];

/// SN[8] and SN[0:1], as hashed messages contain them.
fn serial_parts(rig: &Rig) -> [u8; 3] {
    let zone = *rig.eeprom().config();
    [zone[12], zone[0], zone[1]]
}

/// The public key's digest in TempKey and a statement about it, computed here as chip reference 5.7 and
/// 5.21 say.
#[test]
fn nonce_then_digest_then_internal_signature() {
    let mut rig = Rig::workbench(Locks::Both);
    let start = [0x5E; 32];
    let result = session!(rig, |chip| {
        wait!(chip.execute(&NonceFixed::TempKey(&start)))?;
        let key = wait!(chip.execute(&GenKeyPublic { slot: Slot::S2, digest: true }))?;
        let state = wait!(chip.execute(&InfoState))?;
        let sign = SignInternal { slot: Slot::S2, include_serial: false, for_invalidate: false };
        Ok((key, state, wait!(chip.execute(&sign))?, wait!(chip.execute(&InfoState))?))
    });
    let (key, state, signature, after) = result.unwrap();
    assert_eq!(rig.executed(), [0x16, 0x40, 0x30, 0x41, 0x30]);
    assert_eq!(key, known_public_key());
    assert!(state.temp_key_valid && state.temp_key_from_input && state.gen_key_data);
    assert_eq!((state.temp_key_slot, state.gen_dig_data, state.auth_valid), (Slot::S2, false, false));
    assert!(!after.temp_key_valid, "Sign consumes it");

    let serial = serial_parts(&rig);
    let temp_key =
        sha256(&[&start[..], &[0x40, 0x08, 0x02, 0x00], &serial, &[0; 25], key.as_bytes()].concat());
    let statement = [
        &temp_key[..],
        &[0x41, 0x00, 0x02, 0x00, 0x87, 0x20, 0x13, 0x00, 0x52, 0, 0, serial[0]],
        &[0, 0, 0, 0, serial[1], serial[2], 0, 0, 1, 0, 0],
    ];
    assert!(verifies(&key, &sha256(&statement.concat()), &signature));
}

#[test]
fn internal_signatures_need_the_data_zone_locked() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        let sign = SignInternal { slot: Slot::S2, include_serial: true, for_invalidate: false };
        let result = session!(rig, |chip| {
            wait!(chip.execute(&NonceFixed::TempKey(&[1; 32])))?;
            wait!(chip.execute(&GenKeyDigest {
                slot: PublicKeySlot::new(Slot::S11).unwrap(),
                other_data: [0; 3]
            }))?;
            wait!(chip.execute(&sign))
        });
        match locks {
            Locks::Nothing => assert_eq!(result.unwrap_err(), refused(Opcode::GenKey)),
            Locks::Config => assert_eq!(result.unwrap_err(), refused(Opcode::Sign)),
            Locks::Both => drop(result.unwrap()),
        }
    }
}

#[test]
fn random_nonce() {
    let mut rig = Rig::workbench(Locks::Both);
    let num_in = [0x20; 20];
    let nonce = |source| NonceRandom { num_in: &num_in, seed: Seed::Update, source };
    let result = session!(rig, |chip| {
        let random = wait!(chip.execute(&nonce(RandomSource::Generator)))?;
        let state = wait!(chip.execute(&InfoState))?;
        let second = wait!(chip.execute(&nonce(RandomSource::TempKey)))?;
        let sign = SignExternal { slot: Slot::S2, source: MessageSource::TempKey };
        Ok((random, state, second, wait!(chip.execute(&sign))?))
    });
    let (random, state, second, signature) = result.unwrap();
    assert!(state.temp_key_valid && !state.temp_key_from_input);
    let first = sha256(&[&random[..], &num_in, &[0x16, 0x00, 0x00]].concat());
    assert_eq!(second, sha256(&[&first[..], &num_in, &[0x16, 0x00, 0x00]].concat()));
    assert!(verifies(&known_public_key(), &second, &signature), "signed what TempKey holds");
}

/// The other registers and message sources.
#[test]
fn registers() {
    let mut rig = Rig::workbench(Locks::Both);
    let (key, slot) = (known_public_key(), PublicKeySlot::new(Slot::S15).unwrap());
    let long: [u8; 64] = core::array::from_fn(|i| i as u8);
    let (low, hashed) = (long[..32].try_into().unwrap(), sha256(&message(64 + 5)));
    let [of_low, of_hash] = [&low, &hashed].map(sign_outside);
    let result = session!(rig, |chip| {
        use MessageSource::{MessageDigest, TempKey};
        wait!(chip.execute(&NonceFixed::TempKey64(&long)))?;
        wait!(chip.execute(&VerifyStored { signature: &of_low, slot, source: TempKey }))?;
        wait!(chip.execute(&NonceFixed::MessageDigest64(&long)))?;
        wait!(chip.execute(&NonceFixed::AlternateKey(&DIGEST)))?;
        wait!(chip.execute(&VerifyExternal { signature: &of_low, key: &key, source: MessageDigest }))?;
        wait!(chip.execute(&ShaStart))?;
        wait!(chip.execute(&ShaUpdate::new(&message(69)[..64]).unwrap()))?;
        let end = message(69);
        let digest = wait!(chip.execute(&ShaEnd::new(&end[64..], ShaTarget::TempKey).unwrap()))?;
        wait!(chip.execute(&VerifyExternal { signature: &of_hash, key: &key, source: TempKey }))?;
        // TempKey is used up.
        let again = wait!(chip.execute(&VerifyExternal { signature: &of_hash, key: &key, source: TempKey }));
        Ok((digest, again))
    });
    assert_eq!(result, Ok((hashed, Err(refused(Opcode::Verify)))));
}

#[test]
fn memory_counters_and_keys() {
    let mut rig = Rig::workbench(Locks::Config);
    let block = [0xB1; 32];
    op!(rig.execute(&WriteBlock(Block::data(Slot::S12, 1).unwrap(), &block))).unwrap();
    op!(rig.execute(&WriteBlock(Block::otp(1).unwrap(), &block))).unwrap();
    let word = WriteWord(Word::data(Slot::S12, 3).unwrap(), &[1, 2, 3, 4]);
    assert_eq!(op!(rig.execute(&word)), Err(refused(Opcode::Write)), "blocks only");
    op!(rig.execute(&Lock(LockTarget::Slot(Slot::S12, NoMoreSlotChanges)))).unwrap();
    op!(rig.execute(&Lock(LockTarget::Data(Summary::Unchecked, NoMoreFreeDataWrites)))).unwrap();
    let word = WriteWord(Word::data(Slot::S13, 3).unwrap(), &[1, 2, 3, 4]);
    op!(rig.execute(&word)).unwrap();
    assert_eq!(rig.eeprom().slot(13)[12..16], [1, 2, 3, 4]);
    assert_eq!(op!(rig.execute(&ReadBlock(Block::data(Slot::S12, 1).unwrap()))), Ok(block));
    assert_eq!(op!(rig.execute(&ReadWord(Word::otp(15).unwrap()))), Ok([0xB1; 4]));
    assert_eq!(op!(rig.execute(&ReadWord(Word::config(1).unwrap()))), Ok([0, 0, 0x60, 2]));

    assert_eq!(op!(rig.execute(&CounterIncrement(CounterId::Counter1, CountIsSpent))), Ok(1));
    assert_eq!(op!(rig.execute(&CounterRead(CounterId::Counter1))), Ok(1));
    op!(rig.execute(&UseKey(Slot::S0, CountIsSpent))).unwrap();
    op!(rig.execute(&UseKey(Slot::S2, CountIsSpent))).unwrap();
    assert_eq!(op!(rig.execute(&CounterRead(CounterId::Counter0))), Ok(1), "slot 0 has limited use, 2 not");

    op!(rig.execute(&UpdateExtra { byte: ExtraByte::UserExtra, value: 9, fixed: ByteIsFixed })).unwrap();
    assert_eq!(rig.config().user_extra(), 9);
    assert_eq!(op!(rig.execute(&SelfTest(Tests::SHA))), Ok(Tests::empty()));
    assert_eq!(op!(rig.execute(&InfoRevision)), Ok(Revision([0, 0, 0x60, 2])));
    assert_eq!(op!(rig.execute(&InfoKeyValid(Slot::S7))), Ok(false));
    let key = op!(rig.execute(&GenKeyCreate(KeyTarget::Slot(Slot::S7, OldKeyIsLost)))).unwrap();
    assert_eq!(op!(rig.execute(&InfoKeyValid(Slot::S7))), Ok(true));
    assert_eq!(op!(rig.execute(&GenKeyPublic { slot: Slot::S7, digest: false })), Ok(key));
    op!(rig.execute(&GenKeyCreate(KeyTarget::TempKey))).unwrap();
    let no_temp_key = op!(rig.execute(&GenKeyCreate(KeyTarget::SlotWithDigest(Slot::S7, OldKeyIsLost))));
    assert_eq!(no_temp_key, Err(refused(Opcode::GenKey)), "the chip slept in between");
    assert_eq!(op!(rig.execute(&Random(Seed::Keep))).unwrap().len(), 32);
}

#[test]
fn raw_commands() {
    let mut rig = Rig::blank();
    let info = RawCommand::new(Opcode::Info, 0x00, 0, &[], Reply::Data(4));
    assert_eq!(op!(rig.execute(&info)).unwrap()[..], [0, 0, 0x60, 2]);
    let word = RawCommand::new(Opcode::Write, 0x00, 5, &[0x83, 0, 0x87, 0x20], Reply::Status);
    assert!(op!(rig.execute(&word)).unwrap().is_empty());
    assert_eq!(rig.eeprom().config()[20..24], [0x83, 0, 0x87, 0x20]);
    // Illegal modes and lengths are for the chip to refuse.
    let mode = RawCommand::new(Opcode::Info, 0x09, 0, &[], Reply::Data(4));
    assert_eq!(op!(rig.execute(&mode)), Err(answered(Opcode::Info, Status::Parse)));
    let length = RawCommand::new(Opcode::Write, 0x00, 5, &[1, 2, 3], Reply::Status);
    assert_eq!(op!(rig.execute(&length)), Err(answered(Opcode::Write, Status::Parse)));
    let too_long = RawCommand::new(Opcode::Write, 0x00, 5, &[0; 149], Reply::Status);
    let kind = atecc608::ErrorKind::Argument(atecc608::Argument::TooLong);
    rig.log();
    assert_eq!(op!(rig.execute(&too_long)), Err(Failure::new(Opcode::Write, kind)));
    assert!(rig.executed().is_empty());
}

#[test]
fn an_error_of_the_caller_ends_the_session() {
    let mut rig = Rig::blank();
    let own = answered(Opcode::Mac, Status::from_byte(0x42));
    let result: Result<(), Failure> = session!(rig, |chip| {
        wait!(chip.execute(&InfoRevision))?;
        Err(own)
    });
    assert_eq!(result, Err(own));
    assert_eq!(rig.executed(), opcodes(&[Opcode::Info]));
    op!(rig.revision()).unwrap();
}

/// Seconds of commands in one session: the watchdog is kept away, TempKey is kept.
#[test]
fn long_sessions_outlive_the_watchdog() {
    let timings: [fn(&mut Timing); 5] = [
        |_| {},
        |timing| timing.percent = 100,
        // The shortest that the chip reference allows.
        |timing| timing.watchdog = 700_000_000,
        // The same for a chip that never says 0xEE.
        |timing| (timing.watchdog, timing.watchdog_margin) = (700_000_000, 0),
        // Shorter: the chip says 0xEE, the driver restarts the watchdog and sends again.
        |timing| timing.watchdog = 200_000_000,
    ];
    for change in timings {
        let mut timing = Timing::default();
        change(&mut timing);
        let rig = Rig::workbench(Locks::Both);
        let mut rig = Rig::of(Chip::with_eeprom(rig.eeprom()).with_timing(timing));
        let (key, signature) = (known_public_key(), sign_outside(&DIGEST));
        let source = MessageSource::MessageDigest;
        let result = session!(rig, |chip| {
            wait!(chip.execute(&NonceFixed::TempKey(&[7; 32])))?;
            wait!(chip.execute(&NonceFixed::MessageDigest(&DIGEST)))?;
            for _ in 0..60 {
                wait!(chip.execute(&VerifyExternal { signature: &signature, key: &key, source }))?;
            }
            wait!(chip.execute(&InfoState))
        });
        assert!(result.unwrap().temp_key_valid);
        assert_eq!(rig.succeeded().len(), 63, "each once");
        assert!(rig.bus.now() > 2_000_000_000);
    }
}

/// A long message: SHA's context outlives the watchdog, too.
#[test]
fn a_long_message() {
    let mut rig = Rig::workbench(Locks::Both);
    let message = message(20_000);
    assert_eq!(op!(rig.sha256(&message)), Ok(sha256(&message)));
    let signature = op!(rig.sign_message(Slot::S2, &message)).unwrap();
    assert!(verifies(&known_public_key(), &sha256(&message), &signature));
}

/// What the chip keeps between two operations, failed ones included.
#[test]
fn idle_or_sleep() {
    for (low_power, power, kept) in
        [(LowPower::Sleep, PowerState::Asleep, false), (LowPower::Idle, PowerState::Idle, true)]
    {
        let mut rig = Rig::workbench(Locks::Both).with_low_power(low_power);
        op!(rig.execute(&NonceFixed::TempKey(&[7; 32]))).unwrap();
        assert_eq!(rig.state(), power);
        rig.bus.advance(5_000_000_000);
        assert_eq!(op!(rig.execute(&InfoState)).unwrap().temp_key_valid, kept, "{low_power:?}");
        assert_eq!(op!(rig.lock_slot(Slot::S6, NoMoreSlotChanges)), Err(refused(Opcode::Lock)));
        assert_eq!(rig.state(), power);
        assert_eq!(op!(rig.execute(&InfoState)).unwrap().temp_key_valid, kept, "{low_power:?}");
    }
}
