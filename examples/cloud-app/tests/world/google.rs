//! Google's three services in memory: tokens are checked by jsonwebtoken, requests by serde_json.

use super::BEGIN;
use atecc608_cloud::federation::{IAM_CREDENTIALS_HOST, PUBSUB_HOST, STS_HOST};
use base64ct::Encoding;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream, DuplexStream};
use tokio::time::{Instant, timeout};

pub(crate) const AUDIENCE: &str =
    "//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/devices/providers/greenhouse";
pub(crate) const ISSUER: &str = "https://devices.example";
pub(crate) const KEY_ID: &str = "key-1";

#[derive(Debug, Clone)]
pub(crate) struct Google(Arc<Mutex<State>>);

#[derive(Debug)]
pub(crate) struct State {
    began: Instant,
    pub(crate) key_pem: String,
    pub(crate) audience: &'static str,
    /// Status and Retry-After of every answer of a host, in place of what it should say.
    pub(crate) busy: HashMap<&'static str, (u16, Option<u32>)>,
    /// Access tokens and when they end, in Unix seconds.
    tokens: HashMap<String, u64>,
    /// Messages with this data are not taken: 400.
    pub(crate) poison: Vec<&'static str>,
    /// Hosts that take requests and never answer.
    pub(crate) silent: Vec<&'static str>,
    /// How long access tokens live, in seconds.
    pub(crate) lifetime: u64,
    /// Connections are closed when idle for so long.
    pub(crate) idle: Duration,
    /// Exchanges granted.
    pub(crate) granted: u32,
    /// Data and attributes of what was published.
    pub(crate) published: Vec<(String, Value)>,
    pub(crate) complaints: Vec<String>,
    serial: u32,
}

impl Google {
    pub(crate) fn new(began: Instant) -> Self {
        Self(Arc::new(Mutex::new(State {
            began,
            key_pem: String::new(),
            audience: AUDIENCE,
            busy: HashMap::new(),
            tokens: HashMap::new(),
            poison: vec![],
            silent: vec![],
            lifetime: 3599,
            idle: Duration::from_secs(240),
            granted: 0,
            published: vec![],
            complaints: vec![],
            serial: 0,
        })))
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// What was published and complained about since the last call, which is forgotten here.
    pub(crate) fn take(&self) -> (Vec<(String, Value)>, Vec<String>) {
        let mut state = self.state();
        (std::mem::take(&mut state.published), std::mem::take(&mut state.complaints))
    }

    /// Every access token is void.
    pub(crate) fn revoke_all(&self) {
        self.state().tokens.clear();
    }

    pub(crate) async fn serve(&self, host: &str, stream: DuplexStream) {
        let mut stream = BufStream::new(stream);
        loop {
            let idle = self.state().idle;
            let Ok(Some((path, bearer, body))) = timeout(idle, request(&mut stream)).await else { return };
            // The way there and back.
            tokio::time::sleep(Duration::from_millis(40)).await;
            if self.state().silent.contains(&host) {
                return std::future::pending().await;
            }
            let (status, retry_after, answer) = self.state().answer(host, &path, bearer.as_deref(), &body);
            let body = answer.to_string();
            let retry = retry_after.map(|after| format!("Retry-After: {after}\r\n")).unwrap_or_default();
            let head = format!(
                "HTTP/1.1 {status} X\r\nContent-Type: application/json; charset=UTF-8\r\n{retry}\
                 Content-Length: {}\r\n\r\n",
                body.len()
            );
            if stream.write_all((head + &body).as_bytes()).await.is_err() || stream.flush().await.is_err() {
                return;
            }
        }
    }
}

/// Path, bearer token and body.
async fn request(stream: &mut BufStream<DuplexStream>) -> Option<(String, Option<String>, Value)> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|length| *length > 0)?;
    let path = line.strip_prefix("POST ")?.split(' ').next()?.to_owned();
    let (mut bearer, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|length| *length > 0)?;
        match line.trim_end().split_once(": ") {
            Some(("Authorization", value)) => bearer = value.strip_prefix("Bearer ").map(str::to_owned),
            Some(("Content-Length", value)) => length = value.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some((path, bearer, serde_json::from_slice(&body).ok()?))
}

type Answer = (u16, Option<u32>, Value);

fn refusal(status: u16, name: &str, message: &str) -> Answer {
    (status, None, json!({"error": {"code": status, "message": message, "status": name}}))
}

impl State {
    fn now(&self) -> u64 {
        BEGIN + self.began.elapsed().as_secs()
    }

    fn answer(&mut self, host: &str, path: &str, bearer: Option<&str>, body: &Value) -> Answer {
        if let Some((status, retry_after)) = self.busy.get(host) {
            let (_, _, body) = refusal(*status, "UNAVAILABLE", "try again");
            return (*status, *retry_after, body);
        }
        if host == STS_HOST {
            return match self.exchange(path, body) {
                Ok(answer) => (200, None, answer),
                Err(why) => {
                    self.complaints.push(why.clone());
                    (400, None, json!({"error": "invalid_grant", "error_description": why}))
                }
            };
        }
        let now = self.now();
        if bearer.and_then(|token| self.tokens.get(token)).is_none_or(|end| *end <= now) {
            self.complaints.push("a bad access token".into());
            return refusal(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");
        }
        if host == IAM_CREDENTIALS_HOST {
            assert_eq!(path, "/v1/projects/-/serviceAccounts/pub@proj.example.com:generateAccessToken");
            let end = now + 3600;
            let time = std::time::UNIX_EPOCH + Duration::from_secs(end);
            let expire_time = humantime::format_rfc3339_seconds(time).to_string();
            return (200, None, json!({"accessToken": self.token(end), "expireTime": expire_time}));
        }
        assert_eq!((host, path), (PUBSUB_HOST, "/v1/projects/proj/topics/telemetry:publish"));
        let mut ids = vec![];
        for message in body["messages"].as_array().unwrap() {
            let data = base64ct::Base64::decode_vec(message["data"].as_str().unwrap()).unwrap();
            let data = String::from_utf8(data).unwrap();
            if self.poison.iter().any(|poison| *poison == "*" || *poison == data) {
                return refusal(400, "INVALID_ARGUMENT", "The value for data is invalid.");
            }
            self.published.push((data, message["attributes"].clone()));
            ids.push(self.published.len().to_string());
        }
        (200, None, json!({"messageIds": ids}))
    }

    fn exchange(&mut self, path: &str, body: &Value) -> Result<Value, String> {
        assert_eq!((path, body["audience"].as_str()), ("/v1/token", Some(AUDIENCE)));
        let token = body["subjectToken"].as_str().unwrap();
        let header = decode_header(token).map_err(|error| error.to_string())?;
        if header.kid.as_deref() != Some(KEY_ID) {
            return Err("The key id (kid) is not known.".into());
        }
        let key = DecodingKey::from_ec_pem(self.key_pem.as_bytes()).map_err(|error| error.to_string())?;
        let mut validation = Validation::new(Algorithm::ES256);
        validation.validate_exp = false;
        validation.set_audience(&[self.audience]);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        let claims = decode::<Value>(token, &key, &validation)
            .map_err(|error| match error.kind() {
                jsonwebtoken::errors::ErrorKind::InvalidAudience => {
                    "The audience in ID Token does not match the expected audience.".to_owned()
                }
                jsonwebtoken::errors::ErrorKind::InvalidSignature => "Invalid signature for ID token.".into(),
                _ => error.to_string(),
            })?
            .claims;
        let now = self.now();
        if claims["iat"].as_u64().is_none_or(|issued| issued > now) {
            return Err("ID Token issued at (iat) is in the future.".into());
        }
        if claims["exp"].as_u64().is_none_or(|end| end <= now) {
            return Err("ID Token is stale to sign-in; it has expired (exp).".into());
        }
        self.granted += 1;
        let (lifetime, end) = (self.lifetime, now + self.lifetime);
        Ok(json!({
            "access_token": self.token(end),
            "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "token_type": "Bearer",
            "expires_in": lifetime,
        }))
    }

    fn token(&mut self, end: u64) -> String {
        self.serial += 1;
        let token = format!("ya29.{}", self.serial);
        let now = self.now();
        self.tokens.retain(|_, end| *end > now);
        self.tokens.insert(token.clone(), end);
        token
    }
}
