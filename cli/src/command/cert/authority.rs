//! The files of an authority.

use std::path::PathBuf;

use clap::Args;

/// Whose certificates they are.
#[derive(Debug, Args)]
pub(super) struct Authority {
    /// The folder of the authority, as `atecc cert issue` and `atecc provision` make it: instead of single files.
    #[arg(long, value_name = "FOLDER")]
    ca: Option<PathBuf>,
    /// The signer's certificate.
    #[arg(long, value_name = "FILE")]
    signer: Option<PathBuf>,
    /// The root's certificate, with which the signer's is verified.
    #[arg(long, value_name = "FILE", required_unless_present = "ca")]
    root: Option<PathBuf>,
}

impl Authority {
    fn file(&self, given: Option<&PathBuf>, name: &str) -> Option<PathBuf> {
        given.cloned().or_else(|| Some(self.ca.as_ref()?.join(name)))
    }

    /// The signer's certificate.
    pub(super) fn signer(&self) -> Option<PathBuf> {
        self.file(self.signer.as_ref(), "signer.pem")
    }

    /// The root's certificate.
    pub(super) fn root(&self) -> PathBuf {
        self.file(self.root.as_ref(), "root.pem").unwrap_or_default()
    }

    /// The example of a device's certificate.
    pub(super) fn example(&self) -> Option<PathBuf> {
        self.file(None, "device-example.pem")
    }
}
