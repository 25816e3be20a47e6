//! What DPS answers.

use super::super::field::{Field, FieldError};
use super::super::hub::Properties;
use super::{Assignment, OPERATION_ID_MAX, Refusal};
use crate::json;
use serde::Deserialize;
use serde_json_core::str::EscapedStr;

const TOPIC: &str = "$dps/registrations/res/";

/// An answer, kept beyond the packet that it came in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Under way; to be asked for by this id.
    Assigning {
        operation: heapless::String<OPERATION_ID_MAX>,
        retry_after: Option<u32>,
    },
    /// The same request later.
    Later {
        refusal: Refusal,
        retry_after: Option<u32>,
    },
    Assigned(Assignment),
    Refused(Refusal),
    /// Assigned, but to what can't be.
    Misassigned(FieldError),
    Unreadable,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    #[serde(borrow)]
    operation_id: Option<&'a str>,
    status: Option<&'a str>,
    registration_state: Option<State<'a>>,
    error_code: Option<u32>,
    message: Option<EscapedStr<'a>>,
    tracking_id: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct State<'a> {
    #[serde(borrow)]
    assigned_hub: Option<&'a str>,
    device_id: Option<&'a str>,
    error_code: Option<u32>,
    error_message: Option<EscapedStr<'a>>,
}

/// What is said to the request of this number; nothing if it is another's.
pub(super) fn read(topic: &str, payload: &[u8], request: u32) -> Option<Answer> {
    let (status, query) = topic.strip_prefix(TOPIC)?.split_once("/?")?;
    let query = Properties::new(query);
    if query.get("$rid")?.as_encoded().parse() != Ok(request) {
        return None;
    }
    let retry_after = query.get("retry-after").and_then(|seconds| seconds.as_encoded().parse().ok());
    Some(match status.parse() {
        Ok(status) => of_status(status, payload, retry_after),
        Err(_) => Answer::Unreadable,
    })
}

fn of_status(status: u16, payload: &[u8], retry_after: Option<u32>) -> Answer {
    let body = json::read::<Body<'_>>(payload);
    if status >= 300 {
        let refusal = refusal(status, body.as_ref());
        return match status {
            429 | 500.. => Answer::Later { refusal, retry_after },
            _ => Answer::Refused(refusal),
        };
    }
    let Some(body) = body else { return Answer::Unreadable };
    match (body.status, body.operation_id) {
        (Some("assigning"), Some(operation)) => match Field::OperationId.check(operation) {
            Ok(operation) => Answer::Assigning {
                operation: operation.chars().collect::<heapless::String<OPERATION_ID_MAX>>(),
                retry_after,
            },
            Err(_) => Answer::Unreadable,
        },
        (Some("assigned"), _) => {
            let names =
                body.registration_state.as_ref().and_then(|state| state.assigned_hub.zip(state.device_id));
            match names.map(|(hub, device)| Assignment::new(hub, device)) {
                Some(Ok(assignment)) => Answer::Assigned(assignment),
                Some(Err(error)) => Answer::Misassigned(error),
                None => Answer::Unreadable,
            }
        }
        (Some("failed" | "disabled" | "unassigned"), _) => Answer::Refused(refusal(status, Some(&body))),
        _ => Answer::Unreadable,
    }
}

fn refusal(status: u16, body: Option<&Body<'_>>) -> Refusal {
    let state = body.and_then(|body| body.registration_state.as_ref());
    let message = body.and_then(|body| body.message).or(state.and_then(|state| state.error_message));
    Refusal {
        status,
        code: body.and_then(|body| body.error_code).or(state.and_then(|state| state.error_code)),
        message: json::copy(message.unwrap_or(EscapedStr(""))),
        tracking_id: json::copy(EscapedStr(body.and_then(|body| body.tracking_id).unwrap_or(""))),
        disabled: body.and_then(|body| body.status) == Some("disabled"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    fn answer(topic: &str, payload: &str) -> Option<Answer> {
        read(topic, payload.as_bytes(), 3)
    }

    fn said(status: u16, payload: &str) -> Answer {
        answer(&std::format!("$dps/registrations/res/{status}/?$rid=3"), payload).unwrap()
    }

    /// Stages as Microsoft's embedded library notes them in its own comments, with other values.
    #[test]
    fn the_stages_of_a_registration() {
        let first = answer(
            "$dps/registrations/res/202/?$rid=3&retry-after=3",
            r#"{"operationId":"4.d0a6.e7-17_3","status":"assigning"}"#,
        );
        let operation = "4.d0a6.e7-17_3".chars().collect();
        assert_eq!(first, Some(Answer::Assigning { operation, retry_after: Some(3) }));
        let last = said(
            200,
            r#"{"operationId":"4","status":"assigned","registrationState":{"x509":{"a":{"b":[1,{"c":2}]}},"registrationId":"s",
               "createdDateTimeUtc":"2020-04-10T03:11:13Z","assignedHub":"h.azure-devices.net","deviceId":"s-1",
               "status":"assigned","substatus":"initialAssignment","etag":"\"a\""}}"#,
        );
        let Answer::Assigned(assignment) = last else { panic!("{last:?}") };
        assert_eq!((assignment.hub(), assignment.device_id()), ("h.azure-devices.net", "s-1"));
        assert_eq!(assignment.device().unwrap().id(), "s-1");
    }

    #[test]
    fn other_requests_answers_are_not_taken() {
        for topic in [
            "",
            "$dps/registrations/res/200/",
            "$dps/registrations/res/200/?$rid=4",
            "$dps/registrations/res/200/?$rid=",
            "$dps/registrations/res/200/?rid=3",
            "$iothub/twin/res/200/?$rid=3",
        ] {
            assert_eq!(answer(topic, "{}"), None, "{topic}");
        }
    }

    #[test]
    fn refusals_have_words() {
        let words = |answer| match answer {
            Answer::Refused(refusal) => refusal.to_string(),
            other => panic!("{other:?}"),
        };
        let text = words(said(
            401,
            r#"{"errorCode":401002,"trackingId":"8ad0463c-6427","message":"Invalid certificate.","timestampUtc":"2020"}"#,
        ));
        for part in ["another certificate", "chain", "401002", "Invalid certificate.", "8ad0463c-6427"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(words(said(404, "")).contains("no such enrollment"));
        assert!(words(said(400, "{}")).contains("registration id"));
        let failed = r#"{"operationId":"4","status":"failed","registrationState":{"errorCode":404201,"errorMessage":"no"}}"#;
        assert!(words(said(200, failed)).contains("no such enrollment"));
        assert!(words(said(200, r#"{"operationId":"4","status":"disabled"}"#)).contains("disabled"));
        assert!(words(said(200, r#"{"operationId":"4","status":"unassigned"}"#)).contains("linked"));
    }

    #[test]
    fn a_busy_service_is_asked_again() {
        let busy = answer("$dps/registrations/res/429/?$rid=3&retry-after=17", "");
        assert!(matches!(busy, Some(Answer::Later { retry_after: Some(17), .. })));
        assert!(matches!(said(503, "x"), Answer::Later { retry_after: None, .. }));
    }

    #[test]
    fn what_can_not_be_read_is_said() {
        let long = "x".repeat(OPERATION_ID_MAX + 1);
        for payload in [
            "",
            "{}",
            "[]",
            r#"{"status":"assigning"}"#,
            r#"{"operationId":"a&b","status":"assigning"}"#,
            r#"{"operationId":"4","status":"other"}"#,
            r#"{"operationId":"4","status":"assigned"}"#,
            r#"{"status":"assigned","registrationState":{"assignedHub":"h"}}"#,
            &std::format!(r#"{{"operationId":"{long}","status":"assigning"}}"#),
        ] {
            assert_eq!(said(200, payload), Answer::Unreadable, "{payload}");
        }
        assert_eq!(answer("$dps/registrations/res/x/?$rid=3", "{}"), Some(Answer::Unreadable));
        let wrong = r#"{"status":"assigned","registrationState":{"assignedHub":"h/x","deviceId":"d"}}"#;
        assert!(matches!(said(200, wrong), Answer::Misassigned(FieldError { field: Field::Host, .. })));
    }
}
