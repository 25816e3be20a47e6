//! AWS IoT Core: a thing, its shadow, and the ways in which AWS comes to know the device.

mod claim;
mod shadow;

pub(crate) use claim::TEMPLATE as CLAIM_TEMPLATE;

use atecc608_cloud::mqtt::Login;
use demo::{Failure, Shown};
use std::time::Duration;

use crate::cli::{Onboard, Options};
use crate::identity::Identity;
use crate::mocks::{self, aws::Account};
use crate::report::Report;
use crate::session::{Buffers, Session};
use crate::tls::{Credentials, Server};

const PORT: u16 = 8883;
/// The port on which the protocol has to be named.
const HTTPS_PORT: u16 = 443;
/// MQTT with a client certificate (ALPN), on port 443.
const PROTOCOL: &str = "x-amzn-mqtt-ca";

/// What to compare with the account.
const COMPARE: &str = "compare with the account, as AWS gives no reasons: the certificate is registered and ACTIVE, in this \
                       account and region; a policy is attached to it that allows iot:Connect as this client id, and the \
                       topics; --endpoint is the account's (aws iot describe-endpoint --endpoint-type iot:Data-ATS)";

/// How often a device that registers itself comes again.
const TRIES: u32 = 5;

/// The whole conversation.
pub(super) async fn log_in(
    options: &Options,
    identity: &Identity,
    report: &mut Report,
) -> Result<(), Failure> {
    report.protocol = "MQTT 3.1.1";
    let id = report.client_id.clone();
    let (server, account) = match &options.endpoint {
        Some(endpoint) => (Server::at(endpoint, PORT, &options.ca, options.timeout, COMPARE)?, None),
        None => {
            let account = mocks::aws::start(identity, &id, options, report).await?;
            (account.mock.server.clone(), Some(account))
        }
    };
    let place = Place {
        alpn: (options.aws.alpn || server.port() == Some(HTTPS_PORT)).then_some(PROTOCOL),
        server,
        account,
        options,
    };
    let result = place.log_in(identity, &id, report).await;
    mocks::witness(place.account.as_ref().map(|account| &account.mock), result, report)
}

/// Where the device logs in.
struct Place<'a> {
    server: Server,
    alpn: Option<&'static str>,
    account: Option<Account>,
    options: &'a Options,
}

impl Place<'_> {
    async fn log_in(&self, identity: &Identity, id: &str, report: &mut Report) -> Result<(), Failure> {
        let credentials = match self.options.onboard() {
            Onboard::Claim => claim::certified(self, identity, id, report).await?,
            _ => identity.credentials()?,
        };
        for tried in 1.. {
            // Of its own, as the session borrows it.
            let mut buffers = Buffers::new();
            let failure = match self.connect(&credentials, id, &mut buffers, report).await {
                Ok(session) => {
                    let mock = self.account.as_ref().map(|account| &account.mock);
                    return shadow::converse(session, id, mock, self.options, report).await;
                }
                Err(failure) => failure,
            };
            match self.options.onboard() {
                Onboard::Jitr | Onboard::Jitp if tried < TRIES => {
                    self.come_again(tried, &failure, report).await
                }
                _ => return Err(failure),
            }
        }
        // Not reached: the last try returns.
        Ok(())
    }

    /// A connection that is logged in.
    async fn connect<'s>(
        &'s self,
        credentials: &Credentials,
        id: &str,
        buffers: &'s mut Buffers,
        report: &mut Report,
    ) -> Result<Session<'s>, Failure> {
        let secured = super::secured(&self.server, credentials, self.options, self.alpn, report).await?;
        let session = Session::log_in(secured, &Login::new(id), &self.server, buffers).await?;
        super::logged_in(&self.server, report);
        Ok(session)
    }

    /// The first connection registers the certificate and is cut. Then a rule activates it, or the template does.
    async fn come_again(&self, tried: u32, failure: &Failure, report: &mut Report) {
        let reason = failure.cause();
        let reason = Shown(reason.as_bytes());
        report.say(format_args!(
            "Connection {tried} was cut, as AWS does with a certificate that registers itself ({reason})"
        ));
        match &self.account {
            Some(account) => {
                if let Some(done) = account.activate() {
                    report.say(done);
                }
            }
            // Rules and templates take seconds.
            None => tokio::time::sleep(self.options.wait.max(Duration::from_secs(1))).await,
        }
        report.say("The device comes again");
    }
}
