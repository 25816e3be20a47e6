//! AWS IoT Core, with a registered device, a claim and a template, and certificates of given authorities registering
//! themselves.

use std::error::Error;
use std::sync::Arc;

use mock_clouds::aws::{Service, Status};
use mock_servers::bridge::wall_clock;
use mock_servers::pki::{Holder, Request};
use serde_json::json;

use crate::Started;
use crate::options::Options;

const ENDPOINT: &str = "localhost";
const THING: &str = "sensor-1";

const DEVICE_POLICY: &str = include_str!("../../../../mtls/aws/device-policy.json");
const CLAIM_POLICY: &str = include_str!("../../../../mtls/aws/claim-policy.json");
const FLEET_TEMPLATE: &str = include_str!("../../../../mtls/aws/fleet-template.json");
const JITP: &str = include_str!("../../../../mtls/aws/jitp-registration.json");

pub(crate) async fn start(options: &Options) -> Result<Started, Box<dyn Error>> {
    let service = Service::new(ENDPOINT, Arc::new(wall_clock))?;
    let root = Holder::root(&Request::authority("Mock AWS server root"))?;
    let server = root.issue(&Request::server(&[ENDPOINT]))?;
    let owner = Holder::root(&Request::authority("Owner's CA"))?;
    let device = owner.issue(&Request::device(THING))?;
    let claim = owner.issue(&Request::device("claim"))?;
    service.registry(|registry| {
        registry.create_policy("atecc608-device", DEVICE_POLICY)?;
        registry.create_policy("atecc608-claim", CLAIM_POLICY)?;
        registry.create_template("atecc608", FLEET_TEMPLATE)?;
        for authority in &options.clients_of {
            registry
                .register_authority(authority, Some(&JITP.replace("ACCOUNT", mock_clouds::aws::ACCOUNT)))?;
        }
        registry.create_thing(THING);
        let id = registry.register_certificate(device.der(), Status::Active);
        registry.attach_policy(&id, "atecc608-device");
        registry.attach_thing(&id, THING);
        let id = registry.register_certificate(claim.der(), Status::Active);
        registry.attach_policy(&id, "atecc608-claim");
        Ok::<_, Box<dyn Error>>(())
    })?;
    let first = service.listen(&server, options.port).await?;
    let second = service.listen_on_443(&server, 0).await?;
    let (device_pem, device_key) = options.write_holder("device", &device)?;
    let (claim_pem, claim_key) = options.write_holder("claim", &claim)?;
    let says = json!({
        "cloud": "aws",
        "endpoint": ENDPOINT,
        "address": first.address().ip().to_string(),
        "port": first.address().port(),
        "port_443": second.address().port(),
        "ca": options.write_certificates("ca.pem", &[root.der().clone()])?,
        "thing": THING,
        "device": device_pem,
        "device_key": device_key,
        "claim": claim_pem,
        "claim_key": claim_key,
        "template": "atecc608",
    });
    Ok(Started { says, _keeps: Box::new((first, second)) })
}
