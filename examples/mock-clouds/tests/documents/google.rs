//! docs/clouds/google.md: the certificates and the trust store that it makes are right, and its curl command logs in.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use mock_clouds::google::{Doors, HOSTS, Provider, Service, TrustStore};
use mock_clouds::pem;
use mock_servers::google::{Pool, Rules};
use mock_servers::pki::{Holder, Request};

use crate::page::{commands, read, run};

/// The certificates are issued today, whatever day it is.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// The values of a flag, in the order of the page.
fn values(page: &str, flag: &str) -> Vec<String> {
    let quoted = format!("{flag}=\"");
    page.split(&quoted).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn from_a_trust_store_to_an_access_token() {
    let page = read("clouds/google.md");
    let [trust, curl] = &commands("clouds/google.md")[..] else { panic!("two blocks are expected") };
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &format!("{}{trust}", commands("clouds.md").concat())).await;
    let here = folder.path().join("ca");

    let (number, pool) = (4711, Pool::new("devices", vec![]));
    let rules = Rules {
        project_number: number,
        pools: vec![pool.clone()],
        access_lifetime: 3599,
        access_length: 100,
        project: "my-project-4711".into(),
        topics: vec!["telemetry".into()],
        publishers: vec![],
        accounts: HashMap::new(),
    };
    let service = Service::new(rules, now);
    let store =
        TrustStore::from_yaml(&std::fs::read_to_string(here.join("trust_store.yaml")).unwrap()).unwrap();
    assert_eq!((store.anchors.len(), store.intermediates.len()), (1, 1));
    let [mapping] = &values(&page, "--attribute-mapping")[..] else { panic!() };
    let [fleet, revoked] = &values(&page, "--attribute-condition")[..] else { panic!() };
    let provider = |condition: &str| Provider {
        subject: mapping.strip_prefix("google.subject=").unwrap().into(),
        condition: Some(condition.into()),
        ..Provider::new("devices", "chips", store.clone())
    };
    service.add(provider(fleet)).unwrap();

    let always = |request: Request| Request { valid: ((2000, 1, 1), (2100, 1, 1)), ..request };
    let servers = Holder::root(&always(Request::authority("servers"))).unwrap();
    let doors = Doors::new(&servers.issue(&always(Request::server(&HOSTS))).unwrap(), Arc::new(now)).unwrap();
    let listening = service.listen(0, doors).await.unwrap();
    std::fs::write(here.join("servers.pem"), pem("CERTIFICATE", servers.der())).unwrap();
    let curl = format!(
        "NUMBER={number}\ncurl() {{ command curl --silent --show-error --cacert servers.pem --connect-to ::{} \"$@\"; }}\n{curl}",
        listening.address()
    );
    let answer = run(&here, &curl).await;
    assert!(answer.contains("\"access_token\": \"ya29."), "{answer}");
    assert_eq!(service.seen().exchanged[0].principal, pool.principal(number, "sensor-1"));

    // As the page revokes it.
    service.add(provider(revoked)).unwrap();
    let answer = run(&here, &curl).await;
    assert!(answer.contains("rejected by the attribute condition"), "{answer}");
}
