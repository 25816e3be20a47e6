//! Azure's tokens, by the HMAC of a chip: a simulated one of this program, which gets the key.

use super::failure::Failure;
use atecc608::blocking::Atecc608;
use atecc608::config::build::{Builder, Purpose};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::{DataContents, Slot};
use atecc608_cloud::azure::dps::Registration;
use atecc608_cloud::azure::hub::Device;
use atecc608_cloud::azure::sas::{BlockingChipHmac, SasToken, SymmetricKey, TOKEN_MAX};
use atecc608_cloud::token::Lifetime;
use embassy_futures::block_on;
use serde::Deserialize;
use serde_json::{Value, json};

const SLOT: Slot = Slot::S3;

/// A device of a hub, or a registration.
#[derive(Debug, Deserialize)]
pub(crate) struct Request {
    /// In base64.
    key: String,
    #[serde(default)]
    hub: Option<(String, String)>,
    #[serde(default)]
    registration: Option<(String, String)>,
    /// In Unix seconds.
    expires: u64,
}

/// The token.
pub(crate) fn token(request: &Request) -> Result<Value, Failure> {
    let key = SymmetricKey::from_base64(&request.key)?;
    let resource = match (&request.hub, &request.registration) {
        (Some((host, id)), None) => Device::new(host, id)?.resource(),
        (None, Some((scope, id))) => Registration::new(scope, id)?.resource(),
        _ => return Err(Failure::misuse("either a hub or a registration")),
    };
    let bus = atecc608_sim::Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let wanted = Builder::new(&chip.read_config()?).slot(SLOT, Purpose::MacKey).build()?;
    chip.write_config(&wanted)?;
    chip.lock_config(&wanted, NoMoreConfigWrites)?;
    chip.write_slot(SLOT, 0, key.secret().expose())?;
    let contents = DataContents::BLANK.with_slot(SLOT, key.secret().expose());
    chip.lock_data(&contents.unwrap_or(DataContents::BLANK), NoMoreFreeDataWrites)?;
    let mut signer = BlockingChipHmac::new(&mut chip, SLOT);
    let mut buffer = [0; TOKEN_MAX];
    let now = request.expires.saturating_sub(Lifetime::HOUR.as_secs());
    let token = block_on(SasToken::issue(&resource, now, Lifetime::HOUR, &mut signer, &mut buffer))?;
    Ok(json!(token.as_str()))
}

/// A device's key, derived from its group's.
pub(crate) fn derive(group_key: &str, registration_id: &str) -> Result<Value, Failure> {
    let key = SymmetricKey::derived(group_key, registration_id)?;
    Ok(json!(key.to_base64(&mut [0; 44])))
}
