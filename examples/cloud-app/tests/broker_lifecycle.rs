//! A lamp at a broker, in virtual time and over TLS with its certificate: what it does when all is well.

use crate::chip::SoftChip;
use crate::lamp::Lamp;
use crate::world::farm::Authorities;
use crate::world::network::MemoryNetwork;
use crate::world::record::Record;
use crate::world::{BROKER, DAY, HOUR, MINUTE, Mail, TIME, World, WorldClock, pass};
use atecc608_cloud::mqtt::{BrokerClaims, KeepAlive};
use atecc608_cloud::tls::{Buffers, ClientIdentity, Entropy, RECEIVE_BUFFER, Roots, TRANSMIT_BUFFER};
use atecc608_cloud::token::Lifetime;
use cloud_app::{
    Broker, BrokerConfig, BrokerParts, Credentials, Identity, NoIdentity, NoPassword, TimeKeeper, TlsDialer,
    TokenPassword, UnixClock,
};
use mock_clouds::mqtt::packet::Publish;
use std::rc::Rc;

pub(crate) const NAME: &str = "lamp-1";

pub(crate) fn lamp() -> Lamp {
    Lamp { keep_alive: KeepAlive::DEFAULT, ..Lamp::new(NAME) }
}

/// A world whose broker asks for certificates.
pub(crate) fn world(authorities: &Authorities) -> Rc<World> {
    let world = World::new();
    *world.door.borrow_mut() = Some(authorities.door(world.began(), true));
    world
}

/// A lamp in the world while a story is told.
pub(crate) async fn tell<I: Identity, P: Credentials>(
    world: &Rc<World>,
    authorities: &Authorities,
    (identity, credentials): (I, P),
    lamp: &Lamp,
    outbox: &Mail,
    story: impl AsyncFnOnce(&Record),
) -> Record {
    let record = Record::new(world);
    let mut roots = Roots::new();
    roots.add(authorities.root.der()).unwrap();
    let rng = Entropy::new(&std::array::from_fn(|n| n as u8), &std::array::from_fn(|n| !n as u8)).unwrap();
    let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; TRANSMIT_BUFFER]);
    let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
    let parts = BrokerParts {
        dial: TlsDialer::new(MemoryNetwork(Rc::clone(world)), &roots, rng, buffers).with_identity(identity),
        clock: WorldClock(Rc::clone(world)),
        credentials,
        application: lamp.clone(),
        observer: record.clone(),
        outbox,
        receive: &mut [0; 256],
        transmit: &mut [0; 600],
        password: &mut [0; 500],
        seed: 7,
    };
    let time = TimeKeeper::new(TIME, UnixClock::default(), 4 * 3600);
    let mut broker = Broker::new(BrokerConfig::new(BROKER), time, parts);
    tokio::select! {
        biased;
        never = broker.run() => match never {},
        () = story(&record) => {}
    }
    record
}

#[tokio::test(start_paused = true)]
async fn logs_in_and_exchanges_messages() {
    let (authorities, chip, outbox, lamp) = (Authorities::new(), SoftChip::new(1), Mail::new(), lamp());
    let world = world(&authorities);
    let own = authorities.certify(NAME, &chip);
    let chain = [own[0].as_ref(), own[1].as_ref()];
    outbox.set_state(b"off").unwrap();
    outbox.publish(None, b"before the login").unwrap();
    let identity = ClientIdentity { chain: &chain, signer: chip.clone() };
    let record = tell(&world, &authorities, (identity, NoPassword), &lamp, &outbox, async |_| {
        pass(MINUTE).await;
        world.farm.publish(Publish::new("devices/lamp-1/set", "bright?").at_least_once());
        pass(MINUTE).await;
        outbox.publish(Some("alerts"), b"while idle").unwrap();
        outbox.set_state(b"bright").unwrap();
        pass(MINUTE).await;
    })
    .await;
    let lines: Vec<_> = record.lines.borrow().iter().map(|(_, line)| line.clone()).collect();
    let expected = [
        "clock set: 180000000",
        "connecting to broker.example:8883",
        "broker.example is verified: CN=broker.example (P-256)",
        "broker.example has seen this device's certificate, and the chip's signature",
        "logged in to broker.example; the connection is renewed in 86",
        "published the application's own message, 5 bytes",
        "published the state, 3 bytes",
        "published 16 bytes; 0 messages wait",
        "published the application's own message, 14 bytes",
        "published the state, 6 bytes",
        "published 10 bytes; 0 messages wait",
    ];
    assert_eq!(lines.len(), expected.len(), "{}", record.text());
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{line}");
    }
    let seen = world.farm.seen();
    let published: Vec<_> =
        seen.published.iter().map(|(_, m)| (m.topic.as_str(), &m.payload[..], m.retain)).collect();
    assert_eq!(
        published,
        [
            ("devices/lamp-1/online", &b"there"[..], true),
            ("devices/lamp-1/state", b"off", false),
            ("devices/lamp-1/telemetry", b"before the login", false),
            ("devices/lamp-1/answers", b"answer bright?", false),
            ("devices/lamp-1/state", b"bright", false),
            ("devices/lamp-1/telemetry/alerts", b"while idle", false),
        ]
    );
    assert_eq!(*lamp.heard.borrow(), ["devices/lamp-1/set bright?"]);
    assert!(seen.complaints.is_empty(), "{:?}", seen.complaints);
    let (peer, connect) = &seen.connected[0];
    assert_eq!((peer.tls.as_deref(), peer.chain.len()), (Some("TLSv1_3"), 2));
    assert_eq!((peer.common_name().as_deref(), peer.sni.as_deref()), (Some(NAME), Some("broker.example")));
    assert_eq!(
        (connect.user_name.as_deref(), connect.password.is_some(), connect.clean),
        (None, false, true)
    );
    assert_eq!(chip.signatures.get(), 1);
}

/// Once a day, and when the application wants it: the lamp logs out, and is back at once.
#[tokio::test(start_paused = true)]
async fn renews_the_connection() {
    let (authorities, chip, outbox, lamp) = (Authorities::new(), SoftChip::new(1), Mail::new(), lamp());
    let world = world(&authorities);
    let own = authorities.certify(NAME, &chip);
    let chain = [own[0].as_ref(), own[1].as_ref()];
    let identity = ClientIdentity { chain: &chain, signer: chip.clone() };
    let record = tell(&world, &authorities, (identity, NoPassword), &lamp, &outbox, async |record| {
        pass(10 * DAY).await;
        assert_eq!(record.count("logged in"), 11, "{}", record.text());
        lamp.renew.set(true);
        // It is asked at the next ping, or message.
        outbox.publish(None, b"x").unwrap();
        pass(1000).await;
        assert_eq!(record.count("logged in"), 12, "{}", record.text());
    })
    .await;
    let logins = record.times("logged in");
    let gaps: Vec<_> = logins.windows(2).map(|pair| pair[1] - pair[0]).take(10).collect();
    assert!(gaps.iter().all(|gap| (DAY - 7 * MINUTE..DAY).contains(gap)), "{gaps:?}");
    for (renewing, login) in record.times("renewing").iter().zip(&logins[1..]) {
        assert!(login - renewing < 1000, "{}", record.text());
    }
    let seen = world.farm.seen();
    assert!(seen.complaints.is_empty(), "{:?}", seen.complaints);
    assert!(seen.payloads("devices/lamp-1/online").iter().all(|what| what == "there"), "no will");
    assert_eq!(chip.signatures.get(), 12, "one for each connection");
    assert_eq!(record.counters.get().renewals, 11);
}

/// The broker closes the connection when the token ends, as EMQX does; the lamp is quicker.
#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_before_it_ends() {
    let (authorities, chip, outbox) = (Authorities::new(), SoftChip::new(1), Mail::new());
    let world = world(&authorities);
    *world.door.borrow_mut() = Some(authorities.door(world.began(), false));
    world.farm.cloud().rules.lock().unwrap().token_key = Some(chip.public_key_pem());
    let lamp = Lamp { user_name: Some(NAME.into()), ..lamp() };
    let claims = BrokerClaims::new(NAME);
    let password = TokenPassword { signer: chip.clone(), claims, lifetime: Lifetime::HOUR };
    let record = tell(&world, &authorities, (NoIdentity, password), &lamp, &outbox, async |_| {
        for number in 0..100 {
            outbox.publish(None, number.to_string().as_bytes()).unwrap();
            pass(15 * MINUTE).await;
        }
    })
    .await;
    let gaps: Vec<_> = record.times("logged in").windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(gaps.iter().all(|gap| (52 * MINUTE..58 * MINUTE + 1000).contains(gap)), "{gaps:?}");
    assert_eq!(gaps.len(), 27, "{}", record.text());
    assert!(record.has("the token is renewed in 3"), "{}", record.text());
    let seen = world.farm.seen();
    assert!(seen.complaints.is_empty(), "{:?}", seen.complaints);
    assert_eq!(seen.payloads("devices/lamp-1/telemetry").len(), 100);
    assert_eq!(chip.signatures.get(), 28);
}

/// The broker closes an idle connection after 1.5 times the keep-alive interval.
#[tokio::test(start_paused = true)]
async fn pings_keep_an_idle_connection() {
    let (authorities, chip, outbox) = (Authorities::new(), SoftChip::new(1), Mail::new());
    let world = world(&authorities);
    let own = authorities.certify(NAME, &chip);
    let chain = [own[0].as_ref(), own[1].as_ref()];
    let identity = ClientIdentity { chain: &chain, signer: chip.clone() };
    let lamp = Lamp { keep_alive: KeepAlive::from_secs(30).unwrap(), ..lamp() };
    let record = tell(&world, &authorities, (identity, NoPassword), &lamp, &outbox, async |_| {
        pass(20 * HOUR).await;
    })
    .await;
    assert_eq!(record.count("logged in"), 1, "{}", record.text());
    assert!(world.farm.seen().complaints.is_empty());
}
