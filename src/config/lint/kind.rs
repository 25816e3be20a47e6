//! The kinds of findings: what is wrong and the help, in words.

macro_rules! kinds {
    ($($name:ident: $reason:literal; $help:literal,)*) => {
        /// What a finding is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[non_exhaustive]
        pub enum Kind { $(#[doc = $reason] #[doc = ""] #[doc = concat!("Help: ", $help)] $name,)* }

        impl Kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its name, as in the source.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// Why, in words; `{}` stands for the other slot or the address.
            pub(super) const fn reason(self) -> &'static str {
                match self { $(Self::$name => $reason,)* }
            }

            /// What to do; `{}` stands for the other slot.
            pub(super) const fn help(self) -> &'static str {
                match self { $(Self::$name => $help,)* }
            }
        }
    };
}

kinds! {
    MadeFor508A: "the table was made for an ATECC508A: what that chip has in byte 18 (OTPmode) and bytes 68 to 83 (LastKeyUse), the ATECC608 reads as CountMatch, UseLock, the persistent latch, SecureBoot and KDF's IV; slots and keys mean the same on both"; "for an ATECC608 set byte 18 and bytes 68 to 83 to 0, and look again: findings on these bytes go away",
    PrivateKeyType: "a private key must be of type P-256; the chip refuses every command on this one"; "set KeyType to 4, or clear Private",
    PrivateKeyNotSecret: "a private key without IsSecret can't be made, written or used to sign"; "set IsSecret",
    PrivateKeyCopied: "CheckMac copies this private key to TempKey for whoever knows the key in {}: it can be used up and cloned there"; "permit the key something, so that its ReadKey bits are not 0",
    PrivateKeyUseless: "the private key may neither sign nor take part in ECDH"; "set ReadKey bit 0 (external signatures), 1 (internal) or 2 (ECDH)",
    PrivateKeyReplaceable: "after the data lock anyone on the bus can make a new key here, and the old one with its certificates is lost"; "clear WriteConfig bit 13, ask for authorisation, or lock the slot once the key is made",
    PrivateKeyWritten: "the private key can be written from outside with {}: who knows that key can put a known private key here"; "clear WriteConfig bit 14 and let GenKey make the key",
    PrivateKeyMadeOnce: "the key can be made between the locks only; after the data lock an empty slot stays empty"; "call GenKey before the data lock, and read the public key back",
    PublicKeyLost: "the public key is told once, when the key is made; if that answer is lost, nothing gives it after the data lock, nor does `provision` called again (PubInfo is 0)"; "set PubInfo",
    NoRoomForCertificate: "the key can be replaced after the data lock, and no slot from 8 to 15 can be both read in clear and written then: a certificate of the old key ends with it, and the chip has no place for the new one's"; "leave a slot from 9 to 15, or slot 8, writable and readable in clear, or keep certificates outside the chip",
    EcdhTarget: "the ECDH result should go into the next slot, but the slot number is odd, or {} is private or locked"; "use an even slot with a plain secret slot behind it, or clear ReadKey bit 3",
    EcdhTargetReadable: "the ECDH secret can go into {}, where anyone can read it in clear"; "set IsSecret there",
    EcdhOverwrites: "ECDH with the key in {} puts a secret over these contents, whatever their WriteConfig, and who asks for it knows it (UNVERIFIED where ReadKey bit 3 of {} is clear, chip reference U17)"; "leave the slot behind an even ECDH key unused, take an odd slot for that key, or lock this slot once it is written",
    EcdhBitAlone: "ECDH into the next slot is chosen, but ECDH is not permitted"; "set ReadKey bit 2, too, or clear bit 3",
    EcdhClear: "the ECDH secret is given out in clear on the bus"; "set EcdhProt to 1 with an I/O protection key, or use the target TempKey",
    ReqRandomIgnored: "ReqRandom keeps nobody from Sign, ECDH, AES and KDF; it counts for MAC, HMAC, CheckMac, GenDig, DeriveKey and digests only"; "do not rely on it; use ReqAuth",
    ReservedKeyType: "the key type is a reserved code; what commands do with such a key is not known"; "use 4 (P-256), 6 (AES) or 7 (secret or data)",
    PublicKeyTooSmall: "slots 0 to 7 are too small for a public key: Verify refuses it"; "use slots 8 to 15, or set Private if it should be a private key",
    PublicKeyReplaceable: "anyone can write another public key here, and Verify then trusts that one"; "never permit writes, require validation (PubInfo), or lock the slot once the key is written",
    AesKeyReadable: "anyone can read the AES keys in clear"; "set IsSecret",
    AesDisabled: "this chip has no AES (byte 13): AES can't use the key"; "use another chip, or another key type",
    SecretReplaceable: "after the data lock anyone can overwrite this secret, with a value of their choice"; "set WriteConfig to Never or Encrypt, or lock the slot once it is written",
    DataWritable: "stays writable by anyone after the data lock"; "lock the slot when its contents are final, or set WriteConfig to Never",
    EncryptReadWithoutSecret: "EncryptRead without IsSecret gives no security that is known of (UNVERIFIED, chip reference U6)"; "set IsSecret",
    ContentsWrittenOnce: "nothing can write here after the data lock"; "write the contents before the data lock",
    EncryptedTail: "the slot is read in clear and written encrypted, in blocks of 32 bytes, the last of which holds 8 here: whether the chip takes that block is not known (UNVERIFIED, chip reference U55), and a certificate or public key fills the slot to its end"; "write it before the data lock, permit writes in clear, or try it on a chip",
    DerivedByAnyone: "anyone can have DeriveKey change this key, after which nobody knows it who did not listen"; "ask for authorisation; a MAC (WriteConfig bit 15) keeps out only who never heard one",
    KeyUnusable: "no command can ever use this key, though its own bits look fine: what they ask for can't be had"; "see the other findings on this slot and on the slots it names",
    CopyTarget: "ReadKey is 0, so CheckMac copies this secret to TempKey for whoever knows the key in {}"; "set ReadKey to another slot",
    GuessableByMac: "MAC hashes the stored data for anyone, so that short or predictable contents can be guessed off line"; "set NoMac",
    GuessableByGenDig: "GenDig and KDF take the stored data as a key for anyone, and AES, Sign or KDF with the result tell whether a guess was right; NoMac does not prevent that"; "ask for authorisation, or store only what nobody can guess",
    ResultReadable: "results of KDF should not leave the chip in clear (KdfProt), but anyone can have them put here, and read them"; "set IsSecret, or WriteConfig to Never; or lock the slot",
    ReadableByKdf: "KDF takes messages of any length from this slot under a key of zeros: byte after byte, anyone could find out the secret (UNVERIFIED, chip reference U21)"; "ask for authorisation, or test it on a chip before relying on this slot",
    LockableOpen: "the slot can be locked on its own, and is not: until then anyone can lock it, and once it is locked nothing changes its contents: no Write, GenKey, DeriveKey, ECDH or KDF"; "lock it when its contents are final",
    LockedEarly: "the slot is locked before the data zone is: its contents can never be written"; "set its bit in bytes 88 and 89",
    ReadKeyUnusable: "reads are encrypted with {}, but GenDig can't use that: nobody can ever read this slot"; "name a secret that is no private key and whose own terms can be met",
    ReadKeySelf: "reads are encrypted with the slot itself: only who knows the contents can read them"; "name another slot as ReadKey",
    ReadKeyExposed: "reads are encrypted with {}, which anyone can read or replace: this secret is open to all"; "make {} secret and never writable, or lock it",
    WriteKeyUnusable: "writes are encrypted with {}, but GenDig can't use that: nobody can ever write this slot"; "name a secret that is no private key and whose own terms can be met",
    WriteKeySelf: "writes are encrypted with the slot itself: once its value is lost, it can't be written again"; "name another slot as WriteKey",
    WriteKeyExposed: "writes are encrypted with {}, which anyone can read or replace: anyone can write here"; "make {} secret and never writable, or lock it",
    EncryptsWithNoMac: "reads or writes are encrypted with {}, whose NoMac is set: the data sheet of the ATECC508A and the vendor's library let no TempKey made with such a key encrypt (UNVERIFIED, chip reference U30)"; "clear NoMac in {}",
    EncryptedAccessReplayed: "reads or writes are encrypted with {}, which takes a nonce that the host chose: who listened can play a recorded write back, and who knows what one transfer said can write anything"; "set ReqRandom in {}",
    DeriveReplayed: "DeriveKey makes this key from {}, also with a nonce that the host chose: who listened to that can bring the same key back later"; "set ReqRandom in {}, or use random nonces only",
    DeriveMacReplayed: "the MAC that DeriveKey asks for holds no nonce: who heard it once can have the key changed again"; "ask for authorisation, if that is not meant",
    AuthorisationReplayed: "the slot authorises (other keys, or the latch) over a nonce that the host chose: who listened to one authorisation can play it back"; "set ReqRandom",
    AuthorisedByMac: "the slot authorises (other keys, or the latch), and MAC makes for anyone the very answer that CheckMac asks for"; "set NoMac, and use the key for nothing else",
    ValidationReplayed: "anyone can write a public key here that was valid once, and play back the signature of {} that validated it"; "set ReqRandom in {} and sign over a nonce of the chip's, or lock the slot once the key is final",
    DeriveUnusable: "DeriveKey is permitted, but what it asks for can't be had: {} is private, or two keys ask for different authorisations"; "name a secret that is no private key as WriteKey, or clear WriteConfig bit 13",
    DeriveParentExposed: "DeriveKey relies on {}, which anyone can read or replace"; "make {} secret and never writable, or lock it",
    AuthKeyUnusable: "the key needs authorisation by {}, which can never authorise"; "name a secret that is no private key (CheckMac), or a public key (Verify), whose own terms can be met",
    AuthKeySelf: "the key needs its own authorisation before it can authorise"; "name another slot as AuthKey",
    AuthKeyExposed: "the key needs authorisation by {}, which anyone can read or replace"; "make {} secret and never writable, or lock it",
    KeyTypeUnproven: "the key authorises or derives others and is not of type 7, the only one for which the data sheet vouches; an AES key (6) was seen to authorise and to make MACs (chip reference 4.7)"; "set KeyType to 7, unless the slot holds AES keys, too; or try it on a chip",
    ParentUnusable: "the public key must be validated with {}, which can't do that"; "name a slot from 8 to 15 with a public key as ReadKey",
    ParentSelf: "the public key must be validated with itself: it could vouch for itself, or never be used"; "name another public key as ReadKey",
    ParentExposed: "the public key is validated with {}, which anyone can replace"; "make {} never writable, or lock it",
    ReqRandomPublicKey: "with ReqRandom, Verify takes only TempKey made by a random nonce, hence no digest of yours; a chip with such a key refused SecureBoot (chip reference 5.17)"; "clear ReqRandom",
    LimitWithoutLimit: "the key's uses are counted, but there is no limit other than the counter's end at 2097151"; "switch CountMatch on, or start Counter0 at 2097151 less the uses",
    LimitSpent: "Counter0 stands at its end: the key can't be used at all"; "start Counter0 lower, or clear LimitedUse",
    LimitShared: "several keys count on Counter0: each use of one is a use less for all"; "count one key only, if that is not meant",
    CounterPattern: "the counter's bytes are none that the chip makes; how it counts on from them is not known (UNVERIFIED, chip reference U8)"; "use the pattern of chip reference 4.9",
    CountMatchUnused: "CountMatch is on, but no key is of limited use"; "set LimitedUse in a slot, or switch CountMatch off",
    CountMatchSlot: "the limit should stand in {}, which holds a private key: a limit can't be written there"; "name a data slot",
    CountMatchExposed: "the limit stands in {}, where anyone can raise it"; "make {} never writable, or lock it",
    SecureBootKey: "secure boot names {} as its public key, which can't serve"; "name a slot from 8 to 15 with a public key whose own terms can be met",
    SecureBootKeyExposed: "anyone can replace the public key of secure boot in {}"; "make {} never writable, or lock it",
    SecureBootStore: "secure boot should store in {}, which is too small, private or locked"; "name an unlocked slot with 32 bytes for a digest, or 64 for a signature",
    SecureBootStoreExposed: "anyone can write a digest or signature of their own image to {}"; "set WriteConfig to Never there: SecureBoot writes all the same",
    SecureBootSameSlot: "secure boot would store over its own public key"; "name two slots",
    IoKeyPrivate: "the I/O protection key is a private key's slot"; "name a secret that is no private key",
    IoKeyReadable: "anyone can read the I/O protection key in {}"; "set IsSecret there",
    IoKeyReplaceable: "anyone can replace the I/O protection key in {}, and then read what it protects"; "write the key, then lock {}; or set WriteConfig to Never",
    IoKeyMissing: "output must be encrypted, but there is no I/O protection key: ECDH or KDF give no output at all"; "switch the I/O protection key on, or set the protection to 0 or 2",
    OutputProtectionInvalid: "EcdhProt or KdfProt has the invalid code 3"; "use 0 (clear), 1 (encrypted) or 2 (not at all)",
    IvFunction: "KDF's IV function may give out in clear what KdfProt keeps inside (UNVERIFIED, chip reference U22)"; "set KdfIvLoc to 0xF0",
    LatchNeverSet: "the key works only while the persistent latch is set, and nothing can set it"; "name a key in VolatileKeyPermission, or let secure boot set the latch",
    LatchKeyUnusable: "the persistent latch is set with the authorisation of {}, which can never authorise"; "name a secret that is no private key, or a public key, whose own terms can be met",
    LatchUnused: "the persistent latch can be set, but no key asks for it"; "set PersistentDisable in a slot, or switch the permission off",
    AddressReserved: "the I2C address is one that I2C reserves: after its next sleep the chip may be unreachable for ever"; "use 0x08 to 0x77 (7-bit), for instance 0xC0 in byte 16",
    AddressChanges: "the chip answers at {} (7 bits) instead of 0x60 from its next sleep on"; "give the driver that address (with_address), or set byte 16 to 0xC0",
    AddressOpen: "anyone can move the chip once to an address of their choice, by UpdateExtra"; "clear ChipMode bit 0",
    AddressAlternate: "the address in byte 85 counts, not the one in byte 16: the chip answers at {} (7 bits)"; "give the driver that address (with_address)",
    SingleWire: "the chip is one for the single-wire interface: it does not answer on I2C"; "use an I2C part",
    ReservedBits: "reserved bits are set; what they do is not known"; "clear them",
    ReservedKeyBits: "bits without meaning are set: bit 13, AuthKey without ReqAuth, or a certificate format for what is no public key"; "clear them",
    ClockUnknown: "the clock divider is none that is documented"; "use 0x00, 0x28 or 0x68",
    ClockSlow: "ECC commands take up to six times as long"; "use the divider M0, unless the supply is weak",
    LongWatchdog: "the chip stays awake for 10 s instead of 1.3 s, which drains batteries and outlasts expected resets"; "clear ChipMode bit 2",
    TtlThresholds: "the input thresholds follow VCC instead of fitting any bus voltage"; "clear ChipMode bit 1, if the bus has another voltage than the chip",
    SelfTestAtWake: "the chip tests itself at each wake, which then takes 20 ms instead of 1.5 ms; a failure locks out all commands"; "clear ChipOptions bit 0, unless the host waits that long",
    TransportLock: "UseLock is on; what it does is not public, and it may lock the whole chip (UNVERIFIED, chip reference U7)"; "set byte 68 to 0",
    CertificateFormat: "the certificate format leaves no room for the key: the template has to be at least two blocks longer than the key's position"; "correct X509format, or set it to 0",
    LostAtConfigLock: "the config lock ends all writes to the configuration for ever: slots, counters, address and modes stay as they are"; "compare all bytes first; lock with their CRC",
    LostAtDataLock: "the data lock ends free writes for ever: OTP is closed, and each slot is written, and its keys are made, only as the configuration says"; "make keys and write data before",
}
