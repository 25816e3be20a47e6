//! The chip fails while it is to sign: a TLS error with the driver's words, and the next handshake works.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use atecc608::Slot;
use atecc608_linux::rustls::{ChipKey, ClientCertificate, ServerCertificate, certified_key};
use atecc608_linux::{ChipError, Failure, Options};
use atecc608_sim::bus::Fault;
use atecc608_sim::preset::Preset;
use atecc608_sim::{Bus, ChipId};
use rustls::{Error, OtherError, ServerConfig, SupportedProtocolVersion};

use crate::authority::{Authority, Point};
use crate::board::{Accident, Board};
use crate::handshake::{Clients, Pair, SERVER, VERSIONS, client_config, provider, server_config, still};

/// The chip's error, as rustls gives it.
fn chip_error(error: &Error) -> &ChipError {
    let Error::Other(OtherError(error)) = error else { panic!("{error}") };
    error.downcast_ref().unwrap_or_else(|| panic!("{error}"))
}

/// A client with the chip's key and a server that wants it, or the other way round.
fn pair(
    key: ChipKey,
    version: &'static SupportedProtocolVersion,
    chip_is_server: bool,
) -> impl Fn() -> Pair + use<> {
    let authority = Authority::root("Root");
    let chain = authority.device_named(&Point(key.public_key().to_sec1()), SERVER);
    let pair = certified_key(key, chain).unwrap();
    let (client, server) = if chip_is_server {
        let builder =
            ServerConfig::builder_with_provider(provider()).with_protocol_versions(&[version]).unwrap();
        let resolver = Arc::new(ServerCertificate::new(pair));
        let other = rcgen::KeyPair::generate().unwrap();
        let software = rustls::crypto::ring::sign::any_supported_type(
            &rustls::pki_types::PrivatePkcs8KeyDer::from(other.serialize_der()).into(),
        );
        let shown = rustls::sign::CertifiedKey::new(authority.device(&other), software.unwrap());
        let client = client_config(&Arc::new(ClientCertificate::new(shown)), &authority);
        (client, still(builder.with_no_client_auth().with_cert_resolver(resolver)))
    } else {
        let client = client_config(&Arc::new(ClientCertificate::new(pair)), &authority);
        let clients = Clients::Below(authority.roots());
        (client, server_config(version, authority.server(SERVER), clients))
    };
    let (mut client, mut server) = (client, server);
    // Each handshake is to need its signature.
    client.resumption = rustls::client::Resumption::disabled();
    server.send_tls13_tickets = 0;
    let (client, server) = (Arc::new(client), Arc::new(server));
    move || Pair::new(&client, &server)
}

/// What goes wrong, and how it is made good again.
struct Wrong {
    breaks: Accident,
    /// Not during a transaction.
    between: bool,
    mends: fn(&Board),
    /// At how many transactions the signature comes out all the same, the one behind the last included.
    harmless: u64,
}

const WRONGS: [Wrong; 3] = [
    // Taken out of its socket. By the last transaction, which puts it to sleep, it has signed.
    Wrong {
        breaks: |bus| drop(bus.remove(ChipId::FIRST)),
        between: false,
        mends: |board| board.plug(Board::SEED),
        harmless: 1,
    },
    // The bus hangs for an hour.
    Wrong {
        breaks: |bus| bus.inject(Fault::SdaStuck { duration: 3_600_000_000_000 }),
        between: true,
        mends: |board| board.bus.advance(3_600_000_000_000),
        harmless: 2,
    },
    // Power fails for a moment, which does no harm while the chip sleeps.
    Wrong { breaks: Bus::power_cycle, between: false, mends: |_| (), harmless: 3 },
];

#[test]
fn at_every_transaction_of_the_signature() {
    let (board, hook) = Board::hooked();
    // Most transactions ask whether the chip is done, so it need not be each of them four times.
    let kinds =
        [(VERSIONS[0], false, 1), (VERSIONS[0], true, 13), (VERSIONS[1], false, 11), (VERSIONS[1], true, 7)];
    for (version, chip_is_server, stride) in kinds {
        let connect = pair(board.key(), version, chip_is_server);
        let (outcome, cost) = board.measure(|| connect().run());
        outcome.unwrap();
        assert_eq!(cost.signatures, 1);
        for Wrong { breaks, between, mends, harmless } in &WRONGS {
            let mut worked = 0;
            for transaction in (0..=cost.transactions).step_by(stride) {
                let mut hook = hook.lock().unwrap();
                if *between {
                    hook.arm_between(&board.bus, transaction, *breaks);
                } else {
                    hook.arm(&board.bus, transaction, *breaks);
                }
                drop(hook);
                let outcome = connect().run();
                let (own, other) = match chip_is_server {
                    true => (outcome.server, outcome.client),
                    false => (outcome.client, outcome.server),
                };
                match own {
                    Err(error) => {
                        let said = chip_error(&error).to_string();
                        assert!(error.to_string().contains(&said), "{error}");
                        assert!(said.contains("was asked to sign with slot 0, and that failed: "), "{said}");
                    }
                    Ok(()) => {
                        other.unwrap();
                        worked += 1;
                    }
                }
                mends(&board);
                // The very next one works, without anything being made anew.
                connect().run().unwrap();
            }
            if stride == 1 {
                assert_eq!(worked, *harmless);
            }
        }
    }
}

/// Another thread has the chip for longer than a handshake waits.
#[test]
fn somebody_else_has_the_chip() {
    let options = Options::new().wait(Duration::ZERO);
    let chip = options.open("sim:tngtls").unwrap();
    for version in VERSIONS {
        let connect = pair(ChipKey::new(chip.clone(), Slot::S0).unwrap(), version, false);
        let outcome = chip.with(|_| {
            let outcome = thread::scope(|scope| scope.spawn(|| connect().run()).join().unwrap());
            Ok::<_, Failure>(outcome)
        });
        let error = outcome.unwrap().client.unwrap_err();
        assert!(chip_error(&error).is_busy(), "{error}");
        connect().run().unwrap();
    }
}

/// A key that the chip does not use: this one wants an authorisation first.
#[test]
fn the_chip_refuses() {
    let board = Board::with(Preset::NervesKeyVolatile);
    for (version, chip_is_server) in
        VERSIONS.into_iter().flat_map(|version| [(version, false), (version, true)])
    {
        let outcome = pair(board.key(), version, chip_is_server)().run();
        let error = if chip_is_server { outcome.server } else { outcome.client }.unwrap_err();
        assert_eq!(chip_error(&error).refusal(), Some(atecc608::Status::Execution));
        assert!(error.to_string().contains("was asked to sign with slot 0"), "{error}");
        assert_eq!(atecc608_linux::rustls::advice(&error), None, "the chip's error says it all");
    }
}
