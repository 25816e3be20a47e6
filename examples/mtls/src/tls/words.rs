//! What it means when TLS fails.

use atecc608_linux::ChipError;
use atecc608_linux::rustls::advice;
use demo::Failure;
use rustls::Error;
use std::fmt::Display;
use std::io;

use super::Server;

/// A failed read, write or handshake, explained.
pub(crate) fn of_io(tried: impl Display, error: &io::Error, server: &Server) -> Failure {
    let compare = server.compare;
    let inner = error.get_ref();
    let failure = Failure::new(&tried, error, "");
    let or_compare =
        |help: Option<&str>| help.map_or_else(|| compare.to_owned(), |help| format!("{help}; {compare}"));
    match inner.and_then(|error| error.downcast_ref::<Error>()) {
        Some(Error::AlertReceived(_)) => {
            failure.explained("the server refused the device", or_compare(advice(error)))
        }
        Some(Error::InvalidCertificate(_)) => failure.explained(
            format_args!("the server is not believed to be {}", server.name),
            format_args!(
                "{}. --ca says who is trusted, --endpoint the name",
                advice(error)
                    .unwrap_or("look at its certificate: openssl s_client -showcerts -connect HOST:PORT")
            ),
        ),
        Some(Error::Other(other)) => match other.0.downcast_ref::<ChipError>().and_then(ChipError::trouble) {
            Some(trouble) => failure.explained(trouble.cause(), trouble.advice()),
            None => failure.explained("the chip did not sign", CHIP),
        },
        Some(Error::NoApplicationProtocol) => failure
            .advising("the server does not speak what ALPN names: leave --alpn out, or take the port 443"),
        Some(Error::PeerIncompatible(_)) => {
            failure.advising(advice(error).unwrap_or("try the other version with --tls, or leave --tls out"))
        }
        Some(Error::InvalidMessage(_)) => {
            failure.explained("what the server says is no TLS", "check the port of --endpoint")
        }
        Some(_) => failure.advising(or_compare(advice(error))),
        None => of_network(tried, error, compare),
    }
}

const CHIP: &str = "check chip, wiring and supply; then run again: what is done already is found";

/// The other side has closed the connection without a word.
pub(crate) fn is_cut(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionAborted
    )
}

fn of_network(tried: impl Display, error: &io::Error, compare: &str) -> Failure {
    if is_cut(error) {
        let cause = format!("the server closed the connection without a reason ({error})");
        return Failure::new(
            tried,
            cause,
            format_args!("{compare}; and check that it speaks TLS on this port"),
        );
    }
    Failure::new(tried, error, "check the network, and that the server speaks TLS on this port")
}
