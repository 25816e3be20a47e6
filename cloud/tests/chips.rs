//! Tokens that a simulated chip signs, behind either driver.

use atecc608::config::preset;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::{DataContents, PublicKey, Slot, asynch, blocking};
use atecc608_cloud::mqtt::{Device, TOKEN_MAX, Token};
use atecc608_cloud::token::{BlockingChipSigner, ChipSigner, Lifetime};
use atecc608_sim::Bus;
use base64ct::{Base64UrlUnpadded, Encoding};
use embassy_futures::block_on;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};

const NOW: u64 = 1_700_000_000;

/// Looks at a token as a server does.
fn check(token: &str, key: &PublicKey) {
    let key = VerifyingKey::from_sec1_bytes(&[&[4], &key.as_bytes()[..]].concat()).unwrap();
    let (input, signature) = token.rsplit_once('.').unwrap();
    let signature = Signature::from_slice(&Base64UrlUnpadded::decode_vec(signature).unwrap()).unwrap();
    key.verify(input.as_bytes(), &signature).expect("the token's signature fits the key");
    let claims = Base64UrlUnpadded::decode_vec(input.split_once('.').unwrap().1).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims, serde_json::json!({"iat": NOW, "exp": NOW + 86_400, "aud": "p"}));
}

#[test]
fn chips_behind_either_driver_sign_tokens() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = blocking::Atecc608::new(bus.i2c(), bus.delay());
    let wanted = preset::gcp_device(&chip.read_config().unwrap());
    chip.write_config(&wanted).unwrap();
    chip.lock_config(&wanted, NoMoreConfigWrites).unwrap();
    let (key, _) = chip.ensure_key(Slot::S0).unwrap();
    chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites).unwrap();
    let device = Device::new("p", "r", "reg", "dev").unwrap();
    let mut buffer = [0; TOKEN_MAX];
    let mut signer = BlockingChipSigner::new(&mut chip, Slot::S0);
    let issue = Token::issue(&device, NOW, Lifetime::MAX, &mut signer, &mut buffer);
    check(block_on(issue).unwrap().as_str(), &key);
    let mut chip = asynch::Atecc608::new(bus.i2c(), bus.delay());
    let mut signer = ChipSigner::new(&mut chip, Slot::S0);
    let issue = Token::issue(&device, NOW, Lifetime::MAX, &mut signer, &mut buffer);
    check(block_on(issue).unwrap().as_str(), &key);
    // Slot 8 holds data, not a key.
    let mut signer = ChipSigner::new(&mut chip, Slot::S8);
    let issue = Token::issue(&device, NOW, Lifetime::MAX, &mut signer, &mut buffer);
    let error = block_on(issue).unwrap_err();
    assert!(error.to_string().starts_with("the token was not signed: "), "{error}");
}
