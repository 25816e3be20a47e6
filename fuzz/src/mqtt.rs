//! Packets from a server that sends anything.

use gcp_app::mqtt::{Packet, decode, frame};

pub fn run(data: &[u8]) {
    // What the first bytes say does not change with more of them.
    let mut said = None;
    for len in 0..data.len().min(6) {
        match (frame(&data[..len]), said) {
            (Ok(Some(now)), Some(before)) => assert_eq!(now, before),
            (Ok(now), None) => said = now,
            (Ok(None), Some(_)) => panic!("a length that was known"),
            (Err(_), Some(_)) => panic!("a packet that was one"),
            (Err(_), None) => return,
        }
    }
    if let Ok(packet) = decode(data) {
        assert_eq!(frame(data), Ok(Some(data.len())));
        match packet {
            Packet::Publish { topic, payload, .. } => {
                assert!(!topic.is_empty() && !topic.contains(['#', '+', '\0']));
                assert!(topic.len() + payload.len() < data.len());
            }
            Packet::ConnAck { code } => assert!(code <= 5),
            Packet::SubAck { codes, .. } => assert!(!codes.is_empty()),
            _ => {}
        }
    }
}
