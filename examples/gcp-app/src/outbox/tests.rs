use super::*;
use embassy_futures::block_on;
use embassy_futures::poll_once;
use std::format;
use std::string::String;
use std::string::ToString;

type Small = Outbox<3, 8>;

fn next(outbox: &Small) -> Option<String> {
    let mut buffer = [0; 8];
    let outgoing = outbox.take(&mut buffer)?;
    Some(String::from_utf8(buffer[..outgoing.length].to_vec()).unwrap())
}

fn fill(outbox: &Small, numbers: core::ops::Range<u32>) {
    for number in numbers {
        outbox.publish(None, format!("{number}").as_bytes()).unwrap();
    }
}

#[test]
fn a_message_stays_until_it_is_acknowledged() {
    let outbox = Small::new();
    fill(&outbox, 0..2);
    assert_eq!(next(&outbox).as_deref(), Some("0"));
    assert_eq!(outbox.stats().waiting, 2);
    outbox.release();
    assert_eq!(next(&outbox).as_deref(), Some("0"));
    outbox.acknowledge();
    // Nothing is being sent, so nothing can be acknowledged.
    outbox.acknowledge();
    assert_eq!(next(&outbox).as_deref(), Some("1"));
    outbox.acknowledge();
    assert_eq!(next(&outbox), None);
    let expected = OutboxStats { accepted: 2, acknowledged: 2, dropped: 0, repeated: 1, waiting: 0 };
    assert_eq!(outbox.stats(), expected);
}

#[test]
fn the_oldest_makes_way_but_not_while_it_is_sent() {
    let outbox = Small::new();
    fill(&outbox, 0..4);
    assert_eq!(next(&outbox).as_deref(), Some("1"));
    fill(&outbox, 4..6);
    outbox.acknowledge();
    let rest: std::vec::Vec<_> = core::iter::from_fn(|| {
        let message = next(&outbox);
        outbox.acknowledge();
        message
    })
    .collect();
    assert_eq!(rest, ["4", "5"]);
    let expected = OutboxStats { accepted: 6, acknowledged: 3, dropped: 3, repeated: 0, waiting: 0 };
    assert_eq!(outbox.stats(), expected);
}

#[test]
fn what_can_not_be_sent_is_not_taken() {
    let outbox = Small::new();
    fill(&outbox, 0..3);
    let long = outbox.publish(None, b"123456789").unwrap_err();
    assert_eq!(long, OutboxError::TooLong { length: 9, capacity: 8 });
    assert!(long.to_string().contains("9 bytes"));
    assert!(matches!(outbox.publish(Some("a/#"), b"x"), Err(OutboxError::Name(_))));
    assert!(outbox.set_state(b"123456789").is_err());
    assert_eq!((outbox.stats().dropped, outbox.stats().waiting), (0, 3));
}

#[test]
fn a_state_is_sent_once_per_connection_and_change() {
    let (outbox, mut buffer) = (Small::new(), [0; 8]);
    assert_eq!(outbox.state(&mut buffer), None);
    outbox.set_state(b"on").unwrap();
    let (length, version) = outbox.state(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], b"on");
    // It changes while it is sent.
    outbox.set_state(b"off").unwrap();
    outbox.state_acknowledged(version);
    let (length, version) = outbox.state(&mut buffer).unwrap();
    assert_eq!(&buffer[..length], b"off");
    outbox.state_acknowledged(version);
    assert_eq!(outbox.state(&mut buffer), None);
    outbox.release();
    assert!(outbox.state(&mut buffer).is_some());
}

#[test]
fn whoever_waits_is_woken() {
    let outbox = Small::new();
    assert!(poll_once(outbox.filled()).is_pending());
    block_on(async {
        let waiting = outbox.filled();
        let producing = async { outbox.publish(None, b"x").unwrap() };
        embassy_futures::join::join(waiting, producing).await;
    });
    next(&outbox);
    outbox.acknowledge();
    block_on(async {
        let waiting = outbox.filled();
        let producing = async { outbox.set_state(b"x").unwrap() };
        embassy_futures::join::join(waiting, producing).await;
    });
}
