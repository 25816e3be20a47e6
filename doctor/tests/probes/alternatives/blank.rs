//! Of the probes in `probes/blank.rs`.

use atecc608_sim::chip::Alternative as A;

use super::Row;

pub(super) const ROWS: &[Row] = &[
    (A::ReservedAddressRefused, "reserved-word-address", 1),
    (A::ReservedAddressLowBits, "reserved-word-address", 2),
    (A::LongestGroup135, "longest-group", 1),
    (A::LongestGroup255, "longest-group", 2),
    (A::SettingsAtOnce, "chip-mode-counts", 1),
    (A::SettingsAtEveryWake, "chip-mode-counts", 2),
    (A::SettingsAtPowerUp, "chip-mode-counts", 3),
    (A::LongWatchdog13, "long-watchdog", 1),
    (A::SelfTestAnswers, "power-on-test", 1),
    (A::SelfTestLonger, "power-on-test", 2),
    (A::ProtectedBytesIllegal, "protected-bytes", 1),
    (A::ProtectedBytesSkipped, "protected-bytes", 2),
    (A::SignD0Buffer, "sign-d0-open", 1),
    (A::CheckMacFlagTaken, "source-flag-alone", 1),
    (A::MacFlagIllegal, "source-flag-alone", 2),
    (A::EcdhP2Ignored, "ecdh-tempkey-p2", 1),
    (A::AesKeyIdRefused, "aes-key-id", 1),
    (A::AesOpenSlotRefused, "aes-slot-open", 1),
    (A::KdfIvBehindDetails, "kdf-iv-place", 1),
    (A::OpenOutNonceRandom, "out-nonce-open", 1),
];
