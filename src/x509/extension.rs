//! Extensions of certificates (RFC 5280 4.2.1), and the profiles that say which.

mod profile;
mod usage;

pub use profile::Profile;
pub use usage::{BasicConstraints, ExtendedKeyUsage, KeyUsage};

use crate::x509::der::tag;
use crate::x509::der::write::Writer;
use crate::x509::key_id::KeyId;
use crate::x509::name::GeneralName;

/// Last byte of an extension's identifier, 2.5.29.n.
pub(crate) mod id {
    pub(crate) const SUBJECT_KEY_ID: u8 = 14;
    pub(crate) const KEY_USAGE: u8 = 15;
    pub(crate) const ALTERNATIVE_NAMES: u8 = 17;
    pub(crate) const BASIC_CONSTRAINTS: u8 = 19;
    pub(crate) const AUTHORITY_KEY_ID: u8 = 35;
    pub(crate) const EXTENDED_KEY_USAGE: u8 = 37;
}

/// Makes an extension of what was written since the writer's length was `since`.
const fn extension(writer: &mut Writer<'_>, since: usize, id: u8, critical: bool) {
    writer.wrap(tag::OCTET_STRING, since);
    // False is the default, which DER leaves out.
    if critical {
        writer.value(tag::BOOLEAN, &[0xFF]);
    }
    writer.value(tag::OID, &[0x55, 0x1D, id]);
    writer.wrap(tag::SEQUENCE, since);
}

impl KeyId {
    pub(crate) const fn emit_subject(&self, writer: &mut Writer<'_>) {
        let since = writer.len();
        writer.value(tag::OCTET_STRING, self.as_bytes());
        extension(writer, since, id::SUBJECT_KEY_ID, false);
    }

    pub(crate) const fn emit_authority(&self, writer: &mut Writer<'_>) {
        let since = writer.len();
        writer.value(tag::context(0), self.as_bytes());
        writer.wrap(tag::SEQUENCE, since);
        extension(writer, since, id::AUTHORITY_KEY_ID, false);
    }
}

/// The subject's alternative names; nothing if there are none.
pub(crate) const fn emit_alternative_names(
    mut names: &[GeneralName<'_>],
    critical: bool,
    writer: &mut Writer<'_>,
) {
    if names.is_empty() {
        return;
    }
    let since = writer.len();
    while let [before @ .., last] = names {
        last.emit(writer);
        names = before;
    }
    writer.wrap(tag::SEQUENCE, since);
    extension(writer, since, id::ALTERNATIVE_NAMES, critical);
}
