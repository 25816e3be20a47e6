use super::*;
use std::string::ToString;

const HOUR: u64 = 3_600_000;
const NOW: u64 = 1_800_000_000_000;

fn set() -> UnixClock {
    let mut clock = UnixClock::default();
    assert_eq!(clock.answer(NOW, 1000), Ok(Adjustment::First));
    clock
}

#[test]
fn unset_until_the_first_answer() {
    let mut clock = UnixClock::new(1_790_000_000);
    assert_eq!((clock.now(5), clock.age_ms(5)), (None, None));
    let old = clock.answer(1_789_999_999_999, 5).unwrap_err();
    assert_eq!(old, TimeError::TooOld { unix: 1_789_999_999, floor: 1_790_000_000 });
    assert!(old.to_string().contains("1789999999"));
    assert_eq!(clock.now(5), None);
    clock.answer(1_790_000_000_000, 7).unwrap();
    assert_eq!(clock.now_ms(1007), Some(1_790_000_001_000));
    assert_eq!(clock.age_ms(1007), Some(1000));
}

#[test]
fn the_floor_is_never_before_2020() {
    assert_eq!(UnixClock::new(0).floor(), 1_577_836_800);
    assert_eq!(UnixClock::new(1_577_836_801).floor(), 1_577_836_801);
}

/// 10 s and a thousandth of the time since, in either direction.
#[test]
fn drift_is_corrected_and_no_more() {
    let bound = 10_000 + 4 * HOUR / 1000;
    for by in [bound as i64, -(bound as i64), 0] {
        let mut clock = set();
        let answer = (NOW + 4 * HOUR).checked_add_signed(by).unwrap();
        let corrected = Adjustment::Corrected { by_ms: by, after_ms: 4 * HOUR };
        assert_eq!(clock.answer(answer, 1000 + 4 * HOUR), Ok(corrected));
        assert_eq!(clock.now_ms(1000 + 4 * HOUR), Some(answer));
    }
    for by in [bound as i64 + 1, -(bound as i64) - 1] {
        let mut clock = set();
        let answer = (NOW + 4 * HOUR).checked_add_signed(by).unwrap();
        for _ in 0..10 {
            assert_eq!(clock.answer(answer, 1000 + 4 * HOUR), Err(TimeError::Jump { ms: by }));
        }
        assert_eq!(clock.now_ms(1000 + 4 * HOUR), Some(NOW + 4 * HOUR));
    }
}

#[test]
fn three_that_agree_outweigh_a_clock_in_doubt() {
    let mut clock = set();
    clock.doubt();
    assert!(clock.answer(NOW - HOUR, 1000).is_err());
    assert!(clock.answer(NOW - HOUR + 2000, 3000).is_err());
    // Another opinion: the count starts again.
    assert!(clock.answer(NOW + HOUR, 5000).is_err());
    assert!(clock.answer(NOW - HOUR + 6000, 7000).is_err());
    assert!(clock.answer(NOW - HOUR + 8000, 9000).is_err());
    let by_ms = -(HOUR as i64);
    assert_eq!(clock.answer(NOW - HOUR + 10_000, 11_000), Ok(Adjustment::Replaced { by_ms }));
    assert_eq!(clock.now_ms(11_000), Some(NOW - HOUR + 10_000));
}

#[test]
fn trust_forgets_witnesses() {
    let mut clock = set();
    clock.doubt();
    assert!(clock.answer(NOW + HOUR, 1000).is_err());
    assert!(clock.answer(NOW + HOUR, 1000).is_err());
    clock.trust();
    assert!(clock.answer(NOW + HOUR, 1000).is_err());
    clock.doubt();
    assert!(clock.answer(NOW + HOUR, 1000).is_err());
    assert!(clock.answer(NOW + HOUR, 1000).is_err());
    assert!(clock.answer(NOW + HOUR, 1000).is_ok());
}

/// A first answer that was a lie far ahead can't lock the true time out.
#[test]
fn extremes_do_not_overflow() {
    let mut clock = UnixClock::default();
    clock.answer(u64::MAX, 0).unwrap();
    assert!(clock.now(u64::MAX).is_some());
    clock.doubt();
    for _ in 0..2 {
        assert!(clock.answer(NOW, 1000).is_err());
    }
    assert!(clock.answer(NOW, 1000).is_ok());
    assert_eq!(clock.now_ms(2000), Some(NOW + 1000));
}
