//! A device at the bridge, in virtual time: what it does when all is well.

use crate::chip::SoftChip;
use crate::world::{HOUR, MINUTE, Mail, World, config, device, pass, tell};
use atecc608_cloud::mqtt::KeepAlive;
use atecc608_cloud::token::Lifetime;

#[tokio::test(start_paused = true)]
async fn logs_in_and_exchanges_messages() {
    let chip = SoftChip::new(1);
    let world = World::with(&chip);
    let (outbox, mut receive) = (Mail::new(), [0; 256]);
    let (mut bridge, record, received) = device(&world, config(), &chip, &outbox, &mut receive);
    outbox.set_state(b"idle").unwrap();
    outbox.publish(None, b"before the login").unwrap();
    tell(&mut bridge, async {
        pass(MINUTE).await;
        outbox.publish(Some("alerts"), b"while idle").unwrap();
        outbox.set_state(b"busy").unwrap();
        pass(MINUTE).await;
    })
    .await;
    let lines: Vec<_> = record.lines.borrow().iter().map(|(_, line)| line.clone()).collect();
    let expected = [
        "clock set: 180000000",
        "connecting to bridge.example:8883",
        "token signed by the chip; good until 180000360",
        "logged in to bridge.example; the token is renewed in 3",
        "published the state, 4 bytes",
        "published 16 bytes; 0 messages wait",
        "published the state, 4 bytes",
        "published 10 bytes; 0 messages wait",
    ];
    assert_eq!(lines.len(), expected.len(), "{}", record.text());
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{line}");
    }
    let topics: Vec<_> = world.service.seen().published.into_iter().map(|m| (m.topic, m.payload)).collect();
    let topic = |rest: &str, payload: &str| (format!("/devices/sensor-1/{rest}"), payload.to_owned());
    assert_eq!(
        topics,
        [
            topic("state", "idle"),
            topic("events", "before the login"),
            topic("state", "busy"),
            topic("events/alerts", "while idle"),
        ]
    );
    let led = r#"led {"led":"on"}"#;
    assert_eq!(*received.0.borrow(), [r#"config {"interval_s":60}"#, led, led]);
    assert!(world.complaints().is_empty());
}

/// Each connection ends before its token does, and the next one follows at once.
#[tokio::test(start_paused = true)]
async fn renews_before_the_token_expires() {
    let chip = SoftChip::new(1);
    let world = World::with(&chip);
    let (outbox, mut receive) = (Mail::new(), [0; 256]);
    let (mut bridge, record, _) = device(&world, config(), &chip, &outbox, &mut receive);
    tell(&mut bridge, async {
        for number in 0..100 {
            outbox.publish(None, format!("{number}").as_bytes()).unwrap();
            pass(15 * MINUTE).await;
        }
    })
    .await;
    let logins = record.times("logged in");
    let gaps: Vec<_> = logins.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(gaps.len(), 26, "25 hours of 53 to 58 minutes each: {}", record.text());
    assert!(gaps.iter().all(|gap| (53 * MINUTE..58 * MINUTE + 1000).contains(gap)), "{gaps:?}");
    assert!(gaps.iter().any(|gap| gap.abs_diff(gaps[0]) > 10_000), "renewals do not spread: {gaps:?}");
    for (renewing, login) in record.times("renewing").iter().zip(&logins[1..]) {
        assert!(login - renewing < 1000, "{}", record.text());
    }
    assert!(world.complaints().is_empty(), "{:?}", world.complaints());
    let expected: Vec<_> = (0..100).map(|number| number.to_string()).collect();
    assert_eq!(world.telemetry(), expected);
    assert_eq!(world.open_links(), 1);
    // The time is asked for again when a connection ends four hours later or more.
    assert_eq!(record.count("clock corrected"), 5, "{}", record.text());
    assert_eq!(record.counters.get().renewals, 26);
    assert_eq!(chip.signatures.get(), 27);
}

/// The bridge closes an idle connection after 1.5 times the keep-alive interval.
#[tokio::test(start_paused = true)]
async fn pings_keep_an_idle_connection() {
    let chip = SoftChip::new(1);
    let world = World::with(&chip);
    let (outbox, mut receive) = (Mail::new(), [0; 256]);
    let config = cloud_app::BridgeConfig {
        keep_alive: KeepAlive::from_secs(30).unwrap(),
        lifetime: Lifetime::MAX,
        ..config()
    };
    let (mut bridge, record, _) = device(&world, config, &chip, &outbox, &mut receive);
    tell(&mut bridge, pass(20 * HOUR)).await;
    assert_eq!(record.count("logged in"), 1, "{}", record.text());
    assert!(world.complaints().is_empty(), "{:?}", world.complaints());
}
