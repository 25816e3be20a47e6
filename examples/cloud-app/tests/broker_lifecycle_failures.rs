//! A lamp at a broker, in virtual time: each failure is a clear line, and goes away with its cause.

use crate::broker_lifecycle::{NAME, lamp, tell, world};
use crate::chip::SoftChip;
use crate::lamp::Lamp;
use crate::world::farm::{Authorities, Rules};
use crate::world::network::{MemoryDial, MemoryNetwork};
use crate::world::record::Record;
use crate::world::{BROKER, HOUR, MINUTE, Mail, TIME, World, WorldClock, pass};
use atecc608_cloud::tls::ClientIdentity;
use cloud_app::{
    Broker, BrokerConfig, BrokerParts, Credentials, NetworkError, NoIdentity, NoPassword, Password,
    TimeKeeper, UnixClock,
};
use mock_clouds::mqtt::packet::Publish;
use mock_clouds::mqtt::{Refusal, code};
use std::cell::Cell;
use std::convert::Infallible;
use std::rc::Rc;

/// A lamp with its certificate, at a broker that asks for one.
async fn story(lamp: Lamp, story: impl AsyncFnOnce(&Rc<World>, &SoftChip, &Mail, &Record)) -> Record {
    let (authorities, chip, outbox) = (Authorities::new(), SoftChip::new(1), Mail::new());
    let world = world(&authorities);
    let own = authorities.certify(NAME, &chip);
    let chain = [own[0].as_ref(), own[1].as_ref()];
    let identity = ClientIdentity { chain: &chain, signer: chip.clone() };
    tell(&world, &authorities, (identity, NoPassword), &lamp, &outbox, async |record| {
        story(&world, &chip, &outbox, record).await;
    })
    .await
}

fn rules(world: &World, change: impl FnOnce(&mut Rules)) {
    change(&mut world.farm.cloud().rules.lock().unwrap());
}

/// The broker refuses for an hour; then it does not.
async fn refused(refusal: Refusal, line: &str, tries: std::ops::Range<usize>) {
    story(lamp(), async |world, _, _, record| {
        rules(world, |rules| rules.refusal = Some(refusal));
        pass(HOUR).await;
        assert!(record.has(line), "{}", record.text());
        assert_eq!(record.count("logged in"), 0);
        assert!(tries.contains(&record.count("next try in")), "{}", record.text());
        rules(world, |rules| rules.refusal = None);
        pass(10 * MINUTE + 10_000).await;
        assert_eq!(record.count("logged in"), 1, "{}", record.text());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn logins_that_are_refused() {
    // A person must do something: at a slow pace.
    let slow = 8..25;
    let with = |code| Refusal::with_code(code, code::NOT_AUTHORIZED, "as the test says");
    refused(with(2), "login refused with code 2: client id rejected", slow.clone()).await;
    refused(with(4), "login refused with code 4: user name or password", slow.clone()).await;
    refused(with(5), "login refused with code 5: the client is not authorised", slow).await;
    refused(with(3), "login refused with code 3: the server is not available", 15..50).await;
    let silent = Refusal::silent("as the test says");
    refused(silent, "connection lost: the server closed the connection instead of answering", 8..50).await;
}

#[tokio::test(start_paused = true)]
async fn a_subscription_that_is_refused() {
    let lamp = Lamp { others: vec!["devices/+/set".into()], ..lamp() };
    let record = story(lamp, async |_, _, _, _| pass(HOUR).await).await;
    let line = "the server refused to subscribe: filter 1 of 1 refused; the client may not read there";
    assert!(record.has(line), "{}", record.text());
    assert!((8..25).contains(&record.count("next try in")), "{}", record.text());
}

/// A message that the broker hangs up on holds up no other.
#[tokio::test(start_paused = true)]
async fn a_message_that_is_not_liked() {
    let record = story(lamp(), async |world, _, outbox, _| {
        rules(world, |rules| rules.cut_on = Some(b"poison"));
        for payload in ["first", "poison", "last"] {
            outbox.publish(None, payload.as_bytes()).unwrap();
        }
        pass(HOUR).await;
        assert_eq!(world.farm.seen().payloads("devices/lamp-1/telemetry"), ["first", "last"]);
        assert_eq!(outbox.stats().refused, 1);
    })
    .await;
    assert!(record.has("a message of 6 bytes is dropped: the server has refused it"), "{}", record.text());
    assert_eq!(record.counters.get().dropped, 1);
}

/// A topic that can't be: told, counted, and the connection goes on.
#[tokio::test(start_paused = true)]
async fn topics_that_can_not_be() {
    for (name, words) in [
        ("a+b".to_owned(), "wildcards are for subscriptions"),
        ("x".repeat(300), "topic or payload have 318 bytes; there is room for 256"),
    ] {
        // Its subscription is for the right name, so that there is a connection.
        let lamp = Lamp { telemetry: Some(name), ..lamp() };
        let record = story(lamp, async |world, _, outbox, _| {
            outbox.publish(None, b"nowhere").unwrap();
            pass(MINUTE).await;
            assert_eq!(outbox.stats().dropped, 1);
            world.farm.publish(Publish::new("devices/lamp-1/set", "on").at_least_once());
            pass(MINUTE).await;
        })
        .await;
        assert!(record.has("a message can't be sent and is dropped: "), "{}", record.text());
        assert!(record.has(words), "{}", record.text());
        assert_eq!(record.count("logged in"), 1, "{}", record.text());
        assert_eq!(record.counters.get().dropped, 1);
    }
}

/// An answer that is longer than there is room for.
#[tokio::test(start_paused = true)]
async fn an_answer_that_is_too_long() {
    let record = story(lamp(), async |world, _, _, _| {
        pass(MINUTE).await;
        let question = format!("{}?", "x".repeat(80));
        world.farm.publish(Publish::new("devices/lamp-1/set", question).at_least_once());
        pass(MINUTE).await;
        world.farm.publish(Publish::new("devices/lamp-1/set", "short?").at_least_once());
        pass(MINUTE).await;
        assert_eq!(world.farm.seen().payloads("devices/lamp-1/answers"), ["answer short?"]);
    })
    .await;
    assert!(record.has("topic or payload have 88 bytes; there is room for 64"), "{}", record.text());
    assert_eq!(record.count("logged in"), 1, "{}", record.text());
}

/// An application that can't stop is no reason to log in all the time, nor to starve the others.
#[tokio::test(start_paused = true)]
async fn an_application_that_wants_too_much() {
    let greedy = Lamp { greedy: true, ..lamp() };
    let record = story(greedy, async |world, _, outbox, _| {
        outbox.publish(None, b"mine").unwrap();
        pass(HOUR).await;
        assert!(!world.farm.seen().published.is_empty());
    })
    .await;
    assert!((2..=60).contains(&record.count("logged in")), "{}", record.count("logged in"));
}

/// A message that is longer than the receive buffer is told, and acknowledged.
#[tokio::test(start_paused = true)]
async fn a_message_that_is_too_long() {
    let record = story(lamp(), async |world, _, _, _| {
        pass(MINUTE).await;
        world.farm.publish(Publish::new("devices/lamp-1/set", "x".repeat(1000)).at_least_once());
        pass(MINUTE).await;
        assert_eq!(world.farm.seen().acknowledged.len(), 1);
    })
    .await;
    assert!(record.has("a message of 1025 bytes is passed over: there is room for 256"), "{}", record.text());
    assert_eq!(record.count("logged in"), 1, "{}", record.text());
}

#[tokio::test(start_paused = true)]
async fn a_chip_that_is_unplugged() {
    story(lamp(), async |world, chip, _, record| {
        pass(MINUTE).await;
        chip.unplugged.set(true);
        world.close_all();
        pass(HOUR).await;
        let line = "not connected to broker.example: the client certificate's key did not sign: Wake: no acknowledge \
                    on the bus; is the chip there";
        assert!(record.has(line), "{}", record.text());
        assert!((10..60).contains(&record.count(line)), "{}", record.text());
        chip.unplugged.set(false);
        pass(5 * MINUTE + 10_000).await;
        assert_eq!(record.count("logged in"), 2, "{}", record.text());
        assert_eq!(chip.signatures.get(), record.counters.get().signatures);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn networks_that_fail() {
    for (error, line) in [
        (NetworkError::NoLink, "no network: the access point"),
        (NetworkError::Dns, "no DNS for broker.example"),
        (NetworkError::Refused, "broker.example:8883 refused the connection"),
    ] {
        story(lamp(), async |world, chip, _, record| {
            pass(MINUTE).await;
            world.network.set(Some(error));
            world.freeze_all();
            pass(HOUR).await;
            assert!(record.has(line), "{}", record.text());
            assert_eq!(chip.signatures.get(), 1, "a signature for nothing");
            world.network.set(None);
            pass(5 * MINUTE + 10_000).await;
            assert_eq!(record.count("logged in"), 2, "{}", record.text());
            // The broker has told the others.
            let said = world.farm.seen().payloads("devices/lamp-1/online");
            assert_eq!(said, ["there", "gone", "there"]);
        })
        .await;
    }
}

/// Certificates that the broker does not take, or does not ask for.
#[tokio::test(start_paused = true)]
async fn certificates_that_are_not_taken() {
    let (authorities, others) = (Authorities::new(), Authorities::new());
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = world(&authorities);
    let own = others.certify(NAME, &chip);
    let chain = [own[0].as_ref(), own[1].as_ref()];
    let identity = || ClientIdentity { chain: &chain, signer: chip.clone() };
    let to = (identity(), NoPassword);
    let record = tell(&world, &authorities, to, &lamp(), &outbox, async |_| pass(HOUR).await).await;
    let line = "connection lost: the connection failed: the server broke off with decrypt_error (51)";
    assert!(record.has(line), "{}", record.text());
    // A person must do something.
    assert!((8..25).contains(&record.count("next try in")), "{}", record.text());
    let to = (NoIdentity, NoPassword);
    let record = tell(&world, &authorities, to, &lamp(), &outbox, async |_| pass(HOUR).await).await;
    assert!(record.has("alert 116: certificate_required"), "{}", record.text());

    *world.door.borrow_mut() = Some(authorities.door(world.began(), false));
    let to = (identity(), NoPassword);
    let record = tell(&world, &authorities, to, &lamp(), &outbox, async |_| pass(HOUR).await).await;
    let line = "broker.example has not asked for this device's certificate; does it know devices by that on this \
                port?";
    assert!(record.has(line), "{}", record.text());
    assert!(record.has("login refused with code 2"), "{}", record.text());
    assert_eq!(record.counters.get().signatures, 0);
}

/// Has made half of the password, and stays there.
struct HalfMade<'a>(&'a Cell<bool>);

impl Credentials for HalfMade<'_> {
    type Error = Infallible;

    async fn password<'b>(
        &mut self,
        _: u64,
        buffer: &'b mut [u8],
    ) -> Result<Option<Password<'b>>, Infallible> {
        buffer[..6].copy_from_slice(b"secret");
        self.0.set(true);
        std::future::pending().await
    }
}

/// Neither if its time is up, nor if nobody waits for the device any more.
#[tokio::test(start_paused = true)]
async fn a_password_does_not_stay() {
    for ms in [MINUTE, 1_000] {
        let (world, outbox, asked, mut password) = (World::new(), Mail::new(), Cell::new(false), [0; 16]);
        let parts = BrokerParts {
            dial: MemoryDial(MemoryNetwork(Rc::clone(&world))),
            clock: WorldClock(Rc::clone(&world)),
            credentials: HalfMade(&asked),
            application: lamp(),
            observer: Record::new(&world),
            outbox: &outbox,
            receive: &mut [0; 256],
            transmit: &mut [0; 600],
            password: &mut password,
            seed: 7,
        };
        let time = TimeKeeper::new(TIME, UnixClock::default(), 4 * 3600);
        let mut broker = Broker::new(BrokerConfig::new(BROKER), time, parts);
        tokio::select! {
            biased;
            () = broker.round() => {}
            () = pass(ms) => {}
        }
        assert!(asked.get());
        assert_eq!(password, [0; 16], "after {ms} ms");
    }
}
