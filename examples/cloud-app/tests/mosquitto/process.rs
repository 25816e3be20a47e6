//! Debian's mosquitto as a child process, and its clients.

use crate::real::pass;
use base64ct::{Base64, Encoding};
use mock_servers::pki::Holder;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// Debian keeps daemons where users do not look.
fn command(name: &str) -> Command {
    let daemon = format!("/usr/sbin/{name}");
    Command::new(if Path::new(&daemon).exists() { daemon } else { name.to_owned() })
}

pub(super) fn start(mut command: Command) -> Child {
    let program = command.get_program().to_owned();
    command.spawn().unwrap_or_else(|error| {
        panic!("{program:?} did not start ({error}); apt-get install mosquitto mosquitto-clients")
    })
}

/// What the port for devices demands, beside TLS.
#[derive(Debug, Clone, Default)]
pub(super) struct Demands {
    /// Lines of mosquitto.conf.
    pub(super) lines: String,
    /// Files beside it, by name.
    pub(super) files: Vec<(&'static str, String)>,
}

/// mosquitto with a port for devices, over TLS, and one for people.
pub(super) struct Broker {
    child: Child,
    pub(super) tls: u16,
    pub(super) plain: u16,
    folder: tempfile::TempDir,
}

impl Broker {
    pub(super) async fn start(holder: &Holder) -> Self {
        Self::start_with(holder, &Demands { lines: "tls_version tlsv1.3\n".into(), ..Demands::default() })
            .await
    }

    pub(super) async fn start_with(holder: &Holder, demands: &Demands) -> Self {
        // Two ports that are free now. Somebody else may take one before mosquitto does: then again.
        for _ in 0..5 {
            let listeners = [(); 2].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
            let [tls, plain] = listeners.map(|listener| listener.local_addr().unwrap().port());
            let folder = tempfile::tempdir().unwrap();
            let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
            let chain: String = holder.chain().iter().map(|der| pem("CERTIFICATE", der)).collect();
            write("chain.pem", &chain);
            write("key.pem", &pem("PRIVATE KEY", holder.key().secret_der()));
            demands.files.iter().for_each(|(name, text)| write(name, text));
            let at = folder.path().display().to_string();
            let lines = demands.lines.replace("FOLDER", &at);
            // `user` counts for root alone, who would else become a user that can't read the key.
            write(
                "mosquitto.conf",
                &format!(
                    "user root\nper_listener_settings true\nlog_type all\nlog_dest file {at}/log\n\
                     listener {plain} 127.0.0.1\nallow_anonymous true\nlistener {tls} 127.0.0.1\n\
                     allow_anonymous true\ncertfile {at}/chain.pem\nkeyfile {at}/key.pem\n{lines}"
                ),
            );
            let mut mosquitto = command("mosquitto");
            mosquitto.arg("-c").arg(folder.path().join("mosquitto.conf")).stderr(Stdio::null());
            let mut child = start(mosquitto);
            for _ in 0..250 {
                if child.try_wait().unwrap().is_some() {
                    break;
                }
                let open = |port| std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
                if open(tls) && open(plain) {
                    return Self { child, tls, plain, folder };
                }
                pass(20).await;
            }
            let _ = child.kill();
            let _ = child.wait();
        }
        panic!("mosquitto did not start");
    }

    /// What mosquitto wrote down.
    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// mosquitto_sub or mosquitto_pub at the port for people.
    pub(super) fn client(&self, name: &str, arguments: &[&str]) -> Command {
        let mut client = command(name);
        client.args(["-h", "127.0.0.1", "-p", &self.plain.to_string(), "-V", "mqttv311"]).args(arguments);
        client
    }

    pub(super) async fn publish(&self, arguments: &[&str]) {
        let mut child = start(self.client("mosquitto_pub", arguments));
        while child.try_wait().unwrap().is_none() {
            pass(20).await;
        }
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            println!("mosquitto says:\n{}", self.log());
        }
    }
}
