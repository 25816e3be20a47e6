//! The VCD file, decoded back from its levels by a decoder that knows nothing of the bus.

use atecc608_sim::{Bus, Fault};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

use crate::common::{ADDRESS, INFO, wake};

/// SCL and SDA from a time in ticks on.
type Sample = (u64, bool, bool);

/// The samples of a VCD file, and its tick in picoseconds.
fn samples(vcd: &str) -> (Vec<Sample>, u64) {
    let (header, body) = vcd.split_once("$enddefinitions $end\n").expect("a header");
    let word = |line: &str, index: usize| line.split_whitespace().nth(index).unwrap().to_owned();
    let (mut scl_id, mut sda_id, mut tick) = (String::new(), String::new(), 0);
    for line in header.lines() {
        if line.starts_with("$timescale") {
            let unit = match word(line, 2).as_str() {
                "ps" => 1,
                "ns" => 1_000,
                "us" => 1_000_000,
                other => panic!("unit {other}"),
            };
            tick = word(line, 1).parse::<u64>().unwrap() * unit;
        } else if line.starts_with("$var") {
            match word(line, 4).as_str() {
                "SCL" => scl_id = word(line, 3),
                "SDA" => sda_id = word(line, 3),
                other => panic!("signal {other}"),
            }
        }
    }
    let (mut time, mut scl, mut sda) = (0, false, false);
    let mut samples: Vec<Sample> = Vec::new();
    for line in body.lines().filter(|line| !line.starts_with('$')) {
        if let Some(next) = line.strip_prefix('#') {
            let next = next.parse().unwrap();
            assert!(next > time || samples.is_empty(), "time goes forward");
            time = next;
        } else {
            let (level, id) = line.split_at(1);
            let signal = if id == scl_id { &mut scl } else { &mut sda };
            assert!(id == scl_id || id == sda_id);
            *signal = level == "1";
        }
        samples.retain(|sample| sample.0 != time);
        samples.push((time, scl, sda));
    }
    (samples, tick)
}

/// START is SDA falling while SCL is high, STOP the opposite, a bit is SDA when SCL rises.
fn decode(samples: &[Sample]) -> String {
    let mut text = Vec::new();
    let mut bits: Vec<bool> = Vec::new();
    let mut running = false;
    for pair in samples.windows(2) {
        let [(_, scl, sda), (_, next_scl, next_sda)] = pair else { unreachable!() };
        if *scl && *next_scl && sda != next_sda {
            // A STOP's or repeated START's own SCL pulse has brought one bit.
            assert!(bits.len() <= 1, "{} bits before START or STOP", bits.len());
            bits.clear();
            text.push(
                if *next_sda {
                    "P"
                } else if running {
                    "Sr"
                } else {
                    "S"
                }
                .to_owned(),
            );
            running = !next_sda;
        } else if !scl && *next_scl && running {
            assert_eq!(sda, next_sda, "SDA is stable when SCL rises");
            bits.push(*next_sda);
            if bits.len() == 9 {
                let byte = bits[..8].iter().fold(0u8, |byte, &bit| byte << 1 | u8::from(bit));
                text.push(format!("{byte:02X}{}", if bits[8] { "!" } else { "" }));
                bits.clear();
            }
        }
    }
    text.join(" ")
}

fn vcd(bus: &Bus) -> String {
    let mut bytes = Vec::new();
    bus.trace().write_vcd(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn levels_decode_to_the_bytes() {
    for hz in [20_000, 99_999, 100_000, 133_333, 400_000, 1_000_000, 3_400_000] {
        let bus = Bus::with_blank_chip(1);
        let (mut i2c, mut delay) = (bus.i2c(), bus.delay());
        delay.delay_us(100);
        bus.hold_sda_low(60_000);
        delay.delay_ms(2);
        bus.set_clock_hz(hz);
        i2c.write_read(ADDRESS, &[0x00], &mut [0; 4]).unwrap();
        i2c.write(ADDRESS, &INFO).unwrap();
        i2c.read(ADDRESS, &mut [0; 7]).unwrap_err();
        delay.delay_ms(5);
        i2c.read(ADDRESS, &mut [0; 1]).unwrap();
        i2c.read(ADDRESS, &mut [0; 6]).unwrap();
        let (samples, _) = samples(&vcd(&bus));
        let expected = "S P S C0 00 Sr C1 04 11 33 43! P S C0 03 07 30 00 00 00 03 5D P S C1! P \
                        S C1 07! P S C1 00 00 60 02 80 38! P";
        assert_eq!(decode(&samples), expected, "{hz} Hz");
    }
}

#[test]
fn times_are_the_bus_s() {
    let bus = Bus::with_blank_chip(1);
    wake(&mut bus.i2c(), &mut bus.delay());
    bus.i2c().write(ADDRESS, &[0x00]).unwrap();
    let (samples, tick) = samples(&vcd(&bus));
    assert_eq!(tick, 1_000_000, "a microsecond is a tenth of a bit");
    let falls: Vec<u64> =
        samples.windows(2).filter(|pair| pair[0].1 && !pair[1].1).map(|pair| pair[1].0).collect();
    // SCL falls when START is over and after each of the nine bits; then the same 1.5 ms later.
    let first: Vec<u64> = (1..=10).map(|bit| bit * 10).collect();
    assert_eq!(falls[..10], first);
    assert_eq!(falls[10], 110 + 1500 + 10);
}

#[test]
fn a_stuck_line_is_low_whatever_the_master_does() {
    let bus = Bus::new();
    bus.inject(Fault::SdaStuck { duration: 500_000 });
    let mut master = bus.master();
    master.start(0xFE);
    master.write(0xFF);
    master.stop();
    bus.advance(1_000_000);
    let (samples, _) = samples(&vcd(&bus));
    assert!(samples.iter().filter(|sample| sample.0 < 500 && sample.0 > 0).all(|sample| !sample.2));
    assert!(samples.iter().filter(|sample| sample.0 >= 500).all(|sample| sample.2));
}

#[test]
fn an_empty_trace_is_a_file_too() {
    assert_eq!(decode(&samples(&vcd(&Bus::new())).0), "");
}
