//! Fleet provisioning by claim: the device comes with a certificate that it shares with others, and gets its own.

use atecc608_cloud::aws::Thing;
use atecc608_cloud::aws::fleet::{Claim, FleetError, ROOM, provision};
use demo::{Failure, Shown};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::CertifiedKey;
use std::fmt::Display;
use tokio::time::timeout;

use super::{Place, unfit};
use crate::identity::{self, Identity};
use crate::pem;
use crate::report::Report;
use crate::session::{self, Buffers};
use crate::tls::Credentials;

/// The template's name, if nothing else is said.
pub(crate) const TEMPLATE: &str = "atecc608";

/// Asks for a certificate of the key in the chip, and for a thing.
pub(super) async fn certified(
    place: &Place<'_>,
    identity: &Identity,
    thing: Thing<'_>,
    report: &mut Report,
) -> Result<Credentials, Failure> {
    let shared = claim(place)?;
    let request = identity::sign_request(&identity.chip, identity.slot, thing.name())?;
    report.say(format_args!("Request for a certificate, signed by the chip:\n{}", request.trim_end()));
    let template = place.options.aws.template.as_deref().unwrap_or(TEMPLATE);
    let parameters = [("SerialNumber", thing.name())];
    let claim = Claim::new(template, &request, &parameters).map_err(unfit)?;

    let mut buffers = Buffers::new();
    let mut session = place.connect(&shared, thing, &mut buffers, report).await?;
    report.say("That was with the claim certificate, whose key is in software and the same for all devices");
    let (server, mut room) = (&place.server, vec![0; ROOM]);
    let tried = format!("the device tried to get a certificate at {}", server.address);
    let provisioned = match timeout(server.patience, provision(session.client(), &claim, &mut room)).await {
        Ok(Ok(provisioned)) => provisioned,
        Ok(Err(FleetError::Client(error))) => return Err(session::of_client(tried, error, server)),
        Ok(Err(error)) => {
            return Err(Failure::new(
                tried,
                error,
                "compare --template and its parameters, of which SerialNumber is given",
            ));
        }
        Err(_) => {
            let cause = format!("no answer within {:?}", server.patience);
            return Err(Failure::new(tried, cause, "run again; --timeout gives servers more time"));
        }
    };
    session.log_out().await?;
    let (name, id) = (provisioned.thing(), provisioned.certificate_id());
    report.say(format_args!("AWS has issued the certificate {}", Shown(id.as_bytes())));
    report.say(format_args!("Provisioned by the template {template}: it is the thing {name}"));
    // Amazon's is longer than one of the chip's slots.
    let mut der = [0; 2048];
    let der = provisioned.der(&identity.public_key()?, &mut der).map_err(|error| unusable(&error))?;
    if let Some(file) = &place.options.aws.save_certificate {
        std::fs::write(file, pem::certificate(der)?).map_err(|error| {
            let tried = format!("the new certificate was written to {}", file.display());
            Failure::new(tried, error, "give --save-certificate a file that can be written")
        })?;
        report.say(format_args!("The certificate is in {}; next time: --certificate", file.display()));
    }
    report.device_pem = pem::certificate(der)?;
    report.chain_pem.clone_from(&report.device_pem);
    // Amazon's, which nobody here has to know.
    report.root_pem = None;
    report.say("The device comes again with its own certificate and the key in the chip");
    identity.credentials_with(vec![der.to_vec().into()])
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
