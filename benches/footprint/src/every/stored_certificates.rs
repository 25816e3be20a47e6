//! Every operation with certificates that lie on the chip.

/// Calls them; see [`every`](crate::every).
#[macro_export]
macro_rules! every_stored_certificate {
    ($half:ident, [$($wait:tt)*], $chip:ident, $slot:ident, $key:ident, $text:ident) => {{
        use atecc608::x509::{
            Compressed, DateTime, Dates, Definition, Enrolment, Field, KeyPlace, Place, SerialSource, SignerId,
            SlotBytes, SlotPlace, Stored, Template, Term, slot_8,
        };

        let fields = [
            Field::signer_id(Place::Issuer, black_box("ABCD")),
            Field::chip_serial(Place::Subject, black_box("0123456789ABCDEF01")),
            Field::text(Place::AlternativeNames, black_box("0123456789AB")),
            Field::issuer(),
        ];
        let source = black_box(SerialSource::StoredWithLength);
        let template = Template::new($text, black_box(1), black_box(0), source).with_fields(black_box(&fields));
        let Some(place) = SlotPlace::new($slot, black_box(72)) else { return };
        let Some(bytes) = SlotBytes::new($slot, black_box(300), black_box(12)) else { return };
        let texts = [bytes, bytes];
        let definition = Definition::new(
            &template,
            place,
            black_box(KeyPlace::Private($slot)),
            black_box(KeyPlace::Stored(place)),
        )
        .with_serial(bytes)
        .with_texts(black_box(&texts));
        let compressed = black_box(Compressed::from_bytes([0; 72]));
        let mut one = *black_box(&[0u8; 600]);
        let one = one.get_mut(..black_box(500)).unwrap_or_default();
        let mut other = *black_box(&[0u8; 600]);
        let other = other.get_mut(..black_box(500)).unwrap_or_default();

        black_box($chip.read_certificate(&definition, one)$($wait)*).ok();
        black_box($chip.read_unverified_certificate(&definition, one)$($wait)*).ok();
        black_box($chip.read_chain(&definition, &definition, &$key, one, other)$($wait)*).ok();
        black_box($chip.write_certificate(place, &compressed)$($wait)*).ok();
        let contents = [(place, Stored::Certificate(&compressed)), (place, Stored::Key(&$key))];
        black_box($chip.write_places(black_box(&contents))$($wait)*).ok();
        black_box(slot_8(black_box(&contents)));
        let shared = SharedKey { slot: $slot, key: Secret::new(*black_box(&[0u8; 32])) };
        black_box(
            $chip.write_certificate_encrypted(place, &compressed, &shared, black_box(&[[0; 20]; 3]))$($wait)*
        ).ok();
        black_box(
            $chip.read_certificate_encrypted(&definition, &shared, black_box(&[[0; 20]; 3]), one)$($wait)*
        ).ok();

        let Some(issued) = DateTime::new(black_box(2026), 1, 1, 0, 0, 0) else { return };
        let Ok(dates) = Dates::new(issued, black_box(Term::Years(20))) else { return };
        let enrolment = Enrolment::new(&definition, black_box(SignerId(7)), dates)
            .with_signer(&definition, &compressed)
            .with_contents(DataContents::BLANK);
        let zone = ConfigZone::from_bytes(*black_box(&[0u8; 128]));
        let mut signing = Atecc608::new(Bus, Delay);
        let mut signer = signing.signer($slot).with_public_key($key);
        black_box(
            $chip.provision_with_certificate(
                |_| zone,
                &enrolment,
                &mut signer,
                one,
                NoMoreConfigWrites,
                NoMoreFreeDataWrites,
            )$($wait)*
        ).ok();
    }};
}
