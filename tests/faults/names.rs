//! Which errors name which fault.

use crate::answer::{Fail, Failure};
use crate::fault::{Fault, Transfer};
use crate::op::Op;
use crate::wire::Script;
use atecc608::{ErrorKind, Status};
use embedded_hal::i2c::ErrorKind as Bus;

/// What a transfer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The wake pulse.
    Pulse,
    /// To sleep, to idle; or to begin anew.
    LowPower,
    /// A command, an answer.
    Group,
}

impl Place {
    fn of(transfer: Option<&Transfer>) -> Place {
        match transfer {
            Some(Transfer { signal: true, .. }) => Place::LowPower,
            Some(Transfer { reads: false, len: 1, .. }) => Place::Pulse,
            _ => Place::Group,
        }
    }
}

/// Whether `fail` tells of this fault, which came between two sessions, or not.
///
/// `Reset` means that the chip no longer holds what the operation left in it. That is so where the chip has
/// really reset, and where the driver had to put it to sleep to have it listen again.
fn names(op: Op, fault: Fault, place: Place, between: bool, failure: &Failure) -> bool {
    use ErrorKind as Kind;
    let unanswered = match failure.kind {
        // However it is told.
        Kind::Bus(error) => error.0 != Bus::ArbitrationLoss,
        Kind::NoDevice(_) | Kind::Timeout(_) => true,
        _ => false,
    };
    let garbled = matches!(
        failure.kind,
        Kind::Crc | Kind::NotAwake | Kind::Status(Status::Communication | Status::Watchdog)
    );
    let reset = failure.kind == Kind::Reset;
    // Awake again without what the commands before have left, the chip can only say that something is missing: its
    // wake response is gone with the next command.
    let refused = failure.kind == Kind::Status(Status::Execution);
    let missing = refused && op.keeps_something() && !op.digests();
    // A stream whose chip could not be left idle between two pieces, or did not wake from it as it should: to
    // have it listen again costs the context. The piece before went well, so the next call says it.
    if reset && between && matches!(op, Op::ShaStream | Op::HmacStream) {
        return true;
    }
    match fault {
        // The pulse's own error is no news: that the chip slept through it is.
        Fault::ArbitrationLoss if place == Place::Pulse => unanswered,
        Fault::ArbitrationLoss => failure.kind == Kind::Bus(crate::wire::WireError(Bus::ArbitrationLoss)),
        // A chip that did not acknowledge idle, or seems not to have, is told to have lost what it held.
        Fault::TimedOut | Fault::AddressNotAcknowledged | Fault::AddressNack | Fault::DataNack
            if place == Place::LowPower =>
        {
            unanswered || reset
        }
        Fault::TimedOutLate => unanswered || garbled || reset,
        // The same as a missing acknowledge, for it may be one; in the middle of an answer nothing is left to read.
        Fault::TimedOut => unanswered || failure.kind == Kind::Crc,
        Fault::AddressNotAcknowledged | Fault::AddressNack | Fault::DataNack | Fault::Busy => unanswered,
        // The word address of a command, flipped, sends the chip to sleep, or idle; a count that is too large leaves it
        // waiting, and told to begin anew it has but its wake response to say.
        Fault::FlipWrite(_) => unanswered || garbled || reset,
        // One damaged reading is repeated.
        Fault::FlipRead(_) => false,
        // In a sequence, an answer that nobody drove may be followed by the one before.
        Fault::Stuck(_) | Fault::FalseAck => failure.kind == Kind::Crc,
        Fault::StuckOn(_) | Fault::Noise => garbled,
        // Where a long session leaves the chip idle to restart the watchdog, it wakes as if nothing were.
        Fault::Watchdog | Fault::BrownOutAsleep | Fault::PowerLoss | Fault::Outage => {
            unanswered || garbled || reset || between && missing
        }
        Fault::BrownOutAwake => unanswered || garbled || reset || missing,
    }
}

/// Whether the failure tells of one of the faults.
pub(crate) fn named(op: Op, script: &Script, fail: &Fail) -> bool {
    let (Fail::Chip(failure) | Fail::Locked(failure)) = fail else { return false };
    // Several faults wear out the repetitions that overcome one.
    let worn_out = script.fired.len() > 1 && matches!(failure.kind, ErrorKind::Crc | ErrorKind::NotAwake);
    // After several the chip may have nothing to say but its wake response.
    let lost = script.fired.len() > 1 && failure.kind == ErrorKind::Reset;
    worn_out
        || lost
        || script.fired.iter().any(|(place, fault)| {
            let transfer = script.transfers.get(place.transfer);
            names(
                op,
                *fault,
                Place::of(transfer),
                between_sessions(&script.transfers, place.transfer),
                failure,
            )
        })
}

/// Whether a transfer is idle or sleep, or a wake from it: the pulse or the wake response.
fn between_sessions(transfers: &[Transfer], index: usize) -> bool {
    let mut before = transfers.iter().take(index + 1).rev();
    before.find(|transfer| transfer.signal || transfer.len > 4).is_some_and(|transfer| transfer.signal)
}

/// For tables.
pub(crate) fn kind(fail: &Fail) -> &'static str {
    match fail {
        Fail::Config(what) => what,
        Fail::Chip(failure) | Fail::Locked(failure) => match failure.kind {
            ErrorKind::Bus(_) => "Bus",
            ErrorKind::NoDevice(_) => "NoDevice",
            ErrorKind::NotAwake => "NotAwake",
            ErrorKind::Timeout(_) => "Timeout",
            ErrorKind::Crc => "Crc",
            ErrorKind::Reset => "Reset",
            ErrorKind::Response => "Response",
            ErrorKind::Status(_) => "Status",
            _ => "other",
        },
    }
}
