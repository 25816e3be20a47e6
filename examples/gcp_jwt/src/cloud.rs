//! The device's conversation with the bridge.

use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use atecc608_cloud::mqtt::{
    Device, Inbox, KeepAlive, Session, SessionError, TOKEN_MAX, TRANSMIT_BUFFER, Token,
};
use atecc608_cloud::tls::{self, Entropy, Roots};
use atecc608_cloud::token::{Lifetime, TokenSigner};
use demo::{Failure, Shown, Steps, Stream, host_of, unix_seconds};
use embedded_io_async::{Read, Write};
use mock_servers::Message;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use crate::report::Report;

/// How long a broker that is not ours may take to send something of its own accord.
const CURIOSITY: Duration = Duration::from_secs(2);
/// Longest message taken: the 64 KB of a configuration, and its topic.
const RECEIVE_BUFFER: usize = 65 * 1024;

/// The broker to log in to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Broker<'a> {
    /// Host and port.
    pub(crate) address: &'a str,
    /// Without TLS.
    pub(crate) plain: bool,
    /// Whether it is the bridge in this program, which always sends configuration and command.
    pub(crate) embedded: bool,
    /// How long it may take for each answer.
    pub(crate) patience: Duration,
}

/// Who logs in.
pub(crate) struct Identity<'a, S> {
    pub(crate) device: Device<'a>,
    pub(crate) lifetime: Lifetime,
    pub(crate) signer: &'a mut S,
}

/// Connects, with TLS if there are roots to believe, and talks.
pub(crate) async fn converse<S: TokenSigner<Error: std::fmt::Display>>(
    broker: Broker<'_>,
    security: Option<(Roots, Entropy)>,
    identity: &mut Identity<'_, S>,
    steps: Steps,
    report: &mut Report,
) -> Result<(), Failure> {
    if broker.plain && !is_here(host_of(broker.address)) {
        Steps::warn(format_args!(
            "--plain sends the token to {} unencrypted: whoever is on the way reads it, and can log in as this \
             device until it expires. Leave --plain out if the broker has TLS",
            broker.address
        ));
    }
    // Before the chip signs: without a broker there is no use for a token.
    let stream = Stream(reach(&broker).await?);
    let Some((roots, mut entropy)) = security else {
        return talk(stream, broker, identity, steps, report).await.map(|_| ());
    };
    let name = if broker.embedded { "localhost" } else { host_of(broker.address) };
    let settings = tls::Settings::new(name, &roots, unix_seconds());
    let (mut receive, mut transmit) = (vec![0; tls::RECEIVE_BUFFER], [0; tls::TRANSMIT_BUFFER]);
    let buffers = tls::Buffers { receive: &mut receive, transmit: &mut transmit };
    let connection = tls::connect(stream, settings, buffers, &mut entropy);
    let secured = in_time(&broker, "to secure the connection", async {
        connection.await.map_err(SessionError::Transport)
    })
    .await?;
    let chain = secured.chain();
    steps.say(format_args!("TLS 1.3 with {name}; the certificates that vouch for it:"));
    for line in chain.to_string().lines() {
        steps.say(format_args!("  {line}"));
        report.certificates.push(line.to_owned());
    }
    let secured = talk(secured, broker, identity, steps, report).await?;
    in_time(&broker, "to close the connection", async {
        secured.close().await.map_err(SessionError::Transport)
    })
    .await?;
    Ok(())
}

/// Makes a token, logs in, subscribes, publishes, receives and logs out.
async fn talk<T: Read<Error: std::fmt::Display> + Write, S: TokenSigner<Error: std::fmt::Display>>(
    transport: T,
    broker: Broker<'_>,
    identity: &mut Identity<'_, S>,
    steps: Steps,
    report: &mut Report,
) -> Result<T, Failure> {
    let Identity { device, lifetime, signer } = identity;
    let device = *device;
    let mut buffer = [0; TOKEN_MAX];
    let token =
        Token::issue(&device, unix_seconds(), *lifetime, *signer, &mut buffer).await.map_err(|error| {
            Failure::new(
                "the token was signed, and that failed",
                error,
                "check this machine's clock and the chip",
            )
        })?;
    steps.say(format_args!("Token, signed by the chip:\n{}", token.as_str()));
    report.jwt = token.as_str().to_owned();
    report.expires = token.expires();
    report.client_id = device.client_id().to_string();
    report.broker = broker.address.to_owned();

    let (mut rx, mut tx) = (vec![0; RECEIVE_BUFFER], [0; TRANSMIT_BUFFER]);
    let login = Session::connect(transport, device, token.as_str(), KeepAlive::DEFAULT, &mut rx, &mut tx);
    let mut session = in_time(&broker, "to log in", login).await?;
    steps.say(format_args!("Logged in to {} as {}", broker.address, report.client_id));

    let mut inbox = Received { device, steps, messages: vec![] };
    in_time(&broker, "to subscribe", session.subscribe(&mut inbox)).await?;
    steps.say("Subscribed to configuration and commands");
    wait_for(1, "configuration", &broker, &mut session, &mut inbox).await?;

    let before = inbox.messages.len();
    let telemetry = format!(r#"{{"serial":"{}","time":{}}}"#, report.serial, unix_seconds());
    let publish = session.publish_telemetry(None, telemetry.as_bytes(), &mut inbox);
    in_time(&broker, "to publish telemetry", publish).await?;
    let topic = format!("/devices/{}/events", device.device());
    steps.say(format_args!("Published telemetry to {topic}: {telemetry}"));
    report.published.push(Message { topic, payload: telemetry });
    wait_for(before + 1, "command", &broker, &mut session, &mut inbox).await?;

    let state = format!(r#"{{"messages_received":{}}}"#, inbox.messages.len());
    in_time(&broker, "to publish the state", session.publish_state(state.as_bytes(), &mut inbox)).await?;
    let topic = device.state_topic().to_string();
    steps.say(format_args!("Published state to {topic}: {state}"));
    report.published.push(Message { topic, payload: state });
    report.received = inbox.messages;

    let transport = in_time(&broker, "to log out", session.disconnect()).await?;
    steps.say("Logged out");
    Ok(transport)
}

/// Whether a host is this machine, on which nobody is on the way.
fn is_here(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

async fn reach(broker: &Broker<'_>) -> Result<TcpStream, Failure> {
    let &Broker { address, patience, .. } = broker;
    let unreachable = |cause: String| {
        Failure::new(
            format_args!("the broker {address} could not be reached"),
            cause,
            "give --broker the host and port of a running MQTT broker, such as localhost:8883",
        )
    };
    match timeout(patience, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => {
            // A hint that saves milliseconds; without it everything works as well.
            let _ = stream.set_nodelay(true);
            Ok(stream)
        }
        Ok(Err(error)) => Err(unreachable(error.to_string())),
        Err(_) => Err(unreachable(format!("no answer within {patience:?}"))),
    }
}

/// Runs one step with the broker, with a time-out and its errors explained.
async fn in_time<T, E: std::fmt::Display>(
    broker: &Broker<'_>,
    step: &str,
    work: impl Future<Output = Result<T, SessionError<E>>>,
) -> Result<T, Failure> {
    let tried = format!("the device tried {step} at {}", broker.address);
    match timeout(broker.patience, work).await {
        Ok(result) => result.map_err(|error| {
            let advice = match error {
                SessionError::Refused(_) | SessionError::Closed => {
                    "compare --project, --region, --registry, --device and the registered public key with \
                     the broker's, and this machine's clock with the time"
                }
                SessionError::Transport(_) => {
                    "check that --broker speaks TLS 1.3 on this port (--plain: that it does not), and --root"
                }
                _ => "check that --broker is an MQTT 3.1.1 broker",
            };
            Failure::new(&tried, error, advice)
        }),
        Err(_) => Err(Failure::new(
            &tried,
            format_args!("no answer within {:?}", broker.patience),
            "check that --broker is an MQTT 3.1.1 broker that speaks TLS on this port (without: --plain)",
        )),
    }
}

/// Waits until so many messages have come. From a broker that is not ours none need come.
async fn wait_for<T: Read<Error: std::fmt::Display> + Write>(
    count: usize,
    what: &str,
    broker: &Broker<'_>,
    session: &mut Session<'_, T>,
    inbox: &mut Received<'_>,
) -> Result<(), Failure> {
    let patience = if broker.embedded { broker.patience } else { CURIOSITY };
    let end = Instant::now() + patience;
    while inbox.messages.len() < count {
        match timeout_at(end, session.receive(inbox)).await {
            Ok(result) => {
                in_time(broker, "to receive", async { result }).await?;
                if let Some(skipped) = session.take_skipped() {
                    inbox.steps.say(format_args!("Received more than fits: {skipped}"));
                    break;
                }
            }
            Err(_) if broker.embedded => {
                return Err(Failure::new(
                    format_args!("the device waited for a {what}"),
                    format_args!("none came within {patience:?}"),
                    "run again; this machine may be very busy",
                ));
            }
            Err(_) => {
                inbox.steps.say(format_args!("No {what} came within {patience:?}"));
                break;
            }
        }
    }
    Ok(())
}

/// What has come from the broker.
struct Received<'a> {
    device: Device<'a>,
    steps: Steps,
    messages: Vec<Message>,
}

impl Inbox for Received<'_> {
    fn config(&mut self, payload: &[u8]) {
        self.steps.say(format_args!("Received configuration: {}", Shown(payload)));
        let payload = String::from_utf8_lossy(payload).into_owned();
        self.messages.push(Message { topic: self.device.config_topic().to_string(), payload });
    }

    fn command(&mut self, subfolder: &str, payload: &[u8]) {
        self.steps.say(format_args!("Received command {subfolder:?}: {}", Shown(payload)));
        let payload = String::from_utf8_lossy(payload).into_owned();
        let topic = format!("/devices/{}/commands/{subfolder}", self.device.device());
        self.messages.push(Message { topic, payload });
    }
}
