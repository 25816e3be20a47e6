//! A mock of a broker.
use super::{Mock, not_started};
use crate::{clouds::topics::Topics, identity::Identity, report::Report};
use demo::Failure;
use std::time::Duration;
pub(crate) async fn start(_: &Identity, _: &Topics, _: Duration, _: &mut Report) -> Result<Mock, Failure> {
    Err(not_started("not yet"))
}
