//! Supply, watchdog, clock, wake pulses.

use super::rig::{Bare, Rig};
use super::{Atecc608, SdaPulse};
use atecc608::irreversible::OldKeyIsLost;
use atecc608::{Address, Error, ErrorKind, Slot, Status};
use atecc608::{
    command::{InfoState, NonceFixed, Tests},
    wire::Opcode,
};
use atecc608_sim::chip::Timing;
use atecc608_sim::{Chip, ChipId};
use testkit::hook::{Hook, HookDelay};
use testkit::{Failure, Locks, answered, known_public_key, sign_outside, verifies};

const DIGEST: [u8; 32] = [0xD1; 32];

/// At 400 kHz the zero byte is low for 20 us, which wakes no chip (chip reference 1.3).
#[test]
fn a_zero_byte_is_too_short_at_400_khz() {
    let mut rig = Rig::workbench(Locks::Both);
    rig.bus.set_clock_hz(400_000);
    let nobody: Failure = Error::without_command(ErrorKind::NoDevice(testkit::NACK));
    assert_eq!(op!(rig.revision()), Err(nobody));
    assert_eq!(op!(rig.sign_digest(Slot::S2, &DIGEST)), Err(nobody));
    assert!(rig.executed().is_empty());
    rig.bus.set_clock_hz(133_000);
    op!(rig.revision()).expect("the fastest clock that wakes it");
}

#[test]
fn a_pulse_on_sda_wakes_at_any_clock() {
    for hz in [10_000, 100_000, 400_000, 1_000_000] {
        let Rig { chip, bus, .. } = Rig::workbench(Locks::Both);
        bus.set_clock_hz(hz);
        bus.with_chip(ChipId::FIRST, |chip| {
            let mut zone = *chip.eeprom().config();
            zone[16] = 0x35 << 1;
            chip.eeprom_mut().set_config(&zone);
        });
        let pulse = SdaPulse(bus.sda_pin());
        let mut chip = chip.with_address(Address::from_7bit(0x35).unwrap()).with_wake(pulse);
        for _ in 0..3 {
            let signature = go!(chip.sign_digest(Slot::S2, &DIGEST)).unwrap();
            assert!(verifies(&known_public_key(), &DIGEST, &signature), "{hz}");
            assert_eq!(go!(chip.public_key(Slot::S2)), Ok(known_public_key()), "{hz}");
        }
    }
}

/// Every clock divider (chip reference 3.1) of fast and slow chips.
#[test]
fn slow_and_fast_chips() {
    for (mode, percent) in [(0x00, 1), (0x00, 100), (0x28, 40), (0x28, 100), (0x68, 40), (0x68, 100)] {
        let rig = Rig::workbench_but(Locks::Both, |zone| zone[19] = mode);
        let mut timing = Timing::default();
        timing.percent = percent;
        let mut rig = Rig::of(Chip::with_eeprom(rig.eeprom()).with_timing(timing));
        let signature = op!(rig.sign_digest(Slot::S2, &DIGEST)).unwrap();
        assert_eq!(op!(rig.verify(&known_public_key(), &DIGEST, &signature)), Ok(()), "{mode:02X} {percent}");
        let key = op!(rig.generate_key(Slot::S2, OldKeyIsLost)).unwrap();
        assert_eq!(op!(rig.public_key(Slot::S2)), Ok(key), "{mode:02X} {percent}");
        assert_eq!(op!(rig.sha256(&[7; 300])), Ok(testkit::sha256(&[7; 300])));
        // The slowest chip's watchdog is shorter than its self test.
        let tested = op!(rig.self_test(Tests::all()));
        match mode {
            0x68 => assert_eq!(tested, Err(answered(Opcode::SelfTest, Status::Watchdog))),
            _ => assert_eq!(tested, Ok(Tests::empty()), "{mode:02X} {percent}"),
        }
    }
}

/// The caller dawdles in a session: the chip sleeps by its watchdog, the session says so, the next works.
#[test]
fn asleep_by_watchdog_in_the_middle() {
    // At 400 kHz the address byte that finds the chip asleep does not wake it (chip reference 1.3).
    for hz in [100_000, 400_000] {
        let rig = Rig::workbench(Locks::Both);
        rig.bus.set_clock_hz(hz);
        let bus = rig.bus.clone();
        let mut rig = Bare { chip: rig.chip.with_wake(SdaPulse(bus.sda_pin())) };
        let result = session!(rig, |chip| {
            wait!(chip.execute(&NonceFixed::TempKey(&[1; 32])))?;
            bus.advance(2_000_000_000);
            wait!(chip.execute(&InfoState))
        });
        assert_eq!(result, Err(Error::new(Opcode::Info, ErrorKind::Reset)), "{hz}");
        let signature = op!(rig.sign_digest(Slot::S2, &DIGEST)).unwrap();
        assert!(verifies(&known_public_key(), &DIGEST, &signature));
    }
}

/// The supply fails at any moment of a signature: an error, or the right signature; the next is right.
#[test]
fn a_power_cut_at_any_moment() {
    let mut failed = 0;
    for pauses in 0..60 {
        let mut rig = Rig::workbench(Locks::Both);
        rig.hook.after_pauses(pauses, |bus| bus.power_cycle());
        let before = rig.bus.now();
        match go!(rig.chip.sign_digest(Slot::S2, &DIGEST)) {
            Ok(signature) => assert!(verifies(&known_public_key(), &DIGEST, &signature), "{pauses}"),
            Err(error) => {
                failed += 1;
                let expected = matches!(
                    error.kind,
                    ErrorKind::Timeout(_) | ErrorKind::Bus(_) | ErrorKind::Reset | ErrorKind::NoDevice(_)
                );
                assert!(expected, "{pauses}: {error:?}");
            }
        }
        // The bound of Sign at the slowest clock, and what is around it.
        assert!(rig.bus.now() - before < 900_000_000, "{pauses}");
        rig.hook.clear();
        let signature = op!(rig.sign_digest(Slot::S2, &[pauses as u8; 32])).unwrap();
        assert!(verifies(&known_public_key(), &[pauses as u8; 32], &signature), "{pauses}");
    }
    assert!(failed > 10, "{failed}");
}

/// The supply dips while the chip works and someone's traffic wakes it: it gives its wake response again.
#[test]
fn a_reset_in_the_middle() {
    let signature = sign_outside(&DIGEST);
    // The pauses after the wake pulse and those for the two commands' answers.
    for (pauses, command) in [(1, Opcode::Nonce), (60, Opcode::Verify)] {
        let mut rig = Rig::workbench(Locks::Both).settled();
        rig.hook.after_pauses(pauses, |bus| {
            bus.power_cycle();
            bus.advance(200_000);
            bus.hold_sda_low(80_000);
        });
        let result = op!(rig.verify(&known_public_key(), &DIGEST, &signature));
        assert_eq!(result, Err(Error::new(command, ErrorKind::Reset)));
        assert_eq!(op!(rig.verify(&known_public_key(), &DIGEST, &signature)), Ok(()));
    }
}

/// A bus that does not move is an error of its own.
#[test]
fn sda_stuck_low() {
    let mut rig = Rig::workbench(Locks::Both);
    rig.bus.inject(atecc608_sim::Fault::SdaStuck { duration: 5_000_000_000 });
    let failure: Failure = go!(rig.chip.revision()).unwrap_err();
    assert!(matches!(failure.kind, ErrorKind::Bus(_)), "{failure:?}");
    rig.bus.advance(5_000_000_000);
    op!(rig.revision()).unwrap();
}

#[test]
fn bus_and_delay_are_given_back() {
    let Rig { mut chip, bus, .. } = Rig::workbench(Locks::Both);
    go!(chip.execute(&NonceFixed::TempKey(&[1; 32]))).unwrap();
    let (i2c, _) = chip.release();
    let mut chip = Atecc608::new(i2c, HookDelay::new(&bus, &Hook::default()));
    assert!(!go!(chip.execute(&InfoState)).unwrap().temp_key_valid);
}
