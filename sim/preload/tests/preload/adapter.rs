//! Adapters and kernel drivers that are not like the others.

use crate::common::*;
use crate::device::{message, transfer};

/// The chip's errors, asleep and awake: of an address, by each way to it, and of a byte that is too much.
fn nacks(address: libc::c_int, data: libc::c_int) {
    let bus = open("/dev/i2c-1").unwrap();
    for _ in 0..2 {
        ioctl(bus, I2C_SLAVE, 0x60).unwrap();
        assert_eq!(errno(read::<1>(bus)), address);
        assert_eq!(errno(write(bus, &[0])), address);
        assert_eq!(errno(transfer(bus, &mut [message(0x60, 0, &mut [0])])), address);
        assert_eq!(errno(transfer(bus, &mut [message(0x60, 1, &mut [0])])), address);
    }
    ioctl(bus, I2C_SLAVE, 0).unwrap();
    assert_eq!(errno(write(bus, &[0])), address, "nobody has address 0");
    // SAFETY: takes a number.
    assert_eq!(unsafe { libc::usleep(1500) }, 0);
    ioctl(bus, I2C_SLAVE, 0x60).unwrap();
    assert_eq!(read(bus).unwrap(), [0x04, 0x11, 0x33, 0x43]);
    let long = [&INFO[..], &[0xAA]].concat();
    assert_eq!(errno(write(bus, &long)), data);
}

#[test]
fn a_missing_acknowledgement_is_what_was_asked_for() {
    let test = "adapter::a_missing_acknowledgement_is_what_was_asked_for";
    // The program is told by a variable of the test which one it is.
    if let Ok(expected) = std::env::var("PRELOAD_TEST_NACK") {
        let (address, data) = expected.split_once(' ').unwrap();
        return nacks(address.parse().unwrap(), data.parse().unwrap());
    }
    let mut traces = Vec::new();
    for (asked, address, data) in [
        ("", libc::ENXIO, libc::EIO),
        ("enxio", libc::ENXIO, libc::ENXIO),
        ("EREMOTEIO", libc::EREMOTEIO, libc::EREMOTEIO),
        ("eio", libc::EIO, libc::EIO),
        ("etimedout", libc::ETIMEDOUT, libc::ETIMEDOUT),
        ("enxio,eremoteio", libc::ENXIO, libc::EREMOTEIO),
    ] {
        let expected = format!("{address} {data}");
        let variables = [("ATECC608_SIM_NACK", asked), ("PRELOAD_TEST_NACK", &expected)];
        traces.push(events(&with_environment(test, &variables, || unreachable!()).unwrap()));
    }
    // The wire is the same, whatever it is called.
    assert!(traces[0].ends_with("5D AA! P") && traces.iter().all(|trace| *trace == traces[0]), "{traces:#?}");
}

#[test]
fn an_address_that_a_driver_holds_is_busy_unless_forced() {
    let variables = [("ATECC608_SIM_BUSY", "0x35,96")];
    with_environment("adapter::an_address_that_a_driver_holds_is_busy_unless_forced", &variables, || {
        let bus = awake_at(0x11);
        for address in [0x35, 0x60] {
            assert_eq!(errno(ioctl(bus, I2C_SLAVE, address)), libc::EBUSY);
        }
        assert_eq!(errno(read::<4>(bus)), libc::ENXIO, "the address is still the one before");
        let mut answer = [0; 4];
        assert_eq!(transfer(bus, &mut [message(0x60, 1, &mut answer)]).unwrap(), 1, "I2C_RDWR does not look");
        assert_eq!(answer, [0x04, 0x11, 0x33, 0x43]);
        ioctl(bus, I2C_SLAVE_FORCE, 0x60).unwrap();
        write(bus, &[0]).unwrap();
        assert_eq!(read(bus).unwrap(), [0x04, 0x11, 0x33, 0x43]);
    });
}

#[test]
fn a_long_write_is_refused_before_the_bus() {
    let test = "adapter::a_long_write_is_refused_before_the_bus";
    if let Ok(expected) = std::env::var("PRELOAD_TEST_LIMIT") {
        let expected = expected.parse().unwrap();
        let bus = awake();
        assert_eq!(errno(write(bus, &[&INFO[..], &[0]].concat())), expected);
        let mut messages = [message(0x60, 1, &mut [0]), message(0x60, 0, &mut [0; 9])];
        assert_eq!(errno(transfer(bus, &mut messages)), expected);
        assert_eq!(read::<4>(bus).unwrap(), [0x04, 0x11, 0x33, 0x43], "a read may be as long as it likes");
        write(bus, &INFO).unwrap();
        return;
    }
    for (limit, errno) in
        [("8", libc::EOPNOTSUPP), ("8,einval", libc::EINVAL), ("8,EOPNOTSUPP", libc::EOPNOTSUPP)]
    {
        let expected = errno.to_string();
        let variables = [("ATECC608_SIM_MAX_WRITE", limit), ("PRELOAD_TEST_LIMIT", &expected)];
        let bus = with_environment(test, &variables, || unreachable!()).unwrap();
        let expected = "S 0x00+W! P delay 1500.000 S 0x60+R 04 11 33 43 P S 0x60+W 03 07 30 00 00 00 03 5D P";
        assert_eq!(events(&bus), expected);
    }
}

#[test]
fn a_long_write_is_cut_without_a_word() {
    let variables = [("ATECC608_SIM_MAX_WRITE", "5,cut")];
    let bus = with_environment("adapter::a_long_write_is_cut_without_a_word", &variables, || {
        let bus = awake();
        assert_eq!(write(bus, &INFO).unwrap(), INFO.len());
    });
    let Some(bus) = bus else { return };
    assert!(events(&bus).ends_with("S 0x60+W 03 07 30 00 00 P"), "{}", events(&bus));
}

#[test]
fn addresses_are_refused_before_the_bus() {
    let test = "adapter::addresses_are_refused_before_the_bus";
    if let Ok(refused) = std::env::var("PRELOAD_TEST_REFUSED") {
        let bus = open("/dev/i2c-1").unwrap();
        for (address, all_reserved) in [(0x00, false), (0x01, true), (0x07, true), (0x78, true), (0x7F, true)]
        {
            // `i2c-dev` takes any.
            ioctl(bus, I2C_SLAVE, address).unwrap();
            let expected = if !all_reserved || refused == "all" { libc::EINVAL } else { libc::ENXIO };
            assert_eq!(errno(write(bus, &[0])), expected, "{address:#x}");
            assert_eq!(errno(read::<1>(bus)), expected, "{address:#x}");
        }
        for address in [0x08, 0x77] {
            ioctl(bus, I2C_SLAVE, address).unwrap();
            assert_eq!(errno(write(bus, &[0])), libc::ENXIO);
        }
        return;
    }
    for (which, refused, sent) in [("general-call", "one", 10), ("reserved,einval", "all", 2)] {
        let variables = [("ATECC608_SIM_REFUSED", which), ("PRELOAD_TEST_REFUSED", refused)];
        let bus = with_environment(test, &variables, || unreachable!()).unwrap();
        assert_eq!(events(&bus).matches("S 0x").count(), sent, "{}", events(&bus));
    }
}

#[test]
fn opening_fails_as_asked_and_for_this_bus_alone() {
    let variables = [("ATECC608_SIM_OPEN", "eacces")];
    with_environment("adapter::opening_fails_as_asked_and_for_this_bus_alone", &variables, || {
        assert_eq!(errno(open("/dev/i2c-1")), libc::EACCES);
        assert_eq!(errno(open("/dev/i2c-77")), libc::ENOENT);
        open("/dev/null").unwrap();
    });
}

/// By hand there is nobody but the library to say so.
#[test]
fn what_is_not_understood_is_said() {
    let test = "adapter::what_is_not_understood_is_said";
    for (variable, text) in [
        ("ATECC608_SIM_NACK", "enxio,"),
        ("ATECC608_SIM_NACK", "6"),
        ("ATECC608_SIM_BUSY", "0x80"),
        ("ATECC608_SIM_MAX_WRITE", "long"),
        ("ATECC608_SIM_MAX_WRITE", "61,shortened"),
        ("ATECC608_SIM_REFUSED", "0x00"),
        ("ATECC608_SIM_OPEN", "denied"),
    ] {
        let said = said_with_environment(test, &[(variable, text)], || {
            assert_eq!(errno(open("/dev/i2c-1")), libc::ENODEV);
        });
        let Some(said) = said else { return };
        assert!(said.contains(&format!("{variable}={text} is not understood")), "{said}");
    }
}
