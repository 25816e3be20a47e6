//! TLS: protocols that are offered (ALPN), against servers of rustls.

use crate::memory::{Cut, Failure, World, visit, visit_then};
use atecc608_cloud::tls::{Alert, TRANSMIT_BUFFER, TlsFailure};
use embedded_io_async::Write;
use mock_servers::tls::Offer;

/// What the server has is chosen, and both sides know.
#[test]
fn protocols_that_are_offered_and_chosen() {
    let served = |protocols: &[&str]| {
        let protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        World::asking(Offer { protocols, ..Offer::default() })
    };
    let outcome = |world: &World, offered: &[&str]| {
        let line = world.line(Cut::Never);
        let settings = world.settings().with_protocols(offered);
        let chosen = visit_then(&line, settings, TRANSMIT_BUFFER, async |mut connection| {
            connection.write_all(b"ping").await?;
            assert_eq!(connection.version(), "TLS 1.3");
            Ok(connection.protocol().map(str::to_owned))
        })?;
        assert_eq!(line.protocol(), chosen.clone().map(String::into_bytes));
        Ok::<_, Failure>(chosen)
    };
    let aws = served(&["x-amzn-mqtt-ca", "x-amzn-http-ca"]);
    assert_eq!(outcome(&aws, &["x-amzn-mqtt-ca"]).unwrap().unwrap(), "x-amzn-mqtt-ca");
    assert_eq!(outcome(&aws, &["mqtt", "x-amzn-http-ca"]).unwrap().unwrap(), "x-amzn-http-ca");
    assert_eq!(outcome(&aws, &[]).unwrap(), None);
    assert_eq!(outcome(&served(&[]), &["mqtt"]).unwrap(), None, "a server that knows nothing of it");
    let refused = outcome(&aws, &["mqtt"]).unwrap_err();
    assert!(matches!(refused, TlsFailure::Alert(Alert(120))), "{refused}");
    assert!(refused.to_string().contains("protocol"), "{refused}");

    let long = "x".repeat(256);
    for wrong in ["", &long] {
        let line = aws.line(Cut::Never);
        let failure = visit(&line, aws.settings().with_protocols(&["mqtt", wrong])).unwrap_err();
        assert!(matches!(failure, TlsFailure::ProtocolName), "{failure}");
        assert_eq!(line.carried(), (0, 0));
    }
    assert_eq!(outcome(&served(&[&long[1..]]), &[&long[1..]]).unwrap().unwrap(), long[1..]);
}
