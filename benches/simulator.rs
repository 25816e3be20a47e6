//! How fast the simulated chip is, by the host's clock: `cargo bench --bench simulator`.

use atecc608::Slot;
use atecc608::blocking::Atecc608;
use atecc608::config::preset;
use atecc608::irreversible::NoMoreConfigWrites;
use atecc608_sim::hal::{SimDelay, SimI2c};
use std::time::{Duration, Instant};

type Device = Atecc608<SimI2c, SimDelay>;
/// Name, commands, call.
type Operation = (&'static str, u32, fn(&mut Device));

fn main() {
    let bus = atecc608_sim::Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let wanted = preset::gcp_device(&chip.read_config().unwrap());
    chip.write_config(&wanted).unwrap();
    chip.lock_config(&wanted, NoMoreConfigWrites).unwrap();
    chip.ensure_key(Slot::S0).unwrap();
    let operations: [Operation; 3] = [
        ("info (1 command)", 1, |chip| assert!(chip.revision().is_ok())),
        ("read config (4)", 4, |chip| assert!(chip.read_config().is_ok())),
        ("sign digest (2)", 2, |chip| assert!(chip.sign_digest(Slot::S0, &[7; 32]).is_ok())),
    ];
    println!("| In one process | commands a second | virtual seconds a second |\n|---|---:|---:|");
    for (name, commands, run) in operations {
        let (begin, virtual_begin) = (Instant::now(), bus.now());
        let mut count = 0;
        while begin.elapsed() < Duration::from_secs(1) {
            run(&mut chip);
            count += commands;
        }
        let seconds = begin.elapsed().as_secs_f64();
        let passed = (bus.now() - virtual_begin) as f64 / 1e9;
        println!("| {name} | {:.0} | {:.0} |", f64::from(count) / seconds, passed / seconds);
    }
}
