//! docs/clouds/mosquitto.md, from the first line to the last, with mosquitto itself.

use std::net::{Ipv4Addr, TcpListener};

use crate::page::{commands, run};

#[tokio::test]
async fn from_a_ca_to_telemetry_and_back() {
    let folder = tempfile::tempdir().unwrap();
    // Somebody else may take the port before mosquitto does; the page's own is likelier to be taken.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let script = [commands("clouds.md"), commands("clouds/mosquitto.md")].concat().concat();
    let script =
        script.replace("listener 8883", "listener 8883 127.0.0.1").replace("8883", &port.to_string());
    // A second may not do on a busy machine.
    let wait = format!(
        "for _ in $(seq 300); do (exec 3<> /dev/tcp/localhost/{port}) 2> /dev/null && break; sleep 0.1; done"
    );
    assert!(script.contains("\nsleep 1\n") && script.contains("&& sleep 1\n"));
    let gone = format!(
        "&& for _ in $(seq 300); do (exec 3<> /dev/tcp/localhost/{port}) 2> /dev/null || break; sleep 0.1; done"
    );
    let script =
        script.replace("\nsleep 1\n", &format!("\n{wait}\n")).replace("&& sleep 1\n", &format!("{gone}\n"));
    let ended = format!(
        "trap '[ ! -e {0} ] || kill $(cat {0})' EXIT\n{script}",
        folder.path().join("ca/mosquitto.pid").display()
    );
    let said = run(folder.path(), &ended).await;
    let lines: Vec<_> = said.lines().collect();
    assert!(said.contains("device.pem: OK\n"), "{said}");
    let [.., telemetry, refused, renewed] = &lines[..] else { panic!("{said}") };
    assert_eq!(
        [telemetry, refused, renewed],
        [&"devices/sensor-1/telemetry {\"celsius\":21.5}", &"refused", &"renewed"],
        "{said}"
    );
}
