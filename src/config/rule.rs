//! The rules by which the chip refuses: what each says, and the help, in words.

use crate::command::Model;
use crate::memory::Slot;
use core::fmt;

macro_rules! rules {
    ($($name:ident $({ $($field:ident: $type:ty),* })?: $cause:literal; $help:literal,)*) => {
        /// Why a chip refuses a command. `{}` shows it in two lines: cause and help.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[non_exhaustive]
        #[allow(missing_docs, reason = "slots are what the sentence says they are")]
        pub enum Rule {
            $(#[doc = $cause] #[doc = ""] #[doc = concat!("Help: ", $help)] $name $({ $($field: $type),* })?,)*
        }

        impl Rule {
            /// Its name, as in the source.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name $({ $($field: _),* })? => stringify!($name),)* }
            }

            fn write(self, f: &mut fmt::Formatter<'_>, text: Text) -> fmt::Result {
                match self {
                    $(Self::$name $({ $($field),* })? => {
                        let text = if text == Text::Cause { $cause } else { $help };
                        fill(f, text, &[$($((stringify!($field), &$field)),*)?])
                    })*
                }
            }
        }
    };
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum Text {
    Cause,
    Help,
}

/// Half of what there is to say about a [`Rule`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Words(Rule, Text);

impl Rule {
    /// Why, in words.
    #[must_use]
    pub const fn cause(self) -> Words {
        Words(self, Text::Cause)
    }

    /// What would do.
    #[must_use]
    pub const fn help(self) -> Words {
        Words(self, Text::Help)
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.write(f, self.1)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  help: {}", self.cause(), self.help())
    }
}

/// Puts fields in the place of their names in braces.
fn fill(f: &mut fmt::Formatter<'_>, text: &str, fields: &[(&str, &dyn fmt::Display)]) -> fmt::Result {
    for (index, part) in text.split('{').enumerate() {
        let rest = match part.split_once('}').filter(|_| index > 0) {
            Some((name, rest)) => {
                if let Some((_, field)) = fields.iter().find(|(other, _)| *other == name) {
                    field.fmt(f)?;
                }
                rest
            }
            None => part,
        };
        f.write_str(rest)?;
    }
    Ok(())
}

rules! {
    // The chip and the form of the command.
    Model { model: Model }: "this chip is an {model}, it has no AES, KDF, SecureBoot or SelfTest"; "use an ATECC608",
    NoAes: "this chip has no AES (byte 13 of the configuration), and neither AES nor KDF with AES"; "use another chip: some ATECC608 are made without",
    Mode: "p1 is no mode of this command"; "take the mode from the command's page",
    Param2: "p2 is none that this mode takes"; "take p2 from the command's page; slots are 0 to 15",
    Length: "the data's length is none that this mode takes"; "send as many bytes as the command's page says",
    Address: "the address is outside the zone or slot"; "slots 0 to 7 have 36 bytes, slot 8 416, the others 72, OTP 64",
    KeyBlock { slot: Slot }: "{slot} has not that many keys of 16 bytes"; "name a key inside the slot",
    KeyRange: "the source has not that many bytes: 64 in TempKey, 32 in its upper half and in the alternate key"; "take a shorter key",
    TargetSize: "the result does not fit where it should go"; "slots 0 to 7 take 32 bytes, as do the upper half of TempKey and the alternate key",
    MessageSize { slot: Slot }: "the message is longer than {slot}"; "take a shorter one",
    ContextBytes: "these are no bytes that SHA gave as its context"; "write back what ShaReadContext gave",
    TransportKey: "key numbers from 0x8000 on are transport keys, which nobody outside Microchip knows"; "name a slot, 0 to 15",

    // Locks.
    ConfigUnlocked: "the configuration is not locked yet: until it is, no command does anything with slots"; "write the configuration, have lint check it, and lock it: for ever",
    ConfigLocked: "the configuration is locked, for ever"; "none: slots on their own can still be locked, one-time bytes set",
    DataUnlocked: "the data zone is not locked yet: until it is, slots and OTP can't be read, nor signed or booted from inside"; "write what slots and OTP should hold, then lock the data zone: for ever",
    DataLocked: "the data zone is locked, for ever: that goes before it only"; "none for this command; slots still take what their own bits permit",
    ConfigBytes: "these bytes of the configuration can't be written: own bytes (0 to 15), UserExtra and lock bytes (84 to 87), nor 32 bytes at once that contain one"; "write the others in words of 4 bytes, and blocks 1 and 3; UpdateExtra sets UserExtra",
    SlotLocked { slot: Slot }: "{slot} is locked on its own: nothing changes its contents any more"; "use another slot",
    NotLockable { slot: Slot }: "{slot} is not lockable (Lockable in its KeyConfig is 0)"; "leave it: only a configuration that is not locked yet could say otherwise",
    Summary: "the contents are not those that the CRC in p2 was made of, so nothing was locked"; "read what the chip holds and compare before locking",

    // What a slot is made for.
    PrivateSlot { slot: Slot }: "{slot} is one for a private key: nothing reads or writes it, or takes it for a secret"; "name a slot whose KeyConfig has Private = 0; private keys come from GenKey or PrivWrite",
    NoPrivateKey { slot: Slot }: "the configuration does not make {slot} one for a private key (Private, KeyType 4, IsSecret)"; "name a slot that is",
    NoPublicKey { slot: Slot }: "{slot} is none for a public key: those are 8 to 15 with KeyType 4 and Private = 0"; "name a slot that is",
    NotAesKey { slot: Slot }: "the key type of {slot} is not AES (KeyType 6)"; "name a slot with KeyType 6",

    // What its bits permit.
    ExternalSign { slot: Slot }: "the key in {slot} does not sign digests from outside (ReadKey bit 0)"; "name a key that does; this one may sign GenDig's and GenKey's",
    InternalSign { slot: Slot }: "the key in {slot} does not sign what the chip put together itself (ReadKey bit 1)"; "name a key that does",
    Ecdh { slot: Slot }: "the key in {slot} takes no part in ECDH (ReadKey bit 2)"; "name a key that does",
    EcdhToSlot { slot: Slot }: "ECDH with the key in {slot} puts the secret into the next slot, not out (ReadKey bit 3)"; "use the target slot (EcdhTarget::NextSlot) or TempKey",
    GenKey { slot: Slot }: "after the data lock no new key is made in {slot} (WriteConfig bit 13)"; "use the key that is there, or another slot",
    PublicKeyHidden { slot: Slot }: "after the data lock the public key of {slot} is not given out (PubInfo in its KeyConfig is 0)"; "keep the public key that GenKey told when it made the key",
    PrivWrite { slot: Slot }: "after the data lock {slot} takes no private key, or takes it encrypted only (WriteConfig bit 14)"; "use PrivWriteEncrypted if bit 14 is set, else GenKey or another slot",
    Derive { slot: Slot }: "DeriveKey makes no key in {slot} (WriteConfig bit 13)"; "name a slot for which it is set",
    DeriveMac { slot: Slot, key: Slot }: "DeriveKey into {slot} asks for a MAC made with {key} (WriteConfig bit 15)"; "send the MAC",
    NoMac { slot: Slot }: "{slot} makes no MAC or HMAC (NoMac in its SlotConfig)"; "use CheckMac, which it still does, or another slot",
    OtherData { slot: Slot }: "GenDig with {slot}, which has NoMac, needs four bytes of OtherData"; "send them, and hash them on the host, too",
    Secret { slot: Slot }: "{slot} is secret and can't be read, not even encrypted (IsSecret without EncryptRead)"; "keep a copy, or compare it with CheckMac",
    ReadWord { slot: Slot }: "{slot} is read encrypted, 32 bytes at a time"; "read the whole block with read_encrypted",
    ReadRandom { slot: Slot }: "{slot} is read encrypted, and its read key must be mixed into a TempKey that came from a random Nonce"; "NonceRandom, then GenDig",
    ReadKey { slot: Slot, key: Slot }: "{slot} is read encrypted, with {key}: just before, GenDig with {key} must follow a random Nonce"; "use read_encrypted with the key in {key}",
    OtherReadKey { slot: Slot, key: Slot, used: Slot }: "the read key of {slot} is {key}, not {used}"; "use read_encrypted with the key in {key}",
    WriteBlock { slot: Slot }: "before the data lock a write to {slot} has 32 bytes"; "write whole blocks (the last one is cut off at the end of the slot)",
    WriteOtpBlock: "a write to OTP has 32 bytes"; "write both blocks with write_otp",
    WriteNever { slot: Slot }: "after the data lock nothing writes {slot} (WriteConfig)"; "write it before the data lock; DeriveKey, GenKey and Lock have bits of their own",
    WriteEncryptedOnly { slot: Slot, key: Slot }: "after the data lock {slot} takes encrypted writes only, under {key}"; "use write_encrypted with the key in {key}",
    WriteClearOnly { slot: Slot }: "{slot} takes no encrypted writes (WriteConfig), or p1 does not say that this is one"; "write in clear, without MAC and without bit 6 of p1",
    WriteWordSecret { slot: Slot }: "{slot} is secret: 4-byte writes need a slot that is not"; "write whole blocks of 32 bytes",
    WriteWord { slot: Slot }: "{slot} is written 32 bytes at a time (WriteConfig: unless validated, or encrypted)"; "write whole blocks",
    NoMacKey { slot: Slot, key: Slot }: "{slot} is read or written encrypted with {key}, whose NoMac keeps TempKey from encrypting (UNVERIFIED, chip reference U30)"; "none with this configuration: {key} needs NoMac = 0",
    EncryptedForm: "bit 6 of p1 and the length disagree: an encrypted write has 32 bytes and a MAC of 32"; "use write_encrypted, or clear the bit and send no MAC",
    WriteKey { slot: Slot, key: Slot }: "{slot} is written encrypted, with {key}: just before, GenDig with {key} must have made TempKey"; "use write_encrypted with the key in {key}",
    OtherWriteKey { slot: Slot, key: Slot, used: Slot }: "the write key of {slot} is {key}, not {used}"; "use write_encrypted with the key in {key}",
    TargetClosed { slot: Slot }: "after the data lock a result of KDF or ECDH goes only into a slot that anyone may write, and {slot} is none"; "have it put into TempKey, or name another slot",

    // Terms of keys.
    Spent { slot: Slot }: "the uses of {slot} are counted, and Counter0 stands at its end"; "use another key",
    LimitReached { slot: Slot, limit: Slot }: "the uses of {slot} are counted, and Counter0 has reached the limit in {limit}"; "raise the limit, if {limit} may be written",
    Latch { slot: Slot }: "{slot} works only while the persistent latch is set, which power-up clears (PersistentDisable)"; "set it: authorise with the slot that VolatileKeyPermission names, then InfoLatch; or SecureBoot",
    Authorisation { slot: Slot, key: Slot }: "the use of {slot} needs authorisation by {key} just before, in the same session (ReqAuth)"; "CheckMac or Verify with {key} first; each use takes a new one",
    AuthorisationOfTwo { slot: Slot, other: Slot }: "{slot} and {other} take part, and each asks for another authorisation; the chip holds one"; "none with this configuration",
    Random { slot: Slot }: "{slot} needs a TempKey that came from a random Nonce (ReqRandom)"; "NonceRandom first",
    RandomDigest { slot: Slot }: "with ReqRandom {slot} takes no message from the digest buffer"; "put it into TempKey; ReqRandom then asks for a random one",
    NoKey { slot: Slot }: "no key was made in {slot}"; "make one with GenKey (generate_key), or write one",
    NotValidated { slot: Slot }: "the public key in {slot} must be validated before use, and is not"; "Verify in mode Validate with its parent first (chip reference 5.22)",
    Validated { slot: Slot }: "the public key in {slot} is validated, and can't be written while it is"; "invalidate it with Verify first",
    NoPoint { slot: Slot }: "what {slot} holds is no public key"; "write one with write_public_key",

    // Registers.
    TempKey: "TempKey holds nothing usable: sleep, a power cycle and most commands empty it, and a private key there serves ECDH only"; "fill it with Nonce (or GenDig) just before, in one session",
    TempKeySource: "p1 says otherwise where TempKey came from (SourceFlag, bit 2): random or fixed"; "set bit 2 after a fixed Nonce, clear it after a random one",
    TempKeyUpper: "the upper half of TempKey or of the digest buffer is empty"; "load 64 bytes with Nonce",
    TempKeyNoMac: "TempKey was made with a NoMac slot, and neither makes a MAC nor encrypts"; "start anew with Nonce",
    TempKeyOrigin: "TempKey is no digest of GenDig or GenKey, and that alone is signed from inside"; "GenDig or GenKeyDigest first, or SignExternal",
    TempKeyDigest { slot: Slot }: "TempKey is not GenKey's digest of {slot}"; "Nonce, then GenKeyDigest with {slot}",
    TempKeyPrivate: "TempKey holds no private key"; "GenKeyCreate with target TempKey first",
    TempKeyRandom: "SecureBoot's MAC needs a TempKey that came from a random Nonce"; "NonceRandom first",
    DigestBuffer: "the message digest buffer is empty or too short"; "load it with Nonce or the end of a SHA",
    AlternateKey: "the alternate key buffer is empty"; "load it with Nonce",
    ShaContext: "no SHA calculation of this kind is running"; "start one; sleep ends it",
    Certificate { slot: Slot }: "TempKey is not the hash of a certificate with the key in {slot} at the place that the format says"; "SHA with ShaPublic as X509format has it (chip reference 4.10)",
    PrivateKeyInTempKey: "the private key in TempKey is none"; "make one with GenKeyCreate",

    // What was sent.
    Mac: "the MAC does not fit: another key, or other data than were sent"; "check key, serial number and order of the hashed bytes",
    Point: "the public key that was sent is no point of the curve"; "send X and Y, 32 bytes each, big endian, without a leading 04",
    PrivateKey: "the private key that was sent is none, or was decrypted with another key"; "send 1 to n - 1, big endian, behind 4 zero bytes",

    // Outputs.
    IoKey: "no I/O protection key is enabled (ChipOptions)"; "ask without encryption or MAC",
    EcdhForbidden: "ChipOptions let no ECDH secret out (EcdhProt)"; "have it put into TempKey or a slot",
    KdfForbidden: "ChipOptions let no result of KDF out (KdfProt)"; "have it put into TempKey or a slot",
    KdfClear: "ChipOptions let results of KDF out encrypted only (KdfProt)"; "ask for the encrypted output",
    KdfAes: "ChipOptions do not permit KDF with AES"; "use HKDF or PRF",
    KdfIv: "the message does not have at its place what makes it an IV (KDF IV bytes of the configuration)"; "put bytes 73 and 74 of the configuration at the place that byte 72 names",

    // Others.
    CounterSpent: "the counter stands at its end, 2097151"; "use the other one",
    NoValidation { slot: Slot }: "{slot} holds no public key that is to be validated (slots 8 to 15, KeyType 4, Private = 0, PubInfo = 1)"; "use the key without",
    ValidateFormat { slot: Slot }: "{slot} is validated by a certificate (X509format), not by a digest of GenKey"; "use VerifyValidateExternal",
    ValidateFlag: "bit 0 of byte 17 of OtherData must say what the mode says: 0 validates, 1 invalidates"; "set it so",
    BootDisabled: "secure boot is not enabled (SecureBoot in the configuration)"; "verify with Verify instead",
    BootMode: "secure boot stores nothing in this chip (mode FullBoth)"; "send digest and signature (SecureBootCheck::Full)",
    BootInhibited: "a SecureBoot has forbidden more of them until the supply was off"; "power-cycle the chip",
    BootStore { slot: Slot }: "{slot} is too small for what secure boot should store"; "none with this configuration",
    LatchPermission: "VolatileKeyPermission is off: Info may not change the persistent latch"; "none with this configuration",
    LatchBySecureBoot: "SecureBoot sets the persistent latch in this chip, Info may not"; "run SecureBoot",
    LatchAuthorisation { key: Slot }: "setting the persistent latch needs authorisation by {key} just before"; "CheckMac or Verify with {key} first",
    ExtraByte: "the one-time byte is set already"; "none: it is set once",
    Gpio: "a chip with I2C has no GPIO"; "none",
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn slots_stand_in_their_places() {
        let rule = Rule::OtherReadKey { slot: Slot::S5, key: Slot::S15, used: Slot::S6 };
        assert_eq!(
            rule.to_string(),
            "the read key of slot 5 is slot 15, not slot 6\n  help: use read_encrypted with the key in slot 15"
        );
        assert_eq!(rule.name(), "OtherReadKey");
        let model = Rule::Model { model: Model::Atecc508A };
        let cause = "this chip is an ATECC508A, it has no AES, KDF, SecureBoot or SelfTest";
        assert_eq!(model.cause().to_string(), cause);
    }
}
