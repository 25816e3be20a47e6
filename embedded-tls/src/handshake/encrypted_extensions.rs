use crate::extensions::messages::EncryptedExtensionsExtension;

use crate::TlsError;
use crate::parse_buffer::ParseBuffer;

#[derive(Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct EncryptedExtensions<'a> {
    /// The protocol that the server has selected, if it has.
    pub(crate) alpn_protocol: Option<&'a [u8]>,
}

impl<'a> EncryptedExtensions<'a> {
    pub fn parse(buf: &mut ParseBuffer<'a>) -> Result<EncryptedExtensions<'a>, TlsError> {
        let extensions = EncryptedExtensionsExtension::parse_vector::<16>(buf)?;

        let alpn_protocol = extensions.iter().find_map(|extension| match extension {
            EncryptedExtensionsExtension::ApplicationLayerProtocolNegotiation(name) => {
                Some(name.protocol)
            }
            _ => None,
        });

        Ok(EncryptedExtensions { alpn_protocol })
    }
}
