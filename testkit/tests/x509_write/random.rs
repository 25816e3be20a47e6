//! A thousand names, dates and serial numbers, beside `x509-cert`.

use crate::{Failure, other};
use atecc608::x509::{
    Attribute, AttributeType, Csr, DateTime, ExtendedKeyUsage, GeneralName, KeyUsage, Name, Profile,
    TbsCertificate, Validity,
};
use atecc608::{PublicKey, Signature};
use p256::ecdsa::SigningKey;
use testkit::Random;
use x509_cert::der::{Decode, Encode};
use x509_cert::request::CertReq;

const UTF8: &str = "abcXYZ 019 .,-_@&äöüÄÖÜßéñøłжш日本語€𐍈🙂\"\\/=+#";
const PRINTABLE: &str = "abcXYZ019 '()+,-./:=?";
const IA5: &str = "abcXYZ019 !\"#$%&*;<>@[]^_`{|}~";

fn text(random: &mut Random, letters: &str, most: usize) -> String {
    let letters: Vec<char> = letters.chars().collect();
    let len = 1 + random.below(most);
    (0..len).map(|_| random.pick(&letters)).collect()
}

/// Attributes, most often few.
fn attributes(random: &mut Random, kinds: &[AttributeType]) -> Vec<(AttributeType, String)> {
    let n = 1 + random.below(6);
    let mut list = Vec::new();
    for _ in 0..n {
        let kind = random.pick(kinds);
        let value = match kind {
            AttributeType::Country => {
                format!("{}{}", random.pick(&['A', 'D', 'Z']), random.pick(&['A', 'E', 'Z']))
            }
            AttributeType::SerialNumber | AttributeType::DnQualifier => text(random, PRINTABLE, 64),
            AttributeType::DomainComponent => text(random, IA5, 63),
            AttributeType::Email => text(random, IA5, 255),
            AttributeType::State | AttributeType::Locality | AttributeType::Pseudonym => {
                text(random, UTF8, 128)
            }
            AttributeType::UserId => text(random, UTF8, 256),
            _ => text(random, UTF8, 64),
        };
        list.push((kind, value));
    }
    list
}

fn borrowed(list: &[(AttributeType, String)]) -> Vec<Attribute<'_>> {
    list.iter().map(|(kind, value)| Attribute { kind: *kind, value }).collect()
}

/// From 1970 on, which is where `x509-cert` begins; often near 2050, where the form changes.
fn date(random: &mut Random) -> DateTime {
    const MAX: u64 = 253_402_300_799;
    const YEAR_2050: u64 = 2_524_608_000;
    let seconds = match random.below(4) {
        0 => random.next() % (MAX + 1),
        1 => YEAR_2050 - 1 + random.next() % 2,
        2 => random.pick(&[0, MAX]),
        _ => random.next() % (2 * YEAR_2050),
    };
    DateTime::from_unix(seconds).expect("a date")
}

fn key(random: &mut Random) -> PublicKey {
    let bytes: [u8; 32] = core::array::from_fn(|_| random.next() as u8);
    PublicKey::from_bytes(testkit::public_of(&bytes))
}

fn serial(random: &mut Random) -> Vec<u8> {
    let len = 1 + random.below(20);
    let mut bytes: Vec<u8> = (0..len).map(|_| random.next() as u8).collect();
    if len == 20 {
        bytes[0] &= 0x7F;
    }
    // Not zero.
    bytes[len - 1] |= 1;
    bytes
}

struct Names {
    uri: String,
    host: String,
    directory: Vec<(AttributeType, String)>,
}

impl Names {
    fn new(random: &mut Random, kinds: &[AttributeType]) -> Self {
        Self {
            uri: format!("urn:x:{}", text(random, "abc019-._~:/?#[]@!$&'()*+,;=%", 200)),
            host: format!("{}.{}", text(random, "abcXYZ019_", 63), text(random, "abcXYZ019_", 63)),
            directory: attributes(random, kinds),
        }
    }
}

#[test]
fn certificates_and_requests() -> Result<(), Failure> {
    let mut random = Random(13);
    let kinds: Vec<_> = other::kinds().collect();
    let signer = SigningKey::from_slice(&testkit::KEY)?;
    let usages =
        [KeyUsage::empty(), KeyUsage::KEY_AGREEMENT, KeyUsage::KEY_ENCIPHERMENT, KeyUsage::DECIPHER_ONLY];
    for round in 0..1000 {
        let (issuer, subject) = (attributes(&mut random, &kinds), attributes(&mut random, &kinds));
        let (issuer, subject) = (borrowed(&issuer), borrowed(&subject));
        let texts = Names::new(&mut random, &kinds);
        let directory = borrowed(&texts.directory);
        let all = [
            GeneralName::Dns(&texts.host),
            GeneralName::Uri(&texts.uri),
            GeneralName::Directory(Name::Attributes(&directory)),
        ];
        let names = &all[..random.below(4)];
        let (first, second) = (date(&mut random), date(&mut random));
        let also = random.pick(&usages);
        let path_len = random.pick(&[None, Some(0), Some(1), Some(127), Some(128), Some(255)]);
        let profile = random.pick(&[Profile::Device { also }, Profile::Signer { path_len, also }]);
        let nobody = !names.is_empty() && !profile.basic_constraints().ca && random.below(4) == 0;
        let subject = if nobody { &[] } else { &subject[..] };
        let tbs = TbsCertificate {
            serial: &serial(&mut random),
            issuer: Name::Attributes(&issuer),
            validity: Validity { not_before: first.min(second), not_after: first.max(second) },
            subject: Name::Attributes(subject),
            subject_key: key(&mut random),
            issuer_key: testkit::known_public_key(),
            profile,
            alternative_names: names,
        };
        let mut buffer = vec![0; tbs.max_der_len()];
        let ours = tbs.write(&mut buffer)?;
        assert_eq!(ours.message(), other::tbs(&tbs, &signer)?, "{round}: {tbs:?}");

        let mut csr = Csr::new(tbs.subject).with_alternative_names(names);
        let mut extensions = Vec::new();
        if random.below(2) == 0 {
            csr = csr.with_key_usage(tbs.profile.key_usage());
            extensions.push(other::key_usage(tbs.profile.key_usage())?);
        }
        if random.below(2) == 0 {
            let usage = random.pick(&[ExtendedKeyUsage::CLIENT_AUTH, ExtendedKeyUsage::all()]);
            csr = csr.with_extended_key_usage(usage);
            extensions.push(other::extended_key_usage(usage)?);
        }
        if !names.is_empty() {
            extensions.push(other::alternative_names(names, subject.is_empty())?);
        }
        let mut buffer = vec![0; csr.max_der_len()];
        let ours = csr.write(&testkit::known_public_key(), &mut buffer)?;
        let theirs = other::request(subject, &testkit::known_public_key(), extensions)?;
        assert_eq!(ours.message(), theirs, "{round}: {csr:?}");
        // With a signature of any length.
        let mut bytes = [0; 64];
        for half in bytes.chunks_mut(32) {
            let zeros = random.below(4) * random.below(9);
            half.iter_mut().skip(zeros).for_each(|byte| *byte = random.next() as u8 >> random.below(2));
            half[31] |= 1;
        }
        let signature = Signature::from_bytes(bytes);
        let whole = ours.finish(&signature)?;
        let read = CertReq::from_der(whole)?;
        assert_eq!(read.to_der()?, whole);
        let der = p256::ecdsa::DerSignature::try_from(signature)?;
        assert_eq!(read.signature.as_bytes(), Some(der.as_bytes()));
    }
    Ok(())
}
