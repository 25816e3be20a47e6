//! What options take. An error is a sentence for the person at the keyboard.

use atecc608_linux::{Location, LocationError};

use super::{Cloud, Onboard, Service, Version};

pub(super) fn cloud(text: &str) -> Result<Cloud, String> {
    match text {
        "aws" => Ok(Cloud::Aws),
        "azure" => Ok(Cloud::Azure(Service::EventGrid)),
        "google" => Ok(Cloud::Google),
        "mosquitto" => Ok(Cloud::Mosquitto),
        _ => Err("a cloud is aws, azure, google or mosquitto (which stands for any MQTT broker)".into()),
    }
}

pub(super) fn azure(text: &str) -> Result<Service, String> {
    match text {
        "event-grid" => Ok(Service::EventGrid),
        "hub" => Ok(Service::Hub),
        "dps" => Ok(Service::Dps),
        _ => Err("Azure's services are event-grid, hub and dps".into()),
    }
}

pub(super) fn onboard(text: &str) -> Result<Onboard, String> {
    match text {
        "registered" => Ok(Onboard::Registered),
        "jitr" => Ok(Onboard::Jitr),
        "jitp" => Ok(Onboard::Jitp),
        "claim" => Ok(Onboard::Claim),
        _ => Err("the ways are registered, jitr, jitp and claim".into()),
    }
}

pub(super) fn version(text: &str) -> Result<Version, String> {
    match text {
        "1.2" => Ok(Version::Tls12),
        "1.3" => Ok(Version::Tls13),
        _ => Err("the versions are 1.2 and 1.3".into()),
    }
}

pub(super) fn location(text: &str) -> Result<Location, String> {
    text.parse().map_err(|error: LocationError| error.to_string())
}

pub(super) fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| String::from("a project's number has only digits"))
}

/// A host, with a port or without.
pub(super) fn endpoint(text: &str) -> Result<String, String> {
    if text.contains("://") || text.contains('/') {
        return Err("an endpoint is a host, or host and port, and no URL".into());
    }
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => match text.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') => (host, Some(port)),
            _ => (text, None),
        },
    };
    if host.is_empty() {
        return Err("there is no host in it".into());
    }
    match port.map(str::parse::<u16>) {
        Some(Err(_) | Ok(0)) => Err("a port is a number from 1 to 65535".into()),
        _ => Ok(text.to_owned()),
    }
}
