//! What runs in this program when it is given no server elsewhere.

pub(crate) mod aws;
pub(crate) mod azure;
pub(crate) mod broker;
pub(crate) mod google;

use demo::{Failure, unix_seconds};
use mock_clouds::mqtt::{Broker, Cloud, Publish};
use mock_clouds::tls::{Door, Offer};
use mock_servers::pki::{Day, Holder, Request};
use rustls::pki_types::CertificateDer;
use std::sync::Arc;
use std::time::Duration;

use crate::report::Report;
use crate::tls::Server;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// A mock that runs until this is dropped.
pub(crate) struct Mock {
    pub(crate) server: Server,
    /// Somebody changes what the device shall do.
    change: Box<dyn Fn()>,
    /// What it has taken, in a sentence.
    summary: Box<dyn Fn() -> String>,
    /// What it found wrong.
    complaints: Box<dyn Fn() -> Vec<String>>,
    /// Its ports.
    _listening: Box<dyn std::any::Any>,
}

impl Mock {
    /// Somebody changes what the device shall do.
    pub(crate) fn change(&self) {
        (self.change)();
    }
}

/// What the mock has to say of it: what it has taken, or why not.
pub(crate) fn witness(
    mock: Option<&Mock>,
    result: Result<(), Failure>,
    report: &mut Report,
) -> Result<(), Failure> {
    explained(mock, result)?;
    if let Some(mock) = mock {
        report.say((mock.summary)());
    }
    Ok(())
}

/// A failure, with what the mock has to say of it.
pub(crate) fn explained<T>(mock: Option<&Mock>, result: Result<T, Failure>) -> Result<T, Failure> {
    let complaints = mock.map(|mock| (mock.complaints)()).unwrap_or_default();
    result.map_err(|failure| match &complaints[..] {
        [] => failure,
        complaints => failure.with_witness(format_args!("the mock: {}", complaints.join("; "))),
    })
}

/// The demo runs on any day.
const VALID: (Day, Day) = ((2020, 1, 1), (2099, 12, 31));

/// A server's key and certificate for these names, and the root that it leads to.
fn authority(names: &[&str]) -> Outcome<(Holder, CertificateDer<'static>)> {
    let root = Holder::root(&Request { valid: VALID, ..Request::authority("Mock root") })?;
    let server = root.issue(&Request { valid: VALID, ..Request::server(names) })?;
    let der = root.der().clone();
    Ok((server, der))
}

/// A broker that listens with this name, and what happens on a change.
async fn of_broker<C: Cloud>(
    name: &str,
    broker: Broker<C>,
    offer: &Offer,
    patience: Duration,
    change: Box<dyn Fn()>,
) -> Result<Mock, Failure> {
    let door = || {
        let (server, root) = authority(&[name])?;
        Ok::<_, Box<dyn std::error::Error>>((Door::new(&server, offer, Arc::new(unix_seconds))?, root))
    };
    let (door, root) = door().map_err(not_started)?;
    of_door(name, broker, door, &root, patience, change).await
}

/// The same with a certificate of this root.
async fn of_door<C: Cloud>(
    name: &str,
    broker: Broker<C>,
    door: Door,
    root: &CertificateDer<'static>,
    patience: Duration,
    change: Box<dyn Fn()>,
) -> Result<Mock, Failure> {
    let listening = broker.listen(0, door).await.map_err(not_started)?;
    let server = Server::mock(name, listening.address(), root, patience)?;
    let summed = broker.clone();
    Ok(Mock {
        server,
        change,
        summary: Box::new(move || {
            let seen = summed.seen();
            let (taken, given) = (seen.published.len(), seen.acknowledged.len());
            format!("The mock has taken {taken} messages; {given} of its own were acknowledged")
        }),
        complaints: Box::new(move || broker.seen().complaints),
        _listening: Box::new(listening),
    })
}

/// A message of somebody else's.
fn message(topic: &str, payload: &str) -> Publish {
    Publish::new(topic, payload.to_owned()).at_least_once()
}

/// A mock did not start.
fn not_started(error: impl std::fmt::Display) -> Failure {
    Failure::new("the mock was started, and that failed", error, "give --endpoint to use a real server")
}

/// What somebody wants changed.
const CHANGE: &str = r#"{"led":"on","interval_s":30}"#;
