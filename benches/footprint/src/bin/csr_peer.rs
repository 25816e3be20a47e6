//! The same with at-cryptoauth 0.6, its blocking half.
#![no_std]
#![no_main]

use at_cryptoauth::AtCaClient;
use at_cryptoauth::cert::attr::AttributeTypeAndValue;
use at_cryptoauth::cert::builder::{Builder, Error, RequestBuilder};
use at_cryptoauth::cert::name::{Name, RelativeDistinguishedName};
use at_cryptoauth::der::asn1::{AnyRef, ObjectIdentifier, SequenceOf, SetOf};
use at_cryptoauth::der::{Encode, Tag};
use at_cryptoauth::memory::Slot;
use core::hint::black_box;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use footprint::{Bus, COMMON_NAME};

const ID_AT_COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

fn run() -> Result<(), Error> {
    let chip = AtCaClient::<NoopRawMutex, Bus>::new(Bus);
    let value = AnyRef::new(Tag::Utf8String, black_box(COMMON_NAME).as_bytes())?;
    let mut attributes = SetOf::new();
    attributes.insert(AttributeTypeAndValue { oid: ID_AT_COMMON_NAME, value })?;
    let mut names = SequenceOf::new();
    names.add(RelativeDistinguishedName(attributes))?;
    // What is signed, then the whole.
    let (mut info, mut der) = ([0; 256], [0; 256]);
    let request =
        RequestBuilder::new(Name::from(names))?.build(&mut info, &chip.signer(Slot::PrivateKey00))?;
    black_box(request.encode_to_slice(&mut der)?);
    Ok(())
}

#[unsafe(no_mangle)]
extern "C" fn _start() -> u8 {
    run().is_ok().into()
}
