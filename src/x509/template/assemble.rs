//! From the example and what differs to the bytes that are signed.

use super::edits::Edits;
use super::error::TemplateError;
use super::field::{Field, Place, What};
use super::values::Values;
use crate::x509::certificate::Attributes;
use crate::x509::der::read::Span;
use crate::x509::der::tag;
use crate::x509::der::write::Writer;
use crate::x509::parts::Given;
use crate::x509::{Certificate, Compressed, Error, Oid};

/// A template whose example was read.
pub(super) struct Layout<'a> {
    example: Certificate<'a>,
    fields: &'a [Field<'a>],
    subject_key_id: Option<Span>,
    authority_key_id: Option<Span>,
}

/// What is signed, not yet written anywhere.
pub(super) struct Made<'e> {
    edits: &'e Edits<'e>,
    serial: &'e [u8],
}

// Functions that are not inlined are for the stack: what one needs is not there while the next runs.
impl<'a> Layout<'a> {
    pub(super) const fn new(example: &'a [u8], fields: &'a [Field<'a>]) -> Self {
        let example = Certificate::unread(example);
        Self { example, fields, subject_key_id: None, authority_key_id: None }
    }

    /// Reads the example.
    pub(super) fn read(&mut self) -> Result<(), Error> {
        self.example.read().map_err(|error| match error {
            Error::Malformed { offset, why } => TemplateError::Example { offset, why }.into(),
            other => other,
        })?;
        self.find_ids()
    }

    #[inline(never)]
    fn find_ids(&mut self) -> Result<(), Error> {
        let example = &self.example;
        if !example.is_of_p256() {
            return Err(TemplateError::ExampleKey.into());
        }
        self.subject_key_id = example.subject_key_id_value().map(|value| value.content);
        self.authority_key_id = example.authority_key_id_value().map(|value| value.content);
        if [self.subject_key_id, self.authority_key_id].into_iter().flatten().any(|id| id.len() != 20) {
            return Err(TemplateError::ExampleKeyId.into());
        }
        if example.serial().len() > 0x7F {
            return Err(TemplateError::SerialLength { expected: 0x7F, found: example.serial().len() }.into());
        }
        Ok(())
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
    #[inline(never)]
    pub(super) fn make<T>(
        &self,
        parts: &Given<'_, '_>,
        compressed: &Compressed,
        then: impl FnOnce(&Made<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut values = Values::EMPTY;
        values.fill(&self.example, parts, compressed)?;
        self.check_texts(parts)?;
        self.edit(parts, &values, then)
    }

    /// Whether there are as many texts as fields, and names where there should be.
    #[inline(never)]
    fn check_texts(&self, parts: &Given<'_, '_>) -> Result<(), Error> {
        let expected = self.fields.iter().filter(|field| field.is_given()).count();
        if expected != parts.texts.len() {
            return Err(TemplateError::Texts { expected, found: parts.texts.len() }.into());
        }
        let given = self.fields.iter().enumerate().filter(|(_, field)| field.is_given());
        for ((index, field), text) in given.zip(parts.texts) {
            if field.what == What::Name && Attributes::parse(text).is_err() {
                return Err(TemplateError::NoName { field: index }.into());
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn edit<T>(
        &self,
        parts: &Given<'_, '_>,
        values: &Values<'_>,
        then: impl FnOnce(&Made<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let serial = values.serial.as_der();
        let too_long = TemplateError::SerialLength { expected: 0x7F, found: serial.len() };
        let serial_len = [u8::try_from(serial.len()).ok().filter(|len| *len <= 0x7F).ok_or(too_long)?];
        let mut edits = Edits::new(self.example.der(), self.example.tbs_content());
        let (len_span, serial_span) = self.example.serial_spans();
        edits.replace(len_span, &serial_len)?;
        edits.replace(serial_span, serial)?;
        self.edit_values(parts, values, &mut edits)?;
        self.edit_fields(parts, values, &mut edits)?;
        then(&Made { edits: &edits, serial })
    }

    #[inline(never)]
    fn edit_values<'e>(
        &self,
        parts: &'e Given<'_, '_>,
        values: &'e Values<'_>,
        edits: &mut Edits<'e>,
    ) -> Result<(), Error> {
        let example = &self.example;
        let (not_before, not_after) = example.times();
        edits.replace(not_before.span, values.issued.as_bytes())?;
        edits.replace(not_after.span, values.ends.as_bytes())?;
        edits.replace(example.point_span(), parts.subject_key.as_bytes())?;
        if let Some(span) = self.subject_key_id {
            edits.replace(span, values.subject_key_id.as_bytes())?;
        }
        if let Some(span) = self.authority_key_id {
            edits.replace(span, values.authority_key_id.as_bytes())?;
        }
        Ok(())
    }

    #[inline(never)]
    fn edit_fields<'e>(
        &self,
        parts: &'e Given<'_, '_>,
        values: &'e Values<'_>,
        edits: &mut Edits<'e>,
    ) -> Result<(), Error> {
        let mut texts = parts.texts.iter().copied();
        for (index, field) in self.fields.iter().enumerate() {
            let span = self.find(index, field)?;
            let small = field.shown.iter().any(u8::is_ascii_lowercase);
            let bytes = match field.what {
                What::SignerId => values.signer(small),
                What::ChipSerial => values.chip_serial(small).ok_or(TemplateError::NoChipSerial)?,
                What::Text => {
                    let text = texts.next().unwrap_or_default();
                    if text.len() != span.len() {
                        let (expected, found) = (span.len(), text.len());
                        return Err(TemplateError::TextLength { field: index, expected, found }.into());
                    }
                    text
                }
                What::Name => texts.next().unwrap_or_default(),
            };
            edits.replace(span, bytes)?;
        }
        Ok(())
    }

    /// Where a field is.
    #[inline(never)]
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
        self.example.extensions().value_of(oid)
    }
}

impl Made<'_> {
    /// A TBSCertificate.
    #[inline(never)]
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
