//! What is not written, and the words for it.

use crate::rig::{CSR, Device, Pair, Refused, day, issue, issue_by};
use atecc608::Slot;
use atecc608::irreversible::OldKeyIsLost;
use atecc608::x509::Error;
use atecc608_cloud::identity::{RenewalError, Unusable, request};
use atecc608_sim::ChipId;
use embassy_futures::block_on;
use testkit::fleet;

/// A device in its second seat, a key in the third, and the certificate for it.
fn ready() -> (Device, Pair) {
    let mut device = Device::new();
    device.renew(1, day(0));
    let key = device.request(2);
    let pair = issue(key, device.serial(), day(20));
    (device, pair)
}

/// It is refused, nothing was written, and the right one is taken then.
fn refused(mut device: Device, wrong: &Pair, right: &Pair, at: u64) -> Refused {
    let memory = |device: &Device| {
        device.bus.with_chip(ChipId::FIRST, |chip| {
            let slots: Vec<_> = (0..16).map(|slot| chip.eeprom().slot(slot).to_vec()).collect();
            (*chip.eeprom().config(), slots)
        })
    };
    let before = memory(&device);
    let current = device.survey().in_use(&device.seats, 1);
    let error = device.store(2, wrong, current, day(at)).unwrap_err();
    assert!(memory(&device) == before, "{error}: something was written");
    assert_eq!(device.survey().candidates(day(20)).collect::<Vec<_>>(), [1, 0]);
    device.store(2, right, current, day(20)).unwrap();
    assert_eq!(device.survey().candidates(day(20)).collect::<Vec<_>>(), [2, 1, 0]);
    error
}

#[test]
fn wrong_clock() {
    for at in [0, 19, 20 + 366, 5000] {
        let (device, pair) = ready();
        let error = refused(device, &pair, &pair, at);
        assert!(matches!(error, RenewalError::NotInDate { .. }), "{error}");
        assert!(error.to_string().contains("is the clock right"), "{error}");
    }
}

#[test]
fn not_newer() {
    let (mut device, pair) = ready();
    let key = device.chip.public_key(device.seats[2].key()).unwrap();
    let old = issue(key, device.serial(), day(0));
    let error = refused(device, &old, &pair, 20);
    assert!(matches!(error, RenewalError::NotNewer { .. }), "{error}");
    assert!(error.to_string().contains("not newer than the one in use"), "{error}");
}

#[test]
fn the_answer_to_another_request() {
    let (mut device, pair) = ready();
    let key = device.chip.public_key(device.seats[1].key()).unwrap();
    let other = issue(key, device.serial(), day(20));
    let error = refused(device, &other, &pair, 20);
    assert_eq!(error, RenewalError::OtherKey);
    assert!(error.to_string().contains("is it the answer to the last request?"), "{error}");
}

#[test]
fn not_the_templates() {
    let (mut device, pair) = ready();
    let key = device.chip.public_key(device.seats[2].key()).unwrap();
    // Another chip's number is in its name.
    let mut serial = device.serial().0;
    serial[4] ^= 1;
    let other = issue(key, serial.into(), day(20));
    let error = refused(device, &other, &pair, 20);
    assert!(matches!(error, RenewalError::Certificate(_)), "{error}");
    assert!(error.to_string().contains("can't be kept on the chip"), "{error}");

    let (device, pair) = ready();
    let garbage = Pair { device: pair.device[..200].to_vec(), ..pair.clone() };
    let error = refused(device, &garbage, &pair, 20);
    assert!(matches!(error, RenewalError::Certificate(Error::Malformed { .. })), "{error:?}");
}

/// The chip's Verify finds it out when it is read back. The one in use is untouched.
#[test]
fn signed_by_somebody_else() {
    let (mut device, pair) = ready();
    let key = device.chip.public_key(device.seats[2].key()).unwrap();
    let false_one = issue_by(&mut fleet::other(), *fleet::SIGNER_KEY, key, device.serial(), day(20));
    let current = device.survey().in_use(&device.seats, 1);
    let error = device.store(2, &false_one, current, day(20)).unwrap_err();
    assert_eq!(error, RenewalError::NotWritten(Unusable::Certificate(Error::NotVerified)));
    assert_eq!(device.survey().candidates(day(20)).collect::<Vec<_>>(), [1, 0]);
    device.store(2, &pair, current, day(20)).unwrap();
}

#[test]
fn the_first_identity_is_for_ever() {
    let (mut device, pair) = ready();
    assert_eq!(device.store(0, &pair, None, day(20)).unwrap_err(), RenewalError::Fixed);
    let seat = device.seats[0];
    let mut buffer = [0; 512];
    let error =
        block_on(request(&mut device.chip, &seat, None, &CSR, OldKeyIsLost, &mut buffer)).unwrap_err();
    assert_eq!(error, RenewalError::Fixed);
    assert!(error.to_string().contains("renew in another one"), "{error}");
}

/// Whatever seat a program takes: the key and the certificate in use are not touched.
#[test]
fn the_identity_in_use() {
    let (mut device, _) = ready();
    let survey = device.survey();
    let (seats, in_use) = (device.seats, survey.in_use(&device.seats, 1));
    let key = device.chip.public_key(seats[1].key()).unwrap();
    let mut buffer = [0; 512];
    let error = block_on(request(&mut device.chip, &seats[1], in_use, &CSR, OldKeyIsLost, &mut buffer));
    let error = error.unwrap_err();
    assert_eq!(error, RenewalError::InUse(Slot::S1));
    assert!(error.to_string().contains("logs in with the key in slot 1"), "{error}");
    // Not even one for the same key: half of it would be none.
    let newer = issue(key, device.serial(), day(20));
    assert_eq!(device.store(1, &newer, in_use, day(20)).unwrap_err(), RenewalError::InUse(Slot::S1));
    assert_eq!(device.survey(), survey);
    // The others may be taken, and an empty seat is in nobody's use.
    assert!(block_on(request(&mut device.chip, &seats[2], in_use, &CSR, OldKeyIsLost, &mut buffer)).is_ok());
    assert_eq!((survey.in_use(&seats, 2), survey.in_use(&seats, 3)), (None, None));
}
