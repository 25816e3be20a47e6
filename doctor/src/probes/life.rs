//! How long the chip stays awake.

use crate::patient::Patient;
use crate::probe::Stop;

const MILLISECOND: u64 = 1_000_000;
/// Earlier than the shortest watchdog comes (chip reference 1.7), in milliseconds: before that there is no use in asking.
const EARLIEST: u64 = 600;
/// So many reads in a row that are not acknowledged say that it is asleep. One may be the bus.
const MISSES: u8 = 3;

/// Milliseconds from `woken` until the chip no longer acknowledges, or nothing if it still does after `limit`. Nothing
/// but reads is sent, `step` milliseconds apart.
pub(super) fn until_asleep(
    patient: &mut Patient<'_>,
    woken: u64,
    limit: u64,
    step: u32,
) -> Result<Option<u64>, Stop> {
    let (mut last, mut missed) = (0, 0);
    let age = (patient.nanos() - woken) / MILLISECOND;
    patient.wait_us((EARLIEST.saturating_sub(age) * 1_000) as u32);
    loop {
        let age = (patient.nanos() - woken) / MILLISECOND;
        if patient.read(4)?.is_some() {
            (last, missed) = (age, 0);
        } else {
            missed += 1;
        }
        if missed == MISSES {
            return Ok(Some(last));
        }
        if last > limit {
            return Ok(None);
        }
        patient.wait_us(step * 1_000);
    }
}

/// Wakes the chip from sleep, and gives when.
pub(super) fn wake(patient: &mut Patient<'_>) -> Result<u64, Stop> {
    patient.sleep()?;
    patient.pulse();
    Ok(patient.nanos())
}
