//! The supply fails, or the chip is pulled out, at each transaction of a renewal.

use crate::rig::{CSR, Device, Pair, all_seats, day, issue, requested_key, write};
use atecc608::blocking::Atecc608;
use atecc608::irreversible::OldKeyIsLost;
use atecc608_cloud::identity::request;
use atecc608_sim::hal::{I2cError, SimI2c};
use atecc608_sim::{Bus, Chip, ChipId};
use embassy_futures::block_on;
use embedded_hal::i2c::{ErrorType, I2c, Operation};

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    /// The chip loses its supply for a moment. The microcontroller goes on.
    Chip,
    /// The chip is pulled out.
    PulledOut,
}

/// A bus on which it happens before the transaction of this number, the first being 0.
struct Troubled {
    inner: SimI2c,
    bus: Bus,
    left: Option<usize>,
    trouble: Trouble,
}

impl ErrorType for Troubled {
    type Error = I2cError;
}

impl I2c for Troubled {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        match self.left {
            Some(0) => {
                match self.trouble {
                    Trouble::Chip => self.bus.power_cycle(),
                    Trouble::PulledOut => drop(self.bus.remove(ChipId::FIRST)),
                }
                self.left = None;
            }
            Some(left) => self.left = Some(left - 1),
            None => {}
        }
        self.inner.transaction(address, operations)
    }
}

/// A renewal that stops at the first error, as when the device restarts.
fn renewal(device: &Device, pair: &Pair, at: usize, trouble: Trouble) -> Result<(), String> {
    let i2c = Troubled { inner: device.bus.i2c(), bus: device.bus.clone(), left: Some(at), trouble };
    let mut chip = Atecc608::new(i2c, device.bus.delay());
    write(&mut chip, 2, pair, None, day(40)).map(drop).map_err(|error| error.to_string())
}

/// The certificates: wherever it is cut, the device has the old identity or the new one, and the renewal can go on. Every
/// third transaction: most are polls.
#[test]
fn at_any_transaction_of_storing() {
    let mut first = Device::new();
    first.renew(1, day(20));
    let key = first.request(2);
    let pair = issue(key, first.serial(), day(40));
    let memory = first.bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().clone());
    let fresh = || {
        let bus = Bus::new();
        bus.add(Chip::with_eeprom(memory.clone()));
        Device::at(bus)
    };
    let all = transactions(&fresh(), &pair);

    for trouble in [Trouble::Chip, Trouble::PulledOut] {
        let (mut cut, mut done) = (0, 0);
        for at in (0..=all).step_by(3) {
            let mut device = fresh();
            let result = renewal(&device, &pair, at, trouble);
            let order = match trouble {
                Trouble::Chip => device.survey().candidates(day(40)).collect(),
                // What it held is gone with it.
                Trouble::PulledOut if result.is_ok() => vec![2, 1, 0],
                Trouble::PulledOut => {
                    device.bus.add(Chip::with_eeprom(memory.clone()));
                    vec![1, 0]
                }
            };
            match &result {
                // The driver begins again after a short loss of supply where that does no harm.
                Ok(()) => {
                    assert_eq!(order, [2, 1, 0], "{trouble:?} {at}");
                    done += 1;
                }
                Err(_) => {
                    assert!(order == [1, 0] || order == [2, 1, 0], "{trouble:?} {at}: {order:?}");
                    cut += 1;
                    if cut % 8 == 0 {
                        device.store(2, &pair, None, day(40)).unwrap();
                        assert_eq!(device.survey().candidates(day(40)).next(), Some(2), "{trouble:?} {at}");
                    }
                }
            }
        }
        assert!(cut > 20, "{trouble:?}: {cut} cut, {done} done");
        println!("{trouble:?}: {cut} cut, {done} done all the same, of {all} transactions");
    }
}

/// How many a renewal has.
fn transactions(device: &Device, pair: &Pair) -> usize {
    let i2c = Troubled {
        inner: device.bus.i2c(),
        bus: device.bus.clone(),
        left: Some(usize::MAX),
        trouble: Trouble::Chip,
    };
    let mut chip = Atecc608::new(i2c, device.bus.delay());
    write(&mut chip, 2, pair, None, day(40)).unwrap();
    usize::MAX - chip.release().0.left.unwrap()
}

/// The new key: the certificate in use is not touched by it, and a new request can be made.
#[test]
fn at_any_transaction_of_asking() {
    let mut first = Device::new();
    first.renew(1, day(20));
    first.renew(2, day(10));
    let memory = first.bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().clone());
    let mut cut = 0;
    // Every second transaction: most are polls.
    for at in (0..).step_by(2) {
        let bus = Bus::new();
        bus.add(Chip::with_eeprom(memory.clone()));
        let mut device = Device::at(bus);
        let i2c = Troubled {
            inner: device.bus.i2c(),
            bus: device.bus.clone(),
            left: Some(at),
            trouble: Trouble::Chip,
        };
        let mut chip = Atecc608::new(i2c, device.bus.delay());
        let mut buffer = [0; 512];
        let asked = block_on(request(&mut chip, &all_seats()[2], None, &CSR, OldKeyIsLost, &mut buffer));
        let asked = asked.map(requested_key);
        let over = chip.release().0.left.is_some();
        let order: Vec<_> = device.survey().candidates(day(40)).collect();
        // The old key is gone, or it is not yet.
        assert!(order == [1, 0] || order == [1, 2, 0], "{at}: {order:?}");
        match asked {
            Ok(key) => assert_eq!(device.chip.public_key(device.seats[2].key()), Ok(key), "{at}"),
            Err(_) => cut += 1,
        }
        if at % 16 == 0 || over {
            device.renew(2, day(40));
            assert_eq!(device.survey().candidates(day(40)).next(), Some(2), "{at}");
        }
        if over {
            assert_eq!(asked.map(drop), Ok(()));
            break;
        }
    }
    assert!(cut > 10, "{cut}");
}
