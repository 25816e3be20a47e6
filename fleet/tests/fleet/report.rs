//! Reports: torn, damaged, contradicted.

use crate::workshop::{DEVICE, SIGNER, certificates, clock, device, public, serial, signing_certificate};
use crate::workshop::{MANIFEST_SIGNER, key};
use atecc608::x509::DateTime;
use atecc608_fleet::authority::Issuer;
use atecc608_fleet::manifest::Entry;
use atecc608_fleet::report::{
    Contradiction, Done, DoneKey, Event, Failed, GivenUp, Issued, Line, Refused, Report, ReportError, Started,
};
use sha2::{Digest, Sha256};
use std::fs;

fn line(last: u8, event: Event) -> Line {
    Line {
        at: clock(),
        station: "station 7".to_owned(),
        operator: "somebody".to_owned(),
        serial: Some(serial(last)),
        event,
    }
}

fn started(last: u8) -> Line {
    line(last, Event::Started(Started { revision: [0, 0, 0x60, 2] }))
}

fn issued_at(last: u8, now: DateTime) -> Issued {
    let mut issuer = Issuer::new(key(SIGNER), certificates()).unwrap();
    issuer.issue(serial(last), &public(DEVICE + last), now).unwrap()
}

fn issued(last: u8) -> Issued {
    issued_at(last, clock())
}

fn done(last: u8, issued: &Issued, found: bool) -> Line {
    let certificate = signing_certificate(MANIFEST_SIGNER);
    let manifest = Entry::sign(&device(last), &certificate, &mut key(MANIFEST_SIGNER)).unwrap();
    let done = Done {
        revision: [0, 0, 0x60, 2],
        configuration_crc: 0xBEEF,
        public_key: Some(issued.public_key),
        keys: vec![DoneKey { slot: 0, public_key: issued.public_key }],
        compressed: Some(issued.compressed),
        certificate_sha256: Some(Sha256::digest(&issued.certificate).into()),
        found,
        manifest: Some(manifest),
    };
    line(last, Event::Done(Box::new(done)))
}

/// One of each kind.
fn lines() -> Vec<Line> {
    let refused = Refused { reason: "its configuration is locked already, and is another one".to_owned() };
    let failed = Failed { step: "write".to_owned(), error: "no answer \u{1F980}\n".to_owned() };
    vec![
        started(1),
        line(1, Event::Issued(issued(1))),
        line(1, Event::Failed(failed.clone())),
        Line { serial: None, ..line(0, Event::Failed(failed)) },
        done(1, &issued(1), false),
        line(1, Event::Seen),
        line(2, Event::Refused(refused)),
        line(3, Event::GivenUp(GivenUp { failures: 8 })),
        started(4),
        done(5, &issued(5), true),
    ]
}

#[test]
fn what_is_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.jsonl");
    let mut report = Report::open(&path).unwrap();
    for line in &lines() {
        report.append(line).unwrap();
    }
    drop(report);
    let report = Report::open(&path).unwrap();
    let mut read = Vec::new();
    report.lines(|line| read.push(line)).unwrap();
    assert_eq!(read, lines());
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), lines().len());
    assert_eq!(report.torn(), None);
    let history = report.history(serial(1)).unwrap();
    assert_eq!((history.failures, history.is_open(), history.done.is_some()), (1, false, true));
    assert_eq!(report.open_chips().collect::<Vec<_>>(), [serial(4)]);
    assert!(report.history(serial(3)).unwrap().given_up);
    assert!(report.history(serial(9)).is_none());
    assert_eq!(report.manifest().unwrap().entries().len(), 2);
}

/// The members that the README names.
#[test]
fn members() {
    let members = |line: &Line| {
        let value = serde_json::to_value(line).unwrap();
        value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ")
    };
    let all: Vec<String> = lines().iter().map(members).collect();
    let common = "at event operator serial station";
    assert_eq!(all[5], common);
    assert_eq!(all[0], "at event operator revision serial station");
    assert_eq!(all[1], "at certificate compressed event operator public_key serial station");
    assert_eq!(all[3], "at error event operator station step");
    assert_eq!(
        all[4],
        "at certificate_sha256 compressed configuration_crc event keys manifest operator public_key revision serial \
         station"
    );
}

/// Cut at every byte of its last line, and with what a file system leaves that lost power: zeros.
#[test]
fn a_torn_line_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.jsonl");
    let mut report = Report::open(&path).unwrap();
    report.append(&started(1)).unwrap();
    let whole = fs::metadata(&path).unwrap().len() as usize;
    report.append(&started(2)).unwrap();
    drop(report);
    let bytes = fs::read(&path).unwrap();
    let zeros = [&bytes[..whole], &[0; 100], b"\n"].concat();
    let tails = (whole + 1..bytes.len()).map(|len| bytes[..len].to_vec()).chain([zeros]);
    for torn in tails {
        fs::write(&path, &torn).unwrap();
        let mut report = Report::open(&path).unwrap();
        assert_eq!(report.torn(), Some(&torn[whole..]));
        assert!(report.history(serial(2)).is_none());
        assert_eq!(fs::read(&path).unwrap(), bytes[..whole]);
        report.append(&started(3)).unwrap();
        drop(report);
        let report = Report::open(&path).unwrap();
        assert_eq!(report.torn(), None);
        assert_eq!(report.open_chips().collect::<Vec<_>>(), [serial(1), serial(3)]);
    }
}

/// The first line of a report, cut at every byte, is torn; a file of something else is not touched.
#[test]
fn what_is_no_report_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.jsonl");
    let mut report = Report::open(&path).unwrap();
    report.append(&started(1)).unwrap();
    drop(report);
    let line = fs::read(&path).unwrap();
    for torn in (1..line.len()).map(|len| &line[..len]).chain([&[0; 100][..], b"\0\0\n"]) {
        fs::write(&path, torn).unwrap();
        assert_eq!(Report::open(&path).unwrap().torn(), Some(torn));
    }
    for other in [&b"notes\n"[..], b"notes", &[0x30, 0x82, 1, 0], b"{\"name\": 1", b"\xEF\xBB\xBF{"] {
        fs::write(&path, other).unwrap();
        let error = Report::open(&path).unwrap_err();
        assert!(matches!(error, ReportError::Damaged { line: 1, .. }), "{error}");
        assert_eq!(fs::read(&path).unwrap(), other);
    }
}

#[test]
fn a_damaged_line_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.jsonl");
    let mut report = Report::open(&path).unwrap();
    for line in &lines() {
        report.append(line).unwrap();
    }
    drop(report);
    let good = fs::read_to_string(&path).unwrap();
    let unknown = good.replace(r#""event":"started""#, r#""event":"from the future""#);
    let swapped: String = {
        let mut lines: Vec<&str> = good.lines().collect();
        // Done before it was issued.
        lines.swap(1, 4);
        lines.join("\n") + "\n"
    };
    let twice = good.clone() + good.lines().nth(4).unwrap() + "\n";
    let other_serial = good.replacen(r#""serial":"0123456789abcd01ee""#, r#""serial":"0123""#, 1);
    for (text, at) in [
        (good.replacen("{", "[", 1), 1),
        (good.replacen('\n', "\n\n", 1), 2),
        (unknown, 1),
        (swapped, 2),
        (twice, lines().len() + 1),
        (other_serial, 1),
    ] {
        fs::write(&path, &text).unwrap();
        match Report::open(&path).unwrap_err() {
            ReportError::Damaged { line, .. } => assert_eq!(line, at, "{text}"),
            other => panic!("{other}"),
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "it was changed");
    }
}

#[test]
fn one_station_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.jsonl");
    let report = Report::open(&path).unwrap();
    assert!(matches!(Report::open(&path), Err(ReportError::InUse(_))));
    drop(report);
    assert!(Report::open(&path).is_ok());
    assert!(matches!(Report::open(folder.path().join("no/report")), Err(ReportError::Io { .. })));
}

#[test]
fn contradictions_are_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.jsonl");
    let mut report = Report::open(&path).unwrap();
    let mut refused = |line: &Line, expected| {
        let before = fs::read(&path).unwrap();
        match report.append(line) {
            Err(ReportError::Contradiction(found)) => assert_eq!(found, expected),
            other => panic!("{other:?}"),
        }
        assert_eq!(fs::read(&path).unwrap(), before);
    };
    refused(&Line { serial: None, ..started(1) }, Contradiction::NoChip);
    refused(&done(1, &issued(1), false), Contradiction::NotIssued(serial(1)));
    let nonsense = Issued { certificate: vec![0x30, 0], ..issued(1) };
    refused(&line(1, Event::Issued(nonsense)), Contradiction::NoCertificate(serial(1)));
    drop(report);

    let mut report = Report::open(&path).unwrap();
    report.append(&line(1, Event::Issued(issued(1)))).unwrap();
    // The same once more says nothing new.
    report.append(&line(1, Event::Issued(issued(1)))).unwrap();
    let mut refused = |line: &Line, expected| match report.append(line) {
        Err(ReportError::Contradiction(found)) => assert_eq!(found, expected),
        other => panic!("{other:?}"),
    };
    // The same serial number, since key and hour are the same, and another certificate: for another chip; signed again.
    let mut other_chip = Issuer::new(key(SIGNER), certificates()).unwrap();
    let other_chip = other_chip.issue(serial(2), &public(DEVICE + 1), clock()).unwrap();
    refused(&line(2, Event::Issued(other_chip)), Contradiction::SerialReused(serial(1)));
    refused(&line(2, Event::Issued(issued(1))), Contradiction::SerialReused(serial(1)));
    let mut again = issued(1);
    *again.certificate.last_mut().unwrap() ^= 1;
    refused(&line(1, Event::Issued(again)), Contradiction::SerialReused(serial(1)));
    // The next hour has another.
    let later = issued_at(1, DateTime::new(2024, 7, 15, 13, 0, 0).unwrap());
    report.append(&line(1, Event::Issued(later.clone()))).unwrap();
    let mut refused = |line: &Line, expected| match report.append(line) {
        Err(ReportError::Contradiction(found)) => assert_eq!(found, expected),
        other => panic!("{other:?}"),
    };
    refused(&done(1, &issued(1), false), Contradiction::NotIssued(serial(1)));
    report.append(&done(1, &later, false)).unwrap();
    let mut refused = |line: &Line| match report.append(line) {
        Err(ReportError::Contradiction(found)) => {
            assert_eq!(found, Contradiction::DoneBefore(serial(1)));
        }
        other => panic!("{other:?}"),
    };
    refused(&started(1));
    refused(&line(1, Event::Issued(issued(1))));
    refused(&done(1, &later, false));
    refused(&done(1, &later, true));
}
