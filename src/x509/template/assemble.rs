//! From the example and what differs to the bytes that are signed.

use super::edits::Edits;
use super::error::TemplateError;
use super::field::{Field, Place, What};
use super::values::{Digits, hex};
use crate::x509::certificate::Attributes;
use crate::x509::der::read::Span;
use crate::x509::der::tag;
use crate::x509::der::write::Writer;
use crate::x509::{Certificate, CertificateSerial, Compressed, Error, Oid, Parts};

/// A template whose example was read.
pub(super) struct Layout<'a> {
    example: Certificate<'a>,
    fields: &'a [Field<'a>],
    subject_key_id: Option<Span>,
    authority_key_id: Option<Span>,
}

/// What is signed, not yet written anywhere.
pub(super) struct Made<'p> {
    edits: Edits<'p>,
    serial: &'p [u8],
}

impl<'a> Layout<'a> {
    pub(super) fn new(example: &'a [u8], fields: &'a [Field<'a>]) -> Result<Self, Error> {
        let example = Certificate::parse(example).map_err(|error| match error {
            Error::Malformed { offset, why } => TemplateError::Example { offset, why }.into(),
            other => other,
        })?;
        if example.public_key().is_err() || example.signature().is_err() {
            return Err(TemplateError::ExampleKey.into());
        }
        let subject_key_id = example.subject_key_id_value().map(|value| value.content);
        let authority_key_id = example.authority_key_id_value().map(|value| value.content);
        if [subject_key_id, authority_key_id].into_iter().flatten().any(|id| id.len() != 20) {
            return Err(TemplateError::ExampleKeyId.into());
        }
        if example.serial().len() > 0x7F {
            return Err(TemplateError::SerialLength { expected: 0x7F, found: example.serial().len() }.into());
        }
        Ok(Self { example, fields, subject_key_id, authority_key_id })
    }

    /// Whether each field is there, and none in another.
    pub(super) fn check(&self) -> Result<(), Error> {
        let mut edits = Edits::new(self.example.der(), self.example.tbs_content());
        for span in [self.subject_key_id, self.authority_key_id].into_iter().flatten() {
            edits.replace(span, &[])?;
        }
        for (index, field) in self.fields.iter().enumerate() {
            edits.replace(self.find(index, field)?, &[])?;
        }
        Ok(())
    }

    /// Gives `then` what is signed.
    pub(super) fn make<T>(
        &self,
        parts: &Parts<'_>,
        compressed: &Compressed,
        then: impl FnOnce(&Made<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let example = &self.example;
        let (not_before, not_after) = example.times();
        let dates = compressed.dates()?;
        let serial = CertificateSerial::new(compressed, example.serial().len(), parts)?;
        let serial = serial.as_der();
        let too_long = TemplateError::SerialLength { expected: 0x7F, found: serial.len() };
        let serial_len = [u8::try_from(serial.len()).ok().filter(|len| *len <= 0x7F).ok_or(too_long)?];
        let issued = Digits::of_issue(&dates, not_before)?;
        let ends = Digits::of_end(&dates, not_after)?;
        let subject_key_id = parts.subject_key.key_id();
        let authority_key_id = parts.issuer_key.key_id();
        let signer = hex::<4>(&compressed.signer().0.to_be_bytes());
        let chip_serial = parts.chip_serial.map(|serial| hex::<18>(&serial.0));
        let small_signer = signer.map(|digit| digit.to_ascii_lowercase());
        let small_chip_serial = chip_serial.map(|digits| digits.map(|digit| digit.to_ascii_lowercase()));

        let mut edits = Edits::new(example.der(), example.tbs_content());
        let (len_span, serial_span) = example.serial_spans();
        edits.replace(len_span, &serial_len)?;
        edits.replace(serial_span, serial)?;
        edits.replace(not_before.span, issued.as_bytes())?;
        edits.replace(not_after.span, ends.as_bytes())?;
        edits.replace(example.point_span(), parts.subject_key.as_bytes())?;
        if let Some(span) = self.subject_key_id {
            edits.replace(span, subject_key_id.as_bytes())?;
        }
        if let Some(span) = self.authority_key_id {
            edits.replace(span, authority_key_id.as_bytes())?;
        }
        let expected = self.fields.iter().filter(|field| field.is_given()).count();
        if expected != parts.texts.len() {
            return Err(TemplateError::Texts { expected, found: parts.texts.len() }.into());
        }
        let mut texts = parts.texts.iter().copied();
        for (index, field) in self.fields.iter().enumerate() {
            let span = self.find(index, field)?;
            let small = field.shown.iter().any(u8::is_ascii_lowercase);
            let bytes = match field.what {
                What::SignerId if small => &small_signer[..],
                What::SignerId => &signer,
                What::ChipSerial => {
                    let digits = if small { &small_chip_serial } else { &chip_serial };
                    digits.as_ref().ok_or(TemplateError::NoChipSerial)?
                }
                What::Text => {
                    let text = texts.next().unwrap_or_default();
                    if text.len() != span.len() {
                        let (expected, found) = (span.len(), text.len());
                        return Err(TemplateError::TextLength { field: index, expected, found }.into());
                    }
                    text
                }
                What::Name => {
                    let name = texts.next().unwrap_or_default();
                    Attributes::parse(name).map_err(|_| TemplateError::NoName { field: index })?;
                    name
                }
            };
            edits.replace(span, bytes)?;
        }
        then(&Made { edits, serial })
    }

    /// Where a field is.
    fn find(&self, index: usize, field: &Field<'_>) -> Result<Span, Error> {
        let not_found = Error::Template(TemplateError::NotFound { field: index });
        let place = match field.place {
            Place::Issuer => self.example.issuer_span(),
            Place::Subject => self.example.subject_span(),
            Place::AlternativeNames => self.extension(Oid::ALTERNATIVE_NAMES).ok_or(not_found)?,
            Place::Extension(oid) => self.extension(oid).ok_or(not_found)?,
        };
        let fits = match field.what {
            What::Name => return Ok(place),
            What::SignerId => field.shown.len() == 4,
            What::ChipSerial => field.shown.len() == 18,
            What::Text => !field.shown.is_empty(),
        };
        if !fits {
            return Err(TemplateError::ExampleLength { field: index }.into());
        }
        let bytes = place.of(self.example.der());
        let mut found = (0..bytes.len())
            .filter(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(field.shown)))
            .map(|at| place.start.saturating_add(at));
        let start = found.next().ok_or(not_found)?;
        match found.next() {
            None => Ok(Span { start, end: start.saturating_add(field.shown.len()) }),
            Some(_) => Err(TemplateError::Ambiguous { field: index }.into()),
        }
    }

    fn extension(&self, oid: Oid<'_>) -> Option<Span> {
        self.example.extension(oid).map(|extension| extension.value_span())
    }
}

impl Made<'_> {
    /// A TBSCertificate.
    pub(super) fn write(&self, writer: &mut Writer<'_>) {
        let since = writer.len();
        self.edits.backwards(|bytes| writer.bytes(bytes));
        writer.wrap(tag::SEQUENCE, since);
    }

    /// As RFC 5280 4.1.2.2 wants it.
    pub(super) fn serial_is_positive(&self) -> bool {
        matches!(self.serial, [0x01..=0x7F, ..] | [0x00, _, ..])
    }

    /// Whether the certificate is the same but for its signature.
    pub(super) fn compare(&self, certificate: &Certificate<'_>) -> Result<(), Error> {
        let content = certificate.tbs_content();
        match self.edits.same_until(content.of(certificate.der())) {
            None => Ok(()),
            Some(same) => {
                let offset = content.start.saturating_add(same);
                Err(TemplateError::OtherCertificate { offset }.into())
            }
        }
    }
}
