//! What is in a report, and what is not.

use atecc608_doctor::level::Level;
use atecc608_doctor::plan::Plan;
use atecc608_doctor::report::{Changed, Host, Report};
use atecc608_doctor::run::{Halt, Order, examine};
use atecc608_sim::ChipId;
use atecc608_sim::chip::Readings;

use crate::chip::{Agrees, blank, line, rehearsal, report};

fn spent(plan: Plan) -> (atecc608_sim::Bus, Report) {
    let bus = blank(Readings::default());
    let order = Order { plan: Some(plan), rehearsal: Some(rehearsal(plan)), ..Order::new(Level::Spend) };
    let report = report(&bus, 0x60, order);
    (bus, report)
}

/// Digits only, so that no way of writing bytes hides them.
fn digits(text: &str) -> String {
    text.replace("0x", "").chars().filter(char::is_ascii_hexdigit).collect::<String>().to_ascii_lowercase()
}

#[test]
fn nothing_that_a_slot_holds_is_in_a_report() {
    for plan in Plan::ALL {
        let (bus, report) = spent(plan);
        let texts = [digits(&report.to_json()), digits(&report.to_string())];
        let slots: Vec<Vec<u8>> = bus
            .with_chip(ChipId::FIRST, |chip| (0..16).map(|slot| chip.eeprom().slot(slot).to_vec()).collect());
        for slot in slots {
            // What repeats itself may be anything.
            let windows = slot.windows(6).filter(|bytes| {
                let mut bytes = bytes.to_vec();
                bytes.sort_unstable();
                bytes.dedup();
                bytes.len() >= 5
            });
            for window in windows {
                let hex: String = window.iter().map(|byte| format!("{byte:02x}")).collect();
                assert!(texts.iter().all(|text| !text.contains(&hex)), "plan {}: {hex}", plan.name());
            }
        }
    }
}

#[test]
fn the_serial_number_is_in_it_only_if_the_user_agrees() {
    for with_serial in [false, true] {
        let bus = blank(Readings::default());
        let report = report(&bus, 0x60, Order { with_serial, ..Order::new(Level::Blank) });
        let serial = bus.with_chip(ChipId::FIRST, |chip| {
            let config = chip.eeprom().config();
            [&config[..4], &config[8..13]].concat()
        });
        let serial: String = serial.iter().map(|byte| format!("{byte:02x}")).collect();
        let (json, text) = (report.to_json(), report.to_string());
        assert_eq!((json.contains(&serial), text.contains(&serial)), (with_serial, with_serial));
        // Nor any part of what only this chip has.
        let own = &serial[4..16];
        let parts = (0..own.len() - 4).any(|start| json.contains(&own[start..start + 5]));
        assert_eq!(parts, with_serial);
    }
}

#[test]
fn an_edit_is_noticed() {
    let bus = blank(Readings::default());
    let report = report(&bus, 0x60, Order::new(Level::Blank));
    assert_eq!(report.unchanged(), Err(Changed::NotSigned));
    let signed = report.clone().signed_off(Some(" somebody ".into()));
    assert_eq!(signed.unchanged(), Ok(()));
    assert_eq!(signed.signed.as_ref().unwrap().by.as_deref(), Some("somebody"));
    let again = Report::from_json(&signed.to_json()).unwrap();
    assert_eq!((&again, again.unchanged()), (&signed, Ok(())));
    assert_eq!(report.signed_off(Some(String::new())).signed.unwrap().by, None);
    // Every letter and digit of the file.
    let json = signed.to_json();
    for (place, letter) in json.char_indices().filter(|(_, letter)| letter.is_ascii_alphanumeric()) {
        let mut edited = json.clone();
        edited.replace_range(place..=place, if letter == '7' { "8" } else { "7" });
        if let Ok(edited) = Report::from_json(&edited) {
            assert_eq!(edited.unchanged(), Err(Changed::Edited), "at {place}: {}", &json[..=place]);
        }
    }
}

#[test]
fn a_report_is_gone_on_with_on_its_own_chip_only() {
    let bus = blank(Readings::default());
    let mut begun = report(&bus, 0x60, Order::new(Level::Look));
    let other = atecc608_sim::Bus::with_blank_chip(8);
    let result =
        examine(&mut line(&other), 0x60, Host::default(), Order::new(Level::Look), &mut begun, &mut Agrees);
    assert_eq!(result, Err(Halt::AnotherChip));
    assert!(Report::from_json(&begun.to_json().replace("\"format\": 1", "\"format\": 2")).is_err());
    assert!(Report::from_json("{}").is_err());
}
