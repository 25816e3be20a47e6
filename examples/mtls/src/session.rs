//! A login at an MQTT broker, whichever: what was sent and received, each answer in time, each error explained.

use atecc608_cloud::mqtt::{Client, ClientError, Login, Messages, QoS};
use demo::{Failure, Shown};
use mock_servers::Message;
use std::fmt::Display;
use std::future::Future;
use std::io;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

use crate::report::Report;
use crate::tls::{NotIn, Secured, Server, words};

/// Longest message taken, with its topic: what AWS sends at most.
const RECEIVE_BUFFER: usize = 132 * 1024;
/// For what is sent: a request for a certificate is the longest.
const TRANSMIT_BUFFER: usize = 4 * 1024;

/// The client's memory.
pub(crate) struct Buffers {
    rx: Vec<u8>,
    tx: Vec<u8>,
}

impl Buffers {
    pub(crate) fn new() -> Self {
        Self { rx: vec![0; RECEIVE_BUFFER], tx: vec![0; TRANSMIT_BUFFER] }
    }
}

/// What has come.
#[derive(Debug, Default)]
struct Inbox(Vec<Message>);

impl Messages for Inbox {
    fn message(&mut self, topic: &str, payload: &[u8]) {
        let payload = String::from_utf8_lossy(payload).into_owned();
        self.0.push(Message { topic: topic.to_owned(), payload });
    }
}

/// A device that is logged in.
pub(crate) struct Session<'s> {
    client: Client<'s, Secured>,
    inbox: Inbox,
    /// How many of the messages were looked at.
    seen: usize,
    server: &'s Server,
}

impl<'s> Session<'s> {
    pub(crate) async fn log_in(
        secured: Secured,
        login: &Login<'_>,
        server: &'s Server,
        buffers: &'s mut Buffers,
    ) -> Result<Self, NotIn> {
        let mut cut = false;
        let connect = async {
            let connect = Client::connect(secured, login, &mut buffers.rx, &mut buffers.tx).await;
            cut = match &connect {
                Err(ClientError::ClosedAtLogin) => true,
                Err(ClientError::Transport(error)) => words::is_cut(error),
                _ => false,
            };
            connect
        };
        let client = in_time(server, "to log in", connect).await;
        let client = client.map_err(|failure| NotIn { failure, cut })?;
        Ok(Self { client, inbox: Inbox::default(), seen: 0, server })
    }

    pub(crate) async fn subscribe(&mut self, filters: &[&str]) -> Result<(), Failure> {
        let step = format!("to subscribe to {}", filters.join(", "));
        in_time(self.server, &step, self.client.subscribe(filters, &mut self.inbox)).await.map(|_| ())
    }

    /// Publishes, and waits until the broker has it.
    pub(crate) async fn publish(
        &mut self,
        topic: &str,
        payload: &str,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let step = format!("to publish to {topic}");
        let publish = self.client.publish(topic, QoS::AtLeastOnce, payload.as_bytes(), &mut self.inbox);
        in_time(self.server, &step, publish).await?;
        report.published.push(Message { topic: topic.to_owned(), payload: payload.to_owned() });
        Ok(())
    }

    /// The next message that this takes; `None` if none comes in time. Others are said and dropped.
    pub(crate) async fn next(
        &mut self,
        patience: Duration,
        report: &mut Report,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Option<Message>, Failure> {
        let end = Instant::now() + patience;
        loop {
            while let Some(message) = self.inbox.0.get(self.seen) {
                self.seen += 1;
                if wanted(&message.topic) {
                    return Ok(Some(message.clone()));
                }
                // The cloud's own are answers to others.
                if !message.topic.starts_with('$') {
                    report.say(format_args!("Also received, on {}: {}", message.topic, shown(message)));
                }
            }
            match timeout_at(end, self.client.receive(&mut self.inbox)).await {
                Ok(result) => in_time(self.server, "to receive", async { result }).await?,
                Err(_) => return Ok(None),
            }
            if let Some(skipped) = self.client.take_skipped() {
                report.say(format_args!("Received more than fits: {skipped}"));
            }
        }
    }

    /// The answer to a request, which has to come.
    pub(crate) async fn answer(
        &mut self,
        to: &str,
        report: &mut Report,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Message, Failure> {
        let patience = self.server.patience;
        self.next(patience, report, wanted).await?.ok_or_else(|| {
            let cause = format!("none came within {patience:?}");
            Failure::new(format_args!("the device waited for the answer to {to}"), cause, self.server.compare)
        })
    }

    /// The connection, for conversations of the library's.
    pub(crate) fn client(&mut self) -> &mut Client<'s, Secured> {
        &mut self.client
    }

    /// How long the server may take for each answer.
    pub(crate) fn patience(&self) -> Duration {
        self.server.patience
    }

    pub(crate) async fn log_out(self) -> Result<(), Failure> {
        in_time(self.server, "to log out", self.client.disconnect()).await?;
        Ok(())
    }
}

/// A payload as text in which nothing commands the terminal.
pub(crate) fn shown(message: &Message) -> String {
    Shown(message.payload.as_bytes()).to_string()
}

/// An error of the client, explained.
pub(crate) fn of_client(tried: impl Display, error: ClientError<io::Error>, server: &Server) -> Failure {
    match error {
        // TLS 1.3: the server looks at the device's certificate only after the handshake.
        ClientError::Transport(error) => words::of_io(tried, &error, server),
        // Nothing of these was sent.
        error @ (ClientError::Login(_) | ClientError::Topic(_) | ClientError::Filters(_)) => {
            Failure::new(tried, error, "change --client-id or --topic")
        }
        error => Failure::new(tried, error, server.compare),
    }
}

/// Runs one step with the broker, with a time-out and its errors explained.
async fn in_time<T>(
    server: &Server,
    step: &str,
    work: impl Future<Output = Result<T, ClientError<io::Error>>>,
) -> Result<T, Failure> {
    let tried = format!("the device tried {step} at {}", server.address);
    match timeout(server.patience, work).await {
        Ok(result) => result.map_err(|error| of_client(tried, error, server)),
        Err(_) => {
            let cause = format!("no answer within {:?}", server.patience);
            Err(Failure::new(tried, cause, "check that the server is an MQTT 3.1.1 broker, and the network"))
        }
    }
}
