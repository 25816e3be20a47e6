//! Azure: Event Grid, a hub, DPS, with a device that has a certificate and one that has a key.
//!
//! Commands come by standard input, one JSON object a line, and each is answered by one: `{"desire": {"id", "patch"}}`,
//! `{"call": {"id", "name", "payload"}}`, `{"message": {"id", "properties", "payload"}}`, `{"twin": id}`, `{"busy": n}`,
//! `{"seen": "hub" | "dps" | "event_grid"}`.

use std::error::Error;
use std::io::BufRead;
use std::sync::Arc;

use base64ct::{Base64, Encoding};
use mock_clouds::azure::dps::{Attestation, Dps, Enrollment};
use mock_clouds::azure::event_grid::{self, EventGrid, TopicSpace};
use mock_clouds::azure::hub::{Hub, KnownBy};
use mock_clouds::mqtt::{Broker, Cloud, Listening, Seen};
use mock_clouds::tls::{Door, Now, Offer};
use mock_servers::bridge::wall_clock;
use mock_servers::pki::{Holder, Request};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::unbounded_channel;

use crate::Started;
use crate::options::Options;

const HUB: &str = "greenhouse.azure-devices.net";
const DPS: &str = "global.azure-devices-provisioning.net";
const EVENT_GRID: &str = "greenhouse.westeurope-1.ts.eventgrid.azure.net";
const SCOPE: &str = "0ne00ABCDEF";
/// By its certificate.
const DEVICE: &str = "sensor-1";
/// By its key.
const KEYED: &str = "sensor-2";
const KEY: [u8; 32] = *b"32 bytes that nobody should use.";
const GROUP_KEY: [u8; 64] = [0xA5; 64];

/// The three services.
#[derive(Clone)]
struct Services {
    event_grid: Broker<EventGrid>,
    hub: Broker<Hub>,
    dps: Broker<Dps>,
}

pub(crate) async fn start(options: &Options) -> Result<Started, Box<dyn Error>> {
    let now: Now = Arc::new(wall_clock);
    let server_root = Holder::root(&Request::authority("Mock Azure server root"))?;
    let server = server_root.issue(&Request::server(&[HUB, DPS, EVENT_GRID, "localhost"]))?;
    let owner = Holder::root(&Request::authority("Owner's CA"))?;
    let signer = owner.issue(&Request::authority("Owner's signer"))?;
    let device = signer.issue(&Request::device(DEVICE))?;

    let mut event_grid = EventGrid::new(now.clone())
        .with_client(DEVICE, event_grid::KnownBy::Subject)
        .with_authority(signer.der().clone())
        .with_space(TopicSpace::open("devices/${client.authenticationName}/#"));
    let mut hub = Hub::new(HUB, now.clone()).with_authority(owner.der().clone());
    hub.register(DEVICE, KnownBy::Authority);
    hub.register(KEYED, KnownBy::Key(KEY.to_vec()));
    let group = |attestation| Enrollment::group(attestation, HUB);
    let individual = Enrollment::individual(KEYED, Attestation::Key(KEY.to_vec()), HUB);
    let mut dps = Dps::new(SCOPE, now.clone())
        .with_enrollment(individual)
        .with_enrollment(group(Attestation::X509(owner.der().clone())))
        .with_enrollment(group(Attestation::Key(GROUP_KEY.to_vec())));
    for authority in &options.clients_of {
        event_grid = event_grid.with_authority(authority.clone());
        hub = hub.with_authority(authority.clone());
        dps = dps.with_enrollment(group(Attestation::X509(authority.clone())));
    }
    let offers = [event_grid.offer(), hub.offer(), dps.offer()];
    let services = Services {
        event_grid: Broker::new(event_grid, now.clone()),
        hub: Broker::new(hub, now.clone()),
        dps: Broker::new(dps, now.clone()),
    };
    let listens = [
        listen(&services.event_grid, options.port, &server, &offers[0], &now).await?,
        listen(&services.hub, 0, &server, &offers[1], &now).await?,
        listen(&services.dps, 0, &server, &offers[2], &now).await?,
    ];
    let ports = listens.each_ref().map(|listening| listening.address().port());
    let (device_pem, device_key) = options.write_holder("device", &device)?;
    let says = json!({
        "cloud": "azure",
        "ca": options.write_certificates("ca.pem", &[server_root.der().clone()])?,
        "event_grid": {"host": EVENT_GRID, "port": ports[0]},
        "hub": {"host": HUB, "port": ports[1]},
        "dps": {"host": DPS, "port": ports[2], "id_scope": SCOPE},
        "name": DEVICE,
        "device": device_pem,
        "device_key": device_key,
        "keyed": KEYED,
        "key": Base64::encode_string(&KEY),
        "group_key": Base64::encode_string(&GROUP_KEY),
    });
    tokio::spawn(obey(services));
    Ok(Started { says, _keeps: Box::new(listens) })
}

async fn listen<C: Cloud>(
    broker: &Broker<C>,
    port: u16,
    server: &Holder,
    offer: &Offer,
    now: &Now,
) -> Result<Listening, Box<dyn Error>> {
    Ok(broker.listen(port, Door::new(server, offer, now.clone())?).await?)
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    Desire { id: String, patch: Value },
    Call { id: String, name: String, payload: String },
    Message { id: String, properties: String, payload: String },
    Twin(String),
    Busy(u32),
    Seen(String),
}

/// Does what standard input says.
async fn obey(services: Services) {
    let (send, mut lines) = unbounded_channel();
    std::thread::spawn(move || {
        // Until it is closed, or nobody listens any more.
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                break;
            }
        }
    });
    while let Some(line) = lines.recv().await {
        let answer = match serde_json::from_str(&line) {
            Ok(order) => services.carry_out(order).await,
            Err(error) => json!({"error": error.to_string()}),
        };
        println!("{answer}");
    }
}

impl Services {
    async fn carry_out(&self, order: Order) -> Value {
        let hub = &self.hub;
        match order {
            Order::Desire { id, patch } => json!({"done": hub.desire(&id, &patch)}),
            Order::Call { id, name, payload } => {
                let (status, payload) = hub.call(&id, &name, &payload).await;
                json!({"status": status, "payload": payload})
            }
            Order::Message { id, properties, payload } => {
                hub.deliver(hub.cloud().message(&id, &properties, &payload));
                json!({"done": true})
            }
            Order::Twin(id) => hub.cloud().twin(&id).map_or(Value::Null, |twin| twin.to_json()),
            Order::Busy(requests) => {
                self.dps.cloud().be_busy(requests);
                json!({"done": true})
            }
            Order::Seen(service) => match service.as_str() {
                "hub" => seen(hub.take_seen()),
                "dps" => seen(self.dps.take_seen()),
                "event_grid" => seen(self.event_grid.take_seen()),
                _ => json!({"error": "no such service"}),
            },
        }
    }
}

fn seen(seen: Seen) -> Value {
    let published: Vec<_> = seen
        .published
        .iter()
        .map(|(client, message)| json!([client, message.topic, String::from_utf8_lossy(&message.payload)]))
        .collect();
    let connected: Vec<_> = seen
        .connected
        .iter()
        .map(|(peer, connect)| json!({"tls": peer.tls, "chain": peer.chain.len(), "user": connect.user_name}))
        .collect();
    json!({"published": published, "connected": connected, "complaints": seen.complaints})
}
