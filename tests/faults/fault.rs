//! What can go wrong, and where.

/// One thing that goes wrong once, or from one moment until the operation is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// The address never reaches the chip.
    AddressNotAcknowledged,
    /// The chip hears its address; its acknowledgement is lost.
    AddressNack,
    /// The chip hears a data byte; its acknowledgement is lost.
    DataNack,
    /// Another master wins the bus: this one lets go at once.
    ArbitrationLoss,
    /// The peripheral gives up after this byte.
    TimedOut,
    /// The same, so late that the chip has done what it was told, and fallen asleep.
    TimedOutLate,
    /// A bit of what the master sends, address included.
    FlipWrite(u8),
    /// A bit of what the chip sends.
    FlipRead(u8),
    /// The rest of this transfer reads as this byte.
    Stuck(u8),
    /// Every byte reads as this, and everything seems acknowledged, until the operation is over.
    StuckOn(u8),
    /// Every byte that the chip sends arrives damaged, until the operation is over.
    Noise,
    /// Nobody was there, but something looks like an acknowledgement.
    FalseAck,
    /// The chip stays busy until the operation is over.
    Busy,
    /// The bus stands still for so long that the watchdog fires.
    Watchdog,
    /// The supply dips: the chip has reset and sleeps.
    BrownOutAsleep,
    /// The supply dips, and traffic has woken the chip again.
    BrownOutAwake,
    /// The supply goes off and comes back before the next transfer.
    PowerLoss,
    /// The supply goes off until the operation is over.
    Outage,
}

use Fault::*;

/// A place on the wire: the transfer, counted from the operation's first, and the byte in it: 0 the
/// address, then the data; one more than those is the moment before STOP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) transfer: usize,
    pub(crate) byte: usize,
}

/// What went over the wire in one transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Transfer {
    pub(crate) reads: bool,
    pub(crate) len: usize,
    pub(crate) acknowledged: bool,
    /// One byte to the chip: to sleep, to idle, to rewind its answer.
    pub(crate) signal: bool,
}

impl Fault {
    /// For tables: without its bit or level.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            AddressNotAcknowledged | AddressNack => "address NACK",
            DataNack => "data NACK",
            ArbitrationLoss => "arbitration loss",
            TimedOut | TimedOutLate => "time-out",
            FlipWrite(_) => "flipped bit, sent",
            FlipRead(_) => "flipped bit, received",
            Noise => "noise, received",
            Stuck(_) | StuckOn(_) | FalseAck => "short or stuck read",
            Busy => "stays busy",
            Watchdog => "watchdog",
            BrownOutAsleep | BrownOutAwake => "brown-out",
            PowerLoss | Outage => "power loss",
        }
    }

    /// What can happen at a byte of a transfer.
    pub(crate) fn possible(transfer: Transfer, byte: usize) -> Vec<Fault> {
        if byte > transfer.len {
            return vec![ArbitrationLoss, TimedOut, TimedOutLate];
        }
        let mut faults =
            vec![ArbitrationLoss, TimedOut, Watchdog, BrownOutAsleep, BrownOutAwake, PowerLoss, Outage];
        match (byte, transfer.reads) {
            (0, reads) => {
                faults.extend([AddressNotAcknowledged, Busy]);
                faults.extend((0..8).map(FlipWrite));
                faults.push(if transfer.acknowledged { AddressNack } else { FalseAck });
                if reads {
                    faults.extend([StuckOn(0x00), StuckOn(0xFF), Noise]);
                }
            }
            (_, false) => {
                faults.push(DataNack);
                faults.extend((0..8).map(FlipWrite));
            }
            (_, true) => {
                faults.extend([Stuck(0x00), Stuck(0xFF)]);
                faults.extend((0..8).map(FlipRead));
            }
        }
        faults
    }

    /// All faults at all places of an operation that made these transfers.
    pub(crate) fn all(transfers: &[Transfer]) -> Vec<(Place, Fault)> {
        let mut all = Vec::new();
        for (index, &transfer) in transfers.iter().enumerate() {
            // A transfer that nobody answers ends with its address.
            let last = if transfer.acknowledged { transfer.len + 1 } else { 0 };
            for byte in 0..=last {
                let place = Place { transfer: index, byte };
                all.extend(Fault::possible(transfer, byte).into_iter().map(|fault| (place, fault)));
            }
        }
        all
    }
}
