//! Azure: Event Grid's MQTT broker, IoT Hub, the Device Provisioning Service.

mod dps;
mod hub;

use atecc608_cloud::azure::event_grid::{Client, check_topic};
use demo::Failure;
use std::fmt::Display;

use super::topics::{self, Topics};
use crate::cli::{Options, Service};
use crate::identity::Identity;
use crate::mocks;
use crate::report::Report;
use crate::session::{Buffers, Session};
use crate::tls::Server;

const PORT: u16 = 8883;

/// What to compare with the namespace.
const COMPARE: &str = "compare with the namespace: the client's authentication name is the client id, its certificate is \
                       registered by thumbprint or by the CA that issued it directly, and topic spaces with permission \
                       bindings allow the topics";

/// The whole conversation.
pub(super) async fn log_in(
    service: Service,
    options: &Options,
    identity: &Identity,
    report: &mut Report,
) -> Result<(), Failure> {
    report.protocol = "MQTT 3.1.1";
    match service {
        Service::EventGrid => event_grid(options, identity, report).await,
        Service::Hub => hub::log_in(options, identity, report).await,
        Service::Dps => dps::log_in(options, identity, report).await,
    }
}

async fn event_grid(options: &Options, identity: &Identity, report: &mut Report) -> Result<(), Failure> {
    let id = report.client_id.clone();
    let topics = Topics::of(&id, options.topic.as_deref());
    check_topic(&topics.telemetry).map_err(unfit)?;
    let (server, mock) = match &options.endpoint {
        Some(endpoint) => (Server::at(endpoint, PORT, &options.ca, options.timeout, COMPARE)?, None),
        None => {
            let mock = mocks::azure::event_grid(identity, &id, &topics, options.timeout, report).await?;
            (mock.server.clone(), Some(mock))
        }
    };
    let conversation = async {
        let client = Client::new(&server.name, &id, &id).map_err(unfit)?;
        let secured = super::secured(&server, &identity.credentials()?, options, None, report).await?;
        let mut buffers = Buffers::new();
        let session = Session::log_in(secured, &client.login(), &server, &mut buffers).await?;
        super::logged_in(&server, report);
        topics::converse(session, &topics, mock.as_ref(), options.wait, report).await
    };
    let result = conversation.await;
    mocks::witness(mock.as_ref(), result, report)
}

/// A name that Azure does not take.
fn unfit(error: impl Display) -> Failure {
    Failure::new(
        "the device's names at Azure can't be used",
        error,
        "change --client-id, --endpoint, --topic or --id-scope",
    )
}
