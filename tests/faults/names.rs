//! Which errors name which fault.

use crate::answer::{Fail, Failure};
use crate::fault::Fault;
use crate::op::Op;
use atecc608::{ErrorKind, Status};
use embedded_hal::i2c::ErrorKind as Bus;

/// Whether `fail` tells of this fault.
fn names(op: Op, fault: Fault, failure: &Failure) -> bool {
    use ErrorKind as Kind;
    // A stream whose chip could not be left idle, which is no failure of the call before, ends like this.
    if matches!(op, Op::ShaStream | Op::HmacStream) && failure.kind == Kind::Reset {
        return true;
    }
    let unanswered = match failure.kind {
        Kind::Bus(error) => matches!(error.0, Bus::NoAcknowledge(_)),
        Kind::NoDevice | Kind::Timeout | Kind::Reset => true,
        _ => false,
    };
    let garbled = matches!(
        failure.kind,
        Kind::Crc | Kind::NotAwake | Kind::Reset | Kind::Status(Status::Communication | Status::Watchdog)
    );
    match fault {
        Fault::ArbitrationLoss => failure.kind == Kind::Bus(crate::wire::WireError(Bus::ArbitrationLoss)),
        Fault::TimedOut => failure.kind == Kind::Bus(crate::wire::WireError(Bus::Other)),
        Fault::AddressUnheard | Fault::AddressNack | Fault::DataNack | Fault::Busy => unanswered,
        Fault::FlipWrite(_) => unanswered || garbled,
        // One damaged reading is repeated; only in the middle of a sequence, where asking again costs the
        // chip's state, it can't be.
        Fault::FlipRead(_) | Fault::Stuck(_) | Fault::FalseAck => failure.kind == Kind::Reset,
        Fault::StuckOn(_) | Fault::Noise => garbled,
        Fault::Watchdog | Fault::BrownOutAsleep | Fault::PowerLoss | Fault::Outage => unanswered || garbled,
        // Awake again without what the commands before have left, the chip can only say that something is
        // missing: its greeting is gone with the next command.
        Fault::BrownOutAwake => unanswered || garbled || failure.kind == Kind::Status(Status::Execution),
    }
}

/// Whether the failure tells of one of the faults.
pub(crate) fn named(op: Op, faults: &[Fault], fail: &Fail) -> bool {
    match fail {
        // Several faults wear out the repetitions that overcome one.
        Fail::Chip(failure)
            if faults.len() > 1 && matches!(failure.kind, ErrorKind::Crc | ErrorKind::NotAwake) =>
        {
            true
        }
        Fail::Chip(failure) => faults.iter().any(|fault| names(op, *fault, failure)),
        Fail::Config(_) => false,
    }
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
