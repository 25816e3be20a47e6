//! The device's conversation with Google Cloud itself: token exchange, a service account if there is one,
//! Pub/Sub.

use std::fmt::Display;
use std::future::Future;
use std::time::{Duration, Instant};

use atecc608_cloud::federation::{
    AccessToken, Connection, EXCHANGE_BUFFER, FEDERATED_TOKEN_MAX, FederatedToken, FederationError,
    IAM_CREDENTIALS_HOST, Identity, Impersonation, Message, PUBSUB_HOST, STS_HOST, Scope, Topic, exchange,
    impersonate, publish,
};
use atecc608_cloud::tls::{self, Entropy, Roots, Secured};
use atecc608_cloud::token::{Lifetime, TokenSigner};
use demo::{Failure, Shown, Steps, Stream, unix_seconds};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::report::Report;

/// Who publishes what, where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan<'a> {
    pub(crate) identity: Identity<'a>,
    pub(crate) impersonation: Option<Impersonation<'a>>,
    pub(crate) topic: Topic<'a>,
    /// Where Google's servers are, if not where DNS says.
    pub(crate) address: Option<&'a str>,
    pub(crate) lifetime: Lifetime,
    /// How long a server may take for each answer.
    pub(crate) patience: Duration,
}

/// Whom to believe, and randomness.
#[derive(Debug)]
pub(crate) struct Security<'a> {
    pub(crate) roots: &'a Roots,
    pub(crate) entropy: Entropy,
}

/// Memory of a TLS connection.
struct Memory {
    receive: Vec<u8>,
    transmit: [u8; tls::TRANSMIT_BUFFER],
}

/// Signs, exchanges and publishes.
pub(crate) async fn converse<S: TokenSigner<Error: Display>>(
    plan: &Plan<'_>,
    mut security: Security<'_>,
    signer: &mut S,
    steps: Steps,
    report: &mut Report,
) -> Result<(), Failure> {
    let began = Instant::now();
    let mut memory = Memory { receive: vec![0; tls::RECEIVE_BUFFER], transmit: [0; tls::TRANSMIT_BUFFER] };
    // Before the chip signs: without a server there is no use for a token.
    let sts = plan.connect(STS_HOST, &mut security, &mut memory, steps, report).await?;
    let (mut sts, provider) = (of(sts, STS_HOST)?, plan.identity.provider());

    let mut text = [0; FEDERATED_TOKEN_MAX];
    let issue = FederatedToken::issue(&plan.identity, unix_seconds(), plan.lifetime, signer, &mut text);
    let own = issue.await.map_err(|error| {
        Failure::new(
            "the token was signed, and that failed",
            error,
            "check this machine's clock and the chip",
        )
    })?;
    steps.say(format_args!("Token, signed by the chip:\n{}", own.as_str()));
    report.jwt = own.as_str().to_owned();
    report.expires = own.expires();

    let scope = if plan.impersonation.is_some() { Scope::CLOUD_PLATFORM } else { Scope::PUBSUB };
    let (mut first, mut second) = (vec![0; EXCHANGE_BUFFER], vec![0; EXCHANGE_BUFFER]);
    let asked = exchange(&mut sts, &provider, scope, &own, began.elapsed(), &mut first);
    let mut access = plan.in_time("to exchange the token", STS_HOST, asked).await?;
    drop(sts);
    granted(steps, STS_HOST, &access);

    if let Some(who) = &plan.impersonation {
        let iam = plan.connect(IAM_CREDENTIALS_HOST, &mut security, &mut memory, steps, report).await?;
        let mut iam = of(iam, IAM_CREDENTIALS_HOST)?;
        let asked = impersonate(&mut iam, who, &access, unix_seconds(), began.elapsed(), &mut second);
        access = plan.in_time("to act as the service account", IAM_CREDENTIALS_HOST, asked).await?;
        granted(steps, IAM_CREDENTIALS_HOST, &access);
    }

    let pubsub = plan.connect(PUBSUB_HOST, &mut security, &mut memory, steps, report).await?;
    let mut pubsub = of(pubsub, PUBSUB_HOST)?;
    let telemetry = format!(r#"{{"serial":"{}","time":{}}}"#, report.serial, unix_seconds());
    let attributes = [("deviceId", plan.identity.subject())];
    let messages = [Message { data: telemetry.as_bytes(), attributes: &attributes }];
    let mut work = [0; 4096];
    let asked = publish(&mut pubsub, &plan.topic, &access, &messages, &mut work);
    let ids = plan.in_time("to publish", PUBSUB_HOST, asked).await?;
    let topic = plan.topic.to_string();
    let shown: Vec<String> = ids.iter().map(|id| Shown(id.as_bytes()).to_string()).collect();
    steps.say(format_args!("Published to {topic}: {telemetry}; message id {}", shown.join(", ")));
    report.message_ids = ids.iter().map(|id| (*id).to_owned()).collect();
    report.published.push(mock_servers::Message { topic, payload: telemetry });
    Ok(())
}

fn granted(steps: Steps, host: &str, access: &AccessToken<'_>) {
    let (length, seconds) = (access.as_str().len(), access.lifetime().as_secs());
    steps.say(format_args!("{host} gave an access token of {length} bytes, good for {seconds} s"));
}

fn of<'h, T>(transport: T, host: &'h str) -> Result<Connection<'h, T>, Failure> {
    Connection::new(transport, host)
        .map_err(|error| Failure::new("a server was addressed", error, "build this program again"))
}

impl Plan<'_> {
    /// A connection to the server of this name, which it has proved.
    async fn connect<'m>(
        &self,
        host: &'static str,
        security: &mut Security<'_>,
        memory: &'m mut Memory,
        steps: Steps,
        report: &mut Report,
    ) -> Result<Secured<'m, Stream<TcpStream>>, Failure> {
        let own = format!("{host}:443");
        let address = self.address.unwrap_or(&own);
        let unreachable = |cause: String| {
            Failure::new(
                format_args!("{host} could not be reached at {address}"),
                cause,
                "check this machine's network, and that port 443 is not blocked",
            )
        };
        let stream = match timeout(self.patience, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => Stream(stream),
            Ok(Err(error)) => return Err(unreachable(error.to_string())),
            Err(_) => return Err(unreachable(format!("no answer within {:?}", self.patience))),
        };
        let settings = tls::Settings::new(host, security.roots, unix_seconds());
        let buffers = tls::Buffers { receive: &mut memory.receive, transmit: &mut memory.transmit };
        let failed = |cause: String| {
            Failure::new(
                format_args!("the device tried to secure the connection to {host}"),
                cause,
                "check this machine's clock, and --root",
            )
        };
        let secured = match timeout(
            self.patience,
            tls::connect(stream, settings, buffers, &mut security.entropy),
        )
        .await
        {
            Ok(Ok(secured)) => secured,
            Ok(Err(failure)) => return Err(failed(failure.to_string())),
            Err(_) => return Err(failed(format!("no answer within {:?}", self.patience))),
        };
        steps.say(format_args!("TLS 1.3 with {host}; the certificates that vouch for it:"));
        for line in secured.chain().to_string().lines() {
            steps.say(format_args!("  {line}"));
            report.certificates.push(line.to_owned());
        }
        Ok(secured)
    }

    /// Runs one step with a server, with a time-out and its errors explained.
    async fn in_time<T, E: Display>(
        &self,
        step: &str,
        host: &str,
        work: impl Future<Output = Result<T, FederationError<E>>>,
    ) -> Result<T, Failure> {
        let tried = format!("the device tried {step} at {host}");
        match timeout(self.patience, work).await {
            Ok(result) => result.map_err(|error| {
                Failure::new(
                    &tried,
                    error,
                    "compare --project, --project-number, --pool, --provider, --issuer, --subject, --kid and --topic with \
                     what was created with gcloud (examples/esp32/README.md, \"Google directly\")",
                )
            }),
            Err(_) => Err(Failure::new(
                &tried,
                format_args!("no answer within {:?}", self.patience),
                "run again; --timeout gives servers more time",
            )),
        }
    }
}
