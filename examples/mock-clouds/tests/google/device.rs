//! The device's side, over real TLS.

use std::time::Duration;

use atecc608::x509::Profile;
use atecc608_cloud::federation::{
    AccessToken, Cause, CertificateChain, Connection, EXCHANGE_BUFFER, FederationError,
    IAM_CREDENTIALS_MTLS_HOST, Impersonation, Limit, Message, PUBSUB_HOST, PUBSUB_MTLS_HOST, Provider,
    STS_HOST, STS_MTLS_HOST, Scope, Service, ServiceAccount, Topic, exchange_certificate, impersonate,
    publish,
};
use atecc608_cloud::token::Lifetime;
use mock_clouds::google::{Rule, TrustStore};
use mock_servers::pki::NOW;

use crate::cloud::{ACCOUNT, Cloud, Device, NUMBER, Stream, principal};

const UPTIME: Duration = Duration::from_secs(77);
type Error = FederationError<std::io::Error>;

fn provider() -> Provider<'static> {
    Provider::new(NUMBER, "devices", "certificates").unwrap()
}

async fn connection<'h>(
    cloud: &Cloud,
    host: &'static str,
    device: Option<&Device>,
) -> Connection<'h, Stream> {
    Connection::new(cloud.connect(host, device).await, host).unwrap()
}

/// How the device is told apart from the good one.
#[derive(Default, Clone, Copy)]
struct Odd {
    bound: bool,
    without_limits: bool,
    host: Option<&'static str>,
    shows_nothing: bool,
}

async fn log_in<'b>(
    cloud: &Cloud,
    device: &Device,
    odd: Odd,
    scope: Scope<'_>,
    buffer: &'b mut [u8],
) -> Result<AccessToken<'b>, Error> {
    let der: Vec<&[u8]> = device.chain.iter().map(|der| &**der).collect();
    let chain =
        if odd.without_limits { CertificateChain::unchecked(&der) } else { CertificateChain::new(&der, NOW) };
    let chain = if odd.bound { chain.unwrap().with_bound_token() } else { chain.unwrap() };
    let host = odd.host.unwrap_or(STS_MTLS_HOST);
    let mut sts = connection(cloud, host, (!odd.shows_nothing).then_some(device)).await;
    exchange_certificate(&mut sts, &provider(), scope, &chain, UPTIME, buffer).await
}

async fn send(
    cloud: &Cloud,
    host: &'static str,
    device: Option<&Device>,
    token: &AccessToken<'_>,
) -> Result<usize, Error> {
    let mut pubsub = connection(cloud, host, device).await;
    let topic = Topic::new("my-project", "telemetry").unwrap();
    let messages = [Message { data: b"21.5", attributes: &[("device", "sensor-1")] }];
    Ok(publish(&mut pubsub, &topic, token, &messages, &mut [0; 2048]).await?.len())
}

#[tokio::test]
async fn a_certificate_of_the_driver_opens_pub_sub() {
    let cloud = Cloud::new().await;
    let device = cloud.device(Profile::GOOGLE_DEVICE, 390);
    let mut buffer = [0; EXCHANGE_BUFFER];
    let token = log_in(&cloud, &device, Odd::default(), Scope::PUBSUB, &mut buffer).await.unwrap();
    assert_eq!((token.as_str().len(), token.expires_at()), (1024, UPTIME + Duration::from_secs(3599)));
    assert_eq!(send(&cloud, PUBSUB_HOST, None, &token).await.unwrap(), 1);
    let published = cloud.service.base().seen().published;
    assert_eq!((&*published[0].principal, &published[0].data[..]), (&*principal("sensor-1"), &b"21.5"[..]));
    let seen = cloud.service.seen();
    assert_eq!(seen.exchanged[0].peer.chain, device.chain[..1]);
    assert_eq!(seen.exchanged[0].peer.sni.as_deref(), Some(STS_MTLS_HOST));
    assert_eq!(seen.complaints, [""; 0]);
}

#[tokio::test]
async fn a_service_account_by_a_certificate() {
    let cloud = Cloud::new().await;
    let device = cloud.device(Profile::GOOGLE_DEVICE, 365);
    let (mut first, mut second) = ([0; EXCHANGE_BUFFER], [0; EXCHANGE_BUFFER]);
    let own = log_in(&cloud, &device, Odd::default(), Scope::CLOUD_PLATFORM, &mut first).await.unwrap();
    let who = Impersonation {
        account: ServiceAccount::new(ACCOUNT).unwrap(),
        scope: Scope::PUBSUB,
        lifetime: Lifetime::from_secs(600).unwrap(),
    };
    let mut iam = connection(&cloud, IAM_CREDENTIALS_MTLS_HOST, Some(&device)).await;
    let account = impersonate(&mut iam, &who, &own, NOW, UPTIME, &mut second).await.unwrap();
    assert_eq!(send(&cloud, PUBSUB_HOST, None, &account).await.unwrap(), 1);
    assert_eq!(cloud.service.base().seen().published[0].principal, format!("serviceAccount:{ACCOUNT}"));
}

#[tokio::test]
async fn a_bound_token_is_of_no_use_without_the_certificate() {
    let cloud = Cloud::new().await;
    let device = cloud.device(Profile::GOOGLE_DEVICE, 365);
    let odd = Odd { bound: true, ..Odd::default() };
    let mut buffer = [0; EXCHANGE_BUFFER];
    let token = log_in(&cloud, &device, odd, Scope::PUBSUB, &mut buffer).await.unwrap();
    assert!(cloud.service.seen().exchanged[0].bound);
    assert_eq!(send(&cloud, PUBSUB_MTLS_HOST, Some(&device), &token).await.unwrap(), 1);
    let thief = cloud.device(Profile::GOOGLE_DEVICE, 365);
    for (host, shown) in [(PUBSUB_HOST, None), (PUBSUB_MTLS_HOST, Some(&thief)), (PUBSUB_MTLS_HOST, None)] {
        let error = send(&cloud, host, shown, &token).await.unwrap_err();
        assert!(matches!(&error, FederationError::Refused(refusal) if refusal.cause() == Cause::AccessToken));
    }
    assert_eq!(cloud.service.base().seen().published.len(), 1);
}

/// What the device is told when it shows `device`'s certificate in this way.
async fn refused(cloud: &Cloud, device: &Device, odd: Odd) -> (Cause, String) {
    let mut buffer = [0xFF; EXCHANGE_BUFFER];
    let told = match log_in(cloud, device, odd, Scope::PUBSUB, &mut buffer).await {
        Err(FederationError::Refused(refusal)) => {
            assert_eq!(refusal.service(), Service::CertificateExchange);
            (refusal.cause(), refusal.to_string())
        }
        other => panic!("{other:?}"),
    };
    assert!(buffer.iter().all(|byte| *byte == 0));
    assert!(cloud.service.seen().exchanged.is_empty());
    told
}

#[tokio::test]
async fn refusals_lead_to_the_certificate() {
    let cloud = Cloud::new().await;
    let device = cloud.device(Profile::GOOGLE_DEVICE, 365);
    let odd = Odd { shows_nothing: true, ..Odd::default() };
    let (cause, text) = refused(&cloud, &device, odd).await;
    assert_eq!(cause, Cause::Certificate);
    assert!(text.contains("whether the handshake has shown the same certificate"), "{text}");
    // The server that asks for none.
    let odd = Odd { host: Some(STS_HOST), ..Odd::default() };
    let (_, text) = refused(&cloud, &device, odd).await;
    assert!(text.contains("Certificates are exchanged at sts.mtls.googleapis.com"), "{text}");
    // Another operator's root.
    let stranger = Cloud::new().await.device(Profile::GOOGLE_DEVICE, 365);
    let (cause, text) = refused(&cloud, &stranger, Odd::default()).await;
    assert_eq!(cause, Cause::Certificate);
    assert!(text.contains("look at the provider's trust store"), "{text}");
    // A condition, a mapping.
    let mine =
        mock_clouds::google::Provider::new("devices", "certificates", TrustStore::of(cloud.signer.der()));
    let condition = Some("assertion.subject.dn.cn == 'sensor-2'".into());
    cloud.service.add(mock_clouds::google::Provider { condition, ..mine.clone() }).unwrap();
    assert_eq!(refused(&cloud, &device, Odd::default()).await.0, Cause::Condition);
    cloud.service.add(mock_clouds::google::Provider { subject: "assertion.san.uri".into(), ..mine }).unwrap();
    let (cause, text) = refused(&cloud, &device, Odd::default()).await;
    assert_eq!(cause, Cause::Subject);
    assert!(text.contains("the common name if nothing else is said"), "{text}");
}

/// What the device refuses to send the mock refuses to take, and each without the other would not do.
#[tokio::test]
async fn the_devices_limits_are_the_clouds() {
    for (profile, days, limit, rule) in [
        (Profile::GOOGLE_DEVICE, 391, Limit::Lifetime { days: 391 }, Rule::Lifetime),
        // As a Trust&GO certificate runs.
        (Profile::GOOGLE_DEVICE, 10_227, Limit::Lifetime { days: 10_227 }, Rule::Lifetime),
        (Profile::DEVICE, 365, Limit::KeyUsage, Rule::KeyUsage),
    ] {
        let cloud = Cloud::new().await;
        let device = cloud.device(profile, days);
        let der: Vec<&[u8]> = device.chain.iter().map(|der| &**der).collect();
        assert_eq!(CertificateChain::new(&der, NOW).unwrap_err().limit, limit);
        let odd = Odd { without_limits: true, ..Odd::default() };
        assert_eq!(refused(&cloud, &device, odd).await.0, Cause::Certificate);
        let lax = Cloud::with(|service| service.without(rule)).await;
        let device = lax.device(profile, days);
        log_in(&lax, &device, odd, Scope::PUBSUB, &mut [0; EXCHANGE_BUFFER]).await.unwrap();
    }
}

/// Microchip's own, of a real chip: too long by far.
#[test]
fn trust_and_go() {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    let read = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    let device = read(include_str!("../../../../testkit/src/published/device.pem"));
    let signer = read(include_str!("../../../../testkit/src/published/signer.pem"));
    let der = [&device[..], &signer[..]];
    let unfit = CertificateChain::new(&der, NOW).unwrap_err();
    assert_eq!((unfit.certificate, unfit.limit), (0, Limit::Lifetime { days: 10_227 }));
    assert!(unfit.to_string().contains("One of Trust&GO, with its 28 years"), "{unfit}");
}
