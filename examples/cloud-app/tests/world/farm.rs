//! A broker that knows devices by their certificates, or by tokens: mock-clouds' engine with rules of its own.

use super::BEGIN;
use crate::chip::SoftChip;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use mock_clouds::Peer;
use mock_clouds::mqtt::packet::{Connect, Publish, Subscribe};
use mock_clouds::mqtt::{Broker, Client, Cloud, Cut, Refusal, Subscribed, Taken, Welcome, code};
use mock_clouds::tls::{Clients, Door, Offer};
use mock_servers::pki::{Holder, Request};
use rustls::pki_types::CertificateDer;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// What the farm takes. Tests change it while it runs.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// A token signed by this key is the password.
    pub(crate) token_key: Option<String>,
    /// Answers every login so.
    pub(crate) refusal: Option<Refusal>,
    /// Ends the connection over such a message.
    pub(crate) cut_on: Option<&'static [u8]>,
    /// Answers subscriptions so, whatever they are.
    pub(crate) subscribed: Option<u8>,
}

#[derive(Debug)]
pub(crate) struct Farm {
    began: Instant,
    pub(crate) rules: Mutex<Rules>,
}

impl Cloud for Farm {
    /// The name in the certificate, or in the token.
    type Login = String;

    fn hello(&self, peer: &Peer) -> Result<(), String> {
        match peer.sni.as_deref() {
            Some("broker.example") => Ok(()),
            other => Err(format!("asked for {other:?}")),
        }
    }

    fn connect(&self, peer: &Peer, connect: &Connect) -> Result<Welcome<String>, Refusal> {
        let rules = self.rules.lock().unwrap();
        if let Some(refusal) = &rules.refusal {
            return Err(refusal.clone());
        }
        let (name, ends) = match &rules.token_key {
            None => (peer.common_name(), None),
            Some(key) => {
                let claims = connect.password.as_ref().and_then(|password| claims(key, password));
                let Some(claims) = claims else {
                    return Err(Refusal::with_code(4, code::NOT_AUTHORIZED, "no good token"));
                };
                (claims["sub"].as_str().map(str::to_owned), claims["exp"].as_u64())
            }
        };
        let Some(name) = name.filter(|name| *name == connect.client_id) else {
            return Err(Refusal::with_code(2, code::NOT_AUTHORIZED, "the client id is another's"));
        };
        let own = format!("devices/{name}/");
        if connect.will.as_ref().is_none_or(|will| !will.topic.starts_with(&own)) {
            return Err(Refusal::silent("a will under another's topic, or none"));
        }
        let now = BEGIN + self.began.elapsed().as_secs();
        let stay = match ends {
            Some(ends) if ends <= now => {
                return Err(Refusal::with_code(4, code::NOT_AUTHORIZED, "the token is at its end"));
            }
            // As EMQX does.
            ends => ends.map(|ends| Duration::from_secs(ends - now)),
        };
        Ok(Welcome { stay, ..Welcome::new(name, connect) })
    }

    fn subscribe(
        &self,
        client: &Client<String>,
        subscribe: &Subscribe,
        _: &[String],
    ) -> Result<Subscribed, Cut> {
        let own = format!("devices/{}/set", client.login);
        let fixed = self.rules.lock().unwrap().subscribed;
        let codes = subscribe.filters.iter().map(|filter| match fixed {
            Some(fixed) => fixed,
            None if filter.path == own => 1,
            None => 0x80,
        });
        Ok(Subscribed { codes: codes.collect(), ..Subscribed::default() })
    }

    fn publish(&self, client: &Client<String>, publish: &Publish) -> Result<Taken, Cut> {
        if !publish.topic.starts_with(&format!("devices/{}/", client.login)) {
            return Err(Cut {
                code: None,
                reason: format!("{} published to {}", client.login, publish.topic),
            });
        }
        if self.rules.lock().unwrap().cut_on.is_some_and(|payload| publish.payload == payload) {
            return Err(Cut { code: None, reason: "a message that is not liked".into() });
        }
        Ok(Taken::routed())
    }
}

/// What a token says, if the key has signed it. The time is compared elsewhere.
fn claims(key: &str, token: &[u8]) -> Option<serde_json::Value> {
    let mut validation = Validation::new(Algorithm::ES256);
    validation.validate_exp = false;
    let key = DecodingKey::from_ec_pem(key.as_bytes()).ok()?;
    Some(decode(std::str::from_utf8(token).ok()?, &key, &validation).ok()?.claims)
}

pub(crate) fn farm(began: Instant) -> Broker<Farm> {
    Broker::new(Farm { began, rules: Mutex::default() }, Arc::new(move || BEGIN + began.elapsed().as_secs()))
}

/// Who issues certificates to the farm and its devices.
pub(crate) struct Authorities {
    pub(crate) root: Holder,
    devices: Holder,
    signer: Holder,
}

impl Authorities {
    pub(crate) fn new() -> Self {
        let devices = Holder::root(&Request::authority("Devices Root")).unwrap();
        let signer = devices.issue(&Request::authority("Devices Signer")).unwrap();
        Self { root: Holder::root(&Request::authority("Test Root")).unwrap(), devices, signer }
    }

    /// The farm's TLS, which asks for certificates of its devices, or for none.
    pub(crate) fn door(&self, began: Instant, asks: bool) -> Door {
        let server = self.root.issue(&Request::server(&["broker.example"])).unwrap();
        let clients = match asks {
            true => Clients::Of(vec![self.devices.der().clone()]),
            false => Clients::NotAsked,
        };
        let offer = Offer { clients, ..Offer::new(8883) };
        Door::new(&server, &offer, Arc::new(move || BEGIN + began.elapsed().as_secs())).unwrap()
    }

    /// A device's certificate and its signer's.
    pub(crate) fn certify(&self, name: &str, chip: &SoftChip) -> [CertificateDer<'static>; 2] {
        let own = self.signer.certify(&Request::device(name), &chip.public_key()).unwrap();
        [own, self.signer.der().clone()]
    }
}
