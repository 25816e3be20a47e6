//! Certificates and logins.

use mock_clouds::aws::{Rule, Status};
use mock_clouds::mqtt::packet::{Connect, Packet};
use mock_clouds::mqtt::{Heard, Probe, Version};
use mock_servers::pki::Request;

use super::connect;
use crate::tls::{Hello, handshake};
use crate::world::{JITP, World};

pub(super) async fn at_the_door(rule: Rule, world: &World) -> bool {
    let device = world.stranger("dev");
    let hello = match rule {
        Rule::ServerName => Hello { port: 8883, names_server: false, protocol: None },
        _ => Hello { port: 443, names_server: true, protocol: None },
    };
    handshake(world, &device, &hello).await.is_err()
}

pub(super) async fn of_certificates(rule: Rule, world: &World) -> bool {
    let (mut device, mut peer_chain) = (world.stranger("dev"), None);
    match rule {
        Rule::Registered => {}
        Rule::Active => {
            let id = world.register(&device, "dev", "open");
            world.service.registry(|registry| registry.set_status(&id, Status::Inactive));
        }
        Rule::Validity => {
            let old = Request { valid: ((2026, 1, 1), (2027, 1, 1)), ..Request::device("dev") };
            device = world.owner.issue(&old).unwrap();
            world.register(&device, "dev", "open");
        }
        Rule::Algorithm => {
            let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
            let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
            params.not_after = rcgen::date_time_ymd(2030, 1, 1);
            let der = params.self_signed(&key).unwrap().der().clone();
            world.service.registry(|registry| registry.register_certificate(&der, Status::Active));
            peer_chain = Some(vec![der]);
        }
        Rule::DirectSigner => {
            let between = world.owner.issue(&Request::authority("Signer")).unwrap();
            device = between.issue(&Request::device("dev")).unwrap();
            assert_eq!(device.chain().len(), 2);
            world.service.registry(|registry| registry.register_authority(world.owner.der(), None)).unwrap();
            // It registers itself without a policy.
            world.service.registry(|registry| registry.create_thing("dev"));
        }
        _ => {
            let template = match rule {
                Rule::FirstConnection => JITP.to_owned(),
                // Certificates here have no organization.
                _ => JITP.replace("Certificate::CommonName", "Certificate::Organization"),
            };
            world
                .service
                .registry(|registry| registry.register_authority(world.owner.der(), Some(&template)))
                .unwrap();
        }
    }
    let mut peer = world.peer(&device);
    if let Some(chain) = peer_chain {
        peer.chain = chain;
    }
    // Without an organization the thing has no name.
    let id = if rule == Rule::SubjectFields { "x" } else { "dev" };
    let (_, heard) = Probe::connect(world.service.broker(), peer, Connect::new(Version::V311, id)).await;
    if rule == Rule::SubjectFields {
        return world.complaints().iter().any(|words| words.contains("the subject has no"));
    }
    !heard.is_welcome()
}

pub(super) async fn of_logins(rule: Rule, world: &World) -> bool {
    let device = world.stranger("dev");
    let policy = if rule == Rule::ConnectPolicy { "atecc608-device" } else { "open" };
    world.register(&device, "dev", policy);
    match rule {
        Rule::ClientId => {
            let (_, heard) = world.connect(&device, Connect::new(Version::V311, "x".repeat(129))).await;
            !heard.is_welcome()
        }
        Rule::ConnectPolicy => {
            let (_, heard) = world.connect(&device, Connect::new(Version::V311, "other")).await;
            !heard.is_welcome()
        }
        Rule::WaitForConnack => {
            let mut probe = Probe::new(world.service.broker(), world.peer(&device), Version::V311);
            let mut bytes = bytes::BytesMut::new();
            for packet in [Packet::Connect(connect()), Packet::PingReq] {
                mock_clouds::mqtt::write::packet(&packet, Version::V311, &mut bytes);
            }
            probe.send_bytes(&bytes).await;
            !probe.hear().await.is_welcome()
        }
        _ => {
            let kept = Connect { clean: false, ..connect() };
            let (probe, _) = world.connect(&device, kept.clone()).await;
            drop(probe);
            world.service.broker().until(|seen| (!seen.gone.is_empty()).then_some(())).await;
            world.later(3600);
            let (_, heard) = world.connect(&device, kept).await;
            !matches!(heard, Heard::Packet(Packet::ConnAck(ack)) if ack.session_present)
        }
    }
}
