//! Event Grid: by rustls at TLS 1.2 and 1.3, and by the TLS of microcontrollers.

use std::sync::Arc;

use atecc608::asynch;
use atecc608_cloud::azure::event_grid::{Client as Name, check_topic};
use atecc608_cloud::mqtt::{Client, ClientError, LoginRefusal, QoS};
use atecc608_cloud::tls::{self, Buffers, ClientIdentity, RECEIVE_BUFFER, Roots, Settings, TRANSMIT_BUFFER};
use atecc608_cloud::token::ChipSigner;
use embedded_io_adapters::tokio_1::FromTokio;
use embedded_io_async::{Read, Write};
use mock_clouds::azure::event_grid::{EventGrid, KnownBy, TopicSpace};
use mock_clouds::azure::thumbprint;
use mock_clouds::mqtt::Broker;
use mock_servers::pki::NOW;
use tokio::net::TcpStream;

use crate::device::{Heard, ID, SIGNING, World, dial, entropy};

const HOST: &str = "greenhouse.westeurope-1.ts.eventgrid.azure.net";
const TOPIC: &str = "devices/sensor-1/temperature";

fn namespace(world: &World, known_by: KnownBy) -> Broker<EventGrid> {
    let cloud = EventGrid::new(Arc::new(|| NOW))
        .with_client(ID, known_by)
        .with_authority(world.signer.der().clone())
        .with_space(TopicSpace::open("devices/${client.authenticationName}/#"));
    Broker::new(cloud, Arc::new(|| NOW))
}

/// Out and back: a message that it is subscribed to itself.
async fn talk<T: Read + Write<Error: std::fmt::Debug>>(transport: T) -> Result<(), ClientError<T::Error>> {
    let login = Name::new(HOST, ID, ID).unwrap().login();
    let (mut rx, mut tx) = ([0; 512], [0; 512]);
    let mut client = Client::connect(transport, &login, &mut rx, &mut tx).await?;
    let mut heard = Heard::default();
    client.subscribe(&["devices/sensor-1/#"], &mut heard).await?;
    client.publish(check_topic(TOPIC).unwrap(), QoS::AtLeastOnce, b"21.5", &mut heard).await?;
    while heard.0.is_empty() {
        client.receive(&mut heard).await?;
    }
    assert_eq!(heard.0, [(TOPIC.to_owned(), "21.5".to_owned())]);
    client.disconnect().await.map(|_| ())
}

#[tokio::test]
async fn by_rustls_with_the_chips_key_at_both_versions() {
    let world = World::new();
    for known_by in [KnownBy::Subject, KnownBy::Thumbprint(thumbprint(&world.chain[0]))] {
        for (version, expected) in
            [(&rustls::version::TLS12, "TLSv1_2"), (&rustls::version::TLS13, "TLSv1_3")]
        {
            let broker = namespace(&world, known_by.clone());
            let mut offer = broker.cloud().offer();
            offer.versions = vec![version];
            let listening = world.listen(&broker, HOST, &offer).await;
            let (transport, version) = dial(world.with_certificate(), &listening, HOST).await.unwrap();
            assert_eq!(version, expected);
            talk(transport).await.unwrap();
            let (peer, connect) = &broker.seen().connected[0];
            assert_eq!((peer.chain.len(), peer.common_name().as_deref()), (2, Some(ID)));
            assert_eq!(connect.user_name.as_deref(), Some(ID));
            assert!(broker.seen().complaints.is_empty());
        }
    }
}

#[tokio::test]
async fn by_the_tls_of_microcontrollers_with_the_chain() {
    let world = World::new();
    let broker = namespace(&world, KnownBy::Subject);
    let listening = world.listen(&broker, HOST, &broker.cloud().offer()).await;
    let mut roots = Roots::new();
    roots.add(world.server_root.der()).unwrap();
    let mut chip = asynch::Atecc608::new(world.bus.i2c(), world.bus.delay());
    let chain: Vec<&[u8]> = world.chain.iter().map(|der| der.as_ref()).collect();
    let client = ClientIdentity { chain: &chain, signer: ChipSigner::new(&mut chip, SIGNING) };
    let tcp = TcpStream::connect(listening.address()).await.unwrap();
    let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; TRANSMIT_BUFFER]);
    let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
    let settings = Settings::new(HOST, &roots, NOW).with_client(client);
    let mut random = entropy();
    let secured = tls::connect(FromTokio::new(tcp), settings, buffers, &mut random).await.unwrap();
    talk(secured).await.unwrap();
    let (peer, _) = &broker.seen().connected[0];
    assert_eq!((peer.tls.as_deref(), peer.chain.len()), (Some("TLSv1_3"), 2));
    assert!(broker.seen().complaints.is_empty(), "{:?}", broker.seen().complaints);
}

#[tokio::test]
async fn a_certificate_that_is_not_known_is_refused_in_words() {
    let world = World::new();
    let broker = namespace(&world, KnownBy::Thumbprint("00".repeat(32)));
    let listening = world.listen(&broker, HOST, &broker.cloud().offer()).await;
    let (transport, _) = dial(world.with_certificate(), &listening, HOST).await.unwrap();
    let error = talk(transport).await.unwrap_err();
    assert!(matches!(error, ClientError::Refused(LoginRefusal::NotAuthorised)), "{error}");
    assert!(error.to_string().contains("certificate"), "{error}");
    assert_eq!(broker.seen().complaints, ["sensor-1: another thumbprint"]);
}
