//! Mosquitto, with `require_certificate true` and `use_identity_as_username true`.
//!
//! What it does about topics is odd, and so it is here: every SUBSCRIBE is granted, and what the client may not read is
//! not sent to it; what it may not write is acknowledged and thrown away (in MQTT 5 PUBACK says so).

mod acl;
mod rule;

pub use acl::Acl;
pub use rule::Rule;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mock_servers::pki::Holder;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{CertificateError, Error, RootCertStore};

use super::off::Off;
use crate::mqtt::packet::{Connect, Publish, Subscribe};
use crate::mqtt::{Client, Cloud, Cut, Refusal, Subscribed, Taken, Welcome, code};
use crate::tls::{Clients, Door, Now, Offer};
use crate::{Peer, lock};

/// Its configuration.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// `cafile`: whose certificates are taken.
    pub authorities: Vec<CertificateDer<'static>>,
    /// `crlfile`
    pub revoked: Option<CertificateRevocationListDer<'static>>,
    /// `acl_file`; without, everybody may everything.
    pub acl: Option<Acl>,
}

/// The broker's rules.
pub struct Mosquitto {
    settings: Settings,
    verifier: Arc<dyn ClientCertVerifier>,
    now: Now,
    off: Off<Rule>,
    /// User names by client id.
    users: Mutex<HashMap<String, String>>,
}

impl fmt::Debug for Mosquitto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mosquitto").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What is remembered of a client.
#[derive(Debug)]
pub struct User {
    /// What it is called in the access list.
    pub name: String,
}

impl Mosquitto {
    /// With this configuration; `now` is its clock.
    ///
    /// # Errors
    /// The authorities or the list of those revoked can't be used.
    pub fn new(settings: Settings, now: Now) -> Result<Self, Error> {
        let general = |error: rustls::server::VerifierBuilderError| Error::General(error.to_string());
        let mut roots = RootCertStore::empty();
        settings.authorities.iter().try_for_each(|authority| roots.add(authority.clone()))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        if let Some(list) = &settings.revoked {
            builder = builder.with_crls([list.clone()]).allow_unknown_revocation_status();
        }
        let verifier = builder.build().map_err(general)?;
        Ok(Self { settings, verifier, now, off: Off::default(), users: Mutex::default() })
    }

    /// The same without a rule.
    #[must_use]
    pub fn without(mut self, rule: Rule) -> Self {
        self.off.add(rule);
        self
    }

    /// Its TLS, with the certificate of `server`. Any client's certificate passes here, as rules that are switched off
    /// must let them pass; it is looked at when the client logs in, and refused without a word, as the handshake would.
    ///
    /// # Errors
    /// rustls can't use it.
    pub fn door(&self, server: &Holder) -> Result<Door, Error> {
        Door::new(server, &Offer { clients: Clients::Anyone, ..Offer::new(8883) }, Now::clone(&self.now))
    }

    /// What the handshake finds out.
    fn handshake(&self, peer: &Peer) -> Result<(), Refusal> {
        let Some((own, others)) = peer.chain.split_first() else {
            let nothing = self.off.check(Rule::Certificate, true);
            return if nothing {
                Err(Refusal::silent("TLS: the client sent no certificate"))
            } else {
                Ok(())
            };
        };
        let now = UnixTime::since_unix_epoch(Duration::from_secs((self.now)()));
        let found = self.verifier.verify_client_cert(own, others, now);
        let rule = match &found {
            Ok(_) => return Ok(()),
            Err(Error::InvalidCertificate(CertificateError::Revoked)) => Rule::Revoked,
            Err(Error::InvalidCertificate(
                CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. },
            )) => Rule::Dates,
            Err(_) => Rule::Authority,
        };
        match found {
            Err(error) if self.off.check(rule, true) => Err(Refusal::silent(format!("TLS: {error}"))),
            _ => Ok(()),
        }
    }

    /// What the client is called.
    fn user(&self, peer: &Peer, connect: &Connect) -> Result<String, Refusal> {
        let told = connect.user_name.clone().unwrap_or_default();
        if !self.off.check(Rule::Identity, true) {
            return Ok(told);
        }
        match peer.common_name() {
            Some(name) => Ok(name),
            _ if !self.off.check(Rule::CommonName, true) => Ok(told),
            _ => Err(Refusal::with_code(
                4,
                code::BAD_USER_NAME_OR_PASSWORD,
                "the certificate has no common name",
            )),
        }
    }

    fn may_write(&self, user: &str, client_id: &str, topic: &str) -> bool {
        self.settings.acl.as_ref().is_none_or(|acl| acl.may_write(user, client_id, topic))
    }
}

impl Cloud for Mosquitto {
    type Login = User;

    fn connect(&self, peer: &Peer, connect: &Connect) -> Result<Welcome<User>, Refusal> {
        self.handshake(peer)?;
        let name = self.user(peer, connect)?;
        if self.off.check(Rule::ClientId, name.is_empty()) {
            return Err(Refusal::with_code(
                5,
                code::NOT_AUTHORIZED,
                "there is no user name to be the client id",
            ));
        }
        let same = self.off.check(Rule::ClientId, connect.client_id != name);
        let client_id = if same { name.clone() } else { connect.client_id.clone() };
        lock(&self.users).insert(client_id.clone(), name.clone());
        Ok(Welcome { client_id: same.then_some(client_id), ..Welcome::new(User { name }, connect) })
    }

    fn subscribe(&self, _: &Client<User>, subscribe: &Subscribe, _: &[String]) -> Result<Subscribed, Cut> {
        Ok(Subscribed::all(&subscribe.filters))
    }

    fn publish(&self, client: &Client<User>, publish: &Publish) -> Result<Taken, Cut> {
        let may = self.may_write(&client.login.name, &client.id, &publish.topic);
        Ok(if self.off.check(Rule::AclWrite, !may) {
            Taken::refused(code::NOT_AUTHORIZED)
        } else {
            Taken::routed()
        })
    }

    fn receives(&self, client_id: &str, topic: &str) -> bool {
        let user = lock(&self.users).get(client_id).cloned().unwrap_or_default();
        let may = self.settings.acl.as_ref().is_none_or(|acl| acl.may_read(&user, client_id, topic));
        !self.off.check(Rule::AclRead, !may)
    }
}
