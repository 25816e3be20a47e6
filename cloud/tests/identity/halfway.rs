//! Certificates that were replaced half-way, at any byte.

use crate::rig::{Device, all_seats, day, issue, look_at};
use atecc608::x509::{SlotPlace, Validity};
use atecc608_cloud::identity::Unusable;
use atecc608_sim::{Bus, Chip, ChipId};

/// The 216 bytes of a seat, as they lie on the chip.
fn bytes(device: &Device, seat: usize) -> Vec<u8> {
    let places = device.seats[seat].places();
    device.bus.with_chip(ChipId::FIRST, |chip| {
        let of = |place: &SlotPlace| {
            chip.eeprom().slot(place.slot().number().into())[place.offset()..][..SlotPlace::LEN].to_vec()
        };
        places.iter().flat_map(of).collect()
    })
}

/// The same chip with other bytes in a seat.
fn with(device: &Device, seat: usize, bytes: &[u8]) -> Device {
    let mut memory = device.bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().clone());
    for (place, bytes) in device.seats[seat].places().iter().zip(bytes.chunks(SlotPlace::LEN)) {
        let (slot, at) = (place.slot().number().into(), place.offset());
        let mut contents = memory.slot(slot).to_vec();
        contents[at..at + SlotPlace::LEN].copy_from_slice(bytes);
        memory.set_slot(slot, &contents);
    }
    let bus = Bus::new();
    bus.add(Chip::with_eeprom(memory));
    Device::at(bus)
}

/// What the chip with these bytes holds in the seat.
fn found(device: &Device, seat: usize, bytes: &[u8]) -> Result<Validity, Unusable> {
    look_at(&mut with(device, seat, bytes).chip, [all_seats()[seat]]).unwrap().found(0).unwrap()
}

/// In both seats that are renewed: the first bytes are new, the others are those of before, and the other way round. It is
/// the new identity when all are new; until then the old one is first, in the other seat.
#[test]
fn at_any_byte() {
    for (old, new) in [(1, 2), (2, 1)] {
        let mut device = Device::new();
        // The seat has held a certificate before, of another key.
        device.renew(new, day(0));
        device.renew(old, day(20));
        let before = bytes(&device, new);
        let key = device.request(new);
        let pair = issue(key, device.serial(), day(40));
        device.store(new, &pair, None, day(40)).unwrap();
        let after = bytes(&device, new);
        assert_eq!((before.len(), after.len()), (216, 216));
        assert_ne!(before, after);

        for count in 0..=216 {
            for (first, last) in [(&after, &before), (&before, &after)] {
                let mixed: Vec<u8> = first[..count].iter().chain(&last[count..]).copied().collect();
                match found(&device, new, &mixed) {
                    Ok(_) => assert_eq!(mixed, after, "{count}"),
                    Err(why) => {
                        assert_ne!(mixed, after, "{count}");
                        assert!(!why.to_string().is_empty());
                    }
                }
            }
        }
        // The others don't suffer from it.
        let mixed = [&after[..40], &before[40..]].concat();
        let mut device = with(&device, new, &mixed);
        let survey = device.survey();
        assert_eq!(survey.candidates(day(40)).collect::<Vec<_>>(), [old, 0]);
        assert_eq!(survey.spare(&device.seats, old), Some(new));
    }
}

/// Each byte of what lies there counts: of the certificate, the signer's key, and the signer's certificate. The zeros around
/// a key are not looked at.
#[test]
fn any_byte_changed() {
    let mut device = Device::new();
    device.renew(1, day(0));
    let good = bytes(&device, 1);
    for (at, bit) in (0..216).map(|at| (at, at % 8)) {
        let mut bad = good.clone();
        bad[at] ^= 1 << bit;
        let padding = (72..76).contains(&at) || (108..112).contains(&at);
        assert_eq!(found(&device, 1, &bad).is_ok(), padding, "byte {at}, bit {bit}");
    }
}
