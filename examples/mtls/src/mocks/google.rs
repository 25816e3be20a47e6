//! A mock of Google's Security Token Service and Pub/Sub, set up as the operator would with `gcloud`.

use atecc608_cloud::federation::{PUBSUB_HOST, STS_MTLS_HOST};
use demo::{Failure, unix_seconds};
use mock_clouds::google::{Doors, Provider, Service, TrustStore};
use mock_servers::google::{Pool, Rules};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::{CHANGE, Mock, authority, not_started};
use crate::identity::Identity;
use crate::report::Report;
use crate::tls::Server;

/// What things are called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Names<'a> {
    /// The project's number.
    pub(crate) number: u64,
    /// The project's id.
    pub(crate) project: &'a str,
    pub(crate) pool: &'a str,
    pub(crate) provider: &'a str,
    pub(crate) topic: &'a str,
    pub(crate) subscription: &'a str,
}

pub(crate) async fn start(
    identity: &Identity,
    names: &Names<'_>,
    patience: Duration,
    report: &mut Report,
) -> Result<Mock, Failure> {
    let member = Pool::new(names.pool, Vec::new()).principal(names.number, &identity.name);
    let rules = Rules {
        project_number: names.number,
        pools: vec![Pool::new(names.pool, Vec::new())],
        access_lifetime: 3599,
        access_length: 1024,
        project: names.project.into(),
        topics: vec![names.topic.into()],
        publishers: vec![member.clone()],
        accounts: HashMap::new(),
    };
    let started = async {
        let service = Service::new(rules, unix_seconds);
        let root = identity.anchor().ok_or("there is no certificate")?;
        service.add(Provider::new(names.pool, names.provider, TrustStore::of(root)))?;
        service.base().subscribe(names.subscription, std::slice::from_ref(&member));
        let (server, root) = authority(&[STS_MTLS_HOST, PUBSUB_HOST])?;
        let doors = Doors::new(&server, Arc::new(unix_seconds))?;
        let listening = service.listen(0, doors).await?;
        Ok::<_, Box<dyn std::error::Error>>((service, listening, root))
    };
    let (service, listening, root) = started.await.map_err(not_started)?;
    let address = listening.address();
    report.say(format_args!(
        "A mock of Google listens on {address}; the device's root is in the trust store of pool {}, provider {}; {member} \
         may publish to {} and pull from {}",
        names.pool, names.provider, names.topic, names.subscription
    ));
    let server = Server::mock(STS_MTLS_HOST, address, &root, patience)?;
    let (changed, summed, complained) = (service.clone(), service.clone(), service);
    let subscription = names.subscription.to_owned();
    Ok(Mock {
        server,
        change: Box::new(move || {
            changed.base().send(&subscription, CHANGE.as_bytes());
        }),
        summary: Box::new(move || {
            let published = summed.base().seen().published;
            let by = published.last().map(|message| message.principal.clone()).unwrap_or_default();
            format!("Pub/Sub has {} messages of {by}", published.len())
        }),
        complaints: Box::new(move || {
            [complained.seen().complaints, complained.base().seen().complaints].concat()
        }),
        _listening: Box::new(listening),
    })
}
