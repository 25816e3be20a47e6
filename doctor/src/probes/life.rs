//! How long the chip stays awake.

use crate::patient::Patient;
use crate::probe::Stop;

const MILLISECOND: u64 = 1_000_000;
/// Longest time within tWHI, with the power-on self test.
const SILENT: u64 = 50;

/// Milliseconds from `woken` until the chip no longer acknowledges, or nothing if it still does after `limit`. Nothing
/// but reads is sent, a step apart.
pub(super) fn until_asleep(
    patient: &mut Patient<'_>,
    woken: u64,
    limit: u64,
    step: u32,
) -> Result<Option<u64>, Stop> {
    let mut last = 0;
    loop {
        patient.wait_us(step * 1_000);
        let age = (patient.nanos() - woken) / MILLISECOND;
        if patient.read(4)?.is_some() {
            last = age;
        } else if age > SILENT && age > last + SILENT {
            return Ok(Some(last));
        }
        if last > limit {
            return Ok(None);
        }
    }
}

/// Wakes the chip from sleep, and gives when.
pub(super) fn wake(patient: &mut Patient<'_>) -> Result<u64, Stop> {
    patient.sleep()?;
    patient.pulse();
    Ok(patient.nanos())
}
