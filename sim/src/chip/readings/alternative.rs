//! The other answers to what no source proves.

/// Names each alternative, the point of the chip reference that it answers, and what it says.
macro_rules! alternatives {
    ($($name:ident, $point:literal, $says:literal;)*) => {
        /// An answer to a point that no source proves, where the chip by default follows another one.
        ///
        /// `docs/unverified.md` has the points, and what the chip does by default.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        pub enum Alternative {
            $(#[doc = concat!($point, ": ", $says, ".")] $name,)*
        }

        impl Alternative {
            /// All there are.
            pub const ALL: &[Alternative] = &[$(Alternative::$name),*];

            /// The point that it answers, such as `U5`.
            #[must_use]
            pub const fn point(self) -> &'static str {
                match self { $(Self::$name => $point,)* }
            }

            /// The answer, as half a sentence.
            #[must_use]
            pub const fn says(self) -> &'static str {
                match self { $(Self::$name => $says,)* }
            }
        }
    };
}

alternatives! {
    // Addresses, and what is wrong before a command means anything.
    BeyondZoneRefused, "U5", "an address beyond its zone is refused with 0x0F";

    // What can be asked of any chip, or of one of which nothing is locked. On the bus:
    ReservedAddressRefused, "U2", "a reserved word address is not acknowledged";
    ReservedAddressLowBits, "U2", "only the low two bits of a word address count";
    SelfTestAnswers, "U35", "the chip answers while the power-on self test runs";
    SelfTestLonger, "U35", "the power-on self test takes longer than 20 ms";
    WatchdogNeverRefuses, "U36", "0xEE is never given: the watchdog ends what does not fit";
    WatchdogOneMargin, "U36", "0xEE is given if less than one time is left, the same for all commands";
    WatchdogTypicalMargin, "U36", "0xEE is given if less than the time is left that the command takes";
    TimesBeyondMaxima, "U37", "commands take longer than the maxima";
    SettingsAtOnce, "U43", "address and ChipMode count at once";
    SettingsAtEveryWake, "U43", "address and ChipMode count after idle, too";
    SettingsAtPowerUp, "U43", "address and ChipMode count after power-up only";
    PulseAwakeResponds, "U53", "the next read after a wake pulse gives 04 11 33 43, also on an awake chip";
    PastTheEndRepeats, "U54", "a read past the end of a response gives the response again";
    PastTheEndRepeatsWake, "U54", "a read past the end gives the wake response again, and 0xFF after others";
    PartialReadOnes, "D9", "a read in the middle of a command is acknowledged and gives 0xFF";
    LongestGroup135, "D10", "the longest group has 135 bytes, as the longest command";
    LongestGroup255, "D10", "the longest group has 255 bytes";
    LongWatchdog13, "D11", "the long watchdog has 13 s";
    NonceQuick, "D23", "Nonce takes at most 7 ms";
    NonceSlow, "D23", "Nonce takes more than 20 ms";
    StopDropsPartial, "D28", "what came of a command is dropped at STOP";
    // In commands:
    OpenGenDigConfigRefused, "U25", "GenDig of the config zone is refused in C0";
    OpenKdfRefused, "U25", "KDF is refused in C0 with 0x0F";
    OpenKdfIllegal, "U25", "KDF is refused in C0 with 0x03";
    ShaEndBlockIllegal, "U31", "SHA End with 64 bytes is refused with 0x03";
    ShaUpdateNothingIllegal, "U31", "SHA Update without bytes is refused with 0x03";
    ShaStartlessIllegal, "U32", "SHA Update or End without Start is refused with 0x03";
    ShaStartlessBegins, "U32", "SHA Update or End without Start begins a message";
    SurplusIgnored, "U45", "surplus data is ignored by commands that take none";
    ProtectedBytesIllegal, "U46", "a write that touches a protected byte is refused with 0x03";
    ProtectedBytesSkipped, "U46", "a write that touches a protected byte writes the others";
    ShaContextLonger, "D2", "a SHA context has 40 bytes and those left over";
    SelfTestBit1Illegal, "D14", "SelfTest with bit 1 is refused with 0x03";
    SignD0Buffer, "D15", "Sign with p1 0xD0 is legal";
    InfoMostSignificantFirst, "D18", "Info gives its words most significant byte first";
    AesOnlyFirst, "D19", "only the first 16 bytes of TempKey are an AES key";
    AesAlwaysFirst, "D19", "the first 16 bytes of TempKey are the AES key, whatever block is asked for";
    AesUpperStays, "D19", "the upper half of TempKey has AES keys also after a load of 32 bytes";
    AesKeyIdRefused, "D20", "AES with a KeyID above 15 is refused with 0x0F";
    AesOpenSlotRefused, "D20", "AES with a slot in C0 is refused with 0x0F";
    InfoRngBits, "D21", "Info shows the random number generator's seed";
    SerialByteFixed, "D22", "0xEE is hashed for the last byte of the serial number, whatever it is";
    ShaContextNeedsStart, "D26", "SHA Write_Context without Start is refused with 0x0F";
    WordBitsOffset, "D27", "the word bits of a 32-byte access say where it begins";
    WordBitsIllegal, "D27", "word bits in a 32-byte access are refused with 0x03";
    CheckMacFlagTaken, "checkmac-p1-04-mac-p1-04-and-44", "CheckMac takes the SourceFlag without TempKey";
    MacFlagIllegal, "checkmac-p1-04-mac-p1-04-and-44", "MAC refuses the SourceFlag without TempKey with 0x03";
    OpenMac, "mac-and-checkmac-without-slot-key-in-c0", "MAC without slot key works in C0";
    OpenCheckMac, "mac-and-checkmac-without-slot-key-in-c0", "CheckMac without slot key works in C0";
    OpenGenDigRefused, "gendig-of-shared-nonce-counter-key-configuration-in", "all three are refused in C0";
    OpenKeyConfigRefused, "gendig-of-shared-nonce-counter-key-configuration-in", "GenDig of key configuration is refused in C0";
    SharedNonceHighIllegal, "gendig-shared-nonce-p2-bits-14-8", "they are refused with 0x03";
    SharedNonceHighHashed, "gendig-shared-nonce-p2-bits-14-8", "they are hashed as sent";
    GfmWithoutAes, "gfm-on-a-part-without-aes", "it works there, too";
    EcdhP2Ignored, "ecdh-from-tempkey-p2-other-than-0-without", "it is ignored";
    KdfDetailsIllegal, "kdf-bits-of-details-without-meaning", "they are refused with 0x03";
    KdfSizesRefused, "kdf-sizes-that-do-not-fit-source-or", "they are refused with 0x0F";
    KdfOtherHalfLost, "kdf-32-bytes-into-tempkey-or-into-its", "the other half is lost";
    KdfZeroKeyLooks, "kdf-key-of-zeros", "the source has to be valid nevertheless";
    KdfIvBehindDetails, "kdf-where-the-iv-is-looked-for", "KdfIvLoc counts from the first byte of details";
    OpenOutNonceRandom, "is-the-outnonce-of-io-protection-the-test", "it is random in C0, too";
}

/// A set of [`Alternative`]s.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Alternatives([u64; 4]);

impl Alternatives {
    /// None of them: everything is as the chip reference recommends.
    pub const NONE: Self = Self([0; 4]);

    /// These, and one more.
    #[must_use]
    pub const fn with(self, alternative: Alternative) -> Self {
        let Self(mut bits) = self;
        bits[alternative as usize / 64] |= 1 << (alternative as usize % 64);
        Self(bits)
    }

    /// Whether it is among them.
    #[must_use]
    pub const fn has(self, alternative: Alternative) -> bool {
        self.0[alternative as usize / 64] >> (alternative as usize % 64) & 1 == 1
    }
}

// What the set has room for.
const _: () = assert!(Alternative::ALL.len() <= 256);
