//! The documents of `examples/mtls/aws`: what AWS would take, and what they permit.

use mock_clouds::aws::{ACCOUNT, Policy, REGION, Template};
use mock_clouds::mqtt::packet::{Connect, Packet, Publish};
use mock_clouds::mqtt::{Heard, Probe, Version};

use crate::world::{CLAIM_POLICY, DEVICE_POLICY, FLEET_TEMPLATE, JITP, World, answers};

fn filled(document: &str) -> String {
    document.replace("REGION", REGION).replace("ACCOUNT", ACCOUNT)
}

#[test]
fn they_are_what_they_seem() {
    for policy in [DEVICE_POLICY, CLAIM_POLICY] {
        Policy::parse(&filled(policy)).unwrap();
        // Longest policy document, in bytes without white space ("Policy document size").
        let value: serde_json::Value = serde_json::from_str(policy).unwrap();
        assert!(value.to_string().len() < 2048);
    }
    Template::fleet(FLEET_TEMPLATE).unwrap();
    Template::just_in_time(&filled(JITP)).unwrap();
    assert!(Template::just_in_time(FLEET_TEMPLATE).is_err() && Template::fleet(JITP).is_err());
    // A certificate has no such field.
    let other = filled(JITP).replace("Certificate::CommonName", "Certificate::Email");
    assert!(Template::just_in_time(&other).unwrap_err().to_string().contains("Email"));
}

async fn device(world: &World) -> Probe {
    let device = world.stranger("dev");
    world.register(&device, "dev", "atecc608-device");
    let (probe, heard) = world.connect(&device, Connect::new(Version::V311, "dev")).await;
    assert!(heard.is_welcome());
    probe
}

#[tokio::test(start_paused = true)]
async fn a_device_may_use_what_is_its_own() {
    let world = World::new();
    for topic in [
        "devices/dev/a",
        "devices/dev/a/b",
        "$aws/things/dev/shadow/get",
        "$aws/things/dev/shadow/name/x/get",
    ] {
        let mut probe = device(&world).await;
        probe.publish(1, topic, b"").await;
        assert!(matches!(probe.hear().await, Heard::Packet(Packet::PubAck(_))), "{topic}");
        probe.subscribe(2, &[topic]).await;
        assert!(matches!(probe.hear().await, Heard::Packet(Packet::SubAck(_))), "{topic}");
    }
    for topic in
        ["devices/dev", "devices/other/a", "a", "$aws/things/other/shadow/get", "$aws/things/dev/jobs/get"]
    {
        let mut probe = device(&world).await;
        probe.publish(1, topic, b"").await;
        assert_eq!(probe.hear().await, Heard::Closed, "{topic}");
    }
    for filter in ["#", "+/+/+", "devices/+/a", "devices/#", "$aws/things/+/shadow/get"] {
        let mut probe = device(&world).await;
        probe.subscribe(1, &[filter]).await;
        assert_eq!(probe.hear().await, Heard::Closed, "{filter}");
    }
    let mut probe = device(&world).await;
    let kept = Publish { retain: true, ..Publish::new("devices/dev/online", "1") };
    probe.send(&Packet::Publish(kept)).await;
    assert!(answers(&mut probe).await);
}

/// A certificate that is attached to another thing, or to none, is not let in under this one's name.
#[tokio::test(start_paused = true)]
async fn a_name_belongs_to_a_certificate() {
    let world = World::new();
    let (own, other) = (world.stranger("dev"), world.stranger("other"));
    world.register(&own, "dev", "atecc608-device");
    world.register(&other, "other", "atecc608-device");
    for (device, id, good) in
        [(&own, "dev", true), (&own, "other", false), (&other, "dev", false), (&own, "none", false)]
    {
        let (_, heard) = world.connect(device, Connect::new(Version::V311, id)).await;
        assert_eq!(heard.is_welcome(), good, "{id}");
    }
}

/// A claim gets a certificate, and nothing else.
#[tokio::test(start_paused = true)]
async fn a_claim_may_ask_for_a_certificate() {
    let world = World::new();
    let claim = world.stranger("claim");
    world.register(&claim, "claim", "atecc608-claim");
    for (topic, good) in [
        ("$aws/certificates/create-from-csr/json", true),
        ("$aws/provisioning-templates/atecc608/provision/json", true),
        ("$aws/provisioning-templates/another/provision/json", false),
        ("devices/claim/a", false),
        ("$aws/things/claim/shadow/get", false),
    ] {
        let (mut probe, heard) = world.connect(&claim, Connect::new(Version::V5, "anything")).await;
        assert!(heard.is_welcome());
        probe.publish(1, topic, b"{}").await;
        let heard = probe.hear().await;
        assert_eq!(matches!(heard, Heard::Packet(Packet::PubAck(_))), good, "{topic} {heard:?}");
    }
}
