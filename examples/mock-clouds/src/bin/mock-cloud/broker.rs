//! Brokers that people run themselves: mosquitto for certificates; EMQX and HiveMQ for tokens.

use std::error::Error;
use std::sync::Arc;

use mock_clouds::broker::mosquitto::{Acl, Settings};
use mock_clouds::broker::{Emqx, HiveMq, Jwks, Mosquitto, emqx, hivemq};
use mock_clouds::mqtt::Broker;
use mock_clouds::tls::{Clients, Door, Now, Offer};
use mock_servers::bridge::wall_clock;
use mock_servers::pki::{Holder, Request};
use serde_json::json;

use crate::Started;
use crate::options::Options;

const HOST: &str = "localhost";
const SUBJECT: &str = "sensor-1";

/// Devices write and read below their own name; the watcher sees everything.
const ACL: &str = "pattern readwrite devices/%u/#\n\nuser watcher\ntopic readwrite #\n";

pub(crate) async fn start(options: &Options) -> Result<Started, Box<dyn Error>> {
    let now: Now = Arc::new(wall_clock);
    let root = Holder::root(&Request::authority("Mock broker root"))?;
    let server = root.issue(&Request::server(&[HOST]))?;
    let owner = Holder::root(&Request::authority("Owner's CA"))?;
    let mut authorities = vec![owner.der().clone()];
    authorities.extend(options.clients_of.iter().cloned());
    let settings = Settings { authorities, revoked: None, acl: Some(Acl::parse(ACL)?) };
    let mosquitto = Mosquitto::new(settings, Now::clone(&now))?;
    let door = mosquitto.door(&server)?;
    let first = Broker::new(mosquitto, Now::clone(&now)).listen(options.port, door).await?;

    let keys = options.jwks.as_deref().map_or_else(|| Ok(Jwks::default()), Jwks::parse)?;
    let offer = Offer { clients: Clients::NotAsked, ..Offer::new(8883) };
    let door = Door::new(&server, &offer, Now::clone(&now))?;
    let mut settings = emqx::Settings::new(keys.clone());
    // A token without a list of topics may do everything.
    settings.no_match_allows = true;
    let emqx = Broker::new(Emqx::new(settings, Now::clone(&now)), Now::clone(&now));
    let second = emqx.listen(0, door.clone()).await?;
    let hivemq = HiveMq::new(hivemq::Settings::new(), keys, Now::clone(&now));
    let third = Broker::new(hivemq, now).listen(0, door).await?;

    let (device_pem, device_key) =
        options.write_holder("device", &owner.issue(&Request::device(SUBJECT))?)?;
    let (watcher_pem, watcher_key) =
        options.write_holder("watcher", &owner.issue(&Request::device("watcher"))?)?;
    let says = json!({
        "cloud": "broker",
        "endpoint": HOST,
        "address": first.address().ip().to_string(),
        "port": first.address().port(),
        "port_emqx": second.address().port(),
        "port_hivemq": third.address().port(),
        "ca": options.write_certificates("ca.pem", &[root.der().clone()])?,
        "topics": format!("devices/{SUBJECT}/#"),
        "device": device_pem,
        "device_key": device_key,
        "watcher": watcher_pem,
        "watcher_key": watcher_key,
    });
    Ok(Started { says, _keeps: Box::new((first, second, third)) })
}
