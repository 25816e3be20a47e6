//! From one state of the locks to the next, for ever.

use atecc608::wire::frame::crc16;

use super::Warrant;
use crate::level::{Level, Stage};
use crate::patient::Patient;
use crate::plan::{FACTORY, Plan};
use crate::probe::Stop;
use crate::report;

/// What this chip can be spent on.
///
/// # Errors
///
/// [`Stop::Unready`]: it is neither blank nor was it spent on this plan; or it was half-way there when a run was stopped,
/// and something else has happened to it.
pub fn suits(config: &[u8; 128], plan: Plan) -> Result<Stage, Stop> {
    let stage = Stage::of(config);
    let refused = |why: String| Err(Stop::Unready(why));
    if stage != Stage::Unlocked {
        return match Plan::of(config) {
            Some(of) if of == plan => Ok(stage),
            Some(of) => refused(format!("the chip was spent on plan {}", of.name())),
            None => refused("the chip has a configuration of somebody's, for ever".into()),
        };
    }
    if config[84..86] != [0, 0] {
        return refused("the chip is not as it left the factory: one-time bytes 84 and 85 are set".into());
    }
    let (factory, wanted) = (FACTORY.on(config), plan.design().layout.on(config));
    let other = (16..128).find(|place| config[*place] != factory[*place] && config[*place] != wanted[*place]);
    match other {
        None => Ok(stage),
        Some(place) => refused(format!(
            "the chip is not as it left the factory: byte {place} of its configuration is {:#04x}, not {:#04x}",
            config[place], factory[place]
        )),
    }
}

/// Writes the plan's configuration, compares it, and locks it with its CRC. For ever.
///
/// # Errors
///
/// [`Stop`]; [`Stop::Unready`] if the chip does not suit.
pub(crate) fn lock_config(patient: &mut Patient<'_>, plan: Plan, serial: &[u8; 9]) -> Result<(), Stop> {
    let warrant = Warrant::new(Level::Spend, Some(plan));
    patient.allow(&warrant);
    let present = same_chip(patient, serial)?;
    if suits(&present, plan)? != Stage::Unlocked {
        return Ok(());
    }
    let wanted = plan.design().layout.on(&present);
    patient.write_config(&wanted)?;
    if patient.read_config()? != wanted {
        return Err(Stop::Unready("the configuration was written, and what was read then is another".into()));
    }
    // The chip compares once more.
    lock(patient, &warrant, 0x00, u16::from_le_bytes(crc16([&wanted[..]])), Stage::ConfigLocked)
}

/// Locks data and OTP zone, if the configuration is the plan's. For ever. Without a CRC: it would be one over private
/// keys and slots that nobody has written.
///
/// # Errors
///
/// [`Stop`]; [`Stop::Unready`] if the chip is not the plan's.
pub(crate) fn lock_data(patient: &mut Patient<'_>, plan: Plan, serial: &[u8; 9]) -> Result<(), Stop> {
    let warrant = Warrant::new(Level::Spend, Some(plan));
    patient.allow(&warrant);
    let present = same_chip(patient, serial)?;
    match suits(&present, plan)? {
        Stage::ConfigLocked => lock(patient, &warrant, 0x81, 0, Stage::DataLocked),
        Stage::DataLocked => Ok(()),
        _ => Err(Stop::Unready("the configuration is not locked yet".into())),
    }
}

/// The configuration, if the chip is still the one about which was agreed.
fn same_chip(patient: &mut Patient<'_>, serial: &[u8; 9]) -> Result<[u8; 128], Stop> {
    let config = patient.read_config()?;
    match report::serial(&config) == *serial {
        true => Ok(config),
        false => Err(Stop::Unready("another chip is there than the one about which was agreed".into())),
    }
}

fn lock(patient: &mut Patient<'_>, warrant: &Warrant, p1: u8, p2: u16, then: Stage) -> Result<(), Stop> {
    let reply = patient.lock_zone(p1, p2, warrant)?;
    patient.read_config()?;
    match patient.stage() == then {
        true => Ok(()),
        false => Err(Stop::Unready(format!("a zone was to be locked, and the chip answered {reply}"))),
    }
}
