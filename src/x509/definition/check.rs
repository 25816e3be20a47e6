//! Whether a configuration lets a certificate be what its definition says. Lint knows bits; this knows what they are for.

use super::Definition;
use crate::config::ConfigZone;
use crate::config::explain::{Action, Permitted, Stage};
use crate::config::lint::Severity;
use crate::memory::Slot;
use crate::x509::{KeyPlace, SlotBytes, SlotPlace};
use core::fmt;

macro_rules! kinds {
    ($($name:ident($severity:ident): $reason:literal; $help:literal,)*) => {
        /// How a configuration does not fit a certificate.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "defmt", derive(defmt::Format))]
        #[non_exhaustive]
        pub enum Unfit { $(#[doc = $reason] #[doc = ""] #[doc = concat!("Help: ", $help)] $name,)* }

        impl Unfit {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its name, as in the source.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            const fn reason(self) -> &'static str {
                match self { $(Self::$name => $reason,)* }
            }

            const fn help(self) -> &'static str {
                match self { $(Self::$name => $help,)* }
            }
        }
    };
}

kinds! {
    PlaceTwice(Error): "the certificate, a key or a text of it lie in the same bytes"; "give each a place of its own",
    TooManyTexts(Error): "the definition has more texts than can be read at once"; "4 texts and 128 bytes together are the most",
    CertificateUnreadable(Error): "the certificate can't be read in clear after the data lock"; "clear IsSecret, EncryptRead and Private; or read it encrypted, for which there are read_certificate_encrypted and check_encrypted",
    CertificateNotEncrypted(Error): "the certificate can't be read encrypted after the data lock"; "take a slot from 9 to 15, set IsSecret and EncryptRead, and let ReadKey name a slot with a key; or read it in clear, for which there are read_certificate and check",
    KeyUnreadable(Error): "a public key that the certificate needs can't be read in clear after the data lock"; "clear IsSecret, EncryptRead and Private",
    TextUnreadable(Error): "a text or serial number that stands in the certificate can't be read in clear after the data lock"; "clear IsSecret, EncryptRead and Private",
    NoSigningKey(Error): "the certificate is for the key in this slot, which can't sign digests"; "set Private, KeyType 4, IsSecret and ReadKey bit 0, without an authorisation that nobody can give",
    PublicKeyNotTold(Error): "the certificate is made up with the public key of this slot, which the chip does not give after the data lock"; "set PubInfo",
    SignerKeyReplaceable(Warning): "anyone can replace the signer's public key, and nobody can replace the certificate then: it never verifies again"; "never permit writes to the key, or permit them to the certificate, too; or lock the slot once it is written",
    KeyOutlivesCertificate(Warning): "anyone can make a new key in this slot, and nobody can write a certificate for it"; "permit writes to the certificate's slot until it is locked, or clear WriteConfig bit 13 of the key",
    TextReplaceable(Warning): "anyone can replace a text or serial number that the certificate's signature covers, and nobody can replace the certificate then"; "never permit writes to it, or permit them to the certificate, too; or lock the slot once it is written",
    SignerKeyFixed(Notice): "another certificate can be written, but no other signer's key: only the same signer can issue it"; "permit writes to the signer's key, too, if another signer may follow",
    EncryptedTail(Notice): "the certificate's slot is written or read encrypted only, in blocks of 32 bytes: whether the chip does that with the last one, of which the slot keeps 8 bytes, is not known (UNVERIFIED, chip reference U55)"; "try it on a chip before a series is locked, or permit it in clear",
}

/// Something about a configuration that does not fit a certificate. `{}` shows it in two lines: reason and help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Misfit {
    /// What does not fit.
    pub kind: Unfit,
    /// How much it matters. An error: the certificate can never be read.
    pub severity: Severity,
    /// The slot that it is about.
    pub slot: Slot,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, severity, slot } = self;
        write!(f, "{severity}: {slot}: {}\n  help: {}", kind.reason(), kind.help())
    }
}

impl core::error::Error for Misfit {}

/// What does not fit, kind by kind.
#[derive(Debug, Clone)]
pub struct Misfits<'a> {
    view: View<'a>,
    kind: usize,
    position: usize,
}

impl Definition<'_> {
    /// What in this configuration does not fit the certificate once both zones are locked, all of it read in clear.
    #[must_use]
    pub const fn misfits<'a>(&'a self, zone: &'a ConfigZone) -> Misfits<'a> {
        Misfits::new(self, zone, false)
    }

    /// The same for a certificate that `read_certificate_encrypted` reads: its 72 bytes encrypted, the rest in clear.
    #[must_use]
    pub const fn misfits_encrypted<'a>(&'a self, zone: &'a ConfigZone) -> Misfits<'a> {
        Misfits::new(self, zone, true)
    }

    /// Whether the certificate can be read in clear and its key can sign in this configuration. Also for a `const`.
    ///
    /// # Errors
    /// The first misfit of [`Severity::Error`].
    pub const fn check(&self, zone: &ConfigZone) -> Result<(), Misfit> {
        self.misfits(zone).first_error()
    }

    /// The same for a certificate that `read_certificate_encrypted` reads: its 72 bytes encrypted, the rest in clear.
    ///
    /// # Errors
    /// The first misfit of [`Severity::Error`].
    pub const fn check_encrypted(&self, zone: &ConfigZone) -> Result<(), Misfit> {
        self.misfits_encrypted(zone).first_error()
    }
}

impl<'a> Misfits<'a> {
    const fn new(definition: &'a Definition<'a>, zone: &'a ConfigZone, encrypted: bool) -> Self {
        let view = View { definition, after: Permitted::new(zone, Stage::Locked), encrypted };
        Self { view, kind: 0, position: 0 }
    }

    const fn first_error(mut self) -> Result<(), Misfit> {
        while let Some(misfit) = self.following() {
            if matches!(misfit.severity, Severity::Error) {
                return Err(misfit);
            }
        }
        Ok(())
    }

    /// [`next`](Iterator::next), also for a `const`.
    const fn following(&mut self) -> Option<Misfit> {
        while self.kind < Unfit::ALL.len() {
            let kind = Unfit::ALL[self.kind];
            match self.view.part(self.position) {
                Some(part) => {
                    self.position += 1;
                    if let Some(slot) = self.view.look(kind, part, self.position) {
                        return Some(Misfit { kind, severity: kind.severity(), slot });
                    }
                }
                None => (self.kind, self.position) = (self.kind + 1, 0),
            }
        }
        None
    }
}

impl Iterator for Misfits<'_> {
    type Item = Misfit;

    fn next(&mut self) -> Option<Misfit> {
        self.following()
    }
}

impl core::iter::FusedIterator for Misfits<'_> {}

/// Something that a certificate is made up from.
#[derive(Clone, Copy)]
enum Part {
    Certificate(SlotPlace),
    SubjectKey(KeyPlace),
    IssuerKey(KeyPlace),
    Text(SlotBytes),
}

impl Part {
    /// Where it is read from, and how many bytes.
    const fn bytes(self) -> Option<(Slot, usize, usize)> {
        match self {
            Self::Certificate(place)
            | Self::SubjectKey(KeyPlace::Stored(place))
            | Self::IssuerKey(KeyPlace::Stored(place)) => {
                Some((place.slot(), place.offset(), SlotPlace::LEN))
            }
            Self::Text(text) => Some((text.slot(), text.offset(), text.len())),
            Self::SubjectKey(_) | Self::IssuerKey(_) => None,
        }
    }

    const fn overlaps(self, other: Self) -> bool {
        match (self.bytes(), other.bytes()) {
            (Some((slot, start, len)), Some((other, other_start, other_len))) => {
                slot.is(other) && start < other_start + other_len && other_start < start + len
            }
            _ => false,
        }
    }
}

/// A definition, and what a configuration permits.
#[derive(Debug, Clone, Copy)]
struct View<'a> {
    definition: &'a Definition<'a>,
    after: Permitted<'a>,
    /// The certificate is read encrypted.
    encrypted: bool,
}

impl View<'_> {
    /// The parts one after another: certificate, keys, serial number, texts.
    const fn part(&self, position: usize) -> Option<Part> {
        let Definition { certificate, subject_key, issuer_key, serial, texts, .. } = self.definition;
        match (position, serial) {
            (0, _) => Some(Part::Certificate(*certificate)),
            (1, _) => Some(Part::SubjectKey(*subject_key)),
            (2, _) => Some(Part::IssuerKey(*issuer_key)),
            (3, Some(serial)) => Some(Part::Text(*serial)),
            (_, Some(_)) => text(texts, position - 4),
            (_, None) => text(texts, position - 3),
        }
    }

    const fn possible(&self, slot: Slot, action: Action) -> bool {
        self.after.possible(slot, action).is_some()
    }

    const fn anyone(&self, slot: Slot, action: Action) -> bool {
        matches!(self.after.possible(slot, action), Some(needs) if needs.anyone())
    }

    /// Who knows the keys can write here.
    const fn written(&self, slot: Slot) -> bool {
        self.possible(slot, Action::Write) || self.possible(slot, Action::WriteEncrypted)
    }

    /// The slot with which this kind is about this part; `next` is the position of the part behind it.
    const fn look(&self, kind: Unfit, part: Part, next: usize) -> Option<Slot> {
        let renewed = self.written(self.definition.certificate.slot());
        let read = match part.bytes() {
            Some((slot, ..)) => slot,
            None => match part {
                Part::SubjectKey(KeyPlace::Private(slot)) | Part::IssuerKey(KeyPlace::Private(slot)) => slot,
                _ => return None,
            },
        };
        let stored = part.bytes().is_some();
        let unreadable = stored && !self.possible(read, Action::Read);
        let replaced = stored && self.anyone(read, Action::Write);
        let found = match (kind, part) {
            (Unfit::PlaceTwice, _) => self.overlaps_a_later_one(part, next),
            (Unfit::TooManyTexts, Part::Certificate(_)) => !fit(self.definition.texts),
            (Unfit::CertificateUnreadable, Part::Certificate(_)) => unreadable && !self.encrypted,
            (Unfit::CertificateNotEncrypted, Part::Certificate(_)) => {
                self.encrypted && (read.number() == 8 || !self.possible(read, Action::ReadEncrypted))
            }
            (Unfit::KeyUnreadable, Part::SubjectKey(_) | Part::IssuerKey(_))
            | (Unfit::TextUnreadable, Part::Text(_)) => unreadable,
            (Unfit::NoSigningKey, Part::SubjectKey(_)) => {
                !stored && !self.possible(read, Action::SignExternal)
            }
            (Unfit::PublicKeyNotTold, Part::SubjectKey(_) | Part::IssuerKey(_)) => {
                !stored && !self.possible(read, Action::PublicKey)
            }
            (Unfit::SignerKeyReplaceable, Part::IssuerKey(_)) | (Unfit::TextReplaceable, Part::Text(_)) => {
                replaced && !renewed
            }
            (Unfit::KeyOutlivesCertificate, Part::SubjectKey(_)) => {
                !stored && self.anyone(read, Action::GenKey) && !renewed
            }
            (Unfit::SignerKeyFixed, Part::IssuerKey(_)) => stored && renewed && !self.written(read),
            (Unfit::EncryptedTail, Part::Certificate(_)) => {
                let written_so =
                    self.possible(read, Action::WriteEncrypted) && !self.possible(read, Action::Write);
                read.number() > 8 && (written_so || self.possible(read, Action::ReadEncrypted))
            }
            _ => false,
        };
        if found { Some(read) } else { None }
    }

    const fn overlaps_a_later_one(&self, part: Part, mut position: usize) -> bool {
        while let Some(later) = self.part(position) {
            // A self-signed certificate has one key.
            let one_key = matches!((part, later), (Part::SubjectKey(_), Part::IssuerKey(_)));
            if !one_key && part.overlaps(later) {
                return true;
            }
            position += 1;
        }
        false
    }
}

const fn text(texts: &[SlotBytes], index: usize) -> Option<Part> {
    if index < texts.len() { Some(Part::Text(texts[index])) } else { None }
}

/// Whether so many texts can be read.
const fn fit(texts: &[SlotBytes]) -> bool {
    let (mut index, mut len) = (0, 0);
    while index < texts.len() {
        len += texts[index].len();
        index += 1;
    }
    texts.len() <= Definition::MAX_TEXTS && len <= Definition::MAX_TEXT_BYTES
}
