//! Who may register.

use rustls::pki_types::CertificateDer;

use super::{Assigned, Dps, Login, Rule};
use crate::azure::{Token, certificate, sas};
use crate::mqtt::Client;

/// How a device proves itself.
#[derive(Debug, Clone)]
pub enum Attestation {
    /// Individual: this certificate. Group: certificates below this one.
    X509(CertificateDer<'static>),
    /// Individual: this key. Group: the keys derived from this one.
    Key(Vec<u8>),
}

/// An enrollment.
#[derive(Debug, Clone)]
pub struct Enrollment {
    /// An individual one's registration id; a group has none.
    pub registration_id: Option<String>,
    /// How devices prove themselves.
    pub attestation: Attestation,
    /// Host name of the hub.
    pub hub: String,
    /// An individual one's id in the hub, if it is not the registration id.
    pub device_id: Option<String>,
    /// Whether it counts.
    pub enabled: bool,
}

impl Enrollment {
    /// For one device.
    pub fn individual(registration_id: &str, attestation: Attestation, hub: &str) -> Self {
        let registration_id = Some(registration_id.to_owned());
        Self { registration_id, attestation, hub: hub.to_owned(), device_id: None, enabled: true }
    }

    /// For many devices.
    pub fn group(attestation: Attestation, hub: &str) -> Self {
        Self { registration_id: None, attestation, hub: hub.to_owned(), device_id: None, enabled: true }
    }
}

/// Status, DPS's own code, words.
type No = (u16, u32, String);

fn unauthorized(reason: &str) -> No {
    (401, 401_002, reason.to_owned())
}

impl Dps {
    /// Looks for the device's enrollment.
    pub(super) fn enroll(&self, client: &Client<Login>) -> Result<Assigned, No> {
        let id = &client.login.registration_id;
        let mut no = (404, 404_201, "Enrollment not found.".to_owned());
        for enrollment in &self.enrollments {
            if enrollment.registration_id.as_ref().is_some_and(|own| !own.eq_ignore_ascii_case(id)) {
                continue;
            }
            let proven = match &enrollment.attestation {
                Attestation::X509(known) => self.certificate(client, known, enrollment),
                Attestation::Key(key) => self.token(client, key, enrollment),
            };
            match proven {
                Err(reason) => no = reason,
                Ok(()) => {
                    let enabled = self.rules.check(Rule::Enabled, enrollment.enabled, String::new).is_ok();
                    if !enabled {
                        return Err(unauthorized("Unauthorized"));
                    }
                    return Ok(Assigned {
                        registration_id: id.clone(),
                        hub: enrollment.hub.clone(),
                        device_id: enrollment.device_id.clone().unwrap_or_else(|| id.clone()),
                    });
                }
            }
        }
        Err(no)
    }

    fn certificate(&self, client: &Client<Login>, known: &[u8], enrollment: &Enrollment) -> Result<(), No> {
        let invalid = || unauthorized("Invalid certificate.");
        let check = |rule, fulfilled| self.rules.check(rule, fulfilled, String::new).map_err(|_| invalid());
        let chain = &client.peer.chain;
        let own = chain.first().ok_or_else(invalid)?;
        if enrollment.registration_id.is_some() {
            check(Rule::Certificate, own.as_ref() == known)?;
        } else {
            check(Rule::Chain, certificate::leads_to(chain, known))?;
        }
        check(Rule::Dates, certificate::is_valid_at(own, (self.now)()))?;
        let name = client.peer.common_name().unwrap_or_default();
        check(Rule::CommonName, name.eq_ignore_ascii_case(&client.login.registration_id))
    }

    fn token(&self, client: &Client<Login>, key: &[u8], enrollment: &Enrollment) -> Result<(), No> {
        let Login { registration_id: id, password } = client.login.as_ref();
        let check = |rule, fulfilled| {
            self.rules.check(rule, fulfilled, String::new).map_err(|_| unauthorized("Unauthorized"))
        };
        let token = Token::parse(password).map_err(|_| unauthorized("Unauthorized"))?;
        let derived = sas::hmac_sha256(key, id.to_lowercase().as_bytes());
        let key = if enrollment.registration_id.is_some() { key } else { &derived };
        check(Rule::TokenSignature, token.is_signed_with(key))?;
        check(Rule::TokenExpiry, (self.now)() < token.expires)?;
        let resource = format!("{}/registrations/{id}", self.id_scope);
        check(Rule::TokenResource, token.resource.eq_ignore_ascii_case(&resource))?;
        check(Rule::TokenPolicy, token.policy.is_none_or(|policy| policy == "registration"))
    }
}
