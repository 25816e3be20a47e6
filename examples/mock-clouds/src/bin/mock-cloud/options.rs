//! The command line, and the files that a cloud leaves for its clients.

use std::error::Error;
use std::path::PathBuf;

use mock_clouds::pem;
use mock_servers::pki::Holder;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// What is asked for.
#[derive(Debug)]
pub(crate) struct Options {
    /// Which cloud.
    pub(crate) cloud: String,
    /// Where to listen; 0: anywhere.
    pub(crate) port: u16,
    /// Where files go.
    pub(crate) dir: PathBuf,
    /// Authorities whose certificates the cloud knows.
    pub(crate) clients_of: Vec<CertificateDer<'static>>,
    /// Keys whose tokens brokers take, as JWKS.
    pub(crate) jwks: Option<String>,
}

impl Options {
    /// `CLOUD [--port PORT] [--dir DIR] [--clients-of CA.pem]... [--jwks JWKS.json]`
    pub(crate) fn parse(mut parser: lexopt::Parser) -> Result<Self, Box<dyn Error>> {
        use lexopt::prelude::*;
        let (mut cloud, mut port, mut dir, mut clients_of) = (None, 0, PathBuf::from("."), Vec::new());
        let mut jwks = None;
        while let Some(argument) = parser.next()? {
            match argument {
                Value(name) if cloud.is_none() => cloud = Some(name.string()?),
                Long("port") => port = parser.value()?.parse()?,
                Long("dir") => dir = parser.value()?.into(),
                Long("clients-of") => {
                    let path = PathBuf::from(parser.value()?);
                    let read = CertificateDer::from_pem_file(&path);
                    clients_of.push(read.map_err(|error| format!("{}: {error}", path.display()))?);
                }
                Long("jwks") => {
                    let path = PathBuf::from(parser.value()?);
                    let read = std::fs::read_to_string(&path);
                    jwks = Some(read.map_err(|error| format!("{}: {error}", path.display()))?);
                }
                other => return Err(other.unexpected().into()),
            }
        }
        let cloud = cloud.ok_or(
            "which cloud? mock-cloud CLOUD [--port PORT] [--dir DIR] [--clients-of CA.pem]... [--jwks JWKS.json]",
        )?;
        std::fs::create_dir_all(&dir)?;
        Ok(Self { cloud, port, dir, clients_of, jwks })
    }

    /// Writes a file; its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<String, Box<dyn Error>> {
        let path = self.dir.join(name);
        std::fs::write(&path, text)?;
        Ok(path.to_str().ok_or("the folder's name is no UTF-8")?.to_owned())
    }

    /// Writes certificates, one after the other; the file's path.
    pub(crate) fn write_certificates(
        &self,
        name: &str,
        certificates: &[CertificateDer<'_>],
    ) -> Result<String, Box<dyn Error>> {
        let text: String = certificates.iter().map(|der| pem("CERTIFICATE", der)).collect();
        self.write(name, &text)
    }

    /// Writes somebody's certificates without the root, and his key; the paths.
    pub(crate) fn write_holder(
        &self,
        name: &str,
        holder: &Holder,
    ) -> Result<(String, String), Box<dyn Error>> {
        let chain = self.write_certificates(&format!("{name}.pem"), holder.chain())?;
        let key = self.write(&format!("{name}.key"), &pem("PRIVATE KEY", holder.key().secret_der()))?;
        Ok((chain, key))
    }
}
