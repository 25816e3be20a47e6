//! What a person reads, and when it is printed.

use std::process::Command;

use atecc608_sim::{Bus, Fault};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

use crate::common::{ADDRESS, INFO, wake};

#[test]
fn one_line_a_transaction() {
    let bus = Bus::with_blank_chip(1);
    let (mut i2c, mut delay) = (bus.i2c(), bus.delay());
    wake(&mut i2c, &mut delay);
    i2c.write_read(ADDRESS, &[0x00], &mut [0; 4]).unwrap();
    for _ in 0..3 {
        i2c.write(0x20, &[0x11]).unwrap_err();
        delay.delay_us(1000);
    }
    delay.delay_us(500);
    bus.inject(Fault::NackByte { nth: 1 });
    i2c.write(ADDRESS, &INFO).unwrap_err();
    bus.hold_sda_low(70_000);
    let text = "\
I2C trace, times in us
         0.000 S 0x00+W! P delay 1500.000
      1610.000 S 0x60+W 00 Sr 0x60+R 04 11 33 43 P
      2270.000 S 0x20+W! P  (3 times in 3830.000, not acknowledged)
      6100.000 S 0x60+W 03 07! P
      6390.000 SDA low 70.000 delay 70.000
";
    assert_eq!(bus.trace().to_string(), text);
    let tail = bus.trace().tail(1).to_string();
    assert_eq!(tail.lines().last(), text.lines().last());
    assert!(tail.contains("(0 events and 4 lines before these are left out)"), "{tail}");
}

#[test]
fn the_ring_is_bounded_and_begins_with_a_whole_transaction() {
    let bus = Bus::new();
    bus.restart_trace(10);
    for _ in 0..100 {
        bus.i2c().write(0x20, &[]).unwrap_err();
        bus.i2c().read(0x21, &mut [0]).unwrap_err();
    }
    let trace = bus.trace();
    assert_eq!((trace.entries().len(), trace.dropped()), (9, 591));
    assert!(trace.to_string().lines().nth(2).unwrap().ends_with(" S 0x21+R! P"), "{trace}");
}

/// Fails only as a child of the next test.
#[test]
fn child_of_a_failing_test_prints_the_trace() {
    if std::env::var_os("ATECC608_SIM_FAIL").is_some() {
        let bus = Bus::with_blank_chip(1);
        let clone = bus.clone();
        let mut i2c = clone.i2c();
        drop(bus);
        i2c.read(0x29, &mut [0]).expect("on purpose");
    }
}

#[test]
fn a_failing_test_prints_the_trace() {
    let child = |fail: bool| {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "trace::child_of_a_failing_test_prints_the_trace"]);
        if fail {
            child.env("ATECC608_SIM_FAIL", "1");
        }
        let output = child.output().unwrap();
        (
            output.status.success(),
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    };
    let (passed, output) = child(true);
    assert!(!passed);
    assert_eq!(output.matches("         0.000 S 0x29+R! P").count(), 1, "{output}");
    let (passed, output) = child(false);
    assert!(passed && output.contains("1 passed"), "{output}");
    assert!(!output.contains("I2C trace"));
}
