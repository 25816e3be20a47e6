//! Provisioning templates: of fleet provisioning, and of just-in-time provisioning.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::policy::Policy;
use super::registry::{Registry, Status};

/// A template, as JSON has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Template {
    #[serde(default)]
    parameters: BTreeMap<String, Parameter>,
    resources: BTreeMap<String, Resource>,
    #[serde(default)]
    device_configuration: Map<String, Value>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Parameter {
    r#type: String,
    default: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Resource {
    r#type: String,
    properties: Map<String, Value>,
    #[serde(rename = "OverrideSettings")]
    _override_settings: Option<Map<String, Value>>,
}

/// What just-in-time provisioning wraps a template in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RegistrationConfig {
    template_body: String,
    role_arn: String,
}

/// A document that AWS would not take as a template, or that the mock does not understand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError(pub String);

impl std::fmt::Display for TemplateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no template: {}", self.0)
    }
}

impl std::error::Error for TemplateError {}

/// What just-in-time provisioning takes from the subject, and its object identifier.
pub(super) const SUBJECT_FIELDS: &[(&str, &str)] = &[
    ("AWS::IoT::Certificate::Country", "2.5.4.6"),
    ("AWS::IoT::Certificate::Organization", "2.5.4.10"),
    ("AWS::IoT::Certificate::OrganizationalUnit", "2.5.4.11"),
    ("AWS::IoT::Certificate::DistinguishedNameQualifier", "2.5.4.46"),
    ("AWS::IoT::Certificate::StateName", "2.5.4.8"),
    ("AWS::IoT::Certificate::CommonName", "2.5.4.3"),
    ("AWS::IoT::Certificate::SerialNumber", "2.5.4.5"),
];
/// The certificate's name at AWS.
pub(super) const ID: &str = "AWS::IoT::Certificate::Id";

impl Template {
    /// A template of fleet provisioning.
    ///
    /// # Errors
    /// [`TemplateError`].
    pub fn fleet(document: &str) -> Result<Self, TemplateError> {
        let template: Self =
            serde_json::from_str(document).map_err(|error| TemplateError(error.to_string()))?;
        template.check()?;
        Ok(template)
    }

    /// The `registration-config` of just-in-time provisioning: a template as a string, and a role.
    ///
    /// # Errors
    /// [`TemplateError`].
    pub fn just_in_time(document: &str) -> Result<Self, TemplateError> {
        let config: RegistrationConfig =
            serde_json::from_str(document).map_err(|error| TemplateError(error.to_string()))?;
        if !config.role_arn.starts_with("arn:aws:iam::") {
            return Err(TemplateError(format!("role {:?}", config.role_arn)));
        }
        let template = Self::fleet(&config.template_body)?;
        let known = |name: &str| name == ID || SUBJECT_FIELDS.iter().any(|(field, _)| *field == name);
        if let Some(other) = template.parameters.keys().find(|name| !known(name)) {
            return Err(TemplateError(format!("just-in-time provisioning can't know {other:?}")));
        }
        Ok(template)
    }

    fn check(&self) -> Result<(), TemplateError> {
        if let Some((name, _)) = self.parameters.iter().find(|(_, own)| own.r#type != "String") {
            return Err(TemplateError(format!("parameter {name:?} is no String")));
        }
        for kind in ["AWS::IoT::Thing", "AWS::IoT::Certificate", "AWS::IoT::Policy"] {
            self.resource(kind).ok_or_else(|| TemplateError(format!("there is no {kind}")))?;
        }
        let certificate = self.properties("AWS::IoT::Certificate");
        if certificate.get("CertificateId").and_then(|id| id.get("Ref")).and_then(Value::as_str) != Some(ID) {
            return Err(TemplateError("the certificate is not the device's".into()));
        }
        let policy = self.properties("AWS::IoT::Policy");
        if policy.contains_key("PolicyName") == policy.contains_key("PolicyDocument") {
            return Err(TemplateError("a policy has either a name or a document".into()));
        }
        Ok(())
    }

    fn resource(&self, kind: &str) -> Option<&Resource> {
        self.resources.values().find(|resource| resource.r#type == kind)
    }

    fn properties(&self, kind: &str) -> Map<String, Value> {
        self.resource(kind).map(|resource| resource.properties.clone()).unwrap_or_default()
    }

    /// Parameters without a default: what a request must bring.
    pub(super) fn required(&self) -> impl Iterator<Item = &str> {
        let without = self.parameters.iter().filter(|(name, own)| own.default.is_none() && *name != ID);
        without.map(|(name, _)| name.as_str())
    }

    /// Makes thing and policy, attaches both, and gives the certificate its status. The thing's name, the device's
    /// configuration.
    pub(super) fn run(
        &self,
        registry: &mut Registry,
        certificate: &str,
        given: &BTreeMap<String, String>,
        active_from: u64,
    ) -> Result<(String, Map<String, Value>), String> {
        let mut values = given.clone();
        for (name, parameter) in &self.parameters {
            if let (Some(default), false) = (&parameter.default, values.contains_key(name)) {
                values.insert(name.clone(), default.clone());
            }
        }
        values.insert(ID.to_owned(), certificate.to_owned());
        let thing = self.properties("AWS::IoT::Thing");
        let name = text(thing.get("ThingName").ok_or("the template names no thing")?, &values)?;
        let policy = self.properties("AWS::IoT::Policy");
        let policy_name = match (policy.get("PolicyName"), policy.get("PolicyDocument")) {
            (Some(name), _) => {
                let name = text(name, &values)?;
                if !registry.has_policy(&name) {
                    return Err(format!("there is no policy {name:?}"));
                }
                name
            }
            (None, document) => {
                let document = Policy::from_value(document.unwrap_or(&Value::Null));
                registry.keep_policy(&format!("of {name}"), document.map_err(|error| error.to_string())?);
                format!("of {name}")
            }
        };
        registry.create_thing(&name);
        if let Some(attributes) = thing.get("AttributePayload").and_then(Value::as_object) {
            for (key, value) in attributes {
                let value = text(value, &values)?;
                if let Some(own) = registry.things.get_mut(&name) {
                    own.attributes.insert(key.clone(), value);
                }
            }
        }
        registry.attach_thing(certificate, &name);
        registry.attach_policy(certificate, &policy_name);
        let status = self.properties("AWS::IoT::Certificate").get("Status").cloned();
        if let Some(own) = registry.certificates.get_mut(certificate) {
            let inactive = status.and_then(|status| status.as_str().map(str::to_uppercase)).as_deref()
                == Some("INACTIVE");
            own.status = if inactive { Status::Inactive } else { Status::Active };
            own.active_from = active_from;
        }
        let mut configuration = Map::new();
        for (key, value) in &self.device_configuration {
            configuration.insert(key.clone(), Value::String(text(value, &values)?));
        }
        Ok((name, configuration))
    }
}

/// A string, a reference to a parameter, or strings joined.
fn text(value: &Value, values: &BTreeMap<String, String>) -> Result<String, String> {
    if let Some(text) = value.as_str() {
        return Ok(text.to_owned());
    }
    let only = |key: &str| value.as_object().filter(|map| map.len() == 1)?.get(key);
    if let Some(name) = only("Ref").and_then(Value::as_str) {
        return values.get(name).cloned().ok_or_else(|| format!("there is no {name:?}"));
    }
    if let Some([separator, Value::Array(parts)]) =
        only("Fn::Join").and_then(Value::as_array).map(Vec::as_slice)
    {
        let parts: Result<Vec<_>, _> = parts.iter().map(|part| text(part, values)).collect();
        return Ok(parts?.join(separator.as_str().unwrap_or_default()));
    }
    Err(format!("the mock does not understand {value}"))
}
