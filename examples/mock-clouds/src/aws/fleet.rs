//! Fleet provisioning: a certificate for a request, and a thing for the certificate.

use std::collections::BTreeMap;

use mock_servers::pki::Request;
use serde::Deserialize;
use serde_json::{Value, json};
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::prelude::FromDer;

use super::registry::{Ownership, Status};
use super::{Aws, Rule};
use crate::mqtt::{Delivery, Publish};
use crate::{lock, pem};

/// How long an ownership token lives, in seconds.
const TOKEN_LIFE: u64 = 60 * 60;

/// What is refused.
struct Rejection {
    status: u16,
    code: &'static str,
    message: String,
}

impl Rejection {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    fn json(&self) -> Value {
        json!({"statusCode": self.status, "errorCode": self.code, "errorMessage": self.message})
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    certificate_signing_request: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Provision {
    certificate_ownership_token: String,
    #[serde(default)]
    parameters: BTreeMap<String, String>,
}

impl Aws {
    /// What is answered to a publish to fleet provisioning, to this client alone; none: there is no such topic.
    pub(super) fn fleet_topic(&self, client: &str, topic: &str, payload: &[u8]) -> Option<Vec<Delivery>> {
        let answer = if topic == "$aws/certificates/create-from-csr/json" {
            self.certificate_created(payload)
        } else {
            let name = topic.strip_prefix("$aws/provisioning-templates/")?.strip_suffix("/provision/json")?;
            if name.contains('/') {
                return None;
            }
            self.provisioned(name, payload)
        };
        let (how, document) = match answer {
            Ok(document) => ("accepted", document),
            Err(rejection) => ("rejected", rejection.json()),
        };
        let message = Publish::new(format!("{topic}/{how}"), document.to_string()).at_least_once();
        Some(vec![Delivery::to(client, message)])
    }

    fn certificate_created(&self, payload: &[u8]) -> Result<Value, Rejection> {
        let bad = |message: String| Rejection::new(400, "InvalidPayload", message);
        let create: Create = serde_json::from_slice(payload).map_err(|error| bad(error.to_string()))?;
        let bad = |message: &str| Rejection::new(400, "InvalidCertificateSigningRequest", message);
        let (_, sent) = x509_parser::pem::parse_x509_pem(create.certificate_signing_request.as_bytes())
            .map_err(|_| bad("the request is no PEM"))?;
        let (rest, request) = X509CertificationRequest::from_der(&sent.contents)
            .map_err(|_| bad("the request can't be read"))?;
        if !rest.is_empty() || sent.label != "CERTIFICATE REQUEST" {
            return Err(bad("the request is none"));
        }
        if request.verify_signature().is_err() && self.holds(Rule::Csr) {
            return Err(bad("the request is not signed by its key"));
        }
        let info = &request.certification_request_info;
        let name = info.subject.iter_common_name().next().and_then(|name| name.as_str().ok());
        let wanted = Request {
            subject: name.unwrap_or("AWS IoT Certificate").to_owned(),
            // To 2049-12-31T23:59:59Z, as the developer guide has it.
            valid: ((2026, 1, 1), (2050, 1, 1)),
            ends_before: 1,
            ..Request::device("")
        };
        let key = &info.subject_pki.subject_public_key.data;
        // SEC1, uncompressed, P-256.
        if key.len() != 65 {
            return Err(bad("the mock certifies keys on P-256 only"));
        }
        let der = self.amazon.certify(&wanted, key).map_err(|error| bad(&error.to_string()))?;
        let mut registry = lock(&self.registry);
        let id = registry.register(&der, Status::PendingActivation, 0);
        registry.ownerships_given += 1;
        let token = format!("ownership-{}-{}", registry.ownerships_given, &id[..16]);
        let until = self.now() + TOKEN_LIFE;
        registry.ownerships.insert(token.clone(), Ownership { certificate: id.clone(), until });
        Ok(json!({
            "certificateOwnershipToken": token,
            "certificateId": id,
            "certificatePem": pem("CERTIFICATE", &der),
        }))
    }

    fn provisioned(&self, template: &str, payload: &[u8]) -> Result<Value, Rejection> {
        let bad = |message: String| Rejection::new(400, "InvalidPayload", message);
        let provision: Provision = serde_json::from_slice(payload).map_err(|error| bad(error.to_string()))?;
        let mut registry = lock(&self.registry);
        let known = registry.templates.get(template).cloned();
        let template = match known {
            Some(template) => template,
            // Any other, so that something is provisioned.
            None if !self.holds(Rule::TemplateName) => {
                let any = registry.templates.values().next().cloned();
                any.ok_or_else(|| Rejection::new(404, "ResourceNotFound", "there are no templates"))?
            }
            None => {
                return Err(Rejection::new(
                    404,
                    "ResourceNotFound",
                    format!("there is no template {template:?}"),
                ));
            }
        };
        let refused = |message: &str| Rejection::new(400, "InvalidCertificateOwnershipToken", message);
        let token = &provision.certificate_ownership_token;
        let (certificate, until) = match registry.ownerships.get(token) {
            Some(ownership) => (ownership.certificate.clone(), ownership.until),
            None if self.holds(Rule::OwnershipToken) => {
                return Err(refused("the ownership token is not known"));
            }
            // The newest certificate, so that something is provisioned.
            None => {
                let newest = registry.ownerships.values().next_back().map(|own| own.certificate.clone());
                (newest.ok_or_else(|| refused("there is no certificate"))?, u64::MAX)
            }
        };
        if self.now() >= until && self.holds(Rule::OwnershipTokenLife) {
            registry.ownerships.remove(token);
            registry.certificates.remove(&certificate);
            return Err(refused("the ownership token has expired"));
        }
        let mut parameters = provision.parameters;
        for name in template.required() {
            if !parameters.contains_key(name) {
                if self.holds(Rule::Parameters) {
                    let message = format!("the template's parameter {name:?} is missing");
                    return Err(Rejection::new(400, "InvalidParameters", message));
                }
                parameters.insert(name.to_owned(), String::new());
            }
        }
        let (thing, configuration) = template
            .run(&mut registry, &certificate, &parameters, 0)
            .map_err(|message| Rejection::new(400, "InvalidParameters", message))?;
        if self.holds(Rule::OwnershipToken) {
            registry.ownerships.remove(token);
        }
        Ok(json!({"thingName": thing, "deviceConfiguration": configuration}))
    }
}
