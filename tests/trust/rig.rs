//! A simulated part on a bus, and what the driver says of it.

use atecc608::blocking::Atecc608;
use atecc608::x509::trust::{self, Identity, Trust, TrustAnchor, TrustError};
use atecc608::{Address, PublicKey};
use atecc608_sim::chip::Eeprom;
use atecc608_sim::hal::{I2cError, SimDelay, SimI2c};
use atecc608_sim::preset::{Preset, demo_root};
use atecc608_sim::{Bus, ChipId};

pub(crate) type Refusal = TrustError<I2cError>;

pub(crate) struct Rig {
    pub(crate) bus: Bus,
    pub(crate) chip: Atecc608<SimI2c, SimDelay>,
}

impl Rig {
    pub(crate) fn new(preset: Preset, seed: u64) -> Self {
        let bus = Bus::new();
        bus.add(preset.chip(seed));
        let address = Address::from_7bit(preset.address()).unwrap();
        let chip = Atecc608::new(bus.i2c(), bus.delay()).with_address(address);
        Self { bus, chip }
    }

    /// The real part whose data is published.
    pub(crate) fn published() -> Self {
        Self::new(Preset::TngTlsPublished, 1)
    }

    /// Changes the memory behind the driver's back.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Eeprom)) {
        self.bus.with_chip(ChipId::FIRST, |chip| change(chip.eeprom_mut()));
    }

    pub(crate) fn slot(&self, slot: usize) -> Vec<u8> {
        self.bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().slot(slot).to_vec())
    }

    pub(crate) fn serial(&self) -> [u8; 9] {
        self.bus.with_chip(ChipId::FIRST, |chip| {
            let config = chip.eeprom().config();
            [&config[..4], &config[8..13]].concat().try_into().unwrap()
        })
    }

    pub(crate) fn set_serial(&self, serial: &[u8; 9]) {
        self.change(|eeprom| {
            let mut config = *eeprom.config();
            config[..4].copy_from_slice(&serial[..4]);
            config[8..13].copy_from_slice(&serial[4..]);
            eeprom.set_config(&config);
        });
    }

    pub(crate) fn set_otp_code(&self, code: &[u8; 8]) {
        self.change(|eeprom| {
            let mut otp = [0; 64];
            otp[..8].copy_from_slice(code);
            eeprom.set_otp(&otp);
        });
    }

    /// Both certificates, by each of the operations.
    pub(crate) fn read(&mut self, trust: &Trust<'_>) -> Result<(Identity, [Vec<u8>; 2]), Refusal> {
        let mut buffers = [[0; trust::MAX_LEN]; 2];
        let [first, second] = &mut buffers;
        let identity = self.chip.identify_trust(trust);
        let chain = self.chip.read_trust_chain(trust, first, second);
        let chain = chain.map(|chain| [chain.device.der().to_vec(), chain.signer.der().to_vec()]);
        let device = self.chip.read_trust_device(trust, first).map(|device| device.der().to_vec());
        // All three say the same.
        assert_eq!(identity.as_ref().err(), device.as_ref().err());
        assert_eq!(chain.as_ref().err(), device.as_ref().err());
        if let Ok(chain) = &chain {
            let signer = self.chip.read_trust_signer(trust, second).map(|signer| signer.der().to_vec());
            assert_eq!(*chain, [device?, signer?]);
        }
        Ok((identity?, chain?))
    }

    pub(crate) fn refusal(&mut self, trust: &Trust<'_>) -> Refusal {
        self.read(trust).expect_err("refused")
    }
}

/// Every kind of part, of the root of the simulated ones.
pub(crate) fn demo() -> Trust<'static> {
    trust::MICROCHIP.with_root(TrustAnchor::new(PublicKey::from_bytes(demo_root().public_key)))
}
