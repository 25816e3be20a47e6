//! The program: options, messages, and a state file through restarts and kills.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use super::process::Server;
use crate::common::{ADDRESS, INFO, REVISION, command};
use crate::tcp::{ACK, Client};

/// Exit code and standard error of a server that must not come up.
fn refused(options: &[&str]) -> (i32, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_atecc608-sim")).args(options).output().expect("the binary runs");
    assert!(output.stdout.is_empty(), "it says it listens");
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// GenKey, mode "create", in slot 0 (chip reference 7.2), on a chip whose configuration is locked.
fn generate_key(client: &mut Client) -> Vec<u8> {
    let key = client.execute(&command(0x40, 0x04, 0, &[]));
    assert_eq!(key.len(), 64);
    key
}

#[test]
fn a_blank_chip_answers_on_the_printed_port() {
    let server = Server::start(&[]);
    assert_ne!(server.address.port(), 0);
    let mut client = Client::connect(server.address);
    client.wake();
    assert_eq!(client.execute(&INFO), REVISION[1..5]);
}

#[test]
fn the_seed_makes_the_serial_number() {
    let serial = |seed: &str| {
        let server = Server::start(&["--seed", seed]);
        let mut client = Client::connect(server.address);
        client.wake();
        client.execute(&command(0x02, 0x80, 0, &[]))
    };
    assert_eq!(serial("7"), serial("7"));
    assert_ne!(serial("7"), serial("8"));
}

#[test]
fn real_time_passes_by_itself() {
    let server = Server::start(&["--real-time"]);
    let mut client = Client::connect(server.address);
    client.wake();
    assert_eq!(client.execute(&INFO), REVISION[1..5]);
    // The host's clock runs into the watchdog (chip reference 1.7).
    std::thread::sleep(std::time::Duration::from_millis(1_800));
    assert_ne!(client.send(&[b'S', ADDRESS << 1]), ACK);
}

#[test]
fn verbose_logs_what_the_chip_executes() {
    let mut server = Server::start_with(&["--verbose"], true);
    let mut client = Client::connect(server.address);
    client.wake();
    client.execute(&INFO);
    client.execute(&command(0x99, 0, 0, &[]));
    let log = server.log();
    let [info, unknown] = log.lines().collect::<Vec<_>>()[..] else { panic!("{log}") };
    assert!(info.contains("opcode 30 p1 00 p2 0000"), "{log}");
    assert!(unknown.contains("opcode 99") && unknown.ends_with("Status(Parse), by the rule Opcode"), "{log}");
}

#[test]
fn wrong_options_are_explained() {
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("none/state");
    for (options, message) in [
        (&["serve", "--listen", "nonsense"][..], "nonsense"),
        (&["serve", "--seed", "x"], "--seed"),
        (&["serve", "--speed"], "--speed"),
        (&[], "Usage"),
        (&["serve", "--listen", &port], "cannot listen on 127.0.0.1"),
        (&["serve", "--listen", "127.0.0.1:0", "--state", nowhere.to_str().unwrap()], "cannot create"),
        (&["serve", "--listen", "127.0.0.1:0", "--state", folder.path().to_str().unwrap()], "cannot read"),
    ] {
        let (code, error) = refused(options);
        assert_ne!(code, 0, "{options:?}");
        assert!(error.contains(message), "{options:?}: {error}");
    }
}

#[test]
fn a_damaged_or_foreign_state_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chip");
    let state = path.to_str().unwrap();
    Server::start(&["--state", state]).kill();
    let good = fs::read(&path).unwrap();
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    let longer = [&good[..], &[0]].concat();
    for contents in [&b""[..], b"something else", &good[..good.len() - 1], &longer, &flipped] {
        fs::write(&path, contents).unwrap();
        let (code, error) = refused(&["serve", "--listen", "127.0.0.1:0", "--state", state]);
        assert!(code != 0 && error.contains("no usable EEPROM"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), contents);
    }
    fs::write(&path, good).unwrap();
    Server::start(&["--state", state]);
}

#[test]
fn two_servers_do_not_share_a_state_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chip");
    let state = path.to_str().unwrap();
    let first = Server::start(&["--state", state]);
    let (code, error) = refused(&["serve", "--listen", "127.0.0.1:0", "--state", state]);
    assert!(code != 0 && error.contains("in use by another simulator"), "{error}");
    first.kill();
    Server::start(&["--state", state]);
}

/// A change that cannot be kept is not acknowledged, and nothing goes on behind it.
#[test]
fn a_change_that_cannot_be_kept_ends_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chip");
    let mut server = Server::start_with(&["--state", path.to_str().unwrap()], true);
    let mut client = Client::connect(server.address);
    client.wake();
    client.write(&command(0x12, 0x00, 5, &[0x83, 0x00, 0x87, 0x20]));
    fs::create_dir(folder.path().join("chip.new")).unwrap();
    // The command takes 18 ms from the STOP on, and changes the EEPROM at its end.
    assert_eq!(client.try_send(b"P"), Some(0x06));
    assert_eq!(client.try_send(&[b'D', 0x20, 0x4E, 0, 0]), None);
    assert!(!server.child.wait().unwrap().success());
    let log = server.log();
    assert!(log.contains("cannot create") && log.contains("chip.new"), "{log}");
}

#[test]
fn a_generated_key_outlives_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chip");
    let options = ["--state", path.to_str().unwrap(), "--seed", "1"];

    let server = Server::start(&options);
    let mut client = Client::connect(server.address);
    client.wake();
    // Lock config without CRC, chip reference 7.2: keys can be made from then on.
    assert_eq!(client.execute(&command(0x17, 0x80, 0, &[])), [0]);
    let key = generate_key(&mut client);
    server.kill();

    let server = Server::start(&options);
    let mut client = Client::connect(server.address);
    client.wake();
    assert_eq!(client.execute(&command(0x40, 0x00, 0, &[])), key, "the public key of slot 0");
    assert_eq!(names(folder.path()), ["chip", "chip.lock"]);
}

/// Write of config word 5 (chip reference 7.2), the server killed after each of its operations: what was
/// acknowledged is there, and what is there was sent.
#[test]
fn a_kill_at_any_operation_loses_nothing_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chip");
    let options = ["--state", path.to_str().unwrap()];
    let word_5 = |client: &mut Client| client.execute(&command(0x02, 0x00, 5, &[]));

    let mut last_acknowledged = None;
    for round in 0..6u8 {
        let server = Server::start(&options);
        let mut client = Client::connect(server.address);
        client.wake();
        let before = word_5(&mut client);
        if let Some(value) = last_acknowledged {
            assert_eq!(before, value, "round {round}");
        }
        let value = vec![0x83, round, 0x87, 0x20];
        let write = command(0x12, 0x00, 5, &value);
        last_acknowledged = Some(before);
        match round {
            // In the middle of the command, and all of it without its STOP.
            0 => client.write(&write[..6]),
            1 => client.write(&write),
            // Its answer was read: the change is acknowledged.
            _ => {
                assert_eq!(client.execute(&write), [0]);
                last_acknowledged = Some(value);
            }
        }
        if round == 3 {
            // A crash in the middle of a save leaves this behind.
            fs::write(folder.path().join("chip.new"), b"half an EEP").unwrap();
        }
        server.kill();
    }
}
