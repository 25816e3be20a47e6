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
    OpenAesRefused, "U25", "AES without a slot is refused in C0";
    OpenVerifyRefused, "U25", "Verify(External) is refused in C0";
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

    // Keys, slots and TempKey, as plan A of the doctor asks about them.
    WrongMacMiscompares, "U3", "a wrong MAC of Write, PrivWrite or DeriveKey gives 0x01";
    UnusedAddressBitsIgnored, "U4", "unused bits of an address are ignored";
    UnusedAddressBitsRefused, "U4", "unused bits of an address are refused with 0x0F";
    HighKeyIdsRefused, "U4", "a KeyID with bit 15 is refused with 0x0F outside GenDig";
    HighKeyIdsIgnored, "U4", "bit 15 of a KeyID is ignored, too, outside GenDig";
    KeyIdBitsCount, "U4", "a KeyID above 15 is a parse error for every command";
    EncryptReadNeedsSecret, "U6", "EncryptRead without IsSecret means nothing: reads are clear";
    CounterCountsZeroBits, "U8", "a counter's zero bits count, wherever they stand";
    CounterKeepsPattern, "U8", "an increment clears one bit more of a pattern that is not regular";
    MacClearsTempKey, "U10", "MAC of a slot's key and a challenge clears TempKey";
    MacSparesTempKey, "U10", "MAC with TempKey leaves it";
    CheckMacSparesTempKey, "U10", "CheckMac without TempKey leaves it";
    DeriveKeySparesTempKey, "U10", "DeriveKey leaves TempKey";
    SignSparesTempKey, "U10", "Sign of TempKey leaves it";
    VerifySparesTempKey, "U10", "Verify with the message in TempKey leaves it";
    EncryptedReadSparesTempKey, "U10", "an encrypted Read leaves TempKey";
    EncryptedWriteSparesTempKey, "U10", "an encrypted Write leaves TempKey";
    PrivWriteSparesTempKey, "U10", "an encrypted PrivWrite leaves TempKey";
    RefusalsClearTempKey, "U10", "a refused command clears TempKey, whichever it is";
    FailedNonceSparesTempKey, "U10", "a refused Nonce leaves TempKey";
    UseCountedFirst, "U12", "a use is counted before anything else of the command is checked";
    CountMatchStopsCounter, "U13", "Counter goes no further than the limit of CountMatch";
    GenDigKeepsGenKeyData, "U14", "GenDig leaves GenKeyData set";
    GenKeyToTempKeyIsInput, "U15", "SourceFlag is 1 after GenKey into TempKey";
    EcdhToTempKeyIsRandom, "U15", "SourceFlag is 0 after ECDH into TempKey";
    KdfToTempKeyIsInput, "U15", "SourceFlag is 1 after KDF into TempKey";
    KdfToTempKeyIsRandom, "U15", "SourceFlag is 0 after KDF into TempKey";
    ShaToTempKeyIsRandom, "U15", "SourceFlag is 0 after SHA into TempKey";
    BadPointIsEccFault, "U16", "ECDH with a point off the curve gives 0x05";
    BadPointCounts, "U16", "ECDH with a point off the curve is a use of the key";
    EcdhToSlotNeedsBit3, "U17", "ECDH p1 0x04 is refused while ReadKey bit 3 is 0";
    EcdhToSlotUnknown, "U17", "ECDH p1 0x04 is a parse error";
    EcdhOutputInSpite, "U18", "ECDH p1 0x0C gives the secret out in spite of ReadKey bit 3";
    ResultTargetAnyWriteConfig, "U19", "results go into slots of any WriteConfig";
    NextSlotNeedsAlways, "U19", "slot N+1 of ECDH needs WriteConfig Always";
    PrivateResultTarget, "U19", "results go into slots of private keys, too";
    LockedResultTarget, "U19", "results go into slots that are locked, too";
    PrivWriteTakesAnyScalar, "U27", "PrivWrite takes 0 and n as keys";
    PrivWriteNeedsMac, "U27", "PrivWrite in clear without a MAC is a parse error";
    NoEncryptedOtpWrite, "U28", "an encrypted Write to OTP is refused";
    EncryptedWriteNeedsRandom, "U29", "an encrypted Write needs a random nonce";
    DigestBufferUsedUp, "U33", "the message digest buffer is empty after a use";
    AlternateKeyUsedUp, "U33", "the alternate key buffer is empty after a use";
    TransportKeysParse, "U38", "GenDig of a transport key is a parse error";
    TransportKeysExist, "U38", "there are transport keys, and GenDig takes them";
    ClearWriteClearsTempKey, "U39", "a clear Write clears TempKey";
    CounterClearsTempKey, "U39", "Counter clears TempKey";
    UpdateExtraClearsTempKey, "U39", "UpdateExtra clears TempKey";
    LockClearsTempKey, "U39", "Lock clears TempKey";
    CheckMacOfTempKeyParse, "U40", "CheckMac p1 03 and 07 are parse errors";
    NoOtpWrite, "D3", "OTP can't be written once the config zone is locked";
    SharedNonceSetsGenDigData, "D5", "GenDig of a shared nonce sets GenDigData and KeyID";
    BufferNonceClearsTempKey, "D6", "Nonce into another buffer clears TempKey";
    BufferSignClearsTempKey, "D6", "Sign of the digest buffer clears TempKey";
    RandomClearsTempKey, "D6", "Random clears TempKey";
    TempKeyAuthorises, "D7", "CheckMac with TempKey in place of the slot's key authorises, too";
    EcdhBit3Swapped, "D8", "ECDH in compatible mode gives the secret out if ReadKey bit 3 is 1";
    UpdateExtraAgain, "D12", "UpdateExtra writes a byte any number of times";
    EncryptedWriteNeedsBit6, "D17", "an encrypted Write needs p1 bit 6 after the data lock, too";
    EncryptedWriteHashesC2, "D17", "the MAC of an encrypted Write is over p1 with bit 6, whatever was sent";
    LatchStopsWrite, "D25", "PersistentDisable stops Write to the slot, too";
    DeriveKeyFreeTarget, "D29", "ReqAuth of DeriveKey's target is not asked";
    CopyNotPrivate, "checkmac-s-copy-from-a-private-or-slot", "CheckMac does not copy a private key";
    CopyNotLocked, "checkmac-s-copy-from-a-private-or-slot", "CheckMac does not copy from a slot that is locked";
    MismatchIsNoUse, "is-a-use-counted-if-checkmac-or-verify", "a mismatch of CheckMac is no use";
    NoMacFlagUnlocked, "nomacflag-of-tempkey-in-c1d0", "NoMacFlag keeps MAC from nothing before the data lock";
    DeriveFromPrivate, "derivekey-private-parent", "DeriveKey takes a private key as parent";
    DeriveOneAuthorisationEach, "derivekey-two-keys-that-ask-for-authorisation", "each key of DeriveKey needs an authorisation of its own";
    WrongDeriveMacCounts, "derivekey-wrong-mac-of-a-limited-key", "a wrong MAC of DeriveKey is a use of the parent";
    CompatibleEcdhIsClear, "ecdh-ecdhprot-1-in-compatible-mode-ecdhprot-3", "EcdhProt 1 does not touch ECDH's compatible mode";
    CompatibleEcdhRefused, "ecdh-ecdhprot-1-in-compatible-mode-ecdhprot-3", "EcdhProt 1 refuses ECDH's compatible mode";
    KdfProt3IsClear, "ecdh-ecdhprot-1-in-compatible-mode-ecdhprot-3", "KdfProt 3 lets results out";
    FailedEcdhClearsTempKey, "ecdh-from-a-slot-into-tempkey-that-fails", "a refused ECDH from a slot clears TempKey";
    UnlockedTargetNeedsAlways, "writeconfig-of-ecdh-and-kdf-targets-in-c1d0", "WriteConfig of a result's target counts before the data lock";
    PrivWritePadIsZero, "privwrite-pad-bytes", "PrivWrite refuses a pad that is not zero";
    ClearPrivWriteSparesTempKey, "privwrite-in-clear-mode-and-tempkey", "PrivWrite in clear leaves TempKey";
    UseCountedAtOnce, "how-long-does-counting-a-use-take", "counting a use takes no time of its own";

    // Keys and their bits before the data lock: ECDH, KDF, AES, HMAC, Verify, SecureBoot.
    UnlockedEcdhRefused, "U26", "ECDH with a slot is refused until the data zone is locked";
    UnlockedKdfRefused, "U26", "KDF of a slot is refused until the data zone is locked";
    UnlockedAesRefused, "U26", "AES with a slot is refused until the data zone is locked";
    UnlockedHmacRefused, "U26", "HMAC with a slot is refused until the data zone is locked";
    UnlockedAesAnyType, "U26", "AES takes any KeyType until the data zone is locked";
    UnlockedLimitedUse, "U48", "LimitedUse is in force before the data lock";
    UnlockedReqAuth, "U48", "ReqAuth is in force before the data lock";
    UnlockedReqRandom, "U48", "ReqRandom is in force before the data lock";
    UnlockedLatch, "U48", "PersistentDisable is in force before the data lock";
    UnlockedPubInfo, "U48", "PubInfo is in force before the data lock";
    UnlockedNoMac, "U48", "NoMac is in force before the data lock";
    UnlockedBoot, "U23", "SecureBoot works before the data lock";
    UnlockedHmacNoMacFlag, "nomacflag-of-tempkey-in-c1d0", "before the data lock HMAC takes a TempKey with NoMacFlag";

    // AES.
    AesBlockForbidden, "D20", "a key block that the slot is too small for is refused with 0x0F";
    AesTypeIllegal, "D20", "a slot that is none for AES is refused with 0x03";
    AesTakesPrivate, "aes-with-a-private-slot-of-keytype-6", "AES takes a private slot of KeyType 6";

    // KDF.
    KdfEncryptsItself, "U9", "with KdfProt 1 a clear output is encrypted, whatever the mode says";
    KdfAsksRandom, "U20", "KDF asks for a random TempKey if the key's slot has ReqRandom";
    KdfAsksNoMac, "U20", "KDF takes no key with NoMac";
    KdfMessageSlotInTarget, "U21", "the slot of HKDF's message is the high byte of p2";
    KdfMessageSlotWhole, "U21", "32 bytes of the message's slot count, whatever the length says";
    KdfMessageTempKeyLength, "U21", "as many bytes of TempKey count as the length says";
    KdfIvObeysProtection, "U22", "an IV obeys KdfProt like every other result";
    KdfAeadShort, "U51", "AEAD does not need the 64-byte result";
    KdfAeadWhole, "U51", "AEAD gives all 64 bytes out";
    KdfAsksShaKey, "U52", "PRF and HKDF ask for KeyType 7";
    KdfAesAnyType, "U52", "KDF-AES takes any KeyType";
    KdfLengthIgnored, "D24", "the bytes that came are the message, whatever details say of its length";
    KdfLengthBeyond, "D24", "a message may have more than 127 bytes";
    KdfIgnoresLatch, "D25", "KDF takes a key with PersistentDisable while the latch is 0";
    KdfZeroKeyUsesSource, "kdf-key-of-zeros", "with the key of zeros the source's slot is asked and counted all the same";
    KdfMessageUnguarded, "kdf-slot-as-message", "ReqAuth of a slot that is the message is not asked";
    KdfMessageAsksLatch, "kdf-slot-as-message", "PersistentDisable of a slot that is the message is asked";
    KdfIvShortIllegal, "kdf-where-the-iv-is-looked-for", "a message too short for the IV's place is refused with 0x03";

    // Verify.
    SignatureRangeForbidden, "U49", "R or S out of range is refused with 0x0F";
    VerifyMacOfShortBuffer, "U49", "the MAC is made with zeros if the digest buffer has 32 bytes only";
    StoredPointMiscompare, "U49", "a stored key off the curve gives 0x01";
    VerifyMismatchUncounted, "is-a-use-counted-if-checkmac-or-verify", "Verify counts no use if the signature does not fit";
    ValidateExternalShortOnly, "D13", "Verify(ValidateExternal) takes 64 bytes only";
    ValidateExternalLongOnly, "D13", "Verify(ValidateExternal) takes 128 bytes only";
    ValidateExternalFromBuffer, "verify-validateexternal-and-the-digest-buffer-mac", "Verify(ValidateExternal) takes the digest buffer, too";
    ValidateExternalWithoutMac, "verify-validateexternal-and-the-digest-buffer-mac", "Verify(ValidateExternal) makes no MAC";
    X509Unpadded, "x509format-how-blocks-are-counted", "TemplateLength counts the blocks of the message without padding";
    X509FromOne, "x509format-how-blocks-are-counted", "PublicPosition counts from 1";

    // SHA and its HMAC.
    HmacAsksShaKey, "U52", "HMAC asks for KeyType 7";
    HmacIgnoresLatch, "D25", "HMAC takes a key with PersistentDisable while the latch is 0";
    ShaPublicAligned, "sha-public-permissions-alignment-hmac", "SHA(Public) inserts a key at the begin of a block only";
    ShaPublicInHmac, "sha-public-permissions-alignment-hmac", "SHA(Public) works in an HMAC";
    ShaPublicAsksAuthorisation, "sha-public-permissions-alignment-hmac", "SHA(Public) asks for ReqAuth of the slot";
    ShaPublicFirstCounts, "sha-public-twice-after-write-context", "after two SHA(Public) the first one counts";
    ShaContextKeepsKey, "sha-public-twice-after-write-context", "SHA(Write_Context) keeps what SHA(Public) inserted";

    // SecureBoot.
    BootIgnoresValidity, "U23", "SecureBoot takes a public key that is not validated";
    BootIgnoresAuthorisation, "U23", "SecureBoot does not ask for ReqAuth of the public key";
    BootUnstoredForbidden, "U23", "FullStore before any FullCopy is refused with 0x0F";
    BootDisabledIllegal, "U23", "SecureBoot is refused with 0x03 where it is disabled";
    BootSleepLiftsProhibition, "U23", "the prohibition of SecureBoot ends with sleep";
    BootMismatchProhibits, "secureboot-prohibition-bit-and-a-mismatch", "a mismatch prohibits SecureBoot, too, if the bit says so";
    BootStoresIntoLocked, "secureboot-private-locked-or-too-small-slot-for", "FullCopy stores into a slot that is locked";
    BootAuthorises, "secureboot-and-authvalid", "a success authorises as Verify(Stored) does";

    // The latch by Info.
    LatchClearAsksAuthorisation, "U24", "clearing the latch needs authorisation, too";
    LatchSetUsesAuthorisation, "U24", "setting the latch uses the authorisation up";

    // What Read, Write and results ask of a slot.
    ReadAsksAuthorisation, "U42", "Read asks for ReqAuth of the slot";
    ReadAsksLatch, "U42", "Read asks for PersistentDisable of the slot";
    EncryptedWriteAsksAuthorisation, "U42", "an encrypted Write asks for ReqAuth of the slot";
    EncryptedWriteAsksLatch, "U42", "an encrypted Write asks for PersistentDisable of the slot";
    TargetAsksAuthorisation, "U42", "results of ECDH, KDF and SecureBoot ask for ReqAuth of their slot";
    TargetAsksLatch, "U42", "results of ECDH, KDF and SecureBoot ask for PersistentDisable of their slot";
    LastBlockWriteRefused, "U55", "an encrypted Write of a block that the slot keeps in part is refused";
    LastBlockReadRefused, "U55", "an encrypted Read of a block that the slot keeps in part is refused";

    // GenDig, DeriveKey, CountMatch.
    GenDigIgnoresOtherData, "U44", "GenDig of zones that need no OtherData ignores it";
    GenDigNoMacPlain, "U50", "GenDig of a NoMac slot without OtherData makes the usual message";
    DeriveMacOptional, "U50", "DeriveKey without the MAC that is asked for works";
    CountMatchSecond, "U47", "the second copy of the limit counts";
    CountMatchUnequalOpen, "U47", "copies that differ are no limit";
    CountMatchEqual, "U47", "keys stop at the limit, not beyond it";
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
