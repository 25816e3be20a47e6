//! The roots pinned for each server of the settings.

use atecc608_cloud::tls::{RootError, Roots};
use cloud_app::{Pins, Server};
use esp32::settings::Server as Wanted;
use heapless::Vec;

/// Servers with TLS: the bridge, or STS, IAM credentials and Pub/Sub.
const SERVERS: usize = 4;

/// The roots pinned for each server.
#[derive(Debug, Default)]
pub struct Pinned(Vec<(&'static Wanted, Roots), SERVERS>);

impl Pinned {
    /// The roots of these servers, four at most.
    ///
    /// # Errors
    /// [`RootError`]; none that the build would not have found.
    pub fn new(servers: &[&'static Wanted]) -> Result<Self, RootError> {
        let mut pinned = Vec::new();
        for server in servers {
            let mut roots = Roots::new();
            server.roots.iter().try_for_each(|der| roots.add(der))?;
            // A fifth server would have no roots, and not be trusted.
            let _ = pinned.push((*server, roots));
        }
        Ok(Self(pinned))
    }
}

impl Pins for Pinned {
    fn roots(&self, server: &Server<'_>) -> Option<&Roots> {
        let same = |wanted: &Wanted| wanted.host == server.name && wanted.port == server.port;
        self.0.iter().find(|(wanted, _)| same(wanted)).map(|(_, roots)| roots)
    }
}
