//! Configurations judged without a chip, and the simulated chip as the witness: what the rules permit is
//! what it does.

mod agree;
mod builder;
mod claims;
mod configurations;
mod coverage;
mod example;
mod findings;
mod pins;
mod plan;
mod probe;
mod reach;
