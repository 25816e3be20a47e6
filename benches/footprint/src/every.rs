//! Every public operation that needs a chip, once for both halves of the driver.

mod stored_certificates;
pub mod x509;

/// Calls every operation of `atecc608::$half`; `$wait` is what comes after a call (`.await` or
/// nothing), `$closure` what makes a closure of the half. What goes in is unknown to the optimizer
/// and what comes out is used, so that nothing of an operation can be left out.
#[macro_export]
macro_rules! every {
    ($half:ident, [$($wait:tt)*], [$($closure:tt)*]) => {{
        use atecc608::command::{
            AesKey, CounterId, Derivation, ExtraByte, HmacKey, InfoState, OtherData, SecureBootCheck, Tests, Validity,
        };
        use atecc608::config::ConfigZone;
        use atecc608::irreversible::{
            ByteIsFixed, CountIsSpent, NoMoreConfigWrites, NoMoreFreeDataWrites, NoMoreSlotChanges,
            OldKeyIsLost,
        };
        use atecc608::{Address, DataContents, PublicKey, PublicKeySlot, LowPower, Secret, Signature, Slot};
        use atecc608::$half::{Atecc608, Cmac, SharedKey, ZeroByte};
        use atecc608::logged::Logged;
        use core::hint::black_box;
        use $crate::{Bus, Delay, Fault};

        type Failed = atecc608::Error<Fault>;

        let b32 = black_box(&[0u8; 32]);
        let b20 = black_box(&[0u8; 20]);
        let b19 = black_box(&[0u8; 19]);
        let b16 = black_box(&[0u8; 16]);
        let b12 = black_box(&[0u8; 12]);
        let text = black_box(&[0u8; 300][..]);
        let text = text.get(..black_box(200)).unwrap_or_default();
        let number = black_box(3u8);
        let slot = black_box(Slot::S8);
        let Some(key_slot) = PublicKeySlot::new(slot) else { return };
        let key = black_box(PublicKey::from_bytes([0; 64]));
        let signature = black_box(Signature::from_bytes([0; 64]));
        let secret = || Secret::new(*black_box(&[0u8; 32]));
        let shared = SharedKey { slot, key: secret() };
        let aes = black_box(AesKey::first_of(slot));
        let zone = ConfigZone::from_bytes(*black_box(&[0u8; 128]));
        let mut room = *black_box(&[0u8; 300]);
        let room = room.get_mut(..black_box(100)).unwrap_or_default();

        let Some(derivation) = Derivation::hkdf(text) else { return };

        let told = Logged::new(Bus, |event| {
            black_box(event);
        });
        let mut chip = Atecc608::new(told, Delay)
            .with_address(black_box(Address::DEFAULT))
            .with_low_power(black_box(LowPower::Idle))
            .with_wake(ZeroByte)
            .with_clock(|| *black_box(&7));
        black_box(chip.execute(black_box(&InfoState))$($wait)*).ok();

        // Identity.
        black_box(chip.revision()$($wait)*).ok();
        black_box(chip.identify()$($wait)*).ok();
        black_box(chip.serial_number()$($wait)*).ok();
        black_box(chip.random()$($wait)*).ok();
        black_box(chip.is_key_valid(slot)$($wait)*).ok();
        black_box(chip.counter(black_box(CounterId::Counter0))$($wait)*).ok();
        black_box(chip.increment_counter(black_box(CounterId::Counter0), CountIsSpent)$($wait)*).ok();
        black_box(chip.spend_use(slot, CountIsSpent)$($wait)*).ok();
        black_box(chip.update_extra(black_box(ExtraByte::UserExtra), number, ByteIsFixed)$($wait)*).ok();
        black_box(chip.self_test(black_box(Tests::all()))$($wait)*).ok();
        black_box(chip.diagnose(black_box(&InfoState), atecc608::diagnose::Seen::new())$($wait)*).ok();

        // Keys and signatures.
        black_box(chip.generate_key(slot, OldKeyIsLost)$($wait)*).ok();
        black_box(chip.ensure_key(slot)$($wait)*).ok();
        black_box(chip.public_key(slot)$($wait)*).ok();
        black_box(chip.sign_digest(slot, b32)$($wait)*).ok();
        black_box(chip.sign_message(slot, text)$($wait)*).ok();
        black_box(chip.verify(&key, b32, &signature)$($wait)*).ok();
        black_box(chip.verify_stored(key_slot, b32, &signature)$($wait)*).ok();
        black_box(chip.write_public_key(key_slot, &key)$($wait)*).ok();
        black_box(chip.read_public_key(key_slot)$($wait)*).ok();
        black_box(
            chip.set_validity(key_slot, black_box(Validity::Validate), b32, &signature, b19)$($wait)*
        ).ok();
        black_box(chip.secure_boot(b32, black_box(SecureBootCheck::Full(&signature)))$($wait)*).ok();
        black_box(chip.write_private_key(slot, &secret(), OldKeyIsLost)$($wait)*).ok();

        // Shared keys.
        black_box(chip.mac(slot, b32, black_box(true))$($wait)*).ok();
        black_box(chip.check_mac(slot, b32, b32, &OtherData(*black_box(&[0; 13])))$($wait)*).ok();
        black_box(chip.hmac(slot, text)$($wait)*).ok();
        black_box(chip.shared_secret(slot, &key)$($wait)*).ok();
        black_box(chip.ephemeral_secret(&key)$($wait)*).ok();
        black_box(chip.derive(slot, derivation)$($wait)*).ok();

        // Digests.
        black_box(chip.sha256(text)$($wait)*).ok();
        let mut stream = chip.sha256_stream();
        black_box(stream.update(text)$($wait)*).ok();
        black_box(stream.finish()$($wait)*).ok();
        let mut stream = chip.hmac_stream(slot);
        black_box(stream.update(text)$($wait)*).ok();
        black_box(stream.finish()$($wait)*).ok();

        // Storage.
        black_box(chip.read_slot(slot, black_box(4), room)$($wait)*).ok();
        black_box(chip.write_slot(slot, black_box(4), text)$($wait)*).ok();
        black_box(chip.read_otp()$($wait)*).ok();
        black_box(chip.write_otp(black_box(&[0; 64]))$($wait)*).ok();
        black_box(chip.write_encrypted(slot, number, &secret(), &shared, b20)$($wait)*).ok();
        black_box(chip.read_encrypted(slot, number, &shared, b20)$($wait)*).ok();
        black_box(
            chip.write_private_key_encrypted(slot, &secret(), &shared, b20, OldKeyIsLost)$($wait)*
        ).ok();
        $crate::every_stored_certificate!($half, [$($wait)*], chip, slot, key, text);

        // The I/O protection key.
        black_box(chip.shared_secret_protected(slot, &key, &secret())$($wait)*).ok();
        black_box(
            chip.derive_protected(slot, derivation, &secret())$($wait)*
        ).ok();
        black_box(chip.verify_protected(&key, b32, &signature, &secret(), b32)$($wait)*).ok();
        black_box(chip.verify_stored_protected(key_slot, b32, &signature, &secret(), b32)$($wait)*).ok();
        black_box(
            chip.secure_boot_protected(b32, black_box(SecureBootCheck::Stored), None, &secret(), b20)$($wait)*
        ).ok();

        // Provisioning.
        black_box(chip.read_config()$($wait)*).ok();
        black_box(chip.lock_state()$($wait)*).ok();
        black_box(chip.write_config(&zone)$($wait)*).ok();
        black_box(chip.lock_config(&zone, NoMoreConfigWrites)$($wait)*).ok();
        black_box(chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites)$($wait)*).ok();
        black_box(chip.lock_data_unchecked(NoMoreFreeDataWrites)$($wait)*).ok();
        black_box(chip.lock_slot(slot, NoMoreSlotChanges)$($wait)*).ok();
        if let Ok(plan) = chip.plan(&zone)$($wait)* {
            black_box(chip.commit(&plan, NoMoreConfigWrites)$($wait)*).ok();
        }

        black_box(
            chip.provision(|_| zone, slot, &DataContents::BLANK, NoMoreConfigWrites, NoMoreFreeDataWrites)$($wait)*
        ).ok();

        // Tokens.
        let header = atecc608::formats::jwt::Header::with_kid("key");
        black_box(chip.sign_jwt(slot, &header, &black_box($crate::Claims::EXAMPLE), room)$($wait)*).ok();
        let list = black_box(&[1u16, 2, 3][..]);
        let claims = $crate::Everything::new(black_box("a \"text\""), list, number);
        black_box(chip.sign_jwt(slot, &header, &black_box(claims), room)$($wait)*).ok();

        // Requests and certificates.
        $crate::every_certificate!($half, [$($wait)*], chip, slot, key, room);
        $crate::every::x509::run(text, room);
        $crate::every_trust!([$($wait)*], chip, key);

        black_box(chip.check_password(&shared, b20)$($wait)*).ok();

        black_box(key.to_pem(room)).ok();
        black_box(key.to_jwk(black_box(Some("key")), room)).ok();
        black_box((key.to_sec1(), key.x(), key.y()));

        // Operations of a session.
        let done: Result<(), Failed> = chip
            .session($($closure)* |chip| {
                black_box(chip.authorise(&shared, b20)$($wait)*).ok();
                black_box(chip.hmac(black_box(HmacKey::TempKey), text)$($wait)*).ok();
                black_box(chip.aes_encrypt(aes, b16)$($wait)*).ok();
                black_box(chip.aes_decrypt(aes, b16)$($wait)*).ok();
                black_box(chip.aes_cbc_encrypt(aes, b16, room)$($wait)*).ok();
                black_box(chip.aes_cbc_decrypt(aes, b16, room)$($wait)*).ok();
                black_box(chip.aes_ctr(aes, b16, room)$($wait)*).ok();
                black_box(chip.aes_gcm_seal(aes, b12, text, room)$($wait)*).ok();
                black_box(chip.aes_gcm_open(aes, b12, text, room, b16)$($wait)*).ok();
                black_box(chip.aes_cmac(aes, text)$($wait)*).ok();
                let mut cmac = Cmac::new(aes);
                black_box(cmac.update(chip, text)$($wait)*).ok();
                black_box(cmac.finish(chip)$($wait)*).ok();
                Ok(())
            })
            $($wait)*;
        black_box(done).ok();
        black_box(chip.release());
    }};
}

/// Those that write requests and certificates.
#[macro_export]
macro_rules! every_certificate {
    ($half:ident, [$($wait:tt)*], $chip:ident, $slot:ident, $key:ident, $room:ident) => {{
        use atecc608::x509::{
            Attribute, AttributeType, Csr, DateTime, Dates, ExtendedKeyUsage, GeneralName, KeyUsage, Name, Parts,
            PemLabel, Profile, SerialSource, SignerId, TbsCertificate, Template, Term, Validity,
        };
        use atecc608::$half::{issue, issue_from_template, sign};

        let attributes = [Attribute { kind: black_box(AttributeType::CommonName), value: black_box("sensor-7") }];
        let name = black_box(Name::Attributes(black_box(&attributes)));
        let names = [black_box(GeneralName::Dns("a.example")), GeneralName::Directory(name)];
        let names = black_box(&names[..]);
        let csr = Csr::new(name)
            .with_alternative_names(names)
            .with_key_usage(black_box(KeyUsage::DIGITAL_SIGNATURE))
            .with_extended_key_usage(black_box(ExtendedKeyUsage::CLIENT_AUTH));
        let mut pem = *black_box(&[0u8; 500]);
        let pem = pem.get_mut(..black_box(400)).unwrap_or_default();
        black_box((csr.max_der_len(), csr.max_pem_len()));
        black_box($chip.sign_csr($slot, &csr, $room)$($wait)*).ok();
        black_box($chip.sign_csr_pem($slot, &csr, $room, pem)$($wait)*).ok();

        let Some(time) = DateTime::from_unix(black_box(1_700_000_000)) else { return };
        black_box((time.to_unix(), DateTime::new(black_box(2026), 1, 1, 0, 0, 0)));
        let certificate = black_box(TbsCertificate {
            serial: black_box(&[1]),
            issuer: name,
            validity: Validity { not_before: time, not_after: time },
            subject: name,
            subject_key: $key,
            issuer_key: $key,
            profile: Profile::DEVICE,
            alternative_names: names,
        });
        black_box(certificate.max_der_len());
        if let Ok(mut signer) = $chip.keypair($slot)$($wait)* {
            black_box(issue(&certificate, &mut signer, $room)$($wait)*).ok();
        }
        let mut signer = $chip.signer($slot).with_public_key($key);
        if let Ok(unsigned) = certificate.write($room) {
            black_box(sign(unsigned, &mut signer)$($wait)*).ok();
        }
        let template = black_box(Template::new($room, 1, 0, SerialSource::PublicKeyHash));
        let parts = Parts::new($key, $key);
        if let Ok(dates) = Dates::new(time, black_box(Term::Years(20))) {
            let issued = issue_from_template(&template, &parts, SignerId(1), &dates, &mut signer, pem)$($wait)*;
            black_box(issued).ok();
        }
        black_box(signer.public_key());
        black_box(signer.take_error());
        black_box(PemLabel::Certificate.decode(pem, $room)).ok();
        $crate::read_certificates(pem, $room, $key);
    }};
}

/// Those on Trust&GO and TrustFLEX parts.
#[macro_export]
macro_rules! every_trust {
    ([$($wait:tt)*], $chip:ident, $key:ident) => {{
        use atecc608::x509::trust::{self, HardwareAddress, TrustAnchor};
        use core::hint::black_box;

        let trust = black_box(trust::MICROCHIP).with_root(TrustAnchor::new($key));
        let mut first = *black_box(&[0u8; trust::MAX_LEN]);
        let mut second = *black_box(&[0u8; trust::MAX_LEN]);
        black_box($chip.identify_trust(&trust)$($wait)*).ok();
        black_box($chip.read_trust_device(&trust, &mut first)$($wait)*).ok();
        black_box($chip.read_trust_signer(&trust, &mut second)$($wait)*).ok();
        if let Ok(chain) = $chip.read_trust_chain(&trust, &mut first, &mut second)$($wait)* {
            black_box(HardwareAddress::of(&chain.device));
            black_box((chain.device.sha1(), chain.signer.sha256()));
        }
    }};
}
