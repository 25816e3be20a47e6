//! SHA-256 in one call and as a stream.

use crate::chip_crc::{group, hex, text};
use crate::script::{INFO, REFUSED, REVISION, SUCCESS, Script, operation};
use atecc608::ErrorKind;
use embassy_futures::block_on;

const START: &str = "07 47 00 00 00 2E 85";
/// SHA-256 of "abc" (chip reference 7.2).
const ABC: &str = "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";

fn update(block: &[u8]) -> String {
    group(&format!("47 01 40 00 {}", text(block)))
}

fn end(last: &[u8]) -> String {
    group(&format!("47 C2 {:02X} 00 {}", last.len(), text(last)))
}

fn message(len: usize) -> Vec<u8> {
    (0..len).map(|i| i as u8).collect()
}

#[test]
fn every_length_around_a_block() {
    for len in [0, 1, 55, 63, 64, 65, 127, 128, 129] {
        let message = message(len);
        let (blocks, last) = message.as_chunks::<64>();
        let script = operation(|s| {
            let s = blocks.iter().fold(s.exchange(START, SUCCESS), |s, b| s.exchange(&update(b), SUCCESS));
            s.exchange(&end(last), &group(ABC))
        });
        let run = both!(script; chip => chip.sha256(&message));
        assert_eq!(run.result.map(Vec::from), Ok(hex(ABC)), "{len}");
    }
}

/// It idles with what was hashed so far, which is nobody's any more: the next operation lets it forget that.
#[test]
fn after_a_stream_that_was_dropped_the_chip_sleeps_before_it_works() {
    let block = message(64);
    let script =
        Script::new().first_wake().exchange(START, SUCCESS).exchange(&update(&block), SUCCESS).idle();
    let script = script.first_wake().exchange(INFO, REVISION).sleep();

    let (bus, clock, stage) = script.play();
    let mut chip = atecc608::blocking::Atecc608::new(bus, clock);
    chip.sha256_stream().update(&block).unwrap();
    chip.revision().unwrap();
    stage.finish();

    let (bus, clock, stage) = script.play();
    let mut chip = atecc608::asynch::Atecc608::new(bus, clock);
    block_on(async {
        chip.sha256_stream().update(&block).await.unwrap();
        chip.revision().await.unwrap();
    });
    stage.finish();
}

#[test]
fn a_stream_idles_between_pieces_and_sleeps_at_the_end() {
    let message = message(200);
    let first =
        Script::new().first_wake().exchange(START, SUCCESS).exchange(&update(&message[..64]), SUCCESS);
    // The second piece completes two blocks, the third none.
    let second = first.idle().wake().exchange(&update(&message[64..128]), SUCCESS);
    let second = second.exchange(&update(&message[128..192]), SUCCESS).idle();
    let script = second.wake().exchange(&end(&message[192..200]), &group(ABC)).sleep();
    let pieces = [&message[..70], &message[70..195], &message[195..]];

    let (bus, clock, stage) = script.play();
    let mut chip = atecc608::blocking::Atecc608::new(bus, clock);
    let mut stream = chip.sha256_stream();
    for piece in pieces {
        stream.update(piece).unwrap();
    }
    assert_eq!(stream.finish().unwrap()[..], hex(ABC));
    let blocking = stage.finish();

    let (bus, clock, stage) = script.play();
    let mut chip = atecc608::asynch::Atecc608::new(bus, clock);
    let digest = block_on(async {
        let mut stream = chip.sha256_stream();
        for piece in pieces {
            stream.update(piece).await?;
        }
        stream.finish().await
    });
    assert_eq!(digest.unwrap()[..], hex(ABC));
    assert_eq!(blocking, stage.finish());
}

#[test]
fn a_short_stream_is_one_operation() {
    let script = operation(|s| s.exchange(START, SUCCESS).exchange(&end(b"abc"), &group(ABC)));
    let (bus, clock, stage) = script.play();
    let mut chip = atecc608::blocking::Atecc608::new(bus, clock);
    let mut stream = chip.sha256_stream();
    stream.update(b"a").unwrap();
    stream.update(b"bc").unwrap();
    assert_eq!(stream.finish().unwrap()[..], hex(ABC));
    stage.finish();
}

#[test]
fn a_broken_stream_stays_broken_and_the_chip_works_on() {
    let block = message(64);
    let broken =
        Script::new().first_wake().exchange(START, SUCCESS).exchange(&update(&block), REFUSED).idle();
    let script = broken.first_wake().exchange(INFO, REVISION).sleep();
    let (bus, clock, stage) = script.play();
    let mut chip = atecc608::blocking::Atecc608::new(bus, clock);
    let mut stream = chip.sha256_stream();
    assert!(stream.update(&block).is_err());
    assert_eq!(stream.update(&block).unwrap_err().kind, ErrorKind::Reset);
    assert_eq!(stream.finish().unwrap_err().kind, ErrorKind::Reset);
    assert!(chip.revision().is_ok());
    stage.finish();
}
