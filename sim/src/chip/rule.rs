//! By which of its rules the simulated chip refused a command. A real one only gives the status; tests of those
//! who explain refusals look here.

use super::status::Status;

/// A rule of this chip. Numbers are slots. Named for what the chip found, by nobody's words but its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "labels for tests; the code that gives them says what they are")]
pub enum Rule {
    // Illegal in every state.
    Opcode,
    Length,
    Param1,
    Param2,
    OutsideZone,
    PastEnd(usize),
    KdfKeyRange,
    KdfTargetRange,
    KdfMessageRange(usize),
    HashState,
    NoAes,
    // Lock bytes.
    ConfigOpen,
    ConfigSealed,
    DataOpen,
    DataSealed,
    ProtectedBytes,
    SlotSealed(usize),
    NotSealable(usize),
    Checksum,
    // What a slot is.
    Private(usize),
    NotPrivate(usize),
    NotPublic(usize),
    NotAes(usize),
    NotValidatable(usize),
    Transport,
    // What its bits say.
    ExternalSign(usize),
    InternalSign(usize),
    Ecdh(usize),
    EcdhToSlot(usize),
    GenKey(usize),
    PubInfo(usize),
    PrivWrite(usize),
    Derive(usize),
    DeriveMacPresence(usize),
    NoMac(usize),
    NoMacOtherData(usize),
    ReadSecret(usize),
    ReadEncryptedWord(usize),
    ReadKey(usize),
    ReadNonce(usize),
    WriteUnlockedWord(usize),
    WriteOtpWord,
    WriteNever(usize),
    WriteSecretWord(usize),
    WriteEncryptedWord(usize),
    WriteWord(usize),
    WriteValidated(usize),
    WriteMacMissing,
    WriteMacUnasked,
    WriteKey(usize),
    ResultTarget(usize),
    // What the use of a key asks for.
    UsesLeft(usize),
    Latch(usize),
    Authorise(usize),
    Nonce(usize),
    DigestBufferNonce(usize),
    NotValid(usize),
    EmptyKey(usize),
    StoredPoint(usize),
    // Registers.
    TempKey,
    TempKeySource,
    UpperHalf,
    TempKeyNoMac,
    TempKeyOrigin,
    TempKeyDigest(usize),
    TempKeyPrivate,
    TempKeyScalar,
    BootNonce,
    DigestBuffer,
    AlternateKey,
    Sha,
    Certificate(usize),
    // What came along.
    Mac,
    SentPoint,
    SentScalar,
    // Options and functions of the chip as a whole.
    IoKey,
    EcdhOutput,
    KdfOutput,
    KdfAes,
    KdfIv,
    CounterEnd,
    X509Format(usize),
    ValidityFlag,
    BootDisabled,
    BootMode,
    BootInhibited,
    BootSize(usize),
    LatchPermission,
    LatchBoot,
    LatchAuthorise(usize),
    ExtraByte,
    Gpio,
    // A limit of the simulator, which a chip has not: it does not know the private key.
    OnlyPublicKnown(usize),
}

/// A command that was not done: what the chip answers, and by which rule if one stands behind it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Refused {
    pub(crate) status: Status,
    pub(crate) rule: Option<Rule>,
}

impl From<Status> for Refused {
    fn from(status: Status) -> Refused {
        Refused { status, rule: None }
    }
}

/// State or configuration forbids it.
pub(crate) fn forbidden(rule: Rule) -> Refused {
    Refused { status: Status::Execution, rule: Some(rule) }
}

/// No state permits it.
pub(crate) fn illegal(rule: Rule) -> Refused {
    Refused { status: Status::Parse, rule: Some(rule) }
}

/// An execution error unless the condition holds.
pub(crate) fn require(condition: bool, rule: Rule) -> Result<(), Refused> {
    if condition { Ok(()) } else { Err(forbidden(rule)) }
}

/// A parse error unless the condition holds.
pub(crate) fn require_legal(condition: bool, rule: Rule) -> Result<(), Refused> {
    if condition { Ok(()) } else { Err(illegal(rule)) }
}
