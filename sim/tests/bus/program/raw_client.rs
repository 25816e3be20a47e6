//! A client in another language, with nothing of this repository in it, on the built server.

use std::process::Command;

use super::process::Server;

#[test]
fn a_python_client_wakes_the_chip_and_reads_its_serial_number() {
    let server = Server::start(&["--seed", "1"]);
    let output = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bus/program/raw_client.py"))
        .arg(server.address.to_string())
        .output()
        .expect("python3 runs");
    let (text, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}{errors}");
    assert!(text.contains("revision 00006002\n"), "{text}");
    let serial = text.lines().find_map(|line| line.strip_prefix("serial number ")).expect("a serial number");
    assert!(serial.starts_with("0123") && serial.ends_with("EE") && serial.len() == 18, "{serial}");
}
