//! EMQX 5 with one authenticator, for JSON Web Tokens of ES256, and what their claim `acl` allows.

mod acl;
mod rule;

pub use rule::Rule;

use std::time::Duration;
use std::{fmt, str};

use mock_servers::jwt::{self, JwtError};
use serde_json::Value;

use super::Jwks;
use super::off::Off;
use super::token::unverified;
use crate::Peer;
use crate::mqtt::packet::{Connect, Publish, Subscribe, Version};
use crate::mqtt::{Client, Cloud, Cut, Refusal, Subscribed, Taken, Welcome, code};
use crate::tls::Now;
use acl::{Access, Rules};

/// Its configuration.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `public_key`, or the keys of the `endpoint`.
    pub keys: Jwks,
    /// `verify_claims`: names, and what they must be. `${clientid}` and `${username}` stand for the client's.
    pub claims: Vec<(String, String)>,
    /// `disconnect_after_expire`
    pub disconnect_after_expire: bool,
    /// `authorization.no_match`: what is not in `acl` is allowed.
    pub no_match_allows: bool,
}

impl Settings {
    /// With these keys; `sub` is the client id, what is not allowed is forbidden.
    pub fn new(keys: impl Into<Jwks>) -> Self {
        Self {
            keys: keys.into(),
            claims: vec![("sub".into(), "${clientid}".into())],
            disconnect_after_expire: true,
            no_match_allows: false,
        }
    }
}

/// The broker's rules.
pub struct Emqx {
    settings: Settings,
    now: Now,
    off: Off<Rule>,
}

impl fmt::Debug for Emqx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emqx").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What is remembered of a client.
#[derive(Debug)]
pub struct Granted {
    acl: Option<Rules>,
    expires: Option<u64>,
}

/// How a login is refused: by no authenticator at all, or by this one.
fn ignored(why: impl Into<String>) -> Refusal {
    Refusal::with_code(5, code::NOT_AUTHORIZED, why)
}

fn bad(why: impl Into<String>) -> Refusal {
    Refusal::with_code(4, code::BAD_USER_NAME_OR_PASSWORD, why)
}

impl Emqx {
    /// With this configuration; `now` is its clock.
    pub fn new(settings: Settings, now: Now) -> Self {
        Self { settings, now, off: Off::default() }
    }

    /// The same without a rule.
    #[must_use]
    pub fn without(mut self, rule: Rule) -> Self {
        self.off.add(rule);
        self
    }

    /// The claims of the token in the password, if one of the keys has signed it.
    fn claims(&self, connect: &Connect) -> Result<Value, Refusal> {
        let Some(password) = &connect.password else {
            return if self.off.check(Rule::Token, true) {
                Err(ignored("there is no password"))
            } else {
                Ok(Value::Null)
            };
        };
        let token = str::from_utf8(password).map_err(|_| ignored("the password is no text"))?;
        let mut why = "there are no keys".to_owned();
        for key in self.settings.keys.all() {
            match jwt::verified::<Value>(token, key) {
                Ok(claims) => return Ok(claims),
                Err(JwtError::InvalidSignature) => {
                    why = "the token's signature is of none of the keys".into()
                }
                Err(error) => why = format!("the token can't be read: {error}"),
            }
        }
        if self.off.check(Rule::Signature, true) { Err(ignored(why)) } else { Ok(unverified(token)) }
    }

    /// `exp`, `iat`, `nbf`, each only if it is there; returned is when the token ends.
    fn dates(&self, claims: &Value) -> Result<Option<u64>, Refusal> {
        let now = (self.now)();
        for (rule, name, wrong, what) in [
            (Rule::Expiry, "exp", (|at, now| at <= now) as fn(u64, u64) -> bool, "has expired"),
            (Rule::IssuedAt, "iat", |at, now| at > now, "is issued in the future"),
            (Rule::NotBefore, "nbf", |at, now| at > now, "is not valid yet"),
        ] {
            let Some(value) = claims.get(name) else { continue };
            let at = number(value);
            if self.off.check(rule, at.is_none_or(|at| wrong(at, now))) {
                return Err(bad(format!("the token {what}: {name} is {value}, and it is {now}")));
            }
        }
        Ok(claims.get("exp").and_then(number))
    }

    /// `verify_claims`
    fn own_claims(&self, claims: &Value, connect: &Connect) -> Result<(), Refusal> {
        for (name, expected) in &self.settings.claims {
            let expected = match &**expected {
                "${clientid}" => &connect.client_id,
                "${username}" => connect.user_name.as_ref().map_or("", |name| name),
                other => other,
            };
            let found = claims.get(name);
            if self.off.check(Rule::Claims, found.is_none_or(|found| found != expected)) {
                let found = found.map_or("missing".into(), Value::to_string);
                return Err(bad(format!("the token's {name} is {found}, expected is {expected:?}")));
            }
        }
        Ok(())
    }

    fn acl(&self, claims: &Value, connect: &Connect) -> Result<Option<Rules>, Refusal> {
        let Some(acl) = claims.get("acl") else { return Ok(None) };
        match Rules::parse(acl, &connect.client_id, connect.user_name.as_deref().unwrap_or_default()) {
            Ok(rules) => Ok(Some(rules)),
            Err(why) if self.off.check(Rule::AclForm, true) => Err(bad(why)),
            Err(_) => Ok(None),
        }
    }

    fn may(&self, granted: &Granted, access: Access, path: &str, qos: u8, retain: bool) -> bool {
        let Some(acl) = &granted.acl else { return self.settings.no_match_allows };
        let over = granted.expires.is_some_and(|end| end < (self.now)());
        if self.off.check(Rule::AclExpiry, over) {
            return false;
        }
        acl.may(access, path, qos, retain).unwrap_or(self.settings.no_match_allows)
    }
}

/// Numbers, and texts that are some.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

impl Cloud for Emqx {
    type Login = Granted;

    fn connect(&self, _: &Peer, connect: &Connect) -> Result<Welcome<Granted>, Refusal> {
        let claims = self.claims(connect)?;
        let expires = self.dates(&claims)?;
        self.own_claims(&claims, connect)?;
        let acl = self.acl(&claims, connect)?;
        let stay = expires.filter(|_| self.settings.disconnect_after_expire);
        let stay = stay.filter(|_| self.off.check(Rule::Cut, true));
        let stay = stay.map(|end| Duration::from_secs(end.saturating_sub((self.now)())));
        Ok(Welcome { stay, ..Welcome::new(Granted { acl, expires }, connect) })
    }

    fn subscribe(
        &self,
        client: &Client<Granted>,
        subscribe: &Subscribe,
        _: &[String],
    ) -> Result<Subscribed, Cut> {
        let refused = if client.version == Version::V5 { code::NOT_AUTHORIZED } else { 0x80 };
        let mut subscribed = Subscribed::all(&subscribe.filters);
        for (filter, granted) in subscribe.filters.iter().zip(&mut subscribed.codes) {
            let may = self.may(&client.login, Access::Subscribe, &filter.path, filter.qos as u8, false);
            if self.off.check(Rule::AclSubscribe, !may) {
                *granted = refused;
            }
        }
        Ok(subscribed)
    }

    fn publish(&self, client: &Client<Granted>, publish: &Publish) -> Result<Taken, Cut> {
        let qos = publish.qos as u8;
        let may = self.may(&client.login, Access::Publish, &publish.topic, qos, publish.retain);
        // `deny_action = ignore`
        Ok(if self.off.check(Rule::AclPublish, !may) {
            Taken::refused(code::NOT_AUTHORIZED)
        } else {
            Taken::routed()
        })
    }
}
