//! `atecc config diff`.

mod field;

use std::fmt;

use atecc608::Slot;
use atecc608::config::explain::{Action, Stage};
use atecc608::config::{ConfigZone, preset};
use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;
use crate::parse::hex;
use crate::source::{Source, source};

/// Compares two configurations field by field, in words; ends with exit code 1 if they differ. What is each chip's own
/// (serial number, revision, one-time bytes, locks) is told and does not count. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// A file, a preset or a chip.
    #[arg(value_parser = source)]
    left: Source,

    /// What it is compared with; the chip of --bus if nothing is said.
    #[arg(default_value = "chip", value_parser = source)]
    right: Source,
}

/// What differs.
#[derive(Debug, Serialize)]
pub(crate) struct Differences {
    /// Each chip's own.
    own: Vec<Field>,
    fields: Vec<Field>,
    slots: Vec<SlotDifference>,
    #[serde(skip)]
    names: [String; 2],
}

#[derive(Debug, Serialize)]
struct Field {
    field: &'static str,
    left: String,
    right: String,
}

#[derive(Debug, Serialize)]
struct SlotDifference {
    slot: u8,
    /// SlotConfig and KeyConfig.
    left_bytes: String,
    right_bytes: String,
    left: String,
    right: String,
    /// What it permits after both locks.
    permits: Vec<Permit>,
}

#[derive(Debug, Serialize)]
struct Permit {
    action: String,
    left: Option<String>,
    right: Option<String>,
}

impl Differences {
    pub(crate) fn new(left: &ConfigZone, right: &ConfigZone, left_name: &str, right_name: &str) -> Self {
        let differing = |field: &field::Field| {
            let [left, right] = [left, right].map(|zone| (field.words)(zone));
            (left != right).then_some(Field { field: field.name, left, right })
        };
        Self {
            own: field::OWN.iter().filter_map(differing).collect(),
            fields: field::FIELDS.iter().filter_map(differing).collect(),
            slots: Slot::all().filter_map(|slot| SlotDifference::new(left, right, slot)).collect(),
            names: [left_name.into(), right_name.into()],
        }
    }

    /// Nothing differs but what is each chip's own.
    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.slots.is_empty()
    }
}

impl Differences {
    /// The fields and slots that differ.
    pub(crate) fn places(&self) -> String {
        let fields = self.fields.iter().map(|field| field.field.to_owned());
        let slots = self.slots.iter().map(|slot| format!("slot {}", slot.slot));
        fields.chain(slots).collect::<Vec<_>>().join(", ")
    }
}

impl SlotDifference {
    fn new(left: &ConfigZone, right: &ConfigZone, slot: Slot) -> Option<Self> {
        let bytes = |zone: &ConfigZone| {
            let [slot, key] = [zone.slot_config(slot).bits(), zone.key_config(slot).bits()];
            format!("{} {}", hex(&slot.to_le_bytes()), hex(&key.to_le_bytes()))
        };
        let [left_bytes, right_bytes] = [left, right].map(bytes);
        if left_bytes == right_bytes {
            return None;
        }
        let permits = |action| {
            let needs = |zone: &ConfigZone| zone.permission(slot, action, Stage::Locked);
            let [left, right] = [left, right].map(|zone| needs(zone).map(|needs| needs.to_string()));
            (left != right).then(|| Permit { action: Action::name(action).into(), left, right })
        };
        Some(Self {
            slot: slot.number(),
            left_bytes,
            right_bytes,
            left: field::of_slot(left, slot),
            right: field::of_slot(right, slot),
            permits: Action::ALL.into_iter().filter_map(permits).collect(),
        })
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.names.iter().map(|name| name.chars().count()).max().unwrap_or_default() + 1;
        let [left, right] = self.names.each_ref().map(|name| format!("{:width$}", format!("{name}:")));
        let mut first = true;
        let mut line = |f: &mut fmt::Formatter<'_>, text: &str| {
            let separator = if std::mem::take(&mut first) { "" } else { "\n" };
            write!(f, "{separator}{text}")
        };
        for field in self.own.iter().chain(&self.fields) {
            line(f, &format!("{}\n  {left} {}\n  {right} {}", field.field, field.left, field.right))?;
        }
        for slot in &self.slots {
            let head = format!("slot {} (SlotConfig, KeyConfig)", slot.slot);
            let [before, after] = [(&slot.left_bytes, &slot.left), (&slot.right_bytes, &slot.right)]
                .map(|(a, b)| format!("{a}  {b}"));
            line(f, &format!("{head}\n  {left} {before}\n  {right} {after}"))?;
            for permit in &slot.permits {
                let word = |needs: &Option<String>| needs.clone().unwrap_or_else(|| "no".into());
                let (action, from, to) = (&permit.action, word(&permit.left), word(&permit.right));
                line(f, &format!("  {action}: {from} / {to}"))?;
            }
        }
        Ok(())
    }
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    same: bool,
    #[serde(flatten)]
    differences: Differences,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.differences.to_string();
        match self.same {
            true if text.is_empty() => f.write_str("No difference"),
            true => write!(f, "{text}\nNo difference but what is each chip's own"),
            false => f.write_str(&text),
        }
    }
}

impl Diff {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        // What the one side does not say of a chip's own bytes is taken from the other, if that is a chip.
        let blank = ConfigZone::from_bytes(preset::FACTORY);
        let (left, right) = if self.right.is_chip() {
            let right = self.right.read(app, &blank)?;
            (self.left.read(app, &right)?, right)
        } else {
            let left = self.left.read(app, &blank)?;
            (left, self.right.read(app, &left)?)
        };
        let differences = Differences::new(&left, &right, &self.left.to_string(), &self.right.to_string());
        let same = differences.is_empty();
        app.answer(&Answer { same, differences })?;
        if same { Ok(()) } else { Err(Failure::no("the configurations differ")) }
    }
}
