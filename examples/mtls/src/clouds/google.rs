//! Google Cloud itself: the certificate is exchanged for an access token (X.509 Workload Identity Federation), which opens
//! Pub/Sub: telemetry is published to a topic, changes are pulled from a subscription.

use atecc608_cloud::federation::{
    AccessToken, CertificateChain, Connection, EXCHANGE_BUFFER, FederationError, Message, PUBSUB_HOST,
    Provider, STS_MTLS_HOST, Scope, Subscription, Topic, acknowledge, exchange_certificate, publish, pull,
};
use demo::{Failure, Shown, unix_seconds};
use std::fmt::Display;
use std::future::Future;
use std::io;
use std::time::Instant;
use tokio::time::timeout;

use crate::cli::{MOCK_NUMBER, Options};
use crate::identity::Identity;
use crate::mocks::{self, Mock, google::Names};
use crate::report::Report;
use crate::state::State;
use crate::tls::{Secured, Server, words};

const PORT: u16 = 443;

/// What to compare with the project.
const COMPARE: &str = "compare --project-number, --pool, --provider, --project, --topic and --subscription with what was \
                       created with gcloud, and the provider's trust store with the root of the device's certificate";

/// A buffer for one message and what stands around it.
const WORK: usize = 16 * 1024;

/// The whole conversation.
pub(super) async fn log_in(
    options: &Options,
    identity: &Identity,
    report: &mut Report,
) -> Result<(), Failure> {
    report.protocol = "HTTP/1.1: token exchange, Pub/Sub";
    let id = report.client_id.clone();
    let google = &options.google;
    let names = Names {
        number: google.project_number.unwrap_or(MOCK_NUMBER),
        project: google.project.as_deref().unwrap_or("demo-project"),
        pool: google.pool.as_deref().unwrap_or("devices"),
        provider: google.provider.as_deref().unwrap_or("chips"),
        topic: options.topic.as_deref().unwrap_or("telemetry"),
        subscription: google.subscription.as_deref().unwrap_or(&id),
    };
    let plan = Plan {
        provider: Provider::new(names.number, names.pool, names.provider).map_err(unfit)?,
        topic: Topic::new(names.project, names.topic).map_err(unfit)?,
        subscription: Subscription::new(names.project, names.subscription).map_err(unfit)?,
    };
    let chain: Vec<&[u8]> = identity.chain.iter().map(|der| &der[..]).collect();
    let chain = CertificateChain::new(&chain, unix_seconds()).map_err(|error| {
        Failure::new(
            "the device's certificate was looked at as Google does",
            error,
            "have one issued that fits: the authority of this program does for --cloud google (a blank chip, another \
             --authority). A Trust&GO certificate lives too long",
        )
    })?;
    let (server, mock) = if options.is_mock() {
        let mock = mocks::google::start(identity, &names, options.timeout, report).await?;
        (mock.server.clone(), Some(mock))
    } else {
        let endpoint = options.endpoint.as_deref().unwrap_or(STS_MTLS_HOST);
        (Server::at(endpoint, PORT, &options.ca, options.timeout, COMPARE)?, None)
    };
    // Where the servers are is one thing, their names another.
    let (own, elsewhere) = (mock.is_some(), options.endpoint.is_some());
    let server = |name: &str| match own || elsewhere {
        true => Server { name: name.to_owned(), ..server.clone() },
        false => Server { name: name.to_owned(), address: format!("{name}:{PORT}"), ..server.clone() },
    };
    let (sts, pubsub) = (server(STS_MTLS_HOST), server(PUBSUB_HOST));
    let result = plan.converse(&sts, &pubsub, &chain, identity, mock.as_ref(), options, report).await;
    mocks::witness(mock.as_ref(), result, report)
}

/// Who, where to, where from.
struct Plan<'a> {
    provider: Provider<'a>,
    topic: Topic<'a>,
    subscription: Subscription<'a>,
}

impl Plan<'_> {
    #[expect(clippy::too_many_arguments, reason = "each is another thing")]
    async fn converse(
        &self,
        sts: &Server,
        pubsub: &Server,
        chain: &CertificateChain<'_>,
        identity: &Identity,
        mock: Option<&Mock>,
        options: &Options,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let began = Instant::now();
        let credentials = identity.credentials()?;
        let secured = super::secured(sts, &credentials, options, None, report).await?;
        let mut connection = of(secured, &sts.name)?;
        let mut buffer = vec![0; EXCHANGE_BUFFER];
        let exchange = exchange_certificate(
            &mut connection,
            &self.provider,
            Scope::PUBSUB,
            chain,
            began.elapsed(),
            &mut buffer,
        );
        let token = in_time(sts, "to exchange the certificate", exchange).await?;
        report.say(format_args!(
            "Certificate exchanged for an access token of {} bytes, good for {} s, as {}",
            token.as_str().len(),
            token.lifetime().as_secs(),
            Shown(chain.default_subject().unwrap_or_default().as_bytes())
        ));

        let secured = super::secured(pubsub, &credentials, options, None, report).await?;
        let mut connection = of(secured, &pubsub.name)?;
        let mut state = State::default();
        self.publish(&mut connection, pubsub, &token, &super::telemetry(report), "telemetry", report).await?;
        self.publish(&mut connection, pubsub, &token, &state.json().to_string(), "state", report).await?;
        if let Some(mock) = mock {
            mock.change();
        }
        let patience = mock.map_or(options.wait, |_| pubsub.patience);
        let mut work = vec![0; WORK];
        let pulled = timeout(patience, pull(&mut connection, &self.subscription, &token, &mut work)).await;
        // Pub/Sub lets the request wait for a message.
        let pulled = match pulled {
            Ok(result) => in_time(pubsub, "to pull", async { result }).await?,
            Err(_) => None,
        };
        match pulled {
            Some(change) => {
                let payload = String::from_utf8_lossy(change.data).into_owned();
                report.say(format_args!("Change pulled from {}: {}", self.subscription, Shown(change.data)));
                let mut answer = [0; 1024];
                let done =
                    acknowledge(&mut connection, &self.subscription, &token, change.ack_id, &mut answer);
                in_time(pubsub, "to acknowledge", done).await?;
                super::act(&mut state, &super::json(&payload), report);
                report.received.push(mock_servers::Message { topic: self.subscription.to_string(), payload });
                self.publish(&mut connection, pubsub, &token, &state.json().to_string(), "state", report)
                    .await?;
            }
            None => super::no_change(mock, patience, report)?,
        }
        report.state = state.json();
        Ok(())
    }

    /// One message; `kind` tells subscribers what it is.
    async fn publish(
        &self,
        connection: &mut Connection<'_, Secured>,
        server: &Server,
        token: &AccessToken<'_>,
        payload: &str,
        kind: &str,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let attributes = [("deviceId", &*report.client_id), ("kind", kind)];
        let messages = [Message { data: payload.as_bytes(), attributes: &attributes }];
        let mut work = vec![0; WORK];
        let ids =
            in_time(server, "to publish", publish(connection, &self.topic, token, &messages, &mut work))
                .await?;
        let id = ids.first().map(|id| Shown(id.as_bytes()).to_string()).unwrap_or_default();
        let topic = self.topic.to_string();
        report.say(format_args!("Published {kind} to {topic}: {payload}; message id {id}"));
        report.published.push(mock_servers::Message { topic, payload: payload.to_owned() });
        Ok(())
    }
}

fn of(secured: Secured, host: &str) -> Result<Connection<'_, Secured>, Failure> {
    Connection::new(secured, host)
        .map_err(|error| Failure::new("a server was addressed", error, "report this as a bug"))
}

/// A name that Google does not take.
fn unfit(error: impl Display) -> Failure {
    Failure::new(
        "the device's names at Google can't be used",
        error,
        "change --project, --project-number, --pool, --provider, --topic, --subscription or --client-id",
    )
}

/// Runs one step with a server, with a time-out and its errors explained.
async fn in_time<T>(
    server: &Server,
    step: &str,
    work: impl Future<Output = Result<T, FederationError<io::Error>>>,
) -> Result<T, Failure> {
    let tried = format!("the device tried {step} at {}", server.name);
    match timeout(server.patience, work).await {
        Ok(Ok(done)) => Ok(done),
        // TLS 1.3: the server looks at the device's certificate only after the handshake.
        Ok(Err(FederationError::Transport(error))) => Err(words::of_io(tried, &error, server)),
        Ok(Err(error)) => Err(Failure::new(tried, error, server.compare)),
        Err(_) => {
            let cause = format!("no answer within {:?}", server.patience);
            Err(Failure::new(tried, cause, "run again; --timeout gives servers more time"))
        }
    }
}
