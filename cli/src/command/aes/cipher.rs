//! `atecc aes encrypt` and `decrypt`.

use std::path::{Path, PathBuf};

use atecc608::{ErrorKind, command::AesKey};
use clap::{Args, ValueEnum};
use p256::elliptic_curve::Generate as _;
use serde::Serialize;
use zeroize::Zeroizing;

use super::Key;
use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::files;
use crate::out::Out;
use crate::parse::from_hex;

/// Encrypts a file: nonce or IV, ciphertext, with gcm the tag. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Encrypt {
    #[command(flatten)]
    job: Job,
}

/// Decrypts what `encrypt` made. With gcm nothing is decrypted if the tag does not fit: exit code 1. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Decrypt {
    #[command(flatten)]
    job: Job,
}

#[derive(Debug, Args)]
struct Job {
    #[command(flatten)]
    key: Key,

    /// The file; `-` is standard input.
    file: PathBuf,

    /// How the blocks are chained.
    #[arg(long, value_enum, default_value_t = Mode::Gcm)]
    mode: Mode,

    /// Nonce (gcm: 12 bytes), counter (ctr: 16) or IV (cbc: 16), in hexadecimal; it then does not stand before the
    /// ciphertext. Never take one twice with gcm or ctr. Without it a random one is made, or read from the front.
    #[arg(long, value_name = "HEX", value_parser = hexadecimal)]
    iv: Option<Given>,

    /// With gcm: a file that is authenticated, too, and not encrypted.
    #[arg(long, value_name = "FILE")]
    aad: Option<PathBuf>,

    #[command(flatten)]
    out: Out,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Encrypts and authenticates.
    Gcm,
    /// Any length; notices no tampering.
    Ctr,
    /// Whole blocks of 16 bytes; notices no tampering.
    Cbc,
    /// Whole blocks, each on its own: equal blocks look equal.
    Ecb,
}

#[derive(Debug, Clone)]
struct Given(Vec<u8>);

fn hexadecimal(text: &str) -> Result<Given, String> {
    from_hex(text).map(Given).ok_or_else(|| "two hexadecimal digits for each byte".into())
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    slot: u8,
    /// In hexadecimal.
    data: Zeroizing<String>,
}

const TAG: usize = 16;

impl Mode {
    fn iv(self) -> usize {
        match self {
            Self::Gcm => 12,
            Self::Ctr | Self::Cbc => 16,
            Self::Ecb => 0,
        }
    }
}

impl Encrypt {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let job = &self.job;
        let tried = format!("{} was to be encrypted with {}", job.file.display(), job.key.which.slot);
        let data = Zeroizing::new(files::read(&job.file)?);
        let random = <[u8; 16]>::generate();
        let iv = match &job.iv {
            Some(Given(iv)) => iv.as_slice(),
            None => &random[..job.mode.iv()],
        };
        let mut result = Zeroizing::new(Vec::with_capacity(iv.len() + data.len() + TAG));
        let before = if job.iv.is_none() { iv.len() } else { 0 };
        result.extend_from_slice(&iv[..before]);
        result.extend_from_slice(&data);
        let tag = job.crypt(app, &tried, iv, &mut result[before..], None)?;
        if job.mode == Mode::Gcm {
            result.extend_from_slice(&tag);
        }
        job.give(app, &result)
    }
}

impl Decrypt {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let job = &self.job;
        let tried = format!("{} was to be decrypted with {}", job.file.display(), job.key.which.slot);
        let file = files::read(&job.file)?;
        let short = || {
            let cause = format!("{} bytes are too few for this mode", file.len());
            Failure::new(Kind::Usage, &tried, cause, "take --mode and --iv as for encrypting")
        };
        let (iv, rest) = match &job.iv {
            Some(Given(iv)) => (iv.as_slice(), file.as_slice()),
            None => file.split_at_checked(job.mode.iv()).ok_or_else(short)?,
        };
        let (data, tag) = match job.mode {
            Mode::Gcm => rest.split_last_chunk().map(|(data, tag)| (data, Some(tag))).ok_or_else(short)?,
            _ => (rest, None),
        };
        let mut data = Zeroizing::new(data.to_vec());
        job.crypt(app, &tried, iv, &mut data, Some(tag))?;
        job.give(app, &data)
    }
}

impl Job {
    fn give(&self, app: &mut App, bytes: &[u8]) -> Result<(), Failure> {
        let slot = self.key.which.slot.number();
        self.out.give(app, bytes, |data| Answer { slot, data })
    }

    /// Encrypts (`decrypt` is `None`) or decrypts in place, with gcm if the tag fits.
    fn crypt(
        &self,
        app: &mut App,
        tried: &str,
        iv: &[u8],
        data: &mut [u8],
        decrypt: Option<Option<&[u8; TAG]>>,
    ) -> Result<[u8; TAG], Failure> {
        let key: AesKey = self.key.which.found(tried)?;
        let wrong = |cause: String, help: &str| Failure::new(Kind::Usage, tried, cause, help);
        if iv.len() != self.mode.iv() {
            let cause = format!("--iv has {} bytes, and {} are needed", iv.len(), self.mode.iv());
            return Err(wrong(cause, "two digits for each byte"));
        }
        if matches!(self.mode, Mode::Cbc | Mode::Ecb) && !data.len().is_multiple_of(16) {
            let cause = format!("{} bytes are no whole blocks of 16", data.len());
            return Err(wrong(cause, "pad it, or take gcm or ctr"));
        }
        let aad = match (&self.aad, self.mode) {
            (None, _) => Vec::new(),
            (Some(aad), Mode::Gcm) => files::read(Path::new(aad))?,
            _ => return Err(wrong("--aad is for gcm only".into(), "leave it out, or take gcm")),
        };
        let mut block = [0; 16];
        block[..iv.len()].copy_from_slice(iv);
        let nonce = block.first_chunk().copied().unwrap_or_default();
        let authorisation = self.key.authorisation(app, tried)?;
        // Each block is a use of the key, and takes an authorisation of its own.
        if authorisation.key.is_some() && (self.mode == Mode::Gcm || data.len() > 16) {
            let cause = "the slot asks for an authorisation for each block, and these are several";
            return Err(wrong(cause.into(), "take one block: --mode ecb, cbc or ctr, and 16 bytes"));
        }
        let mut tag = [0; TAG];
        let done = self.key.run(app, tried, key, &authorisation, |chip| {
            chip.session(|chip| -> Result<(), atecc608::Error<_>> {
                if let Some(auth) = &authorisation.key {
                    chip.authorise(auth, &authorisation.share)?;
                }
                match (self.mode, decrypt) {
                    (Mode::Gcm, None) => tag = chip.aes_gcm_seal(key, &nonce, &aad, data)?,
                    (Mode::Gcm, Some(tag)) => {
                        chip.aes_gcm_open(key, &nonce, &aad, data, tag.unwrap_or(&[0; TAG]))?;
                    }
                    (Mode::Ctr, _) => chip.aes_ctr(key, &block, data)?,
                    (Mode::Cbc, None) => chip.aes_cbc_encrypt(key, &block, data)?,
                    (Mode::Cbc, Some(_)) => chip.aes_cbc_decrypt(key, &block, data)?,
                    (Mode::Ecb, _) => {
                        for block in data.as_chunks_mut().0 {
                            *block = match decrypt {
                                None => chip.aes_encrypt(key, block)?,
                                Some(_) => chip.aes_decrypt(key, block)?,
                            };
                        }
                    }
                }
                Ok(())
            })
            .map(|()| true)
            .or_else(|error| {
                if matches!(error.kind, ErrorKind::Forged) { Ok(false) } else { Err(error.into()) }
            })
        })?;
        if done {
            return Ok(tag);
        }
        let cause = "the tag does not fit: the file was changed, or key, nonce or --aad is another; nothing was decrypted";
        Err(Failure::new(Kind::No, tried, cause, "take the file, the slot and --aad as for encrypting"))
    }
}
