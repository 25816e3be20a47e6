//! The cloud, the operator, and a device.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use atecc608::{PublicKey, Signature};
use atecc608_cloud::federation::{
    AccessToken, Connection, FEDERATED_TOKEN_MAX, FederatedToken, FederationError, IAM_CREDENTIALS_HOST,
    Identity, JWKS_LEN, Message, PUBSUB_HOST, Provider, STS_HOST, Scope, Topic, exchange, jwks, publish,
};
use atecc608_cloud::token::{Lifetime, TokenSigner};
use embedded_io_adapters::tokio_1::FromTokio;
use mock_servers::google::{self, Pool, Rules, Service};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use tokio::io::DuplexStream;

/// The cloud's time at first, in Unix seconds.
pub(crate) const NOW: u64 = 1_800_000_000;
/// The device's uptime when it asks.
pub(crate) const UPTIME: Duration = Duration::from_secs(77);
pub(crate) const ISSUER: &str = "https://devices.example";
pub(crate) const DEVICE: &str = "sensor-1";
pub(crate) const KEY_ID: &str = "key-1";
pub(crate) const PROJECT: &str = "my-project";
pub(crate) const ACCOUNT: &str = "publisher@my-project.iam.gserviceaccount.com";

/// A stream of the device's own.
pub(crate) type Stream = FromTokio<DuplexStream>;
pub(crate) type Error = FederationError<std::io::Error>;

/// A key in software.
#[derive(Clone)]
pub(crate) struct Key(SigningKey);

impl Key {
    pub(crate) fn new(number: u8) -> Self {
        Self(SigningKey::from_slice(&[number; 32]).unwrap())
    }

    /// What the operator uploads.
    pub(crate) fn jwks(&self, key_id: &str) -> String {
        let point = self.0.verifying_key().to_sec1_point(false);
        let key = PublicKey::from_bytes(point.as_bytes()[1..].try_into().unwrap());
        jwks(&key, key_id, &mut [0; JWKS_LEN]).unwrap().to_owned()
    }
}

impl TokenSigner for Key {
    type Error = p256::ecdsa::Error;

    async fn sign_digest(&mut self, digest: &[u8; 32]) -> Result<Signature, Self::Error> {
        let signature: p256::ecdsa::Signature = self.0.sign_prehash(digest)?;
        Ok(Signature::from_bytes(signature.to_bytes().into()))
    }
}

/// The cloud as the operator set it up, and its clock.
pub(crate) struct Cloud {
    pub(crate) service: Service,
    pub(crate) clock: Arc<AtomicU64>,
}

pub(crate) fn provider() -> Provider<'static> {
    Provider::new(123_456_789_012, "devices", "greenhouse").unwrap()
}

pub(crate) fn identity() -> Identity<'static> {
    Identity::new(provider(), ISSUER, DEVICE, KEY_ID).unwrap()
}

pub(crate) fn topic() -> Topic<'static> {
    Topic::new(PROJECT, "telemetry").unwrap()
}

/// The provider as the operator has set it up.
pub(crate) fn provider_rules() -> google::Provider {
    google::Provider::new("greenhouse", ISSUER)
}

/// A device's name in policies.
pub(crate) fn principal(subject: &str) -> String {
    Pool::new("devices", vec![]).principal(123_456_789_012, subject)
}

pub(crate) fn rules() -> Rules {
    rules_with(provider_rules())
}

pub(crate) fn rules_with(provider: google::Provider) -> Rules {
    Rules {
        project_number: 123_456_789_012,
        pools: vec![Pool::new("devices", vec![provider])],
        access_lifetime: 3599,
        access_length: 1024,
        project: PROJECT.into(),
        topics: vec!["telemetry".into()],
        publishers: vec![principal(DEVICE), format!("serviceAccount:{ACCOUNT}")],
        accounts: HashMap::from([(ACCOUNT.into(), vec![principal(DEVICE)])]),
    }
}

impl Cloud {
    /// With the rules, and with the key of [`Key::new(1)`](Key::new) uploaded.
    pub(crate) fn new(rules: Rules) -> Self {
        let clock = Arc::new(AtomicU64::new(NOW));
        let shown = Arc::clone(&clock);
        let service = Service::new(rules, move || shown.load(Ordering::Relaxed));
        service.upload(&provider().to_string(), &Key::new(1).jwks(KEY_ID)).unwrap();
        Self { service, clock }
    }

    /// Time passes, in seconds.
    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    /// A new connection to a server of the name.
    pub(crate) fn connect<'h>(&self, host: &'h str) -> Connection<'h, Stream> {
        let (near, far) = tokio::io::duplex(1000);
        let service = self.service.clone();
        tokio::spawn(async move { service.serve(far).await });
        Connection::new(FromTokio::new(near), host).unwrap()
    }

    pub(crate) fn sts(&self) -> Connection<'static, Stream> {
        self.connect(STS_HOST)
    }

    pub(crate) fn pubsub(&self) -> Connection<'static, Stream> {
        self.connect(PUBSUB_HOST)
    }

    pub(crate) fn iam(&self) -> Connection<'static, Stream> {
        self.connect(IAM_CREDENTIALS_HOST)
    }

    /// Exchanges a token of the device's key and identity, made when its clock shows `now`.
    pub(crate) async fn exchange_as<'b>(
        &self,
        identity: &Identity<'_>,
        key: &mut Key,
        now: u64,
        buffer: &'b mut [u8],
    ) -> Result<AccessToken<'b>, Error> {
        let mut text = [0; FEDERATED_TOKEN_MAX];
        let lifetime = FederatedToken::LIFETIME;
        let token = FederatedToken::issue(identity, now, lifetime, key, &mut text).await.unwrap();
        exchange(&mut self.sts(), &identity.provider(), Scope::PUBSUB, &token, UPTIME, buffer).await
    }

    /// Exchanges the device's token.
    pub(crate) async fn exchange<'b>(&self, buffer: &'b mut [u8]) -> Result<AccessToken<'b>, Error> {
        self.exchange_as(&identity(), &mut Key::new(1), NOW, buffer).await
    }

    /// The same for another scope.
    pub(crate) async fn exchange_for<'b>(&self, scope: Scope<'_>, buffer: &'b mut [u8]) -> AccessToken<'b> {
        let mut text = [0; FEDERATED_TOKEN_MAX];
        let lifetime = Lifetime::from_secs(60).unwrap();
        let token =
            FederatedToken::issue(&identity(), NOW, lifetime, &mut Key::new(1), &mut text).await.unwrap();
        exchange(&mut self.sts(), &provider(), scope, &token, UPTIME, buffer).await.unwrap()
    }

    /// Publishes one message; its id.
    pub(crate) async fn publish(
        &self,
        connection: &mut Connection<'_, Stream>,
        topic: &Topic<'_>,
        token: &AccessToken<'_>,
    ) -> Result<String, Error> {
        let mut buffer = [0; 2048];
        let message = Message { data: b"21.5", attributes: &[("device", DEVICE)] };
        let ids = publish(connection, topic, token, &[message], &mut buffer).await?;
        Ok(ids[0].to_owned())
    }
}

/// The refusal in an error.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> atecc608_cloud::federation::Refusal {
    match result {
        Err(FederationError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}
