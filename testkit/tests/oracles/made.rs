//! Requests and certificates of this driver's, of every kind: each is taken by OpenSSL and GnuTLS, read by `x509-cert`, and
//! let in by rustls-webpki, which are asked about a changed one, too.

use crate::webpki::three_ways;
use crate::x509_cert::{key_of_request, read};
use atecc608::Slot;
use atecc608::blocking::{Atecc608, CertificateSigner, issue};
use atecc608::config::preset;
use atecc608::irreversible::{NoMoreConfigWrites, OldKeyIsLost};
use atecc608::x509::{
    Attribute, AttributeType, Certificate, Csr, DateTime, ExtendedKeyUsage, GeneralName, KeyUsage, Name,
    Profile, TbsCertificate, Validity,
};
use atecc608_sim::Bus;
use p256::ecdsa::SigningKey;
use testkit::{KEY, Random, oracle};
use x509_cert::der::Encode;

/// All kinds, and the characters that each may have.
const KINDS: [(AttributeType, &str, usize); 14] = {
    use AttributeType::*;
    const PRINTABLE: &str = "abcXYZ 019'()+,-./:=?";
    const ANY: &str = "abc Zä€\u{1F511}\"\\,;<>&_*@";
    [
        (CommonName, ANY, 64),
        (Organization, ANY, 64),
        (OrganizationalUnit, ANY, 64),
        (State, ANY, 128),
        (Locality, ANY, 128),
        (SerialNumber, PRINTABLE, 64),
        (DnQualifier, PRINTABLE, 64),
        (Title, ANY, 64),
        (Surname, ANY, 64),
        (GivenName, ANY, 64),
        (Pseudonym, ANY, 128),
        (UserId, ANY, 256),
        (DomainComponent, "abc-019", 63),
        (Email, "abc.+@019", 255),
    ]
};

/// Texts of a name, to borrow from.
struct Texts(Vec<(AttributeType, String)>);

impl Texts {
    /// Up to four attributes.
    fn random(random: &mut Random) -> Self {
        let one = |random: &mut Random| {
            let (kind, characters, most) = random.pick(&KINDS);
            let characters: Vec<char> = characters.chars().collect();
            let length = 1 + random.below(most);
            (kind, (0..length).map(|_| random.pick(&characters)).collect())
        };
        let mut texts: Vec<_> = (0..1 + random.below(4)).map(|_| one(random)).collect();
        texts.push((AttributeType::Country, "DE".to_owned()));
        Self(texts)
    }

    fn attributes(&self) -> Vec<Attribute<'_>> {
        self.0.iter().map(|(kind, value)| Attribute { kind: *kind, value }).collect()
    }
}

/// Names of the kinds that there are.
fn alternative_names<'a>(random: &mut Random, name: &'a [Attribute<'a>]) -> Vec<GeneralName<'a>> {
    let all = [
        GeneralName::Dns("sensor-7.example.com"),
        GeneralName::Dns("*.example.com"),
        GeneralName::Uri("urn:example:sensor:7"),
        GeneralName::Uri("spiffe://example.com/sensor/7"),
        GeneralName::Directory(Name::Attributes(name)),
    ];
    (0..random.below(4)).map(|_| random.pick(&all)).collect()
}

/// One bit in the second half is another.
fn changed(random: &mut Random, der: &[u8]) -> Vec<u8> {
    let mut changed = der.to_vec();
    changed[der.len() - 1 - random.below(der.len() / 2)] ^= 1 << random.below(8);
    changed
}

/// A chip that has a key in slot 0.
fn chip(seed: u64) -> Bus {
    let bus = Bus::with_blank_chip(seed);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let wanted = preset::gcp_device(&chip.read_config().unwrap());
    let plan = chip.plan(&wanted).unwrap();
    chip.commit(&plan, NoMoreConfigWrites).unwrap();
    chip.generate_key(Slot::S0, OldKeyIsLost).unwrap();
    bus
}

#[test]
fn requests() {
    let mut random = Random(1);
    let bus = chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let key = chip.public_key(Slot::S0).unwrap();
    for number in 0..60 {
        let (subject, directory) = (Texts::random(&mut random), Texts::random(&mut random));
        let (subject, directory) = (subject.attributes(), directory.attributes());
        let names = alternative_names(&mut random, &directory);
        let mut csr = Csr::new(Name::Attributes(&subject)).with_alternative_names(&names);
        if number % 2 == 0 {
            csr = csr.with_key_usage(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_AGREEMENT);
        }
        if number % 3 == 0 {
            csr = csr.with_extended_key_usage(ExtendedKeyUsage::CLIENT_AUTH);
        }
        let mut buffer = vec![0; csr.max_der_len()];
        let der = chip.sign_csr(Slot::S0, &csr, &mut buffer).unwrap();
        oracle::request(der).unwrap();
        oracle::request(&changed(&mut random, der)).unwrap_err();
        assert_eq!(key_of_request(der), key);
    }
}

/// A root in software, a signer that is a chip, and a device that is another.
#[test]
fn chains() {
    let mut random = Random(2);
    let mut root_key = SigningKey::from_slice(&KEY).unwrap();
    let (signer_bus, device_bus) = (chip(2), chip(3));
    let mut signer_chip = Atecc608::new(signer_bus.i2c(), signer_bus.delay());
    let device_key = Atecc608::new(device_bus.i2c(), device_bus.delay()).public_key(Slot::S0).unwrap();
    for number in 0..40 {
        let texts = [(); 4].map(|()| Texts::random(&mut random));
        let [root_name, signer_name, device_name, directory] = texts.each_ref().map(Texts::attributes);
        let serial = random_serial(&mut random);
        let validity = Validity {
            not_before: DateTime::new(2024, 2, 29, 0, 0, 0).unwrap(),
            not_after: if number % 2 == 0 {
                DateTime::MAX
            } else {
                DateTime::new(2049, 12, 31, 23, 59, 59).unwrap()
            },
        };
        let public = CertificateSigner::public_key(&root_key);
        let name = Name::Attributes(&root_name);
        let root = TbsCertificate::self_signed(&serial, name, validity, public, Profile::ROOT);
        let mut buffer = [0; 4096];
        let root_der = issue(&root, &mut root_key, &mut buffer).unwrap().to_vec();
        let root = Certificate::parse(&root_der).unwrap();

        let mut signer = signer_chip.keypair(Slot::S0).unwrap();
        let certificate = TbsCertificate {
            issuer: Name::Der(root.subject()),
            subject: Name::Attributes(&signer_name),
            subject_key: signer.public_key(),
            profile: Profile::SIGNER,
            ..TbsCertificate::self_signed(&serial, name, validity, public, Profile::ROOT)
        };
        let signer_der = issue(&certificate, &mut root_key, &mut buffer).unwrap().to_vec();
        let signer_certificate = Certificate::parse(&signer_der).unwrap();

        let names = alternative_names(&mut random, &directory);
        let certificate = TbsCertificate {
            serial: &serial,
            issuer: Name::Der(signer_certificate.subject()),
            validity,
            subject: Name::Attributes(&device_name),
            subject_key: device_key,
            issuer_key: signer.public_key(),
            profile: random.pick(&[Profile::DEVICE, Profile::GOOGLE_DEVICE]),
            alternative_names: &names,
        };
        let device_der = issue(&certificate, &mut signer, &mut buffer).unwrap().to_vec();

        let chain = [&device_der[..], &signer_der, &root_der];
        oracle::chain(&chain).unwrap();
        oracle::chain(&[&changed(&mut random, &device_der), &signer_der, &root_der]).unwrap_err();
        oracle::chain(&[&device_der, &changed(&mut random, &signer_der), &root_der]).unwrap_err();
        three_ways(chain);
        for der in chain {
            oracle::certificate(der).unwrap();
            reads_the_same(der);
        }
    }
}

/// 1 to 20 bytes, positive.
fn random_serial(random: &mut Random) -> Vec<u8> {
    let mut serial: Vec<u8> = (0..1 + random.below(20)).map(|_| random.next() as u8).collect();
    serial[0] = 1 + random.below(0x7F) as u8;
    serial
}

/// What `x509-cert` reads is what the driver reads.
pub(crate) fn reads_the_same(der: &[u8]) {
    let (theirs, ours) = (read(der), Certificate::parse(der).unwrap());
    let theirs = theirs.tbs_certificate();
    assert_eq!(theirs.serial_number().as_bytes(), ours.serial());
    assert_eq!(theirs.subject().to_der().unwrap(), ours.subject());
    assert_eq!(theirs.issuer().to_der().unwrap(), ours.issuer());
    assert_eq!(theirs.subject_public_key_info().to_der().unwrap(), ours.public_key_info());
    let seconds = |time: &x509_cert::time::Time| time.to_unix_duration().as_secs();
    let validity = ours.validity().unwrap();
    assert_eq!(Some(seconds(&theirs.validity().not_before)), validity.not_before.to_unix());
    assert_eq!(Some(seconds(&theirs.validity().not_after)), validity.not_after.to_unix());
    let extensions: Vec<_> =
        ours.extensions().map(|extension| (extension.critical, extension.value)).collect();
    let found = theirs.extensions().unwrap().iter();
    let found: Vec<_> =
        found.map(|extension| (extension.critical, extension.extn_value.as_bytes())).collect();
    assert_eq!(found, extensions);
}
