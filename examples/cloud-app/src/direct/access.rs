//! From the chip's signature to an access token.

use super::DirectConfig;
use super::failure::of_service;
use crate::clock::within;
use crate::event::{Event, Observer, Step};
use crate::trouble::{Trouble, dial as open, not_signed};
use crate::{Clock, Dial, Server, TimeKeeper};
use atecc608_cloud::federation::{
    AccessToken, Connection, FederatedToken, FieldError, exchange, impersonate,
};
use atecc608_cloud::token::TokenSigner;
use core::fmt::{Display, Write};
use core::time::Duration;
use heapless::String;

/// A host name with a port.
pub(super) type Host = String<259>;

/// What asking takes.
pub(super) struct Asking<'d, 'a, D, C, S, O> {
    pub(super) config: &'d DirectConfig<'a>,
    pub(super) dial: &'d mut D,
    pub(super) clock: &'d C,
    pub(super) signer: &'d mut S,
    pub(super) observer: &'d mut O,
    pub(super) now: u64,
}

impl<D: Dial, C: Clock, S: TokenSigner<Error: Display>, O: Observer> Asking<'_, '_, D, C, S, O> {
    /// Signs and exchanges; acts as the service account, if there is one. The token is in `access`.
    pub(super) async fn ask<'b>(
        &mut self,
        time: &TimeKeeper<'_>,
        token: &mut [u8],
        access: &'b mut [u8],
        work: &mut [u8],
    ) -> Result<AccessToken<'b>, Trouble> {
        let Some(who) = self.config.impersonation else {
            return self.exchange(time, token, access).await;
        };
        let own = self.exchange(time, token, work).await?;
        let (server, limit_ms) = (self.config.credentials_service, self.config.timing.answer_ms);
        let transport =
            open(self.dial, self.clock, &server, self.now, self.config.timing.dial_ms, self.observer).await?;
        let uptime_ms = self.clock.uptime_ms();
        let now = time.unix_clock().now(uptime_ms).unwrap_or_default();
        let host = host(&server);
        let mut connection =
            Connection::new(transport, &host).map_err(|error| bad_host(&error, server, self.observer))?;
        let asked = impersonate(&mut connection, &who, &own, now, Duration::from_millis(uptime_ms), access);
        match within(self.clock, limit_ms, asked).await {
            Ok(Ok(granted)) => Ok(granted),
            Ok(Err(error)) => Err(of_service(&error, server, self.observer)),
            Err(_) => Err(Trouble::timed_out(Step::Impersonate, limit_ms, self.observer)),
        }
    }

    async fn exchange<'b>(
        &mut self,
        time: &TimeKeeper<'_>,
        token: &mut [u8],
        buffer: &'b mut [u8],
    ) -> Result<AccessToken<'b>, Trouble> {
        let (config, timing) = (self.config, self.config.timing);
        let server = config.token_service;
        let transport = open(self.dial, self.clock, &server, self.now, timing.dial_ms, self.observer).await?;
        let now = time.unix_clock().now(self.clock.uptime_ms()).unwrap_or_default();
        let issue = FederatedToken::issue(&config.identity, now, config.lifetime, self.signer, token);
        let token = match within(self.clock, timing.sign_ms, issue).await {
            Ok(Ok(token)) => token,
            Ok(Err(error)) => return Err(not_signed(&error, self.observer)),
            Err(_) => return Err(Trouble::timed_out(Step::Sign, timing.sign_ms, self.observer)),
        };
        self.observer.event(&Event::Signed { expires: token.expires() });
        let host = host(&server);
        let mut connection =
            Connection::new(transport, &host).map_err(|error| bad_host(&error, server, self.observer))?;
        let uptime = Duration::from_millis(self.clock.uptime_ms());
        let provider = config.identity.provider();
        let asked = exchange(&mut connection, &provider, config.scope(), &token, uptime, buffer);
        match within(self.clock, timing.answer_ms, asked).await {
            Ok(Ok(granted)) => Ok(granted),
            Ok(Err(error)) => Err(of_service(&error, server, self.observer)),
            Err(_) => Err(Trouble::timed_out(Step::Exchange, timing.answer_ms, self.observer)),
        }
    }
}

/// The host as HTTP names it: with the port unless it is that of HTTPS.
pub(super) fn host(server: &Server<'_>) -> Host {
    let mut host = Host::new();
    // A name that does not fit is no host name, and is refused as such.
    let _ = host.push_str(server.name);
    if server.port != 443 {
        let _ = write!(host, ":{}", server.port);
    }
    host
}

/// Only another configuration helps.
pub(super) fn bad_host<O: Observer>(error: &FieldError, server: Server<'_>, observer: &mut O) -> Trouble {
    observer.event(&Event::Denied { server, cause: error });
    Trouble::SLOW
}

/// Uptime at which to get the next token.
pub(super) fn renew_at_ms(access: &AccessToken<'_>, margin_ms: u64) -> u64 {
    u64::try_from(access.renew_at(Duration::from_millis(margin_ms)).as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn granted<C: Clock, O: Observer>(
    config: &DirectConfig<'_>,
    renew_at_ms: u64,
    clock: &C,
    observer: &mut O,
) {
    let renewal_s = renew_at_ms.saturating_sub(clock.uptime_ms()) / 1000;
    let server = match config.impersonation {
        Some(_) => config.credentials_service,
        None => config.token_service,
    };
    observer.event(&Event::LoggedIn { server, renewal_s, token: true });
}
