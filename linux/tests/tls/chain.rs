//! Which chains are taken for a key, and what is said of the others.

use atecc608::x509::trust::{MICROCHIP, TrustAnchor};
use atecc608::{PublicKey, Slot};
use atecc608_linux::rustls::{ChainError, ChipKey, certified_key};
use atecc608_sim::preset::demo_root;
use rustls::pki_types::CertificateDer;
use rustls::sign::SigningKey as _;
use rustls::{SignatureAlgorithm, SignatureScheme};

use crate::authority::{Authority, Point};
use crate::board::Board;

fn refused(key: &ChipKey, chain: &[CertificateDer<'static>]) -> ChainError {
    certified_key(key.clone(), chain.to_vec()).unwrap_err()
}

#[test]
fn the_key_is_ecdsa_on_p256_with_sha256_and_nothing_else() {
    let board = Board::new();
    let key = board.key();
    assert_eq!(key.algorithm(), SignatureAlgorithm::ECDSA);
    let offered = [SignatureScheme::ED25519, SignatureScheme::ECDSA_NISTP256_SHA256];
    let signer = key.choose_scheme(&offered).unwrap();
    assert_eq!(signer.scheme(), SignatureScheme::ECDSA_NISTP256_SHA256);
    let others = [
        SignatureScheme::ED25519,
        SignatureScheme::ECDSA_NISTP384_SHA384,
        SignatureScheme::ECDSA_SHA1_Legacy,
        SignatureScheme::RSA_PSS_SHA256,
    ];
    assert!(key.choose_scheme(&others).is_none());
    assert!(key.choose_scheme(&[]).is_none());
}

#[test]
fn chains_of_any_length_with_the_root_or_without() {
    let board = Board::new();
    let key = board.key();
    let mut authority = Authority::root("Root");
    for _ in 0..3 {
        let mut chain = authority.device(&Point(key.public_key().to_sec1()));
        while !chain.is_empty() {
            // rustls compares the keys as well.
            certified_key(key.clone(), chain.clone()).unwrap().keys_match().unwrap();
            chain.pop();
        }
        authority = authority.below("Signer");
    }
}

#[test]
fn the_chain_of_the_chip_itself() {
    let board = Board::new();
    let root = TrustAnchor::new(PublicKey::from_bytes(demo_root().public_key));
    let chain = board.chip.read_trust_chain(&MICROCHIP.with_root(root)).unwrap();
    assert_eq!(chain, Board::PRESET.chain(Board::SEED)[..2]);
    let pair = certified_key(board.key(), chain).unwrap();
    assert_eq!(pair.cert.len(), 2);
    pair.keys_match().unwrap();
}

#[test]
fn a_chain_of_another_key() {
    let board = Board::new();
    let key = board.key();
    let authority = Authority::root("Root");
    assert_eq!(refused(&key, &[]), ChainError::Empty);
    assert!(ChainError::Empty.to_string().starts_with("the chain is empty"));

    let other = ChipKey::new(board.chip.clone(), Slot::new(1).unwrap()).unwrap();
    let error = refused(&key, &authority.device(&Point(other.public_key().to_sec1())));
    let ids = (key.public_key().key_id(), other.public_key().key_id());
    assert_eq!(error, ChainError::OtherKey { chip: ids.0, certificate: Some(ids.1) });
    assert_eq!(
        error.to_string(),
        format!(
            "the certificate is for another key than the one in the chip's slot (key id {}, the chip's is {}). See \
             that it is this chip's certificate and the right slot, and that no new key was made in the slot since it \
             was issued",
            ids.1, ids.0
        )
    );

    let p384 = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    let error = refused(&key, &authority.device(&p384));
    assert_eq!(error, ChainError::OtherKey { chip: ids.0, certificate: None });
    assert!(error.to_string().contains("no P-256 key"), "{error}");
}

#[test]
fn certificates_in_another_order() {
    let board = Board::new();
    let key = board.key();
    let authority = Authority::root("Root").below("Signer A").below("Signer B");
    let chain = authority.device(&Point(key.public_key().to_sec1()));
    let [device, b, a, root] = &chain[..] else { panic!("{}", chain.len()) };
    let of = |certificates: &[&CertificateDer<'static>]| {
        let chain: Vec<_> = certificates.iter().map(|certificate| (*certificate).clone()).collect();
        let error = refused(&key, &chain);
        (error.to_string(), error)
    };

    let (said, error) = of(&[root, a, b, device]);
    assert_eq!(error, ChainError::NotFirst { number: 4 });
    assert!(said.contains("certificate 4 of the chain is the one for the chip's key"), "{said}");

    let (said, error) = of(&[device, a, b]);
    assert_eq!(error, ChainError::Order { number: 1, issuer: Some(3) });
    assert!(said.ends_with("by certificate 2, but by certificate 3, which has to come next"), "{said}");

    let (said, error) = of(&[device, a]);
    assert_eq!(error, ChainError::Order { number: 1, issuer: None });
    assert!(said.contains("each has to be followed by its issuer's"), "{said}");

    let (said, error) = of(&[device, b, a, root, a]);
    assert_eq!(error, ChainError::Order { number: 4, issuer: Some(4) });
    assert!(said.contains("it is a root, which comes last"), "{said}");

    // A signer of the same name, with another key.
    let namesake = Authority::root("Root").below("Signer A").below("Signer B");
    assert_eq!(of(&[device, &namesake.chain[0]]).1, ChainError::Order { number: 1, issuer: None });
}

#[test]
fn bytes_that_are_no_certificate() {
    let board = Board::new();
    let key = board.key();
    let mut chain = Authority::root("Root").device(&Point(key.public_key().to_sec1()));
    chain[1] = b"-----BEGIN CERTIFICATE-----".to_vec().into();
    let error = refused(&key, &chain);
    assert!(matches!(error, ChainError::Certificate { number: 2, .. }), "{error:?}");
    assert!(error.to_string().starts_with("certificate 2 of the chain: this is no certificate"), "{error}");
}
