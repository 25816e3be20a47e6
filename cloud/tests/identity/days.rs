//! 90 days in virtual time, with a renewal every 20: a server that checks certificates by the right time, an authority that is
//! often away or wrong, a supply that fails, a server that learns of a new certificate late.

use crate::rig::{Device, Pair, day, issue, issue_by};
use atecc608::x509::DateTime;
use atecc608_cloud::identity::{IdentityChip, Schedule, Survey};
use atecc608_cloud::signer::BlockingChipSigner;
use atecc608_cloud::tls::{
    self, Buffers, ClientIdentity, Entropy, RECEIVE_BUFFER, Roots, Settings, TRANSMIT_BUFFER,
};
use atecc608_sim::ChipId;
use embassy_futures::block_on;
use embedded_io_adapters::tokio_1::FromTokio;
use embedded_io_async::Read;
use mock_servers::pki::{Holder, Request};
use mock_servers::tls::{Offer, acceptor};
use std::collections::BTreeSet;
use testkit::fleet;
use tokio::io::AsyncWriteExt;

const NAME: &str = "broker.example.com";

/// The server: whose certificates it takes, and since when.
struct Server {
    root: Holder,
    own: Holder,
    /// Certificates that it was told of.
    known: BTreeSet<Vec<u8>>,
}

impl Server {
    fn new() -> Self {
        let root = Holder::root(&Request::authority("Root")).unwrap();
        let own = root.issue(&Request::server(&[NAME])).unwrap();
        Self { root, own, known: BTreeSet::new() }
    }

    /// A handshake over TLS 1.3 in memory at this time, and a word that says that the device is known.
    async fn takes(&self, device: &mut Device, seat: usize, now: DateTime) -> Result<(), String> {
        let unix = now.to_unix().unwrap();
        let chain = chain_of(device, seat);
        let offer =
            Offer { clients_of: Some(fleet::root_certificate().into()), now: unix, ..Offer::default() };
        let acceptor = acceptor(&self.own, &offer).unwrap();
        let (here, there) = tokio::io::duplex(1 << 14);
        let server = async {
            let mut stream = acceptor.accept(there).await.map_err(|error| error.to_string())?;
            let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first).cloned();
            if shown.is_some_and(|shown| self.known.contains(&shown.to_vec())) {
                stream.write_all(b"!").await.map_err(|error| error.to_string())?;
            }
            let _ = stream.shutdown().await;
            Ok::<_, String>(())
        };
        let mut roots = Roots::new();
        roots.add(self.root.der()).unwrap();
        let shown: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
        let slot = device.seats[seat].key();
        let signer = BlockingChipSigner::new(&mut device.chip, slot);
        let settings = Settings::new(NAME, &roots, unix);
        let settings = settings.with_client(ClientIdentity { chain: &shown, signer });
        let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; TRANSMIT_BUFFER]);
        let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
        let mut entropy =
            Entropy::new(&core::array::from_fn(|at| at as u8), &core::array::from_fn(|at| at as u8 * 7))
                .unwrap();
        let client = async {
            let transport = FromTokio::new(here);
            let mut connection = tls::connect(transport, settings, buffers, &mut entropy)
                .await
                .map_err(|error| error.to_string())?;
            match connection.read(&mut [0; 1]).await {
                Ok(1) => Ok(()),
                Ok(_) => Err("the server does not know the certificate".to_owned()),
                Err(error) => Err(error.to_string()),
            }
        };
        tokio::join!(client, server).0
    }
}

/// What the device shows: its certificate and its signer's.
fn chain_of(device: &mut Device, seat: usize) -> Vec<Vec<u8>> {
    let (mut first, mut second) = ([0; 1024], [0; 1024]);
    let Device { chip, seats, .. } = device;
    let chain = IdentityChip::read_chain(chip, &seats[seat], &fleet::ROOT_KEY, &mut first, &mut second);
    let chain = block_on(chain);
    let chain = chain.unwrap();
    vec![chain.device.der().to_vec(), chain.signer.der().to_vec()]
}

/// One login: the candidates one after the other.
async fn log_in(
    server: &Server,
    device: &mut Device,
    survey: &Survey<3>,
    now: DateTime,
) -> (Option<usize>, Vec<String>) {
    let mut refusals = Vec::new();
    for seat in survey.candidates(now) {
        match server.takes(device, seat, now).await {
            Ok(()) => return (Some(seat), refusals),
            Err(error) => refusals.push(error),
        }
    }
    (None, refusals)
}

/// What goes wrong with a try to renew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Nothing,
    AuthorityAway,
    OtherKey,
    OtherSigner,
    Supply,
}

/// The tries one after the other, again from the start.
const TROUBLES: [Trouble; 7] = [
    Trouble::Nothing,
    Trouble::AuthorityAway,
    Trouble::OtherKey,
    Trouble::Nothing,
    Trouble::OtherSigner,
    Trouble::Supply,
    Trouble::Nothing,
];

#[tokio::test]
async fn ninety_days() {
    let mut server = Server::new();
    let mut device = Device::new();
    let birth = chain_of(&mut device, 0);
    server.known.insert(birth[0].clone());
    let schedule = Schedule::days(20);
    let mut learnt_later: Option<(u64, Vec<u8>)> = None;
    let mut seats_used = Vec::new();
    let (mut renewals, mut tries, mut fallbacks) = (0, 0, 0);

    for today in 0..90 {
        let now = day(today);
        if let Some((_, certificate)) = learnt_later.take_if(|(from, _)| *from <= today) {
            server.known.insert(certificate);
        }
        let survey = device.survey();
        let (seat, refusals) = log_in(&server, &mut device, &survey, now).await;
        let seat = seat.unwrap_or_else(|| panic!("day {today}: no way in: {refusals:?}"));
        fallbacks += usize::from(!refusals.is_empty());
        assert!(
            refusals.iter().all(|refusal| refusal == "the server does not know the certificate"),
            "{refusals:?}"
        );
        if seats_used.last() != Some(&seat) {
            seats_used.push(seat);
        }

        let current = survey.found(seat).unwrap().unwrap();
        // The first certificate is for many years, and left at once. A new one that the server takes is not replaced.
        let due = seat == 0 || schedule.is_due(&current, now);
        if !due || !refusals.is_empty() {
            continue;
        }
        let spare = survey.spare(&device.seats.clone(), seat).unwrap();
        let key = device.request(spare);
        let serial = device.serial();
        let trouble = TROUBLES[tries % TROUBLES.len()];
        tries += 1;
        let pair: Pair = match trouble {
            Trouble::AuthorityAway => continue,
            Trouble::OtherKey => issue(*fleet::OTHER_KEY, serial, now),
            Trouble::OtherSigner => issue_by(&mut fleet::other(), *fleet::SIGNER_KEY, key, serial, now),
            Trouble::Supply | Trouble::Nothing => issue(key, serial, now),
        };
        if trouble == Trouble::Supply {
            // In the middle of a write: half of it is there.
            let places = device.seats[spare].places();
            let half = atecc608::x509::Stored::Key(&fleet::OTHER_KEY);
            device.chip.write_places(&[(places[1], half)]).unwrap();
            device.bus.power_cycle();
            continue;
        }
        let in_use = survey.in_use(&device.seats, seat);
        let stored = device.store(spare, &pair, in_use, now);
        assert_eq!(stored.is_ok(), trouble == Trouble::Nothing, "day {today}: {trouble:?}, {stored:?}");
        if stored.is_ok() {
            renewals += 1;
            // Every second one reaches the server three days later.
            let from = if renewals % 2 == 0 { today + 3 } else { today };
            learnt_later = Some((from, pair.device));
        }
    }
    println!(
        "{renewals} renewals of {tries} tries, {fallbacks} days with the old certificate; seats {seats_used:?}"
    );
    assert!(renewals >= 4 && tries >= renewals + 4 && fallbacks >= 4, "{renewals} {tries} {fallbacks}");
    // In turn, and never the first again.
    assert_eq!(seats_used.first(), Some(&0));
    assert!(
        seats_used[1..].windows(2).all(|two| two[0] != two[1] && two[0] != 0 && two[1] != 0),
        "{seats_used:?}"
    );
    device
        .bus
        .with_chip(ChipId::FIRST, |chip| assert!(!chip.eeprom().slot(8).iter().all(|byte| *byte == 0xFF)));
}

/// After a year on a shelf the last certificate is over, by the server's clock: its words, and the first is taken.
#[tokio::test]
async fn an_expired_certificate_is_told() {
    let mut server = Server::new();
    let mut device = Device::new();
    let birth = chain_of(&mut device, 0);
    server.known.insert(birth[0].clone());
    let pair = device.renew(1, day(0));
    server.known.insert(pair.device);
    let survey = device.survey();
    assert_eq!(log_in(&server, &mut device, &survey, day(300)).await.0, Some(1));
    let refused = server.takes(&mut device, 1, day(400)).await.unwrap_err();
    assert!(refused.contains("this device's certificate has expired"), "{refused}");
    let refused = server.takes(&mut device, 1, day(0)).await;
    assert_eq!(refused, Ok(()));
    let survey = device.survey();
    assert_eq!(log_in(&server, &mut device, &survey, day(400)).await, (Some(0), vec![]));
}
