//! Configurations checked without a chip, and the simulated chip as the witness: what the rules permit is
//! what it does.

mod agree;
mod builder;
mod claims;
mod configurations;
mod constant;
mod coverage;
mod example;
#[path = "../common/examples.rs"]
mod examples;
mod findings;
mod permitted;
mod pins;
mod plan;
mod posted;
mod probe;
#[path = "../common/vendor_configuration.rs"]
mod vendor_configuration;
