//! Fleet provisioning by claim: a certificate for the chip's key, and a thing for the certificate.
//!
//! Devices leave the factory with one certificate in common, the *claim*, which permits nothing but to ask for a certificate of
//! one's own. Written from "Device provisioning MQTT API": the device sends a certificate signing request of the chip to
//! `$aws/certificates/create-from-csr/json`, and with the ownership token that comes back, within an hour, parameters to
//! `$aws/provisioning-templates/TEMPLATE/provision/json`; then the certificate is ACTIVE, and the thing is there. [`provision`] does
//! both over one connection.
//!
//! - The claim's key is not the chip's, unless a second slot is used for it: it is in all devices, so give it a policy as narrow
//!   as `claim-policy.json` of the examples, and a pre-provisioning hook that knows the serial numbers.
//! - The certificate is signed by Amazon's CA with RSA (*unverified*) and ends on 2049-12-31, so it has no 72-byte form: keep the DER in flash or
//!   a slot that is long enough. For one's own CA, register that instead.
//! - Ask in JSON; CBOR, which AWS also takes, is not used here.
//!
//! ```
//! use atecc608::PublicKey;
//! use atecc608_cloud::aws::fleet::{self, Claim, FleetError};
//! use atecc608_cloud::mqtt::{Client, Login};
//! use embedded_io_async::{Read, Write};
//!
//! /// `transport` is TLS with the claim's certificate; `csr` is the chip's request in PEM, `key` the key in it.
//! async fn provisioned<T: Read + Write>(
//!     transport: T,
//!     serial: &str,
//!     csr: &str,
//!     key: &PublicKey,
//!     der: &mut [u8],
//! ) -> Result<usize, FleetError<T::Error>> {
//!     let (mut rx, mut tx) = ([0; fleet::RECEIVE_BUFFER], [0; 256]);
//!     let mut room = [0; fleet::ROOM];
//!     let mut client = Client::connect(transport, &Login::new(serial), &mut rx, &mut tx).await?;
//!     let parameters = [("SerialNumber", serial)];
//!     let claim = Claim::new("atecc608", csr, &parameters)?;
//!     let provisioned = fleet::provision(&mut client, &claim, &mut room).await?;
//!     // From now on this is the device's client id.
//!     assert!(!provisioned.thing().is_empty());
//!     Ok(provisioned.der(key, der)?.len())
//! }
//! ```

mod error;
mod mailbox;
mod provisioned;

pub use error::{CertificateProblem, FleetError, FleetRefusal, Step};
pub use provisioned::Provisioned;

use super::{Field, FieldError, TEMPLATE_NAME_MAX};
use crate::json;
use crate::mqtt::{Client, Messages, QoS, Text};
use embedded_io_async::{Read, Write};
use mailbox::{Creation, Mailbox, Registration};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A receive buffer of the client in which every answer fits, in bytes.
pub const RECEIVE_BUFFER: usize = 4096;
/// The room that [`provision`] needs, in bytes: for its requests, and for what it is given.
pub const ROOM: usize = REQUEST_MAX + KEPT_MAX;

/// Longest request: a signing request, or an ownership token and parameters.
const REQUEST_MAX: usize = 2048;
/// An ownership token and a certificate in PEM.
const KEPT_MAX: usize = 3072;

const CREATE: &str = "$aws/certificates/create-from-csr/json";
const TOPIC_MAX: usize = "$aws/provisioning-templates//provision/json/accepted".len() + TEMPLATE_NAME_MAX;

type Topic = Text<TOPIC_MAX>;

/// What a device asks with.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    template: &'a str,
    csr: &'a str,
    parameters: &'a [(&'a str, &'a str)],
}

impl<'a> Claim<'a> {
    /// With the provisioning template's name, the chip's signing request in PEM, and the template's parameters: names and values, as the
    /// template declares them.
    ///
    /// # Errors
    /// [`FieldError`]: the template's name is none.
    pub fn new(
        template: &'a str,
        csr: &'a str,
        parameters: &'a [(&'a str, &'a str)],
    ) -> Result<Self, FieldError> {
        Ok(Self { template: Field::Template.check(template)?, csr, parameters })
    }

    fn topic(&self, ending: &str) -> Topic {
        Text::fitting(format_args!("$aws/provisioning-templates/{}/provision/json{ending}", self.template))
    }
}

#[derive(serde::Serialize)]
struct Create<'a> {
    #[serde(rename = "certificateSigningRequest")]
    csr: &'a str,
}

#[derive(serde::Serialize)]
struct Register<'a> {
    #[serde(rename = "certificateOwnershipToken")]
    token: &'a str,
    parameters: Parameters<'a>,
}

struct Parameters<'a>(&'a [(&'a str, &'a str)]);

impl Serialize for Parameters<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        self.0.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    }
}

/// Asks for a certificate and for a thing. `client` is logged in with the claim's certificate; `room` is [`ROOM`] bytes.
///
/// Nothing here waits for a clock: race it against a timer. Until the device has kept the certificate it can be
/// repeated: a certificate that nobody provisioned is deleted by AWS after an hour. If it fails after the second request was sent, the
/// thing may be there: a template that takes the name from a parameter finds the same again.
///
/// # Errors
/// [`FleetError`]. A policy that does not permit one of the topics closes the connection.
pub async fn provision<'b, T: Read + Write>(
    client: &mut Client<'_, T>,
    claim: &Claim<'_>,
    room: &'b mut [u8],
) -> Result<Provisioned<'b>, FleetError<T::Error>> {
    let (request, kept) = room.split_at_mut_checked(REQUEST_MAX).ok_or(FleetError::Room)?;
    if !claim.csr.starts_with("-----BEGIN CERTIFICATE REQUEST-----") {
        return Err(FleetError::Csr);
    }
    let [created, not_created] =
        ["/accepted", "/rejected"].map(|ending| -> Topic { Text::fitting(format_args!("{CREATE}{ending}")) });
    let [registered, not_registered] = ["/accepted", "/rejected"].map(|ending| claim.topic(ending));

    // What was passed over before was none of the answers.
    client.take_skipped();
    let mut creation = Creation::new(&created, &not_created, kept);
    client.subscribe(&[&created, &not_created, &registered, &not_registered], &mut creation).await?;
    let len = json::write(&Create { csr: claim.csr }, request).ok_or(FleetError::Room)?;
    let payload = request.get(..len).ok_or(FleetError::Room)?;
    client.publish(CREATE, QoS::AtLeastOnce, payload, &mut creation).await?;
    let (id, token_len, pem_len) =
        answer(client, &mut creation).await?.map_err(|e| e.at(Step::Certificate))?;

    let kept = creation.into_kept();
    let (token, rest) = kept.split_at_mut_checked(token_len).ok_or(FleetError::Room)?;
    let token = core::str::from_utf8(token).map_err(|_| FleetError::Answer(Step::Certificate))?;
    let register = Register { token, parameters: Parameters(claim.parameters) };
    let len = json::write(&register, request).ok_or(FleetError::Room)?;
    let payload = request.get(..len).ok_or(FleetError::Room)?;
    let mut registration = Registration::new(&registered, &not_registered);
    client.publish(&claim.topic(""), QoS::AtLeastOnce, payload, &mut registration).await?;
    let thing = answer(client, &mut registration).await?.map_err(|e| e.at(Step::Thing))?;

    let pem = rest.get(..pem_len).and_then(|pem| core::str::from_utf8(pem).ok());
    Ok(Provisioned { thing, id, pem: pem.ok_or(FleetError::Answer(Step::Certificate))? })
}

/// Waits for the answer that a mailbox is for.
async fn answer<T: Read + Write, M: Mailbox + Messages>(
    client: &mut Client<'_, T>,
    mailbox: &mut M,
) -> Result<M::Answer, FleetError<T::Error>> {
    loop {
        if let Some(answer) = mailbox.take() {
            return Ok(answer);
        }
        if client.take_skipped().is_some() {
            return Err(FleetError::ReceiveBuffer);
        }
        client.receive(mailbox).await?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mqtt::Login;
    use crate::mqtt::script::{message, script};

    /// What was passed over before is not the answer.
    #[test]
    fn a_message_passed_over_earlier_is_not_the_answer() {
        let long = message("other", &[b' '; 600]);
        let answer = message("$aws/certificates/create-from-csr/json/rejected", br#"{"statusCode":400}"#);
        let mut wire =
            script(&[b"\x20\x02\0\0", &long, b"\x90\x06\0\x01\x01\x01\x01\x01", b"\x40\x02\0\x02", &answer]);
        let (mut rx, mut tx, mut room) = ([0; 256], [0; 256], [0; ROOM]);
        let claim = Claim::new("atecc608", "-----BEGIN CERTIFICATE REQUEST-----", &[]).unwrap();
        let refused = embassy_futures::block_on(async {
            let mut client = Client::connect(&mut wire, &Login::new("d"), &mut rx, &mut tx).await.unwrap();
            client.receive(&mut ()).await.unwrap();
            provision(&mut client, &claim, &mut room).await.unwrap_err()
        });
        assert!(matches!(refused, FleetError::Refused(Step::Certificate, _)), "{refused}");
    }
}
