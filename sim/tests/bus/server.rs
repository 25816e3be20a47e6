//! The server in process: the wire protocol, several masters, hooks.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use atecc608_sim::Bus;
use atecc608_sim::chip::Ack;
use atecc608_sim::server::{Options, serve};
use atecc608_sim::trace::Event;

use crate::common::{ADDRESS, AFTER_WAKE, INFO, REVISION};
use crate::tcp::{ACK, Client, NACK};

/// A server whose thread ends with the test's process.
fn start(bus: &Bus) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let bus = bus.clone();
    thread::spawn(move || panic!("the server ended: {}", serve(listener, bus, Options::new())));
    address
}

#[test]
fn every_operation() {
    let bus = Bus::with_blank_chip(1);
    let mut client = Client::connect(start(&bus));
    assert_eq!(client.send(&[b'S', ADDRESS << 1]), NACK, "asleep");
    client.stop();
    client.wake();
    let now = bus.now();
    client.delay_us(123_456);
    assert_eq!(bus.now() - now, 123_456_000);
    client.clock_hz(1_000_000);
    let now = bus.now();
    client.write(&[0x00]);
    assert_eq!(bus.now() - now, 19_000);
    assert_eq!(client.send(&[b'S', ADDRESS << 1 | 1]), ACK, "a repeated START");
    let answer: Vec<u8> = (0..5).map(|_| client.send(b"R")).collect();
    assert_eq!(answer, [&AFTER_WAKE[..], &[0xFF]].concat());
    client.stop();
    assert_eq!(client.execute(&INFO), REVISION[1..5]);
}

#[test]
fn operations_without_a_start_are_answered() {
    let mut client = Client::connect(start(&Bus::with_blank_chip(1)));
    assert_eq!(client.send(b"W\x03"), NACK);
    assert_eq!(client.send(b"R"), 0xFF);
    client.stop();
}

#[test]
fn the_clock_is_the_connection_s() {
    let bus = Bus::with_blank_chip(1);
    let address = start(&bus);
    let (mut fast, mut slow) = (Client::connect(address), Client::connect(address));
    fast.clock_hz(400_000);
    for (client, expected) in [(&mut fast, 11 * 2_500), (&mut slow, 11 * 10_000)] {
        let now = bus.now();
        client.send(&[b'S', 0x20]);
        client.stop();
        assert_eq!(bus.now() - now, expected);
    }
}

#[test]
fn an_unknown_operation_ends_the_connection_with_a_stop() {
    let bus = Bus::with_blank_chip(1);
    let address = start(&bus);
    for last_words in [&b"X"[..], &b"S"[..], &b"D\x01"[..]] {
        let mut client = Client::connect(address);
        client.wake();
        client.write(&INFO);
        std::io::Write::write_all(&mut client.0, last_words).unwrap();
        client.0.shutdown(std::net::Shutdown::Write).unwrap();
        assert_eq!(client.try_send(&[]), None, "closed");
        assert_eq!(bus.trace().entries().last().unwrap().event, Event::Stop);
        // The STOP let the command run: the chip keeps its state, and the next master reads the answer.
        let mut next = Client::connect(address);
        next.delay_us(10_000);
        assert_eq!(next.send(&[b'S', ADDRESS << 1 | 1]), ACK);
        let answer: Vec<u8> = (0..7).map(|_| next.send(b"R")).collect();
        assert_eq!(answer, REVISION);
    }
}

#[test]
fn transactions_of_several_masters_do_not_interleave() {
    let bus = Bus::with_blank_chip(1);
    bus.restart_trace(1_000_000);
    let address = start(&bus);
    thread::scope(|scope| {
        for id in 1..=4u8 {
            scope.spawn(move || {
                let mut client = Client::connect(address);
                for _ in 0..20 {
                    client.send(&[b'S', id << 1]);
                    for _ in 0..5 {
                        client.send(&[b'W', id]);
                    }
                    client.stop();
                }
            });
        }
    });
    let mut transactions = 0;
    let mut owner = 0;
    for entry in bus.trace().entries() {
        match entry.event {
            Event::Start => transactions += 1,
            Event::Address { byte, .. } => owner = byte >> 1,
            Event::Write { byte, .. } => assert_eq!(byte, owner),
            Event::Stop => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(transactions, 80);
}

#[test]
fn hooks_see_the_stop_of_a_dropped_connection() {
    let (sender, receiver) = mpsc::channel();
    let options = Options::new().after_each(move |bus| {
        let last = bus.trace().entries().last().map(|entry| entry.event);
        sender.send(last).map_err(io::Error::other)
    });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || serve(listener, Bus::new(), options));
    let mut client = Client::connect(address);
    client.send(&[b'S', 0x20]);
    drop(client);
    assert_eq!(receiver.recv().unwrap(), Some(Event::Address { byte: 0x20, ack: Ack::Nack }));
    assert_eq!(receiver.recv().unwrap(), Some(Event::Stop));
}

#[test]
fn a_hook_runs_before_the_answer_and_its_error_ends_the_server() {
    let calls = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&calls);
    let options = Options::new().after_each(move |bus| {
        seen.fetch_add(1, Ordering::SeqCst);
        if bus.now() >= 1_000_000 { Err(io::Error::other("no room")) } else { Ok(()) }
    });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(serve(listener, Bus::new(), options).to_string()));

    let mut client = Client::connect(address);
    for operation in 1..=5 {
        client.delay_us(1);
        assert_eq!(calls.load(Ordering::SeqCst), operation);
    }
    assert_eq!(client.try_send(b"D\xE8\x03\0\0"), None, "not acknowledged");
    assert_eq!(receiver.recv().unwrap(), "no room");
}
