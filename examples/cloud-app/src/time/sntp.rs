//! One question to a time server (SNTP, RFC 4330), by way of [`sntpc`].
//!
//! sntpc checks that the answer repeats the question's stamp, is a server's, of a known version, with a
//! stratum of 1 to 15 and no leap alarm, tells a kiss of death, and looks at root distance and reference
//! time. What it leaves to its caller is done here: the stamp it sends is random, so that only who saw the
//! question can answer it; an answer is related to uptime, since there may be no date yet; and a round
//! trip that the server's stamps make longer than it was is refused.

use super::TimeError;
use crate::{Clock, Network, NetworkError, Server};
use core::cell::Cell;
use core::net::{Ipv4Addr, SocketAddr};
use fastrand::Rng;
use sntpc::{NtpContext, NtpTimestampGenerator, NtpUdpSocket};

/// The length of a question and of an answer without extensions, in bytes.
const PACKET: usize = 48;
/// Stamps are drawn from so many seconds after the floor: 34 years, so that sntpc, which takes the era that
/// is nearest to the stamp, is right for the next half century and more.
const STAMPS: u64 = 1 << 30;

/// What a time server said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Unix time in milliseconds.
    pub unix_ms: u64,
    /// Uptime at that time, in milliseconds.
    pub uptime_ms: u64,
}

/// Asks the server once. `floor` is the earliest time to expect, in Unix seconds.
///
/// The caller limits the time; dropping this is harmless.
///
/// # Errors
/// [`TimeError::Network`], [`TimeError::Protocol`] and [`TimeError::Stamps`].
pub async fn query<N: Network, C: Clock>(
    network: &mut N,
    clock: &C,
    server: &Server<'_>,
    floor: u64,
    rng: &mut Rng,
) -> Result<Answer, TimeError> {
    let base_us = floor.saturating_add(rng.u64(..STAMPS)).saturating_mul(1_000_000) + rng.u64(..1_000_000);
    let stamps = Stamps { clock, base_us, now_us: 0 };
    let socket = Socket {
        network: Cell::new(Some(network)),
        server,
        question: Cell::new([0; PACKET]),
        failure: Cell::new(None),
    };
    let asked_ms = clock.uptime_ms();
    let result = sntpc::get_time(ADDRESS, &socket, NtpContext::new(stamps)).await;
    let uptime_ms = clock.uptime_ms();
    let result = result.map_err(|error| match socket.failure.get() {
        Some(failure) => TimeError::Network(failure),
        None => TimeError::Protocol(error),
    })?;
    // A millisecond more, because uptime counts in whole ones.
    if result.roundtrip > (uptime_ms.saturating_sub(asked_ms) + 1).saturating_mul(1000) {
        return Err(TimeError::Stamps);
    }
    let sent_ms = result.seconds.saturating_mul(1000)
        + u64::from(sntpc::fraction_to_milliseconds(result.seconds_fraction));
    Ok(Answer { unix_ms: sent_ms + result.roundtrip / 2000, uptime_ms })
}

/// Stamps of questions: uptime on a random base.
struct Stamps<'c, C> {
    clock: &'c C,
    base_us: u64,
    now_us: u64,
}

impl<C> Clone for Stamps<'_, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<C> Copy for Stamps<'_, C> {}

impl<C: Clock> NtpTimestampGenerator for Stamps<'_, C> {
    fn init(&mut self) {
        self.now_us = self.base_us.saturating_add(self.clock.uptime_ms().saturating_mul(1000));
    }

    fn timestamp_sec(&self) -> u64 {
        self.now_us / 1_000_000
    }

    fn timestamp_subsec_micros(&self) -> u32 {
        // Below a million.
        (self.now_us % 1_000_000) as u32
    }
}

/// sntpc compares addresses; here the network does ([`Network::exchange`]), and all have this one.
const ADDRESS: SocketAddr = SocketAddr::new(core::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// sntpc's socket over a network's exchange.
struct Socket<'n, N> {
    /// Taken for the one exchange there is.
    network: Cell<Option<&'n mut N>>,
    server: &'n Server<'n>,
    question: Cell<[u8; PACKET]>,
    failure: Cell<Option<NetworkError>>,
}

impl<N: Network> NtpUdpSocket for Socket<'_, N> {
    async fn send_to(&self, bytes: &[u8], _: SocketAddr) -> sntpc::Result<usize> {
        let question = bytes.try_into().map_err(|_| sntpc::Error::Network)?;
        self.question.set(question);
        Ok(bytes.len())
    }

    async fn recv_from(&self, answer: &mut [u8]) -> sntpc::Result<(usize, SocketAddr)> {
        let network = self.network.take().ok_or(sntpc::Error::Network)?;
        match network.exchange(self.server, &self.question.get(), answer).await {
            Ok(length) => Ok((length, ADDRESS)),
            Err(error) => {
                self.failure.set(Some(error));
                Err(sntpc::Error::Network)
            }
        }
    }
}
