//! The certificates by which a station issues.

use crate::workshop::{self, SIGNER, key, public, roots};
use atecc608::x509::{Certificate, DateTime, Profile, SignerId, Term};
use atecc608_fleet::authority::{Certificates, IssueError, Issuer, Kind};

#[test]
fn certificates_that_do_not_fit() {
    let own = workshop::certificates();
    let others = workshop::certificates_of(public(9));
    let parts = || (own.root().to_vec(), own.signer().to_vec(), own.example().to_vec());
    let (root, signer, example) = parts();
    assert_eq!(Certificates::new(root, signer, example), Ok(own.clone()));
    assert_eq!(Issuer::new(key(9), own.clone()).err(), Some(IssueError::OtherKey));
    let (_, signer, example) = parts();
    assert!(matches!(
        Certificates::new(others.signer().to_vec(), signer, example),
        Err(IssueError::Chain(_))
    ));
    let (root, signer, _) = parts();
    assert_eq!(Certificates::new(root, signer.clone(), signer).err(), Some(IssueError::OtherExample));
    let (root, _, example) = parts();
    assert_eq!(Certificates::new(root.clone(), root, example).err(), Some(IssueError::NoSignerId));
    assert!(roots().verify(&[own.signer()]).is_ok());
}

/// A certificate of 29 February begins on the 28th, since its last year may have no 29th.
#[test]
fn the_odd_day() {
    let mut issuer = Issuer::new(key(SIGNER), workshop::certificates()).unwrap();
    let odd = DateTime::new(2028, 2, 29, 17, 5, 0).unwrap();
    let issued = issuer.issue(workshop::serial(1), &public(7), odd).unwrap();
    let validity = Certificate::parse(&issued.certificate).unwrap().validity().unwrap();
    assert_eq!(validity.not_before, DateTime::new(2028, 2, 28, 17, 0, 0).unwrap());
    assert_eq!(validity.not_after, DateTime::new(2056, 2, 28, 17, 0, 0).unwrap());
}

/// A clock that was never set, and a signer that has ended: nothing is issued, since nothing could take it back.
#[test]
fn a_clock_that_is_wrong() {
    let certificates = workshop::certificates();
    let validity = Certificate::parse(certificates.signer()).unwrap().validity().unwrap();
    let mut issuer = Issuer::new(key(SIGNER), certificates).unwrap();
    let mut issue = |now: DateTime| issuer.issue(workshop::serial(1), &public(7), now);
    let second = |time: DateTime, by: i64| {
        DateTime::from_unix(time.to_unix().unwrap().checked_add_signed(by).unwrap()).unwrap()
    };
    for now in [validity.not_before, DateTime::new(2049, 12, 31, 23, 59, 59).unwrap()] {
        issue(now).unwrap();
    }
    let never_set = DateTime::new(2000, 1, 1, 0, 0, 0).unwrap();
    for now in [never_set, second(validity.not_before, -1), second(validity.not_after, 1)] {
        assert_eq!(issue(now), Err(IssueError::NotValid(now, validity)), "{now}");
    }
    assert_eq!(issuer.signatures(), 2);
}

/// Of one year, for ever, and what can't be said in years.
#[test]
fn other_kinds_of_devices() {
    let made = |term, profile| {
        let kind = Kind { term, profile };
        let id = SignerId(7);
        Certificates::make(
            &mut key(workshop::ROOT),
            public(SIGNER),
            &workshop::names(),
            id,
            kind,
            workshop::clock(),
        )
    };
    let cases = [
        (Term::Years(1), Profile::GOOGLE_DEVICE, DateTime::new(2025, 7, 15, 12, 0, 0).unwrap()),
        (Term::Forever, Profile::DEVICE, DateTime::MAX),
    ];
    for (term, profile, end) in cases {
        let certificates = made(term, profile).unwrap();
        let parts = [certificates.root(), certificates.signer(), certificates.example()].map(<[u8]>::to_vec);
        let [root, signer, example] = parts;
        assert_eq!(Certificates::new(root, signer, example).unwrap().term(), term);
        let mut issuer = Issuer::new(key(SIGNER), certificates).unwrap();
        let issued = issuer.issue(workshop::serial(1), &public(7), workshop::clock()).unwrap();
        let certificate = Certificate::parse(&issued.certificate).unwrap();
        assert_eq!(certificate.validity().unwrap().not_after, end);
        assert_eq!(certificate.key_usage(), Some(profile.key_usage()));
        assert!(issuer.vouches_for(&issued, workshop::serial(1), &public(7)));
        assert!(!issuer.vouches_for(&issued, workshop::serial(2), &public(7)));
        assert!(!issuer.vouches_for(&issued, workshop::serial(1), &public(8)));
    }
    assert!(matches!(made(Term::Years(0), Profile::DEVICE), Err(IssueError::Compressed(_))));
}
