//! AWS IoT Core: a thing, its shadow, and the ways in which AWS comes to know the device.

mod claim;
mod shadow;

pub(crate) use claim::TEMPLATE as CLAIM_TEMPLATE;

use atecc608_cloud::aws::endpoint::{Endpoint, Port};
use atecc608_cloud::aws::limits::check_topic;
use atecc608_cloud::aws::{FirstLogin, Next, Thing};
use atecc608_cloud::mqtt::ClientError;
use demo::{Failure, Shown};
use std::fmt::Display;

use crate::cli::{Onboard, Options};
use crate::identity::Identity;
use crate::mocks::{self, aws::Account};
use crate::report::Report;
use crate::session::{Buffers, Session};
use crate::tls::{Credentials, NotIn, Server};

/// What to compare with the account.
const COMPARE: &str = "compare with the account, as AWS gives no reasons: the certificate is registered and ACTIVE, in this \
                       account and region; a policy is attached to it that allows iot:Connect as this client id, and the \
                       topics; --endpoint is the account's (aws iot describe-endpoint --endpoint-type iot:Data-ATS)";

/// The whole conversation.
pub(super) async fn log_in(
    options: &Options,
    identity: &Identity,
    report: &mut Report,
) -> Result<(), Failure> {
    report.protocol = "MQTT 3.1.1";
    let id = report.client_id.clone();
    let thing = Thing::new(&id).map_err(unfit)?;
    let topic = match &options.topic {
        Some(topic) => topic.clone(),
        None => thing.topic("telemetry").map_err(unfit)?.to_string(),
    };
    check_topic(&topic).map_err(unfit)?;
    let port = if options.aws.alpn { Port::Https } else { Port::Mqtt };
    let (server, account) = match &options.endpoint {
        Some(endpoint) => (elsewhere(endpoint, port, options)?, None),
        None => {
            let account = mocks::aws::start(identity, thing.name(), options, report).await?;
            (account.mock.server.clone(), Some(account))
        }
    };
    let port = if server.port() == Some(Port::Https.number()) { Port::Https } else { port };
    let place = Place { server, port, account, options };
    let result = place.log_in(identity, thing, &topic, report).await;
    mocks::witness(place.account.as_ref().map(|account| &account.mock), result, report)
}

/// A real server. A name of AWS's has to be that of an endpoint for devices.
fn elsewhere(endpoint: &str, port: Port, options: &Options) -> Result<Server, Failure> {
    let server = Server::at(endpoint, port.number(), &options.ca, options.timeout, COMPARE)?;
    if server.name.ends_with(".amazonaws.com") || server.name.ends_with(".amazonaws.com.cn") {
        Endpoint::new(&server.name).map_err(unfit)?;
    }
    Ok(server)
}

/// A name that AWS does not take.
fn unfit(error: impl Display) -> Failure {
    Failure::new(
        "the device's names at AWS can't be used",
        error,
        "change --thing, --endpoint, --topic or --template",
    )
}

/// Where the device logs in.
struct Place<'a> {
    server: Server,
    port: Port,
    account: Option<Account>,
    options: &'a Options,
}

impl Place<'_> {
    async fn log_in(
        &self,
        identity: &Identity,
        thing: Thing<'_>,
        topic: &str,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let credentials = match self.options.onboard() {
            Onboard::Claim => claim::certified(self, identity, thing, report).await?,
            _ => identity.credentials()?,
        };
        let mut first = FirstLogin::new();
        loop {
            // Of its own, as the session borrows it.
            let mut buffers = Buffers::new();
            match self.connect(&credentials, thing, &mut buffers, report).await {
                Ok(session) => {
                    let mock = self.account.as_ref().map(|account| &account.mock);
                    return shadow::converse(session, thing, topic, mock, self.options, report).await;
                }
                Err(not_in) if matches!(self.options.onboard(), Onboard::Jitr | Onboard::Jitp) => {
                    self.come_again(&mut first, not_in, report).await?;
                }
                Err(not_in) => return Err(not_in.into()),
            }
        }
    }

    /// A connection that is logged in.
    async fn connect<'s>(
        &'s self,
        credentials: &Credentials,
        thing: Thing<'_>,
        buffers: &'s mut Buffers,
        report: &mut Report,
    ) -> Result<Session<'s>, NotIn> {
        let alpn = self.port.protocols().first().copied();
        let secured = super::secured(&self.server, credentials, self.options, alpn, report).await?;
        let session = Session::log_in(secured, &thing.login(), &self.server, buffers).await?;
        super::logged_in(&self.server, report);
        Ok(session)
    }

    /// The first connection registers the certificate and is cut. Then a rule activates it, or the template does.
    async fn come_again(
        &self,
        first: &mut FirstLogin,
        not_in: NotIn,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let NotIn { failure, cut } = not_in;
        let error = if cut { ClientError::<()>::ClosedAtLogin } else { ClientError::Unexpected };
        let wait = match first.failed(&error) {
            Next::Wait(wait) => wait,
            Next::OtherCause => return Err(failure),
            next @ Next::GiveUp => return Err(failure.advising(next)),
        };
        let reason = failure.cause();
        report.say(format_args!(
            "The connection was cut, as AWS does with a certificate that registers itself ({})",
            Shown(reason.as_bytes())
        ));
        match &self.account {
            Some(account) => {
                if let Some(done) = account.activate() {
                    report.say(done);
                }
                report.say("The device comes again");
            }
            None => {
                report.say(format_args!("The device comes again in {} s", wait.as_secs()));
                tokio::time::sleep(wait).await;
            }
        }
        Ok(())
    }
}
