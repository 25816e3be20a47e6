//! What is left of secrets.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use atecc608_cloud::federation::{Connection, FEDERATED_TOKEN_MAX, Scope, exchange};
use embassy_futures::block_on;
use embedded_io_async::{ErrorKind, ErrorType, Read, Write};

use crate::script::{Script, UPTIME, exchange_over, granted, issue, ok, provider};

/// The bytes of a buffer that are not zero.
fn left(buffer: &[u8]) -> usize {
    buffer.iter().filter(|byte| **byte != 0).count()
}

#[test]
fn only_the_access_token_stays_and_only_while_it_lives() {
    let mut buffer = [0; 4096];
    let mut connection = Connection::new(Script::new(ok(&granted("ya29.t")), 100), "sts").unwrap();
    let token = exchange_over(&mut connection, &mut buffer).unwrap();
    assert!(!format!("{token:?} {:?}", connection.is_open()).contains("ya29"));
    // Forgotten, not dropped: what else is in the buffer?
    std::mem::forget(token);
    assert_eq!(&buffer[..6], b"ya29.t");
    assert_eq!(left(&buffer), 6);
    let mut connection = Connection::new(Script::new(ok(&granted("ya29.t")), 100), "sts").unwrap();
    drop(exchange_over(&mut connection, &mut buffer).unwrap());
    assert_eq!(left(&buffer), 0);
}

#[test]
fn nothing_stays_after_an_error() {
    for answer in
        [String::new(), ok("{"), ok(&granted("a b")), ok(&granted("ya29.t")).replace("3599", "0000")]
    {
        let mut buffer = [0xFF; 4096];
        let mut connection = Connection::new(Script::new(answer, 100), "sts").unwrap();
        exchange_over(&mut connection, &mut buffer).unwrap_err();
        assert_eq!(left(&buffer), 0);
    }
}

/// Takes everything and never answers.
struct Silence;

impl ErrorType for Silence {
    type Error = ErrorKind;
}

impl Read for Silence {
    async fn read(&mut self, _buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        std::future::pending().await
    }
}

impl Write for Silence {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        Ok(bytes.len())
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

#[test]
fn nothing_stays_after_a_call_that_was_dropped_and_the_connection_is_used_up() {
    let mut buffer = [0xFF; 4096];
    let mut text = [0; FEDERATED_TOKEN_MAX];
    let token = issue(&mut text);
    let mut connection = Connection::new(Silence, "sts").unwrap();
    {
        let provider = provider();
        let mut call = pin!(exchange(&mut connection, &provider, Scope::PUBSUB, &token, UPTIME, &mut buffer));
        let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Pending));
    }
    assert_eq!(left(&buffer), 0);
    assert!(!connection.is_open());
}

#[test]
fn the_devices_token_is_wiped_and_not_shown() {
    let mut text = [0; FEDERATED_TOKEN_MAX];
    let token = issue(&mut text);
    assert!(token.as_str().starts_with("eyJ"));
    assert!(!format!("{token:?}").contains("eyJ"));
    drop(token);
    assert_eq!(left(&text), 0);
}

#[test]
fn a_transport_that_takes_nothing_is_closed_and_not_a_panic() {
    struct Full;
    impl ErrorType for Full {
        type Error = ErrorKind;
    }
    impl Read for Full {
        async fn read(&mut self, _buffer: &mut [u8]) -> Result<usize, ErrorKind> {
            Ok(0)
        }
    }
    impl Write for Full {
        async fn write(&mut self, _bytes: &[u8]) -> Result<usize, ErrorKind> {
            Ok(0)
        }
        async fn flush(&mut self) -> Result<(), ErrorKind> {
            Ok(())
        }
    }
    let (mut text, mut buffer) = ([0; FEDERATED_TOKEN_MAX], [0; 2048]);
    let token = issue(&mut text);
    let mut connection = Connection::new(Full, "sts").unwrap();
    let provider = provider();
    let call = exchange(&mut connection, &provider, Scope::PUBSUB, &token, UPTIME, &mut buffer);
    assert!(block_on(call).unwrap_err().is_retryable());
}
