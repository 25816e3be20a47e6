//! The wire server with a client that sends anything.

use atecc608_sim::{Bus, server};

pub fn run(data: &[u8]) {
    let bus = Bus::with_blank_chip(608);
    bus.restart_trace(10);
    let mut answers = Vec::new();
    server::converse(&bus, data, &mut answers).ok();
    // One answer for each whole operation up to the first that is none.
    let (mut rest, mut expected) = (data, Vec::new());
    while let Some((operation, tail)) = rest.split_first() {
        let arguments = match operation {
            b'S' | b'W' => 1,
            b'R' | b'P' => 0,
            b'D' | b'F' => 4,
            _ => break,
        };
        let Some(tail) = tail.get(arguments..) else { break };
        expected.push(*operation);
        rest = tail;
    }
    assert_eq!(answers.len(), expected.len());
    for (operation, answer) in expected.iter().zip(answers) {
        match operation {
            b'S' | b'W' => assert!(matches!(answer, 0x06 | 0x15)),
            b'R' => {}
            _ => assert_eq!(answer, 0x06),
        }
    }
}
