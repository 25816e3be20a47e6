//! Chips that somebody else has set up: which of their slots signs.

use atecc608::blocking::Atecc608;
use atecc608::config::ConfigZone;
use atecc608::config::explain::{Action, Stage};
use atecc608::{KeyOrigin, PublicKey, Slot};
use atecc608_cloud::token::{CanNotSign, may_sign};
use demo::Failure;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

use crate::provision::Locking;

/// The slot that signs, its public key if the chip gives it, and where the key comes from.
pub(crate) fn signing_key<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    zone: &ConfigZone,
    wanted: Option<Slot>,
    locking: Locking,
) -> Result<(Slot, Option<PublicKey>, KeyOrigin), Failure> {
    let (mut reasons, mut empty) = (Vec::new(), None);
    for slot in Slot::all().filter(|slot| wanted.is_none_or(|wanted| wanted == *slot)) {
        match may_sign(zone, slot) {
            Ok(()) => {}
            // Most slots hold data; that is worth a word only if it was asked for.
            Err(CanNotSign::NoPrivateKey) if wanted.is_none() => continue,
            Err(reason) => {
                reasons.push(format!("{slot}: {reason}"));
                continue;
            }
        }
        let failed = |error: atecc608::Error<I::Error>| {
            Failure::new(
                format_args!("the key in {slot} was looked for, and that failed"),
                error,
                "run again",
            )
        };
        if chip.is_key_valid(slot).map_err(failed)? {
            let gives = zone.permission(slot, Action::PublicKey, stage(zone)).is_some();
            let key = gives.then(|| chip.public_key(slot)).transpose().map_err(failed)?;
            return Ok((slot, key, KeyOrigin::Found));
        }
        let makes = zone.permission(slot, Action::GenKey, stage(zone)).is_some();
        if makes {
            empty = empty.or(Some(slot));
        }
        let hope = match makes {
            true => "; --lock-chip-for-ever lets this program have one made",
            false => ", and it can't get one any more",
        };
        reasons.push(format!("{slot}: it may sign, but no key was made in it{hope}"));
    }
    // Only if there is no key at all.
    if let Some(slot) = empty.filter(|_| locking == Locking::Allowed) {
        let (key, origin) = chip.ensure_key(slot).map_err(|error| {
            Failure::new(format_args!("a key was asked for in {slot}, and that failed"), error, "run again")
        })?;
        return Ok((slot, Some(key), origin));
    }
    if reasons.is_empty() {
        reasons.push("none is made for a private key".into());
    }
    let tried = match wanted {
        Some(slot) => format!("a token should be signed in {slot}, and it can't"),
        None => "a slot that can sign was looked for, and there is none".into(),
    };
    Err(Failure::new(
        tried,
        format_args!("the chip is locked with a configuration of its own; {}", reasons.join("; ")),
        match wanted {
            Some(_) => "leave --slot out: then the first slot that can sign is taken",
            None => "use a blank chip, or one with a key that may sign",
        },
    ))
}

fn stage(zone: &ConfigZone) -> Stage {
    if zone.is_data_locked() { Stage::Locked } else { Stage::ConfigLocked }
}
