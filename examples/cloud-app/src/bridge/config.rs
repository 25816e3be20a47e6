//! Who, where, and how long.

use crate::{Backoff, Server, Timing};
use atecc608_cloud::mqtt::{Device, KeepAlive};
use atecc608_cloud::token::Lifetime;

/// The device, its bridge, and its habits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BridgeConfig<'a> {
    /// The device's names.
    pub device: Device<'a>,
    /// The bridge.
    pub server: Server<'a>,
    /// How long a token is good: an hour, if nothing else is said.
    pub lifetime: Lifetime,
    /// How long the connection may be idle.
    pub keep_alive: KeepAlive,
    /// How long to wait after failures.
    pub backoff: Backoff,
    /// How long everything may take.
    pub timing: Timing,
}

impl<'a> BridgeConfig<'a> {
    /// Tokens of one hour, and everything else by default.
    #[must_use]
    pub fn new(device: Device<'a>, server: Server<'a>) -> Self {
        Self {
            device,
            server,
            lifetime: Lifetime::HOUR,
            keep_alive: KeepAlive::DEFAULT,
            backoff: Backoff::default(),
            timing: Timing::DEFAULT,
        }
    }
}
