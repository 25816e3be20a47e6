//! IoT Hub: telemetry, the twin's reported and desired properties.

use atecc608_cloud::azure::hub::{
    DESIRED, Device, Incoming, Property, RequestId, TWIN_ANSWERS, twin_get_topic, twin_report_topic,
};
use demo::Failure;
use mock_servers::Message;

use super::{PORT, unfit};
use crate::cli::Options;
use crate::clouds;
use crate::identity::Identity;
use crate::mocks::{self, Mock};
use crate::report::Report;
use crate::session::{Buffers, Session, shown};
use crate::state::State;
use crate::tls::Server;

/// What to compare with the hub.
const COMPARE: &str = "compare with the hub: the device is there by this id (or --device-id), enabled, and its certificate \
                       is registered by thumbprint, or by a verified CA up to which the chain leads";

pub(super) async fn log_in(
    options: &Options,
    identity: &Identity,
    report: &mut Report,
) -> Result<(), Failure> {
    let id = report.client_id.clone();
    let (server, mock) = match &options.endpoint {
        Some(endpoint) => (at(options, endpoint)?, None),
        None => {
            let mock = mocks::azure::hub(identity, &id, options.timeout, report).await?;
            (mock.server.clone(), Some(mock))
        }
    };
    let result = converse(&server, &id, options, identity, mock.as_ref(), report).await;
    mocks::witness(mock.as_ref(), result, report)
}

/// A real hub.
pub(super) fn at(options: &Options, host: &str) -> Result<Server, Failure> {
    Server::at(host, PORT, &options.ca, options.timeout, COMPARE)
}

/// Logs in as this device; telemetry, twin, a change.
pub(super) async fn converse(
    server: &Server,
    id: &str,
    options: &Options,
    identity: &Identity,
    mock: Option<&Mock>,
    report: &mut Report,
) -> Result<(), Failure> {
    let device = Device::new(&server.name, id).map_err(unfit)?;
    let secured = clouds::secured(server, &identity.credentials()?, options, None, report).await?;
    let (mut buffers, user_name) = (Buffers::new(), device.user_name());
    let session = Session::log_in(secured, &device.login(&user_name, None), server, &mut buffers).await?;
    clouds::logged_in(server, report);
    let mut twin = Twin { session, device, last: 0, state: State::default() };

    // Changes that come while the device is away are not sent afterwards: subscribe, then ask.
    twin.session.subscribe(&[TWIN_ANSWERS, DESIRED]).await?;
    report.say("Subscribed to the twin");
    let whole = twin.ask(report).await?;
    let desired = clouds::json(&whole.payload)["desired"].take();
    report.say(format_args!("Twin read; desired: {}", demo::Shown(desired.to_string().as_bytes())));
    clouds::act(&mut twin.state, &desired, report);

    let topic = device.events_topic(&[Property::JSON, Property::UTF_8]).map_err(unfit)?;
    let telemetry = clouds::telemetry(report);
    twin.session.publish(&topic, &telemetry, report).await?;
    report.say(format_args!("Published telemetry to {topic}: {telemetry}"));
    twin.tell(report).await?;

    if let Some(mock) = mock {
        mock.change();
    }
    let patience = mock.map_or(options.wait, |_| server.patience);
    let is_change = |topic: &str| matches!(device.incoming(topic), Some(Incoming::Desired { .. }));
    match twin.session.next(patience, report, is_change).await? {
        Some(change) => {
            report.say(format_args!("Change of the twin received: {}", shown(&change)));
            clouds::act(&mut twin.state, &clouds::json(&change.payload), report);
            report.received.push(change);
            twin.tell(report).await?;
        }
        None => clouds::no_change(mock, patience, report)?,
    }
    report.state = twin.state.json();
    twin.session.log_out().await?;
    report.say("Logged out");
    Ok(())
}

/// The twin, as the device sees it.
struct Twin<'s, 'd> {
    session: Session<'s>,
    device: Device<'d>,
    last: u32,
    state: State,
}

impl Twin<'_, '_> {
    /// Asks for the whole of it.
    async fn ask(&mut self, report: &mut Report) -> Result<Message, Failure> {
        let request = self.next();
        self.session.publish(&twin_get_topic(request), "", report).await?;
        self.answer("the question for the twin", request, report).await
    }

    /// Reports what the device does.
    async fn tell(&mut self, report: &mut Report) -> Result<(), Failure> {
        let (request, reported) = (self.next(), self.state.json().to_string());
        self.session.publish(&twin_report_topic(request), &reported, report).await?;
        self.answer("the report", request, report).await?;
        report.say(format_args!("Reported to the twin: {reported}"));
        Ok(())
    }

    fn next(&mut self) -> RequestId {
        self.last += 1;
        RequestId::new(self.last)
    }

    async fn answer(
        &mut self,
        to: &str,
        request: RequestId,
        report: &mut Report,
    ) -> Result<Message, Failure> {
        let device = self.device;
        let status = |topic: &str| match device.incoming(topic) {
            Some(Incoming::TwinAnswer { status, request: whose, .. }) if whose == request => Some(status),
            _ => None,
        };
        let answer = self.session.answer(to, report, |topic| status(topic).is_some()).await?;
        match status(&answer.topic) {
            Some(status) if !status.is_success() => Err(Failure::new(
                format_args!("the hub answered {to}"),
                status,
                "run again; if it stays, look at the twin in the portal",
            )),
            _ => Ok(answer),
        }
    }
}
