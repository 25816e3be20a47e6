//! What commands do with slots, and when.

use core::fmt;

/// How far the chip is locked (chip reference 0.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Stage {
    /// Nothing is locked.
    Unlocked,
    /// The configuration is locked, data and OTP are not.
    ConfigLocked,
    /// Both are locked: the device's working life.
    Locked,
}

impl Stage {
    /// All stages in the order of a chip's life.
    pub const ALL: [Self; 3] = [Self::Unlocked, Self::ConfigLocked, Self::Locked];
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unlocked => "before the config lock",
            Self::ConfigLocked => "between the locks",
            Self::Locked => "after both locks",
        })
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Something a command does with a slot.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[non_exhaustive]
        pub enum Action { $($(#[$doc])* $name,)* }

        impl Action {
            /// All of them.
            pub const ALL: [Self; [$($text),*].len()] = [$(Self::$name),*];

            /// A few words: the command and its mode.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

actions! {
    /// Read, in clear, 4 or 32 bytes (chip reference 5.16).
    Read = "Read in clear",
    /// Read of 32 bytes, encrypted.
    ReadEncrypted = "Read encrypted",
    /// Write of 32 bytes, in clear (chip reference 5.23).
    Write = "Write in clear",
    /// Write of 4 bytes, in clear.
    WriteWord = "Write 4 bytes",
    /// Write of 32 bytes, encrypted and with a MAC.
    WriteEncrypted = "Write encrypted",
    /// PrivWrite of a private key in clear (chip reference 5.14).
    PrivWrite = "PrivWrite in clear",
    /// PrivWrite of a private key, encrypted.
    PrivWriteEncrypted = "PrivWrite encrypted",
    /// GenKey makes a new private key (chip reference 5.7).
    GenKey = "GenKey new key",
    /// GenKey gives the public key of the private key.
    PublicKey = "GenKey public key",
    /// GenKey puts a digest of the stored public key into TempKey.
    PublicKeyDigest = "GenKey digest of stored key",
    /// Sign of a digest from outside (chip reference 5.21).
    SignExternal = "Sign external",
    /// Sign of what GenDig or GenKey left in TempKey.
    SignInternal = "Sign internal",
    /// ECDH, the secret is given out in clear (chip reference 5.5).
    Ecdh = "ECDH clear output",
    /// ECDH, the secret is given out encrypted with the I/O protection key.
    EcdhEncrypted = "ECDH encrypted output",
    /// ECDH, the secret goes into TempKey.
    EcdhTempKey = "ECDH to TempKey",
    /// ECDH, the secret goes into the next slot.
    EcdhNextSlot = "ECDH to next slot",
    /// Verify with the public key in the slot (chip reference 5.22).
    Verify = "Verify stored",
    /// Verify makes the public key in the slot valid or invalid, with its parent's signature; where there is
    /// a certificate format, valid only, with a certificate's.
    Validate = "Verify validate",
    /// MAC with the slot as the key (chip reference 5.12).
    Mac = "MAC",
    /// CheckMac with the slot as the key (chip reference 5.2). Authorises other keys, too.
    CheckMac = "CheckMac",
    /// CheckMac copies the slot's first 32 bytes to TempKey.
    Copy = "CheckMac copy",
    /// GenDig mixes the slot into TempKey (chip reference 5.6): the start of encrypted access.
    GenDig = "GenDig",
    /// SHA makes an HMAC with the slot as the key (chip reference 5.19).
    Hmac = "SHA HMAC",
    /// DeriveKey makes a new key in the slot (chip reference 5.4).
    DeriveKey = "DeriveKey target",
    /// AES with a key in the slot (chip reference 5.1).
    Aes = "AES",
    /// KDF with a key in the slot, result kept in TempKey (chip reference 5.10).
    Kdf = "KDF key",
    /// KDF with a key in the slot, result given out in clear.
    KdfOutput = "KDF clear output",
    /// KDF with a key in the slot, result given out encrypted with the I/O protection key.
    KdfEncrypted = "KDF encrypted output",
    /// KDF takes its message from the slot. UNVERIFIED, chip reference U21.
    KdfMessage = "KDF message",
    /// KDF or ECDH put their result into the slot.
    Result = "KDF or ECDH result",
    /// SecureBoot checks images with the public key in the slot (chip reference 5.17).
    SecureBootKey = "SecureBoot key",
    /// SecureBoot stores a digest or signature in the slot.
    SecureBootStore = "SecureBoot store",
    /// Lock of the slot (chip reference 5.11).
    LockSlot = "Lock slot",
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
