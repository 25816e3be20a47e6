//! Which server is meant, and whether its request is in order.

use base64ct::{Base64UrlUnpadded, Encoding};
use mock_servers::google::answer::{Outcome, Refusal, answer};
use mock_servers::google::http::{Connection, Request};
use mock_servers::google::{Reaction, STS_HOST};
use mock_servers::pki::Holder;
use rustls::Error;
use tokio::io::{AsyncRead, AsyncWrite};

use super::ask::Ask;
use super::rule::Rule;
use super::{STS_MTLS_HOST, Service};
use crate::mqtt::{Listening, listen};
use crate::tls::{Clients, Door, Now, Offer};
use crate::{Peer, lock};

/// What names that ask for certificates have in them.
const MTLS: &str = ".mtls.";

/// The two kinds of TLS: with a certificate, and without.
#[derive(Debug, Clone)]
pub struct Doors {
    asking: Door,
    other: Door,
}

impl Doors {
    /// Shows the certificate of `holder`, which should have all of [`HOSTS`](super::HOSTS).
    ///
    /// # Errors
    /// rustls can't use it.
    pub fn new(holder: &Holder, now: Now) -> Result<Self, Error> {
        let offer = Offer { clients: Clients::Anyone, ..Offer::new(443) };
        let asking = Door::new(holder, &offer, Now::clone(&now))?;
        let other = Door::new(holder, &Offer { clients: Clients::NotAsked, ..offer }, now)?;
        Ok(Self { asking, other })
    }

    fn choose(&self, peer: &Peer) -> &Door {
        if peer.sni.as_deref().is_some_and(|name| name.contains(MTLS)) { &self.asking } else { &self.other }
    }
}

impl Service {
    /// Listens on a port of 127.0.0.1 for all names; on a free one, if it is 0.
    ///
    /// # Errors
    /// The port can't be had.
    pub async fn listen(&self, port: u16, doors: Doors) -> std::io::Result<Listening> {
        let service = self.clone();
        listen(port, move |stream, peer| {
            let (service, doors) = (service.clone(), doors.clone());
            async move { service.serve_secured(stream, peer, &doors).await }
        })
        .await
    }

    /// A handshake, then requests.
    pub async fn serve_secured(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        peer: Peer,
        doors: &Doors,
    ) {
        match Door::accept_at(stream, peer, |peer| Ok(doors.choose(peer))).await {
            Ok((stream, peer)) => self.serve(stream, peer).await,
            Err(why) => lock(&self.shared.seen).complaints.push(why),
        }
    }

    /// Answers requests on a connection of which TLS has told `peer`.
    pub async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin, peer: Peer) {
        let mut connection = Connection::new(stream);
        if let Err(error) = self.converse(&mut connection, &peer).await {
            lock(&self.shared.seen).complaints.push(format!("connection: {error}"));
        }
        connection.close().await;
    }

    async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        connection: &mut Connection<S>,
        peer: &Peer,
    ) -> std::io::Result<()> {
        while let Some(request) = connection.request().await? {
            match self.respond(request, peer) {
                Reaction::Answer(answer) if connection.answer(&answer).await? => {}
                Reaction::Answer(_) => break,
                Reaction::Silence => connection.silence().await,
                Reaction::Close => return Err(std::io::ErrorKind::ConnectionAborted.into()),
            }
        }
        Ok(())
    }

    fn respond(&self, request: Request, peer: &Peer) -> Reaction {
        let host = request.header("host").unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default().to_owned();
        let own = match (&*host, &*request.method, &*request.path) {
            (STS_MTLS_HOST, "POST", "/v1/token") => {
                Some(Ask::read(&request).and_then(|ask| self.exchange(&ask, peer)))
            }
            (STS_HOST, "POST", "/v1/token") => not_here(&request).map(Err),
            _ => self.bound(&request, peer).err().map(Err),
        };
        match own {
            Some(outcome) => self.answered(outcome),
            // The server behind knows itself by its other name.
            None => self.base.respond(&request.with_header("host", &host.replace(MTLS, "."))),
        }
    }

    fn answered(&self, outcome: Outcome) -> Reaction {
        if let Err(refusal) = &outcome {
            lock(&self.shared.seen).complaints.push(refusal.body.to_string());
        }
        Reaction::Answer(answer(&outcome))
    }

    /// A token that is bound to a certificate needs that certificate.
    fn bound(&self, request: &Request, peer: &Peer) -> Result<(), Refusal> {
        let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let Some(bound) = token.and_then(|token| lock(&self.shared.bound).get(token).cloned()) else {
            return Ok(());
        };
        let shown = peer.chain.first().map(|own| {
            let hash = ring::digest::digest(&ring::digest::SHA256, own);
            Base64UrlUnpadded::encode_string(hash.as_ref())
        });
        if self.off.check(Rule::BoundToken, shown != Some(bound)) {
            return Err(Refusal::unauthenticated("ACCESS_TOKEN_BOUND_TO_ANOTHER_CERTIFICATE"));
        }
        Ok(())
    }
}

/// Certificates are exchanged where they are asked for; what else comes is for the server behind.
fn not_here(request: &Request) -> Option<Refusal> {
    let ask = Ask::read(request).ok()?;
    ask.subject_token_type.ends_with(":mtls").then(|| {
        Refusal::oauth(
            "invalid_request",
            format!(
                "This server asks for no client certificate. Certificates are exchanged at {STS_MTLS_HOST}."
            ),
        )
    })
}
