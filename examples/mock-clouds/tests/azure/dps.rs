//! DPS over TLS 1.2.

use std::sync::Arc;

use atecc608::x509::Certificate;
use atecc608_cloud::azure::dps::{self, Assignment, POLLS_MAX, RegisterError, Registration};
use atecc608_cloud::azure::sas::{SymmetricKey, TOKEN_MAX};
use atecc608_cloud::mqtt::{Client, Login};
use base64ct::{Base64, Encoding};
use embedded_hal_async::delay::DelayNs;
use mock_clouds::azure::dps::{Attestation, Dps, Enrollment};
use mock_clouds::mqtt::Broker;
use mock_servers::pki::{Holder, NOW, Request};

use crate::device::{ID, World, dial};

const SCOPE: &str = "0ne00ABCDEF";
const HUB: &str = "greenhouse.azure-devices.net";

/// Waits for nothing, and counts.
#[derive(Default)]
struct Waits(Vec<u64>);

impl DelayNs for Waits {
    async fn delay_ns(&mut self, ns: u32) {
        *self.0.last_mut().unwrap() += u64::from(ns);
    }

    async fn delay_ms(&mut self, ms: u32) {
        self.0.push(u64::from(ms));
    }
}

type Registered = Result<Assignment, RegisterError<std::io::Error>>;

async fn register(world: &World, dps: Dps, password: Option<&[u8]>) -> (Registered, Vec<u64>, Broker<Dps>) {
    let broker = Broker::new(dps, Arc::new(|| NOW));
    let listening = world.listen(&broker, dps::GLOBAL_HOST, &broker.cloud().offer()).await;
    let config = match password {
        None => world.with_certificate(),
        Some(_) => world.without_certificate(&[&rustls::version::TLS12]),
    };
    let (transport, version) = dial(config, &listening, dps::GLOBAL_HOST).await.unwrap();
    assert_eq!(version, "TLSv1_2");
    let registration = match password {
        None => Registration::of_certificate(SCOPE, &Certificate::parse(&world.chain[0]).unwrap()).unwrap(),
        Some(_) => Registration::new(SCOPE, ID).unwrap(),
    };
    assert_eq!(registration.id(), ID);
    let user_name = registration.user_name();
    let login = Login { password, ..registration.login(&user_name, None) };
    let (mut rx, mut tx) = ([0; dps::RECEIVE_BUFFER], [0; 2048]);
    let mut client = Client::connect(transport, &login, &mut rx, &mut tx).await.unwrap();
    let mut waits = Waits::default();
    let registered = dps::register(&mut client, &registration, &mut waits).await;
    (registered, waits.0, broker)
}

fn group(world: &World) -> Dps {
    let root = Attestation::X509(world.root.der().clone());
    Dps::new(SCOPE, Arc::new(|| NOW)).with_enrollment(Enrollment::group(root, HUB))
}

#[tokio::test]
async fn a_group_by_the_chain_that_the_chips_key_proves() {
    let world = World::new();
    let (registered, waits, broker) = register(&world, group(&world).with_polls(2), None).await;
    let assignment = registered.unwrap();
    assert_eq!((assignment.hub(), assignment.device_id()), (HUB, ID));
    assert_eq!(assignment.device().unwrap().host(), HUB);
    assert_eq!(waits, [3000, 3000, 3000], "as long as it was told");
    assert_eq!(broker.cloud().assigned().len(), 1);
}

#[tokio::test]
async fn an_individual_enrollment_gives_the_device_another_id() {
    let world = World::new();
    let own = Attestation::X509(world.chain[0].clone());
    let enrollment =
        Enrollment { device_id: Some("greenhouse-7".into()), ..Enrollment::individual(ID, own, HUB) };
    let dps = Dps::new(SCOPE, Arc::new(|| NOW)).with_enrollment(enrollment);
    assert_eq!(register(&world, dps, None).await.0.unwrap().device_id(), "greenhouse-7");
}

#[tokio::test]
async fn a_busy_service_is_asked_again_but_not_for_ever() {
    let world = World::new();
    let dps = group(&world);
    dps.be_busy(2);
    let (registered, waits, _) = register(&world, dps, None).await;
    assert_eq!((registered.is_ok(), waits), (true, vec![3000; 4]));

    let (registered, waits, _) = register(&world, group(&world).with_polls(u32::MAX), None).await;
    assert!(matches!(registered, Err(RegisterError::StillAssigning)));
    assert_eq!(waits.len(), POLLS_MAX as usize);
    let dps = group(&world);
    dps.be_busy(u32::MAX);
    let error = register(&world, dps, None).await.0.unwrap_err();
    assert!(error.to_string().contains("too many requests"), "{error}");
}

#[tokio::test]
async fn refusals_have_words() {
    let mut world = World::new();
    let other = Holder::root(&Request::authority("other")).unwrap();
    let foreign = Attestation::X509(other.der().clone());
    let dps = Dps::new(SCOPE, Arc::new(|| NOW)).with_enrollment(Enrollment::group(foreign, HUB));
    let error = register(&world, dps, None).await.0.unwrap_err().to_string();
    for words in ["another certificate", "chain", "401002", "Invalid certificate.", "tracking id 8ad0463c"] {
        assert!(error.contains(words), "{error}");
    }
    let nobody = Dps::new(SCOPE, Arc::new(|| NOW));
    let error = register(&world, nobody, None).await.0.unwrap_err().to_string();
    assert!(error.contains("no such enrollment"), "{error}");
    // The same device without its signer's certificate.
    world.chain.truncate(1);
    let dps = group(&world);
    let error = register(&world, dps, None).await.0.unwrap_err().to_string();
    assert!(error.contains("chain up to the enrolled certificate was not shown"), "{error}");
}

/// The group's key makes the device's, on the host; the device's is in the chip and makes the token.
#[tokio::test]
async fn a_group_by_a_derived_key_in_the_chip() {
    let group_key = Base64::encode_string(&[0xA5; 64]);
    assert!(SymmetricKey::from_base64(&group_key).is_err(), "the group's own does not fit");
    let world = World::with_key(&SymmetricKey::derived(&group_key, ID).unwrap());
    let mut buffer = [0; TOKEN_MAX];
    let resource = Registration::new(SCOPE, ID).unwrap().resource();
    let len = world.token(&resource, NOW, &mut buffer).await;
    let dps = || {
        let group = Enrollment::group(Attestation::Key(vec![0xA5; 64]), HUB);
        Dps::new(SCOPE, Arc::new(|| NOW)).with_enrollment(group)
    };
    assert_eq!(register(&world, dps(), Some(&buffer[..len])).await.0.unwrap().hub(), HUB);
    // Another device's key.
    let world = World::with_key(&SymmetricKey::derived(&group_key, "sensor-2").unwrap());
    let len = world.token(&resource, NOW, &mut buffer).await;
    let error = register(&world, dps(), Some(&buffer[..len])).await.0.unwrap_err();
    assert!(error.to_string().contains("not authorised"), "{error}");
}
