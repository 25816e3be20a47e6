//! Mocks of Azure.
use super::{Mock, not_started};
use crate::{clouds::topics::Topics, identity::Identity, report::Report};
use atecc608_cloud::azure::dps::Registration;
use demo::Failure;
use std::time::Duration;
pub(crate) struct Mocks {
    pub(crate) dps: Mock,
    pub(crate) hub: Mock,
}
pub(crate) async fn event_grid(
    _: &Identity,
    _: &str,
    _: &Topics,
    _: Duration,
    _: &mut Report,
) -> Result<Mock, Failure> {
    Err(not_started("not yet"))
}
pub(crate) async fn hub(_: &Identity, _: &str, _: Duration, _: &mut Report) -> Result<Mock, Failure> {
    Err(not_started("not yet"))
}
pub(crate) async fn dps(
    _: &Identity,
    _: &Registration<'_>,
    _: Duration,
    _: &mut Report,
) -> Result<Mocks, Failure> {
    Err(not_started("not yet"))
}
