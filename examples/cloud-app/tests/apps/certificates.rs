//! The certificate of a device: in files, or on the chip.

use crate::account::Account;
use crate::device::Element;
use atecc608::config::{KeyConfig, KeyFlags, preset as configuration};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::x509::trust::{MICROCHIP, Part, TrustAnchor};
use atecc608::x509::{
    Certificate, DateTime, Dates, Definition, Enrolment, KeyPlace, SignerId, SlotPlace, Term,
};
use atecc608::{Address, DataContents, PublicKey, Slot, asynch, blocking};
use atecc608_cloud::identity::Unusable;
use atecc608_fleet::authority::{Certificates, Kind, Names};
use atecc608_fleet::key_file;
use atecc608_sim::preset::{Preset, demo_root};
use atecc608_sim::{Bus, ChipId};
use cloud_app::apps::{FoundError, TemplateFiles, find_slot, read_templates, read_trust};

fn at(year: u16) -> DateTime {
    DateTime::new(year, 3, 1, 12, 0, 0).unwrap()
}

#[tokio::test]
async fn a_chain_in_files_is_for_a_key_of_this_chip() {
    let (account, element) = (Account::new(), Element::new());
    let [own, signer] = account.certify("any", &element.key.to_sec1());
    let mut chip = element.driver();
    assert_eq!(find_slot(&mut chip, &[&own, &signer]).await.unwrap(), Slot::S0);
    let other = find_slot(&mut chip, &[&signer, &own]).await.unwrap_err();
    assert!(matches!(other, FoundError::OtherKey));
    assert!(other.to_string().contains("`csr` prints a request"), "{other}");
    for bad in [&[][..], &[&b"no certificate"[..]]] {
        let bad = find_slot(&mut chip, bad).await.unwrap_err();
        assert!(matches!(bad, FoundError::Leaf(_)) && bad.to_string().contains("the device's own"), "{bad}");
    }
    element.bus.remove(ChipId::FIRST);
    let gone = find_slot(&mut chip, &[&own]).await.unwrap_err();
    assert!(matches!(gone, FoundError::Chip(_)) && gone.to_string().contains("no chip answers"), "{gone}");
}

/// A key in another slot that does not tell its public half, which is not asked for it.
#[tokio::test]
async fn a_chain_beside_a_key_that_is_not_told() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = blocking::Atecc608::new(bus.i2c(), bus.delay());
    let mut wanted = configuration::gcp_device(&chip.read_config().unwrap());
    let key = wanted.key_config(Slot::S0);
    wanted.set_key_config(Slot::S0, KeyConfig::new(key.key_type(), KeyFlags::PRIVATE));
    chip.write_config(&wanted).unwrap();
    chip.lock_config(&wanted, NoMoreConfigWrites).unwrap();
    let _ = chip.ensure_key(Slot::S0);
    let (key, _) = chip.ensure_key(Slot::S1).unwrap();
    chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites).unwrap();
    assert!(chip.is_key_valid(Slot::S0).unwrap());
    chip.public_key(Slot::S0).unwrap_err();
    let [own, signer] = Account::new().certify("any", &key.to_sec1());
    let mut chip = asynch::Atecc608::new(bus.i2c(), bus.delay());
    assert_eq!(find_slot(&mut chip, &[&own, &signer]).await.unwrap(), Slot::S1);
}

/// A device of the station: its authority, and a chip that it has provisioned.
fn fleet() -> (Certificates, Bus) {
    let (mut root, mut signer) = (key_file::generate(), key_file::generate());
    let names = Names { organization: "Example".into(), root: "Root".into(), signer: "Signer".into() };
    let signer_key = blocking::CertificateSigner::public_key(&signer);
    let made = Certificates::make(&mut root, signer_key, &names, SignerId(0xBEEF), Kind::default(), at(2026));
    let certificates = made.unwrap();
    let root_key = Certificate::parse(certificates.root()).unwrap().public_key().unwrap();
    let bus = Bus::with_blank_chip(1);
    certificates.with_device_template(|of_device| {
        certificates.with_signer_template(|of_signer| {
            let stored = KeyPlace::Stored(SlotPlace::S11);
            let device = Definition::new(of_device, SlotPlace::S10, KeyPlace::Private(Slot::S0), stored);
            let by = Definition::new(of_signer, SlotPlace::S12, stored, KeyPlace::Known(root_key));
            let compressed = certificates.compressed_signer().unwrap();
            let dates = Dates::new(at(2026), Term::Years(20)).unwrap();
            let enrolment = Enrolment::new(&device, SignerId(0xBEEF), dates).with_signer(&by, &compressed);
            let mut chip = blocking::Atecc608::new(bus.i2c(), bus.delay());
            let mut room = [0; 1024];
            let done = chip.provision_with_certificate(
                configuration::x509_device,
                &enrolment,
                &mut signer,
                &mut room,
                NoMoreConfigWrites,
                NoMoreFreeDataWrites,
            );
            done.unwrap();
        });
    });
    (certificates, bus)
}

fn files(certificates: &Certificates) -> TemplateFiles<'_> {
    TemplateFiles {
        device: certificates.example(),
        signer: certificates.signer(),
        signer_id: "BEEF",
        root: Certificate::parse(certificates.root()).unwrap().public_key().unwrap(),
    }
}

#[tokio::test]
async fn a_fleets_device_has_its_certificate_on_the_chip() {
    let (certificates, bus) = fleet();
    let mut chip = asynch::Atecc608::new(bus.i2c(), bus.delay());
    let (mut one, mut other) = ([0; 1024], [0; 1024]);
    let found =
        read_templates(&mut chip, &files(&certificates), at(2027), &mut one, &mut other).await.unwrap();
    assert_eq!(found.slot, Slot::S0);
    assert_eq!(found.signer, certificates.signer());
    let own = Certificate::parse(found.device).unwrap();
    assert!(own.common_name().unwrap().starts_with("sn0123"), "{:?}", own.common_name());
    let chain = [found.device, found.signer].map(<[u8]>::to_vec);
    assert_eq!(find_slot(&mut chip, &[&chain[0]]).await.unwrap(), Slot::S0);

    // Another fleet's root does not vouch for it, whatever it is named.
    let stranger = fleet().0;
    let others = read_templates(&mut chip, &files(&stranger), at(2027), &mut one, &mut other).await;
    let others = others.unwrap_err();
    assert!(matches!(others, FoundError::Nothing(Unusable::Certificate(_))), "{others}");
    // And where nothing was written, there is nothing.
    let element = Element::new();
    let nothing =
        read_templates(&mut element.driver(), &files(&certificates), at(2027), &mut one, &mut other).await;
    let nothing = nothing.unwrap_err();
    assert!(matches!(nothing, FoundError::Nothing(_)), "{nothing}");
    assert!(nothing.to_string().contains("no certificate of this authority is on the chip"), "{nothing}");
}

#[tokio::test]
async fn a_part_from_the_factory() {
    let bus = Bus::new();
    bus.add(Preset::TngTls.chip(1));
    let address = Address::from_7bit(0x35).unwrap();
    let mut chip = asynch::Atecc608::new(bus.i2c(), bus.delay()).with_address(address);
    let demo = MICROCHIP.with_root(TrustAnchor::new(PublicKey::from_bytes(demo_root().public_key)));
    let (mut one, mut other) = ([0; 1024], [0; 1024]);
    let (part, found) = read_trust(&mut chip, &demo, &mut one, &mut other).await.unwrap();
    assert_eq!((part.part, found.slot), (Part::TngTls, Slot::S0));
    let device = found.device.to_vec();
    assert_eq!(find_slot(&mut chip, &[&device]).await.unwrap(), Slot::S0);
    // Microchip's root does not vouch for a simulated part.
    let refused = read_trust(&mut chip, &MICROCHIP, &mut one, &mut other).await.unwrap_err();
    assert!(matches!(refused, FoundError::Trust(_)), "{refused}");
    // A chip without certificates is none of these parts.
    let blank = read_trust(&mut Element::new().driver(), &demo, &mut one, &mut other).await.unwrap_err();
    assert!(matches!(blank, FoundError::Trust(_)) && !blank.to_string().is_empty(), "{blank}");
}
