use super::*;
use std::format;
use std::string::ToString;

fn oauth(error: &str, description: &str) -> Refusal {
    let body = serde_json::json!({"error": error, "error_description": description}).to_string();
    Refusal::new(Service::TokenExchange, 400, None, body.as_bytes())
}

fn api(service: Service, status: u16, name: &str, message: &str) -> Refusal {
    let details = serde_json::json!([{"@type": "x", "reason": "Y", "metadata": {"a": [1, {"b": null}]}}]);
    let error = serde_json::json!({"code": status, "message": message, "status": name, "details": details});
    let body = format!("{:#}", serde_json::json!({ "error": error }));
    Refusal::new(service, status, None, body.as_bytes())
}

#[test]
fn the_token_services_words_lead_to_the_claim() {
    let cases = [
        (
            "invalid_grant",
            "The audience in ID Token [x] does not match the expected audience y.",
            Cause::Audience,
        ),
        ("invalid_grant", "The issuer in ID Token x does not match the expected ones: y.", Cause::Issuer),
        ("invalid_grant", "ID Token issued at 1622635342 is stale to sign-in.", Cause::Time),
        ("invalid_grant", "The ID Token is expired.", Cause::Time),
        ("invalid_grant", "Error connecting to the given credential's issuer.", Cause::KeyId),
        ("invalid_grant", "No matching key found.", Cause::KeyId),
        ("invalid_grant", "The signature of the ID Token is invalid.", Cause::Signature),
        ("invalid_grant", "", Cause::Token),
        ("invalid_grant", "Something nobody has seen before.", Cause::Token),
        (
            "unauthorized_client",
            "The given credential is rejected by the attribute condition.",
            Cause::Condition,
        ),
        ("invalid_request", "The size of mapped attribute google.subject exceeds the limit.", Cause::Subject),
        (
            "invalid_request",
            "Invalid value for \"audience\". This value should be the full resource name of the Identity Provider.",
            Cause::Provider,
        ),
        (
            "invalid_target",
            "The target service indicated by the \"audience\" parameters is invalid.",
            Cause::Provider,
        ),
        ("invalid_scope", "Invalid OAuth scope or ID token audience provided.", Cause::Scope),
        ("invalid_request", "Missing required field.", Cause::Request),
        ("unsupported_grant_type", "", Cause::Request),
    ];
    for (error, description, cause) in cases {
        let refusal = oauth(error, description);
        assert_eq!(refusal.cause(), cause, "{error}: {description}");
        assert_eq!((refusal.code(), refusal.description()), (error, description));
        assert!(!refusal.is_retryable(), "{error}");
        assert!(refusal.to_string().contains(error) && refusal.to_string().contains(description));
    }
}

#[test]
fn statuses_lead_to_the_cause_whatever_the_body() {
    let cases = [
        (401, Cause::AccessToken, false),
        (403, Cause::Permission, false),
        (404, Cause::NotFound, false),
        (408, Cause::Unavailable, true),
        (409, Cause::Conflict, false),
        (429, Cause::Limit, true),
        (500, Cause::Unavailable, true),
        (502, Cause::Unavailable, true),
        (503, Cause::Unavailable, true),
        (504, Cause::Unavailable, true),
        (301, Cause::Request, false),
        (418, Cause::Request, false),
    ];
    for (status, cause, retryable) in cases {
        for body in ["", "<html>", "{}", "[1]", r#"{"error":5}"#, r#"{"error":{}}"#] {
            let refusal = Refusal::new(Service::PubSub, status, None, body.as_bytes());
            assert_eq!((refusal.cause(), refusal.is_retryable()), (cause, retryable), "{status} {body}");
            assert!(refusal.to_string().contains(&status.to_string()));
        }
    }
    // The token service, too, may be busy.
    assert!(Refusal::new(Service::TokenExchange, 429, None, b"").is_retryable());
    assert!(Refusal::new(Service::TokenExchange, 503, None, b"").is_retryable());
}

#[test]
fn other_services_errors_are_read_with_all_their_details() {
    let refusal = api(Service::PubSub, 403, "PERMISSION_DENIED", "User not authorized\nto do \"this\".");
    assert_eq!(refusal.code(), "PERMISSION_DENIED");
    assert_eq!(refusal.description(), "User not authorized to do \"this\".");
    assert!(refusal.to_string().contains("roles/pubsub.publisher"));
    let refusal = api(Service::Impersonation, 403, "PERMISSION_DENIED", "");
    assert!(refusal.to_string().contains("roles/iam.workloadIdentityUser"));
    assert!(api(Service::PubSub, 409, "ABORTED", "").is_retryable());
    assert!(!api(Service::PubSub, 409, "ALREADY_EXISTS", "").is_retryable());
}

#[test]
fn a_long_description_is_cut_and_says_so() {
    let refusal = oauth("invalid_grant", &"x".repeat(1000));
    assert_eq!(refusal.description().len(), DESCRIPTION_MAX);
    assert!(refusal.description().ends_with("..."));
}

#[test]
fn what_is_said_about_a_certificate_leads_to_it() {
    let cases = [
        ("invalid_grant", "", Cause::Certificate),
        ("invalid_grant", "The certificate chain could not be verified.", Cause::Certificate),
        ("invalid_grant", "The certificate is expired.", Cause::Certificate),
        ("invalid_client", "Something about a signature.", Cause::Certificate),
        ("invalid_request", "The client certificate is missing.", Cause::Certificate),
        ("invalid_request", "Missing required field.", Cause::Request),
        ("invalid_request", "Mapped attribute google.subject is empty.", Cause::Subject),
        ("unauthorized_client", "Rejected by the attribute condition.", Cause::Condition),
        ("invalid_target", "", Cause::Provider),
        ("invalid_scope", "", Cause::Scope),
    ];
    for (error, description, cause) in cases {
        let body = serde_json::json!({"error": error, "error_description": description}).to_string();
        let refusal = Refusal::new(Service::CertificateExchange, 400, None, body.as_bytes());
        assert_eq!(refusal.cause(), cause, "{error}: {description}");
        let text = refusal.to_string();
        assert!(text.starts_with("the certificate's exchange was refused"), "{text}");
        // Nothing that only a token has.
        for claim in
            ["look at aud", "look at iss", "look at iat", "look at kid", "look at sub", "JWKS", "claims"]
        {
            assert!(!text.contains(claim), "{text}");
        }
    }
}
