//! MQTT with a client certificate whose key is in the chip, by `rumqttc`: at any broker that knows devices by their
//! certificates (mosquitto with `require_certificate true` and `use_identity_as_username true`).
//!
//! ```sh
//! cargo run -p atecc608-linux --example rumqttc
//! cargo run -p atecc608-linux --example rumqttc -- --chip /dev/i2c-1 --ca server-root.pem broker.example:8883
//! ```

mod device;
mod local;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use atecc608_linux::rustls::{ClientCertificate, certified_key};
use mock_clouds::Peer;
use mock_clouds::mqtt::packet::{Connect, Publish, Subscribe};
use mock_clouds::mqtt::{Broker, Client, Cloud, Cut, Refusal, Subscribed, Taken, Welcome};
use rumqttc::{AsyncClient, Event, MqttOptions, Outgoing, Packet, QoS, TlsConfiguration, Transport};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use device::{Arguments, Failure, provider, report};
use local::{Local, trust_chain};

const USAGE: &str =
    "rumqttc [--chip LOCATION] [--address 0xNN] [--slot N] [--chain FILE] [--ca FILE] [HOST:PORT]";

/// The handshake waits for the chip's signature, about 70 ms, in which this thread does nothing else. A program that can't
/// afford that gives the connection a thread of its own, as here.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    report(run().await)
}

async fn run() -> Result<(), Failure> {
    let arguments = Arguments::parse(USAGE)?;
    let device = arguments.device(trust_chain)?;
    let local = Local::new()?;

    let certificate = Arc::new(ClientCertificate::new(certified_key(device.key, device.chain)?));
    let config = certificate.config(provider(), arguments.authorities(&local.certificate)?)?;

    let place = match arguments.place {
        Some(place) => place,
        None => {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let place = format!("localhost:{}", listener.local_addr()?.port());
            tokio::spawn(serve(listener, TlsAcceptor::from(local.config)));
            place
        }
    };
    let (host, port) = place.rsplit_once(':').ok_or("write the broker as HOST:PORT")?;
    let mut options = MqttOptions::new(&device.name, host, port.parse()?);
    options.set_keep_alive(Duration::from_secs(60));
    options.set_transport(Transport::Tls(TlsConfiguration::Rustls(Arc::new(config))));
    let (client, mut events) = AsyncClient::new(options, 10);

    // Out and in again.
    let topic = format!("devices/{}/measured", device.name);
    client.subscribe(&topic, QoS::AtLeastOnce).await?;
    let (mut acknowledged, mut received) = (false, false);
    loop {
        match events.poll().await? {
            Event::Incoming(Packet::ConnAck(_)) => println!("logged in as {}", device.name),
            Event::Incoming(Packet::SubAck(_)) => {
                client.publish(&topic, QoS::AtLeastOnce, false, "21.5").await?;
            }
            Event::Incoming(Packet::PubAck(_)) => {
                println!("published: {topic}");
                acknowledged = true;
            }
            Event::Incoming(Packet::Publish(message)) => {
                println!("received: {} {}", message.topic, String::from_utf8_lossy(&message.payload));
                received = true;
            }
            Event::Outgoing(Outgoing::Disconnect) => return Ok(()),
            _ => {}
        }
        if acknowledged && received {
            client.disconnect().await?;
            received = false;
        }
    }
}

/// A broker on this machine. Who a device is stands in its certificate, and it has the topics below its name.
struct ByCertificate;

impl Cloud for ByCertificate {
    type Login = String;

    fn connect(&self, peer: &Peer, connect: &Connect) -> Result<Welcome<String>, Refusal> {
        let name = peer.common_name().ok_or_else(|| Refusal::silent("no name in the certificate"))?;
        println!("broker: {name} has logged in with {} certificates", peer.chain.len());
        Ok(Welcome::new(name, connect))
    }

    fn subscribe(&self, _: &Client<String>, subscribe: &Subscribe, _: &[String]) -> Result<Subscribed, Cut> {
        Ok(Subscribed::all(&subscribe.filters))
    }

    fn publish(&self, client: &Client<String>, publish: &Publish) -> Result<Taken, Cut> {
        let own = format!("devices/{}/", client.login);
        if publish.topic.starts_with(&own) {
            Ok(Taken::routed())
        } else {
            Err(Cut { code: None, reason: "the topic is another device's".into() })
        }
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor) {
    let broker = Broker::new(ByCertificate, Arc::new(|| 0));
    while let Ok((socket, _)) = listener.accept().await {
        match acceptor.accept(socket).await {
            Ok(stream) => {
                let chain = stream.get_ref().1.peer_certificates().unwrap_or_default().to_vec();
                broker.serve(stream, Peer { chain, ..Peer::default() }).await;
            }
            Err(error) => println!("broker: {error}"),
        }
    }
}
