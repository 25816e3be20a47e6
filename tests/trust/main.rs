//! Trust&GO and TrustFLEX parts: a real one whose data is published, and simulated ones of each kind.

mod damaged;
mod kinds;
mod published;
mod refused;
mod rig;
