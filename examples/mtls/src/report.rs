//! What the program says: steps as they happen, or one JSON object at the end.

use demo::Steps;
use mock_servers::Message;
use serde::Serialize;
use std::fmt;

/// Everything that happened.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    #[serde(skip)]
    out: Steps,
    pub(crate) cloud: &'static str,
    /// Azure's service, AWS's onboarding; how else the device came in.
    pub(crate) way: Option<&'static str>,
    /// Host and port.
    pub(crate) endpoint: String,
    /// Whether it is a mock in this program.
    pub(crate) mock: bool,
    /// What was spoken over TLS.
    pub(crate) protocol: &'static str,
    pub(crate) client_id: String,
    pub(crate) chip: ChipReport,
    /// The device's own certificate.
    pub(crate) device_pem: String,
    /// What TLS sends: the device's certificate, then those of its issuers, without the root.
    pub(crate) chain_pem: String,
    /// The root that the chain leads to, if it is known.
    pub(crate) root_pem: Option<String>,
    /// As negotiated, the last time: "1.2" or "1.3".
    pub(crate) tls_version: String,
    pub(crate) cipher_suite: String,
    /// The protocol that was agreed on (ALPN), if any.
    pub(crate) alpn: Option<String>,
    /// How often TLS was begun.
    pub(crate) handshakes: u32,
    /// How often the chip signed for it.
    pub(crate) signatures: u32,
    pub(crate) published: Vec<Message>,
    pub(crate) received: Vec<Message>,
    /// What the device does after all changes.
    pub(crate) state: serde_json::Value,
    pub(crate) steps: Vec<String>,
}

/// The chip.
#[derive(Debug, Default, Serialize)]
pub(crate) struct ChipReport {
    pub(crate) location: String,
    pub(crate) address: String,
    pub(crate) revision: String,
    pub(crate) serial: String,
    pub(crate) slot: u8,
    /// Whether this run made the key.
    pub(crate) new_key: bool,
    /// Whether this run locked a zone of the chip.
    pub(crate) locked_now: bool,
    /// The device's certificate as the chip keeps it; none if it is elsewhere.
    pub(crate) compressed_hex: Option<String>,
}

impl Report {
    pub(crate) fn new(json: bool, cloud: &'static str, way: Option<&'static str>) -> Self {
        Self {
            out: Steps { json },
            cloud,
            way,
            endpoint: String::new(),
            mock: false,
            protocol: "",
            client_id: String::new(),
            chip: ChipReport::default(),
            device_pem: String::new(),
            chain_pem: String::new(),
            root_pem: None,
            tls_version: String::new(),
            cipher_suite: String::new(),
            alpn: None,
            handshakes: 0,
            signatures: 0,
            published: Vec::new(),
            received: Vec::new(),
            state: serde_json::Value::Null,
            steps: Vec::new(),
        }
    }

    /// A step: printed now, or kept for the JSON object.
    pub(crate) fn say(&mut self, step: impl fmt::Display) {
        let step = step.to_string();
        self.out.say(&step);
        self.steps.push(step);
    }

    /// Prints the JSON object, if it was asked for.
    pub(crate) fn finish(&self) -> Result<(), demo::Failure> {
        self.out.finish(self)
    }
}

/// As hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
