//! Configurations judged without a chip, and the simulated chip as the witness: what the rules permit is
//! what it does.

mod agree;
mod builder;
mod claims;
mod configurations;
mod coverage;
mod example;
#[path = "../common/examples.rs"]
mod examples;
mod findings;
mod pins;
mod plan;
mod probe;
mod reach;
#[path = "../common/vendor_configuration.rs"]
mod vendor_configuration;
