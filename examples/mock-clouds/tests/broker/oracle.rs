//! rumqttc as a client of the mocks, over real TLS.

use std::sync::Arc;
use std::time::Duration;

use mock_clouds::broker::{Emqx, HiveMq, Jwks, emqx, hivemq};
use mock_clouds::mqtt::{Broker, Cloud, Listening};
use mock_clouds::tls::{Clients, Door, Now, Offer};
use mock_servers::pki::{Holder, Request};
use rumqttc::{
    AsyncClient, ConnectionError, Event, EventLoop, MqttOptions, Packet, Publish, QoS, SubscribeReasonCode,
    TlsConfiguration, Transport,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;

use crate::tokens::Key;

/// Valid whatever day it is: rumqttc and mosquitto have the machine's clock.
pub(crate) const ALWAYS: (mock_servers::pki::Day, mock_servers::pki::Day) = ((2000, 1, 1), (2100, 1, 1));
/// As the machine's clock may be, for the mocks: 2026-11-30.
pub(crate) const TODAY: u64 = 1_796_000_000;

/// A request that is always valid.
pub(crate) fn always(request: Request) -> Request {
    Request { valid: ALWAYS, ..request }
}

/// What a client shows.
pub(crate) struct Identity {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
}

impl From<&Holder> for Identity {
    fn from(holder: &Holder) -> Self {
        Self { chain: holder.chain().to_vec(), key: holder.key() }
    }
}

/// A client that is connected.
pub(crate) struct Session {
    client: AsyncClient,
    events: EventLoop,
}

/// Only a stop for what hangs.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), what).await.expect("nothing happens")
}

impl Session {
    /// Logs in; why not, in a word.
    pub(crate) async fn new(
        port: u16,
        server: &Holder,
        identity: Option<&Identity>,
        id: &str,
        login: Option<(&str, &str)>,
    ) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        roots.add(server.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match identity {
            Some(own) => builder.with_client_auth_cert(own.chain.clone(), own.key.clone_key()).unwrap(),
            None => builder.with_no_client_auth(),
        };
        let mut options = MqttOptions::new(id, "localhost", port);
        options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::new(config))));
        if let Some((name, password)) = login {
            options.set_credentials(name, password);
        }
        let (client, mut events) = AsyncClient::new(options, 10);
        match soon(events.poll()).await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => Ok(Self { client, events }),
            Err(ConnectionError::ConnectionRefused(code)) => Err(format!("{code:?}")),
            Err(_) => Err("closed".into()),
            Ok(other) => panic!("{other:?}"),
        }
    }

    async fn until<T>(&mut self, take: impl Fn(Packet) -> Option<T>) -> Result<T, String> {
        loop {
            match soon(self.events.poll()).await {
                Ok(Event::Incoming(packet)) => {
                    if let Some(taken) = take(packet) {
                        return Ok(taken);
                    }
                }
                Ok(Event::Outgoing(_)) => {}
                Err(_) => return Err("closed".into()),
            }
        }
    }

    /// Publishes, and waits for the acknowledgement.
    pub(crate) async fn publish(&mut self, topic: &str, payload: &str) -> Result<(), String> {
        self.client.publish(topic, QoS::AtLeastOnce, false, payload).await.unwrap();
        self.until(|packet| matches!(packet, Packet::PubAck(_)).then_some(())).await
    }

    pub(crate) async fn subscribe(&mut self, filter: &str) -> Result<SubscribeReasonCode, String> {
        self.client.subscribe(filter, QoS::AtLeastOnce).await.unwrap();
        self.until(|packet| match packet {
            Packet::SubAck(ack) => Some(ack.return_codes[0]),
            _ => None,
        })
        .await
    }

    /// The next message.
    pub(crate) async fn message(&mut self) -> Result<(String, String), String> {
        let take = |packet| match packet {
            Packet::Publish(Publish { topic, payload, .. }) => {
                Some((topic, String::from_utf8(payload.to_vec()).unwrap()))
            }
            _ => None,
        };
        self.until(take).await
    }

    /// Whether the broker still talks to it.
    pub(crate) async fn is_alive(&mut self) -> bool {
        self.subscribe("alive").await.is_ok()
    }
}

/// The server's root, and what it shows.
pub(crate) fn servers() -> (Holder, Holder) {
    let root = Holder::root(&always(Request::authority("servers"))).unwrap();
    let server = root.issue(&always(Request::server(&["localhost"]))).unwrap();
    (root, server)
}

/// A broker for tokens, behind TLS that asks for no certificate.
async fn listen<C: Cloud>(cloud: C, server: &Holder) -> (Broker<C>, Listening) {
    let now: Now = Arc::new(|| TODAY);
    let door = Door::new(server, &Offer { clients: Clients::NotAsked, ..Offer::new(8883) }, Now::clone(&now))
        .unwrap();
    let broker = Broker::new(cloud, now);
    let listening = broker.listen(0, door).await.unwrap();
    (broker, listening)
}

#[tokio::test]
async fn a_token_at_emqx() {
    let (key, (root, server)) = (Key::new(), servers());
    let settings = emqx::Settings::new(Jwks::parse(&key.jwks("k")).unwrap());
    let (broker, listening) = listen(Emqx::new(settings, Arc::new(|| TODAY)), &server).await;
    let port = listening.address().port();
    let acl = json!([
        {"permission": "allow", "action": "publish", "topic": "up/${clientid}"},
        {"permission": "allow", "action": "subscribe", "topic": "down/${clientid}"},
    ]);
    let claims = json!({"sub": "sensor-1", "exp": TODAY + 60, "acl": acl});
    let token = key.token(&json!({"alg": "ES256", "typ": "JWT"}), &claims);
    let enter = |id: &'static str| Session::new(port, &root, None, id, Some(("sensor-1", &token)));
    let mut session = enter("sensor-1").await.unwrap();
    session.publish("up/sensor-1", "21.5").await.unwrap();
    session.publish("up/sensor-2", "21.5").await.unwrap();
    assert_eq!(
        session.subscribe("down/sensor-1").await.unwrap(),
        SubscribeReasonCode::Success(QoS::AtLeastOnce)
    );
    assert_eq!(session.subscribe("down/sensor-2").await.unwrap(), SubscribeReasonCode::Failure);
    for topic in ["down/sensor-2", "down/sensor-1"] {
        broker.publish(mock_clouds::mqtt::packet::Publish::new(topic, "on").at_least_once());
    }
    assert_eq!(session.message().await.unwrap(), ("down/sensor-1".to_owned(), "on".to_owned()));
    assert_eq!(broker.seen().payloads("up/sensor-1"), ["21.5"]);
    assert!(broker.seen().payloads("up/sensor-2").is_empty());
    assert_eq!(enter("sensor-2").await.err().unwrap(), "BadUserNamePassword");
    let nobody = Session::new(port, &root, None, "sensor-1", Some(("sensor-1", "password"))).await;
    assert_eq!(nobody.err().unwrap(), "NotAuthorized");
}

#[tokio::test]
async fn a_token_at_hivemq() {
    let (key, (root, server)) = (Key::new(), servers());
    let keys = Jwks::parse(&key.jwks("k")).unwrap();
    let (broker, listening) =
        listen(HiveMq::new(hivemq::Settings::new(), keys, Arc::new(|| TODAY)), &server).await;
    let port = listening.address().port();
    let claims = json!({"sub": "sensor-1", "exp": TODAY + 60});
    for (kid, expected) in [("k", None), ("other", Some("NotAuthorized"))] {
        let token = key.token(&json!({"alg": "ES256", "typ": "JWT", "kid": kid}), &claims);
        match Session::new(port, &root, None, "sensor-1", Some(("sensor-1", &token))).await {
            Ok(mut session) => {
                session.publish("up", "21.5").await.unwrap();
                assert!(expected.is_none() && session.is_alive().await);
            }
            Err(why) => assert_eq!(expected, Some(&*why)),
        }
    }
    assert_eq!(broker.seen().payloads("up"), ["21.5"]);
}
