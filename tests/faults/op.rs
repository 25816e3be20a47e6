//! Every public operation of the driver, by name.

macro_rules! ops {
    ($($name:ident),* $(,)?) => {
        /// An operation, with arguments that make it succeed in some lock state.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Op { $($name),* }

        impl Op {
            pub(crate) const ALL: &[Op] = &[$(Op::$name),*];
        }
    };
}

ops![
    Revision,
    Identify,
    SerialNumber,
    Random,
    IsKeyValid,
    Counter,
    IncrementCounter,
    SpendUse,
    UpdateExtra,
    SelfTest,
    ReadConfig,
    LockState,
    WriteConfig,
    Plan,
    Commit,
    Provision,
    LockConfig,
    LockData,
    LockDataUnchecked,
    LockSlot,
    GenerateKey,
    EnsureKey,
    PublicKey,
    SignDigest,
    SignLimited,
    SignMessage,
    SignJwt,
    Verify,
    VerifyWrong,
    VerifyStored,
    VerifyProtected,
    VerifyStoredProtected,
    SecureBoot,
    SecureBootCopy,
    SecureBootProtected,
    SetValidity,
    WritePublicKey,
    ReadPublicKey,
    ReadSlot,
    ReadWord,
    WriteSlot,
    WriteWord,
    ReadOtp,
    WriteOtp,
    WriteEncrypted,
    ReadEncrypted,
    WritePrivateKey,
    WritePrivateKeyEncrypted,
    CheckPassword,
    CheckPasswordWrong,
    Sha256,
    ShaStream,
    HmacStream,
    Hmac,
    Mac,
    CheckMac,
    CheckMacWrong,
    SharedSecret,
    SharedSecretProtected,
    EphemeralSecret,
    Derive,
    DeriveProtected,
    DeriveKey,
    AesEncrypt,
    AesDecrypt,
    AesCbcEncrypt,
    AesCbcDecrypt,
    AesCtr,
    AesGcmSeal,
    AesGcmOpen,
    AesGcmForged,
    AesCmac,
    SignCsr,
    SignCsrPem,
    IssueCertificate,
    ReadCertificate,
    ReadUnverifiedCertificate,
    ReadCertificateEncrypted,
    ReadChain,
    WriteCertificate,
    WritePlaces,
    WriteCertificateEncrypted,
    ProvisionWithCertificate,
    IdentifyTrust,
    ReadTrustDevice,
    ReadTrustSigner,
    ReadTrustChain,
];

impl Op {
    /// Runs on a device of the preset, not on the workbench.
    pub(crate) fn is_provisioning(self) -> bool {
        use Op::*;
        matches!(self, WriteConfig | Plan | Commit | Provision | LockConfig | LockData | EnsureKey)
    }

    /// Runs on a device with certificates.
    pub(crate) fn is_on_certified(self) -> bool {
        use Op::*;
        matches!(
            self,
            ReadCertificate | ReadUnverifiedCertificate | ReadChain | WriteCertificate | WritePlaces
        ) || self == ProvisionWithCertificate
    }

    /// Runs on a Trust&GO chip.
    pub(crate) fn is_on_trust(self) -> bool {
        use Op::*;
        matches!(self, IdentifyTrust | ReadTrustDevice | ReadTrustSigner | ReadTrustChain)
    }

    /// Its commands build on what those before have left in the chip.
    pub(crate) fn keeps_something(self) -> bool {
        use Op::*;
        let signs = matches!(
            self,
            SignDigest | SignLimited | SignMessage | SignJwt | SignCsr | SignCsrPem | IssueCertificate
        );
        let verifies = matches!(self, Verify | VerifyWrong | VerifyStored | SetValidity);
        let protected = matches!(
            self,
            VerifyProtected
                | VerifyStoredProtected
                | SecureBootProtected
                | SharedSecretProtected
                | DeriveProtected
        );
        let encrypted = matches!(
            self,
            WriteEncrypted
                | ReadEncrypted
                | WritePrivateKeyEncrypted
                | WriteCertificateEncrypted
                | ReadCertificateEncrypted
        );
        let checks = matches!(self, CheckPassword | CheckPasswordWrong);
        signs
            || verifies
            || protected
            || encrypted
            || checks
            || self.digests()
            || matches!(self, EphemeralSecret | DeriveKey)
    }

    /// What it leaves is a digest under way, whose loss the driver can tell from a refusal.
    pub(crate) fn digests(self) -> bool {
        matches!(self, Op::Sha256 | Op::ShaStream | Op::HmacStream | Op::Hmac)
    }

    /// The slot whose contents hang on that key.
    pub(crate) fn certificate_slot(self) -> Option<usize> {
        (self == Op::ProvisionWithCertificate).then_some(10)
    }

    /// The slot that gets a new private key.
    pub(crate) fn key_slot(self) -> Option<usize> {
        match self {
            Op::GenerateKey => Some(2),
            Op::EnsureKey | Op::Provision | Op::ProvisionWithCertificate => Some(0),
            _ => None,
        }
    }
}
