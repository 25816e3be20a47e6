//! HiveMQ with its Enterprise Security Extension: a `jwt-realm` whose keys come from a JWKS.

mod rule;

pub use rule::Rule;

use std::fmt;
use std::str;
use std::sync::Mutex;

use mock_servers::jwt;
use serde_json::Value;

use super::Jwks;
use super::off::Off;
use super::token::unverified;
use crate::mqtt::packet::{Connect, Publish, Subscribe};
use crate::mqtt::{Client, Cloud, Cut, Refusal, Subscribed, Taken, Welcome, code};
use crate::tls::Now;
use crate::{Peer, lock};

/// `jwks-cache-duration`, in seconds, if nothing else is said.
pub const CACHE: u64 = 1800;

/// Its configuration.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// `reserved-claims` and others: names, and what they must be. `${mqtt-clientid}` and `${mqtt-username}` stand for the
    /// client's.
    pub claims: Vec<(String, String)>,
}

impl Settings {
    /// `sub` is the client id.
    pub fn new() -> Self {
        Self { claims: vec![("sub".into(), "${mqtt-clientid}".into())] }
    }
}

/// The broker's rules.
pub struct HiveMq {
    settings: Settings,
    now: Now,
    off: Off<Rule>,
    /// What the endpoint has.
    endpoint: Mutex<Jwks>,
    /// What was fetched, and when.
    cached: Mutex<Option<(u64, Jwks)>>,
}

impl fmt::Debug for HiveMq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HiveMq").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn refused(why: impl Into<String>) -> Refusal {
    Refusal::with_code(5, code::NOT_AUTHORIZED, why)
}

impl HiveMq {
    /// With this configuration, and these keys at its endpoint; `now` is its clock.
    pub fn new(settings: Settings, keys: Jwks, now: Now) -> Self {
        Self { settings, now, off: Off::default(), endpoint: Mutex::new(keys), cached: Mutex::default() }
    }

    /// The same without a rule.
    #[must_use]
    pub fn without(mut self, rule: Rule) -> Self {
        self.off.add(rule);
        self
    }

    /// The endpoint has other keys from now on.
    pub fn publish_keys(&self, keys: Jwks) {
        *lock(&self.endpoint) = keys;
    }

    /// The keys, fetched again when they are old.
    fn keys(&self) -> Jwks {
        let (now, mut cached) = ((self.now)(), lock(&self.cached));
        match &*cached {
            Some((at, keys)) if self.off.check(Rule::Cache, now < at + CACHE) => keys.clone(),
            _ => {
                let keys = lock(&self.endpoint).clone();
                *cached = Some((now, keys.clone()));
                keys
            }
        }
    }

    /// The claims of the token in the password.
    fn claims(&self, connect: &Connect) -> Result<Value, Refusal> {
        let Some(password) = &connect.password else {
            return if self.off.check(Rule::Token, true) {
                Err(refused("there is no password"))
            } else {
                Ok(Value::Null)
            };
        };
        let token = str::from_utf8(password).map_err(|_| refused("the password is no text"))?;
        let header =
            jwt::header(token).map_err(|error| refused(format!("the password is no token: {error}")))?;
        let keys = self.keys();
        let key = match header.kid {
            Some(kid) => keys.named(&kid).ok_or_else(|| refused(format!("the JWKS has no key {kid:?}"))),
            None => Err(refused("the token has no kid")),
        };
        let key = match key {
            Err(why) if self.off.check(Rule::KeyId, true) => return Err(why),
            Err(why) => keys.all().next().ok_or(why)?,
            Ok(key) => key,
        };
        match jwt::verified(token, key) {
            Err(error) if self.off.check(Rule::Signature, true) => {
                Err(refused(format!("the token: {error}")))
            }
            Err(_) => Ok(unverified(token)),
            Ok(claims) => Ok(claims),
        }
    }
}

impl Cloud for HiveMq {
    type Login = ();

    fn connect(&self, _: &Peer, connect: &Connect) -> Result<Welcome<()>, Refusal> {
        let claims = self.claims(connect)?;
        let now = (self.now)();
        let at = |name: &str| claims.get(name).and_then(Value::as_u64);
        if self.off.check(Rule::Expiry, at("exp").is_some_and(|at| at <= now)) {
            return Err(refused("the token has expired"));
        }
        if self.off.check(Rule::NotBefore, at("nbf").is_some_and(|at| at > now)) {
            return Err(refused("the token is not valid yet"));
        }
        for (name, expected) in &self.settings.claims {
            let expected = match &**expected {
                "${mqtt-clientid}" => &connect.client_id,
                "${mqtt-username}" => connect.user_name.as_ref().map_or("", |name| name),
                other => other,
            };
            let found = claims.get(name);
            if self.off.check(Rule::Claims, found.is_none_or(|found| found != expected)) {
                let found = found.map_or("missing".into(), Value::to_string);
                return Err(refused(format!("the token's {name} is {found}, expected is {expected:?}")));
            }
        }
        Ok(Welcome::new((), connect))
    }

    fn subscribe(&self, _: &Client<()>, subscribe: &Subscribe, _: &[String]) -> Result<Subscribed, Cut> {
        Ok(Subscribed::all(&subscribe.filters))
    }

    fn publish(&self, _: &Client<()>, _: &Publish) -> Result<Taken, Cut> {
        Ok(Taken::routed())
    }
}
