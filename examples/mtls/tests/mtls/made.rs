//! Certificates and servers that the tests make.

use mock_clouds::pem;
use mock_servers::pki::{Day, Holder, Request};
use std::fs;
use std::path::Path;

/// The tests run on any day.
pub(crate) const VALID: (Day, Day) = ((2020, 1, 1), (2099, 12, 31));

/// Whoever runs servers: a root, and a server's certificate.
pub(crate) struct Servers {
    pub(crate) server: Holder,
    pub(crate) root_pem: String,
    pub(crate) chain_pem: String,
    pub(crate) key_pem: String,
}

impl Servers {
    pub(crate) fn new(names: &[&str]) -> Self {
        Self::of("Servers' root", names)
    }

    /// With a root of this name.
    pub(crate) fn of(root: &str, names: &[&str]) -> Self {
        let root = Holder::root(&Request { valid: VALID, ..Request::authority(root) }).unwrap();
        let server = root.issue(&Request { valid: VALID, ..Request::server(names) }).unwrap();
        Self {
            root_pem: pem("CERTIFICATE", root.der()),
            chain_pem: server.chain().iter().map(|der| pem("CERTIFICATE", der)).collect(),
            key_pem: pem("PRIVATE KEY", server.key().secret_der()),
            server,
        }
    }

    /// The root in a file of this folder; its name.
    pub(crate) fn root_file(&self, folder: &Path) -> String {
        let path = folder.join("servers-root.pem");
        fs::write(&path, &self.root_pem).unwrap();
        path.to_str().unwrap().to_owned()
    }
}
