//! Configurations judged without a chip, and the simulated chip as the witness: what the rules permit is
//! what it does.

mod agree;
mod configurations;
mod findings;
mod pins;
mod probe;
