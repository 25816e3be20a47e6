//! What operations answer, and whether it is the truth.

use crate::wire::WireError;
use atecc608::config::plan::CommitError;
use atecc608::x509::trust::TrustError;
use atecc608::x509::{ChipError, IssueError, ProvisionError};
use atecc608::{Error, PublicKey, Signature, config::ConfigError};
use atecc608_sim::chip::Eeprom;
use testkit::{known_public_key, public_of, verifies};

/// A good answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// These bytes, always.
    Bytes(Vec<u8>),
    /// By the known key over this digest.
    Signature([u8; 32], Signature),
    /// The public key of what this slot holds now.
    KeyOf(usize, PublicKey),
    /// The same, and the signature of its certificate as another slot holds it.
    CertifiedKeyOf(usize, PublicKey, usize, Signature),
    /// Different every time.
    Random([u8; 32]),
    /// A fresh public key, and what it shares with the private key `[0x31; 32]`.
    Shared(PublicKey, [u8; 32]),
}

pub(crate) type Failure = Error<WireError>;

/// What an operation fails with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fail {
    Chip(Failure),
    /// The same, and it is said that the configuration is locked.
    Locked(Failure),
    /// The configuration is not as it should be.
    Config(&'static str),
}

impl From<Failure> for Fail {
    fn from(error: Failure) -> Fail {
        Fail::Chip(error)
    }
}

impl From<ConfigError<WireError>> for Fail {
    fn from(error: ConfigError<WireError>) -> Fail {
        match error {
            ConfigError::Chip(error) => Fail::Chip(error),
            ConfigError::Mismatch(_) => Fail::Config("mismatch"),
            ConfigError::AlreadyLocked => Fail::Config("already locked"),
            _ => Fail::Config("not writable"),
        }
    }
}

impl From<CommitError<WireError>> for Fail {
    fn from(error: CommitError<WireError>) -> Fail {
        match error {
            CommitError::Config(error) => error.into(),
            _ => Fail::Config("findings"),
        }
    }
}

impl From<ChipError<WireError>> for Fail {
    fn from(error: ChipError<WireError>) -> Fail {
        match error {
            ChipError::Chip(error) => error.into(),
            _ => Fail::Config("certificate"),
        }
    }
}

impl From<TrustError<WireError>> for Fail {
    fn from(error: TrustError<WireError>) -> Fail {
        match error {
            TrustError::Chip(error) => error.into(),
            _ => Fail::Config("trust"),
        }
    }
}

/// By a chip.
impl From<IssueError<Failure>> for Fail {
    fn from(error: IssueError<Failure>) -> Fail {
        match error {
            IssueError::Signer(error) => error.into(),
            _ => Fail::Config("certificate"),
        }
    }
}

/// By a signer that never fails.
impl<S> From<ProvisionError<WireError, S>> for Fail {
    fn from(error: ProvisionError<WireError, S>) -> Fail {
        match error {
            ProvisionError::Commit(error) => error.into(),
            ProvisionError::Locked(ChipError::Chip(error)) => Fail::Locked(error),
            _ => Fail::Config("certificate"),
        }
    }
}

pub(crate) type Outcome = Result<Answer, Fail>;

/// The public key that `[0x31; 32]` belongs to.
pub(crate) fn peer() -> PublicKey {
    PublicKey::from_bytes(public_of(&[0x31; 32]))
}

/// What the peer shares with a public key, by another implementation.
pub(crate) fn agreed(with: &PublicKey) -> Option<[u8; 32]> {
    let ours = p256::SecretKey::from_slice(&[0x31; 32]).ok()?;
    let theirs = p256::PublicKey::from_sec1_bytes(&with.to_sec1()).ok()?;
    let secret = p256::ecdh::diffie_hellman(ours.to_nonzero_scalar(), theirs.as_affine());
    Some((*secret.raw_secret_bytes()).into())
}

/// A token's signing input, hashed outside, and its signature.
pub(crate) fn jwt(token: &str) -> Answer {
    use base64ct::{Base64UrlUnpadded, Encoding};
    let (input, signature) = token.rsplit_once('.').expect("three parts");
    let bytes = Base64UrlUnpadded::decode_vec(signature).expect("base64url");
    let signature = Signature::from_bytes(bytes.try_into().expect("64 bytes"));
    Answer::Signature(testkit::sha256(input.as_bytes()), signature)
}

/// A message that was sealed under the workbench's AES key, and its tag.
pub(crate) fn sealed() -> ([u8; 20], [u8; 16]) {
    use crate::{chips, op::Op};
    use testkit::Locks;
    static SEALED: std::sync::OnceLock<([u8; 20], [u8; 16])> = std::sync::OnceLock::new();
    *SEALED.get_or_init(|| {
        let bus = atecc608_sim::Bus::new();
        bus.add(chips::chip(&chips::eeprom(Op::AesGcmSeal, Locks::Both)));
        let mut chip = atecc608::blocking::Atecc608::new(bus.i2c(), bus.delay());
        let mut data = [0x5C; 20];
        let key = atecc608::command::AesKey::first_of(atecc608::Slot::S10);
        let tag = chip.session(|chip| chip.aes_gcm_seal(key, &[0x0C; 12], b"aad", &mut data));
        (data, tag.expect("no fault here"))
    })
}

/// A request or certificate with this message: its signature, the message hashed outside.
pub(crate) fn signed(message: &[u8], der: &[u8]) -> Answer {
    let at = der.windows(message.len()).position(|bytes| bytes == message).expect("the message");
    // AlgorithmIdentifier of 12 bytes, BIT STRING with no bits unused.
    let signature = &der[at + message.len() + 12 + 3..];
    let signature = p256::ecdsa::Signature::from_der(signature).expect("an ECDSA signature");
    Answer::Signature(testkit::sha256(message), Signature::from_bytes(signature.to_bytes().into()))
}

/// Whether the slot holds the private key of this public key.
fn is_key_of(key: &PublicKey, slot: &[u8]) -> bool {
    let private: Option<[u8; 32]> = slot[4..36].try_into().ok();
    private.is_some_and(|private| public_of(&private) == *key.as_bytes())
}

impl Answer {
    /// Whether it is true, given what the same operation answers undisturbed and what the chip holds now.
    pub(crate) fn is_true(&self, undisturbed: &Answer, now: &Eeprom) -> bool {
        match (self, undisturbed) {
            (Answer::Bytes(bytes), Answer::Bytes(expected)) => bytes == expected,
            (Answer::Signature(digest, signature), Answer::Signature(expected, _)) => {
                // By the key that slot 2 had, or has now after a GenKey that was cut off.
                let now: Option<[u8; 32]> = now.slot(2)[4..36].try_into().ok();
                let keys = [Some(known_public_key()), now.map(|key| PublicKey::from_bytes(public_of(&key)))];
                let by_known = keys.iter().flatten().any(|key| verifies(key, digest, signature));
                digest == expected && by_known
            }
            (Answer::KeyOf(slot, key), Answer::KeyOf(..)) => is_key_of(key, now.slot(*slot)),
            (Answer::CertifiedKeyOf(slot, key, certificate, signature), Answer::CertifiedKeyOf(..)) => {
                is_key_of(key, now.slot(*slot)) && now.slot(*certificate)[..64] == *signature.as_bytes()
            }
            (Answer::Random(bytes), Answer::Random(_)) => {
                bytes.iter().any(|byte| *byte != 0x00) && bytes.iter().any(|byte| *byte != 0xFF)
            }
            (Answer::Shared(key, secret), Answer::Shared(..)) => agreed(key) == Some(*secret),
            _ => false,
        }
    }
}
