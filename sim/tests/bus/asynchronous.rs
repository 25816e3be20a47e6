//! `embedded-hal-async`.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

use crate::common::{ADDRESS, AFTER_WAKE, awake, events};

#[test]
fn async_calls_do_what_blocking_calls_do() {
    let (blocking, asynchronous) = (awake(), awake());
    let mut answer = [0; 4];
    embedded_hal::i2c::I2c::write_read(&mut blocking.i2c(), ADDRESS, &[0x00], &mut answer).unwrap();
    embedded_hal::delay::DelayNs::delay_us(&mut blocking.delay(), 7);

    let (mut i2c, mut delay) = (asynchronous.i2c(), asynchronous.delay());
    let mut context = Context::from_waker(Waker::noop());
    let mut answer = [0; 4];
    let call = pin!(I2c::write_read(&mut i2c, ADDRESS, &[0x00], &mut answer)).poll(&mut context);
    assert!(matches!(call, Poll::Ready(Ok(()))));
    assert!(pin!(DelayNs::delay_us(&mut delay, 7)).poll(&mut context).is_ready());
    assert_eq!(answer, AFTER_WAKE);
    assert_eq!(asynchronous.trace(), blocking.trace());
}

#[test]
fn a_yielding_call_can_be_dropped_before_it_touches_the_bus() {
    let bus = awake();
    let (mut i2c, mut delay) = (bus.i2c().yielding(), bus.delay().yielding());
    let mut context = Context::from_waker(Waker::noop());
    {
        let mut call = pin!(I2c::write(&mut i2c, ADDRESS, &[0x00]));
        assert!(call.as_mut().poll(&mut context).is_pending());
        assert_eq!(events(&bus), "");
    }
    assert!(pin!(DelayNs::delay_us(&mut delay, 7)).poll(&mut context).is_pending());
    assert_eq!(events(&bus), "");
    let mut call = pin!(I2c::write(&mut i2c, ADDRESS, &[0x00]));
    assert!(call.as_mut().poll(&mut context).is_pending());
    assert!(call.as_mut().poll(&mut context).is_ready());
    assert_eq!(events(&bus), "S 0x60+W 00 P");
}
