//! What runs in this program when it is given no server elsewhere.

pub(crate) mod aws;
pub(crate) mod azure;
pub(crate) mod broker;
pub(crate) mod google;

use demo::Failure;
use mock_servers::pki::{Day, Holder, Request};
use rustls::pki_types::CertificateDer;

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

/// A mock did not start.
fn not_started(error: impl std::fmt::Display) -> Failure {
    Failure::new("the mock was started, and that failed", error, "give --endpoint to use a real server")
}

/// What somebody wants changed.
const CHANGE: &str = r#"{"led":"on","interval_s":30}"#;
