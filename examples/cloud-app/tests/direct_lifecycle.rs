//! A device at Pub/Sub without a bridge, in virtual time: what it does when all is well, and each failure.

use crate::chip::SoftChip;
use crate::world::google::{ISSUER, KEY_ID, State};
use crate::world::network::{MemoryDial, MemoryNetwork};
use crate::world::record::Record;
use crate::world::{HOUR, MINUTE, Mail, TIME, World, WorldClock, pass};
use atecc608_cloud::federation::{
    EXCHANGE_BUFFER, IAM_CREDENTIALS_HOST, Identity, Impersonation, PUBSUB_HOST, Provider, STS_HOST, Scope,
    ServiceAccount, Topic,
};
use atecc608_cloud::token::Lifetime;
use cloud_app::{Direct, DirectConfig, DirectParts, NetworkError, TimeKeeper, UnixClock};
use mock_servers::sntp::Manner;
use serde_json::json;
use std::rc::Rc;

fn config() -> DirectConfig<'static> {
    let provider = Provider::new(123, "devices", "greenhouse").unwrap();
    let identity = Identity::new(provider, ISSUER, "sensor-1", KEY_ID).unwrap();
    DirectConfig::new(identity, Topic::new("proj", "telemetry").unwrap())
}

fn world(chip: &SoftChip) -> Rc<World> {
    let world = World::new();
    world.google.state().key_pem = chip.public_key_pem();
    world
}

async fn story(
    world: &Rc<World>,
    config: DirectConfig<'_>,
    chip: &SoftChip,
    outbox: &Mail,
    story: impl AsyncFnOnce(&Record),
) -> Record {
    let record = Record::new(world);
    let (mut access, mut work) = (vec![0; EXCHANGE_BUFFER], vec![0; EXCHANGE_BUFFER]);
    let parts = DirectParts {
        dial: MemoryDial(MemoryNetwork(Rc::clone(world))),
        clock: WorldClock(Rc::clone(world)),
        signer: chip.clone(),
        observer: record.clone(),
        outbox,
        access: &mut access,
        work: &mut work,
        seed: 7,
    };
    let time = TimeKeeper::new(TIME, UnixClock::default(), 4 * 3600);
    let mut direct = Direct::new(config, time, parts);
    tokio::select! {
        biased;
        never = direct.run() => match never {},
        () = story(&record) => {}
    }
    record
}

fn published(world: &World) -> Vec<String> {
    world.google.state().published.iter().map(|(data, _)| data.clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn exchanges_and_publishes() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = world(&chip);
    outbox.set_state(b"idle").unwrap();
    outbox.publish(None, b"first").unwrap();
    outbox.publish(Some("alerts"), b"second").unwrap();
    let record = story(&world, config(), &chip, &outbox, async |_| pass(MINUTE).await).await;
    let lines: Vec<_> = record.lines.borrow().iter().map(|(_, line)| line.clone()).collect();
    let expected = [
        "clock set",
        "connecting to sts.googleapis.com:443",
        "token signed by the chip",
        "logged in to sts.googleapis.com; the token is renewed in 3",
        "connecting to pubsub.googleapis.com:443",
        "published the state, 4 bytes",
        "published 5 bytes; 1 messages wait",
        "published 6 bytes; 0 messages wait",
    ];
    assert_eq!(lines.len(), expected.len(), "{}", record.text());
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{line}");
    }
    assert_eq!(
        world.google.state().published,
        [
            ("idle".to_owned(), json!({"deviceId": "sensor-1", "kind": "state"})),
            ("first".to_owned(), json!({"deviceId": "sensor-1"})),
            ("second".to_owned(), json!({"deviceId": "sensor-1", "subFolder": "alerts"})),
        ]
    );
}

/// One signature and one exchange an hour, whatever is published, and none after the token's end.
#[tokio::test(start_paused = true)]
async fn renews_before_expires_in() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = world(&chip);
    let record = story(&world, config(), &chip, &outbox, async |_| {
        for number in 0..24 * 12 {
            outbox.publish(None, format!("{number}").as_bytes()).unwrap();
            pass(5 * MINUTE).await;
        }
    })
    .await;
    let expected: Vec<_> = (0..24 * 12).map(|number| number.to_string()).collect();
    assert_eq!(published(&world), expected);
    assert!(world.google.state().complaints.is_empty(), "{:?}", world.google.state().complaints);
    assert!((25..=27).contains(&chip.signatures.get()), "{}", chip.signatures.get());
    assert_eq!(record.count("logged in"), chip.signatures.get() as usize);
    assert_eq!(record.count("next try in"), 0, "{}", record.text());
}

#[tokio::test(start_paused = true)]
async fn short_tokens_are_renewed_too() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = world(&chip);
    world.google.state().lifetime = 60;
    story(&world, config(), &chip, &outbox, async |_| {
        for number in 0..60 {
            outbox.publish(None, format!("{number}").as_bytes()).unwrap();
            pass(10_000).await;
        }
    })
    .await;
    assert_eq!(published(&world).len(), 60);
    assert!(world.google.state().complaints.is_empty(), "{:?}", world.google.state().complaints);
    assert!((17..=21).contains(&chip.signatures.get()), "{}", chip.signatures.get());
}

#[tokio::test(start_paused = true)]
async fn acts_as_a_service_account() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = world(&chip);
    let who = Impersonation {
        account: ServiceAccount::new("pub@proj.example.com").unwrap(),
        scope: Scope::PUBSUB,
        lifetime: Lifetime::HOUR,
    };
    let config = DirectConfig { impersonation: Some(who), ..config() };
    let record = story(&world, config, &chip, &outbox, async |_| {
        for hour in 0..5 {
            outbox.publish(None, format!("{hour}").as_bytes()).unwrap();
            pass(HOUR).await;
        }
    })
    .await;
    assert_eq!(published(&world), ["0", "1", "2", "3", "4"]);
    assert!(record.has(&format!("logged in to {IAM_CREDENTIALS_HOST}")), "{}", record.text());
    assert!(world.google.state().complaints.is_empty());
}

/// 429 and 503 of the token service: waited out, not before Retry-After, and the chip signs for each try.
#[tokio::test(start_paused = true)]
async fn a_busy_token_service() {
    for (status, retry_after) in [(429, Some(90)), (503, None), (500, None)] {
        let (chip, outbox) = (SoftChip::new(1), Mail::new());
        let world = world(&chip);
        outbox.publish(None, b"kept").unwrap();
        world.google.state().busy.insert(STS_HOST, (status, retry_after));
        let record = story(&world, config(), &chip, &outbox, async |_| {
            pass(HOUR).await;
            world.google.state().busy.clear();
            pass(7 * MINUTE).await;
        })
        .await;
        assert!(record.has(&status.to_string()), "{}", record.text());
        assert!((10..40).contains(&record.count("next try in")), "{status}: {}", record.text());
        let tries = record.times(&format!("connecting to {STS_HOST}"));
        let least = u64::from(retry_after.unwrap_or(0)) * 1000;
        assert!(tries.windows(2).all(|pair| pair[1] - pair[0] > least), "{tries:?}");
        assert_eq!(published(&world), ["kept"], "{}", record.text());
    }
}

/// Whatever Pub/Sub suffers from costs neither signatures nor exchanges.
#[tokio::test(start_paused = true)]
async fn a_busy_pubsub() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = world(&chip);
    outbox.publish(None, b"kept").unwrap();
    world.google.state().busy.insert(PUBSUB_HOST, (503, None));
    let record = story(&world, config(), &chip, &outbox, async |_| {
        pass(40 * MINUTE).await;
        world.google.state().busy.clear();
        pass(6 * MINUTE).await;
    })
    .await;
    assert!(record.count("503") > 5, "{}", record.text());
    assert_eq!(chip.signatures.get(), 1);
    assert_eq!(published(&world), ["kept"]);
    assert_eq!(outbox.stats().repeated as usize, record.count("503"));
}

#[tokio::test(start_paused = true)]
async fn a_revoked_access_token_is_replaced() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = world(&chip);
    let record = story(&world, config(), &chip, &outbox, async |_| {
        outbox.publish(None, b"one").unwrap();
        pass(MINUTE).await;
        world.google.revoke_all();
        outbox.publish(None, b"two").unwrap();
        pass(15_000).await;
    })
    .await;
    assert_eq!(published(&world), ["one", "two"], "{}", record.text());
    assert_eq!(chip.signatures.get(), 2);
}

/// Refusals name the claim to look at, and are not hurried.
async fn refused(spoil: impl Fn(&mut State), words: &str) {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = world(&chip);
    spoil(&mut world.google.state());
    outbox.publish(None, b"kept").unwrap();
    let record = story(&world, config(), &chip, &outbox, async |record| {
        pass(HOUR).await;
        assert!(record.has(words), "{words}: {}", record.text());
        // From half a minute to ten minutes apart; the quick pace makes more than twenty of them.
        assert!(record.count("next try in") < 20, "{}", record.text());
        {
            let mut state = world.google.state();
            state.key_pem = chip.public_key_pem();
            state.audience = crate::world::google::AUDIENCE;
        }
        pass(11 * MINUTE).await;
    })
    .await;
    assert_eq!(published(&world), ["kept"], "{}", record.text());
}

#[tokio::test(start_paused = true)]
async fn a_wrong_audience() {
    refused(|state| state.audience = "another", "aud").await;
}

#[tokio::test(start_paused = true)]
async fn an_unknown_key() {
    refused(|state| state.key_pem = SoftChip::new(2).public_key_pem(), "ignature").await;
}

#[tokio::test(start_paused = true)]
async fn a_wrong_clock() {
    for (seconds, claim) in [(-7200, "exp"), (7200, "iat")] {
        let (chip, outbox) = (SoftChip::new(1), Mail::new());
        let world = world(&chip);
        world.time.set(Manner::Off(seconds));
        outbox.publish(None, b"kept").unwrap();
        let record = story(&world, config(), &chip, &outbox, async |record| {
            pass(MINUTE).await;
            assert!(record.has(claim) && record.has("clock"), "{}", record.text());
            world.time.set(Manner::Honest);
            pass(31 * MINUTE).await;
        })
        .await;
        assert!(record.has("clock was wrong by"), "{}", record.text());
        assert_eq!(published(&world), ["kept"], "{}", record.text());
    }
}

#[tokio::test(start_paused = true)]
async fn servers_that_never_answer() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = world(&chip);
    outbox.publish(None, b"kept").unwrap();
    world.google.state().silent = vec![STS_HOST];
    let record = story(&world, config(), &chip, &outbox, async |_| {
        pass(MINUTE).await;
        world.google.state().silent = vec![PUBSUB_HOST];
        pass(4 * MINUTE).await;
        world.google.state().silent.clear();
        pass(6 * MINUTE).await;
    })
    .await;
    assert!(record.has("no answer within 20 s while exchanging the token"), "{}", record.text());
    assert!(record.has("no answer within 20 s while publishing"), "{}", record.text());
    assert_eq!(published(&world), ["kept"], "{}", record.text());
}

/// A connection that the server closed for being idle is replaced without a wait.
#[tokio::test(start_paused = true)]
async fn idle_connections_are_closed_by_either_side() {
    for idle in [30, 240] {
        let (chip, outbox) = (SoftChip::new(1), Mail::new());
        let world = world(&chip);
        world.google.state().idle = std::time::Duration::from_secs(idle);
        let record = story(&world, config(), &chip, &outbox, async |_| {
            for gap in [MINUTE, MINUTE, 2 * MINUTE, 10_000, 10_000] {
                outbox.publish(None, b"x").unwrap();
                pass(gap).await;
            }
        })
        .await;
        assert_eq!(published(&world).len(), 5, "{}", record.text());
        assert!(!record.has("next try"), "{}", record.text());
        // The device keeps a connection for 90 seconds.
        let connections = if idle == 30 { 4 } else { 2 };
        assert_eq!(record.count(&format!("connecting to {PUBSUB_HOST}")), connections, "{}", record.text());
    }
}

#[tokio::test(start_paused = true)]
async fn no_network_and_no_time() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = world(&chip);
    outbox.publish(None, b"kept").unwrap();
    world.time.set(Manner::Silent);
    let record = story(&world, config(), &chip, &outbox, async |record| {
        pass(HOUR).await;
        assert_eq!((chip.signatures.get(), record.count("connecting")), (0, 0));
        world.time.set(Manner::Honest);
        world.network.set(Some(NetworkError::Dns));
        pass(HOUR).await;
        assert!(record.has("no DNS for time.example"), "{}", record.text());
        world.network.set(None);
        pass(6 * MINUTE).await;
        world.network.set(Some(NetworkError::Dns));
        world.close_all();
        outbox.publish(None, b"later").unwrap();
        pass(MINUTE).await;
        assert!(record.has("no DNS for pubsub.googleapis.com"), "{}", record.text());
        world.network.set(None);
        pass(6 * MINUTE).await;
    })
    .await;
    assert_eq!(published(&world), ["kept", "later"], "{}", record.text());
}

#[tokio::test(start_paused = true)]
async fn the_chip_is_unplugged() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = world(&chip);
    chip.unplugged.set(true);
    outbox.publish(None, b"kept").unwrap();
    let record = story(&world, config(), &chip, &outbox, async |_| {
        pass(10 * MINUTE).await;
        chip.unplugged.set(false);
        pass(6 * MINUTE).await;
    })
    .await;
    assert!(record.has("no acknowledge on the bus; is the chip plugged in?"), "{}", record.text());
    assert_eq!(published(&world), ["kept"], "{}", record.text());
}

/// Pub/Sub says 400 to one message and to one state: the others get through, at the same connection's price.
#[tokio::test(start_paused = true)]
async fn a_message_that_pubsub_never_takes() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = world(&chip);
    world.google.state().poison = vec!["poison", "bad state"];
    let record = story(&world, config(), &chip, &outbox, async |_| {
        for message in ["one", "poison", "two", "three"] {
            outbox.publish(None, message.as_bytes()).unwrap();
        }
        pass(3 * MINUTE).await;
        outbox.set_state(b"bad state").unwrap();
        outbox.publish(None, b"four").unwrap();
        // Past the next login, after which a state would be published again.
        pass(2 * HOUR).await;
        outbox.set_state(b"good state").unwrap();
        pass(MINUTE).await;
    })
    .await;
    assert_eq!(published(&world), ["one", "two", "three", "four", "good state"], "{}", record.text());
    assert!(record.has("publishing was refused with status 400 (INVALID_ARGUMENT)"), "{}", record.text());
    assert!(record.has("a message of 6 bytes is dropped") && record.has("the state of 9 bytes is dropped"));
    assert_eq!(record.count("status 400"), 6, "three tries each: {}", record.text());
    let stats = outbox.stats();
    assert_eq!((stats.accepted, stats.acknowledged, stats.dropped, stats.refused), (5, 4, 1, 2));
    assert_eq!((record.counters.get().dropped, record.count("the outbox was full")), (1, 0));
}

/// A Retry-After of a hundred years.
#[tokio::test(start_paused = true)]
async fn no_server_keeps_a_device_away_for_ever() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = world(&chip);
    outbox.publish(None, b"kept").unwrap();
    world.google.state().busy.insert(STS_HOST, (503, Some(3_155_760_000)));
    let record = story(&world, config(), &chip, &outbox, async |_| {
        pass(MINUTE).await;
        world.google.state().busy.clear();
        pass(13 * MINUTE).await;
    })
    .await;
    assert_eq!(published(&world), ["kept"], "{}", record.text());
}

/// A message that no server would take does not stand in the way of the next.
#[tokio::test(start_paused = true)]
async fn a_message_that_fits_no_buffer() {
    let (chip, outbox) = (SoftChip::new(1), Mail::new());
    let world = world(&chip);
    outbox.publish(None, &[b'x'; 64]).unwrap();
    outbox.publish(None, b"small").unwrap();
    let record = Record::new(&world);
    let (mut access, mut work) = (vec![0; EXCHANGE_BUFFER], vec![0; 128]);
    let parts = DirectParts {
        dial: MemoryDial(MemoryNetwork(Rc::clone(&world))),
        clock: WorldClock(Rc::clone(&world)),
        signer: chip.clone(),
        observer: record.clone(),
        outbox: &outbox,
        access: &mut access,
        work: &mut work,
        seed: 7,
    };
    let time = TimeKeeper::new(TIME, UnixClock::default(), 4 * 3600);
    let mut direct = Direct::new(config(), time, parts);
    let _ = tokio::time::timeout(std::time::Duration::from_secs(60), direct.run()).await;
    assert!(record.has("a message can't be sent and is dropped"), "{}", record.text());
    assert_eq!((outbox.stats().dropped, outbox.stats().accepted), (1, 2));
    assert_eq!(record.counters.get().dropped, 1);
}
