//! Fleet provisioning by claim: the device comes with a certificate that it shares with others, and gets its own.

use demo::{Failure, Shown};
use mock_servers::Message;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use serde_json::{Value, json};
use std::fmt::Display;

use super::Place;
use crate::clouds;
use crate::identity::{self, Identity};
use crate::pem;
use crate::report::Report;
use crate::session::{Buffers, Session};
use crate::tls::Credentials;

/// The template's name, if nothing else is said.
pub(crate) const TEMPLATE: &str = "atecc608";

const CREATE: &str = "$aws/certificates/create-from-csr/json";

/// Asks for a certificate of the key in the chip, and for a thing.
pub(super) async fn certified(
    place: &Place<'_>,
    identity: &Identity,
    id: &str,
    report: &mut Report,
) -> Result<Credentials, Failure> {
    let claim = claim(place)?;
    let mut buffers = Buffers::new();
    let mut session = place.connect(&claim, id, &mut buffers, report).await?;
    report.say("That was with the claim certificate, whose key is in software and the same for all devices");
    let template = place.options.aws.template.as_deref().unwrap_or(TEMPLATE);
    let provision = format!("$aws/provisioning-templates/{template}/provision/json");
    let filters =
        [CREATE, &provision].map(|topic| ["accepted", "rejected"].map(|how| format!("{topic}/{how}")));
    let [[one, two], [three, four]] = &filters;
    session.subscribe(&[one, two, three, four]).await?;

    let request = identity::sign_request(&identity.chip, identity.slot, id)?;
    report.say(format_args!("Request for a certificate, signed by the chip:\n{}", request.trim_end()));
    let body = json!({ "certificateSigningRequest": request });
    let made = ask(&mut session, CREATE, &body, report).await?;
    let [certificate, token, name] =
        ["certificatePem", "certificateOwnershipToken", "certificateId"].map(|member| text(&made, member));
    let (certificate, token, name) = (certificate?, token?, name?);
    report.say(format_args!("AWS has issued the certificate {}", Shown(name.as_bytes())));
    let body = json!({ "certificateOwnershipToken": token, "parameters": { "SerialNumber": id } });
    let provisioned = ask(&mut session, &provision, &body, report).await?;
    let thing = text(&provisioned, "thingName")?;
    report.say(format_args!(
        "Provisioned by the template {template}: it is the thing {}",
        Shown(thing.as_bytes())
    ));
    session.log_out().await?;

    if let Some(file) = &place.options.aws.save_certificate {
        std::fs::write(file, certificate).map_err(|error| {
            let tried = format!("the new certificate was written to {}", file.display());
            Failure::new(tried, error, "give --save-certificate a file that can be written")
        })?;
        report.say(format_args!("The certificate is in {}; next time: --certificate", file.display()));
    }
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(certificate.as_bytes()).collect();
    let chain = chain.map_err(|error| unusable(&error))?;
    report.device_pem = chain.first().map(|der| pem::certificate(der)).transpose()?.unwrap_or_default();
    report.chain_pem.clone_from(&report.device_pem);
    // Amazon's, which nobody here has to know.
    report.root_pem = None;
    report.say("The device comes again with its own certificate and the key in the chip");
    identity.credentials_with(chain)
}

/// The claim's certificate and key: the mock's, or from files.
fn claim(place: &Place<'_>) -> Result<Credentials, Failure> {
    let aws = &place.options.aws;
    let (chain, key) = match (&place.account, &aws.claim_certificate, &aws.claim_key) {
        (Some(account), ..) => account.claim(),
        (None, Some(certificate), Some(key)) => {
            let chain = pem::certificates(certificate, "--claim-certificate")?;
            let key = PrivateKeyDer::from_pem_file(key).map_err(|error| {
                let tried = format!("the claim's key was read from {}", key.display());
                Failure::new(
                    tried,
                    error,
                    "give --claim-key the private key of the claim certificate, in PEM",
                )
            })?;
            (chain, key)
        }
        // The command line was checked for it.
        _ => return Err(unusable(&"there is none")),
    };
    let key = ring::sign::any_supported_type(&key).map_err(|error| unusable(&error))?;
    Ok(Credentials::of_software(CertifiedKey::new(chain, key)))
}

fn unusable(error: &dyn Display) -> Failure {
    Failure::new(
        "the certificate was put to use",
        error,
        "compare --claim-certificate and --claim-key; if they are right, run again",
    )
}

/// Asks on this topic; the answer, if it was accepted.
async fn ask(
    session: &mut Session<'_>,
    topic: &str,
    body: &Value,
    report: &mut Report,
) -> Result<Value, Failure> {
    session.publish(topic, &body.to_string(), report).await?;
    let (accepted, rejected) = (format!("{topic}/accepted"), format!("{topic}/rejected"));
    let is_answer = |topic: &str| topic == accepted || topic == rejected;
    let Message { topic: where_from, payload } = session.answer(topic, report, is_answer).await?;
    let answer = clouds::json(&payload);
    if where_from == accepted {
        return Ok(answer);
    }
    Err(Failure::new(
        format_args!("AWS rejected what was asked on {topic}"),
        clouds::text(&answer),
        "look at errorCode and errorMessage; compare --template with the template's name, and its parameters with \
         SerialNumber",
    ))
}

/// A member of an answer that has to be there.
fn text<'a>(answer: &'a Value, member: &str) -> Result<&'a str, Failure> {
    answer[member].as_str().ok_or_else(|| {
        Failure::new("AWS has answered", format_args!("there is no {member} in it"), "run again")
    })
}
