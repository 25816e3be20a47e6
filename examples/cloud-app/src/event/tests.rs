use super::*;
use crate::Server;
use std::string::ToString;

const SERVER: Server<'static> = Server::new("bridge.example", 8883);

fn unreachable(error: NetworkError) -> std::string::String {
    Event::Unreachable { server: SERVER, error }.to_string()
}

/// The lines by which people find the cause.
#[test]
fn each_cause_has_its_line() {
    assert!(unreachable(NetworkError::Dns).starts_with("no DNS for bridge.example: "));
    assert!(unreachable(NetworkError::NoLink).contains("password"));
    assert!(unreachable(NetworkError::NoAddress).contains("DHCP"));
    assert!(unreachable(NetworkError::NoRoute).starts_with("no route to bridge.example:8883"));
    assert!(unreachable(NetworkError::Refused).contains("refused the connection"));
    assert!(unreachable(NetworkError::TimedOut).contains("port 8883"));
    assert!(unreachable(NetworkError::Reset).contains("cut the connection"));
    assert!(unreachable(NetworkError::Other("no sockets left")).contains("no sockets left"));
    let refused = Event::Refused(Refusal::Token).to_string();
    for word in ["token refused", "audience", "clock", "public key"] {
        assert!(refused.contains(word), "{refused}");
    }
    let error = TimeError::Network(NetworkError::Dns);
    let no_time = Event::NoTime { server: Server::new("time.example", 123), error }.to_string();
    assert!(no_time.starts_with("no time: no DNS for time.example"), "{no_time}");
    let jump = Event::NoTime { server: SERVER, error: TimeError::Jump { ms: -90_000 } }.to_string();
    assert!(jump.contains("90 s back"), "{jump}");
    let verified = Event::Verified { server: SERVER, proof: &"leaf\nroot" };
    assert_eq!(verified.to_string(), "bridge.example is verified: leaf; issued by root");
    let untrusted = Event::Untrusted { server: SERVER, cause: &"certificate for another name" };
    assert!(untrusted.to_string().contains("another name; nothing was sent"));
    let waiting = Event::Waiting { ms: 1250, failures: 2 };
    assert_eq!(waiting.to_string(), "next try in 1.2 s (failure 2)");
}

#[test]
fn every_event_is_one_line() {
    let adjustments = [
        Adjustment::First,
        Adjustment::Corrected { by_ms: -20, after_ms: 14_400_000 },
        Adjustment::Replaced { by_ms: 7_200_000 },
    ];
    let events = [
        Event::Connecting { server: SERVER },
        Event::Signed { expires: 1 },
        Event::NotSigned { cause: &"no chip" },
        Event::TimedOut { step: Step::Ping, after_ms: 20_000 },
        Event::LoggedIn { server: SERVER, renewal_s: 3300, token: true },
        Event::Denied { server: SERVER, cause: &"the audience is wrong" },
        Event::Unsendable { cause: &"it is empty" },
        Event::Published { length: 1, waiting: 2 },
        Event::StatePublished { length: 3 },
        Event::Dropped { count: 4 },
        Event::Renewing,
        Event::Lost { cause: &"closed" },
    ];
    let times = adjustments.map(|adjustment| Event::Time { unix: 1_800_000_000, adjustment });
    for event in events.iter().chain(&times) {
        let line = event.to_string();
        assert!(line.len() > 10 && line.len() < 200 && !line.contains('\n'), "{line}");
    }
}

#[test]
fn counters_count() {
    let mut counters = Counters::default();
    let login = Event::LoggedIn { server: SERVER, renewal_s: 1, token: true };
    for event in [
        Event::Connecting { server: SERVER },
        Event::Signed { expires: 1 },
        login,
        Event::Renewing,
        login,
        Event::Renewing,
        Event::Waiting { ms: 1, failures: 1 },
        login,
        Event::Lost { cause: &"x" },
        Event::Dropped { count: 5 },
        Event::Published { length: 1, waiting: 0 },
    ] {
        counters.event(&event);
    }
    assert_eq!((counters.connections, counters.signatures, counters.logins), (1, 1, 3));
    assert_eq!((counters.renewals, counters.lost, counters.dropped, counters.published), (1, 1, 5, 1));
}
