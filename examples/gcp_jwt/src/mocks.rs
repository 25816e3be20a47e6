//! What runs in this program when it is given no server elsewhere.

use std::collections::HashMap;
use std::time::Duration;

use atecc608_cloud::federation::{IAM_CREDENTIALS_HOST, PUBSUB_HOST, STS_HOST};
use atecc608_cloud::tls::Roots;
use demo::{Failure, Steps, unix_seconds};
use mock_servers::bridge::{Bridge, Rules};
use mock_servers::google::{self, Listening, Pool, Service};
use mock_servers::pki::{Holder, Request};
use mock_servers::tls::{Offer, acceptor};
use tokio_rustls::TlsAcceptor;

use crate::cli::{Direct, MOCK_NUMBER, Options};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// A TLS server with a certificate for these names, and the root that it leads to.
fn secured(names: &[&str]) -> Outcome<(TlsAcceptor, Roots)> {
    // The demo runs on any day.
    let valid = ((2020, 1, 1), (2099, 12, 31));
    let authority = Holder::root(&Request { valid, ..Request::authority("Demo root") })?;
    let between = authority.issue(&Request { valid, ..Request::authority("Demo intermediate") })?;
    let server = between.issue(&Request { valid, ..Request::server(names) })?;
    let mut roots = Roots::new();
    roots.add(authority.der())?;
    let offer = Offer { now: unix_seconds(), ..Offer::default() };
    Ok((acceptor(&server, &offer)?, roots))
}

/// The bridge, and the root that its certificate leads to.
pub(crate) async fn bridge(
    options: &Options,
    public_key_pem: &str,
    steps: Steps,
) -> Result<(Bridge, Roots), Failure> {
    let rules = Rules {
        project: options.project.clone(),
        region: options.region.clone(),
        registry: options.registry.clone(),
        config: r#"{"interval_s":60}"#.into(),
        command: r#"{"led":"on"}"#.into(),
        grace: Duration::from_secs(2),
    };
    let start = async || -> Outcome<_> {
        let (acceptor, roots) = secured(&["localhost"])?;
        let bridge = Bridge::start_secured(rules, acceptor).await?;
        bridge.register(&options.device, public_key_pem)?;
        Ok((bridge, roots))
    };
    let (bridge, roots) = start().await.map_err(|error| {
        Failure::new("the bridge was started, and that failed", error, "give --broker another one")
    })?;
    steps.say(format_args!("Bridge listens on {}; the key is registered there", bridge.address()));
    Ok((bridge, roots))
}

/// Google's servers, set up as the operator would with `gcloud`, and the root that their certificate leads to.
pub(crate) async fn google(
    options: &Options,
    direct: &Direct,
    jwks: &str,
    steps: Steps,
) -> Result<(Service, Listening, Roots), Failure> {
    let (subject, provider) = (options.subject(), options.provider());
    let condition = format!("assertion.sub=='{subject}'");
    let allowed = google::Provider::new(provider, &direct.issuer).with_condition(&condition);
    let pool = Pool::new(&direct.pool, vec![allowed]);
    let member = pool.principal(MOCK_NUMBER, subject);
    let account = direct.service_account.clone();
    let publisher =
        account.as_ref().map_or_else(|| member.clone(), |account| format!("serviceAccount:{account}"));
    let rules = google::Rules {
        project_number: MOCK_NUMBER,
        pools: vec![pool],
        access_lifetime: 3599,
        access_length: 1024,
        project: options.project.clone(),
        topics: vec![direct.topic.clone()],
        publishers: vec![publisher],
        accounts: account.map(|account| HashMap::from([(account, vec![member.clone()])])).unwrap_or_default(),
    };
    let start = async || -> Outcome<_> {
        let (acceptor, roots) = secured(&[STS_HOST, IAM_CREDENTIALS_HOST, PUBSUB_HOST])?;
        let service = Service::new(rules, unix_seconds);
        let identity = options.identity(direct).map_err(|failure| failure.to_string())?;
        service.upload(&identity.provider().to_string(), jwks)?;
        let listening = service.listen(acceptor).await?;
        Ok((service, listening, roots))
    };
    let (service, listening, roots) = start().await.map_err(|error| {
        Failure::new(
            "the mock of Google was started, and that failed",
            error,
            "give --project-number to use Google's own servers",
        )
    })?;
    steps.say(format_args!(
        "A mock of Google listens on {}; pool {}, provider {provider} with this JWKS and the condition \
         {condition}; {member} may publish",
        listening.address(),
        direct.pool
    ));
    Ok((service, listening, roots))
}
