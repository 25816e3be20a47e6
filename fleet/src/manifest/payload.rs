//! The payload: JSON as it is signed, to and from a [`Device`].

use super::device::{Device, Key, Party, PublicData, Zone};
use super::error::ManifestErrorKind;
use crate::text::{serial_from_hex, time_from_rfc3339};
use atecc608::PublicKey;
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};

/// The one version there is.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payload {
    version: u32,
    model: String,
    part_number: String,
    manufacturer: PartyJson,
    provisioner: PartyJson,
    #[serde(alias = "distributor")]
    distributer: PartyJson,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group_id: Option<String>,
    provisioning_timestamp: String,
    unique_id: String,
    public_key_set: KeySet,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model_info: Option<ModelInfo>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PartyJson {
    organization_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    organizational_unit_name: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct KeySet {
    keys: Vec<Jwk>,
}

#[derive(Serialize, Deserialize)]
struct Jwk {
    kid: String,
    kty: String,
    crv: String,
    x: String,
    y: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    x5c: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModelInfo {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device_revision: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    public_data: Vec<PlaceJson>,
}

#[derive(Serialize, Deserialize)]
struct PlaceJson {
    zone: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    slot: Option<u8>,
    offset: u16,
    data: String,
}

impl From<&Party> for PartyJson {
    fn from(party: &Party) -> Self {
        Self { organization_name: party.organization.clone(), organizational_unit_name: party.unit.clone() }
    }
}

impl From<PartyJson> for Party {
    fn from(party: PartyJson) -> Self {
        Self { organization: party.organization_name, unit: party.organizational_unit_name }
    }
}

impl Zone {
    const NAMES: [(Zone, &'static str); 3] =
        [(Zone::Data, "data"), (Zone::Otp, "otp"), (Zone::Config, "config")];

    fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Otp => "otp",
            Self::Config => "config",
        }
    }
}

impl From<&Device> for Payload {
    fn from(device: &Device) -> Self {
        let keys = device.keys.iter().map(|key| Jwk {
            kid: key.slot.to_string(),
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            x: Base64UrlUnpadded::encode_string(key.public_key.x()),
            y: Base64UrlUnpadded::encode_string(key.public_key.y()),
            x5c: key.certificates.iter().map(|der| Base64::encode_string(der)).collect(),
        });
        let places = device.public_data.iter().map(|place| PlaceJson {
            zone: place.zone.name().to_owned(),
            slot: place.slot,
            offset: place.offset,
            data: Base64UrlUnpadded::encode_string(&place.data),
        });
        let info = ModelInfo { device_revision: device.revision.clone(), public_data: places.collect() };
        let has_info = info.device_revision.is_some() || !info.public_data.is_empty();
        Self {
            version: VERSION,
            model: device.model.clone(),
            part_number: device.part_number.clone(),
            manufacturer: (&device.manufacturer).into(),
            provisioner: (&device.provisioner).into(),
            distributer: (&device.distributor).into(),
            group_id: device.group.clone(),
            provisioning_timestamp: format!("{}", device.provisioned),
            unique_id: device.serial.to_string(),
            public_key_set: KeySet { keys: keys.collect() },
            model_info: has_info.then_some(info),
        }
    }
}

/// Base64 as a member has it: without padding, of an alphabet that is safe in URLs.
pub(super) fn from_base64url(name: &'static str, text: &str) -> Result<Vec<u8>, ManifestErrorKind> {
    Base64UrlUnpadded::decode_vec(text)
        .map_err(|_| ManifestErrorKind::member(name, "not base64url without padding"))
}

fn coordinate(name: &'static str, text: &str) -> Result<[u8; 32], ManifestErrorKind> {
    let bytes = from_base64url(name, text)?;
    bytes.try_into().map_err(|_| ManifestErrorKind::member(name, "not 32 bytes"))
}

fn slot(text: &str) -> Result<u8, ManifestErrorKind> {
    // One spelling for each: no sign, no leading zero.
    let slot = text.parse::<u8>().ok().filter(|slot| *slot < 16 && slot.to_string() == text);
    slot.ok_or(ManifestErrorKind::member("kid", "no slot of 0 to 15"))
}

impl TryFrom<Jwk> for Key {
    type Error = ManifestErrorKind;

    fn try_from(jwk: Jwk) -> Result<Self, ManifestErrorKind> {
        if jwk.kty != "EC" {
            return Err(ManifestErrorKind::member("kty", "not EC"));
        }
        if jwk.crv != "P-256" {
            return Err(ManifestErrorKind::member("crv", "not P-256"));
        }
        let mut xy = [0; 64];
        let (x, y) = xy.split_at_mut(32);
        x.copy_from_slice(&coordinate("x", &jwk.x)?);
        y.copy_from_slice(&coordinate("y", &jwk.y)?);
        let certificates = jwk
            .x5c
            .iter()
            .map(|text| Base64::decode_vec(text).map_err(|_| ManifestErrorKind::member("x5c", "not base64")));
        Ok(Self {
            slot: slot(&jwk.kid)?,
            public_key: PublicKey::from_bytes(xy),
            certificates: certificates.collect::<Result<_, _>>()?,
        })
    }
}

impl TryFrom<PlaceJson> for PublicData {
    type Error = ManifestErrorKind;

    fn try_from(place: PlaceJson) -> Result<Self, ManifestErrorKind> {
        let zone = Zone::NAMES.into_iter().find(|(_, name)| *name == place.zone);
        let (zone, _) = zone.ok_or(ManifestErrorKind::member("zone", "not data, otp or config"))?;
        let data = from_base64url("data", &place.data)?;
        Ok(Self { zone, slot: place.slot, offset: place.offset, data })
    }
}

impl TryFrom<Payload> for Device {
    type Error = ManifestErrorKind;

    fn try_from(payload: Payload) -> Result<Self, ManifestErrorKind> {
        if payload.version != VERSION {
            return Err(ManifestErrorKind::member("version", "not 1"));
        }
        let serial = serial_from_hex(&payload.unique_id)
            .ok_or(ManifestErrorKind::member("uniqueId", "not 18 hexadecimal digits"))?;
        let provisioned = time_from_rfc3339(&payload.provisioning_timestamp).ok_or(
            ManifestErrorKind::member("provisioningTimestamp", "no time such as 2026-01-31T12:00:00Z"),
        )?;
        let keys = payload.public_key_set.keys.into_iter().map(Key::try_from);
        let info = payload.model_info.unwrap_or(ModelInfo { device_revision: None, public_data: Vec::new() });
        let device = Self {
            serial,
            model: payload.model,
            part_number: payload.part_number,
            manufacturer: payload.manufacturer.into(),
            provisioner: payload.provisioner.into(),
            distributor: payload.distributer.into(),
            group: payload.group_id,
            provisioned,
            revision: info.device_revision,
            keys: keys.collect::<Result<_, _>>()?,
            public_data: info.public_data.into_iter().map(PublicData::try_from).collect::<Result<_, _>>()?,
        };
        device.check()?;
        Ok(device)
    }
}
