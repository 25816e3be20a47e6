//! Servers that are not there, not believed, or do not let the device in.

use mock_servers::pki::{Holder, Request};
use mock_servers::tls::{Offer, acceptor};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::made::{Servers, VALID};
use crate::program::{failed, json, text, until};

const CLOUDS: [&str; 4] = ["aws", "azure", "google", "mosquitto"];

/// The program, sent to a server elsewhere.
fn at<'a>(cloud: &'a str, endpoint: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let number = if cloud == "google" { &["--project-number", "7"][..] } else { &[] };
    [&["--cloud", cloud, "--endpoint", endpoint], number, more].concat()
}

/// A server that serves each connection in this way.
fn listener(serve: impl Fn(&mut std::net::TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            serve(&mut stream);
            // Closed in an orderly way: what the client sent is read.
            let _ = stream.shutdown(std::net::Shutdown::Write);
            while stream.read(&mut [0; 2000]).is_ok_and(|n| n > 0) {}
        }
    });
    address
}

/// A TLS server that lets in clients of one authority, if any, and closes after it has heard something.
fn secured(servers: &Servers, offer: Offer) -> u16 {
    let acceptor = acceptor(&servers.server, &offer).unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap().port()).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    let _ = stream.read(&mut [0; 2000]).await;
                    let _ = stream.shutdown().await;
                }
            }
        });
    });
    told.recv().unwrap()
}

fn now() -> u64 {
    mock_servers::bridge::wall_clock()
}

#[test]
fn servers_that_are_not_there() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    for cloud in CLOUDS {
        let said = failed(&at(cloud, &free, &[]));
        assert!(said.starts_with(&format!("error: the server {free} could not be reached\n")), "{said}");
        assert!(said.contains("refused") && said.contains("--endpoint"), "{said}");
    }
    // A name that is nobody's (RFC 6761).
    let said = failed(&at("aws", "nobody.invalid", &["--timeout", "2s"]));
    assert!(said.starts_with("error: the server nobody.invalid:8883 could not be reached\n"), "{said}");
}

#[test]
fn servers_that_speak_no_tls() {
    let plain = listener(|stream| {
        let _ = stream.read(&mut [0; 2000]);
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let said = failed(&at("mosquitto", &plain.to_string(), &[]));
    assert!(said.contains("is no TLS") && said.contains("check the port"), "{said}");
    let closed = listener(|stream| {
        let _ = stream.read(&mut [0; 2000]);
    });
    let said = failed(&at("mosquitto", &closed.to_string(), &[]));
    assert!(said.contains("closed the connection without a reason"), "{said}");
    // Says nothing, and goes only long after the time-out.
    let silent = listener(|stream| {
        stream.set_read_timeout(Some(std::time::Duration::from_secs(8))).unwrap();
        while stream.read(&mut [0; 2000]).is_ok_and(|n| n > 0) {}
    });
    let said = failed(&at("mosquitto", &silent.to_string(), &["--timeout", "300ms"]));
    assert!(said.contains("no answer within 300ms"), "{said}");
}

#[test]
fn servers_that_are_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let (servers, others) = (Servers::new(&["localhost"]), Servers::of("Other root", &["localhost"]));
    let ca = servers.root_file(folder.path());
    let offer = |now| Offer { versions: rustls::ALL_VERSIONS.to_vec(), now, ..Offer::default() };
    let endpoint = format!("localhost:{}", secured(&others, offer(now())));
    for cloud in CLOUDS {
        let said = failed(&at(cloud, &endpoint, &["--ca", &ca]));
        assert!(said.contains("the server is not believed to be "), "{said}");
        assert!(said.contains("UnknownIssuer") && said.contains("--ca"), "{said}");
    }
    // The roots of this machine do not know it either.
    let said = failed(&at("aws", &endpoint, &[]));
    assert!(said.contains("not believed") || said.contains("ca-certificates"), "{said}");
    // Another name.
    let endpoint = format!("127.0.0.1:{}", secured(&servers, offer(now())));
    let said = failed(&at("mosquitto", &endpoint, &["--ca", &ca]));
    assert!(said.contains("not believed to be 127.0.0.1") && said.contains("--endpoint the name"), "{said}");
    // What is no root.
    for (contents, words) in [("rubbish", "neither PEM nor DER"), ("-----BEGIN X", "--ca")] {
        std::fs::write(folder.path().join("bad"), contents).unwrap();
        let bad = folder.path().join("bad");
        let said = failed(&at("aws", &endpoint, &["--ca", bad.to_str().unwrap()]));
        assert!(said.contains(words), "{said}");
    }
}

/// With TLS 1.2 the handshake fails, with 1.3 the first answer says it.
#[test]
fn servers_that_do_not_know_the_device() {
    let folder = tempfile::tempdir().unwrap();
    let servers = Servers::new(&["localhost", "sts.mtls.googleapis.com"]);
    let ca = servers.root_file(folder.path());
    let stranger = Holder::root(&Request { valid: VALID, ..Request::authority("Stranger") }).unwrap();
    for version in ["1.2", "1.3"] {
        let offer = Offer {
            versions: rustls::ALL_VERSIONS.to_vec(),
            clients_of: Some(stranger.der().clone()),
            now: now(),
            ..Offer::default()
        };
        let endpoint = format!("localhost:{}", secured(&servers, offer));
        for cloud in CLOUDS {
            let said = failed(&at(cloud, &endpoint, &["--ca", &ca, "--tls", version]));
            assert!(said.contains("cause: the server refused the device\n  seen as: "), "{version}: {said}");
            assert!(said.contains("UnknownCA") && said.contains("does not know who issued"), "{said}");
            assert!(said.contains("compare"), "{said}");
        }
    }
}

#[test]
fn a_certificate_that_has_ended_for_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let chip = format!("sim:{}/chip", folder.path().display());
    let report = json(&["--i2c", &chip]);
    let servers = Servers::new(&["localhost"]);
    let ca = servers.root_file(folder.path());
    use rustls::pki_types::{CertificateDer, pem::PemObject};
    let root = CertificateDer::from_pem_slice(text(&report, "root_pem").as_bytes()).unwrap();
    // By the clock of the server it is the year 2090.
    let offer = Offer {
        versions: rustls::ALL_VERSIONS.to_vec(),
        clients_of: Some(root),
        now: 3_786_912_000,
        ..Offer::default()
    };
    let endpoint = format!("localhost:{}", secured(&servers, offer));
    let said = failed(&at("mosquitto", &endpoint, &["--ca", &ca, "--i2c", &chip]));
    assert!(said.contains("CertificateExpired") && said.contains("clocks"), "{said}");
}

#[test]
fn a_server_with_another_version_of_tls() {
    let folder = tempfile::tempdir().unwrap();
    let servers = Servers::new(&["localhost"]);
    let ca = servers.root_file(folder.path());
    for (speaks, asked) in [(&rustls::version::TLS12, "1.3"), (&rustls::version::TLS13, "1.2")] {
        let offer = Offer { versions: vec![speaks], now: now(), ..Offer::default() };
        let endpoint = format!("localhost:{}", secured(&servers, offer));
        let said = failed(&at("mosquitto", &endpoint, &["--ca", &ca, "--tls", asked]));
        assert!(said.contains("version") || said.contains("--tls"), "{said}");
    }
}

/// It speaks TLS, and then something else.
#[test]
fn a_server_that_is_no_broker() {
    let folder = tempfile::tempdir().unwrap();
    let servers = Servers::new(&["localhost"]);
    let ca = servers.root_file(folder.path());
    let offer = Offer { versions: rustls::ALL_VERSIONS.to_vec(), now: now(), ..Offer::default() };
    let endpoint = format!("localhost:{}", secured(&servers, offer));
    for cloud in ["aws", "azure", "mosquitto"] {
        let said = failed(&at(cloud, &endpoint, &["--ca", &ca]));
        assert!(said.starts_with("error: the device tried to log in at localhost:"), "{said}");
        assert!(said.contains("closed the connection instead of answering the login"), "{said}");
    }
    // A server elsewhere that registers certificates would have to be asked again, and is: for 127 s, which are not
    // waited for here.
    until(&at("aws", &endpoint, &["--ca", &ca, "--onboard", "jitr"]), "The device comes again in 5 s");
}
