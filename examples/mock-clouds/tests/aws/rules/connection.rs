//! What happens on a connection.

use std::time::Duration;

use mock_clouds::aws::Rule;
use mock_clouds::mqtt::packet::{Connect, Filter, Packet, Publish, Subscribe};
use mock_clouds::mqtt::{Heard, Properties, QoS};

use super::connect;
use crate::world::{OPEN, World, answers, message};

pub(super) async fn of_policies(rule: Rule, world: &World) -> bool {
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

pub(super) async fn of_connections(rule: Rule, world: &World) -> bool {
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

pub(super) async fn of_messages(rule: Rule, world: &World) -> bool {
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

pub(super) async fn of_sizes(rule: Rule, world: &World) -> bool {
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
