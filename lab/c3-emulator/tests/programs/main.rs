//! Whole programs, compiled by the rustc at hand for the emulated processor.

mod workload;

use std::cell::RefCell;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use atecc608_sim::Bus;
use c3_emulator::line::{Line, Local, Remote};
use c3_emulator::{Console, Machine, Stop};
use tempfile::TempDir;

/// What a program prints.
#[derive(Clone, Default)]
struct Output(Rc<RefCell<Vec<u8>>>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A compiled program, deleted with the value.
struct Program {
    _folder: TempDir,
    path: PathBuf,
}

fn compile(source: &str, assembly: &str) -> Program {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("program.elf");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let status = Command::new("rustc")
        .env("PROGRAM", assembly)
        .args(["--edition", "2024", "--target", "riscv32imc-unknown-none-elf", "-C", "opt-level=s"])
        .args(["-C", "panic=abort", "-C", "link-arg=-Tlink.x", "-o"])
        .arg(&path)
        .arg(source)
        .current_dir(sources)
        .status()
        .unwrap();
    assert!(status.success(), "{source}: `rustup target add riscv32imc-unknown-none-elf` may be missing");
    Program { _folder: folder, path }
}

fn run_on(program: &Program, input: &'static str, line: impl Line + 'static) -> (String, Stop, u64) {
    let output = Output::default();
    let console = Console::new(output.clone(), input.as_bytes(), None);
    let mut machine = Machine::new(&program.path, console, Box::new(line), true).unwrap();
    let stop = machine.run(60);
    let text = String::from_utf8(output.0.borrow().clone()).unwrap();
    (text, stop, machine.nanos())
}

fn run(program: &Program, input: &'static str) -> (String, Stop, u64) {
    run_on(program, input, Local::new(&Bus::with_blank_chip(1), None))
}

#[test]
fn a_computation_comes_to_the_result_that_it_has_on_the_host() {
    let (text, stop, _) = run(&compile("computation.rs", ""), "");
    assert_eq!(text, format!("{:08X}\n", workload::digest()));
    assert!(matches!(stop, Stop::Asleep), "{stop}");
}

const NACK_OF_THE_WAKE_BYTE: &str = "00000600\n";
const TRANSFER_COMPLETE: &str = "00000280\n";
/// What a chip answers that has been woken.
const WOKEN: &str = "04113343\n";

#[test]
fn the_i2c_controller_wakes_the_chip_and_takes_its_time() {
    let (text, stop, _) = run(&compile("assembly.rs", "bus.s"), "");
    let mut lines = text.split_inclusive('\n');
    assert_eq!(lines.next(), Some(NACK_OF_THE_WAKE_BYTE));
    assert_eq!(lines.next(), Some(TRANSFER_COMPLETE));
    // START, five bytes of nine bits, STOP, at 10 us each.
    let ticks = u32::from_str_radix(lines.next().unwrap().trim_end(), 16).unwrap();
    assert!((470..475).contains(&(ticks / 16)), "{ticks} ticks");
    assert_eq!(lines.next(), Some(WOKEN));
    assert!(matches!(stop, Stop::Asleep), "{stop}");
}

#[test]
fn the_bus_can_be_one_that_a_simulator_serves() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let bus = Bus::with_blank_chip(1);
    let served = bus.clone();
    std::thread::spawn(move || {
        atecc608_sim::server::serve(listener, served, atecc608_sim::server::Options::new())
    });
    let program = compile("assembly.rs", "bus.s");
    let (text, ..) = run_on(&program, "", Remote::connect(&address).unwrap());
    assert!(text.ends_with(WOKEN), "{text}");
    let (local, ..) = run(&program, "");
    assert_eq!(text, local);
    assert_eq!(bus.counters().bytes, 1 + 5);
}

#[test]
fn nobody_answers_on_an_empty_bus() {
    let (text, ..) = run_on(&compile("assembly.rs", "bus.s"), "", Local::new(&Bus::new(), None));
    assert_eq!(text.lines().filter(|line| *line == NACK_OF_THE_WAKE_BYTE.trim_end()).count(), 2, "{text}");
}

#[test]
fn timers_interrupt_on_time_and_by_urgency() {
    let (text, stop, nanos) = run(&compile("assembly.rs", "alarms.s"), "");
    // Both have been due when the program begins to listen; after that, a tick a millisecond.
    assert_eq!(text, "433333333");
    assert!(matches!(stop, Stop::Asleep), "{stop}");
    assert!((12_000_000..12_100_000).contains(&nanos), "{nanos} ns");
}

#[test]
fn lines_are_typed_when_the_program_waits_for_them() {
    let (text, stop, _) = run(&compile("assembly.rs", "echo.s"), "lock\nyes\nmore\n");
    assert_eq!(text, "?LOCK\n?YES\n");
    assert!(matches!(stop, Stop::Asleep), "{stop}");
}

#[test]
fn runs_are_the_same_every_time() {
    let program = compile("assembly.rs", "alarms.s");
    let [(first, _, nanos), (second, _, again)] = [run(&program, ""), run(&program, "")];
    assert_eq!((first, nanos), (second, again));
}
