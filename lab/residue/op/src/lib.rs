//! What the program of the residue check can do, numbered for both sides: the firmware and the machine it runs on.

#![no_std]
#![allow(missing_docs, reason = "an operation is called what it does")]

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// An operation, or something else that the program does with a secret.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Op {
            $($(#[$doc])* $name,)*
        }

        impl Op {
            /// In the order of their numbers.
            pub const ALL: &[Op] = &[$(Op::$name,)*];
        }
    };
}

operations! {
    /// Leaves a secret on the stack, on purpose.
    LeaveOnStack,
    /// Leaves a secret in a static variable, on purpose.
    LeaveInStatic,
    /// Leaves half a word of a secret in a register, on purpose.
    LeaveInRegister,
    /// Takes another way depending on a secret, on purpose.
    Branch,
    /// Looks something up at a place that depends on a secret, on purpose.
    LookUp,
    /// Compares with `==`, on purpose.
    CompareInHaste,
    Compare,
    CompareCommands,
    CompareShared,
    CloneAndDrop,
    WriteEncrypted,
    ReadEncrypted,
    WritePrivateKey,
    WritePrivateKeyEncrypted,
    SharedSecret,
    SharedSecretProtected,
    EphemeralSecret,
    Derive,
    DeriveProtected,
    CheckPassword,
    VerifyProtected,
    VerifyStoredProtected,
    SecureBootProtected,
    Hmac,
    HmacStream,
    Sha256Stream,
    AesDecrypt,
    AesCbcDecrypt,
    AesCtr,
    AesGcmSeal,
    /// With a wrong tag.
    AesGcmOpen,
    AesCmac,
    Random,
    HostNonce,
    HostGenDig,
    HostGenKey,
    HostMac,
    HostCheckMac,
    HostDeriveKey,
    HostDeriveKeyMac,
    HostEncryptWrite,
    HostDecryptRead,
    HostEncryptPrivWrite,
    HostIoDecrypt,
    HostVerifyMac,
    HostSecureBoot,
    HostHkdf,
    HostPrf,
    HostStatement,
}
