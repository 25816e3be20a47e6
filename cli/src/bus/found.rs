//! The bus of a machine whose user named none.

use std::path::PathBuf;

use atecc608_linux::Adapter;

use crate::failure::{Failure, Kind};

const TRIED: &str = "a bus was looked for, as neither --bus nor ATECC608_BUS names one";

/// The only bus that can have a chip. Nothing is sent on any.
pub(super) fn only(adapters: &[Adapter]) -> Result<PathBuf, Failure> {
    let usable: Vec<&Adapter> = adapters.iter().filter(|adapter| adapter.can_have_chips()).collect();
    match usable[..] {
        [adapter] => Ok(adapter.device.clone()),
        [] => Err(none(adapters)),
        _ => {
            let cause = format!("this machine has several: {}", list(usable.iter().copied()));
            let help = "`atecc scan` says which has a chip; then name that one with --bus";
            Err(Failure::new(Kind::Usage, TRIED, cause, help))
        }
    }
}

/// That there is none.
pub(super) fn none(adapters: &[Adapter]) -> Failure {
    let cause = match adapters {
        [] => String::from("this machine has no I2C bus (/dev/i2c-*)"),
        others => format!("this machine has only buses for monitors and its board: {}", list(others)),
    };
    let help = "switch I2C on (`sudo raspi-config nonint do_i2c 0` on a Raspberry Pi, `sudo modprobe i2c-dev` \
                elsewhere), or name the bus with --bus; without a chip: --bus sim";
    Failure::new(Kind::Bus, TRIED, cause, help)
}

fn list<'a>(adapters: impl IntoIterator<Item = &'a Adapter>) -> String {
    let names: Vec<String> = adapters.into_iter().map(|adapter| format!("{adapter}")).collect();
    names.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapters(names: &[(&str, &str)]) -> Vec<Adapter> {
        names.iter().map(|(device, name)| Adapter::new(*device, *name)).collect()
    }

    #[test]
    fn the_only_bus_that_can_have_a_chip_is_taken() {
        let pi = [("/dev/i2c-1", "bcm2835 (i2c@7e804000)"), ("/dev/i2c-20", "fef04500.i2c")];
        assert_eq!(only(&adapters(&pi)).unwrap(), PathBuf::from("/dev/i2c-1"));
        let desktop = [("/dev/i2c-0", "SMBus I801 adapter at f000"), ("/dev/i2c-1", "i915 gmbus dpa")];
        let failure = only(&adapters(&desktop)).unwrap_err();
        assert_eq!(failure.kind(), Kind::Bus);
        assert!(
            failure.to_string().contains("only buses for monitors and its board: /dev/i2c-0, SMBus I801")
        );
        let plugged = [desktop[0], desktop[1], ("/dev/i2c-9", "CP2112 SMBus Bridge on hidraw2")];
        assert_eq!(only(&adapters(&plugged)).unwrap(), PathBuf::from("/dev/i2c-9"));
    }

    #[test]
    fn none_and_several_have_their_words() {
        let none = only(&[]).unwrap_err();
        assert!(none.kind() == Kind::Bus && none.to_string().contains("without a chip: --bus sim"), "{none}");
        let several = [("/dev/i2c-1", "bcm2835"), ("/dev/i2c-3", "CP2112 SMBus Bridge on hidraw0")];
        let several = only(&adapters(&several)).unwrap_err();
        assert_eq!(several.kind(), Kind::Usage);
        let text = several.to_string();
        assert!(text.contains("several: /dev/i2c-1, bcm2835; /dev/i2c-3, CP2112"), "{text}");
        assert!(text.contains("`atecc scan`"), "{text}");
    }
}
