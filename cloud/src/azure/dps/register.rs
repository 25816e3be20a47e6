//! From the question to the answer.

use super::answer::{self, Answer};
use super::{Assignment, DEVICE_ID_MAX, OPERATION_ID_MAX, RegisterError, Registration};
use crate::mqtt::{Client, Messages, QoS, Text};
use embedded_hal_async::delay::DelayNs;
use embedded_io_async::{Read, Write};

/// How often DPS is asked at most.
pub const POLLS_MAX: u32 = 40;
/// The longest that is waited between two questions, in seconds, whatever DPS says.
pub const RETRY_MAX: u32 = 120;
/// A receive buffer of the client in which every answer of DPS fits, in bytes.
pub const RECEIVE_BUFFER: usize = 2048;

/// What Microsoft's libraries wait where DPS says nothing, in seconds.
const RETRY_DEFAULT: u32 = 2;
const ANSWERS: &str = "$dps/registrations/res/#";
const TOPIC_MAX: usize =
    "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=&operationId=".len() + 10 + OPERATION_ID_MAX;

/// Takes the answer to one request. Whatever else comes is dropped: DPS sends nothing else.
struct Mailbox {
    request: u32,
    answer: Option<Answer>,
}

impl Messages for Mailbox {
    fn message(&mut self, topic: &str, payload: &[u8]) {
        if let Some(answer) = answer::read(topic, payload, self.request) {
            self.answer = Some(answer);
        }
    }
}

/// Registers the device: asks DPS, waits as long as it says, and asks again until there is a hub. `client` is logged in at
/// [`GLOBAL_HOST`](super::GLOBAL_HOST) by [`Registration::login`].
///
/// It can be repeated at any time: DPS gives the same hub again, unless the enrollment says otherwise. It waits at most
/// [`POLLS_MAX`] times [`RETRY_MAX`]; race it against a timer for less.
///
/// # Errors
/// [`RegisterError`].
pub async fn register<T: Read + Write>(
    client: &mut Client<'_, T>,
    registration: &Registration<'_>,
    delay: &mut impl DelayNs,
) -> Result<Assignment, RegisterError<T::Error>> {
    let body: Text<{ r#"{"registrationId":""}"#.len() + DEVICE_ID_MAX }> =
        Text::fitting(format_args!(r#"{{"registrationId":"{}"}}"#, registration.id()));
    let mut mailbox = Mailbox { request: 0, answer: None };
    // What was passed over before was none of the answers.
    client.take_skipped();
    client.subscribe(&[ANSWERS], &mut mailbox).await?;
    let mut operation: Option<heapless::String<OPERATION_ID_MAX>> = None;
    let mut last = RegisterError::StillAssigning;
    for request in 1..=POLLS_MAX {
        mailbox.request = request;
        let (topic, payload): (Text<TOPIC_MAX>, &[u8]) = match &operation {
            None => (
                Text::fitting(format_args!("$dps/registrations/PUT/iotdps-register/?$rid={request}")),
                body.as_str().as_bytes(),
            ),
            Some(operation) => (
                Text::fitting(format_args!(
                    "$dps/registrations/GET/iotdps-get-operationstatus/?$rid={request}&operationId={operation}"
                )),
                b"",
            ),
        };
        client.publish(&topic, QoS::AtLeastOnce, payload, &mut mailbox).await?;
        let answer = loop {
            if let Some(answer) = mailbox.answer.take() {
                break answer;
            }
            if client.take_skipped().is_some() {
                return Err(RegisterError::TooLarge);
            }
            client.receive(&mut mailbox).await?;
        };
        let retry_after = match answer {
            Answer::Assigned(assignment) => return Ok(assignment),
            Answer::Refused(refusal) => return Err(RegisterError::Refused(refusal)),
            Answer::Misassigned(error) => return Err(RegisterError::Assignment(error)),
            Answer::Unreadable => return Err(RegisterError::Answer),
            Answer::Assigning { operation: id, retry_after } => {
                operation = Some(id);
                last = RegisterError::StillAssigning;
                retry_after
            }
            Answer::Later { refusal, retry_after } => {
                last = RegisterError::Refused(refusal);
                retry_after
            }
        };
        let seconds = retry_after.unwrap_or(RETRY_DEFAULT).clamp(1, RETRY_MAX);
        delay.delay_ms(seconds.saturating_mul(1000)).await;
    }
    Err(last)
}
