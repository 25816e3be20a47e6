//! Values that could not work, by the application's own rules.

use crate::file::{Aws, File, Mqtt, TlsServer, Will};
use atecc608_cloud::aws::Thing;
use atecc608_cloud::aws::endpoint::{Endpoint, EndpointError, Port};
use atecc608_cloud::federation::{Field, FieldError, Identity, Provider, ServiceAccount, Topic};
use atecc608_cloud::mqtt::{Device, Login, LoginError, LoginField, Name, NameError, TopicFilter, TopicName};

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
        check_server(name, host, port)?;
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
    check_common_name(file.certificate.common_name.as_deref())?;
    file.mqtt.as_ref().map_or(Ok(()), mqtt)?;
    file.aws.as_ref().map_or(Ok(()), aws)
}

/// `ub-common-name` (RFC 5280, appendix A), in what a serial line can show.
fn check_common_name(name: Option<&str>) -> Result<(), Wrong> {
    let good =
        |name: &str| (1..=64).contains(&name.len()) && name.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    match name {
        Some(name) if !good(name) => {
            wrong("certificate.common_name", "must have 1 to 64 printable ASCII characters")
        }
        _ => Ok(()),
    }
}

/// What a login may have besides its lengths: the firmware's buffer has room for that much.
const LOGIN_MAX: usize = 900;

fn mqtt(mqtt: &Mqtt) -> Result<(), Wrong> {
    let Mqtt { client_id, user_name, password, will, .. } = mqtt;
    check_server("mqtt", &mqtt.host, mqtt.port)?;
    if mqtt.alpn.as_ref().is_some_and(|name| !(1..=255).contains(&name.len())) {
        return wrong("mqtt.alpn", "a protocol's name has 1 to 255 bytes");
    }
    let of_will = |will: &Option<Will>, part: fn(&Will) -> usize| will.as_ref().map_or(0, part);
    let bytes = client_id.len()
        + user_name.as_ref().map_or(0, String::len)
        + password.as_ref().map_or(0, String::len)
        + of_will(will, |will| will.topic.len() + will.payload.len());
    if bytes > LOGIN_MAX {
        let problem = format!(
            "client id, user name, password and will have {bytes} bytes; there is room for {LOGIN_MAX}"
        );
        return wrong("mqtt", &problem);
    }
    let login = Login {
        user_name: user_name.as_deref(),
        password: password.as_deref().map(str::as_bytes),
        ..Login::new(client_id)
    };
    login.check().map_err(|error| (login_field(&error).into(), error.to_string()))?;
    let topics = [("mqtt.telemetry", Some(&mqtt.telemetry)), ("mqtt.state", Some(&mqtt.state))].into_iter();
    let topics = topics.chain([("mqtt.will.topic", will.as_ref().map(|will| &will.topic))]);
    for (field, topic) in topics.filter_map(|(field, topic)| Some((field, topic?))) {
        TopicName::new(topic).map_err(|error| (field.to_owned(), error.to_string()))?;
        check_topic_length(field, topic)?;
    }
    if let Some(commands) = &mqtt.commands {
        TopicFilter::new(commands).map_err(|error| ("mqtt.commands".to_owned(), error.to_string()))?;
        check_topic_length("mqtt.commands", commands)?;
    }
    let birth = will.as_ref().and_then(|will| will.birth.as_ref());
    if birth.is_some_and(|birth| birth.len() > MESSAGE_MAX) {
        return wrong(
            "mqtt.will.birth",
            &format!("a message of the firmware has {MESSAGE_MAX} bytes at most"),
        );
    }
    Ok(())
}

/// Longest message of the firmware, in bytes.
const MESSAGE_MAX: usize = 96;
/// Longest topic: AWS, Azure and the firmware take no longer ones.
const TOPIC_MAX: usize = 256;

fn check_topic_length(field: &str, topic: &str) -> Result<(), Wrong> {
    match topic.len() {
        0..=TOPIC_MAX => Ok(()),
        length => wrong(field, &format!("has {length} bytes; there is room for {TOPIC_MAX}")),
    }
}

fn login_field(error: &LoginError) -> &'static str {
    match error {
        LoginError::Nul(LoginField::UserName) | LoginError::TooLong { field: LoginField::UserName, .. } => {
            "mqtt.user_name"
        }
        LoginError::PasswordAlone | LoginError::TooLong { field: LoginField::Password, .. } => {
            "mqtt.password"
        }
        _ => "mqtt.client_id",
    }
}

fn aws(aws: &Aws) -> Result<(), Wrong> {
    let of_endpoint = |error: EndpointError| ("aws.endpoint".to_owned(), error.to_string());
    let is_amazons = aws.endpoint.contains(".amazonaws.");
    let check = if is_amazons { Endpoint::new } else { Endpoint::custom };
    check(&aws.endpoint).map_err(of_endpoint)?;
    check_host_of("aws.endpoint", &aws.endpoint)?;
    if ![Port::Mqtt, Port::Https].iter().any(|port| port.number() == aws.port) {
        return wrong("aws.port", "must be 8883, or 443 for networks that let nothing else out");
    }
    let thing = Thing::new(&aws.thing).map_err(|error| ("aws.thing".to_owned(), error.to_string()))?;
    thing.topic("telemetry").map_err(|error| ("aws.thing".to_owned(), error.to_string()))?;
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

fn check_server(name: &str, host: &str, port: u16) -> Result<(), Wrong> {
    check_host_of(&format!("{name}.host"), host)?;
    if port == 0 {
        return wrong(&format!("{name}.port"), "must not be 0");
    }
    Ok(())
}

/// A DNS name: TLS checks it, so an address can't stand here.
fn check_host_of(field: &str, host: &str) -> Result<(), Wrong> {
    if !(1..=253).contains(&host.len()) {
        return wrong(field, "must have 1 to 253 bytes");
    }
    if host.parse::<std::net::IpAddr>().is_ok() {
        return wrong(
            field,
            "is an address; put the server's name here, and the address in the field `address` beside it",
        );
    }
    match host.chars().find(|c| !c.is_ascii_alphanumeric() && !"-.".contains(*c)) {
        Some(c) => wrong(field, &format!("is a host name without scheme or port, and can't have {c:?}")),
        None => Ok(()),
    }
}
