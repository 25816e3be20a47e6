//! The keys of a profile, as they stand in the file.

use std::path::PathBuf;

use atecc608_config::Document;
use atecc608_fleet::station::RecipeError;
use serde::Deserialize;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) configuration: Spanned<Document>,
    /// Slots in which the chip makes keys.
    #[serde(default)]
    pub(super) keys: Vec<Spanned<u8>>,
    #[serde(default)]
    pub(super) contents: Vec<Spanned<Contents>>,
    #[serde(default)]
    pub(super) locks: Locks,
    pub(super) certificates: Option<Spanned<Certificates>>,
    pub(super) manifest: Option<Spanned<Manifest>>,
    pub(super) label: Option<Spanned<LabelText>>,
}

/// What is written to a slot.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contents {
    pub(super) slot: Spanned<u8>,
    pub(super) file: PathBuf,
    /// The slot with the key, which the profile writes, too.
    pub(super) encrypted_by: Option<Spanned<u8>>,
    /// The file has a public key, of which the chip gets X and Y in its own form.
    #[serde(default)]
    pub(super) public_key: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Locks {
    #[serde(default = "yes")]
    pub(super) config: Spanned<bool>,
    #[serde(default = "yes")]
    pub(super) data: Spanned<bool>,
    #[serde(default)]
    pub(super) slots: Vec<Spanned<u8>>,
}

fn yes() -> Spanned<bool> {
    Spanned::new(0..0, true)
}

impl Default for Locks {
    fn default() -> Self {
        Self { config: yes(), data: yes(), slots: Vec::new() }
    }
}

/// Who issues: a folder in which all is made that is not there, or files.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Certificates {
    pub(in super::super) folder: Option<PathBuf>,
    pub(in super::super) organization: Option<String>,
    /// How long certificates are valid, for an example that is made.
    pub(in super::super) years: Option<u8>,
    pub(in super::super) signer_key: Option<PathBuf>,
    pub(in super::super) root: Option<PathBuf>,
    pub(in super::super) signer: Option<PathBuf>,
    pub(in super::super) device_example: Option<PathBuf>,
    /// The chip signs a request before it gets a certificate.
    #[serde(default)]
    pub(in super::super) request: bool,
}

/// Who signs the manifest, and what it says of all chips.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Manifest {
    pub(in super::super) folder: Option<PathBuf>,
    pub(in super::super) signer_key: Option<PathBuf>,
    pub(in super::super) certificate: Option<PathBuf>,
    pub(in super::super) part_number: String,
    #[serde(default = "microchip")]
    pub(in super::super) manufacturer: String,
    pub(in super::super) provisioner: String,
    pub(in super::super) distributor: Option<String>,
    pub(in super::super) group: Option<String>,
}

fn microchip() -> String {
    "Microchip Technology Inc".to_owned()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LabelText {
    pub(super) text: String,
}

impl File {
    /// What the types alone do not say; with the place of what is wrong.
    pub(super) fn check(&self) -> Result<(), (usize, &'static str)> {
        if let Some(certificates) = &self.certificates {
            let file = certificates.get_ref();
            let files = [&file.signer_key, &file.root, &file.signer, &file.device_example];
            let (some, all) =
                (files.iter().any(|file| file.is_some()), files.iter().all(|file| file.is_some()));
            let fits = match (&file.folder, &file.organization) {
                (Some(_), Some(_)) => !some,
                (None, None) => all && file.years.is_none(),
                _ => false,
            };
            if !fits {
                let why = "name folder and organization, by which all is made, or the files signer_key, root, signer \
                           and device_example";
                return Err((certificates.span().start, why));
            }
        }
        if let Some(manifest) = &self.manifest {
            let file = manifest.get_ref();
            let files = (&file.folder, &file.signer_key, &file.certificate);
            if !matches!(files, (Some(_), None, None) | (None, Some(_), Some(_))) {
                let why = "name folder, in which the manifest's signer is made, or the files signer_key and certificate";
                return Err((manifest.span().start, why));
            }
        }
        Ok(())
    }

    /// Where in the text this comes from.
    pub(super) fn place(&self, error: &RecipeError) -> usize {
        let configuration = self.configuration.span().start;
        let last = |slots: &[Spanned<u8>], slot: &atecc608::Slot| {
            let named = slots.iter().rfind(|named| *named.get_ref() == slot.number());
            named.map(|named| named.span().start)
        };
        let contents = |slot: &atecc608::Slot| {
            let named = self.contents.iter().rfind(|named| *named.get_ref().slot.get_ref() == slot.number());
            named.map(|named| named.span().start)
        };
        let certificates = self.certificates.as_ref().map(|certificates| certificates.span().start);
        let place = match error {
            RecipeError::NoKeySlot(slot) | RecipeError::KeyNotTold(slot) => last(&self.keys, slot),
            RecipeError::Twice(slot) => {
                contents(slot).or_else(|| last(&self.keys, slot)).or_else(|| last(&self.locks.slots, slot))
            }
            RecipeError::PrivateSlot(slot)
            | RecipeError::TooLong(slot, _)
            | RecipeError::NoWriteKey(slot, _) => contents(slot),
            RecipeError::NotLockable(slot) => last(&self.locks.slots, slot),
            RecipeError::NoSeat(slot) => contents(slot).or(certificates),
            RecipeError::NoCertifiedKey => certificates,
            RecipeError::NotLocked => {
                let locks = [&self.locks.config, &self.locks.data];
                locks.iter().find(|lock| !lock.get_ref()).map(|lock| lock.span().start)
            }
            _ => None,
        };
        place.unwrap_or(configuration)
    }
}
