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
    let expected =
        OutboxStats { accepted: 2, acknowledged: 2, dropped: 0, refused: 0, repeated: 1, waiting: 0 };
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
    let expected =
        OutboxStats { accepted: 6, acknowledged: 3, dropped: 3, refused: 0, repeated: 0, waiting: 0 };
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

/// Takes and strikes until the message is given up: how often.
fn tries(outbox: &Small) -> u32 {
    let before = next(outbox);
    for strikes in 1..1000 {
        if let Some((length, told)) = outbox.strike() {
            assert_eq!((length, told), (before.unwrap().len(), strikes));
            return strikes;
        }
        outbox.release();
        assert_eq!(next(outbox), before, "it stays at the front");
    }
    panic!("never given up");
}

#[test]
fn what_the_server_never_takes_does_not_hold_up_the_rest() {
    let outbox = Small::new();
    fill(&outbox, 0..2);
    assert_eq!(tries(&outbox), 3);
    assert_eq!(next(&outbox).as_deref(), Some("1"));
    outbox.acknowledge();
    let stats = outbox.stats();
    assert_eq!((stats.accepted, stats.acknowledged, stats.dropped, stats.refused), (2, 1, 1, 1));
    // Nothing is being sent, so nothing can be struck.
    fill(&outbox, 2..3);
    assert_eq!((outbox.strike(), outbox.stats().waiting), (None, 1));
}

/// A server that takes nothing gets ever more tries, one that takes something is trusted again.
#[test]
fn a_server_that_takes_nothing_costs_few_messages() {
    let outbox = Small::new();
    let mut all = std::vec::Vec::new();
    for _ in 0..8 {
        fill(&outbox, 0..1);
        all.push(tries(&outbox));
    }
    assert_eq!(all, [3, 6, 12, 24, 48, 96, 96, 96]);
    fill(&outbox, 0..2);
    next(&outbox);
    outbox.acknowledge();
    assert_eq!(tries(&outbox), 3);
}

#[test]
fn a_state_that_the_server_never_takes_waits_for_the_next() {
    let outbox = Small::new();
    let mut buffer = [0; 8];
    outbox.set_state(b"bad").unwrap();
    let (_, version) = outbox.state(&mut buffer).unwrap();
    assert_eq!((outbox.strike_state(version), outbox.strike_state(version)), (None, None));
    assert_eq!(outbox.strike_state(version), Some((3, 3)));
    outbox.release();
    assert_eq!(outbox.state(&mut buffer), None, "nor after the next login");
    assert!(poll_once(outbox.filled()).is_pending());
    outbox.set_state(b"good").unwrap();
    let (length, next) = outbox.state(&mut buffer).unwrap();
    assert_eq!(length, 4);
    // A strike against a state that is gone meanwhile is none.
    assert_eq!(outbox.strike_state(version), None);
    outbox.state_acknowledged(next);
    assert_eq!((outbox.stats().dropped, outbox.stats().refused), (0, 1), "states are not among the messages");
}
