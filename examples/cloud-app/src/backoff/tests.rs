use super::*;
use std::vec::Vec;

#[test]
fn waits_stay_within_floor_and_ceiling() {
    for (pace, span) in [(Pace::Quick, Span::QUICK), (Pace::Slow, Span::SLOW)] {
        for seed in 0..200 {
            let (mut rng, mut backoff) = (Rng::with_seed(seed), Backoff::default());
            for failure in 0..40 {
                let ceiling = (span.first_ms << failure.min(20)).min(span.cap_ms);
                let wait = backoff.next_ms(pace, &mut rng);
                assert!((span.floor_ms..=ceiling).contains(&wait), "{pace:?} {failure}: {wait}");
            }
            assert_eq!(backoff.failures(), 40);
            backoff.reset();
            assert!(backoff.next_ms(pace, &mut rng) <= span.first_ms);
        }
    }
}

/// A device that was refused for hours goes on at most ten minutes after the cause is gone, on average after five.
#[test]
fn nobody_waits_longer_than_ten_minutes() {
    let (mut rng, mut backoff) = (Rng::with_seed(0), Backoff::default());
    let waits: Vec<_> = (0..1000).map(|_| backoff.next_ms(Pace::Slow, &mut rng)).collect();
    assert!(waits.iter().all(|&ms| ms <= 600_000), "{waits:?}");
    assert!((280_000..340_000).contains(&(waits.iter().sum::<u64>() / 1000)));
}

#[test]
fn odd_spans_do_not_panic() {
    let odd = Span { floor_ms: 7, first_ms: 0, cap_ms: 0 };
    let huge = Span { floor_ms: 0, first_ms: u64::MAX, cap_ms: u64::MAX };
    let mut backoff = Backoff::new(odd, huge);
    backoff.failures = u32::MAX;
    assert_eq!(backoff.next_ms(Pace::Quick, &mut Rng::with_seed(1)), 7);
    backoff.next_ms(Pace::Slow, &mut Rng::with_seed(1));
    assert_eq!(backoff.failures(), u32::MAX);
}

/// Waits are drawn evenly from the whole span: of 10,000 first waits about a tenth falls into each tenth.
#[test]
fn jitter_is_full() {
    let mut tenths = [0_u32; 10];
    for seed in 0..10_000 {
        let wait = Backoff::default().next_ms(Pace::Quick, &mut Rng::with_seed(seed));
        let width = Span::QUICK.first_ms - Span::QUICK.floor_ms + 1;
        tenths[((wait - Span::QUICK.floor_ms) * 10 / width) as usize] += 1;
    }
    assert!(tenths.iter().all(|count| (850..1150).contains(count)), "{tenths:?}");
}

/// 10,000 devices lose their server at the same moment. It is away for ten minutes, and can then take
/// 100 logins a second; whom it can't take fails and waits again.
#[test]
fn a_fleet_comes_back_spread() {
    const AWAY_MS: u64 = 600_000;
    const PER_SECOND: u32 = 100;
    let mut fleet: Vec<_> = (0..10_000)
        .map(|seed| {
            let (mut rng, mut backoff) = (Rng::with_seed(seed), Backoff::default());
            let at = backoff.next_ms(Pace::Quick, &mut rng);
            (at, backoff, rng)
        })
        .collect();
    let (mut tries, mut logins) = (Vec::new(), Vec::new());
    let mut second = 0;
    while !fleet.is_empty() {
        let (mut tried, mut taken) = (0, 0);
        fleet.retain_mut(|(at, backoff, rng)| {
            if *at / 1000 > second {
                return true;
            }
            tried += 1;
            if second * 1000 >= AWAY_MS && taken < PER_SECOND {
                taken += 1;
                return false;
            }
            *at += backoff.next_ms(Pace::Quick, rng);
            true
        });
        tries.push(tried);
        logins.push(taken);
        second += 1;
        assert!(second < 2 * 3600, "{} devices are still away", fleet.len());
    }
    // The first tries fill the first span, and not one second of it.
    let first_second = tries.iter().max().unwrap();
    assert!(*first_second < 2500, "{first_second} devices in one second");
    // After ten minutes the fleet asks less often than the server can take, give or take.
    let late = tries[540..600].iter().sum::<u32>() / 60;
    assert!(late < 120, "{late} tries a second");
    // And it is back soon after the server: three longest waits.
    let back = second - AWAY_MS / 1000;
    assert!(back < 15 * 60, "{back} s until the last device was back");
    assert_eq!(logins.iter().sum::<u32>(), 10_000);
}

/// Retry-After is obeyed, but no server keeps a device away for years.
#[test]
fn what_a_server_asks_for_is_capped() {
    use crate::trouble::Trouble;
    let cap = Backoff::default().longest_ms();
    assert_eq!(cap, 10 * 60_000, "what MESSAGES.md and the firmware's README say");
    for (asked, most) in
        [(0, 0), (90_000, 90_000), (cap, cap), (cap + 1, cap), (86_400_000, cap), (u64::MAX, cap)]
    {
        let (mut rng, mut backoff) = (Rng::with_seed(1), Backoff::default());
        let trouble = Trouble { at_least_ms: asked, ..Trouble::QUICK };
        let ms = trouble.wait_ms(&mut backoff, &mut rng, &mut |_: &crate::Event<'_>| {});
        assert!((most..=most + 10_000).contains(&ms), "{asked}: {ms}");
    }
}

#[test]
fn the_same_seed_waits_the_same_and_others_differ() {
    let waits = |seed| {
        let (mut rng, mut backoff) = (Rng::with_seed(seed), Backoff::default());
        [(); 8].map(|()| backoff.next_ms(Pace::Quick, &mut rng))
    };
    assert_eq!(waits(1), waits(1));
    assert_ne!(waits(1), waits(2));
}
