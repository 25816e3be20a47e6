//! The device's state, as the cloud is told of it.

use atecc608_cloud::aws::shadow::Update;
use serde::Serialize;

/// The device's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Report<'a> {
    /// Of the firmware.
    pub version: &'a str,
    /// Seconds between two messages.
    pub interval_s: u32,
    /// Whether the LED is to be on.
    pub led: bool,
}

/// How it is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// As it is: `{"version":"0.1.0","interval_s":60,"led":false}`.
    #[default]
    Plain,
    /// As what a shadow at AWS reports: `{"state":{"reported":{...}}}`.
    Shadow,
}

impl Report<'_> {
    /// Writes it as JSON; nothing if it does not fit.
    pub fn write<'b>(&self, form: Form, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
        match form {
            Form::Plain => {
                let length = serde_json_core::to_slice(self, buffer).ok()?;
                buffer.get(..length)
            }
            Form::Shadow => Update::reported(self).write(buffer).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms() {
        let report = Report { version: "0.1.0", interval_s: 86_400, led: false };
        let mut buffer = [0; 96];
        let plain = br#"{"version":"0.1.0","interval_s":86400,"led":false}"#;
        assert_eq!(report.write(Form::Plain, &mut buffer), Some(&plain[..]));
        let shadow = br#"{"state":{"reported":{"version":"0.1.0","interval_s":86400,"led":false}}}"#;
        assert_eq!(report.write(Form::Shadow, &mut buffer), Some(&shadow[..]));
        assert_eq!(report.write(Form::Plain, &mut [0; 20]), None);
    }
}
