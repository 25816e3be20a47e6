//! A request for an access token: JSON, as Google's pages and devices write it, or a form, as its libraries do.

use mock_servers::google::answer::Refusal;
use mock_servers::google::http::Request;
use serde::Deserialize;

/// What is asked for. Protocol buffers take both spellings of a name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Ask {
    #[serde(alias = "grant_type")]
    pub(super) grant_type: String,
    pub(super) audience: String,
    pub(super) scope: String,
    #[serde(alias = "requested_token_type")]
    pub(super) requested_token_type: String,
    #[serde(alias = "subject_token_type")]
    pub(super) subject_token_type: String,
    #[serde(alias = "subject_token")]
    pub(super) subject_token: String,
    pub(super) options: Option<String>,
}

/// `options`: JSON, percent-encoded.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Options {
    pub(super) bind_cert_fingerprint: Option<String>,
}

fn invalid(why: impl Into<String>) -> Refusal {
    Refusal::oauth("invalid_request", why)
}

impl Ask {
    pub(super) fn read(request: &Request) -> Result<Self, Refusal> {
        let kind = request.header("content-type").unwrap_or_default();
        match kind.split(';').next().unwrap_or_default() {
            "application/json" => {
                serde_json::from_slice(&request.body).map_err(|error| invalid(error.to_string()))
            }
            "application/x-www-form-urlencoded" => {
                let fields = form_urlencoded::parse(&request.body)
                    .map(|(name, value)| (name.into_owned(), value.into_owned().into()));
                let fields: serde_json::Map<_, _> = fields.collect();
                Self::deserialize(serde_json::Value::from(fields)).map_err(|error| invalid(error.to_string()))
            }
            other => Err(invalid(format!("The content type {other:?} is not supported."))),
        }
    }

    pub(super) fn options(&self) -> Result<Options, Refusal> {
        let Some(encoded) = &self.options else { return Ok(Options::default()) };
        // Percent-encoded text is the value of a form's one field.
        let form = format!("options={encoded}");
        let (_, json) = form_urlencoded::parse(form.as_bytes()).next().unwrap_or_default();
        serde_json::from_str(&json).map_err(|error| invalid(format!("options: {error}")))
    }
}
