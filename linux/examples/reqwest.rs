//! HTTPS with a client certificate whose key is in the chip, by `reqwest`.
//!
//! ```sh
//! cargo run -p atecc608-linux --example reqwest
//! cargo run -p atecc608-linux --example reqwest -- --chip /dev/i2c-1 --ca server-root.pem example.com:8443
//! ```

mod device;
mod local;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use atecc608_linux::rustls::{ClientCertificate, certified_key};
use rustls::{ServerConnection, StreamOwned};

use device::{Arguments, Failure, common_name, provider, report};
use local::{Local, trust_chain};

const USAGE: &str =
    "reqwest [--chip LOCATION] [--address 0xNN] [--slot N] [--chain FILE] [--ca FILE] [HOST:PORT]";

fn main() -> ExitCode {
    report(run())
}

fn run() -> Result<(), Failure> {
    let arguments = Arguments::parse(USAGE)?;
    let device = arguments.device(trust_chain)?;
    let local = Local::new()?;

    let certificate = Arc::new(ClientCertificate::new(certified_key(device.key, device.chain)?));
    let config = certificate.config(provider(), arguments.authorities(&local.certificate)?)?;
    let client = reqwest::blocking::Client::builder().tls_backend_preconfigured(config).build()?;

    let (place, server) = match arguments.place {
        Some(place) => (place, None),
        None => {
            let listener = TcpListener::bind("127.0.0.1:0")?;
            let place = format!("localhost:{}", listener.local_addr()?.port());
            (place, Some(thread::spawn(move || serve(&listener, &local))))
        }
    };
    let answer = client.get(format!("https://{place}/")).send()?;
    println!("{}, {}", answer.status(), answer.text()?.trim());
    if let Some(server) = server {
        server.join().map_err(|_| "the server has panicked")??;
    }
    println!("done: {} was let in", device.name);
    Ok(())
}

/// One request.
fn serve(listener: &TcpListener, local: &Local) -> Result<(), Failure> {
    let (socket, _) = listener.accept()?;
    let connection = ServerConnection::new(Arc::clone(&local.config))?;
    let mut stream = BufReader::new(StreamOwned::new(connection, socket));
    let mut line = String::new();
    while stream.read_line(&mut line)? > 2 {
        line.clear();
    }
    let stream = stream.get_mut();
    let who = common_name(&stream.conn.peer_certificates().ok_or("no certificate")?[0])?;
    let text = format!("hello {who}\n");
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}", text.len())?;
    stream.conn.send_close_notify();
    stream.flush()?;
    Ok(())
}
