//! One bus, several devices and tasks: nobody tears another's operation.

use crate::chips;
use crate::op::Op;
use crate::wire::{Control, Wire};
use atecc608::{Address, Slot, asynch, blocking};
use atecc608_sim::chip::Outcome;
use atecc608_sim::{Bus, ChipId};
use embassy_embedded_hal::shared_bus::asynch::i2c::I2cDevice;
use embassy_futures::block_on;
use embassy_futures::join::{join, join3};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::mutex::Mutex;
use embedded_hal_bus::i2c::{MutexDevice, RefCellDevice};
use std::cell::{Cell, RefCell};
use testkit::{Locks, known_public_key, message, sha256, verifies};

/// Where the second chip is.
const SECOND: u8 = 0x35;
const ROUNDS: usize = 12;

/// Two chips with the same keys, at the usual address and at [`SECOND`].
fn two_chips() -> Bus {
    let bus = Bus::new();
    let eeprom = chips::eeprom(Op::SignDigest, Locks::Both);
    bus.add(chips::chip(&eeprom));
    let mut other = eeprom;
    let mut zone = *other.config();
    zone[16] = SECOND << 1;
    other.set_config(&zone);
    bus.add(chips::chip(&other));
    bus
}

fn second() -> Address {
    Address::from_7bit(SECOND).expect("an address")
}

/// What each round signs or hashes.
fn digest(round: usize) -> [u8; 32] {
    sha256(&round.to_le_bytes())
}

/// In the chip's log every Sign follows its own Nonce, with nothing between.
fn signs_follow_their_nonce(bus: &Bus) -> usize {
    let log = bus.with_chip(ChipId::FIRST, |chip| chip.executed().to_vec());
    let signs: Vec<usize> = (0..log.len()).filter(|index| log[*index].opcode == 0x41).collect();
    for index in &signs {
        assert_eq!((log[index - 1].opcode, log[*index].outcome), (0x16, Outcome::Data(64)));
    }
    signs.len()
}

/// Another device's driver: it talks to an address where nobody is, and to one where somebody is.
fn chatter(i2c: &mut impl embedded_hal::i2c::I2c) {
    i2c.write(0x50, &[0x01, 0x00, 0xFF]).ok();
    i2c.read(0x50, &mut [0; 4]).ok();
}

#[test]
fn blocking_with_another_device_and_another_chip() {
    let bus = two_chips();
    let shared = RefCell::new(Wire::new(&bus, &Control::default()));
    let mut chip = blocking::Atecc608::new(RefCellDevice::new(&shared), bus.delay());
    let mut other = blocking::Atecc608::new(RefCellDevice::new(&shared), bus.delay()).with_address(second());
    let mut device = RefCellDevice::new(&shared);
    for round in 0..ROUNDS {
        chatter(&mut device);
        let signature = chip.sign_digest(Slot::S2, &digest(round)).expect("first chip");
        assert!(verifies(&known_public_key(), &digest(round), &signature));
        assert_eq!(other.sha256(&message(round * 20)), Ok(sha256(&message(round * 20))));
        chatter(&mut device);
        // In the middle of a session, too.
        let signature = chip.session(|session| {
            session.execute(&atecc608::command::NonceFixed::MessageDigest(&digest(round)))?;
            chatter(&mut device);
            let source = atecc608::command::MessageSource::MessageDigest;
            session.execute(&atecc608::command::SignExternal { slot: Slot::S2, source })
        });
        assert!(verifies(&known_public_key(), &digest(round), &signature.expect("first chip")));
    }
    assert_eq!(signs_follow_their_nonce(&bus), 2 * ROUNDS);
}

#[test]
fn two_threads_with_a_chip_each() {
    let bus = two_chips();
    let shared = std::sync::Mutex::new(Wire::new(&bus, &Control::default()));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut chip = blocking::Atecc608::new(MutexDevice::new(&shared), bus.delay());
            for round in 0..ROUNDS {
                let signature = chip.sign_digest(Slot::S2, &digest(round)).expect("first chip");
                assert!(verifies(&known_public_key(), &digest(round), &signature));
            }
        });
        scope.spawn(|| {
            let chip = blocking::Atecc608::new(MutexDevice::new(&shared), bus.delay());
            let mut chip = chip.with_address(second());
            for round in 0..ROUNDS {
                let signature = chip.sign_message(Slot::S2, &message(round * 9)).expect("second chip");
                assert!(verifies(&known_public_key(), &sha256(&message(round * 9)), &signature));
            }
        });
    });
    assert_eq!(signs_follow_their_nonce(&bus), ROUNDS);
}

/// Two chips and a device on embassy's shared bus, each in a task of its own: the tasks take turns at every
/// transfer and every pause.
#[test]
fn asynchronous_with_another_device_and_another_chip() {
    let bus = two_chips();
    let shared = Mutex::<NoopRawMutex, _>::new(Wire::new(&bus, &Control::default()).yielding());
    let (done, said) = (Cell::new(0), Cell::new(0));
    let delay = || bus.delay().yielding();
    block_on(join3(
        async {
            let mut chip = asynch::Atecc608::new(I2cDevice::new(&shared), delay());
            for round in 0..ROUNDS {
                let signature = chip.sign_digest(Slot::S2, &digest(round)).await.expect("first chip");
                assert!(verifies(&known_public_key(), &digest(round), &signature));
            }
            done.set(done.get() + 1);
        },
        async {
            let chip = asynch::Atecc608::new(I2cDevice::new(&shared), delay());
            let mut chip = chip.with_address(second());
            for round in 0..ROUNDS {
                let message = message(round * 20);
                assert_eq!(chip.sha256(&message).await, Ok(sha256(&message)));
                let signature = chip.sign_message(Slot::S2, &message).await.expect("second chip");
                assert!(verifies(&known_public_key(), &sha256(&message), &signature));
            }
            done.set(done.get() + 1);
        },
        async {
            use embedded_hal_async::{delay::DelayNs, i2c::I2c};
            let (mut device, mut pause) = (I2cDevice::new(&shared), delay());
            while done.get() < 2 {
                device.write(0x50, &[0x01, 0x00, 0xFF]).await.ok();
                device.read(0x50, &mut [0; 4]).await.ok();
                pause.delay_us(700).await;
                said.set(said.get() + 1);
            }
        },
    ));
    println!("the other device spoke {} times", said.get());
    assert!(said.get() > 3 * ROUNDS, "{}", said.get());
    assert_eq!(signs_follow_their_nonce(&bus), ROUNDS);
}

/// One chip behind a mutex: whoever has it finishes an operation before the other begins.
#[test]
fn two_tasks_with_one_chip() {
    let bus = two_chips();
    let wire = Wire::new(&bus, &Control::default()).yielding();
    let chip = Mutex::<NoopRawMutex, _>::new(asynch::Atecc608::new(wire, bus.delay().yielding()));
    let (mut turns, changes, last) = ([0, 0], Cell::new(0), Cell::new(2));
    let (left, right) = turns.split_at_mut(1);
    let task = async |number: usize, turns: &mut i32| {
        for round in 0..ROUNDS {
            let signature = chip.lock().await.sign_digest(Slot::S2, &digest(round)).await.expect("the chip");
            assert!(verifies(&known_public_key(), &digest(round), &signature));
            let message = message(round * 17 + number);
            assert_eq!(chip.lock().await.sha256(&message).await, Ok(sha256(&message)));
            changes.set(changes.get() + usize::from(last.replace(number) != number));
            *turns += 1;
            // The mutex is not fair: whoever just gave it back would have it again.
            embassy_futures::yield_now().await;
        }
    };
    block_on(join(task(0, &mut left[0]), task(1, &mut right[0])));
    assert_eq!(turns, [ROUNDS as i32; 2]);
    assert!(changes.get() > ROUNDS, "the tasks took turns: {}", changes.get());
    assert_eq!(signs_follow_their_nonce(&bus), 2 * ROUNDS);
}
