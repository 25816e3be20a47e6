//! Sessions that can be resumed, as long as the certificate is the one with which they began.

use ::rustls::NamedGroup;
use ::rustls::client::{
    ClientSessionMemoryCache, ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue,
};
use ::rustls::pki_types::ServerName;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// Servers that are remembered, as many as rustls itself remembers.
const SERVERS: usize = 256;

/// rustls' own store, which can be emptied.
#[derive(Debug)]
pub(super) struct Sessions(RwLock<ClientSessionMemoryCache>);

impl Sessions {
    pub(super) fn forget(&self) {
        let mut store = self.0.write().unwrap_or_else(PoisonError::into_inner);
        *store = ClientSessionMemoryCache::new(SERVERS);
    }

    fn store(&self) -> RwLockReadGuard<'_, ClientSessionMemoryCache> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self(RwLock::new(ClientSessionMemoryCache::new(SERVERS)))
    }
}

impl ClientSessionStore for Sessions {
    fn set_kx_hint(&self, server: ServerName<'static>, group: NamedGroup) {
        self.store().set_kx_hint(server, group);
    }

    fn kx_hint(&self, server: &ServerName<'_>) -> Option<NamedGroup> {
        self.store().kx_hint(server)
    }

    fn set_tls12_session(&self, server: ServerName<'static>, session: Tls12ClientSessionValue) {
        self.store().set_tls12_session(server, session);
    }

    fn tls12_session(&self, server: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.store().tls12_session(server)
    }

    fn remove_tls12_session(&self, server: &ServerName<'static>) {
        self.store().remove_tls12_session(server);
    }

    fn insert_tls13_ticket(&self, server: ServerName<'static>, ticket: Tls13ClientSessionValue) {
        self.store().insert_tls13_ticket(server, ticket);
    }

    fn take_tls13_ticket(&self, server: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.store().take_tls13_ticket(server)
    }
}
