//! The roots that come with the application are the ones they are meant to be.

use atecc608_cloud::tls::{RootError, Roots};

#[cfg(feature = "p384")]
mod elliptic {
    use atecc608_cloud::tls::{
        AMAZON_ROOT_CA_3, DIGICERT_TLS_ECC_P384_ROOT_G5, GTS_ROOT_R3, GTS_ROOT_R4, KeyKind, Roots, Timestamp,
    };
    use sha2::{Digest, Sha256};

    fn fingerprint(der: &[u8]) -> String {
        Sha256::digest(der).iter().map(|byte| format!("{byte:02X}")).collect()
    }

    /// As the authorities publish them.
    #[test]
    fn fingerprints() {
        assert_eq!(
            fingerprint(GTS_ROOT_R4),
            "349DFA4058C5E263123B398AE795573C4E1313C83FE68F93556CD5E8031B3C7D"
        );
        assert_eq!(
            fingerprint(GTS_ROOT_R3),
            "34D8A73EE208D9BCDB0D956520934B4E40E69482596E8B6F73C8426B010A6F48"
        );
        assert_eq!(
            fingerprint(DIGICERT_TLS_ECC_P384_ROOT_G5),
            "018E13F0772532CF809BD1B17281867283FC48C6E13BE9C69812854A490C1B05"
        );
        assert_eq!(
            fingerprint(AMAZON_ROOT_CA_3),
            "18CE6CFE7BF14E60B2E347B8DFE868CB31D02EBB3ADA271569F50343B46DB3A4"
        );
        #[cfg(any(feature = "rsa", feature = "rsa-ring"))]
        {
            assert_eq!(
                fingerprint(atecc608_cloud::tls::GTS_ROOT_R1),
                "D947432ABDE7B7FA90FC2E6B59101B1280E0E1C7E4E40FA3C6887FFF57A7F4CF"
            );
            assert_eq!(
                fingerprint(atecc608_cloud::tls::AMAZON_ROOT_CA_1),
                "8ECDE6884F3D87B1125BA31AC3FCB13D7016DE7F57CC904FE1CB97C6AE98196E"
            );
        }
    }

    #[test]
    fn names_keys_and_dates() {
        let roots = Roots::built_in().unwrap();
        let listed: Vec<_> =
            roots.list().iter().map(|root| (root.subject.as_str(), root.key, root.not_after)).collect();
        let expected = [
            ("CN=GTS Root R4,O=Google Trust Services LLC,C=US", KeyKind::P384, Timestamp(2_097_705_600)),
            ("CN=GTS Root R3,O=Google Trust Services LLC,C=US", KeyKind::P384, Timestamp(2_097_705_600)),
            // Its comma would look like the next part.
            (
                "CN=DigiCert TLS ECC P384 Root G5,O=DigiCert  Inc.,C=US",
                KeyKind::P384,
                Timestamp(2_399_587_199),
            ),
            #[cfg(any(feature = "rsa", feature = "rsa-ring"))]
            ("CN=GTS Root R1,O=Google Trust Services LLC,C=US", KeyKind::Rsa(4096), Timestamp(2_097_705_600)),
        ];
        assert_eq!(listed, expected);
    }

    #[test]
    fn amazons() {
        let mut roots = Roots::new();
        roots.add(AMAZON_ROOT_CA_3).unwrap();
        #[cfg(any(feature = "rsa", feature = "rsa-ring"))]
        roots.add(atecc608_cloud::tls::AMAZON_ROOT_CA_1).unwrap();
        let listed: Vec<_> =
            roots.list().iter().map(|root| (root.subject.as_str(), root.key, root.not_after)).collect();
        let expected = [
            ("CN=Amazon Root CA 3,O=Amazon,C=US", KeyKind::P256, Timestamp(2_221_603_200)),
            #[cfg(any(feature = "rsa", feature = "rsa-ring"))]
            ("CN=Amazon Root CA 1,O=Amazon,C=US", KeyKind::Rsa(2048), Timestamp(2_147_299_200)),
        ];
        assert_eq!(listed, expected);
    }

    /// It ends in January 2028.
    #[test]
    fn none_is_globalsign_r1() {
        for root in Roots::built_in().unwrap().list() {
            assert!(!root.subject.contains("GlobalSign") && !root.issuer.contains("GlobalSign"), "{root}");
            assert!(root.not_after > Timestamp(2_000_000_000), "{root}");
        }
    }
}

#[test]
fn a_server_can_not_be_pinned() {
    use mock_servers::pki::{Holder, Request, Usage};
    let mut roots = Roots::new();
    for usages in [vec![Usage::DigitalSignature], vec![Usage::KeyCertSign], Vec::new()] {
        let request = Request { usages, ..Request::server(&["bridge.example.com"]) };
        assert_eq!(roots.add(Holder::root(&request).unwrap().der()), Err(RootError::NotAnAuthority));
    }
    let no_issuer =
        Holder::root(&Request { usages: vec![Usage::CrlSign], ..Request::authority("Root") }).unwrap();
    assert_eq!(roots.add(no_issuer.der()), Err(RootError::NotAnAuthority));
    assert!(roots.list().is_empty());
}

#[test]
fn what_is_no_certificate_can_not_be_pinned() {
    let mut roots = Roots::new();
    for bytes in [&b""[..], b"-----BEGIN CERTIFICATE-----", &[0x30, 0x03, 0x02, 0x01, 0x01]] {
        assert_eq!(roots.add(bytes), Err(RootError::Malformed));
    }
    assert!(roots.list().is_empty());
}
