//! What the machine puts into flash.

use atecc608::{PublicKey, Secret, Signature};
use core::hint::black_box;

/// By these bytes the machine finds where a secret belongs.
pub(crate) const fn place(name: u8) -> [u8; 32] {
    let mut bytes = [name; 32];
    let head = *b"secret:";
    let mut i = 0;
    while i < head.len() {
        bytes[i] = head[i];
        i += 1;
    }
    bytes
}

macro_rules! inputs {
    ($($name:ident: $type:ty = $value:expr;)*) => {
        $(pub(crate) fn $name() -> &'static $type {
            static PLACE: $type = $value;
            // The compiler does not know that it is these bytes that are read.
            black_box(&PLACE)
        })*
    };
}

inputs! {
    key: Secret<32> = Secret::new(place(b'k'));
    plain: Secret<32> = Secret::new(place(b'p'));
    same: Secret<32> = Secret::new(place(b's'));
    temp_key: Secret<32> = Secret::new(place(b't'));
    bytes: [u8; 32] = place(b'b');
    nonce: [u8; 32] = [0x66; 32];
    digest: [u8; 32] = [0xD1; 32];
    num_in: [u8; 20] = [0x17; 20];
    public_key: PublicKey = PublicKey::from_bytes(*b"public:xpublic:xpublic:xpublic:xpublic:xpublic:xpublic:xpublic:x");
    signature: Signature = Signature::from_bytes(*b"signed:xsigned:xsigned:xsigned:xsigned:xsigned:xsigned:xsigned:x");
}
