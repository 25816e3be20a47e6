//! Wake, idle, sleep, watchdog, loss of power, and times (chip reference 1.1, 1.3, 1.7, 1.8, 3).

use crate::rig::*;
use atecc608_sim::Chip;
use atecc608_sim::chip::{Ack, Outcome, PowerState, PulseWhileAwake, Silicon, Status, Timing};

fn state(rig: &Rig) -> PowerState {
    rig.chip.state(rig.now)
}

#[test]
fn length_of_the_wake_pulse() {
    for (length, woken) in [(15 * US, false), (20 * US, false), (60 * US - 1, false), (60 * US, true)] {
        let mut rig = Rig::asleep(Chip::blank(1));
        assert_eq!(state(&rig), PowerState::Asleep);
        assert_eq!(rig.start(0xC0), Ack::Nack);
        rig.stop();
        rig.pulse(length);
        assert_eq!(state(&rig) == PowerState::Waking, woken, "{length} ns");
    }
}

#[test]
fn not_acknowledged_until_twhi_is_over() {
    let mut rig = Rig::asleep(Chip::blank(1));
    rig.pulse(80 * US);
    let woken = rig.now;
    assert_eq!(rig.chip.start(woken + 1_500 * US - 1, 0xC1), Ack::Nack);
    assert_eq!(rig.chip.start(woken + 1_500 * US - 1, 0xC0), Ack::Nack);
    assert_eq!(rig.chip.state(woken + 1_500 * US), PowerState::Awake);
    assert_eq!(rig.chip.start(woken + 1_500 * US, 0xC1), Ack::Ack);
}

#[test]
fn pulses_mean_nothing_to_an_awake_chip() {
    let mut rig = Rig::blank();
    rig.load_temp_key(&[1; 32]);
    rig.send(&group(INFO, 0, 0, &[]));
    rig.pass(5 * MS);
    assert_eq!(rig.read(1), Some(vec![7]));
    rig.pulse(100 * US);
    assert_eq!(state(&rig), PowerState::Awake);
    assert_eq!(rig.read(4), Some(vec![0, 0, 0x60, 2]));
    assert!(rig.temp_key_valid());
}

/// U53: the other answer. What is in the buffer is gone, and nothing else; what the chip computes stays.
#[test]
fn a_pulse_may_give_an_awake_chip_its_wake_response() {
    let silicon = Silicon { pulse_while_awake: PulseWhileAwake::Responds, ..Silicon::default() };
    let mut rig = Rig::asleep(Chip::blank(1).with_silicon(silicon));
    rig.wake();
    let woken = rig.now - 1_500 * US;
    rig.load_temp_key(&[1; 32]);
    rig.send(&group(INFO, 0, 0, &[]));
    rig.pass(5 * MS);
    rig.pulse(60 * US - 1);
    assert_eq!(rig.read(3), Some(vec![7, 0, 0]), "too short");
    rig.pulse(60 * US);
    assert_eq!(rig.read(5), Some(hex("04113343FF")));
    // The piece of a command that has come is lost, too.
    assert_eq!(rig.write(&[0x03, 0x07, 0x30]), Some(3));
    rig.pulse(80 * US);
    assert_eq!(rig.read(4), Some(hex("04113343")));
    // Not what is executed meanwhile, nor what belongs to a transfer with the chip: the reset of the word address,
    // a zero byte, at 100 kHz.
    rig.send(&group(INFO, 0, 0, &[]));
    rig.pulse(80 * US);
    rig.pass(5 * MS);
    assert_eq!(rig.read(2), Some(vec![7, 0]));
    assert_eq!(rig.start(0xC0), Ack::Ack);
    assert_eq!(rig.byte(0x00), Ack::Ack);
    rig.chip.sda_low(rig.now - 90 * US, rig.now);
    rig.stop();
    assert_eq!(rig.read(7), Some(hex("07000060028038")));
    assert!(rig.temp_key_valid());
    // Nor does the watchdog start anew.
    rig.now = woken + 1_299 * MS;
    rig.pulse(80 * US);
    assert_eq!(state(&rig), PowerState::Awake);
    rig.now = woken + 1_300 * MS;
    assert_eq!(state(&rig), PowerState::Asleep);
}

/// Only what falls into the sleep counts: SDA was low already when the chip went to sleep.
#[test]
fn pulse_that_began_before_the_sleep() {
    let mut rig = Rig::blank();
    let low_since = rig.now;
    rig.sleep();
    rig.chip.sda_low(low_since, rig.now);
    rig.chip.sda_low(low_since, rig.now + 60 * US - 1);
    assert_eq!(state(&rig), PowerState::Asleep);
    rig.chip.sda_low(low_since, rig.now + 60 * US);
    assert_eq!(state(&rig), PowerState::Waking);
}

/// Everything volatile: TempKey, digest buffer, SHA context, authorisation.
fn fill(rig: &mut Rig) {
    rig.configure(|config| {
        *config = test_config();
        config[86..88].fill(0);
        config[18] = 0;
    });
    rig.poke_key(0);
    rig.authorise(15);
    rig.load_temp_key(&[1; 32]);
    rig.load_digest(&[2; 32]);
    assert_eq!(rig.status(SHA, 0, 0, &[]), OK);
    assert_eq!(rig.status(SHA, 1, 3, b"abc"), OK);
}

fn kept(rig: &mut Rig) -> [bool; 4] {
    [
        rig.temp_key_valid(),
        rig.run(SIGN, 0xA0, 0, &[]).len() == 64,
        rig.run(SHA, 0xC2, 0, &[]).len() == 32,
        rig.authorised().is_some(),
    ]
}

#[test]
fn idle_keeps_volatile_state() {
    let mut rig = Rig::blank();
    fill(&mut rig);
    rig.idle();
    rig.pass(10_000 * MS);
    assert_eq!(rig.start(0xC0), Ack::Nack);
    rig.stop();
    rig.wake();
    assert_eq!(rig.read(4), Some(hex("04113343")));
    assert_eq!(kept(&mut rig), [true; 4]);
}

#[test]
fn sleep_loses_volatile_state() {
    let mut rig = Rig::blank();
    fill(&mut rig);
    rig.sleep();
    assert_eq!(rig.start(0xC1), Ack::Nack);
    rig.stop();
    rig.wake();
    assert_eq!(rig.read(4), Some(hex("04113343")));
    assert_eq!(kept(&mut rig), [false; 4]);
}

#[test]
fn watchdog_loses_volatile_state() {
    let mut rig = Rig::blank();
    fill(&mut rig);
    rig.idle();
    rig.wake();
    let woken = rig.now - 1_500 * US;
    let last = woken + 1_300 * MS - 1;
    assert_eq!(rig.chip.state(last), PowerState::Awake);
    assert_eq!(rig.chip.state(last + 1), PowerState::Asleep);
    rig.now = last + 1;
    assert_eq!(rig.start(0xC1), Ack::Nack);
    rig.stop();
    rig.wake();
    assert_eq!(rig.read(4), Some(hex("04113343")));
    assert_eq!(kept(&mut rig), [false; 4]);
}

#[test]
fn power_cycle_loses_volatile_state() {
    let mut rig = Rig::blank();
    fill(&mut rig);
    rig.chip.power_cycle(rig.now);
    // tPU: pulses come too early for 100 us.
    rig.pulse(100 * US);
    assert_eq!(state(&rig), PowerState::Asleep);
    rig.wake();
    assert_eq!(kept(&mut rig), [false; 4]);
}

#[test]
fn watchdog_interrupts_a_transfer() {
    let mut rig = Rig::blank();
    let woken = rig.now - 1_500 * US;
    rig.now = woken + 1_299 * MS;
    assert_eq!(rig.start(0xC1), Ack::Ack);
    assert_eq!(rig.chip.read(rig.now), 0x04);
    rig.now = woken + 1_300 * MS;
    assert_eq!(rig.chip.read(rig.now), 0xFF);
    assert_eq!(state(&rig), PowerState::Asleep);
}

#[test]
fn idle_restarts_the_watchdog() {
    let mut rig = Rig::blank();
    rig.load_temp_key(&[1; 32]);
    for _ in 0..5 {
        rig.pass(1_000 * MS);
        rig.idle();
        rig.wake();
    }
    assert!(rig.temp_key_valid());
}

/// U36: a command is refused when less than its maximum time is left.
#[test]
fn command_that_the_watchdog_would_interrupt() {
    let mut rig = Rig::blank();
    let woken = rig.now - 1_500 * US;
    let write = group(WRITE, 0x00, 5, &[0; 4]);
    rig.now = woken + 1_250 * MS;
    rig.send(&write);
    assert!(rig.now > woken + 1_250 * MS && rig.now <= woken + 1_255 * MS);
    assert_eq!(rig.receive(), [OK]);

    let mut rig = Rig::blank();
    rig.load_temp_key(&[1; 32]);
    rig.idle();
    rig.wake();
    let woken = rig.now - 1_500 * US;
    rig.now = woken + 1_256 * MS;
    rig.send(&write);
    assert_eq!(rig.receive(), [0xEE]);
    let refused = *rig.chip.executed().last().unwrap();
    assert_eq!(refused.outcome, Outcome::Status(Status::Watchdog));
    assert_eq!(rig.chip.eeprom().config()[20], 0x83);
    // A shorter one fits, and state is kept.
    rig.idle();
    rig.wake();
    assert!(rig.temp_key_valid());
}

#[test]
fn long_watchdog() {
    let mut config = captured_config();
    config[19] = 0x04;
    let mut rig = Rig::new(config, Locks::C0);
    rig.pass(9_000 * MS);
    assert_eq!(state(&rig), PowerState::Awake);
    rig.pass(1_000 * MS);
    assert_eq!(state(&rig), PowerState::Asleep);
}

/// Address and ChipMode are read at a wake from sleep (chip reference U43).
#[test]
fn address_takes_effect_after_sleep() {
    let mut rig = Rig::blank();
    assert_eq!(rig.status(WRITE, 0x00, 4, &[0x6A, 0, 0, 0]), OK);
    rig.idle();
    rig.wake();
    assert_eq!(rig.read(1), Some(vec![0x04]));
    rig.sleep();
    rig.wake();
    assert_eq!(rig.read(1), None);
    rig.address = 0x6A;
    assert_eq!(rig.read(1), Some(vec![0x04]));
}

#[test]
fn alternative_address() {
    for (mode, extra, address) in [(0, 0x70, 0xC0), (1, 0x00, 0xC0), (1, 0x70, 0x70), (1, 0x71, 0x70)] {
        let mut config = captured_config();
        (config[19], config[85]) = (mode, extra);
        let mut rig = Rig::new(config, Locks::C1D1);
        rig.address = address;
        assert_eq!(rig.read(1), Some(vec![0x04]), "{mode} {extra:02X}");
    }
}

/// 40 % of the maximum in the column of the clock divider.
#[test]
fn execution_times() {
    for (mode, sign, info) in [(0x00, 46 * MS, 2 * MS), (0x28, 88 * MS, 2 * MS), (0x68, 266 * MS, 2 * MS)] {
        let mut config = captured_config();
        config[19] = mode;
        let mut rig = Rig::new(config, Locks::C1D1);
        rig.poke_key(0);
        rig.load_temp_key(&[1; 32]);
        rig.run(SIGN, 0x80, 0, &[]);
        rig.run(INFO, 0, 0, &[]);
        rig.status(SIGN, 0x80, 0, &[]);
        let times: Vec<_> = rig.chip.executed().iter().map(|executed| executed.duration).collect();
        // What is refused is quick.
        assert_eq!(times[1..], [sign, info, MS / 2], "{mode:02X}");
    }
}

#[test]
fn own_timing() {
    let mut timing = Timing::default();
    (timing.percent, timing.refusal) = (100, 3 * MS);
    assert_eq!((timing.maximum(0x80, 0), timing.maximum(0x56, 13)), (80 * MS, 165 * MS));
    timing.set_maximum(INFO, [7 * MS; 3]);
    let mut rig = Rig::asleep(Chip::blank(1).with_timing(timing));
    rig.wake();
    rig.run(INFO, 0, 0, &[]);
    rig.run(INFO, 9, 0, &[]);
    let times: Vec<_> = rig.chip.executed().iter().map(|executed| executed.duration).collect();
    assert_eq!(times, [7 * MS, 3 * MS]);
}

#[test]
fn power_on_self_test() {
    let mut config = captured_config();
    config[90] = 0x01;
    let mut rig = Rig::new(config, Locks::C1D1);
    let woken = rig.now - 1_500 * US;
    assert_eq!(rig.read(1), None);
    assert_eq!(rig.chip.state(woken + 20 * MS - 1), PowerState::Waking);
    rig.now = woken + 20 * MS;
    assert_eq!(rig.read(4), Some(hex("04113343")));

    rig.chip.break_self_tests(0x20);
    rig.sleep();
    rig.wake();
    rig.pass(20 * MS);
    assert_eq!(rig.read(4), Some(hex("040740C2")));
    assert_eq!(rig.status(RANDOM, 0, 0, &[]), 0x07);
    assert_eq!(rig.run(SELFTEST, 0, 0, &[]), [0x20]);
    rig.chip.break_self_tests(0);
    rig.sleep();
    rig.wake();
    rig.pass(20 * MS);
    assert_eq!(rig.run(RANDOM, 0, 0, &[]).len(), 32);
}
