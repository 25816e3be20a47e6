//! Programs that send bytes of their own.

use std::panic::{self, AssertUnwindSafe};

use atecc608::Address;
use atecc608_linux::{Failure, SharedChip};
use atecc608_sim::chip::PowerState;
use atecc608_sim::{Bus, ChipId};
use embedded_hal::delay::DelayNs as _;
use embedded_hal::i2c::I2c as _;

fn asleep(bus: &Bus) -> bool {
    let now = bus.now();
    bus.with_chip(ChipId::FIRST, |chip| chip.state(now)) == PowerState::Asleep
}

#[test]
fn they_have_the_bus_for_a_session_after_which_the_chip_sleeps() {
    let bus = Bus::with_blank_chip(1);
    let chip = SharedChip::on_simulator(&bus, Address::default());
    chip.serial_number().unwrap();
    let (answer, waited) = chip
        .with_bus(|wires, delay, clock| -> Result<_, Failure> {
            let nobody = wires.write(0x00, &[]).unwrap_err();
            assert_eq!(nobody.name(), "NoAcknowledge(Address)");
            let before = clock();
            delay.delay_us(1_500);
            let waited = clock() - before;
            let mut answer = [0; 4];
            wires.read(0x60, &mut answer).map_err(|error| Failure::Other(Box::new(error)))?;
            assert!(!asleep(&bus));
            Ok((answer, waited))
        })
        .unwrap();
    assert_eq!((answer, waited), ([0x04, 0x11, 0x33, 0x43], 1_500_000));
    assert!(asleep(&bus));
    // The driver takes nothing for known.
    chip.serial_number().unwrap();
}

#[test]
fn a_panic_ends_the_session_too() {
    let bus = Bus::with_blank_chip(1);
    let chip = SharedChip::on_simulator(&bus, Address::default());
    let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
        chip.with_bus(|wires, delay, _| -> Result<(), Failure> {
            wires.write(0x00, &[]).unwrap_err();
            delay.delay_us(1_500);
            panic!("in the middle");
        })
    }));
    assert!(panicked.is_err() && asleep(&bus));
    chip.serial_number().unwrap();
}
