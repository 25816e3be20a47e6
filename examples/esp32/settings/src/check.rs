//! Values that could not work.

use crate::file::{File, TlsServer};

/// A field's name and what is wrong with it.
type Wrong = (String, String);

/// Checks everything but the roots.
pub(crate) fn check(file: &File) -> Result<(), Wrong> {
    let File { wifi, device, time, federation, .. } = file;
    length("wifi.network", &wifi.network, 1, 32)?;
    match wifi.password.len() {
        0 | 8..=64 => {}
        n => {
            return wrong(
                "wifi.password",
                format!("has {n} bytes; a WPA password has 8 to 64, an open network an empty one"),
            );
        }
    }
    name("device.project", &device.project, 1, 63, "-.:")?;
    name("device.region", &device.region, 1, 32, "-")?;
    name("device.registry", &device.registry, 3, 255, "-_.~%")?;
    name("device.device", &device.device, 3, 255, "-_.~%")?;
    host("time.host", &time.host)?;
    port("time.port", time.port)?;
    for (name, server) in [
        ("bridge", &file.bridge),
        ("sts", &file.sts),
        ("pubsub", &file.pubsub),
        ("iamcredentials", &file.iamcredentials),
    ] {
        let TlsServer { host: host_name, port: number, .. } = server;
        host(&format!("{name}.host"), host_name)?;
        port(&format!("{name}.port"), *number)?;
    }
    if !federation.issuer.starts_with("https://") {
        return wrong("federation.issuer", "must start with https://, as the provider's --issuer-uri does");
    }
    length("federation.subject", &federation.subject, 1, 127)?;
    if !federation.provider.starts_with("//iam.googleapis.com/projects/") {
        return wrong(
            "federation.provider",
            "must be the provider's full name, //iam.googleapis.com/projects/NUMBER/locations/global/\
             workloadIdentityPools/POOL/providers/PROVIDER",
        );
    }
    length("federation.kid", &federation.kid, 1, 64)?;
    name("federation.topic", &federation.topic, 3, 255, "-_.~%+")?;
    match &federation.service_account {
        Some(account) if !account.contains('@') => {
            wrong("federation.service_account", "must be an e-mail address; leave the line out for none")
        }
        _ => Ok(()),
    }
}

fn wrong<T>(field: &str, problem: impl Into<String>) -> Result<T, Wrong> {
    Err((field.into(), problem.into()))
}

fn length(field: &str, value: &str, min: usize, max: usize) -> Result<(), Wrong> {
    if (min..=max).contains(&value.len()) {
        return Ok(());
    }
    wrong(field, format!("has {} bytes; {min} to {max} are allowed", value.len()))
}

/// A part of a client id or topic.
fn name(field: &str, value: &str, min: usize, max: usize, others: &str) -> Result<(), Wrong> {
    length(field, value, min, max)?;
    if !value.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return wrong(field, "must start with a letter");
    }
    match value.chars().find(|c| !c.is_ascii_alphanumeric() && !others.contains(*c)) {
        Some(c) => wrong(field, format!("must not contain {c:?}; allowed are letters, digits and {others}")),
        None => Ok(()),
    }
}

/// A DNS name: TLS checks it, so an address can't stand here.
fn host(field: &str, value: &str) -> Result<(), Wrong> {
    length(field, value, 1, 253)?;
    if value.parse::<std::net::IpAddr>().is_ok() {
        return wrong(
            field,
            "is an address; put the server's name here, and the address in the field `address` beside it",
        );
    }
    match value.chars().find(|c| !c.is_ascii_alphanumeric() && !"-.".contains(*c)) {
        Some(c) => wrong(field, format!("must be a host name without scheme or port, but has {c:?} in it")),
        None => Ok(()),
    }
}

fn port(field: &str, value: u16) -> Result<(), Wrong> {
    if value == 0 { wrong(field, "must not be 0") } else { Ok(()) }
}
