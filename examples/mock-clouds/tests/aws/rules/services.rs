//! Shadows and fleet provisioning.

use mock_clouds::aws::Rule;
use serde_json::json;

use crate::world::{World, ask};

pub(super) async fn of_shadows(rule: Rule, world: &World) -> bool {
    let mut probe = world.logged_in("open").await;
    let update = |document: serde_json::Value| document.to_string().into_bytes();
    let good =
        update(json!({"state": {"reported": {"a": {"b": {"c": {"d": 1}}}}}, "clientToken": "t".repeat(64)}));
    let classic = "$aws/things/dev/shadow/update";
    assert_eq!(ask(&mut probe, classic, &good).await.0, "accepted");
    let (topic, payload, code) = match rule {
        Rule::ShadowSize => {
            (classic.into(), update(json!({"state": {"reported": {"x": "x".repeat(8192)}}})), 413)
        }
        Rule::ShadowVersion => {
            (classic.into(), update(json!({"state": {"reported": {"x": 1}}, "version": 7})), 409)
        }
        Rule::ShadowState => (classic.into(), update(json!({"reported": {"x": 1}})), 400),
        Rule::ShadowDepth => {
            let deep = json!({"state": {"reported": {"a": {"b": {"c": {"d": {"e": 1}}}}}}});
            (classic.into(), update(deep), 400)
        }
        Rule::ClientToken => {
            (classic.into(), update(json!({"state": {"reported": {}}, "clientToken": "t".repeat(65)})), 400)
        }
        Rule::ShadowName => {
            let topic = format!("$aws/things/dev/shadow/name/{}/update", "n".repeat(65));
            (topic, update(json!({"state": {"reported": {"x": 1}}})), 400)
        }
        _ => {
            ("$aws/things/nobody/shadow/update".into(), update(json!({"state": {"reported": {"x": 1}}})), 404)
        }
    };
    let (how, answer) = ask(&mut probe, &topic, &payload).await;
    if how == "rejected" {
        assert_eq!(answer["code"], code, "{answer}");
    }
    how == "rejected"
}

pub(super) async fn of_fleets(rule: Rule, world: &World) -> bool {
    let mut probe = world.logged_in("open").await;
    let pem = |der: &[u8]| mock_clouds::pem("CERTIFICATE REQUEST", der);
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CommonName, "fleet-7");
    let mut der = params.serialize_request(&key).unwrap().der().to_vec();
    let create = "$aws/certificates/create-from-csr/json";
    let request = |der: &[u8]| json!({"certificateSigningRequest": pem(der)}).to_string().into_bytes();
    let (how, made) = ask(&mut probe, create, &request(&der)).await;
    assert_eq!(how, "accepted", "{made}");
    if rule == Rule::Csr {
        // Another name, under the same signature.
        let at = der.windows(7).position(|part| part == b"fleet-7").unwrap();
        der[at + 6] = b'8';
        return ask(&mut probe, create, &request(&der)).await.0 == "rejected";
    }
    let (mut template, mut token, mut parameters) =
        ("atecc608", made["certificateOwnershipToken"].clone(), json!({"SerialNumber": "fleet-7"}));
    match rule {
        Rule::OwnershipToken => token = json!("another"),
        Rule::OwnershipTokenLife => world.later(3600),
        Rule::TemplateName => template = "another",
        _ => parameters = json!({}),
    }
    let payload = json!({"certificateOwnershipToken": token, "parameters": parameters}).to_string();
    let topic = format!("$aws/provisioning-templates/{template}/provision/json");
    ask(&mut probe, &topic, payload.as_bytes()).await.0 == "rejected"
}
