//! Any MQTT broker that asks for certificates: mosquitto, EMQX, HiveMQ.

use atecc608_cloud::mqtt::Login;
use demo::Failure;

use super::topics::{self, Topics};
use crate::cli::Options;
use crate::identity::Identity;
use crate::mocks;
use crate::report::Report;
use crate::session::{Buffers, Session};
use crate::tls::Server;

/// What to compare with the broker's configuration.
const COMPARE: &str = "compare with the broker's configuration: its cafile must have the authority that issued the \
                       device's certificate, up to the root, and its acl_file, if any, must allow the topics; its log \
                       says more";

/// The whole conversation.
pub(super) async fn log_in(
    options: &Options,
    identity: &Identity,
    report: &mut Report,
) -> Result<(), Failure> {
    report.protocol = "MQTT 3.1.1";
    let id = report.client_id.clone();
    let topics = Topics::of(&id, options.topic.as_deref());
    let (server, mock) = match &options.endpoint {
        Some(endpoint) => (Server::at(endpoint, 8883, &options.ca, options.timeout, COMPARE)?, None),
        None => {
            let mock = mocks::broker::start(identity, &topics, options.timeout, report).await?;
            (mock.server.clone(), Some(mock))
        }
    };
    let conversation = async {
        let secured = super::secured(&server, &identity.credentials()?, options, None, report).await?;
        let (mut buffers, login) = (Buffers::new(), Login::new(&id));
        let session = Session::log_in(secured, &login, &server, &mut buffers).await?;
        super::logged_in(&server, report);
        topics::converse(session, &topics, mock.as_ref(), options.wait, report).await
    };
    let result = conversation.await;
    mocks::witness(mock.as_ref(), result, report)
}
