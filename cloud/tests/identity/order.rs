//! Which certificate is tried first, and which seat is next.

use crate::rig::{Device, day, is_for};
use atecc608::x509::{DateTime, Validity};
use atecc608_cloud::identity::{Schedule, Unusable};
use atecc608_sim::Bus;

fn order(device: &mut Device, now: DateTime) -> Vec<usize> {
    device.survey().candidates(now).collect()
}

#[test]
fn the_newest_in_date_first() {
    let mut device = Device::new();
    let now = day(10);
    assert_eq!(order(&mut device, now), [0]);
    let survey = device.survey();
    assert_eq!(survey.found(1), Some(Err(Unusable::Blank)));
    assert_eq!(survey.found(3), None);

    device.renew(2, day(0));
    assert_eq!(order(&mut device, now), [2, 0]);
    device.renew(1, day(5));
    assert_eq!(order(&mut device, now), [1, 2, 0]);

    // By a clock that is wrong, or after a year on a shelf: what is in date goes first, the others all the same.
    assert_eq!(order(&mut device, day(3)), [2, 0, 1]);
    assert_eq!(order(&mut device, day(367)), [1, 0, 2]);
    assert_eq!(order(&mut device, day(1000)), [0, 1, 2]);
    let dawn = DateTime::new(1970, 1, 1, 0, 0, 0).unwrap();
    assert_eq!(order(&mut device, dawn), [1, 2, 0]);
}

#[test]
fn two_seats_take_turns() {
    let mut device = Device::new();
    let mut current = 0;
    let mut used = Vec::new();
    for turn in 0..5 {
        let now = day(turn * 30);
        let spare = device.survey().spare(&device.seats.clone(), current).unwrap();
        assert!(spare != current && spare != 0, "turn {turn}: {spare}");
        let pair = device.renew(spare, now);
        assert!(is_for(&pair, device.chip.public_key(device.seats[spare].key()).unwrap()));
        assert_eq!(device.survey().candidates(now).next(), Some(spare));
        current = spare;
        used.push(spare);
    }
    assert_eq!(used, [1, 2, 1, 2, 1]);
    // The server takes the older one only: that is not replaced.
    assert_eq!(device.survey().spare(&device.seats.clone(), 2), Some(1));
}

#[test]
fn a_blank_chip_has_none() {
    let mut device = Device::at(Bus::with_blank_chip(7));
    // The chip refuses all of it, which is not the bus's failure.
    let survey = device.survey();
    assert_eq!(survey.candidates(day(0)).next(), None);
    assert!((0..3).all(|seat| survey.found(seat).unwrap().is_err()), "{survey:?}");
}

#[test]
fn when_it_is_due() {
    let validity = Validity { not_before: day(0), not_after: day(90) };
    let first_due = |schedule: Schedule, validity| (0..4000).find(|at| schedule.is_due(&validity, day(*at)));
    assert_eq!(first_due(Schedule::TWO_THIRDS, validity), Some(60));
    assert_eq!(first_due(Schedule::days(20), validity), Some(20));
    assert_eq!(first_due(Schedule::days(80), validity), Some(60));
    let endless = Validity { not_before: day(0), not_after: DateTime::MAX };
    assert_eq!(first_due(Schedule::TWO_THIRDS, endless), None);
    assert_eq!(first_due(Schedule::days(365), endless), Some(365));
}
