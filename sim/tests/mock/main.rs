//! Recorded runs, replayed by `embedded-hal-mock` without the simulator.

mod replay;
mod source;

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use atecc608_sim::Bus;
use atecc608_sim::mock::{Recorder, Recording};

/// What the test is about: done on the recorded bus, and on the mock.
fn record(run: impl FnOnce(&Bus, &Recorder)) -> Recording {
    let (bus, recorder) = (Bus::with_blank_chip(1), Recorder::new());
    run(&bus, &recorder);
    recorder.recording()
}

/// A future to its end; those here wait for nothing but one turn.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return value;
        }
    }
}
