//! Google's Security Token Service, IAM Credentials and Pub/Sub, as far as a device talks to them.
//!
//! Requests are parsed here, strictly, and by serde_json, tokens checked by ring. Nothing is let pass that the
//! real services would refuse, and what they say then is said in their words, which devices tell causes by.
//!
//! All three answer on any connection; which one is meant is told by the `Host` header.

pub mod answer;
pub mod condition;
mod exchange;
pub mod http;
mod impersonate;
mod jwks;
mod listen;
mod misbehave;
mod pool;
mod pubsub;
mod pull;
mod route;
mod subject_token;

pub use exchange::granted;
pub use jwks::JwksError;
pub use listen::Listening;
pub use misbehave::{Misbehaviour, Reaction};
pub use pool::{Pool, Provider};

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncRead, AsyncWrite};

/// The Security Token Service's name.
pub const STS_HOST: &str = "sts.googleapis.com";
/// IAM Credentials' name.
pub const IAM_CREDENTIALS_HOST: &str = "iamcredentials.googleapis.com";
/// Pub/Sub's name.
pub const PUBSUB_HOST: &str = "pubsub.googleapis.com";

/// How the operator has set up the cloud.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The number of the project that has the pools.
    pub project_number: u64,
    /// Workload identity pools.
    pub pools: Vec<Pool>,
    /// Seconds that an access token lives.
    pub access_lifetime: u64,
    /// Bytes of an access token.
    pub access_length: usize,
    /// The project that has the topics.
    pub project: String,
    /// The project's topics.
    pub topics: Vec<String>,
    /// Who may publish, as policies name members: `principal://...`, `principalSet://.../*` or
    /// `serviceAccount:...`.
    pub publishers: Vec<String>,
    /// Service accounts, each with the members that may act as it.
    pub accounts: HashMap<String, Vec<String>>,
}

/// The cloud's rules and memory, for whatever connections it is given.
#[derive(Clone)]
pub struct Service {
    shared: Arc<Shared>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("rules", &self.shared.rules).finish_non_exhaustive()
    }
}

/// What all connections share.
struct Shared {
    rules: Rules,
    /// Unix time in seconds.
    now: Box<dyn Fn() -> u64 + Send + Sync>,
    /// What was uploaded for each provider, by its full name.
    keys: Mutex<HashMap<String, jwks::Keys>>,
    /// Providers that are switched off, by their full names.
    disabled: Mutex<HashSet<String>>,
    /// Access tokens given out.
    grants: Mutex<HashMap<String, Grant>>,
    misbehaviours: Mutex<VecDeque<Misbehaviour>>,
    /// Subscriptions, by their ids.
    subscriptions: Mutex<HashMap<String, pull::Subscription>>,
    seen: Mutex<Seen>,
}

/// What an access token stands for.
#[derive(Debug, Clone)]
struct Grant {
    /// The member's name in policies.
    principal: String,
    scope: String,
    /// Unix seconds.
    expires: u64,
}

/// A message that a topic has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Who published: the member's name in policies.
    pub principal: String,
    /// The topic's id.
    pub topic: String,
    /// The message's data.
    pub data: Vec<u8>,
    /// Its attributes, in order of their names.
    pub attributes: Vec<(String, String)>,
    /// The id it was given.
    pub id: String,
}

/// What happened so far.
#[derive(Debug, Default, Clone)]
pub struct Seen {
    /// Connections taken.
    pub connections: usize,
    /// Requests that were parsed, refused ones included.
    pub requests: usize,
    /// Whose tokens were exchanged: members' names in policies.
    pub exchanged: Vec<String>,
    /// Service accounts acted as.
    pub impersonated: Vec<String>,
    /// Messages taken.
    pub published: Vec<Published>,
    /// Why requests were refused.
    pub complaints: Vec<String>,
}

impl Service {
    /// A cloud whose clock is `now`, in Unix seconds.
    pub fn new(rules: Rules, now: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        let (keys, disabled, grants, misbehaviours, subscriptions, seen) = Default::default();
        let now = Box::new(now);
        Self {
            shared: Arc::new(Shared {
                rules,
                now,
                keys,
                disabled,
                grants,
                misbehaviours,
                subscriptions,
                seen,
            }),
        }
    }

    /// Takes the operator's upload for the provider of this full name, from `//iam.googleapis.com/` on. It
    /// replaces the keys there were.
    ///
    /// # Errors
    /// [`JwksError`]: it is not what can be uploaded.
    pub fn upload(&self, provider: &str, jwks: &str) -> Result<(), JwksError> {
        let keys = jwks::parse(jwks)?;
        lock(&self.shared.keys).insert(provider.to_owned(), keys);
        Ok(())
    }

    /// Switches the provider of this full name off.
    pub fn disable(&self, provider: &str) {
        lock(&self.shared.disabled).insert(provider.to_owned());
    }

    /// Creates a subscription, from which these members may pull, as policies name them.
    pub fn subscribe(&self, subscription: &str, subscribers: &[String]) {
        lock(&self.shared.subscriptions).insert(subscription.to_owned(), pull::Subscription::of(subscribers));
    }

    /// Sends something to whoever pulls from this subscription. Whether there is one.
    pub fn send(&self, subscription: &str, data: &[u8]) -> bool {
        let mut subscriptions = lock(&self.shared.subscriptions);
        subscriptions.get_mut(subscription).map(|subscription| subscription.send(data)).is_some()
    }

    /// How many of this subscription's messages nobody has acknowledged.
    pub fn waiting(&self, subscription: &str) -> usize {
        lock(&self.shared.subscriptions).get(subscription).map_or(0, pull::Subscription::waiting)
    }

    /// Answers the next request in this way. Several queue up.
    pub fn misbehave(&self, misbehaviour: Misbehaviour) {
        lock(&self.shared.misbehaviours).push_back(misbehaviour);
    }

    /// Takes back every access token given out.
    pub fn revoke(&self) {
        lock(&self.shared.grants).clear();
    }

    /// Answers requests until the device or an error ends the connection.
    pub async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin) {
        let shared = &self.shared;
        lock(&shared.seen).connections += 1;
        let mut connection = http::Connection::new(stream);
        if let Err(error) = converse(shared, &mut connection).await {
            lock(&shared.seen).complaints.push(format!("connection: {error}"));
        }
        connection.close().await;
    }

    /// What one request comes to.
    pub fn respond(&self, request: &http::Request) -> Reaction {
        route::route(&self.shared, request)
    }

    /// Gives out an access token to the member of this name in policies, who has proved elsewhere who he is. Also
    /// returned is how long it lives, in seconds.
    pub fn grant(&self, principal: &str, scope: &str) -> (String, u64) {
        self.shared.exchanged(principal, scope)
    }

    /// The cloud's time, in Unix seconds.
    pub fn now(&self) -> u64 {
        self.shared.now()
    }

    /// The cloud's rules.
    pub fn rules(&self) -> &Rules {
        &self.shared.rules
    }

    /// What happened so far.
    pub fn seen(&self) -> Seen {
        lock(&self.shared.seen).clone()
    }
}

/// Request by request.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    shared: &Shared,
    connection: &mut http::Connection<S>,
) -> std::io::Result<()> {
    while let Some(request) = connection.request().await? {
        match route::route(shared, &request) {
            Reaction::Answer(answer) if connection.answer(&answer).await? => {}
            Reaction::Answer(_) => break,
            Reaction::Silence => connection.silence().await,
            Reaction::Close => return Err(std::io::ErrorKind::ConnectionAborted.into()),
        }
    }
    Ok(())
}

impl Shared {
    fn now(&self) -> u64 {
        (self.now)()
    }

    /// Gives out an access token for something else; it and its lifetime.
    fn exchanged(&self, principal: &str, scope: &str) -> (String, u64) {
        lock(&self.seen).exchanged.push(principal.to_owned());
        let lifetime = self.rules.access_lifetime;
        let (principal, scope) = (principal.to_owned(), scope.to_owned());
        (self.grant(Grant { principal, scope, expires: self.now() + lifetime }), lifetime)
    }

    /// Gives out an access token.
    fn grant(&self, grant: Grant) -> String {
        let mut grants = lock(&self.grants);
        let mut token = format!("ya29.d.{}.{}.", grants.len(), self.now());
        while token.len() < self.rules.access_length {
            token.push(char::from(b'a' + (token.len() % 26) as u8));
        }
        grants.insert(token.clone(), grant);
        token
    }
}

/// A panic elsewhere leaves nothing here half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
