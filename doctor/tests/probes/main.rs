//! Each probe against simulated chips: by default they answer as the chip reference recommends; with another answer
//! chosen, its probe says so, and all others say what they said.

mod again;
mod again_b;
mod alternatives;
mod chip;
mod default;
mod docs;
mod faulty;
mod readings;
mod reports;
mod safety;
mod trust;
