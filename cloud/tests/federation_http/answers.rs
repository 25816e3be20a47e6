//! How answers are read, however they arrive.

use atecc608_cloud::federation::{AnswerProblem, Connection, FederationError, Malformed};
use embedded_io_async::ErrorKind;

use crate::script::{Script, exchange_over, granted, ok};

type Result = std::result::Result<String, FederationError<ErrorKind>>;

/// Every size of piece from single bytes to all at once.
const PIECES: [usize; 6] = [1, 2, 3, 7, 100, 100_000];

/// The exchange's outcome for an answer, the same for pieces of every size, and whether the connection
/// stays open.
fn outcome(answer: &str, capacity: usize) -> (Result, bool) {
    let mut outcomes = PIECES.map(|piece| {
        let mut connection = Connection::new(Script::new(answer, piece), "sts").unwrap();
        let mut buffer = vec![0; capacity];
        let result = exchange_over(&mut connection, &mut buffer).map(|token| token.as_str().to_owned());
        (result, connection.is_open())
    });
    let first = outcomes[0].clone();
    for (piece, other) in PIECES.iter().zip(&mut outcomes) {
        // How much arrived before the end may differ.
        if let (Err(FederationError::Closed { .. }), Err(FederationError::Closed { .. })) =
            (&first.0, &other.0)
        {
            other.0 = first.0.clone();
        }
        assert_eq!(*other, first, "in pieces of {piece}");
    }
    first
}

fn chunked(chunks: &[&str]) -> String {
    let mut answer = String::from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for chunk in chunks {
        answer += &format!("{:x};ext=\"1\"\r\n{chunk}\r\n", chunk.len());
    }
    answer + "0\r\n"
}

fn malformed(what: Malformed) -> (Result, bool) {
    (Err(FederationError::Malformed(what)), false)
}

#[test]
fn an_answer_with_a_length() {
    assert_eq!(outcome(&ok(&granted("ya29.t")), 2048), (Ok("ya29.t".into()), true));
}

#[test]
fn an_answer_in_chunks_with_extensions_and_trailers() {
    let body = granted("ya29.t");
    for at in [1, 2, 5, 50, body.len() - 1] {
        let (start, end) = body.split_at(at);
        let answer = chunked(&[start, end]);
        assert_eq!(outcome(&format!("{answer}\r\n"), 2048), (Ok("ya29.t".into()), true));
        let trailers = format!("{answer}X-Checksum: 17\r\n\r\n");
        assert_eq!(outcome(&trailers, 2048), (Ok("ya29.t".into()), true));
    }
}

#[test]
fn an_answer_that_ends_with_the_connection() {
    let body = granted("ya29.t");
    let answer = format!("HTTP/1.1 200 OK\r\n\r\n{body}");
    assert_eq!(outcome(&answer, 2048), (Ok("ya29.t".into()), false));
    // Cut anywhere, it is a connection that closed, and never a shorter token.
    for end in answer.find("\r\n\r\n").unwrap()..answer.len() - 1 {
        let (result, open) = outcome(&answer[..end], 2048);
        assert!(matches!(result, Err(FederationError::Closed { .. })), "{end}: {result:?}");
        assert!(!open && result.unwrap_err().is_retryable());
    }
}

#[test]
fn an_answer_cut_anywhere_is_an_error_that_can_be_retried() {
    let body = granted("ya29.t");
    for answer in [ok(&body), chunked(&[&body[..20], &body[20..]]) + "\r\n"] {
        for end in 0..answer.len() {
            let (result, open) = outcome(&answer[..end], 2048);
            assert!(matches!(result, Err(FederationError::Closed { .. })), "{end}: {result:?}");
            assert!(!open);
        }
    }
}

#[test]
fn closed_before_and_in_the_answer_are_told_apart() {
    let mut connection = Connection::new(Script::new("", 10), "sts").unwrap();
    let closed = exchange_over(&mut connection, &mut [0; 2048]).unwrap_err();
    assert_eq!(closed, FederationError::Closed { received: 0 });
    let mut connection = Connection::new(Script::new("HTTP/1.1 200", 5), "sts").unwrap();
    let closed = exchange_over(&mut connection, &mut [0; 2048]).unwrap_err();
    assert_eq!(closed, FederationError::Closed { received: 12 });
}

#[test]
fn interim_answers_are_read_over() {
    let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
    let answer = ok(&granted("ya29.t"));
    assert_eq!(outcome(&format!("{interim}{answer}"), 2048), (Ok("ya29.t".into()), true));
    let endless = "HTTP/1.1 100 Continue\r\n\r\n".repeat(100);
    assert_eq!(outcome(&endless, 2048), malformed(Malformed::Interim));
    let switched = format!("HTTP/1.1 101 Switching Protocols\r\n\r\n{answer}");
    assert_eq!(outcome(&switched, 2048), malformed(Malformed::Interim));
}

#[test]
fn an_answer_with_both_length_and_chunks_is_refused() {
    let body = granted("ya29.t");
    let answer = chunked(&[&body]).replacen("\r\n", &format!("\r\nContent-Length: {}\r\n", body.len()), 1);
    assert_eq!(outcome(&answer, 2048), malformed(Malformed::TwoLengths));
}

#[test]
fn bytes_behind_the_answer_are_refused() {
    let whole = PIECES[5];
    for answer in [ok(&granted("ya29.t")), chunked(&[&granted("ya29.t")]) + "\r\n"] {
        let mut connection = Connection::new(Script::new(answer + "HTTP/1.1 200 OK", whole), "sts").unwrap();
        let error = exchange_over(&mut connection, &mut [0; 2048]).unwrap_err();
        assert_eq!(error, FederationError::Malformed(Malformed::Surplus));
        assert!(!connection.is_open());
    }
}

#[test]
fn a_compressed_answer_is_refused() {
    let answer = ok(&granted("ya29.t")).replacen("\r\n", "\r\nContent-Encoding: gzip\r\n", 1);
    assert_eq!(outcome(&answer, 2048), malformed(Malformed::Encoding));
}

#[test]
fn chunks_that_are_none_are_refused() {
    let start = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let long = format!("5;{}\r\n", "x".repeat(300));
    for chunks in ["x\r\n", "5\r\n123456\r\n", "-1\r\n", "11111111111111111\r\n", "\r\n", &long] {
        assert_eq!(outcome(&format!("{start}{chunks}"), 4096), malformed(Malformed::Chunk), "{chunks:?}");
    }
}

#[test]
fn an_answer_larger_than_the_buffer_says_so_and_is_never_cut() {
    // The request takes 1,000 bytes of it.
    let capacity = 1500;
    let body = granted(&"t".repeat(2000));
    let size = body.len() as u64;
    let too_large = |size| (Err(FederationError::TooLarge { size, capacity }), false);
    assert_eq!(outcome(&ok(&body), capacity), too_large(Some(size)));
    let huge = "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n";
    assert_eq!(outcome(huge, capacity), too_large(Some(u64::MAX)));
    assert_eq!(outcome(&(chunked(&[&body]) + "\r\n"), capacity), too_large(None));
    assert_eq!(outcome(&(chunked(&[&body[..900], &body[900..]]) + "\r\n"), capacity), too_large(None));
    let huge = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n";
    assert_eq!(outcome(huge, capacity), too_large(None));
    assert_eq!(outcome(&format!("HTTP/1.1 200 OK\r\n\r\n{body}"), capacity), too_large(None));
    let head = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "h".repeat(2000));
    assert_eq!(outcome(&head, capacity), too_large(None));
    let error = outcome(&ok(&body), capacity).0.unwrap_err();
    assert!(!error.is_retryable());
    assert!(error.to_string().contains(&format!("{size} bytes; there is room for {capacity}")), "{error}");
}

#[test]
fn an_answer_exactly_as_large_as_the_buffer_fits() {
    for capacity in 1200..1300 {
        let body = granted(&"t".repeat(capacity - granted("").len()));
        assert_eq!(body.len(), capacity);
        assert!(outcome(&ok(&body), capacity).0.is_ok(), "{capacity}");
        assert!(outcome(&format!("HTTP/1.1 200 OK\r\n\r\n{body}"), capacity).0.is_ok(), "{capacity}");
    }
}

#[test]
fn an_answer_of_success_that_is_of_no_use() {
    let body = granted("ya29.t");
    let problem = |body: &str| match outcome(&ok(body), 16_384).0 {
        Err(FederationError::Answer(problem)) => problem,
        other => panic!("{body}: {other:?}"),
    };
    for json in ["", "{", "[]", "null", "<html>", &format!("{body}x"), &body[1..]] {
        assert_eq!(problem(json), AnswerProblem::Json, "{json}");
    }
    assert_eq!(problem(&body.replace("access_token\":", "x\":")), AnswerProblem::AccessToken);
    assert_eq!(problem(&granted("")), AnswerProblem::AccessToken);
    assert_eq!(problem(&granted(r"a\r\nX: y")), AnswerProblem::AccessToken);
    assert_eq!(problem(&granted("a b")), AnswerProblem::AccessToken);
    assert_eq!(problem(&granted(&"t".repeat(12_289))), AnswerProblem::AccessTokenLength);
    assert_eq!(problem(&body.replace("Bearer", "MAC")), AnswerProblem::TokenType);
    assert_eq!(problem(&body.replace("token-type:access", "token-type:id")), AnswerProblem::TokenType);
    assert_eq!(problem(&body.replace("expires_in", "expires")), AnswerProblem::Expiry);
    assert_eq!(problem(&body.replace("3599", "0")), AnswerProblem::Expiry);
    for expiry in ["-1", "1e3", "\"3599\"", "4294967296"] {
        assert_eq!(problem(&body.replace("3599", expiry)), AnswerProblem::Json, "{expiry}");
    }
}

#[test]
fn a_token_of_the_longest_length_and_one_with_escapes() {
    let longest = "t".repeat(atecc608_cloud::federation::ACCESS_TOKEN_MAX);
    let capacity = atecc608_cloud::federation::EXCHANGE_BUFFER;
    assert_eq!(outcome(&ok(&granted(&longest)), capacity), (Ok(longest), true));
    assert_eq!(outcome(&ok(&granted(r"ya29.t\u003d\/")), 2048).0, Ok("ya29.t=/".into()));
}

#[test]
fn a_connection_stays_only_when_both_want_it() {
    let open = |header: &str| {
        let answer = ok(&granted("ya29.t")).replacen("\r\n", &format!("\r\n{header}\r\n"), 1);
        outcome(&answer, 2048).1
    };
    assert!(open("Connection: keep-alive"));
    assert!(!open("Connection: close"));
    assert!(!outcome(&ok(&granted("ya29.t")).replace("HTTP/1.1", "HTTP/1.0"), 2048).1);
}

#[test]
fn a_connection_that_is_used_up_sends_nothing() {
    let answer = ok(&granted("ya29.t")).replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let mut connection = Connection::new(Script::new(answer.clone() + &answer, 1), "sts").unwrap();
    exchange_over(&mut connection, &mut [0; 2048]).unwrap();
    assert_eq!(exchange_over(&mut connection, &mut [0; 2048]).unwrap_err(), FederationError::NotOpen);
    let sent = String::from_utf8(connection.into_inner().sent).unwrap();
    assert_eq!(sent.matches("POST").count(), 1);
}

#[test]
fn no_bytes_panic_or_are_read_for_ever() {
    let good = [
        ok(&granted("ya29.t")),
        chunked(&[&granted("ya29.t")[..30], &granted("ya29.t")[30..]]) + "\r\n",
        format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}", granted("ya29.t")),
        "HTTP/1.1 429 x\r\nRetry-After: 5\r\nContent-Length: 29\r\n\r\n{\"error\":{\"message\":\"\\u00e9\"}}"
            .into(),
    ];
    // The same numbers in every run (Knuth's MMIX).
    let mut state = 608_u64;
    let mut below = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    let (mut granted, mut refused) = (0, 0);
    for round in 0..4000 {
        let mut answer = good[round % good.len()].clone().into_bytes();
        for _ in 0..below(4) {
            let at = below(answer.len());
            match below(4) {
                0 => answer[at] = below(256) as u8,
                1 => answer.truncate(at + 1),
                2 => answer.insert(at, b"0123456789abcdef\r\n:;\"\\{}[], "[below(28)]),
                _ => drop(answer.remove(at)),
            }
            if answer.is_empty() {
                break;
            }
        }
        let mut connection = Connection::new(Script::new(answer, 1 + below(300)), "sts").unwrap();
        let mut buffer = vec![0; 1100 + below(400)];
        match exchange_over(&mut connection, &mut buffer) {
            Ok(_) => granted += 1,
            Err(error) => {
                refused += 1;
                assert!(!error.to_string().is_empty());
            }
        };
    }
    assert!(granted > 500 && refused > 500, "{granted} {refused}");
}
