//! The 22 commands by number (chip reference 0.3).

use core::fmt;

macro_rules! opcodes {
    ($($(#[$doc:meta])* $name:ident = $byte:literal,)*) => {
        /// The 22 commands of the ATECC608A (chip reference 0.3).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[non_exhaustive]
        #[repr(u8)]
        pub enum Opcode {
            $($(#[$doc])* $name = $byte,)*
        }

        impl Opcode {
            /// The command's name as the field uses it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            /// The command that has this byte on the wire.
            #[must_use]
            pub const fn from_byte(byte: u8) -> Option<Self> {
                match byte {
                    $($byte => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

opcodes! {
    /// AES-128 block or Galois field multiplication.
    Aes = 0x51,
    /// Compare a MAC.
    CheckMac = 0x28,
    /// Monotonic counters.
    Counter = 0x24,
    /// Derive a symmetric key.
    DeriveKey = 0x1C,
    /// Diffie-Hellman on P-256.
    Ecdh = 0x43,
    /// Mix stored data into TempKey.
    GenDig = 0x15,
    /// Generate keys and public keys.
    GenKey = 0x40,
    /// Revision, key validity, state, latch.
    Info = 0x30,
    /// Key derivation functions.
    Kdf = 0x56,
    /// Lock a zone or slot.
    Lock = 0x17,
    /// Compute a MAC.
    Mac = 0x08,
    /// Load TempKey and its companions.
    Nonce = 0x16,
    /// Write a private key.
    PrivWrite = 0x46,
    /// Random bytes.
    Random = 0x1B,
    /// Read memory.
    Read = 0x02,
    /// Check firmware.
    SecureBoot = 0x80,
    /// Test the crypto engines.
    SelfTest = 0x77,
    /// SHA-256 and HMAC.
    Sha = 0x47,
    /// Sign with a private key.
    Sign = 0x41,
    /// Set the one-time bytes, use up a key.
    UpdateExtra = 0x20,
    /// Verify a signature.
    Verify = 0x45,
    /// Write memory.
    Write = 0x12,
}

impl Opcode {
    /// The byte on the wire.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        self as u8
    }

    /// Whether nothing is lost if it runs once more than asked for: it writes nothing, and takes no key whose uses may
    /// be counted.
    #[inline(always)]
    pub(crate) const fn may_run_twice(self) -> bool {
        matches!(self, Self::Info | Self::Read | Self::Random | Self::Nonce | Self::Sha | Self::SelfTest)
    }
}

impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
