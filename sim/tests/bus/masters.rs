//! Several masters on one bus.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use atecc608_sim::Bus;
use atecc608_sim::chip::Ack;
use atecc608_sim::trace::Event;
use embedded_hal::i2c::I2c;

use crate::common::{AFTER_WAKE, wake};

fn is_send_sync<T: Send + Sync>() {}

#[test]
fn handles_go_anywhere() {
    is_send_sync::<Bus>();
}

#[test]
fn a_master_waits_for_the_other_s_stop() {
    let bus = Bus::new();
    let mut first = bus.master();
    first.start(0xC0);
    let stopped = AtomicBool::new(false);
    thread::scope(|scope| {
        let other = bus.clone();
        let stopped = &stopped;
        scope.spawn(move || {
            let mut second = other.master();
            assert_eq!(second.write(0x11), Ack::Nack, "it does not hold the bus");
            assert_eq!(second.read(), 0xFF);
            second.stop();
            second.start(0x20);
            assert!(stopped.load(Ordering::SeqCst), "START before the other's STOP");
            second.stop();
        });
        for byte in 0..50 {
            first.write(byte);
            thread::yield_now();
        }
        stopped.store(true, Ordering::SeqCst);
        first.stop();
    });
    let starts = bus.trace().entries().iter().filter(|entry| entry.event == Event::Start).count();
    assert_eq!((starts, bus.counters().bytes), (2, 52));
}

#[test]
fn a_master_that_goes_leaves_a_free_bus() {
    let bus = Bus::with_blank_chip(1);
    let mut master = bus.master();
    master.start(0x00);
    drop(master);
    assert_eq!(bus.trace().entries().last().map(|entry| entry.event), Some(Event::Stop));
    bus.master().start(0x00);
}

#[test]
fn real_time_moves_the_chip() {
    let bus = Bus::real_time();
    bus.add(atecc608_sim::Chip::blank(1));
    let (mut i2c, mut delay) = (bus.i2c(), bus.delay());
    let before = bus.now();
    wake(&mut i2c, &mut delay);
    assert!(bus.now() - before >= 110_000 + 1_500_000, "the wire and the delay take at least their time");
    let mut answer = [0; 4];
    i2c.read(0x60, &mut answer).unwrap();
    assert_eq!(answer, AFTER_WAKE);
    // Without any operation of the bus, time goes on.
    let before = bus.now();
    thread::sleep(std::time::Duration::from_millis(2));
    assert!(bus.now() - before >= 2_000_000);
}
