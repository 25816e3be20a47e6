//! OpenSSL as a device: its TLS, its certificates, and a request as Google's page writes it.

use std::process::Stdio;

use base64ct::{Base64, Encoding};
use mock_clouds::google::STS_MTLS_HOST;
use mock_servers::google::STS_HOST;
use mock_servers::pki::NOW;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::cloud::{Cloud, Device, NUMBER, principal};
use atecc608::x509::Profile;

fn pem(label: &str, der: &[u8]) -> String {
    let text = Base64::encode_string(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// One request by `openssl s_client`; what came back.
async fn post(cloud: &Cloud, host: &str, device: &Device, version: &str) -> String {
    let folder = std::env::temp_dir().join(format!("mock-google-{}-{version}-{host}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, content: String| {
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let ca = file("ca.pem", pem("CERTIFICATE", cloud.servers.der()));
    let cert = file("cert.pem", pem("CERTIFICATE", &device.chain[0]));
    let key = file("key.pem", pem("PRIVATE KEY", device.key.secret_der()));
    let list: Vec<_> = device.chain.iter().map(|der| Base64::encode_string(der)).collect();
    let body = serde_json::json!({
        "subject_token_type": "urn:ietf:params:oauth:token-type:mtls",
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "audience": format!(
            "//iam.googleapis.com/projects/{NUMBER}/locations/global/workloadIdentityPools/devices/providers/certificates"
        ),
        "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "scope": "https://www.googleapis.com/auth/cloud-platform",
        "subject_token": serde_json::json!(list).to_string(),
    })
    .to_string();
    let request = format!(
        "POST /v1/token HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    let mut client = Command::new("openssl")
        .args([
            "s_client",
            "-quiet",
            "-verify_return_error",
            "-servername",
            host,
            "-verify_hostname",
            host,
            version,
        ])
        .args(["-attime", &NOW.to_string(), "-connect", &cloud.address().to_string()])
        .arg("-CAfile")
        .arg(ca)
        .arg("-cert")
        .arg(cert)
        .arg("-key")
        .arg(key)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    client.stdin.as_mut().unwrap().write_all(request.as_bytes()).await.unwrap();
    let output = client.wait_with_output().await.unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn openssl_logs_in_with_both_versions_of_tls() {
    for (version, name) in [("-tls1_2", "TLSv1_2"), ("-tls1_3", "TLSv1_3")] {
        let cloud = Cloud::new().await;
        let device = cloud.device(Profile::GOOGLE_DEVICE, 365);
        let answer = post(&cloud, STS_MTLS_HOST, &device, version).await;
        assert!(
            answer.starts_with("HTTP/1.1 200 OK") && answer.contains("\"access_token\": \"ya29."),
            "{answer}"
        );
        let seen = cloud.service.seen();
        assert_eq!(seen.exchanged[0].principal, principal("sensor-1"));
        assert_eq!(seen.exchanged[0].peer.tls.as_deref(), Some(name));
        // Where no certificate is asked for, none is shown.
        let answer = post(&cloud, STS_HOST, &device, version).await;
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request"), "{answer}");
        assert!(answer.contains("asks for no client certificate"), "{answer}");
    }
}
