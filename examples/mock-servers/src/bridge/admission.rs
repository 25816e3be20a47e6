//! Who may log in, and to which topics.

use mqttbytes::Protocol;
use mqttbytes::v4::{Connect, ConnectReturnCode};
use serde::Deserialize;

use super::connection::End;
use super::{Shared, lock};
use crate::jwt::{self, Key};

/// How far a device's clock may be off, in seconds.
const SKEW: u64 = 600;
/// Longest life of a token, in seconds.
const LIFETIME_MAX: u64 = 24 * 60 * 60;
/// The server's own limit on idle connections, in seconds.
const IDLE_MAX: u64 = 20 * 60;

/// A device that is logged in.
#[derive(Debug)]
pub(super) struct Login {
    pub(super) device: String,
    /// When its token expires, in Unix seconds.
    pub(super) expires: u64,
    /// Seconds without a packet after which the connection is closed.
    pub(super) idle: u64,
}

#[derive(Deserialize)]
struct Claims {
    iat: u64,
    exp: u64,
    /// One string; an array of audiences is refused.
    aud: String,
}

/// Looks at a CONNECT.
pub(super) fn login(connect: &Connect, shared: &Shared) -> Result<Login, End> {
    let deny = |code, reason: String| Err(End { code, reason });
    if connect.protocol != Protocol::V4 {
        return deny(Some(ConnectReturnCode::RefusedProtocolVersion), "not MQTT 3.1.1".into());
    }
    if connect.last_will.is_some() {
        return deny(None, "a last will".into());
    }
    let Some(device) = device_of(&connect.client_id, shared) else {
        return deny(Some(ConnectReturnCode::BadClientId), format!("client id {:?}", connect.client_id));
    };
    let Some(key) = lock(&shared.devices).get(device).cloned() else {
        return deny(Some(ConnectReturnCode::NotAuthorized), format!("device {device:?} is not registered"));
    };
    let token = connect.login.as_ref().map(|login| login.password.as_str()).unwrap_or_default();
    let audience = lock(&shared.audience).clone().unwrap_or_else(|| shared.rules.project.clone());
    match expiry(token, &key, &audience, (shared.now)()) {
        Ok(expires) => {
            let keep_alive = u64::from(connect.keep_alive) * 3 / 2;
            let idle = if keep_alive == 0 { IDLE_MAX } else { keep_alive.min(IDLE_MAX) };
            Ok(Login { device: device.to_owned(), expires, idle })
        }
        Err(reason) => deny(Some(ConnectReturnCode::BadUserNamePassword), format!("token: {reason}")),
    }
}

/// The device id, if the rest of the client id is this bridge's.
fn device_of<'a>(client_id: &'a str, shared: &Shared) -> Option<&'a str> {
    let mut parts = client_id.split('/');
    for (kind, name) in [
        ("projects", &shared.rules.project),
        ("locations", &shared.rules.region),
        ("registries", &shared.rules.registry),
    ] {
        if parts.next() != Some(kind) || parts.next() != Some(name) {
            return None;
        }
    }
    match (parts.next(), parts.next(), parts.next()) {
        (Some("devices"), Some(device), None) if !device.is_empty() => Some(device),
        _ => None,
    }
}

/// Checks a token; returns when it expires.
fn expiry(token: &str, key: &Key, audience: &str, now: u64) -> Result<u64, String> {
    if jwt::header(token).map_err(|error| error.to_string())?.typ.as_deref() != Some("JWT") {
        return Err("its type is not JWT".into());
    }
    let Claims { iat, exp, aud } = jwt::verified(token, key).map_err(|error| error.to_string())?;
    if aud != audience {
        return Err("InvalidAudience".into());
    }
    if exp < now.saturating_sub(SKEW) {
        return Err("ExpiredSignature".into());
    }
    if iat > now + SKEW {
        return Err("issued in the future".into());
    }
    if exp <= iat {
        return Err("expires before it was issued".into());
    }
    if exp - iat > LIFETIME_MAX {
        return Err("lives longer than 24 hours".into());
    }
    Ok(exp)
}

/// Whether a device may publish there: to its events, below them, and to its state.
pub(super) fn may_publish(device: &str, topic: &str) -> bool {
    match topic.strip_prefix("/devices/").and_then(|rest| rest.strip_prefix(device)) {
        Some("/state" | "/events") => true,
        Some(rest) => rest.strip_prefix("/events/").is_some_and(|sub| !sub.contains(['#', '+', '\0'])),
        None => false,
    }
}

/// What a device may subscribe to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filter {
    Config,
    Commands,
}

/// What a filter is, if the device may subscribe to it.
pub(super) fn filter(device: &str, filter: &str) -> Option<Filter> {
    match filter.strip_prefix("/devices/")?.strip_prefix(device)? {
        "/config" => Some(Filter::Config),
        "/commands/#" => Some(Filter::Commands),
        _ => None,
    }
}
