//! What would be done with a chip, and what is lost by it.

use std::fmt::{self, Write as _};

use atecc608::Slot;
use atecc608_fleet::station::Recipe;
use serde::Serialize;

use super::Told;
use super::profile::Profile;
use crate::app::App;
use crate::failure::Failure;

/// The answer of `--dry-run`.
#[derive(Debug, Serialize)]
struct Answer {
    dry_run: bool,
    serial: String,
    profile: String,
    /// Bytes of the configuration that would be written; none if it is locked.
    configuration_bytes: usize,
    /// Why this chip can't become what the profile says.
    misfit: Option<&'static str>,
    /// What would be done.
    steps: Vec<String>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "chip {} by the profile {} (dry run; nothing was written)", self.serial, self.profile)?;
        if let Some(misfit) = self.misfit {
            return write!(f, "\n  but it can't: {misfit}");
        }
        self.steps.iter().try_for_each(|step| write!(f, "\n  {step}"))
    }
}

/// Says what would be done.
pub(super) fn show(app: &mut App, profile: &Profile, recipe: &Recipe) -> Result<(), Failure> {
    let zone = app.ask("the chip was asked for its configuration", |chip| chip.read_config())?;
    let wanted = recipe.configuration(&zone);
    let locked = zone.is_config_locked();
    let bytes = if locked { 0 } else { zone.difference(&wanted).count() };
    let (config, data) = recipe.locks();
    let fits = !locked || recipe.is_configuration_of(&zone);
    let mut steps = Vec::new();
    if !locked {
        steps.push(format!("configuration: {bytes} bytes are written"));
    }
    if !locked && config {
        steps.push("configuration: LOCKED FOR EVER".to_owned());
    }
    if !zone.is_data_locked() {
        for (slots, what) in [
            (recipe.keys(), "a key is made, unless there is one"),
            (&recipe.written(), "contents are written"),
        ] {
            steps.extend(named(slots).map(|slots| format!("{slots}: {what}")));
        }
        if profile.certificates().is_some() {
            steps.push("slots 10, 11, 12: certificates are written".to_owned());
        }
        if data {
            steps.push("data and OTP: LOCKED FOR EVER".to_owned());
        }
    }
    let slots: Vec<Slot> = recipe.locked_slots().filter(|slot| !zone.is_slot_locked(*slot)).collect();
    steps.extend(named(&slots).map(|slots| format!("{slots}: LOCKED FOR EVER")));
    if steps.is_empty() {
        steps.push("nothing: all of it is done; it is verified".to_owned());
    }
    let misfit = (!fits).then_some("its configuration is locked already, and is another one");
    app.answer(&Answer {
        dry_run: true,
        serial: zone.serial_number().to_string(),
        profile: profile.name().to_owned(),
        configuration_bytes: bytes,
        misfit,
        steps,
    })?;
    // As the run itself would end.
    misfit.map_or(Ok(()), |misfit| Err(Told::no_device(zone.serial_number(), misfit)))
}

fn named(slots: &[Slot]) -> Option<String> {
    let numbers: Vec<String> = slots.iter().map(|slot| slot.number().to_string()).collect();
    match numbers.as_slice() {
        [] => None,
        [one] => Some(format!("slot {one}")),
        several => Some(format!("slots {}", several.join(", "))),
    }
}

/// What is lost, for who has to agree.
pub(super) fn lost(recipe: &Recipe) -> String {
    let mut text = format!("it becomes a device of the profile {}: ", recipe.name());
    let (config, data) = recipe.locks();
    let mut parts = Vec::new();
    if config {
        parts.push("its configuration can never be changed again".to_owned());
    }
    if data {
        parts.push("data and OTP are locked".to_owned());
    }
    let slots: Vec<Slot> = recipe.locked_slots().collect();
    parts.extend(named(&slots).map(|slots| format!("the contents of {slots} are final")));
    if parts.is_empty() {
        parts.push("its configuration is written, and stays open".to_owned());
    }
    let _ = write!(text, "{}", parts.join("; "));
    text
}
