//! Mocks of Azure: Event Grid's MQTT broker, IoT Hub, the Device Provisioning Service; set up as the operator would with
//! `az`.

use atecc608_cloud::azure::dps::{GLOBAL_HOST, Registration};
use demo::{Failure, unix_seconds};
use mock_clouds::azure::dps::{Attestation, Dps, Enrollment};
use mock_clouds::azure::event_grid::{self, EventGrid, TopicSpace};
use mock_clouds::azure::hub::{self, Hub};
use mock_clouds::azure::thumbprint;
use mock_clouds::mqtt::Broker;
use rustls::pki_types::CertificateDer;
use std::sync::Arc;
use std::time::Duration;

use super::{CHANGE, Mock, message, not_started, of_broker};
use crate::clouds::json;
use crate::clouds::topics::Topics;
use crate::identity::Identity;
use crate::report::Report;

const NAMESPACE: &str = "atecc608-demo.westeurope-1.ts.eventgrid.azure.net";
const HUB: &str = "atecc608-demo.azure-devices.net";

/// A namespace that knows the device by the signer and the subject, or, if it has another name, by the thumbprint.
pub(crate) async fn event_grid(
    identity: &Identity,
    id: &str,
    topics: &Topics,
    patience: Duration,
    report: &mut Report,
) -> Result<Mock, Failure> {
    let (own, above) = certificates(identity)?;
    let (known_by, how) = if id == identity.name {
        (event_grid::KnownBy::Subject, "by the CA that issued its certificate, and its subject")
    } else {
        (event_grid::KnownBy::Thumbprint(thumbprint(own)), "by the thumbprint of its certificate")
    };
    let mut namespace = EventGrid::new(Arc::new(unix_seconds))
        .with_client(id, known_by)
        .with_authority(above.clone())
        .with_space(TopicSpace::open("devices/${client.authenticationName}/#"));
    if !topics.telemetry.starts_with("devices/") {
        namespace = namespace.with_space(TopicSpace::open(&topics.telemetry));
    }
    let offer = namespace.offer();
    let broker = Broker::new(namespace, Arc::new(unix_seconds));
    let (changed, desired) = (broker.clone(), topics.desired.clone());
    let change = move || changed.publish(message(&desired, CHANGE));
    let mock = of_broker(NAMESPACE, broker, &offer, patience, Box::new(change)).await?;
    report.say(format_args!(
        "A mock of Event Grid's MQTT broker listens on {} as {NAMESPACE}; the client {id} is registered {how}",
        mock.server.address
    ));
    Ok(mock)
}

/// A hub that knows the device by the thumbprint of its certificate.
pub(crate) async fn hub(
    identity: &Identity,
    id: &str,
    patience: Duration,
    report: &mut Report,
) -> Result<Mock, Failure> {
    let (own, _) = certificates(identity)?;
    let hub = Hub::new(HUB, Arc::new(unix_seconds));
    hub.register(id, hub::KnownBy::Thumbprint(thumbprint(own)));
    let mock = listen(hub, id, patience).await?;
    report.say(format_args!(
        "A mock of IoT Hub listens on {} as {HUB}; the device {id} is registered by the thumbprint of its certificate",
        mock.server.address
    ));
    Ok(mock)
}

/// A service with a hub behind.
pub(crate) struct Provisioning {
    pub(crate) dps: Mock,
    pub(crate) hub: Mock,
}

/// A service with an enrollment group for the root, and the hub that it assigns devices to.
pub(crate) async fn dps(
    identity: &Identity,
    registration: &Registration<'_>,
    patience: Duration,
    report: &mut Report,
) -> Result<Provisioning, Failure> {
    let root = identity.anchor().ok_or_else(|| not_started("there is no certificate"))?;
    let hub = Hub::new(HUB, Arc::new(unix_seconds)).with_authority(root.clone());
    hub.register(registration.id(), hub::KnownBy::Authority);
    let hub = listen(hub, registration.id(), patience).await?;
    let service = Dps::new(registration.id_scope(), Arc::new(unix_seconds))
        .with_enrollment(Enrollment::group(Attestation::X509(root.clone()), HUB))
        .with_polls(0);
    let offer = service.offer();
    let broker = Broker::new(service, Arc::new(unix_seconds));
    let dps = of_broker(GLOBAL_HOST, broker, &offer, patience, Box::new(|| {})).await?;
    report.say(format_args!(
        "A mock of the Device Provisioning Service listens on {} as {GLOBAL_HOST}, a mock of IoT Hub on {} as {HUB}; an \
         enrollment group has the root of the device's certificate",
        dps.server.address, hub.server.address
    ));
    Ok(Provisioning { dps, hub })
}

async fn listen(hub: Hub, id: &str, patience: Duration) -> Result<Mock, Failure> {
    let offer = hub.offer();
    let broker = Broker::new(hub, Arc::new(unix_seconds));
    let (changed, id) = (broker.clone(), id.to_owned());
    let change = move || {
        changed.desire(&id, &json(CHANGE));
    };
    of_broker(HUB, broker, &offer, patience, Box::new(change)).await
}

/// The device's own certificate, and that of whoever issued it.
fn certificates(
    identity: &Identity,
) -> Result<(&CertificateDer<'static>, &CertificateDer<'static>), Failure> {
    let above = identity.chain.get(1).or(identity.root.as_ref());
    let both = identity.chain.first().zip(above);
    both.ok_or_else(|| not_started("the device's issuer is not known: --certificate needs the chain"))
}
