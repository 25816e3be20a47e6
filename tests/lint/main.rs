//! Configurations checked without a chip, and the simulated chip as the witness: what the rules permit is
//! what it does.

mod agree;
mod builder;
mod claims;
mod constant;
mod coverage;
mod findings;
mod misfits;
mod permitted;
mod plan;
