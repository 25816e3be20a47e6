//! Waking the chip (chip reference 1.3).

use crate::bus::{Bus, Event, Mode};
use crate::chip_crc::hex;
use crate::script::{AFTER_WAKE, INFO, NACK, REVISION, REVISION_LEN, Script, operation};
use atecc608::command::Tests;
use atecc608::{Address, Error, ErrorKind, Status, wire::frame};
use embedded_hal::i2c::ErrorKind as BusKind;
use embedded_hal::i2c::NoAcknowledgeSource::{Address as OfAddress, Data, Unknown};
use embedded_hal_mock::eh1::MockError;
use embedded_hal_mock::eh1::digital::{Mock as Pin, State, Transaction as PinStep};
use std::cell::RefCell;

fn while_waking<T>(kind: ErrorKind<BusKind>) -> Result<T, Error<BusKind>> {
    Err(Error::without_command(kind))
}

#[test]
fn the_wake_response_is_read_after_the_time_the_chip_needs() {
    let run = both!(operation(|s| s.exchange(INFO, REVISION)); chip => chip.revision());
    assert_eq!(run.result.map(|r| r.0), Ok([0x00, 0x00, 0x60, 0x02]));
    let events = run.log.events();
    // Chip reference 1.3: tWHI is 1.5 ms.
    assert!(matches!(
        &events[..4],
        [Event::Write { .. }, Event::Write { address: 0, .. }, Event::Delay(1500..=2000), Event::Read { .. }]
    ));
}

#[test]
fn the_zero_byte_may_be_acknowledged_or_not_in_every_way_a_hal_has() {
    for outcome in [
        Ok(()),
        Err(BusKind::NoAcknowledge(OfAddress)),
        Err(BusKind::NoAcknowledge(Data)),
        Err(BusKind::NoAcknowledge(Unknown)),
    ] {
        let script =
            Script::new().write_fails("01", NACK).pulse(outcome).read(AFTER_WAKE).sleep().pulse(outcome);
        let run = both!(script.exchange(INFO, REVISION).sleep(); chip => chip.revision());
        assert!(run.result.is_ok(), "{outcome:?}");
    }
}

/// Every kind that embedded-hal has.
const KINDS: [BusKind; 7] = [
    BusKind::Bus,
    BusKind::ArbitrationLoss,
    BusKind::Overrun,
    BusKind::Other,
    BusKind::NoAcknowledge(OfAddress),
    BusKind::NoAcknowledge(Data),
    BusKind::NoAcknowledge(Unknown),
];

#[test]
fn an_error_of_the_zero_byte_is_no_news_whatever_its_kind() {
    for kind in KINDS {
        let script = Script::new().write_fails("01", NACK).pulse(Err(kind)).read(AFTER_WAKE);
        let first = script.sleep().pulse(Err(kind)).exchange(INFO, REVISION).sleep();
        let run = both!(first.pulse(Err(kind)).exchange(INFO, REVISION).sleep(); chip => chip.revision(), chip.revision());
        assert!(run.result.0.is_ok() && run.result.1.is_ok(), "{kind:?}");
    }
}

/// A bus that refuses address 0 while the chip's is only not acknowledged.
#[test]
fn an_error_of_the_zero_byte_is_told_if_the_chip_is_not_found() {
    for kind in KINDS {
        let pulses = Script::new().with_mode(Mode::GoneAtEndBut(kind));
        let run = both!(pulses; chip => chip.revision());
        let told = if matches!(kind, BusKind::NoAcknowledge(_)) { NACK } else { kind };
        assert_eq!(run.result, while_waking(ErrorKind::NoDevice(told)));
    }
}

#[test]
fn what_happens_to_the_sleep_before_the_first_wake_does_not_matter() {
    for kind in [NACK, BusKind::NoAcknowledge(Data), BusKind::ArbitrationLoss] {
        let script =
            Script::new().write_fails("01", kind).wake().wake_response().exchange(INFO, REVISION).sleep();
        assert!(both!(script; chip => chip.revision()).result.is_ok());
    }
    let awake = Script::new().next_wake().exchange(INFO, REVISION).sleep();
    assert!(both!(awake; chip => chip.revision()).result.is_ok());
}

#[test]
fn a_late_wake_response_is_waited_for() {
    for nacks in [1, 5, 9] {
        let script = Script::new().write_fails("01", NACK).pulse(Err(NACK));
        let script = script.busy(nacks, 4).wake_response().exchange(INFO, REVISION).sleep();
        assert!(both!(script; chip => chip.revision()).result.is_ok(), "{nacks}");
    }
}

#[test]
fn a_chip_that_tests_itself_when_it_wakes_has_20_ms() {
    // The second operation starts from an idle or sleeping chip, which does not hear its command yet.
    let first = operation(|s| s.exchange(INFO, REVISION));
    let missed = first.wake().write_fails(&format!("03 {INFO}"), NACK).write_fails("00", NACK).wake();
    for wake_response in [AFTER_WAKE, "04 07 40 C2"] {
        let script = missed.clone().busy(7, REVISION_LEN).read_short(REVISION_LEN, wake_response);
        let script = script.exchange(INFO, REVISION).sleep();
        let run = both!(script; chip => chip.revision(), chip.revision());
        assert!(run.result.0.is_ok() && run.result.1.is_ok());
    }
}

#[test]
fn a_failed_self_test_does_not_keep_self_test_out() {
    for wake_response in ["04 07 40 C2", "04 07 C4 40"] {
        let script = Script::new().write_fails("01", NACK).wake().read(wake_response).sleep().wake();
        let script = script.command(INFO).read_short(7, "04 07 40 C2").sleep();
        let error = both!(script; chip => chip.revision()).result.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Status(Status::SelfTest), "{wake_response}");
        let script = Script::new().write_fails("01", NACK).wake().read(wake_response).sleep().wake();
        let script = script.exchange("07 77 01 00 00 2D FF", "04 00 03 40").sleep();
        assert!(
            both!(script; chip => chip.self_test(Tests::RNG)).result.unwrap().is_empty(),
            "{wake_response}"
        );
    }
}

/// pulse and wake response; a damaged one is read three times.
fn with_wake_response(script: Script, wake_response: &str) -> Script {
    let script = script.wake().read(wake_response);
    match frame::payload(&hex(wake_response)) {
        Ok(_) => script,
        Err(_) => script.rewind().read(wake_response).rewind().read(wake_response),
    }
}

#[test]
fn an_old_answer_or_a_damaged_wake_response_costs_a_second_pulse() {
    // Still there from before: a status, the start of 64 bytes; and damaged bytes.
    for wake_response in ["04 00 03 40", "43 12 34 56", "04 11 33 42", "FF FF FF FF"] {
        let script = with_wake_response(Script::new().write_fails("01", NACK), wake_response);
        let script = script.next_wake().exchange(INFO, REVISION).sleep();
        assert!(both!(script; chip => chip.revision()).result.is_ok(), "{wake_response}");
    }
}

#[test]
fn something_else_at_the_address_is_not_awake() {
    for wake_response in ["FF FF FF FF", "00 00 00 00", "12 34 56 78", "04 00 03 40"] {
        let script = with_wake_response(Script::new().write_fails("01", NACK), wake_response);
        let script = with_wake_response(script.sleep(), wake_response).sleep();
        let run = both!(script; chip => chip.revision());
        assert_eq!(run.result, while_waking(ErrorKind::NotAwake), "{wake_response}");
    }
}

#[test]
fn a_bus_error_instead_of_the_wake_response_is_reported() {
    for kind in [BusKind::ArbitrationLoss, BusKind::Overrun] {
        let fails = |s: Script| s.read_fails(4, kind);
        let twice = fails(fails(Script::new().write_fails("01", NACK).wake()).rewind()).rewind();
        let recovered = twice.clone().wake_response().exchange(INFO, REVISION).sleep();
        assert!(both!(recovered; chip => chip.revision()).result.is_ok());
        let run = both!(fails(twice).sleep(); chip => chip.revision());
        assert_eq!(run.result, while_waking(ErrorKind::Bus(kind)));
    }
}

#[test]
fn the_chip_may_have_another_address() {
    // Chip reference 1.1: TNGTLS parts, 0x6A in the configuration zone.
    let script = Script::at(0x35).first_wake().exchange(INFO, REVISION).sleep();
    let address = Address::from_config_byte(0x6A).unwrap();
    assert!(both!(script, .with_address(address); chip => chip.revision()).result.is_ok());
}

/// Two zero bytes, after a pause.
struct TwoZeros;

impl atecc608::blocking::Wake<Bus> for TwoZeros {
    fn wake<D: embedded_hal::delay::DelayNs>(
        &mut self,
        i2c: &mut Bus,
        delay: &mut D,
    ) -> Result<(), ErrorKind<BusKind>> {
        delay.delay_us(123);
        embedded_hal::i2c::I2c::write(i2c, 0x00, &[0x00, 0x00]).map_err(ErrorKind::Bus)
    }
}

impl atecc608::asynch::Wake<Bus> for TwoZeros {
    async fn wake<D: embedded_hal_async::delay::DelayNs>(
        &mut self,
        i2c: &mut Bus,
        delay: &mut D,
    ) -> Result<(), ErrorKind<BusKind>> {
        delay.delay_us(123).await;
        embedded_hal_async::i2c::I2c::write(i2c, 0x00, &[0x00, 0x00]).await.map_err(ErrorKind::Bus)
    }
}

#[test]
fn the_user_may_wake_the_chip_in_another_way() {
    use embedded_hal_mock::eh1::i2c::Transaction;
    let pulse = Transaction::write(0x00, vec![0x00, 0x00]);
    let script =
        Script::new().write_fails("01", NACK).push(pulse.clone()).read(AFTER_WAKE).sleep().push(pulse);
    let run = both!(script.exchange(INFO, REVISION).sleep(), .with_wake(TwoZeros); chip => chip.revision());
    assert!(run.result.is_ok());
    assert_eq!(run.log.delays()[..2], [123, 1500]);
}

#[test]
fn a_pin_pulls_sda_low_for_long_enough() {
    let pins = RefCell::new(Vec::new());
    let pin = || {
        let pulse = [PinStep::set(State::Low), PinStep::set(State::High)];
        let pin = Pin::new(&[pulse.clone(), pulse].concat());
        pins.borrow_mut().push(pin.clone());
        pin
    };
    // No zero byte on the bus.
    let script =
        Script::new().write_fails("01", NACK).read(AFTER_WAKE).sleep().exchange(INFO, REVISION).sleep();
    let run = both!(script, .with_wake(driver::SdaPulse(pin())); chip => chip.revision());
    assert!(run.result.is_ok());
    // Chip reference 1.3: at least 60 µs low, then 1.5 ms.
    assert!(matches!(run.log.delays()[..2], [60..=1000, 1500..=2000]), "{:?}", run.log.delays());
    pins.borrow_mut().iter_mut().for_each(Pin::done);
}

#[test]
fn a_pin_that_fails_is_reported() {
    let broken = || MockError::Io(std::io::ErrorKind::Other);
    let low_fails = vec![PinStep::set(State::Low).with_error(broken())];
    let high_fails = vec![PinStep::set(State::Low), PinStep::set(State::High).with_error(broken())];
    for steps in [low_fails, high_fails] {
        let pins = RefCell::new(Vec::new());
        let pin = || {
            let pin = Pin::new(&steps);
            pins.borrow_mut().push(pin.clone());
            pin
        };
        let script = Script::new().write_fails("01", NACK).sleep();
        let run = both!(script, .with_wake(driver::SdaPulse(pin())); chip => chip.revision());
        assert_eq!(run.result, while_waking(ErrorKind::WakePin));
        pins.borrow_mut().iter_mut().for_each(Pin::done);
    }
}
