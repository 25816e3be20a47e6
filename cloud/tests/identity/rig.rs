//! A device of the fleet, and the authority that renews its certificates.

use atecc608::blocking::{Atecc608, sign};
use atecc608::irreversible::OldKeyIsLost;
use atecc608::x509::{
    Attribute, Certificate, ChipError, Csr, DateTime, Dates, Name, P256, Parts, Term, Validity,
};
use atecc608::{PublicKey, SerialNumber};
use atecc608_cloud::identity::{InUse, Issued, RenewalError, Seat, Survey, request, seats, store, survey};
use atecc608_sim::Bus;
use atecc608_sim::hal::{I2cError, SimDelay, SimI2c};
use embassy_futures::block_on;
use embedded_hal::i2c::I2c;
use p256::ecdsa::SigningKey;
use testkit::fleet;

pub(crate) type Chip = Atecc608<SimI2c, SimDelay>;
pub(crate) type Refused = RenewalError<I2cError>;

/// What devices ask for.
pub(crate) const CSR: Csr<'_> = Csr::new(Name::Attributes(&[Attribute::common_name("device-1")]));

/// A time of day in 2030: midnight, so many days after New Year.
pub(crate) fn day(days: u64) -> DateTime {
    let begin = DateTime::new(2030, 1, 1, 0, 0, 0).unwrap().to_unix().unwrap();
    DateTime::from_unix(begin + days * 86_400).unwrap()
}

/// A certificate's, and its signer's, in DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) device: Vec<u8>,
    pub(crate) signer: Vec<u8>,
}

impl Pair {
    pub(crate) fn issued(&self) -> Issued<'_> {
        Issued { device: &self.device, signer: &self.signer, signer_id: fleet::ID }
    }
}

/// What the authority issues: for a year from this time on.
pub(crate) fn issue(key: PublicKey, serial: SerialNumber, from: DateTime) -> Pair {
    issue_by(&mut fleet::signer(), *fleet::SIGNER_KEY, key, serial, from)
}

/// The same by somebody else.
pub(crate) fn issue_by(
    signer: &mut SigningKey,
    signer_key: PublicKey,
    key: PublicKey,
    serial: SerialNumber,
    from: DateTime,
) -> Pair {
    let dates = Dates::new(from, Term::Years(1)).unwrap();
    let parts = Parts::new(key, signer_key).with_chip_serial(serial);
    let mut buffer = [0; 1024];
    let unsigned = fleet::DEVICE.issue(&parts, fleet::ID, &dates, &mut buffer).unwrap();
    let device = sign(unsigned, signer).unwrap().to_vec();
    let parts = Parts::new(*fleet::SIGNER_KEY, *fleet::ROOT_KEY);
    let mut buffer = [0; 1024];
    let rebuilt = fleet::SIGNERS.rebuild(&fleet::SIGNER_CERTIFICATE, &parts, &mut buffer).unwrap();
    let signer = rebuilt.verify(&P256).unwrap().der().to_vec();
    Pair { device, signer }
}

/// The key for which a request asks: it stands behind its header.
pub(crate) fn requested_key(request: &[u8]) -> PublicKey {
    // BIT STRING of 66 bytes: no unused bits, an uncompressed point.
    let at = request.windows(4).position(|bytes| bytes == [0x03, 0x42, 0x00, 0x04]).expect("a P-256 key");
    PublicKey::from_bytes(request[at + 4..at + 68].try_into().unwrap())
}

pub(crate) fn all_seats() -> [Seat<'static>; 3] {
    seats(&fleet::DEVICE, &fleet::SIGNERS)
}

/// A device with the first certificate only.
pub(crate) struct Device {
    pub(crate) bus: Bus,
    pub(crate) chip: Chip,
    pub(crate) seats: [Seat<'static>; 3],
}

impl Device {
    pub(crate) fn new() -> Self {
        Self::at(fleet::enrolled_chip())
    }

    pub(crate) fn at(bus: Bus) -> Self {
        let chip = Atecc608::new(bus.i2c(), bus.delay());
        Self { bus, chip, seats: all_seats() }
    }

    pub(crate) fn survey(&mut self) -> Survey<3> {
        look_at(&mut self.chip, all_seats()).unwrap()
    }

    pub(crate) fn serial(&mut self) -> SerialNumber {
        self.chip.serial_number().unwrap()
    }

    /// A new key in this seat.
    pub(crate) fn request(&mut self, seat: usize) -> PublicKey {
        let mut buffer = [0; 512];
        let request =
            block_on(request(&mut self.chip, &self.seats[seat], None, &CSR, OldKeyIsLost, &mut buffer));
        requested_key(request.unwrap())
    }

    /// Its certificate.
    pub(crate) fn store(
        &mut self,
        seat: usize,
        pair: &Pair,
        current: Option<InUse>,
        now: DateTime,
    ) -> Result<Validity, Refused> {
        write(&mut self.chip, seat, pair, current, now)
    }

    /// A new key and certificate from this time on, one after the other.
    pub(crate) fn renew(&mut self, seat: usize, now: DateTime) -> Pair {
        let key = self.request(seat);
        let pair = issue(key, self.serial(), now);
        self.store(seat, &pair, None, now).unwrap();
        pair
    }
}

/// What these seats hold.
pub(crate) fn look_at<const N: usize>(
    chip: &mut Chip,
    seats: [Seat<'_>; N],
) -> Result<Survey<N>, ChipError<I2cError>> {
    let (mut device, mut signer) = ([0; 1024], [0; 1024]);
    block_on(survey(chip, &seats, &fleet::ROOT_KEY, &mut device, &mut signer))
}

/// The certificates of a seat onto a chip behind any bus.
pub(crate) fn write<I: I2c>(
    chip: &mut Atecc608<I, SimDelay>,
    seat: usize,
    pair: &Pair,
    current: Option<InUse>,
    now: DateTime,
) -> Result<Validity, RenewalError<I::Error>> {
    let (mut device, mut signer) = ([0; 1024], [0; 1024]);
    let seat = &all_seats()[seat];
    let issued = pair.issued();
    let buffers = (&mut device[..], &mut signer[..]);
    block_on(store(chip, (seat, &fleet::ROOT_KEY), &issued, (current, now), buffers))
}

/// Whether the certificate is for this key.
pub(crate) fn is_for(pair: &Pair, key: PublicKey) -> bool {
    Certificate::parse(&pair.device).unwrap().public_key() == Ok(key)
}
