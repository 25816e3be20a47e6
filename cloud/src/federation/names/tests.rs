use super::*;
use std::string::ToString;

fn identity<'a>(issuer: &'a str, subject: &'a str, key_id: &'a str) -> Result<Identity<'a>, FieldError> {
    Identity::new(Provider::new(1, "pool", "prov").unwrap(), issuer, subject, key_id)
}

fn refused<T>(result: Result<T, FieldError>) -> (Field, NameProblem) {
    let error = result.err().expect("refused");
    (error.field, error.problem)
}

#[test]
fn a_subject_of_127_bytes_is_the_longest() {
    let long = "s".repeat(128);
    assert!(identity("https://i", &long[1..], "k").is_ok());
    let error = identity("https://i", &long, "k").unwrap_err();
    assert_eq!((error.field, error.problem), (Field::Subject, NameProblem::Length { min: 1, max: 127 }));
    assert_eq!(error.to_string(), "the subject (sub) must have 1 to 127 bytes");
    // Bytes, not characters.
    assert_eq!(refused(identity("https://i", &"é".repeat(64), "k")).0, Field::Subject);
}

#[test]
fn names_that_would_break_a_request_are_refused() {
    for c in ["\"", "\\", " ", "\r\n", "\0", "é"] {
        let name = std::format!("x{c}x");
        assert_eq!(refused(identity("https://i", &name, "k")).0, Field::Subject, "{c:?}");
        assert_eq!(refused(identity("https://i", "s", &name)).0, Field::KeyId, "{c:?}");
        assert_eq!(refused(identity(&std::format!("https://{name}"), "s", "k")).0, Field::Issuer, "{c:?}");
        assert_eq!(refused(identity("https://i", "s", "k").unwrap().with_audience(&name)).0, Field::Audience);
        assert_eq!(refused(Scope::new(&name)).0, Field::Scope, "{c:?}");
        assert_eq!(refused(Topic::new("project", &name)).0, Field::Topic, "{c:?}");
        assert_eq!(refused(ServiceAccount::new(&std::format!("{name}@a.b"))).0, Field::ServiceAccount);
        assert_eq!(refused(crate::federation::Connection::new((), &name)).0, Field::Host, "{c:?}");
    }
    for c in ["/", "?", "#", "%", ":"] {
        assert_eq!(refused(Topic::new("project", &std::format!("top{c}ic"))).0, Field::Topic, "{c}");
    }
}

#[test]
fn pools_and_providers_follow_googles_rules() {
    assert_eq!(refused(Provider::new(1, "gcp-pool", "prov")), (Field::Pool, NameProblem::Start));
    assert_eq!(refused(Provider::new(1, "poo", "prov")).0, Field::Pool);
    assert_eq!(refused(Provider::new(1, "pool", &"p".repeat(33))).0, Field::Provider);
    assert_eq!(refused(Provider::new(1, "pool", "Prov")), (Field::Provider, NameProblem::Character('P')));
    assert_eq!(
        Provider::new(12, "pool", "prov").unwrap().to_string(),
        "//iam.googleapis.com/projects/12/locations/global/workloadIdentityPools/pool/providers/prov"
    );
}

#[test]
fn issuers_are_https() {
    assert_eq!(refused(identity("http://i.example", "s", "k")), (Field::Issuer, NameProblem::Start));
    let error = identity("http://i.example", "s", "k").unwrap_err();
    assert_eq!(error.to_string(), "the issuer (iss) must start with https://");
}

#[test]
fn topics_and_accounts() {
    assert_eq!(Topic::new("p", "telemetry").unwrap().to_string(), "projects/p/topics/telemetry");
    assert_eq!(refused(Topic::new("p", "google-x")), (Field::Topic, NameProblem::Start));
    assert_eq!(refused(Topic::new("1p", "topic")), (Field::Project, NameProblem::Start));
    assert_eq!(refused(Topic::new("p", "to")).0, Field::Topic);
    assert!(ServiceAccount::new("sa@p.iam.gserviceaccount.com").is_ok());
    for wrong in ["sa-p.iam", "a@b@c.d", "a@bcd", "sa/x@p.iam", "@p.iam"] {
        assert!(ServiceAccount::new(wrong).is_err(), "{wrong}");
    }
}
