//! A device that logs in with its certificate: from what was started to a supervisor that runs.

use crate::certificate;
use crate::online::{online, while_online};
use crate::start::Started;
use crate::ticks::Ticks;
use atecc608_cloud::signer::ChipSigner;
use atecc608_cloud::tls::ClientIdentity;
use cloud_app::{Application, Broker, BrokerConfig, BrokerParts, NoPassword, Server};
use static_cell::ConstStaticCell;

/// Longest message from the cloud, topic included, in bytes: a shadow's document with its metadata.
const RECEIVE: usize = 4096;
/// For the login with its will and password, and for topics.
const TRANSMIT: usize = 1536;

/// Stays logged in for ever, as this application. `protocols` are offered to the server (ALPN).
pub async fn stay(
    started: Started,
    server: Server<'static>,
    protocols: &'static [&'static str],
    application: impl Application,
) -> ! {
    static MESSAGE: ConstStaticCell<[u8; RECEIVE]> = ConstStaticCell::new([0; RECEIVE]);
    static PACKET: ConstStaticCell<[u8; TRANSMIT]> = ConstStaticCell::new([0; TRANSMIT]);

    let Started { dial, mut chip, slot: _, telemetry, log, time, seed, stack } = started;
    let certified = certificate::ready(&mut chip).await;
    let signer = ChipSigner::new(&mut chip, certified.slot);
    let identity = ClientIdentity { chain: certified.chain, signer };
    let parts = BrokerParts {
        dial: dial.with_identity(identity).with_protocols(protocols),
        clock: Ticks,
        credentials: NoPassword,
        application,
        observer: log,
        outbox: telemetry.queue(),
        receive: MESSAGE.take(),
        transmit: PACKET.take(),
        password: &mut [],
        seed,
    };
    let mut broker = Broker::new(BrokerConfig::new(server), time, parts);
    loop {
        online(stack, seed).await;
        while_online(stack, broker.round()).await;
    }
}
