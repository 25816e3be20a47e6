//! Each rule, broken once: with it something happens that without it does not.

use std::time::Duration;

use mock_clouds::aws::Rule;
use mock_clouds::mqtt::packet::{Connect, Filter, Packet, Publish, Subscribe};
use mock_clouds::mqtt::{Heard, Probe, Properties, QoS, Version};
use mock_servers::pki::{Holder, Request};
use serde_json::json;

use crate::tls::{Hello, handshake};
use crate::world::{JITP, OPEN, World, answers, ask, message};

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

async fn at_the_door(rule: Rule, world: &World) -> bool {
    let device = world.stranger("dev");
    let hello = match rule {
        Rule::ServerName => Hello { port: 8883, names_server: false, protocol: None },
        _ => Hello { port: 443, names_server: true, protocol: None },
    };
    handshake(world, &device, &hello).await.is_err()
}

async fn of_certificates(rule: Rule, world: &World) -> bool {
    let (mut device, mut peer_chain) = (world.stranger("dev"), None);
    match rule {
        Rule::Registered => {}
        Rule::Active => {
            let id = world.register(&device, "dev", "open");
            world.service.registry(|registry| registry.set_status(&id, mock_clouds::aws::Status::Inactive));
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
            world
                .service
                .registry(|registry| registry.register_certificate(&der, mock_clouds::aws::Status::Active));
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

async fn of_logins(rule: Rule, world: &World) -> bool {
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

async fn of_policies(rule: Rule, world: &World) -> bool {
    let all = r#"["iot:Connect", "iot:Publish", "iot:RetainPublish", "iot:Subscribe", "iot:Receive"]"#;
    let missing = match rule {
        Rule::PublishPolicy => "iot:Publish",
        Rule::RetainPolicy => "iot:RetainPublish",
        Rule::SubscribePolicy => "iot:Subscribe",
        _ => "iot:Receive",
    };
    let less = all.replace(&format!("\"{missing}\""), "\"iot:Connect\"");
    world.service.registry(|registry| {
        registry.create_policy("less", &OPEN.replace("\"iot:*\"", &less)).unwrap();
    });
    let mut probe = world.logged_in("less").await;
    match rule {
        Rule::PublishPolicy => {
            probe.publish(1, "a", b"x").await;
            probe.hear().await == Heard::Closed
        }
        Rule::RetainPolicy => {
            probe.publish(1, "a", b"x").await;
            assert!(matches!(probe.hear().await, Heard::Packet(Packet::PubAck(_))));
            probe.send(&Packet::Publish(Publish { retain: true, ..Publish::new("a", "x") })).await;
            !answers(&mut probe).await
        }
        Rule::SubscribePolicy => {
            probe.subscribe(1, &["a"]).await;
            probe.hear().await == Heard::Closed
        }
        _ => {
            probe.subscribe(1, &["a"]).await;
            assert!(matches!(probe.hear().await, Heard::Packet(Packet::SubAck(_))));
            world.service.publish("a", b"x");
            !matches!(probe.hear().await, Heard::Packet(Packet::Publish(_)))
        }
    }
}

async fn of_connections(rule: Rule, world: &World) -> bool {
    let device = world.stranger("dev");
    world.register(&device, "dev", "open");
    match rule {
        Rule::TakeOver => {
            let (mut first, _) = world.connect(&device, connect()).await;
            let (mut second, heard) = world.connect(&device, connect()).await;
            assert!(heard.is_welcome() && answers(&mut second).await);
            !answers(&mut first).await
        }
        Rule::KeepAlive => {
            let (mut probe, _) = world.connect(&device, connect()).await;
            probe.hear().await == Heard::Closed
        }
        Rule::KeepAliveRange => {
            let (mut probe, _) = world.connect(&device, Connect { keep_alive: 5, ..connect() }).await;
            tokio::time::sleep(Duration::from_secs(44)).await;
            let alive = answers(&mut probe).await;
            let (mut probe, _) = world.connect(&device, Connect { keep_alive: 0, ..connect() }).await;
            tokio::time::sleep(Duration::from_secs(1801)).await;
            alive && !answers(&mut probe).await
        }
        _ => {
            let (mut probe, _) = world.connect(&device, connect()).await;
            probe.subscribe(1, &["a"]).await;
            assert!(matches!(probe.hear().await, Heard::Packet(Packet::SubAck(_))));
            (0..101).for_each(|_| world.service.publish("a", b"x"));
            let mut count = 0;
            while message(probe.hear().await).is_some() {
                count += 1;
            }
            assert!(count >= 100);
            count == 100
        }
    }
}

async fn of_messages(rule: Rule, world: &World) -> bool {
    let mut probe = world.logged_in("open").await;
    match rule {
        Rule::ExactlyOnce => {
            let message = Publish { qos: QoS::ExactlyOnce, id: 7, ..Publish::new("a", "x") };
            probe.send(&Packet::Publish(message)).await;
            probe.send(&Packet::PingReq).await;
            let no_pubrec = probe.hear().await == Heard::Packet(Packet::PingResp);
            let filters = vec![Filter { qos: QoS::ExactlyOnce, ..Filter::new("a") }];
            let subscribe = Subscribe { id: 8, filters, properties: Properties::default() };
            probe.send(&Packet::Subscribe(subscribe)).await;
            let heard = probe.hear().await;
            no_pubrec && !matches!(heard, Heard::Packet(Packet::SubAck(_)))
        }
        Rule::RetainReserved => {
            let topic = "$aws/things/dev/shadow/get";
            probe.send(&Packet::Publish(Publish { retain: true, ..Publish::new(topic, "") })).await;
            !answers(&mut probe).await
        }
        Rule::RetainWildcard => {
            probe.send(&Packet::Publish(Publish { retain: true, ..Publish::new("a/b", "x") })).await;
            probe.subscribe(1, &["a/+"]).await;
            assert!(matches!(probe.hear().await, Heard::Packet(Packet::SubAck(_))));
            message(probe.hear().await).is_none()
        }
        Rule::HashParent => {
            probe.subscribe(1, &["a/#"]).await;
            assert!(matches!(probe.hear().await, Heard::Packet(Packet::SubAck(_))));
            world.service.publish("a", b"x");
            message(probe.hear().await).is_none()
        }
        _ => {
            probe.publish(1, "$aws/nothing", b"x").await;
            probe.hear().await == Heard::Closed
        }
    }
}

async fn of_sizes(rule: Rule, world: &World) -> bool {
    let mut probe = world.logged_in("open").await;
    let paths: Vec<_> = (0..51).map(|number| format!("filter/{number}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let slashes = "a/".repeat(8);
    match rule {
        // As many as allowed first, then one more.
        Rule::TopicLength => {
            let long = "x".repeat(257);
            probe.publish(1, &long[..256], b"x").await;
            assert!(answers(&mut probe).await);
            probe.publish(2, &long, b"x").await;
        }
        Rule::TopicSlashes => {
            probe.publish(1, &slashes[..15], b"x").await;
            probe.publish(2, &format!("$aws/rules/rule/{}", &slashes[..15]), b"x").await;
            assert!(answers(&mut probe).await);
            probe.subscribe(3, &[&slashes]).await;
        }
        Rule::PayloadLength => {
            let long = vec![0; 128 * 1024 + 1];
            probe.publish(1, "a", &long[1..]).await;
            assert!(answers(&mut probe).await);
            probe.publish(2, "a", &long).await;
        }
        Rule::PublishRate => {
            for _ in 0..100 {
                probe.send(&Packet::Publish(Publish::new("a", "x"))).await;
            }
            assert!(answers(&mut probe).await);
            world.later(1);
            for _ in 0..101 {
                probe.send(&Packet::Publish(Publish::new("a", "x"))).await;
            }
        }
        Rule::Filters => {
            probe.subscribe(1, &paths[..8]).await;
            assert!(answers(&mut probe).await);
            probe.subscribe(2, &paths[..9]).await;
        }
        _ => {
            for (number, some) in paths[..50].chunks(5).enumerate() {
                probe.subscribe(number as u16 + 1, some).await;
            }
            // Again, which is no new one.
            probe.subscribe(90, &paths[..1]).await;
            while let Heard::Packet(Packet::SubAck(ack)) = probe.hear().await {
                if ack.id == 90 {
                    break;
                }
            }
            assert!(answers(&mut probe).await);
            probe.subscribe(99, &paths[50..]).await;
        }
    }
    // All that it may still say is an acknowledgement.
    loop {
        match probe.hear().await {
            Heard::Packet(_) => {}
            heard => {
                return heard == Heard::Closed
                    && !world.complaints().iter().any(|words| words.contains("silent"));
            }
        }
    }
}

async fn of_shadows(rule: Rule, world: &World) -> bool {
    let mut probe = world.logged_in("open").await;
    let update = |document: serde_json::Value| document.to_string().into_bytes();
    let good =
        update(json!({"state": {"reported": {"a": {"b": {"c": {"d": 1}}}}}, "clientToken": "t".repeat(64)}));
    let classic = "$aws/things/dev/shadow/update";
    assert_eq!(ask(&mut probe, classic, &good).await.0, "accepted");
    let (topic, payload, code) = match rule {
        Rule::ShadowSize => {
            (classic.into(), update(json!({"state": {"reported": {"x": "x".repeat(8192)}}})), 413)
        }
        Rule::ShadowVersion => {
            (classic.into(), update(json!({"state": {"reported": {"x": 1}}, "version": 7})), 409)
        }
        Rule::ShadowState => (classic.into(), update(json!({"reported": {"x": 1}})), 400),
        Rule::ShadowDepth => {
            let deep = json!({"state": {"reported": {"a": {"b": {"c": {"d": {"e": 1}}}}}}});
            (classic.into(), update(deep), 400)
        }
        Rule::ClientToken => {
            (classic.into(), update(json!({"state": {"reported": {}}, "clientToken": "t".repeat(65)})), 400)
        }
        Rule::ShadowName => {
            let topic = format!("$aws/things/dev/shadow/name/{}/update", "n".repeat(65));
            (topic, update(json!({"state": {"reported": {"x": 1}}})), 400)
        }
        _ => {
            ("$aws/things/nobody/shadow/update".into(), update(json!({"state": {"reported": {"x": 1}}})), 404)
        }
    };
    let (how, answer) = ask(&mut probe, &topic, &payload).await;
    if how == "rejected" {
        assert_eq!(answer["code"], code, "{answer}");
    }
    how == "rejected"
}

async fn of_fleets(rule: Rule, world: &World) -> bool {
    let mut probe = world.logged_in("open").await;
    let pem = |der: &[u8]| mock_clouds::pem("CERTIFICATE REQUEST", der);
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CommonName, "fleet-7");
    let mut der = params.serialize_request(&key).unwrap().der().to_vec();
    let create = "$aws/certificates/create-from-csr/json";
    let request = |der: &[u8]| json!({"certificateSigningRequest": pem(der)}).to_string().into_bytes();
    let (how, made) = ask(&mut probe, create, &request(&der)).await;
    assert_eq!(how, "accepted", "{made}");
    if rule == Rule::Csr {
        // Another name, under the same signature.
        let at = der.windows(7).position(|part| part == b"fleet-7").unwrap();
        der[at + 6] = b'8';
        return ask(&mut probe, create, &request(&der)).await.0 == "rejected";
    }
    let (mut template, mut token, mut parameters) =
        ("atecc608", made["certificateOwnershipToken"].clone(), json!({"SerialNumber": "fleet-7"}));
    match rule {
        Rule::OwnershipToken => token = json!("another"),
        Rule::OwnershipTokenLife => world.later(3600),
        Rule::TemplateName => template = "another",
        _ => parameters = json!({}),
    }
    let payload = json!({"certificateOwnershipToken": token, "parameters": parameters}).to_string();
    let topic = format!("$aws/provisioning-templates/{template}/provision/json");
    ask(&mut probe, &topic, payload.as_bytes()).await.0 == "rejected"
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
