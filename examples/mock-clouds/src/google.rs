//! Google's servers for devices that show certificates: the Security Token Service over mutual TLS, and what an access
//! token opens then.
//!
//! `*.mtls.googleapis.com` asks for a certificate in the handshake and takes any whose key is proven; whether it is one
//! of the provider's is looked at when it is exchanged. All other names ask for none, and are the servers of
//! [`mock_servers::google`], which are behind this in any case.

mod ask;
mod assertion;
mod chain;
mod exchange;
mod rule;
mod serve;
mod trust;

pub use rule::Rule;
pub use serve::Doors;
pub use trust::{Provider, TrustStore};

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use mock_servers::google::{self, Rules};

use crate::{Peer, lock};
use rule::Off;

/// The Security Token Service where it asks for certificates.
pub const STS_MTLS_HOST: &str = "sts.mtls.googleapis.com";
/// IAM Credentials where it asks for certificates.
pub const IAM_CREDENTIALS_MTLS_HOST: &str = "iamcredentials.mtls.googleapis.com";
/// Pub/Sub where it asks for certificates.
pub const PUBSUB_MTLS_HOST: &str = "pubsub.mtls.googleapis.com";
/// Every name that is answered to.
pub const HOSTS: [&str; 6] = [
    google::STS_HOST,
    google::IAM_CREDENTIALS_HOST,
    google::PUBSUB_HOST,
    STS_MTLS_HOST,
    IAM_CREDENTIALS_MTLS_HOST,
    PUBSUB_MTLS_HOST,
];

/// The cloud.
#[derive(Debug, Clone)]
pub struct Service {
    base: google::Service,
    shared: Arc<Shared>,
    off: Off,
}

#[derive(Debug, Default)]
struct Shared {
    providers: Mutex<Vec<Provider>>,
    /// Fingerprints that access tokens are bound to.
    bound: Mutex<HashMap<String, String>>,
    seen: Mutex<Seen>,
}

/// A certificate that was exchanged.
#[derive(Debug, Clone)]
pub struct Exchanged {
    /// The member's name in policies.
    pub principal: String,
    /// What TLS tells of the client.
    pub peer: Peer,
    /// Whether the access token is bound to the certificate.
    pub bound: bool,
}

/// What happened so far, beside what [`Service::base`] has seen.
#[derive(Debug, Default, Clone)]
pub struct Seen {
    /// Certificates that were exchanged.
    pub exchanged: Vec<Exchanged>,
    /// Why requests and connections were refused.
    pub complaints: Vec<String>,
}

impl Service {
    /// A cloud with these rules for all that is not about certificates; `now` is its clock, in Unix seconds.
    pub fn new(rules: Rules, now: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        Self { base: google::Service::new(rules, now), shared: Arc::default(), off: Off::default() }
    }

    /// The same without a rule.
    #[must_use]
    pub fn without(mut self, rule: Rule) -> Self {
        self.off.add(rule);
        self
    }

    /// Takes a provider, as `create-x509` and `update-x509` do.
    ///
    /// # Errors
    /// Its trust store is too large.
    pub fn add(&self, provider: Provider) -> Result<(), String> {
        for (rule, list, most, what) in [
            (Rule::Anchors, &provider.trust.anchors, 3, "trust anchors"),
            (Rule::Intermediates, &provider.trust.intermediates, 10, "intermediates"),
        ] {
            if self.off.check(rule, list.len() > most) {
                return Err(format!("a trust store has at most {most} {what}"));
            }
        }
        let mut providers = lock(&self.shared.providers);
        providers.retain(|other| (&other.pool, &other.id) != (&provider.pool, &provider.id));
        providers.push(provider);
        Ok(())
    }

    /// The cloud behind: Pub/Sub and what it has got, service accounts, providers for tokens.
    pub fn base(&self) -> &google::Service {
        &self.base
    }

    /// What happened so far.
    pub fn seen(&self) -> Seen {
        lock(&self.shared.seen).clone()
    }
}

#[cfg(test)]
mod tests;
