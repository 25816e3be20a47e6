//! Signatures, and tokens, which hold one.

use base64ct::Encoding as _;
use p256::ecdsa::Signature;

use crate::bench::Bench;

const BUS: &str = "sim:tngtls";

fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("letter.txt", "Meet me at noon.\n");
    bench.write("other.txt", "Meet me at dusk.\n");
    bench
}

#[test]
fn openssl_takes_the_chips() {
    let bench = bench();
    bench.write("key.pem", bench.atecc(BUS, "key public 0"));
    for slot in [0, 2] {
        bench.atecc(BUS, &format!("key public {slot} --out key.pem"));
        bench.write("letter.sig", bench.atecc(BUS, &format!("sign letter.txt --slot {slot}")));
        assert!(
            bench
                .openssl("dgst -sha256 -verify key.pem -signature letter.sig letter.txt")
                .contains("Verified OK")
        );
        bench.openssl_refuses("dgst -sha256 -verify key.pem -signature letter.sig other.txt");
    }
    // A digest that is there is not hashed again.
    let digest = bench.openssl("dgst -sha256 -r letter.txt");
    bench.write("letter.sha256", digest);
    bench.atecc(BUS, "key public 0 --out key.pem");
    bench.atecc(BUS, "sign letter.sha256 --digest --out letter.sig");
    bench.openssl("dgst -sha256 -verify key.pem -signature letter.sig letter.txt");
}

#[test]
fn the_chip_takes_openssls() {
    let bench = bench();
    bench.openssl("ecparam -name prime256v1 -genkey -noout -out private.pem");
    bench.openssl("pkey -in private.pem -pubout -out key.pem");
    bench.openssl("dgst -sha256 -sign private.pem -out letter.sig letter.txt");
    let raw = Signature::from_der(&bench.read("letter.sig")).unwrap().to_bytes();
    bench.write("letter.raw", raw);
    for place in ["", "--on-host"] {
        for signature in ["letter.sig", "letter.raw"] {
            bench.atecc(BUS, &format!("verify letter.txt {signature} --public key.pem {place}"));
            let (code, said) =
                bench.fails(BUS, &format!("verify other.txt {signature} --public key.pem {place}"));
            assert_eq!(
                (code, &*said),
                (1, "the signature does not fit to this file and this key\n"),
                "{place}"
            );
        }
    }
    // Not with the key of the chip.
    assert_eq!(bench.fails(BUS, "verify letter.txt letter.sig").0, 1);
}

#[test]
fn openssl_verifies_tokens() {
    let bench = bench();
    bench.atecc(BUS, "key public 0 --out key.pem");
    let token = String::from_utf8(
        bench.atecc(BUS, "jwt --aud my-project --sub sensor-1 --time 2026-11-30T05:00:00Z"),
    )
    .unwrap();
    let (signed, signature) = token.trim().rsplit_once('.').unwrap();
    let signature = base64ct::Base64UrlUnpadded::decode_vec(signature).unwrap();
    bench.write("signed", signed);
    bench.write("signature", Signature::from_slice(&signature).unwrap().to_der());
    bench.openssl("dgst -sha256 -verify key.pem -signature signature signed");
    bench.write("token", &token);
    bench.atecc(BUS, "jwt verify token --aud my-project --time 2026-11-30T05:30:00Z");
    assert_eq!(bench.fails(BUS, "jwt verify token --slot 2 --time 2026-11-30T05:30:00Z").0, 1);
    // One bit of the claims.
    let mut forged = token.into_bytes();
    forged[60] ^= 1;
    bench.write("token", forged);
    assert_ne!(bench.fails(BUS, "jwt verify token --public key.pem").0, 0);
}
