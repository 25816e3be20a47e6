//! A device at the bridge, in virtual time: each failure is a clear line, and goes away with its cause.

use crate::chip::SoftChip;
use crate::world::record::Record;
use crate::world::{DEVICE, HOUR, MINUTE, Mail, World, config, device, pass, tell};
use atecc608_cloud::mqtt::KeepAlive;
use cloud_app::{BridgeConfig, NetworkError};
use mock_servers::sntp::Manner;
use std::rc::Rc;

/// A device in a world, while a story is told.
async fn story<T>(
    world: &Rc<World>,
    config: BridgeConfig<'_>,
    chip: &SoftChip,
    outbox: &Mail,
    story: impl AsyncFnOnce(&Record) -> T,
) -> (Record, T) {
    let mut receive = [0; 256];
    let (mut bridge, record, _) = device(world, config, chip, outbox, &mut receive);
    let told = tell(&mut bridge, story(&record)).await;
    (record, told)
}

/// The network is in this state for an hour; the device says so, does not sign, and is back soon after.
async fn unreachable(error: NetworkError, line: &str) {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    story(&world, config(), &chip, &outbox, async |record| {
        pass(MINUTE).await;
        assert_eq!(record.count("logged in"), 1);
        world.network.set(Some(error));
        world.close_all();
        pass(HOUR).await;
        assert!(record.has(line), "{}", record.text());
        assert_eq!(chip.signatures.get(), 1, "a signature for nothing");
        assert!((10..40).contains(&record.count("next try in")), "{}", record.text());
        world.network.set(None);
        pass(5 * MINUTE + 10_000).await;
        assert_eq!(record.count("logged in"), 2, "{}", record.text());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn no_dns() {
    unreachable(NetworkError::Dns, "no DNS for bridge.example: the name was not resolved; check").await;
}

#[tokio::test(start_paused = true)]
async fn no_route() {
    unreachable(NetworkError::NoRoute, "no route to bridge.example:8883").await;
}

#[tokio::test(start_paused = true)]
async fn connection_refused() {
    unreachable(NetworkError::Refused, "bridge.example:8883 refused the connection").await;
}

#[tokio::test(start_paused = true)]
async fn no_wifi_and_no_dhcp() {
    unreachable(NetworkError::NoLink, "no network: the access point").await;
    unreachable(NetworkError::NoAddress, "no address: the network let the device in").await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_the_dial() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    world.dial_ms.set(HOUR);
    story(&world, config(), &chip, &outbox, async |record| {
        pass(MINUTE).await;
        assert!(record.has("no answer within 30 s while connecting"), "{}", record.text());
        world.dial_ms.set(100);
        pass(MINUTE).await;
        assert_eq!(record.count("logged in"), 1, "{}", record.text());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn no_time_server() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    world.time.set(Manner::Silent);
    story(&world, config(), &chip, &outbox, async |record| {
        pass(HOUR).await;
        assert!(record.has("no time: no answer from time.example:123"), "{}", record.text());
        assert!(!record.has("connecting"), "connected without the time");
        assert_eq!(chip.signatures.get(), 0, "a token from an unset clock");
        world.time.set(Manner::Honest);
        pass(6 * MINUTE).await;
        assert_eq!(record.count("logged in"), 1, "{}", record.text());
        // Once set, the clock goes on without.
        world.time.set(Manner::Silent);
        pass(24 * HOUR).await;
    })
    .await;
    assert!(world.complaints().is_empty());
    assert!(world.service.seen().published.is_empty());
    assert_eq!(world.open_links(), 1);
}

/// Answers that are no good time are refused, and no token comes of them.
#[tokio::test(start_paused = true)]
async fn lies_about_the_time() {
    for (manner, line) in [
        (Manner::Mirror, "not a server's answer"),
        (Manner::Broadcast, "not a server's answer"),
        (Manner::KissOfDeath(*b"DENY"), "asks to be left alone (code DENY)"),
        (Manner::KissOfDeath(*b"RATE"), "asks to be left alone (code RATE)"),
        (Manner::Unsynchronised, "too far from any good clock"),
        (Manner::Alarm, "does not know the time itself"),
        (Manner::Forged, "answers a question that was not asked"),
        (Manner::Short, "too short"),
        (Manner::Backwards, "stamps contradict each other"),
        (Manner::Off(-(crate::world::BEGIN as i64) + 1_500_000_000), "before 1577836800"),
    ] {
        let (chip, outbox) = (SoftChip::new(1), Mail::new());
        let world = World::with(&chip);
        world.time.set(manner);
        story(&world, config(), &chip, &outbox, async |record| {
            pass(10 * MINUTE).await;
            assert!(record.has("time from time.example refused") && record.has(line), "{}", record.text());
            assert_eq!(chip.signatures.get(), 0, "{manner:?}");
            world.time.set(Manner::Honest);
            pass(31 * MINUTE).await;
            assert_eq!(record.count("logged in"), 1, "{manner:?}: {}", record.text());
        })
        .await;
    }
}

/// The first answer is an hour off: the bridge refuses the token, the clock is called into question, and
/// three answers that agree set it right.
async fn wrong_clock(seconds: i64, reason: &str) {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    world.time.set(Manner::Off(seconds));
    story(&world, config(), &chip, &outbox, async |record| {
        pass(10_000).await;
        assert!(record.has("token refused: login refused with code 4"), "{}", record.text());
        assert!(record.has("clock is off by more than 10 minutes"), "{}", record.text());
        assert!(world.complaints().iter().all(|why| why.contains(reason)), "{:?}", world.complaints());
        pass(HOUR).await;
        assert!(!record.has("logged in"));
        // Ten minutes between two, less by what chance takes off.
        assert!(record.count("token refused") <= 16, "a refused token is not hurried: {}", record.text());
        world.time.set(Manner::Honest);
        pass(31 * MINUTE).await;
        assert_eq!(record.count("more than it can have drifted"), 2, "{}", record.text());
        assert!(record.has(&format!("clock was wrong by {} s", -seconds)), "{}", record.text());
        assert_eq!(record.count("logged in"), 1, "{}", record.text());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn clock_behind_so_the_token_has_expired() {
    wrong_clock(-7200, "ExpiredSignature").await;
}

#[tokio::test(start_paused = true)]
async fn clock_ahead_so_the_token_is_from_the_future() {
    wrong_clock(7200, "issued in the future").await;
}

/// A time server that starts to lie moves no clock that works.
#[tokio::test(start_paused = true)]
async fn a_later_lie_is_refused() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    story(&world, config(), &chip, &outbox, async |record| {
        pass(HOUR).await;
        for seconds in [-86_400, 86_400] {
            world.time.set(Manner::Off(seconds));
            pass(12 * HOUR).await;
        }
        assert!(record.has("it is 86400 s back of this device's clock"), "{}", record.text());
        assert!(record.has("it is 86400 s ahead of this device's clock"), "{}", record.text());
    })
    .await;
    assert!(world.complaints().is_empty(), "{:?}", world.complaints());
}

/// Uptime runs slow by ten times what a bad crystal does: the time server keeps the date right.
#[tokio::test(start_paused = true)]
async fn a_clock_that_drifts() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    world.slow_ppm.set(900);
    story(&world, config(), &chip, &outbox, async |record| {
        pass(5 * 24 * HOUR).await;
        assert!(record.count("clock corrected by 1") > 20, "{}", record.text());
        assert!(!record.has("can have drifted"), "{}", record.text());
        assert_eq!(record.count("connection lost"), 0, "{}", record.text());
    })
    .await;
    assert!(world.complaints().is_empty(), "{:?}", world.complaints());
}

/// Uptime runs a third slow, which no crystal does: the server ends connections when tokens expire by its
/// clock, and refuses the token when that is too old; then the time server puts the clock right.
#[tokio::test(start_paused = true)]
async fn a_clock_that_drifts_away() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    world.slow_ppm.set(333_333);
    story(&world, config(), &chip, &outbox, async |record| {
        pass(90 * MINUTE).await;
        assert!(record.has("the server closed the connection; it does so when the token has expired"));
        pass(8 * HOUR).await;
        let right = record.times("clock was wrong by");
        assert!(!right.is_empty(), "{}", record.text());
        assert!(record.times("logged in").iter().any(|at| *at > right[0]), "{}", record.text());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn wrong_audience() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    world.service.set_audience(Some("another-project"));
    story(&world, config(), &chip, &outbox, async |record| {
        pass(MINUTE).await;
        assert!(record.has("its audience is not the project id"), "{}", record.text());
        assert!(world.complaints()[0].contains("InvalidAudience"), "{:?}", world.complaints());
        world.service.set_audience(None);
        pass(31 * MINUTE).await;
        assert_eq!(record.count("logged in"), 1, "{}", record.text());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn unknown_key_and_unknown_device() {
    let (chip, other, outbox) = (SoftChip::new(1), SoftChip::new(2), Mail::new());
    let world = World::new();
    story(&world, config(), &chip, &outbox, async |record| {
        pass(MINUTE).await;
        assert!(record.has("login refused with code 5"), "{}", record.text());
        world.service.register(DEVICE, &other.public_key_pem()).unwrap();
        pass(31 * MINUTE).await;
        assert!(record.has("the server has another public key for this device"), "{}", record.text());
        assert!(world.complaints().last().unwrap().contains("InvalidSignature"));
        // The operator registers the right key.
        world.service.register(DEVICE, &chip.public_key_pem()).unwrap();
        pass(31 * MINUTE).await;
        assert_eq!(record.count("logged in"), 1, "{}", record.text());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_not_trusted() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    world.untrusted.set(Some("the certificate has expired"));
    story(&world, config(), &chip, &outbox, async |record| {
        pass(MINUTE).await;
        assert!(record.has("bridge.example is not trusted: the certificate has expired; nothing was sent"));
        assert_eq!(chip.signatures.get(), 0, "a token for a server that is not trusted");
        world.untrusted.set(None);
        pass(31 * MINUTE).await;
        assert_eq!(record.count("logged in"), 1, "{}", record.text());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn server_closes_in_mid_session() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    story(&world, config(), &chip, &outbox, async |record| {
        for round in 1..=5 {
            pass(5 * MINUTE).await;
            outbox.publish(None, format!("{round}").as_bytes()).unwrap();
            world.close_all();
            pass(11_000).await;
            assert_eq!(record.count("connection lost"), round, "{}", record.text());
            assert_eq!(record.count("logged in"), 1 + round, "stable connections keep waits short");
        }
    })
    .await;
    assert_eq!(world.telemetry(), ["1", "2", "3", "4", "5"]);
}

/// Nothing comes back and nothing says so: a message that gets no answer, or a ping, finds out.
#[tokio::test(start_paused = true)]
async fn half_open_connection() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    let config = BridgeConfig { keep_alive: KeepAlive::from_secs(120).unwrap(), ..config() };
    story(&world, config, &chip, &outbox, async |record| {
        pass(10_000).await;
        world.freeze_all();
        outbox.publish(None, b"into the void").unwrap();
        pass(31_000).await;
        assert!(record.has("no answer within 20 s while publishing"), "{}", record.text());
        assert_eq!(record.count("logged in"), 2, "{}", record.text());
        world.freeze_all();
        pass(90_000 + 31_000).await;
        assert!(record.has("no answer within 20 s while a ping"), "{}", record.text());
        assert_eq!(record.count("logged in"), 3, "{}", record.text());
    })
    .await;
    assert_eq!(world.telemetry(), ["into the void"]);
    assert_eq!((outbox.stats().acknowledged, outbox.stats().repeated), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn the_chip_is_unplugged() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    story(&world, config(), &chip, &outbox, async |record| {
        pass(MINUTE).await;
        chip.unplugged.set(true);
        pass(2 * HOUR).await;
        assert!(
            record.has(
                "no token: the token was not signed: Wake: no acknowledge on the bus; is the chip plugged in?"
            ),
            "{}",
            record.text()
        );
        chip.unplugged.set(false);
        pass(6 * MINUTE).await;
        assert_eq!(
            record.times("logged in").last().map(|at| *at > 2 * HOUR),
            Some(true),
            "{}",
            record.text()
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_full_outbox_drops_the_oldest_and_counts() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    let (record, ()) = story(&world, config(), &chip, &outbox, async |_| {
        world.network.set(Some(NetworkError::NoRoute));
        for number in 0..40 {
            outbox.publish(None, format!("{number}").as_bytes()).unwrap();
        }
        pass(MINUTE).await;
        world.network.set(None);
        pass(6 * MINUTE).await;
    })
    .await;
    let expected: Vec<_> = (24..40).map(|number| number.to_string()).collect();
    assert_eq!(world.telemetry(), expected);
    assert!(record.has("24 messages dropped"), "{}", record.text());
    let stats = outbox.stats();
    assert_eq!((stats.accepted, stats.acknowledged, stats.dropped, stats.waiting), (40, 16, 24, 0));
    assert_eq!(record.counters.get().dropped, 24);
}

/// It is said, acknowledged, and nothing else suffers.
#[tokio::test(start_paused = true)]
async fn a_configuration_larger_than_the_buffer() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    let mut receive = [0; 32];
    let (mut bridge, record, _) = device(&world, config(), &chip, &outbox, &mut receive);
    outbox.publish(None, b"kept").unwrap();
    tell(&mut bridge, pass(HOUR / 2)).await;
    // The configuration, and the command that follows telemetry.
    assert_eq!(record.count("is passed over: there is room for 32"), 2, "{}", record.text());
    assert_eq!(record.counters.get().skipped, 2);
    assert_eq!((record.count("logged in"), record.count("next try")), (1, 0), "{}", record.text());
    assert_eq!(world.telemetry(), ["kept"]);
    assert_eq!(world.service.seen().acknowledged, 2);
}

/// The bridge closes the connection on one message, and on one state: the others get through.
#[tokio::test(start_paused = true)]
async fn a_message_that_the_server_never_takes() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    world.service.close_on(&["poison", "bad state"]);
    let (record, ()) = story(&world, config(), &chip, &outbox, async |_| {
        for message in ["one", "poison", "two", "three"] {
            outbox.publish(None, message.as_bytes()).unwrap();
        }
        pass(5 * MINUTE).await;
        outbox.set_state(b"bad state").unwrap();
        outbox.publish(None, b"four").unwrap();
        pass(10 * MINUTE).await;
        outbox.set_state(b"good state").unwrap();
        pass(MINUTE).await;
    })
    .await;
    assert_eq!(world.telemetry(), ["one", "two", "three", "four"], "{}", record.text());
    assert!(world.service.seen().published.iter().any(|m| m.payload == "good state"), "{}", record.text());
    let closed = "closed the connection on it, 3 times";
    assert_eq!(
        record.count(&format!("a message of 6 bytes is dropped: the server has refused it, or {closed}")),
        1
    );
    assert_eq!(record.count("the state of 9 bytes is dropped"), 1, "{}", record.text());
    assert_eq!(world.complaints().iter().filter(|why| why.contains("poison")).count(), 6);
    let stats = outbox.stats();
    assert_eq!((stats.accepted, stats.acknowledged, stats.dropped, stats.refused), (5, 4, 1, 2));
    // Said once, and not as if the outbox had been full.
    assert_eq!(
        (record.counters.get().dropped, record.count("the outbox was full")),
        (1, 0),
        "{}",
        record.text()
    );
}

/// A bridge that takes nothing at all, for hours, is not the messages' fault: few of them are given up.
#[tokio::test(start_paused = true)]
async fn a_server_that_takes_nothing_for_a_while() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    world.service.close_on(&["*"]);
    let (record, ()) = story(&world, config(), &chip, &outbox, async |_| {
        for number in 0..10 {
            outbox.publish(None, format!("{number}").as_bytes()).unwrap();
        }
        pass(HOUR).await;
        world.service.close_on(&[]);
        pass(6 * MINUTE).await;
    })
    .await;
    let lost = outbox.stats().refused;
    assert!((1..=3).contains(&lost), "{lost}: {}", record.text());
    let expected: Vec<_> = (lost..10).map(|number| number.to_string()).collect();
    assert_eq!(world.telemetry(), expected);
}

/// Connections that fail without a message on the way blame none.
#[tokio::test(start_paused = true)]
async fn a_network_that_fails_blames_no_message() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = World::with(&chip);
    story(&world, config(), &chip, &outbox, async |_| {
        for round in 0..8 {
            world.network.set(Some(NetworkError::Reset));
            outbox.publish(None, format!("{round}").as_bytes()).unwrap();
            world.close_all();
            pass(5 * MINUTE).await;
            world.network.set(None);
            pass(6 * MINUTE).await;
        }
    })
    .await;
    let expected: Vec<_> = (0..8).map(|number| number.to_string()).collect();
    assert_eq!((world.telemetry(), outbox.stats().refused), (expected, 0));
}
