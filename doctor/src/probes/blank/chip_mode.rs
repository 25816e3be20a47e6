//! U43 and D11: when ChipMode counts, and how long the long watchdog is.

use crate::level::{Level, Stage};
use crate::patient::Patient;
use crate::probe::{Answer, Probe, Seen, Stop};
use crate::probes::life;

pub(super) const COUNTS: Probe = Probe {
    name: "chip-mode-counts",
    points: &["U43"],
    level: Level::Blank,
    stage: Stage::Unlocked,
    plan: None,
    question: "When does a new ChipMode count?",
    answers: &[
        Answer { says: "after a wake from sleep", change: "" },
        Answer { says: "at once", change: "U43 and 4.3: at once. Simulator: `Chip::settings_at`." },
        Answer {
            says: "after a wake, also from idle",
            change: "U43 and 4.3: after a wake. Simulator: `Chip::settings_at`.",
        },
        Answer {
            says: "not after sleep either: after power-up only",
            change: "U43 and 4.3: after power-up. Simulator: `Chip::settings_at`. Guides: switch the supply off.",
        },
    ],
    run: counts,
};

pub(super) const LONG: Probe = Probe {
    name: "long-watchdog",
    points: &["D11"],
    level: Level::Blank,
    stage: Stage::Unlocked,
    plan: None,
    question: "How long is the long watchdog?",
    answers: &[
        Answer { says: "some 10 s: 7.7 times the short one", change: "" },
        Answer {
            says: "some 13 s: 10 times the short one",
            change: "D11 and 1.7: 13 s. Simulator: `Timing::watchdog_long`.",
        },
    ],
    run: long,
};

/// ChipMode, and its bit for the long watchdog.
const CHIP_MODE: usize = 19;
const WATCHDOG: u8 = 0x04;
/// Longer than the short watchdog ever is, in milliseconds.
const SHORT: u64 = 2_200;
/// Between two looks whether it still answers, in milliseconds, some hundredths of what is measured.
const STEP: u32 = 40;
const LONG_STEP: u32 = 200;

fn with_watchdog(patient: &mut Patient<'_>, long: bool) -> Result<(), Stop> {
    let mut config = *patient.config();
    config[CHIP_MODE] = if long { config[CHIP_MODE] | WATCHDOG } else { config[CHIP_MODE] & !WATCHDOG };
    patient.write_config(&config)
}

/// Whether it stays awake longer than the short watchdog lets it; it is asleep after that.
fn is_long(patient: &mut Patient<'_>, woken: u64) -> Result<bool, Stop> {
    let long = life::until_asleep(patient, woken, SHORT, STEP)?.is_none();
    patient.sleep()?;
    Ok(long)
}

/// The address is latched with it, and is not tried: a run that is cut off would leave a chip that is not found where it
/// was.
fn counts(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    with_watchdog(patient, false)?;
    patient.sleep()?;
    with_watchdog(patient, true)?;
    patient.idle()?;
    patient.pulse();
    let woken = patient.nanos();
    let after_idle = is_long(patient, woken)?;

    with_watchdog(patient, false)?;
    patient.sleep()?;
    patient.wake()?;
    let woken = patient.nanos();
    with_watchdog(patient, true)?;
    let at_once = is_long(patient, woken)?;

    let woken = life::wake(patient)?;
    let after_sleep = is_long(patient, woken)?;
    let seen = format!(
        "long watchdog without a wake: {at_once}, after idle: {after_idle}, after sleep: {after_sleep}"
    );
    Ok(match (at_once, after_idle, after_sleep) {
        (false, false, true) => Seen::Answer(0, seen),
        (true, true, true) => Seen::Answer(1, seen),
        (false, true, true) => Seen::Answer(2, seen),
        (false, false, false) => Seen::Answer(3, seen),
        _ => Seen::Other(seen),
    })
}

/// Each chip's clock is its own, so both are measured.
fn long(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    with_watchdog(patient, false)?;
    let woken = life::wake(patient)?;
    let short = life::until_asleep(patient, woken, 4_000, STEP)?;
    patient.sleep()?;
    with_watchdog(patient, true)?;
    let woken = life::wake(patient)?;
    let long = life::until_asleep(patient, woken, 30_000, LONG_STEP)?;
    let (Some(short), Some(long)) = (short, long) else {
        return Ok(Seen::Other(format!("short {short:?} ms, long {long:?} ms: one did not come")));
    };
    let seen = format!("short {short} ms, long {long} ms");
    Ok(match long * 10 / short.max(1) {
        ..20 => Seen::NotHere(format!("{seen}: ChipMode does not count after sleep")),
        50..=88 => Seen::Answer(0, seen),
        89..=120 => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}
