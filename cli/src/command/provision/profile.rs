//! Profiles: what a device is, as TOML. `cli/docs/profiles.md` has the keys.

mod file;
mod labels;

use std::fs;
use std::path::{Path, PathBuf};

use atecc608::Slot;
use atecc608::config::lint::Severity;
use atecc608::config::{ConfigZone, preset};
use atecc608::irreversible::NoMoreSlotChanges;
use atecc608::x509::Stored;
use atecc608_fleet::station::{Contents, Recipe, RecipeError};

use crate::failure::{Failure, Kind};
use crate::public_key;
use file::File;
pub(super) use file::{Certificates, Manifest};
use labels::LABEL;
pub(super) use labels::{Label, LabelsTo};

/// What is wrong with a profile is answered here.
const HELP: &str =
    "put it right; docs/profiles.md of atecc608-cli has the keys, with three profiles to begin with";

/// What a device is.
#[derive(Debug)]
pub struct Profile {
    name: String,
    /// Paths in it begin here.
    folder: PathBuf,
    text: String,
    file: File,
}

impl Profile {
    /// The devices of `atecc --bus sim provision`: a key that signs in slot 0, no certificate.
    const DEFAULT: &str = "name = \"gcp\"\nkeys = [0]\n\n[configuration]\npreset = \"gcp\"\n";

    /// The one that is taken if none is named.
    ///
    /// # Errors
    ///
    /// None.
    pub fn of_a_simulated_chip() -> Result<Self, Failure> {
        Self::parse("the profile of simulated chips", Self::DEFAULT, Path::new(""))
    }

    /// From a file.
    ///
    /// # Errors
    ///
    /// [`Kind::File`]; [`Kind::Usage`], with the line and what is allowed.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let name = format!("the profile {}", path.display());
        let text = fs::read_to_string(path).map_err(|error| {
            Failure::new(Kind::File, format!("{name} was read"), error, "name a file that can be read")
        })?;
        Self::parse(&name, &text, path.parent().unwrap_or(Path::new("")))
    }

    fn parse(name: &str, text: &str, folder: &Path) -> Result<Self, Failure> {
        let tried = format!("{name} was read");
        let file: File = toml::from_str(text)
            .map_err(|error| Failure::new(Kind::Usage, &tried, error.to_string().trim_end(), HELP))?;
        let profile = Self { name: name.to_owned(), folder: folder.to_owned(), text: text.to_owned(), file };
        profile.file.check().map_err(|(at, error)| profile.wrong(at, error))?;
        Ok(profile)
    }

    /// What is wrong at this byte of the text.
    fn wrong(&self, at: usize, error: impl std::fmt::Display) -> Failure {
        let line = 1 + self.text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        Failure::new(Kind::Usage, format!("{} was read", self.name), format!("line {line}: {error}"), HELP)
    }

    /// What devices are called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.file.name
    }

    pub(super) fn certificates(&self) -> Option<&Certificates> {
        self.file.certificates.as_ref().map(toml::Spanned::get_ref)
    }

    pub(super) fn manifest(&self) -> Option<&Manifest> {
        self.file.manifest.as_ref().map(toml::Spanned::get_ref)
    }

    /// What is printed for each chip.
    pub(super) fn label(&self) -> Result<Label, Failure> {
        match &self.file.label {
            Some(label) => {
                Label::parse(&label.get_ref().text).map_err(|error| self.wrong(label.span().start, error))
            }
            None => Label::parse(LABEL).map_err(|error| self.wrong(0, error)),
        }
    }

    /// A file that the profile names.
    pub(super) fn path(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    /// What stations make chips by. Files with contents are read.
    ///
    /// # Errors
    ///
    /// [`Kind::File`]; [`Kind::Usage`], with the line and what is allowed.
    pub fn recipe(&self) -> Result<Recipe, Failure> {
        let file = &self.file;
        let start = file.configuration.span().start;
        let zone = file
            .configuration
            .get_ref()
            .zone(&ConfigZone::from_bytes(preset::FACTORY))
            .map_err(|error| self.wrong(start, error))?;
        let mut recipe = Recipe::new(self.name(), &zone);
        for slot in &file.keys {
            recipe = recipe.with_key(self.slot(slot)?);
        }
        for contents in &file.contents {
            recipe = recipe.with_contents(self.contents(contents)?);
        }
        for slot in &file.locks.slots {
            recipe = recipe.with_locked_slot(self.slot(slot)?, NoMoreSlotChanges);
        }
        recipe = match (*file.locks.config.get_ref(), *file.locks.data.get_ref()) {
            (true, true) => recipe,
            (true, false) => recipe.without_data_lock(),
            (false, false) => recipe.without_locks(),
            (false, true) => {
                let why =
                    "data and OTP can't be locked while the configuration is open: write data = false, too";
                return Err(self.wrong(file.locks.config.span().start, why));
            }
        };
        let checked = match file.certificates {
            Some(_) => recipe.check_certificates(),
            None => recipe.check(),
        };
        match checked {
            Ok(()) => Ok(recipe),
            Err(RecipeError::Findings(_)) => {
                let errors = zone.lint().filter(|finding| finding.severity == Severity::Error);
                let errors: Vec<String> = errors.map(|finding| finding.to_string()).collect();
                Err(self.wrong(start, format!("lint refuses the configuration:\n{}", errors.join("\n"))))
            }
            Err(error) => Err(self.wrong(file.place(&error), error)),
        }
    }

    fn slot(&self, slot: &toml::Spanned<u8>) -> Result<Slot, Failure> {
        let number = *slot.get_ref();
        let why = || self.wrong(slot.span().start, format!("no slot {number}: 0 to 15"));
        Slot::new(number).ok_or_else(why)
    }

    fn contents(&self, contents: &toml::Spanned<file::Contents>) -> Result<Contents, Failure> {
        let file = contents.get_ref();
        let path = self.path(&file.file);
        let bytes = fs::read(&path).map_err(|error| {
            self.wrong(contents.span().start, format!("{} can't be read: {error}", path.display()))
        })?;
        let slot = self.slot(&file.slot)?;
        let made = if file.public_key {
            Contents::new(slot, Stored::Key(&public_key::read(&path)?).to_bytes().to_vec())
        } else {
            Contents::new(slot, bytes)
        };
        match &file.encrypted_by {
            Some(key) => Ok(made.encrypted_by(self.slot(key)?)),
            None => Ok(made),
        }
    }
}
