//! Applications that firmware uses as they are: telemetry at any MQTT broker ([`Topics`]), and at AWS IoT Core with its
//! shadow ([`AwsThing`]). What the cloud may set on the device is the same everywhere: [`Wish`], applied by [`Controls`].

mod aws;
mod certificate;
mod controls;
mod mqtt;
mod report;
mod wish;

pub use aws::AwsThing;
pub use certificate::{Found, FoundError, TemplateFiles, find_slot, read_templates, read_trust};
pub use controls::{Controls, INTERVALS_S};
pub use mqtt::{Names, Topics};
pub use report::{Form, Report};
pub use wish::Wish;
