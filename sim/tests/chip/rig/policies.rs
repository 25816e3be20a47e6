//! The conditions that a key's configuration puts on its use, tried out on any command that uses a key
//! (chip reference 4.7, 4.8, 5.0.3 to 5.0.5).

use super::*;

/// Bits of SlotConfig and KeyConfig.
pub(crate) const LIMITED_USE: u16 = 0x0020;
pub(crate) const REQ_RANDOM: u16 = 0x0040;
pub(crate) const PERSISTENT_DISABLE: u16 = 0x1000;
/// ReqAuth with AuthKey 15, which holds a public key here.
pub(crate) const REQ_AUTH_15: u16 = 0x0F80;
/// Counter0 at its end.
const EXHAUSTED: &str = "00000001FFFFFFFF";

impl Rig {
    /// A nonce in TempKey, fixed or random, and its value.
    pub(crate) fn nonce(&mut self, fixed: bool) -> Vec<u8> {
        if fixed {
            self.load_temp_key(&[0x77; 32]);
            return vec![0x77; 32];
        }
        let random = self.run(NONCE, 0x00, 0, &[7; 20]);
        sha256(&[&random, &[7; 20], &[NONCE, 0, 0]])
    }

    /// Sets the persistent latch by way of an authorisation.
    pub(crate) fn set_latch(&mut self) {
        self.configure(|config| config[69] = 0x8F);
        self.authorise(15);
        assert_eq!(self.run(INFO, 0x04, 3, &[]), [0; 4]);
        // No authorisation is left over.
        self.sleep();
        self.wake();
    }

    pub(crate) fn exhaust_counter0(&mut self) {
        self.configure(|config| config[52..60].copy_from_slice(&hex(EXHAUSTED)));
    }

    /// Sets further bits in a slot's configuration.
    pub(crate) fn demand(&mut self, slot: usize, slot_bits: u16, key_bits: u16) {
        self.configure(|config| {
            let word = |config: &[u8; 128], at: usize| u16::from_le_bytes([config[at], config[at + 1]]);
            let (slot_config, key_config) = (word(config, 20 + 2 * slot), word(config, 96 + 2 * slot));
            set_slot_config(config, slot, slot_config | slot_bits);
            set_key_config(config, slot, key_config | key_bits);
        });
    }
}

/// Expects a command to ask for everything that the key in a slot demands, when the data zone is locked, and
/// for nothing before. `prepared` makes a chip on which the command works; `act` runs it, with a fixed nonce
/// if told so. ReqRandom is asked for by some commands only. Slot 15 is free for the authorising key.
pub(crate) fn expect_policies(
    slot: usize,
    asks_random: bool,
    prepared: impl Fn(Locks) -> Rig,
    act: impl Fn(&mut Rig, bool) -> u8,
) {
    let rig = |locks, slot_bits, key_bits| {
        let mut rig = prepared(locks);
        rig.configure(|config| {
            config[18] = 0;
            set_slot_config(config, 15, 0x0000);
            set_key_config(config, 15, 0x0010);
        });
        rig.demand(slot, slot_bits, key_bits);
        rig
    };
    for (locks, fixed) in
        [(Locks::C1D0, true), (Locks::C1D0, false), (Locks::C1D1, true), (Locks::C1D1, false)]
    {
        assert_eq!(act(&mut rig(locks, 0, 0), fixed), OK, "{locks:?}");
    }

    let mut random = rig(Locks::C1D1, 0, REQ_RANDOM);
    assert_eq!(act(&mut random, true), if asks_random { REFUSED } else { OK }, "ReqRandom");
    assert_eq!(act(&mut random, false), OK, "ReqRandom");

    let mut disabled = rig(Locks::C1D1, 0, PERSISTENT_DISABLE);
    assert_eq!(act(&mut disabled, false), REFUSED, "latch not set");
    disabled.set_latch();
    assert_eq!(act(&mut disabled, false), OK, "latch set");

    let mut guarded = rig(Locks::C1D1, 0, REQ_AUTH_15);
    assert_eq!(act(&mut guarded, false), REFUSED, "not authorised");
    guarded.authorise(15);
    assert_eq!(act(&mut guarded, false), OK, "authorised");
    assert_eq!(act(&mut guarded, false), REFUSED, "authorisation used up");

    let mut limited = rig(Locks::C1D1, LIMITED_USE, 0);
    assert_eq!(act(&mut limited, false), OK);
    assert_eq!(limited.counter0(), 1, "a use is counted");
    limited.demand(slot, 0, REQ_AUTH_15);
    assert_eq!(act(&mut limited, false), REFUSED);
    assert_eq!(limited.counter0(), 1, "no use, nothing counted (chip reference U12)");
    let mut limited = rig(Locks::C1D1, LIMITED_USE, 0);
    limited.exhaust_counter0();
    assert_eq!(act(&mut limited, false), REFUSED, "no use left");
    // The limit that slot 14 holds, chip reference 4.11.
    let mut limited = rig(Locks::C1D1, LIMITED_USE, 0);
    limited.chip.eeprom_mut().set_slot(14, &hex("0100000001000000"));
    limited.configure(|config| config[18] = 0xE1);
    assert_eq!(act(&mut limited, false), OK);
    assert_eq!(act(&mut limited, false), REFUSED, "the limit is reached");
    assert_eq!(limited.counter0(), 1);

    let mut open = rig(Locks::C1D0, LIMITED_USE, REQ_RANDOM | PERSISTENT_DISABLE | REQ_AUTH_15);
    assert_eq!(act(&mut open, true), OK, "before the data lock");
    assert_eq!(open.counter0(), 0);
}
