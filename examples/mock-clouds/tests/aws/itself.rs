//! Certificates that register themselves, and what MQTT 5 tells that 3.1.1 does not.

use mock_clouds::aws::Status;
use mock_clouds::mqtt::packet::{Connect, Disconnect, Packet};
use mock_clouds::mqtt::{Heard, Probe, Version, code};
use mock_servers::pki::{Holder, Request};

use crate::world::{JITP, World};

fn connect() -> Connect {
    Connect::new(Version::V311, "dev")
}

#[tokio::test(start_paused = true)]
async fn provisioning_takes_its_time() {
    let world = World::new();
    let device = world.stranger("dev");
    world.service.registry(|registry| {
        registry.register_authority(world.owner.der(), Some(JITP)).unwrap();
        registry.set_activation_delay(7);
    });
    for (later, good) in [(0, false), (0, false), (6, false), (1, true), (1, true)] {
        world.later(later);
        let (_, heard) = world.connect(&device, connect()).await;
        assert_eq!(heard.is_welcome(), good);
    }
    let complaints = world.complaints();
    assert!(complaints[0].contains("come again"), "{complaints:?}");
    assert!(complaints[1..].iter().all(|words| words == "the certificate is PENDING_ACTIVATION"));
    world.service.registry(|registry| {
        assert_eq!(registry.things(), ["dev"]);
        assert_eq!(registry.attribute("dev", "chip"), Some("ATECC608"));
    });
}

/// Without a template an application activates what has registered itself.
#[tokio::test(start_paused = true)]
async fn registration_waits_for_somebody() {
    let world = World::new();
    let device = world.stranger("dev");
    world.service.registry(|registry| registry.register_authority(world.owner.der(), None)).unwrap();
    for _ in 0..2 {
        let (_, heard) = world.connect(&device, connect()).await;
        assert_eq!(heard, Heard::Closed);
    }
    world.service.registry(|registry| {
        let events = registry.take_events();
        assert_eq!(events.len(), 1);
        assert!(events[0].topic.starts_with("$aws/events/certificates/registered/"));
        let event: serde_json::Value = serde_json::from_slice(&events[0].payload).unwrap();
        let id = event["certificateId"].as_str().unwrap();
        registry.create_thing("dev");
        assert!(registry.attach_thing(id, "dev") && registry.attach_policy(id, "atecc608-device"));
        assert!(registry.set_status(id, Status::Active));
    });
    let (_, heard) = world.connect(&device, connect()).await;
    assert!(heard.is_welcome());
}

/// A name is not enough: somebody else's CA of the same name signs nothing.
#[tokio::test(start_paused = true)]
async fn an_authority_is_known_by_its_key() {
    let world = World::new();
    let other = Holder::root(&Request::authority("Owner's CA")).unwrap();
    world.service.registry(|registry| registry.register_authority(world.owner.der(), Some(JITP))).unwrap();
    let device = other.issue(&Request::device("dev")).unwrap();
    let (_, heard) = world.connect(&device, connect()).await;
    assert_eq!(heard, Heard::Closed);
    assert!(world.complaints()[0].contains("is not registered"));
}

#[tokio::test(start_paused = true)]
async fn the_fifth_version_gives_reasons() {
    let world = World::new();
    let device = world.stranger("dev");
    let id = world.register(&device, "dev", "atecc608-device");
    let fifth = |id: &str| Connect::new(Version::V5, id);
    let (_, heard) = world.connect(&device, fifth("other")).await;
    assert!(matches!(heard, Heard::Packet(Packet::ConnAck(ack)) if ack.code == code::NOT_AUTHORIZED));
    let end = |code| Heard::Packet(Packet::Disconnect(Disconnect { code, properties: Default::default() }));
    let (mut probe, _) = world.connect(&device, fifth("dev")).await;
    probe.publish(1, "devices/other/a", b"").await;
    assert_eq!(probe.hear().await, end(code::NOT_AUTHORIZED));
    let (mut probe, _) = world.connect(&device, fifth("dev")).await;
    probe.publish(1, "devices/dev/a", &vec![0; 128 * 1024 + 1]).await;
    assert_eq!(probe.hear().await, end(code::PACKET_TOO_LARGE));
    // Without a certificate that counts there is no word in either.
    for status in [Status::Inactive, Status::Revoked, Status::PendingActivation] {
        world.service.registry(|registry| registry.set_status(&id, status));
        let (_, heard) = world.connect(&device, fifth("dev")).await;
        assert_eq!(heard, Heard::Closed);
        assert!(world.complaints().last().unwrap().ends_with(status.name()));
    }
    let mut peer = world.peer(&device);
    peer.chain.clear();
    let (_, heard) = Probe::connect(world.service.broker(), peer, fifth("dev")).await;
    assert_eq!(heard, Heard::Closed);
}
