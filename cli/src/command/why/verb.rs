//! What people want to do, and the chip's command behind it.

use std::fmt;

use atecc608::Slot;
use atecc608::command::raw::RawCommand;
use atecc608::command::{
    Aes, AesDirection, AesKey, CheckMac, Command as _, CounterId, CounterIncrement, EcdhKey, EcdhOutput,
    ExtraByte, GenKeyCreate, GenKeyPublic, HmacKey, KeyTarget, Lock, LockTarget, Mac, MacBlocks,
    MessageSource, OtherData, PrivWriteClear, PrivWriteEncrypted, Random, ReadBlock, Seed, ShaHmacStart,
    SignExternal, SignInternal, Summary, UpdateExtra, VerifyStored, WriteBlock, WriteEncrypted,
};
use atecc608::irreversible::{
    ByteIsFixed, CountIsSpent, NoMoreConfigWrites, NoMoreFreeDataWrites, NoMoreSlotChanges, OldKeyIsLost,
};
use atecc608::memory::{Block, PublicKeySlot};
use atecc608::wire::Reply;
use atecc608::{PublicKey, Signature};
use clap::ValueEnum;

use crate::refusal::Refusable;

/// What is to be done. None of these commands is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Verb {
    Sign,
    SignInternal,
    PublicKey,
    NewKey,
    ImportKey,
    Verify,
    Read,
    Write,
    Mac,
    CheckMac,
    Hmac,
    Ecdh,
    Aes,
    Count,
    Random,
    Update,
    LockConfig,
    LockData,
    LockSlot,
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

/// A point of the curve, its generator, so that it is not the point that is refused.
static KEY: PublicKey = PublicKey::from_bytes([
    0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2, 0x77,
    0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3,
    0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33,
    0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
]);
static VERIFY: VerifyStored<'static> = VerifyStored {
    signature: &Signature::from_bytes([1; 64]),
    slot: match PublicKeySlot::new(Slot::S8) {
        Some(slot) => slot,
        None => panic!("slot 8 is large enough"),
    },
    source: MessageSource::MessageDigest,
};
const DIGEST: &[u8; 32] = &[0; 32];
const OTHER: &OtherData = &OtherData([0; 13]);

fn one(command: impl Refusable + 'static) -> Box<dyn Refusable> {
    Box::new(command)
}

impl Verb {
    pub(super) fn needs_slot(self) -> bool {
        !matches!(self, Self::Count | Self::Random | Self::Update | Self::LockConfig | Self::LockData)
    }

    /// The command that the chip can refuse, `encrypted` or not.
    pub(super) fn command(self, slot: Slot, encrypted: bool) -> Box<dyn Refusable> {
        let block = Block::data(slot, 0).expect("every slot has a first block");
        let blocks = MacBlocks::SlotAndChallenge(DIGEST);
        match self {
            Self::Sign => one(SignExternal { slot, source: MessageSource::MessageDigest }),
            Self::SignInternal => one(SignInternal { slot, include_serial: false, for_invalidate: false }),
            Self::PublicKey => one(GenKeyPublic { slot, digest: false }),
            Self::NewKey => one(GenKeyCreate(KeyTarget::Slot(slot, OldKeyIsLost))),
            Self::ImportKey if encrypted => {
                one(PrivWriteEncrypted { slot, ciphertext: &[0; 36], mac: DIGEST, old: OldKeyIsLost })
            }
            Self::ImportKey => one(PrivWriteClear { slot, key: DIGEST, old: OldKeyIsLost }),
            Self::Verify => {
                // Also for slots that are too small: the chip says so.
                let mut request = VERIFY.request();
                request.p2 = slot.number().into();
                one(RawCommand { request, reply: Reply::Status })
            }
            Self::Read => one(ReadBlock(block)),
            Self::Write if encrypted => one(WriteEncrypted { block, ciphertext: DIGEST, mac: DIGEST }),
            Self::Write => one(WriteBlock(block, DIGEST)),
            Self::Mac => one(Mac { blocks, include_serial: false, slot }),
            Self::CheckMac => one(CheckMac { blocks, slot, response: DIGEST, other_data: OTHER }),
            Self::Hmac => one(ShaHmacStart(HmacKey::Slot(slot))),
            Self::Ecdh => one(EcdhOutput { key: EcdhKey::Slot(slot), public_key: &KEY }),
            Self::Aes => {
                one(Aes { key: AesKey::first_of(slot), direction: AesDirection::Encrypt, input: &[0; 16] })
            }
            Self::Count => one(CounterIncrement(CounterId::Counter0, CountIsSpent)),
            Self::Random => one(Random(Seed::Update)),
            Self::Update => one(UpdateExtra { byte: ExtraByte::UserExtra, value: 1, fixed: ByteIsFixed }),
            Self::LockConfig => one(Lock(LockTarget::Config(Summary::Unchecked, NoMoreConfigWrites))),
            Self::LockData => one(Lock(LockTarget::Data(Summary::Unchecked, NoMoreFreeDataWrites))),
            Self::LockSlot => one(Lock(LockTarget::Slot(slot, NoMoreSlotChanges))),
        }
    }
}
