//! Futures dropped half-way (async only).

use crate::script::{INFO, NACK, REVISION, Script, operation};
use atecc608::asynch::Atecc608;
use embassy_futures::{block_on, poll_once};

/// Runs an operation, drops the second in the pause of that number, runs a third.
fn drop_in_pause(pause: usize, script: &Script) {
    let (bus, clock, stage) = script.play();
    let mut chip = Atecc608::new(bus, clock);
    assert!(block_on(chip.revision()).is_ok());
    stage.brake.set(Some(pause));
    assert!(poll_once(chip.revision()).is_pending());
    stage.brake.set(None);
    assert!(block_on(chip.revision()).is_ok());
    stage.finish();
}

#[test]
fn the_next_operation_after_a_dropped_one_starts_with_a_sleep() {
    let first = operation(|s| s.exchange(INFO, REVISION));
    let third = |s: Script| s.next_wake().exchange(INFO, REVISION).sleep();
    // Before the command; before the answer; while the chip is busy.
    drop_in_pause(0, &third(first.clone().pulse(Err(NACK))));
    drop_in_pause(1, &third(first.clone().wake().command(INFO)));
    drop_in_pause(2, &third(first.wake().command(INFO).busy(1, 7)));
}
