//! Values that could not work, by the application's own rules.

use crate::file::{File, TlsServer};
use atecc608_cloud::federation::{Field, FieldError, Identity, Provider, ServiceAccount, Topic};
use atecc608_cloud::mqtt::{Device, Name, NameError};

/// A field's name and what is wrong with it.
type Wrong = (String, String);

/// Checks everything but the roots.
pub(crate) fn check(file: &File) -> Result<(), Wrong> {
    let File { wifi, device, time, federation, .. } = file;
    if !(1..=32).contains(&wifi.network.len()) {
        return wrong("wifi.network", "must have 1 to 32 bytes");
    }
    if !matches!(wifi.password.len(), 0 | 8..=64) {
        return wrong(
            "wifi.password",
            "a WPA password has 8 to 64 bytes; leave it empty (\"\") for an open network",
        );
    }
    Device::new(&device.project, &device.region, &device.registry, &device.device).map_err(of_device)?;
    let servers = [
        ("bridge", &file.bridge),
        ("sts", &file.sts),
        ("pubsub", &file.pubsub),
        ("iamcredentials", &file.iamcredentials),
    ];
    let servers = servers.map(|(name, TlsServer { host, port, .. })| (name, host, *port));
    for (name, host, port) in servers.into_iter().chain([("time", &time.host, time.port)]) {
        check_host(name, host)?;
        if port == 0 {
            return wrong(&format!("{name}.port"), "must not be 0");
        }
    }
    let provider = Provider::new(federation.project_number, &federation.pool, &federation.provider);
    let identity = provider
        .and_then(|provider| {
            Identity::new(provider, &federation.issuer, &federation.subject, &federation.kid)
        })
        .map_err(of_federation)?;
    if let Some(audience) = &federation.audience {
        identity.with_audience(audience).map_err(of_federation)?;
    }
    Topic::new(&device.project, &federation.topic).map_err(of_federation)?;
    if let Some(account) = &federation.service_account {
        ServiceAccount::new(account).map_err(of_federation)?;
    }
    Ok(())
}

fn wrong<T>(field: &str, problem: &str) -> Result<T, Wrong> {
    Err((field.into(), problem.into()))
}

fn of_device(error: NameError) -> Wrong {
    let field = match error.name {
        Name::Project => "device.project",
        Name::Region => "device.region",
        Name::Registry => "device.registry",
        Name::Device | Name::Subfolder => "device.device",
    };
    (field.into(), error.to_string())
}

fn of_federation(error: FieldError) -> Wrong {
    let field = match error.field {
        Field::Project => "device.project",
        Field::Pool => "federation.pool",
        Field::Provider => "federation.provider",
        Field::Issuer => "federation.issuer",
        Field::Subject => "federation.subject",
        Field::Audience => "federation.audience",
        Field::KeyId => "federation.kid",
        Field::Topic => "federation.topic",
        Field::ServiceAccount => "federation.service_account",
        _ => "federation",
    };
    (field.into(), error.to_string())
}

/// A DNS name: TLS checks it, so an address can't stand here.
fn check_host(server: &str, host: &str) -> Result<(), Wrong> {
    let field = format!("{server}.host");
    if !(1..=253).contains(&host.len()) {
        return wrong(&field, "must have 1 to 253 bytes");
    }
    if host.parse::<std::net::IpAddr>().is_ok() {
        return wrong(
            &field,
            "is an address; put the server's name here, and the address in the field `address` beside it",
        );
    }
    match host.chars().find(|c| !c.is_ascii_alphanumeric() && !"-.".contains(*c)) {
        Some(c) => wrong(&field, &format!("is a host name without scheme or port, and can't have {c:?}")),
        None => Ok(()),
    }
}
