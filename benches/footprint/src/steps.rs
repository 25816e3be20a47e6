//! Operations whose instructions are counted, once for both halves of the driver.

/// A function `step_NAME` for each operation: everything it needs is ready at the first mark, and used at the second.
/// `$wait` is what comes after a call, `$block` what makes a block of the half, `$run` what runs such a block.
#[macro_export]
macro_rules! steps {
    ($half:ident, [$($wait:tt)*], [$($block:tt)*], $run:path) => {
        use atecc608::config::preset;
        use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites, OldKeyIsLost};
        use atecc608::formats::jwt::{Header, UnsignedJwt};
        use atecc608::{PublicKey, Secret, Signature, Slot, $half::{Atecc608, SharedKey}};
        use core::hint::black_box;
        use $crate::{Bus, Claims, DIGEST, Delay, key_and_signature, mark, sure};
        use sha2::{Digest, Sha256};

        $crate::steps!(@ [$($wait)*], [$($block)*], $run,
            step_info(chip) [] chip.revision()$($wait)*;
            step_serial_number(chip) [] chip.serial_number()$($wait)*;
            step_read_config(chip) [] chip.read_config()$($wait)*;
            step_write_config(chip)
                [let wanted = preset::gcp_device(&sure(chip.read_config()$($wait)*));]
                chip.write_config(&wanted)$($wait)*;
            step_generate_key(chip) [] chip.generate_key(Slot::S1, OldKeyIsLost)$($wait)*;
            step_sign_digest(chip) [] chip.sign_digest(Slot::S0, black_box(&DIGEST))$($wait)*;
            step_verify(chip)
                [let (key, signature) = key_and_signature();
                let (key, signature) = (PublicKey::from_bytes(key), Signature::from_bytes(signature));]
                chip.verify(&key, black_box(&DIGEST), &signature)$($wait)*;
            step_sha256(chip) [] chip.sha256(black_box(&[0x5A; 1024]))$($wait)*;
            step_encrypted_read(chip)
                [let shared = SharedKey { slot: Slot::S4, key: Secret::new([0x44; 32]) };]
                chip.read_encrypted(Slot::S8, 0, &shared, black_box(&[7; 20]))$($wait)*;
            step_provisioning(chip) [] {
                let wanted = preset::gcp_device(&sure(chip.read_config()$($wait)*));
                sure(chip.write_config(&wanted)$($wait)*);
                sure(chip.lock_config(&wanted, NoMoreConfigWrites)$($wait)*);
                sure(chip.ensure_key(Slot::S0)$($wait)*);
                chip.lock_data_unchecked(NoMoreFreeDataWrites)$($wait)*
            };
            step_token_host_hashes(chip) [let mut buffer = [0; 512];] {
                let token = sure(UnsignedJwt::new(&Header::ES256, black_box(&Claims::EXAMPLE), &mut buffer));
                let digest = Sha256::digest(token.signing_input()).into();
                let signature = sure(chip.sign_digest(Slot::S0, &digest)$($wait)*);
                token.sign(&signature)
            };
            step_token_chip_hashes(chip) [let mut buffer = [0; 512];]
                chip.sign_jwt(Slot::S0, &Header::ES256, black_box(&Claims::EXAMPLE), &mut buffer)$($wait)*;
        );
    };
    (@ $wait:tt, $block:tt, $run:path, $($name:ident($chip:ident) [$($ready:tt)*] $call:expr;)*) => {
        $($crate::steps!(# $wait, $block, $run, $name, $chip, [$($ready)*], $call);)*

        /// Keeps the steps.
        #[unsafe(no_mangle)]
        extern "C" fn _start() {
            $(black_box($name as extern "C" fn());)*
        }
    };
    (# [$($wait:tt)*], [$($block:tt)*], $run:path, $name:ident, $chip:ident, [$($ready:tt)*], $call:expr) => {
        #[unsafe(no_mangle)]
        extern "C" fn $name() {
            $run($($block)* {
                let mut chip = Atecc608::new(Bus, Delay);
                let $chip = &mut chip;
                // The driver has had the chip idle or sleep, as in all operations but the first.
                sure($chip.revision()$($wait)*);
                $($ready)*
                mark();
                let result = black_box($call);
                mark();
                sure(result);
            })
        }
    };
}
