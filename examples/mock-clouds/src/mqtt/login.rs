//! CONNECT: what the cloud says to it.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::broker::Shared;
use super::cloud::{Cloud, Refusal, Welcome, code};
use super::packet::{ConnAck, Connect, Packet, Version};
use super::read::Malformed;
use super::wire::{Stop, Wire};
use crate::Peer;

/// Reads CONNECT and asks the cloud. A refusal has been sent and noted.
pub(super) async fn read<C: Cloud>(
    wire: &mut Wire<impl AsyncRead + AsyncWrite + Unpin>,
    peer: &Peer,
    shared: &Shared<C>,
    patience: Duration,
) -> Option<(Connect, Welcome<C::Login>)> {
    let refusal = match timeout(patience, wire.read()).await {
        Ok(Ok(Packet::Connect(connect))) => {
            wire.version = Some(connect.version);
            if shared.cloud.settings().wait_for_connack && wire.has_more() {
                Refusal::silent("the client did not wait for CONNACK")
            } else {
                match shared.cloud.connect(peer, &connect) {
                    Ok(welcome) => return Some((connect, welcome)),
                    Err(refusal) => refusal,
                }
            }
        }
        Ok(Ok(_)) => Refusal::silent("the first packet is no CONNECT"),
        Ok(Err(Stop::Malformed(Malformed::Level(level)))) => {
            Refusal::with_code(1, code::UNSUPPORTED_PROTOCOL_VERSION, format!("protocol level {level}"))
        }
        Ok(Err(Stop::Malformed(malformed))) => Refusal::silent(format!("malformed: {malformed}")),
        Ok(Err(Stop::Closed)) => Refusal::silent("closed before CONNECT"),
        Err(_) => Refusal::silent("no CONNECT in time"),
    };
    // Noted before the client hears of it.
    shared.complain(refusal.reason);
    let code = if wire.version == Some(Version::V5) { refusal.v5 } else { refusal.v311 };
    if let Some(code) = code {
        let properties = Default::default();
        wire.write(&Packet::ConnAck(ConnAck { session_present: false, code, properties })).await;
    }
    None
}
