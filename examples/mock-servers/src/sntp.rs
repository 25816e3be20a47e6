//! A time server that can be told to misbehave (RFC 5905's packet, by hand).

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// Seconds from 1900, where NTP starts, to 1970.
const SINCE_1900: u64 = 2_208_988_800;

/// How answers are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// As they should be.
    Honest,
    /// Not at all.
    Silent,
    /// Off by so many seconds.
    Off(i64),
    /// In the mode of a client, as somebody who mirrors questions does.
    Mirror,
    /// As a broadcast that nobody asked for.
    Broadcast,
    /// With stratum 0 and this code: go away.
    KissOfDeath([u8; 4]),
    /// With stratum 16: not synchronised.
    Unsynchronised,
    /// With the leap indicator's alarm: not synchronised either.
    Alarm,
    /// To another question.
    Forged,
    /// Cut short.
    Short,
    /// With stamps by which the question arrived an hour after the answer left.
    Backwards,
}

/// The answer to a question that arrives at `unix_ms`, in Unix milliseconds.
pub fn answer(question: &[u8], unix_ms: u64, manner: Manner) -> Option<Vec<u8>> {
    // Mode 3 is a client's; version 1 to 4.
    let (&first, sent) = (question.first()?, question.get(40..48)?);
    if first & 0b111 != 3 || !(1..=4).contains(&(first >> 3 & 0b111)) {
        return None;
    }
    let version = first & 0b0011_1000;
    let off = if let Manner::Off(seconds) = manner { seconds } else { 0 };
    let now = stamp(unix_ms.checked_add_signed(off * 1000)?);
    let mut origin = sent.to_vec();
    let (mut leap, mut mode, mut stratum, mut reference) = (0, 4, 2, [127, 0, 0, 1]);
    let mut received = now;
    match manner {
        Manner::Silent => return None,
        Manner::Honest | Manner::Off(_) | Manner::Short => {}
        Manner::Mirror => mode = 3,
        Manner::Broadcast => mode = 5,
        Manner::KissOfDeath(code) => (stratum, reference) = (0, code),
        Manner::Unsynchronised => stratum = 16,
        Manner::Alarm => leap = 0b1100_0000,
        Manner::Forged => origin.reverse(),
        Manner::Backwards => received = stamp(unix_ms + 3_600_000),
    }
    // Poll interval 2^6 s, precision 2^-20 s, root delay 0, root dispersion 1/64 s.
    let mut packet = vec![leap | version | mode, stratum, 6, 0xEC, 0, 0, 0, 0, 0, 0, 4, 0];
    packet.extend(reference);
    packet.extend(stamp(unix_ms.checked_add_signed(off * 1000)?.saturating_sub(16_000)));
    packet.extend(origin);
    packet.extend(received);
    packet.extend(now);
    if manner == Manner::Short {
        packet.truncate(40);
    }
    Some(packet)
}

fn stamp(unix_ms: u64) -> [u8; 8] {
    let seconds = unix_ms / 1000 + SINCE_1900;
    let fraction = ((unix_ms % 1000) << 32) / 1000;
    ((seconds << 32) | fraction).to_be_bytes()
}

/// A time server on this machine. It stops when this is dropped.
#[derive(Debug)]
pub struct TimeServer {
    address: SocketAddr,
    manner: Arc<Mutex<Manner>>,
    server: JoinHandle<()>,
}

impl TimeServer {
    /// Listens on a free port of 127.0.0.1, with this machine's time.
    ///
    /// # Errors
    /// No port can be had.
    pub async fn start(manner: Manner) -> std::io::Result<Self> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = socket.local_addr()?;
        let manner = Arc::new(Mutex::new(manner));
        let server = tokio::spawn(serve(socket, Arc::clone(&manner)));
        Ok(Self { address, manner, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Changes how it answers.
    pub fn set_manner(&self, manner: Manner) {
        *self.manner.lock().unwrap_or_else(PoisonError::into_inner) = manner;
    }
}

impl Drop for TimeServer {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(socket: UdpSocket, manner: Arc<Mutex<Manner>>) {
    let mut question = [0; 512];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut question).await else { continue };
        let unix_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis() as u64);
        let manner = *manner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = question.get(..length).and_then(|question| answer(question, unix_ms, manner)) {
            // It may be gone, which is its own business.
            let _ = socket.send_to(&answer, from).await;
        }
    }
}
