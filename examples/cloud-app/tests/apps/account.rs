//! An account at AWS.

use crate::site::Site;
use atecc608_cloud::aws::endpoint::Port;
use mock_clouds::aws::{Aws, PROTOCOL, Service, Status};
use mock_clouds::tls::Offer;
use mock_servers::pki::{Holder, Request};
use std::sync::Arc;
use tokio::time::Instant;

pub(crate) const ENDPOINT: &str = "a1b2c3d4e5f6g7-ats.iot.eu-central-1.amazonaws.com";
pub(crate) const THING: &str = "sensor-1";
const POLICY: &str = include_str!("../../../mtls/aws/device-policy.json");
pub(crate) const JITP: &str = include_str!("../../../mtls/aws/jitp-registration.json");

/// An account with the policy of the documents, and its owner's CA.
pub(crate) struct Account {
    pub(crate) service: Service,
    pub(crate) site: Site<Aws>,
    pub(crate) signer: Holder,
}

impl Account {
    pub(crate) fn new() -> Self {
        Self::at(Port::Mqtt)
    }

    pub(crate) fn at(port: Port) -> Self {
        let began = Instant::now();
        let service = Service::new(ENDPOINT, Arc::new(move || Site::<Aws>::now(began))).unwrap();
        service.registry(|registry| registry.create_policy("atecc608-device", POLICY)).unwrap();
        let owner = Holder::root(&Request::authority("Owner")).unwrap();
        let signer = owner.issue(&Request::authority("Signer")).unwrap();
        let protocols = match port {
            Port::Mqtt => vec![],
            Port::Https => vec![PROTOCOL.into(), "x-amzn-http-ca".into()],
        };
        let offer = Offer { protocols, ..Offer::new(port.number()) };
        let site = Site::new(service.broker(), ENDPOINT, &offer, port.protocols(), began);
        Self { service, site, signer }
    }

    /// A certificate for this key, and its signer's.
    pub(crate) fn certify(&self, name: &str, key: &[u8]) -> [Vec<u8>; 2] {
        let own = self.signer.certify(&Request::device(name), key).unwrap();
        [own.to_vec(), self.signer.der().to_vec()]
    }

    /// The certificate may be the thing.
    pub(crate) fn register(&self, der: &[u8]) {
        self.service.registry(|registry| {
            registry.create_thing(THING);
            let id = registry.register_certificate(der, Status::Active);
            assert!(registry.attach_policy(&id, "atecc608-device") && registry.attach_thing(&id, THING));
        });
    }

    pub(crate) fn complaints(&self) -> Vec<String> {
        self.service.broker().seen().complaints
    }
}
