//! Each rule, broken once: with it something happens that without it does not.

mod connection;
mod entry;
mod services;

use connection::{of_connections, of_messages, of_policies, of_sizes};
use entry::{at_the_door, of_certificates, of_logins};
use mock_clouds::aws::Rule;
use mock_clouds::mqtt::packet::{Connect, Packet};
use mock_clouds::mqtt::{Heard, Version};
use mock_servers::pki::Holder;
use services::{of_fleets, of_shadows};

use crate::world::{World, message};

/// Rules that would refuse, too, and are left out on both sides.
fn beside(rule: Rule) -> &'static [Rule] {
    match rule {
        Rule::Registered | Rule::Validity | Rule::Algorithm => &[Rule::ConnectPolicy],
        Rule::DirectSigner => &[Rule::FirstConnection, Rule::ConnectPolicy],
        Rule::SubjectFields => &[Rule::FirstConnection],
        // The longest topic is one with many slashes, and else.
        Rule::ShadowThing | Rule::ShadowName => &[Rule::TopicLength],
        _ => &[],
    }
}

#[tokio::test(start_paused = true)]
async fn every_rule_has_an_effect() {
    for rule in Rule::ALL {
        let with = World::without(beside(*rule));
        assert!(effect(*rule, &with).await, "{rule:?} has no effect: {:?}", with.complaints());
        let without = World::without(&[beside(*rule), &[*rule]].concat());
        assert!(!effect(*rule, &without).await, "{rule:?} is not it: {:?}", without.complaints());
    }
}

fn connect() -> Connect {
    Connect::new(Version::V311, "dev")
}

/// Whether the rule shows.
async fn effect(rule: Rule, world: &World) -> bool {
    match rule {
        Rule::ServerName | Rule::Protocol => at_the_door(rule, world).await,
        Rule::Registered
        | Rule::Active
        | Rule::Validity
        | Rule::Algorithm
        | Rule::DirectSigner
        | Rule::FirstConnection
        | Rule::SubjectFields => of_certificates(rule, world).await,
        Rule::ClientId | Rule::ConnectPolicy | Rule::WaitForConnack | Rule::SessionLife => {
            of_logins(rule, world).await
        }
        Rule::PublishPolicy | Rule::RetainPolicy | Rule::SubscribePolicy | Rule::ReceivePolicy => {
            of_policies(rule, world).await
        }
        Rule::TakeOver | Rule::KeepAlive | Rule::KeepAliveRange | Rule::InFlight => {
            of_connections(rule, world).await
        }
        Rule::ExactlyOnce
        | Rule::RetainReserved
        | Rule::RetainWildcard
        | Rule::HashParent
        | Rule::ReservedTopics => of_messages(rule, world).await,
        Rule::TopicLength
        | Rule::TopicSlashes
        | Rule::PayloadLength
        | Rule::PublishRate
        | Rule::Filters
        | Rule::Subscriptions => of_sizes(rule, world).await,
        Rule::ShadowSize
        | Rule::ShadowVersion
        | Rule::ShadowState
        | Rule::ShadowDepth
        | Rule::ClientToken
        | Rule::ShadowName
        | Rule::ShadowThing => of_shadows(rule, world).await,
        Rule::Csr
        | Rule::OwnershipToken
        | Rule::OwnershipTokenLife
        | Rule::TemplateName
        | Rule::Parameters => of_fleets(rule, world).await,
    }
}

#[test]
fn all_are_listed_once() {
    let mut seen = std::collections::HashSet::new();
    assert!(Rule::ALL.iter().all(|rule| seen.insert(rule)));
    // Whoever adds a rule adds it here, and to `effect`.
    assert_eq!(Rule::ALL.len(), 44);
}

/// Somebody who is permitted everything and breaks nothing is let through with all rules.
#[tokio::test(start_paused = true)]
async fn the_others_are_let_through() {
    let world = World::new();
    let device: Holder = world.stranger("dev");
    world.register(&device, "dev", "atecc608-device");
    for version in [Version::V311, Version::V5] {
        let (mut probe, heard) = world.connect(&device, Connect::new(version, "dev")).await;
        assert!(heard.is_welcome());
        probe.subscribe(1, &["devices/dev/commands"]).await;
        assert!(matches!(probe.hear().await, Heard::Packet(Packet::SubAck(_))));
        probe.publish(2, "devices/dev/telemetry", b"21").await;
        assert!(matches!(probe.hear().await, Heard::Packet(Packet::PubAck(_))));
        world.service.publish("devices/dev/commands", b"on");
        assert_eq!(&message(probe.hear().await).unwrap().payload[..], b"on");
        probe.send(&Packet::Disconnect(Default::default())).await;
        assert_eq!(probe.hear().await, Heard::Closed);
    }
    assert_eq!(world.complaints(), Vec::<String>::new());
}
