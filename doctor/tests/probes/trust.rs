//! Parts from Microchip with other bytes than expected.

use atecc608_doctor::level::Level;
use atecc608_doctor::probes::look::TNGLORA;
use atecc608_sim::preset::Preset;
use atecc608_sim::{Bus, Chip};

use crate::chip::at;

/// What a probe answers about a part that was changed.
fn answer(preset: Preset, probe: &str, change: impl FnOnce(&mut Chip)) -> Option<usize> {
    let mut chip = preset.chip(7);
    change(&mut chip);
    let bus = Bus::new();
    bus.add(chip);
    let findings = at(&bus, preset.address(), Level::Look);
    findings.iter().find(|finding| finding.probe == probe).unwrap().answer
}

/// Other bytes in the configuration.
fn config(places: &'static [(usize, u8)]) -> impl FnOnce(&mut Chip) {
    move |chip| {
        let mut config = *chip.eeprom().config();
        for (place, byte) in places {
            config[*place] = *byte;
        }
        chip.eeprom_mut().set_config(&config);
    }
}

#[test]
fn bytes_that_were_reconstructed() {
    assert_eq!(answer(Preset::TngTls, "tngtls-bytes", |_| {}), Some(0));
    for place in [&[(17, 1)][..], &[(69, 0x84)], &[(83, 1)], &[(92, 1)]] {
        assert_eq!(answer(Preset::TngTls, "tngtls-bytes", config(place)), Some(1), "{place:?}");
    }
    // Each part has its own.
    assert_eq!(answer(Preset::TngTls, "tngtls-bytes", config(&[(52, 0), (84, 7), (88, 0xFB)])), Some(0));
}

#[test]
fn order_of_chip_options() {
    assert_eq!(answer(Preset::TngTls, "tngtls-options", |_| {}), Some(0));
    assert_eq!(answer(Preset::TngTls, "tngtls-options", config(&[(90, 0x60), (91, 0x0E)])), Some(1));
    assert_eq!(answer(Preset::TngTls, "tngtls-options", config(&[(90, 0x66)])), None, "neither");
}

#[test]
fn code_of_a_trustflex_part() {
    let code = |code: &'static [u8; 8]| {
        move |chip: &mut Chip| {
            let mut otp = [0; 64];
            otp[..8].copy_from_slice(code);
            chip.eeprom_mut().set_otp(&otp);
        }
    };
    for (otp, expected) in
        [(b"MKMwyhP1", Some(0)), (b"wdNxAjae", Some(1)), (b"KQp2ZkD8", Some(1)), (b"x6tjuZMy", None)]
    {
        assert_eq!(answer(Preset::TflxTls, "trustflex-otp-code", code(otp)), expected);
    }
}

#[test]
fn bytes_of_a_lorawan_part() {
    for preset in [Preset::TngLora, Preset::TngAct] {
        assert_eq!(answer(preset, "tnglora-bytes", |_| {}), Some(0));
        assert_eq!(answer(preset, "tnglora-bytes", config(&[(45, 0x8F)])), Some(1));
    }
}

/// The simulator's bytes stand in the doctor, too, which does not depend on it.
#[test]
fn the_lorawan_part_is_the_simulators() {
    let eeprom = Preset::TngLora.eeprom(7);
    let mut config: [u8; 112] = eeprom.config()[16..].try_into().unwrap();
    config[70..72].fill(0x55);
    assert_eq!(config, TNGLORA);
}
