//! Who, where, and how long.

use crate::{Backoff, Server, Timing};
use atecc608_cloud::federation::{
    IAM_CREDENTIALS_HOST, Identity, Impersonation, PUBSUB_HOST, STS_HOST, Scope, Topic,
};
use atecc608_cloud::token::Lifetime;

/// The port of HTTPS.
const HTTPS: u16 = 443;

/// The device, its topic, and its habits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DirectConfig<'a> {
    /// Who the device is for Google Cloud.
    pub identity: Identity<'a>,
    /// The service account to act as, if the device itself may not publish.
    pub impersonation: Option<Impersonation<'a>>,
    /// Where to publish.
    pub topic: Topic<'a>,
    /// The Security Token Service.
    pub token_service: Server<'a>,
    /// The IAM Credentials service.
    pub credentials_service: Server<'a>,
    /// Pub/Sub.
    pub pubsub: Server<'a>,
    /// How long the device's own token is good, which is used once.
    pub lifetime: Lifetime,
    /// A connection to Pub/Sub is kept so long for the next message, in milliseconds.
    pub idle_ms: u64,
    /// How long to wait after failures.
    pub backoff: Backoff,
    /// How long everything may take.
    pub timing: Timing,
}

impl<'a> DirectConfig<'a> {
    /// Google's servers, no impersonation, and everything else by default.
    #[must_use]
    pub fn new(identity: Identity<'a>, topic: Topic<'a>) -> Self {
        Self {
            identity,
            impersonation: None,
            topic,
            token_service: Server::new(STS_HOST, HTTPS),
            credentials_service: Server::new(IAM_CREDENTIALS_HOST, HTTPS),
            pubsub: Server::new(PUBSUB_HOST, HTTPS),
            lifetime: Lifetime::HOUR,
            idle_ms: 90_000,
            backoff: Backoff::default(),
            timing: Timing::DEFAULT,
        }
    }

    /// What the exchanged token is for.
    pub(super) const fn scope(&self) -> Scope<'static> {
        if self.impersonation.is_some() { Scope::CLOUD_PLATFORM } else { Scope::PUBSUB }
    }
}
