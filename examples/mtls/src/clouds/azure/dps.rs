//! The Device Provisioning Service says which hub the device belongs to; then it logs in there.

use atecc608::x509::Certificate;
use atecc608_cloud::azure::dps::{Assignment, RegisterError, Registration, register};
use demo::Failure;
use embedded_hal_async::delay::DelayNs;
use std::time::Duration;
use tokio::time::timeout;

use super::{PORT, hub, unfit};
use crate::cli::Options;
use crate::clouds;
use crate::identity::Identity;
use crate::mocks;
use crate::report::Report;
use crate::session::{self, Buffers, Session};
use crate::tls::Server;

/// The mock's, and what stands in Microsoft's examples.
pub(crate) const ID_SCOPE: &str = "0ne00000000";

/// What to compare with the service.
const COMPARE: &str = "compare with the provisioning service: --id-scope is that of its overview page, an enrollment has \
                       the device's certificate or the CA up to which its chain leads, and a hub is linked to it";

pub(super) async fn log_in(
    options: &Options,
    identity: &Identity,
    report: &mut Report,
) -> Result<(), Failure> {
    let scope = options.id_scope.as_deref().unwrap_or(ID_SCOPE);
    let own = identity.chain.first().map(|der| Certificate::parse(der)).transpose().map_err(unfit)?;
    let registration = match (&own, &options.client_id) {
        (Some(own), None) => Registration::of_certificate(scope, own).map_err(unfit)?,
        (Some(own), Some(id)) => {
            let registration = Registration::new(scope, id).map_err(unfit)?;
            registration.check_certificate(own).map_err(unfit)?;
            registration
        }
        (None, _) => return Err(unfit("there is no certificate")),
    };
    let (server, mocks) = match &options.endpoint {
        Some(endpoint) => (Server::at(endpoint, PORT, &options.ca, options.timeout, COMPARE)?, None),
        None => {
            let mocks = mocks::azure::dps(identity, &registration, options.timeout, report).await?;
            (mocks.dps.server.clone(), Some(mocks))
        }
    };
    let assigned = ask(&server, &registration, options, identity, report).await;
    let dps = mocks.as_ref().map(|mocks| &mocks.dps);
    let assigned = mocks::explained(dps, assigned)?;
    let (host, id) = (assigned.hub(), assigned.device_id());
    report.say(format_args!("Assigned to the hub {host} as {id}"));
    report.client_id = id.to_owned();

    let hub_mock = mocks.as_ref().map(|mocks| &mocks.hub);
    let hub = match hub_mock {
        Some(mock) => mock.server.clone(),
        None => hub::at(options, host)?,
    };
    let result = hub::converse(&hub, id, options, identity, hub_mock, report).await;
    mocks::witness(hub_mock, result, report)
}

/// Logs in at the service, and asks it until it has an answer.
async fn ask(
    server: &Server,
    registration: &Registration<'_>,
    options: &Options,
    identity: &Identity,
    report: &mut Report,
) -> Result<Assignment, Failure> {
    report.client_id = registration.id().to_owned();
    let secured = clouds::secured(server, &identity.credentials()?, options, None, report).await?;
    let (mut buffers, user_name) = (Buffers::new(), registration.user_name());
    let login = registration.login(&user_name, None);
    let mut session = Session::log_in(secured, &login, server, &mut buffers).await?;
    clouds::logged_in(server, report);
    let tried = format!("the device tried to register at {}", server.address);
    // It may have to be asked several times.
    let patience = server.patience * 6;
    let assignment = match timeout(patience, register(session.client(), registration, &mut Sleep)).await {
        Ok(Ok(assignment)) => assignment,
        Ok(Err(RegisterError::Client(error))) => return Err(session::of_client(tried, error, server)),
        Ok(Err(error)) => return Err(Failure::new(tried, error, COMPARE)),
        Err(_) => {
            let cause = format!("no hub within {patience:?}");
            return Err(Failure::new(tried, cause, "run again; --timeout gives servers more time"));
        }
    };
    session.log_out().await?;
    Ok(assignment)
}

/// Waits as this machine does.
struct Sleep;

impl DelayNs for Sleep {
    async fn delay_ns(&mut self, ns: u32) {
        tokio::time::sleep(Duration::from_nanos(ns.into())).await;
    }

    async fn delay_ms(&mut self, ms: u32) {
        tokio::time::sleep(Duration::from_millis(ms.into())).await;
    }
}
