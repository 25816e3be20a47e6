//! The Device Provisioning Service: which hub a device belongs to.
//!
//! Written from "Communicate with your DPS using the MQTT protocol" (2022). MQTT 3.1.1 on port 8883; **TLS 1.2 only**, see
//! [`azure`](super). [`register`] does the whole: it asks, waits as long as it is told, asks again, and gives the [`Assignment`]
//! to a hub, for which nothing else is kept. A device asks once, keeps what it was told, and asks again when the hub does not
//! know it any more.
//!
//! With a certificate the registration id is the leaf's common name: [`Registration::of_certificate`] takes it from there. With
//! an enrollment group the device has to show its whole chain up to the certificate that is enrolled ("X.509 certificate
//! attestation", device chain requirements). With a key the password is a [token](super::sas).
//!
//! ```
//! use atecc608_cloud::azure::dps::{self, Assignment, RegisterError, Registration};
//! use atecc608_cloud::mqtt::{Client, ClientError};
//! use embedded_hal_async::delay::DelayNs;
//! use embedded_io_async::{Read, Write};
//!
//! /// `transport` is TLS 1.2 to [`dps::GLOBAL_HOST`] with the device's certificate.
//! async fn assigned<T: Read + Write>(
//!     transport: T,
//!     registration: &Registration<'_>,
//!     delay: &mut impl DelayNs,
//! ) -> Result<Assignment, RegisterError<T::Error>> {
//!     let (mut rx, mut tx) = ([0; dps::RECEIVE_BUFFER], [0; 512]);
//!     let user_name = registration.user_name();
//!     let login = registration.login(&user_name, None);
//!     let mut client = Client::connect(transport, &login, &mut rx, &mut tx).await?;
//!     dps::register(&mut client, registration, delay).await
//! }
//! ```

mod answer;
mod error;
mod register;

pub use error::{CertificateError, Refusal, RegisterError};
pub use register::{POLLS_MAX, RECEIVE_BUFFER, RETRY_MAX, register};

use super::field::{DEVICE_ID_MAX, Field, FieldError, HOST_MAX};
use super::hub;
use super::sas::{Resource, SasToken};
use crate::mqtt::{Login, Text};
use atecc608::x509::Certificate;

/// The endpoint of every DPS; the id scope tells which it is.
pub const GLOBAL_HOST: &str = "global.azure-devices-provisioning.net";
/// The version of the service's interface that is asked for.
pub const API_VERSION: &str = "2019-03-31";
/// Longest id of an operation taken, in bytes.
pub const OPERATION_ID_MAX: usize = 128;
/// Longest registration id with a certificate: that of a common name (RFC 5280, ub-common-name).
pub const COMMON_NAME_MAX: usize = 64;
/// Longest [`Registration::user_name`], in bytes.
pub const USER_NAME_MAX: usize =
    32 + "/registrations/".len() + DEVICE_ID_MAX + "/api-version=".len() + API_VERSION.len();

/// A device that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registration<'a> {
    id_scope: &'a str,
    id: &'a str,
}

impl<'a> Registration<'a> {
    /// A device by the service's id scope and its own registration id, for symmetric keys. With a certificate use
    /// [`of_certificate`](Self::of_certificate).
    ///
    /// # Errors
    /// [`FieldError`] with the first name that is not in order.
    pub fn new(id_scope: &'a str, id: &'a str) -> Result<Self, FieldError> {
        Ok(Self { id_scope: Field::IdScope.check(id_scope)?, id: Field::RegistrationId.check(id)? })
    }

    /// A device by its certificate: the registration id is its common name.
    ///
    /// # Errors
    /// [`CertificateError`]: no common name, or one that is no registration id.
    pub fn of_certificate(id_scope: &'a str, leaf: &Certificate<'a>) -> Result<Self, CertificateError> {
        let name = leaf.common_name().ok_or(CertificateError::NoCommonName)?;
        Self::new(id_scope, name).map_err(CertificateError::Name)
    }

    /// Checks that this certificate is this registration's: its common name is the registration id, whatever the case, as DPS does.
    ///
    /// # Errors
    /// [`CertificateError::NoCommonName`], [`CertificateError::Other`].
    pub fn check_certificate(&self, leaf: &Certificate<'_>) -> Result<(), CertificateError> {
        let name = leaf.common_name().ok_or(CertificateError::NoCommonName)?;
        if name.eq_ignore_ascii_case(self.id) { Ok(()) } else { Err(CertificateError::Other) }
    }

    /// The service's id scope.
    #[must_use]
    pub const fn id_scope(&self) -> &'a str {
        self.id_scope
    }

    /// The registration id, which is also the MQTT client id.
    #[must_use]
    pub const fn id(&self) -> &'a str {
        self.id
    }

    /// MQTT's user name: `IDSCOPE/registrations/ID/api-version=2019-03-31`.
    #[must_use]
    pub fn user_name(&self) -> Text<USER_NAME_MAX> {
        Text::fitting(format_args!("{}/registrations/{}/api-version={API_VERSION}", self.id_scope, self.id))
    }

    /// What a [token](super::sas) of this device is for, with the policy `registration`.
    #[must_use]
    pub const fn resource(&self) -> Resource<'a> {
        Resource::registration(self.id_scope, self.id)
    }

    /// The login, by certificate without a password, or with a token.
    #[must_use]
    pub fn login<'l>(
        &self,
        user_name: &'l Text<USER_NAME_MAX>,
        password: Option<&'l SasToken<'_>>,
    ) -> Login<'l>
    where
        'a: 'l,
    {
        super::login(self.id, user_name.as_str(), password)
    }
}

/// Where a device belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    hub: Text<HOST_MAX>,
    device: Text<DEVICE_ID_MAX>,
}

impl Assignment {
    /// Checks the names.
    fn new(hub: &str, device: &str) -> Result<Self, FieldError> {
        Ok(Self {
            hub: Text::fitting(format_args!("{}", Field::Host.check(hub)?)),
            device: Text::fitting(format_args!("{}", Field::DeviceId.check(device)?)),
        })
    }

    /// The hub's host name.
    #[must_use]
    pub fn hub(&self) -> &str {
        &self.hub
    }

    /// The device's id in the hub.
    #[must_use]
    pub fn device_id(&self) -> &str {
        &self.device
    }

    /// The device, for its login to the hub.
    ///
    /// # Errors
    /// None: the names were checked when they came.
    pub fn device(&self) -> Result<hub::Device<'_>, FieldError> {
        hub::Device::new(&self.hub, &self.device)
    }
}

#[cfg(test)]
mod tests;
