//! Google, with a pool and a provider for certificates, a topic, and a service account.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;

use mock_clouds::google::{Doors, HOSTS, Provider, Service, TrustStore};
use mock_servers::bridge::wall_clock;
use mock_servers::google::{Pool, Rules};
use mock_servers::pki::{Day, Holder, Request, Usage};
use serde_json::json;
use x509_parser::time::ASN1Time;

use crate::Started;
use crate::options::Options;

const NUMBER: u64 = 123_456_789_012;
const POOL: &str = "devices";
const PROVIDER: &str = "certificates";
const SUBJECT: &str = "sensor-1";
const PROJECT: &str = "my-project";
const TOPIC: &str = "telemetry";
const ACCOUNT: &str = "publisher@my-project.iam.gserviceaccount.com";

/// The day of a time, in Unix seconds.
fn day(unix: u64) -> Result<Day, Box<dyn Error>> {
    let time = ASN1Time::from_timestamp(unix.try_into()?)?.to_datetime();
    Ok((time.year(), time.month().into(), time.day()))
}

pub(crate) async fn start(options: &Options) -> Result<Started, Box<dyn Error>> {
    let pool = Pool::new(POOL, Vec::new());
    let principal = pool.principal(NUMBER, SUBJECT);
    let service = Service::new(
        Rules {
            project_number: NUMBER,
            pools: vec![pool],
            access_lifetime: 3599,
            access_length: 1024,
            project: PROJECT.into(),
            topics: vec![TOPIC.into()],
            publishers: vec![principal.clone(), format!("serviceAccount:{ACCOUNT}")],
            accounts: HashMap::from([(ACCOUNT.into(), vec![principal])]),
        },
        wall_clock,
    );
    let root = Holder::root(&Request::authority("Mock Google server root"))?;
    let server = root.issue(&Request::server(&HOSTS))?;
    let owner = Holder::root(&Request::authority("Owner's CA"))?;
    let signer = owner.issue(&Request::authority("Owner's signer"))?;
    let now = wall_clock();
    let device = signer.issue(&Request {
        usages: vec![Usage::DigitalSignature, Usage::KeyEncipherment],
        valid: (day(now - 86_400)?, day(now + 365 * 86_400)?),
        ..Request::device(SUBJECT)
    })?;
    let mut trust = TrustStore::of(owner.der());
    trust.anchors.extend(options.clients_of.iter().cloned());
    let provider = Provider::new(POOL, PROVIDER, trust);
    let audience = provider.name(NUMBER);
    service.add(provider)?;
    let listening = service.listen(options.port, Doors::new(&server, Arc::new(wall_clock))?).await?;
    let (device_pem, device_key) = options.write_holder("device", &device)?;
    let says = json!({
        "cloud": "google",
        "hosts": HOSTS,
        "address": listening.address().ip().to_string(),
        "port": listening.address().port(),
        "ca": options.write_certificates("ca.pem", &[root.der().clone()])?,
        "project_number": NUMBER,
        "pool": POOL,
        "provider": PROVIDER,
        "audience": audience,
        "project": PROJECT,
        "topic": TOPIC,
        "service_account": ACCOUNT,
        "subject": SUBJECT,
        "device": device_pem,
        "device_key": device_key,
    });
    Ok(Started { says, _keeps: Box::new(listening) })
}
