//! Sleeps as time on the bus.

use std::ptr;

use libc::{timespec, timeval};

use crate::common::*;

/// Every way there is to sleep, with a transaction behind each to tell them apart.
fn sleep_in_every_way() {
    let bus = open("/dev/i2c-1").unwrap();
    let separate = || assert_eq!(errno(write(bus, &[])), libc::ENXIO);
    let time = |tv_sec, tv_nsec| timespec { tv_sec, tv_nsec };
    // SAFETY: every pointer is null or points to what the function takes.
    unsafe {
        assert_eq!(libc::sleep(3600), 0);
        separate();
        assert_eq!(libc::usleep(20), 0);
        separate();
        assert_eq!(libc::nanosleep(&time(0, 30_001), ptr::null_mut()), 0);
        separate();
        assert_eq!(libc::clock_nanosleep(libc::CLOCK_MONOTONIC, 0, &time(5_000, 0), ptr::null_mut()), 0);
        separate();
        let mut now = time(0, 0);
        assert_eq!(libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut now), 0);
        now.tv_sec += 100;
        let flags = libc::TIMER_ABSTIME;
        assert_eq!(libc::clock_nanosleep(libc::CLOCK_MONOTONIC, flags, &now, ptr::null_mut()), 0);
        separate();
        let mut timeout = timeval { tv_sec: 0, tv_usec: 60 };
        let none = ptr::null_mut();
        assert_eq!(libc::select(0, none, none, none, &mut timeout), 0);
    }
}

#[test]
fn sleeps_are_time_on_the_bus() {
    let Some(bus) = on_a_bus("sleeps::sleeps_are_time_on_the_bus", sleep_in_every_way) else { return };
    let events = events(&bus);
    let delays = events.split("delay ").skip(1).map(|text| text.split(' ').next().unwrap().parse().unwrap());
    let delays: Vec<f64> = delays.collect();
    let [hour, short, rounded, long, absolute, select] = delays[..] else { panic!("{events}") };
    // 5000 s are more microseconds than one operation of the wire protocol takes.
    assert_eq!((hour, short, rounded, long, select), (3.6e9, 20.0, 31.0, 5e9, 60.0));
    // Some real time passes between reading the clock and the sleep.
    assert!((90e6..=100e6).contains(&absolute), "{absolute}");
}

#[test]
fn wrong_times_are_refused_by_the_kernel() {
    let bus = on_a_bus("sleeps::wrong_times_are_refused_by_the_kernel", || {
        let wrong = timespec { tv_sec: 0, tv_nsec: 1_000_000_000 };
        // SAFETY: a time, and null where that is allowed.
        unsafe {
            assert_eq!(libc::nanosleep(&wrong, ptr::null_mut()), -1);
            let error = libc::clock_nanosleep(libc::CLOCK_REALTIME, 0, &wrong, ptr::null_mut());
            assert_eq!(error, libc::EINVAL);
        }
    });
    let Some(bus) = bus else { return };
    assert_eq!(events(&bus), "");
}

#[test]
fn real_time_leaves_sleeps_alone() {
    let real = [("ATECC608_SIM_TIME", "real")];
    let bus = with_environment("sleeps::real_time_leaves_sleeps_alone", &real, || {
        // SAFETY: takes a number.
        assert_eq!(unsafe { libc::usleep(1) }, 0);
    });
    let Some(bus) = bus else { return };
    assert_eq!(events(&bus), "");
}
