//! The conversation with each cloud.

mod aws;
mod azure;
mod broker;
mod google;
pub(crate) mod topics;

pub(crate) use aws::CLAIM_TEMPLATE;

use demo::{Failure, Shown, unix_seconds};
use serde_json::Value;
use std::time::Duration;

use crate::cli::{Cloud, Options};
use crate::identity::Identity;
use crate::mocks::Mock;
use crate::report::Report;
use crate::state::State;
use crate::tls::{self, Credentials, NotIn, Secured, Server};

/// Logs in, publishes, takes a change, acts upon it, reports.
pub(crate) async fn log_in(
    options: &Options,
    identity: &Identity,
    report: &mut Report,
) -> Result<(), Failure> {
    report.client_id = options.client_id.clone().unwrap_or_else(|| identity.name.clone());
    match options.cloud {
        Cloud::Aws => aws::log_in(options, identity, report).await,
        Cloud::Azure(service) => azure::log_in(service, options, identity, report).await,
        Cloud::Mosquitto => broker::log_in(options, identity, report).await,
        Cloud::Google => google::log_in(options, identity, report).await,
    }
}

/// What the device measures. A board would have a sensor.
fn telemetry(report: &Report) -> String {
    format!(r#"{{"serial":"{}","time":{}}}"#, report.chip.serial, unix_seconds())
}

/// Does what is desired, and says so.
fn act(state: &mut State, desired: &Value, report: &mut Report) {
    for done in state.apply(desired) {
        // From outside: nothing of it commands the terminal.
        report.say(format_args!("Acted upon it: {}", Shown(done.as_bytes())));
    }
}

/// None came: from a mock one must.
fn no_change(mock: Option<&Mock>, patience: Duration, report: &mut Report) -> Result<(), Failure> {
    if mock.is_some() {
        return Err(Failure::new(
            "the device waited for a change",
            format_args!("none came within {patience:?}"),
            "run again; this machine may be very busy",
        ));
    }
    report.say(format_args!("No change came within {patience:?}; --wait says how long to wait"));
    Ok(())
}

/// Connects, and says what was agreed on.
async fn secured(
    server: &Server,
    credentials: &Credentials,
    options: &Options,
    alpn: Option<&str>,
    report: &mut Report,
) -> Result<Secured, NotIn> {
    report.endpoint.clone_from(&server.address);
    report.mock = server.mock;
    let before = report.signatures;
    let secured = tls::connect(server, credentials, options.tls, alpn, report).await?;
    let shown = match (credentials.signatures(), report.signatures - before) {
        (None, _) => "the claim certificate shown".to_owned(),
        (_, 0) => "the device's not asked for".to_owned(),
        (_, 1) => "the device's shown, by 1 signature of the chip".to_owned(),
        (_, several) => format!("the device's shown, by {several} signatures of the chip"),
    };
    let alpn = report.alpn.as_ref().map(|name| format!(", ALPN {name}")).unwrap_or_default();
    let (version, suite) = (&report.tls_version, &report.cipher_suite);
    let said = format!(
        "TLS {version} with {} at {}: its certificate is verified, {shown} ({suite}{alpn})",
        server.name, server.address
    );
    report.say(said);
    Ok(secured)
}

/// After the login.
fn logged_in(server: &Server, report: &mut Report) {
    report.say(format!("Logged in to {} as {}", server.name, report.client_id));
}

/// A payload as JSON; what is none is text.
pub(crate) fn json(payload: &str) -> Value {
    serde_json::from_str(payload).unwrap_or_else(|_| Value::String(payload.to_owned()))
}

/// JSON as text in which nothing commands the terminal.
fn text(json: &Value) -> String {
    match json {
        Value::Null => "nothing".into(),
        json => Shown(json.to_string().as_bytes()).to_string(),
    }
}
