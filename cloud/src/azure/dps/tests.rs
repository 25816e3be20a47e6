use super::*;
use crate::mqtt::Client;
use crate::mqtt::script::{message, script};
use std::string::ToString;

fn certificate(common_name: Option<&str>) -> std::vec::Vec<u8> {
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    if let Some(name) = common_name {
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
    }
    let key = rcgen::KeyPair::generate().unwrap();
    params.self_signed(&key).unwrap().der().to_vec()
}

#[test]
fn user_name_and_login() {
    let registration = Registration::new("0ne00ABCDEF", "sensor-1").unwrap();
    let user_name = registration.user_name();
    assert_eq!(user_name, "0ne00ABCDEF/registrations/sensor-1/api-version=2019-03-31");
    let login = registration.login(&user_name, None);
    assert_eq!((login.client_id, login.password), ("sensor-1", None));
    assert!(Registration::new("0ne", "a_").is_err());
    let (scope, id) = ("x".repeat(32), "x".repeat(128));
    assert_eq!(Registration::new(&scope, &id).unwrap().user_name().len(), USER_NAME_MAX);
}

#[test]
fn with_a_certificate_the_common_name_is_the_registration_id() {
    let der = certificate(Some("sn0123A23F29F9366A01"));
    let leaf = Certificate::parse(&der).unwrap();
    let registration = Registration::of_certificate("0ne00ABCDEF", &leaf).unwrap();
    assert_eq!(registration.id(), "sn0123A23F29F9366A01");
    assert_eq!(registration.check_certificate(&leaf), Ok(()));
    let lower = Registration::new("0ne", "sn0123a23f29f9366a01").unwrap();
    assert_eq!(lower.check_certificate(&leaf), Ok(()), "DPS does not tell cases apart");
    let other = Registration::new("0ne", "sensor-1").unwrap();
    assert_eq!(other.check_certificate(&leaf), Err(CertificateError::Other));

    let der = certificate(None);
    let leaf = Certificate::parse(&der).unwrap();
    assert_eq!(Registration::of_certificate("0ne", &leaf), Err(CertificateError::NoCommonName));
    assert_eq!(other.check_certificate(&leaf), Err(CertificateError::NoCommonName));
    let der = certificate(Some("a device"));
    let error = Registration::of_certificate("0ne", &Certificate::parse(&der).unwrap()).unwrap_err();
    assert!(error.to_string().contains("must not contain ' '"), "{error}");
}

/// What was passed over before is not the answer.
#[test]
fn a_message_passed_over_earlier_is_not_the_answer() {
    let long = message("$dps/registrations/res/other", &[b' '; 600]);
    let answer = message(
        "$dps/registrations/res/200/?$rid=1",
        br#"{"operationId":"4","status":"assigned","registrationState":{"assignedHub":"h","deviceId":"d"}}"#,
    );
    let mut wire = script(&[b"\x20\x02\0\0", &long, b"\x90\x03\0\x01\x01", b"\x40\x02\0\x02", &answer]);
    let (mut rx, mut tx) = ([0; 256], [0; 256]);
    let assignment = embassy_futures::block_on(async {
        let mut client = Client::connect(&mut wire, &Login::new("d"), &mut rx, &mut tx).await.unwrap();
        client.receive(&mut ()).await.unwrap();
        register(&mut client, &Registration::new("0ne", "d").unwrap(), &mut NoDelay).await
    });
    assert_eq!(assignment.map(|assignment| assignment.hub().to_string()), Ok("h".to_string()));
}

struct NoDelay;

impl embedded_hal_async::delay::DelayNs for NoDelay {
    async fn delay_ns(&mut self, _: u32) {}
}
