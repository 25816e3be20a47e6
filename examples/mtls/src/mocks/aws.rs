//! A mock of AWS IoT Core, set up as the operator would with `aws iot`.

use demo::{Failure, unix_seconds};
use mock_clouds::aws::{ACCOUNT, Service, Status};
use mock_servers::pki::{Holder, Request};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use std::sync::Arc;

use super::{CHANGE, Mock, Outcome, VALID, authority, not_started};
use crate::cli::{Onboard, Options};
use crate::identity::Identity;
use crate::report::Report;
use crate::tls::Server;

/// As AWS names endpoints.
const ENDPOINT: &str = "a1b2c3d4e5f6g7-ats.iot.eu-central-1.amazonaws.com";
const POLICY: &str = "atecc608-device";
const CLAIM_POLICY: &str = "atecc608-claim";

/// The account.
pub(crate) struct Account {
    pub(crate) mock: Mock,
    service: Service,
    thing: String,
    jitr: bool,
    claim: Holder,
}

impl Account {
    /// The claim's certificate and key.
    pub(crate) fn claim(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        (self.claim.chain().to_vec(), self.claim.key())
    }

    /// What the operator's rule does with a certificate that has registered itself; none if there is no rule.
    pub(crate) fn activate(&self) -> Option<String> {
        let events = self.service.registry(|registry| registry.take_events());
        let event: Value = serde_json::from_slice(&events.last()?.payload).ok()?;
        let id = event["certificateId"].as_str().filter(|_| self.jitr)?;
        self.service.registry(|registry| {
            registry.create_thing(&self.thing);
            registry.attach_policy(id, POLICY);
            registry.attach_thing(id, &self.thing);
            registry.set_status(id, Status::Active);
        });
        Some(format!("The operator's rule has activated the certificate {id}"))
    }
}

pub(crate) async fn start(
    identity: &Identity,
    thing: &str,
    options: &Options,
    report: &mut Report,
) -> Result<Account, Failure> {
    let started = async {
        let service = Service::new(ENDPOINT, Arc::new(unix_seconds))?;
        let claim = Holder::root(&Request { valid: VALID, ..Request::device("claim") })?;
        let said = set_up(&service, identity, thing, options.onboard(), &claim)?;
        let (server, root) = authority(&[ENDPOINT])?;
        let listening = match options.aws.alpn {
            true => service.listen_on_443(&server, 0).await?,
            false => service.listen(&server, 0).await?,
        };
        Ok::<_, Box<dyn std::error::Error>>((service, claim, said, listening, root))
    };
    let (service, claim, said, listening, root) = started.await.map_err(not_started)?;
    let address = listening.address();
    report.say(format_args!("A mock of AWS IoT Core listens on {address} as {ENDPOINT}; {said}"));
    let server = Server::mock(ENDPOINT, address, &root, options.timeout)?;
    let (changed, summed, complained) = (service.clone(), service.clone(), service.clone());
    let (to, of) = (thing.to_owned(), thing.to_owned());
    let mock = Mock {
        server,
        change: Box::new(move || {
            let desired: Value = serde_json::from_str(CHANGE).unwrap_or_default();
            // What it says is for whoever changes the shadow.
            let _ = changed.update_shadow(&to, None, &json!({ "state": { "desired": desired } }));
        }),
        summary: Box::new(move || {
            let seen = summed.broker().seen();
            let reported = summed.shadow(&of, None).map(|shadow| shadow["state"]["reported"].to_string());
            format!(
                "The mock has taken {} messages; the shadow's reported state is {}",
                seen.published.len(),
                reported.unwrap_or_default()
            )
        }),
        complaints: Box::new(move || complained.broker().seen().complaints),
        _listening: Box::new(listening),
    };
    let jitr = options.onboard() == Onboard::Jitr;
    Ok(Account { mock, service, thing: thing.to_owned(), jitr, claim })
}

/// What the operator has done before the device comes, in words.
fn set_up(
    service: &Service,
    identity: &Identity,
    thing: &str,
    onboard: Onboard,
    claim: &Holder,
) -> Outcome<String> {
    let own = identity.chain.first();
    // The one that signed the device's certificate directly.
    let signer = identity.chain.get(1).or(identity.root.as_ref());
    service.registry(|registry| {
        registry.create_policy(POLICY, include_str!("../../aws/device-policy.json"))?;
        match onboard {
            Onboard::Registered => {
                registry.create_thing(thing);
                let id = registry.register_certificate(own.ok_or("no certificate")?, Status::Active);
                registry.attach_policy(&id, POLICY);
                registry.attach_thing(&id, thing);
                Ok(format!("the certificate is registered without its CA, the thing is {thing}"))
            }
            Onboard::Jitr => {
                registry.register_authority(signer.ok_or("no signer")?, None)?;
                Ok("the signer is registered, certificates by it register themselves".into())
            }
            Onboard::Jitp => {
                let template = include_str!("../../aws/jitp-registration.json").replace("ACCOUNT", ACCOUNT);
                registry.register_authority(signer.ok_or("no signer")?, Some(&template))?;
                Ok("the signer is registered with a template, by which certificates register themselves"
                    .into())
            }
            Onboard::Claim => {
                registry.create_policy(CLAIM_POLICY, include_str!("../../aws/claim-policy.json"))?;
                let template = include_str!("../../aws/fleet-template.json");
                registry.create_template(crate::clouds::CLAIM_TEMPLATE, template)?;
                let id = registry.register_certificate(claim.der(), Status::Active);
                registry.attach_policy(&id, CLAIM_POLICY);
                Ok("a claim certificate is registered, which may ask for others".into())
            }
        }
    })
}
