//! Where a key and its certificates lie, by the configuration `x509_device`.

use atecc608::Slot;
use atecc608::x509::SlotPlace;
use clap::ValueEnum;

/// A key and the places of its certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Seat {
    /// Key in slot 0, certificates in slots 10 to 12: for ever once the data zone is locked. Those of Trust&GO, too.
    #[default]
    First,
    /// Key in slot 1, certificates in slots 13 to 15.
    Second,
    /// Key in slot 2, certificates in slot 8.
    Third,
}

impl Seat {
    /// The slot of the key.
    pub(super) fn key(self) -> Slot {
        match self {
            Self::First => Slot::S0,
            Self::Second => Slot::S1,
            Self::Third => Slot::S2,
        }
    }

    /// Certificate, signer's key, signer's certificate.
    pub(super) fn places(self) -> [SlotPlace; 3] {
        let [first, second, third, ..] = SlotPlace::S8;
        match self {
            Self::First => [SlotPlace::S10, SlotPlace::S11, SlotPlace::S12],
            Self::Second => [SlotPlace::S13, SlotPlace::S14, SlotPlace::S15],
            Self::Third => [first, second, third],
        }
    }
}
