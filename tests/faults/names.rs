//! Which errors name which fault.

use crate::answer::{Fail, Failure};
use crate::fault::{Fault, Transfer};
use crate::op::Op;
use crate::wire::Script;
use atecc608::{ErrorKind, Status};
use embedded_hal::i2c::ErrorKind as Bus;

/// Whether `fail` tells of this fault, which came between two sessions, or not.
///
/// `Reset` means that the chip no longer holds what the operation left in it. That is so where the chip has
/// really reset, and where the driver had to put it to sleep to have it listen again.
fn names(op: Op, fault: Fault, between: bool, failure: &Failure) -> bool {
    use ErrorKind as Kind;
    let unanswered = match failure.kind {
        Kind::Bus(error) => matches!(error.0, Bus::NoAcknowledge(_)),
        Kind::NoDevice | Kind::Timeout => true,
        _ => false,
    };
    let garbled = matches!(
        failure.kind,
        Kind::Crc | Kind::NotAwake | Kind::Status(Status::Communication | Status::Watchdog)
    );
    let reset = failure.kind == Kind::Reset;
    // A stream whose chip could not be left idle between two pieces, or did not wake from it as it should: to
    // have it listen again costs the context. The piece before went well, so the next call says it.
    if reset && between && matches!(op, Op::ShaStream | Op::HmacStream) {
        return true;
    }
    match fault {
        Fault::ArbitrationLoss => failure.kind == Kind::Bus(crate::wire::WireError(Bus::ArbitrationLoss)),
        Fault::TimedOut => failure.kind == Kind::Bus(crate::wire::WireError(Bus::Other)),
        Fault::AddressUnheard | Fault::AddressNack | Fault::DataNack | Fault::Busy => unanswered,
        Fault::FlipWrite(_) => unanswered || garbled,
        // One damaged reading is repeated.
        Fault::FlipRead(_) => false,
        // In a sequence, an answer that nobody drove may be followed by the one before.
        Fault::Stuck(_) | Fault::FalseAck => failure.kind == Kind::Crc,
        Fault::StuckOn(_) | Fault::Noise => garbled,
        Fault::Watchdog | Fault::BrownOutAsleep | Fault::PowerLoss | Fault::Outage => {
            unanswered || garbled || reset
        }
        // Awake again without what the commands before have left, the chip can only say that something is
        // missing: its greeting is gone with the next command.
        Fault::BrownOutAwake => {
            let refused = failure.kind == Kind::Status(Status::Execution);
            let missing = refused && op.keeps_something() && !op.digests();
            unanswered || garbled || reset || missing
        }
    }
}

/// Whether the failure tells of one of the faults.
pub(crate) fn named(op: Op, script: &Script, fail: &Fail) -> bool {
    let Fail::Chip(failure) = fail else { return false };
    // Several faults wear out the repetitions that overcome one.
    let worn_out = script.fired.len() > 1 && matches!(failure.kind, ErrorKind::Crc | ErrorKind::NotAwake);
    // After several the chip may have nothing to say but its greeting.
    let lost = script.fired.len() > 1 && failure.kind == ErrorKind::Reset;
    worn_out
        || lost
        || script.fired.iter().any(|(place, fault)| {
            names(op, *fault, between_sessions(&script.transfers, place.transfer), failure)
        })
}

/// Whether a transfer is a signal to rest, or a wake from it: the pulse or the greeting.
fn between_sessions(transfers: &[Transfer], index: usize) -> bool {
    let mut before = transfers.iter().take(index + 1).rev();
    before.find(|transfer| transfer.signal || transfer.len > 4).is_some_and(|transfer| transfer.signal)
}

/// For tables.
pub(crate) fn kind(fail: &Fail) -> &'static str {
    match fail {
        Fail::Config(what) => what,
        Fail::Chip(failure) => match failure.kind {
            ErrorKind::Bus(_) => "Bus",
            ErrorKind::NoDevice => "NoDevice",
            ErrorKind::NotAwake => "NotAwake",
            ErrorKind::Timeout => "Timeout",
            ErrorKind::Crc => "Crc",
            ErrorKind::Reset => "Reset",
            ErrorKind::Response => "Response",
            ErrorKind::Status(_) => "Status",
            _ => "other",
        },
    }
}
