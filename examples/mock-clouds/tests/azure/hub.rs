//! IoT Hub over TLS 1.2.

use std::sync::Arc;

use atecc608::asynch;
use atecc608_cloud::azure::hub::{self, Device, Incoming, Property, RequestId};
use atecc608_cloud::azure::sas::{ChipHmac, SasToken, TOKEN_MAX};
use atecc608_cloud::azure::{self};
use atecc608_cloud::mqtt::{Client, ClientError, Login, LoginRefusal, QoS};
use atecc608_cloud::signer::NoSigner;
use atecc608_cloud::tls::{self, Buffers, RECEIVE_BUFFER, Roots, Settings, TRANSMIT_BUFFER, TlsFailure};
use atecc608_cloud::token::Lifetime;
use embedded_io_adapters::tokio_1::FromTokio;
use mock_clouds::azure::hub::{Hub, KnownBy, Rule};
use mock_clouds::azure::{thumbprint, thumbprint_sha1};
use mock_clouds::mqtt::Broker;
use mock_servers::pki::NOW;
use serde_json::json;
use tokio::net::TcpStream;

use crate::device::{HMAC, Heard, ID, World, dial, entropy};

const HOST: &str = "greenhouse.azure-devices.net";
const KEY: [u8; 32] = [0x5A; 32];

fn broker(hub: Hub) -> Broker<Hub> {
    Broker::new(hub, Arc::new(|| NOW))
}

fn hub(world: &World, known_by: KnownBy) -> Hub {
    let hub = Hub::new(HOST, Arc::new(|| NOW)).with_authority(world.root.der().clone());
    hub.register(ID, known_by);
    hub
}

#[derive(serde::Deserialize)]
struct Settings_ {
    interval: Option<u32>,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct State {
    interval: Option<u32>,
}

#[tokio::test]
async fn telemetry_twin_methods_and_messages_with_the_chips_certificate() {
    let world = World::new();
    let broker = broker(hub(&world, KnownBy::Authority));
    let listening = world.listen(&broker, HOST, &broker.cloud().offer()).await;
    let (transport, version) = dial(world.with_certificate(), &listening, HOST).await.unwrap();
    assert_eq!(version, "TLSv1_2");

    let device = Device::new(HOST, ID).unwrap();
    let user_name = device.user_name();
    let (mut rx, mut tx) = ([0; 2048], [0; 512]);
    let mut client =
        Client::connect(transport, &device.login(&user_name, None), &mut rx, &mut tx).await.unwrap();
    let mut heard = Heard::default();
    let filters = [hub::TWIN_ANSWERS, hub::DESIRED, hub::METHODS, &device.messages_filter()];
    client.subscribe(&filters, &mut heard).await.unwrap();

    let topic = device
        .events_topic(&[Property::JSON, Property::UTF_8, Property::own("alert", "a/b &=%").unwrap()])
        .unwrap();
    client.publish(&topic, QoS::AtLeastOnce, br#"{"t":21.5}"#, &mut heard).await.unwrap();
    assert_eq!(broker.seen().payloads(&topic), [r#"{"t":21.5}"#]);

    // The twin: asked for, changed from both sides.
    let mut next = async |heard: &mut Heard| {
        while heard.0.is_empty() {
            client.receive(heard).await.unwrap();
        }
        heard.0.remove(0)
    };
    broker.desire(ID, &json!({"interval": 60}));
    let (topic, payload) = next(&mut heard).await;
    assert!(matches!(device.incoming(&topic), Some(Incoming::Desired { version: Some(2) })));
    let desired = hub::read_desired::<Settings_>(payload.as_bytes()).unwrap();
    assert_eq!((desired.values.interval, desired.version), (Some(60), 2));

    let mut buffer = [0; 64];
    let report = hub::write_json(&State { interval: Some(60) }, &mut buffer).unwrap();
    let request = RequestId::new(7);
    let mut publish = async |topic: &str, payload: &[u8], heard: &mut Heard| {
        client.publish(topic, QoS::AtLeastOnce, payload, heard).await.unwrap();
        while heard.0.is_empty() {
            client.receive(heard).await.unwrap();
        }
        heard.0.remove(0)
    };
    let (topic, _) = publish(&hub::twin_report_topic(request), report, &mut heard).await;
    let Some(Incoming::TwinAnswer { status, request: answered, version }) = device.incoming(&topic) else {
        panic!("{topic}")
    };
    assert!(status.is_success());
    assert_eq!((status.code(), answered, version), (204, request, Some(2)));

    let (topic, payload) = publish(&hub::twin_get_topic(RequestId::new(8)), b"", &mut heard).await;
    assert!(
        matches!(device.incoming(&topic), Some(Incoming::TwinAnswer { status, .. }) if status.code() == 200)
    );
    let twin = hub::read_twin::<Settings_, State>(payload.as_bytes()).unwrap();
    assert_eq!((twin.desired.values.interval, twin.reported.interval), (Some(60), Some(60)));

    let (topic, _) = publish(&hub::twin_report_topic(RequestId::new(9)), b"no JSON", &mut heard).await;
    assert!(matches!(
        device.incoming(&topic),
        Some(Incoming::TwinAnswer { status, .. }) if status.to_string().contains("JSON")
    ));

    // A message, then a direct method, which somebody waits for.
    broker.deliver(broker.cloud().message(ID, "%24.mid=m-1&to=a%20b", "hello"));
    client.receive(&mut heard).await.unwrap();
    let (topic, payload) = heard.0.remove(0);
    let Some(Incoming::Message(properties)) = device.incoming(&topic) else { panic!("{topic}") };
    assert_eq!(properties.get("to").unwrap(), "a b");
    assert_eq!(payload, "hello");

    let call = broker.call(ID, "set%20led", r#"{"on":true}"#);
    let answer = async {
        client.receive(&mut heard).await.unwrap();
        let (topic, payload) = heard.0.remove(0);
        let Some(Incoming::Method { name, request }) = device.incoming(&topic) else { panic!("{topic}") };
        assert_eq!(name, "set led");
        assert_eq!(payload, r#"{"on":true}"#);
        let topic = hub::method_answer_topic(200, request).unwrap();
        client.publish(&topic, QoS::AtLeastOnce, b"true", &mut heard).await.unwrap();
    };
    assert_eq!(tokio::join!(call, answer).0, (200, "true".to_owned()));
    client.disconnect().await.unwrap();
    assert!(broker.seen().complaints.is_empty(), "{:?}", broker.seen().complaints);
}

#[tokio::test]
async fn by_thumbprint_of_either_length() {
    let world = World::new();
    for known in [thumbprint(&world.chain[0]), thumbprint_sha1(&world.chain[0])] {
        let broker = broker(hub(&world, KnownBy::Thumbprint(known)));
        let listening = world.listen(&broker, HOST, &broker.cloud().offer()).await;
        assert_eq!(log_in(&world, &listening, None).await, Ok(()));
    }
    let broker = broker(hub(&world, KnownBy::Thumbprint("00".repeat(32))));
    let listening = world.listen(&broker, HOST, &broker.cloud().offer()).await;
    assert_eq!(log_in(&world, &listening, None).await, Err(LoginRefusal::NotAuthorised));
}

async fn log_in(
    world: &World,
    listening: &mock_clouds::mqtt::Listening,
    password: Option<&[u8]>,
) -> Result<(), LoginRefusal> {
    let config = match password {
        None => world.with_certificate(),
        Some(_) => world.without_certificate(&[&rustls::version::TLS12]),
    };
    let (transport, _) = dial(config, listening, HOST).await.unwrap();
    let device = Device::new(HOST, ID).unwrap();
    let user_name = device.user_name();
    let login = Login { password, ..device.login(&user_name, None) };
    let (mut rx, mut tx) = ([0; 256], [0; 2048]);
    match Client::connect(transport, &login, &mut rx, &mut tx).await {
        Ok(_) => Ok(()),
        Err(ClientError::Refused(refusal)) => Err(refusal),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn by_tokens_of_the_chips_hmac_from_both_drivers() {
    let world = World::new();
    let broker = broker(hub(&world, KnownBy::Key(KEY.to_vec())));
    let listening = world.listen(&broker, HOST, &broker.cloud().offer()).await;
    let resource = Device::new(HOST, ID).unwrap().resource();
    let mut buffer = [0; TOKEN_MAX];
    let len = world.token(&resource, NOW, &mut buffer).await;
    assert_eq!(log_in(&world, &listening, Some(&buffer[..len])).await, Ok(()));

    let mut chip = asynch::Atecc608::new(world.bus.i2c(), world.bus.delay());
    let mut own = [0; TOKEN_MAX];
    let mut signer = ChipHmac::new(&mut chip, HMAC);
    let token = SasToken::issue(&resource, NOW, Lifetime::HOUR, &mut signer, &mut own).await.unwrap();
    assert_eq!(token.as_bytes(), &buffer[..len], "both drivers, one token");
    assert_eq!(log_in(&world, &listening, Some(token.as_bytes())).await, Ok(()));

    // Microsoft's way to make one gives the same.
    let same = mock_clouds::azure::token(&format!("{HOST}/devices/{ID}"), &KEY, NOW + 3600, None);
    assert_eq!(token.as_str(), same);

    // Of two hours ago.
    let len = world.token(&resource, NOW - 7200, &mut buffer).await;
    let refused = log_in(&world, &listening, Some(&buffer[..len])).await;
    assert_eq!(refused, Err(LoginRefusal::NotAuthorised));
    assert!(broker.seen().complaints.iter().any(|reason| reason.contains("expired")));
}

#[tokio::test]
async fn a_device_that_shows_one_certificate_of_two_is_refused() {
    let mut world = World::new();
    let broker = broker(hub(&world, KnownBy::Authority));
    let listening = world.listen(&broker, HOST, &broker.cloud().offer()).await;
    assert_eq!(log_in(&world, &listening, None).await, Ok(()));
    world.chain.truncate(1);
    assert_eq!(log_in(&world, &listening, None).await, Err(LoginRefusal::NotAuthorised));
    assert!(broker.seen().complaints[0].contains("do not lead to an authority"));
}

/// The TLS of microcontrollers is 1.3 only, and says so.
#[tokio::test]
async fn tls_1_3_alone_does_not_reach_a_hub() {
    let world = World::new();
    for (rule, reached) in [(None, false), (Some(Rule::Tls12), true)] {
        let cloud = hub(&world, KnownBy::Authority);
        let cloud = match rule {
            None => cloud,
            Some(rule) => cloud.without(rule),
        };
        let broker = broker(cloud);
        let listening = world.listen(&broker, HOST, &broker.cloud().offer()).await;
        let mut roots = Roots::new();
        roots.add(world.server_root.der()).unwrap();
        let tcp = TcpStream::connect(listening.address()).await.unwrap();
        let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; TRANSMIT_BUFFER]);
        let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
        let settings: Settings<'_, NoSigner> = Settings::new(HOST, &roots, NOW);
        let mut random = entropy();
        let result = tls::connect(FromTokio::new(tcp), settings, buffers, &mut random).await;
        match result {
            Ok(_) => assert!(reached),
            Err(failure) => {
                assert!(!reached);
                assert!(matches!(failure, TlsFailure::Version(_)), "{failure}");
                let advice = azure::advice(HOST, &failure).unwrap();
                assert!(advice.contains("TLS 1.2 only") && advice.contains("Event Grid"), "{advice}");
                assert_eq!(azure::advice("broker.example.com", &failure), None);
            }
        }
    }
    // The other way round, by a public client: a hub with its rule refuses TLS 1.3 alone.
    let broker = broker(hub(&world, KnownBy::Authority));
    let listening = world.listen(&broker, HOST, &broker.cloud().offer()).await;
    let config = world.without_certificate(&[&rustls::version::TLS13]);
    assert!(dial(config, &listening, HOST).await.is_err());
}
