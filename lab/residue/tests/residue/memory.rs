//! What operations leave in RAM. Each is run twice, with other secrets and all else the same: what differs at the
//! end was made of a secret, whichever way. What also went over the bus, encrypted, may be there.

use crate::firmware::{self, OPERATIONS, profile};
use residue::{Half, Job, Op, Outcome, Program, Secrets, run};

/// Two runs that differ in their secrets.
fn twice(program: &Program, job: Job) -> [Outcome; 2] {
    [1, 2].map(|seed| run(program, job, &Secrets::new(seed)))
}

/// What may be known: what went over the bus, but for transfers with a secret in clear.
fn known(outcome: &Outcome, Secrets { key, plain, .. }: Secrets) -> Vec<Vec<u8>> {
    let secret = |part: &[u8]| part == key || part == plain || part == outcome.returned;
    outcome.bus.iter().filter(|bytes| !bytes.windows(32).any(secret)).cloned().collect()
}

/// What should not be in memory. `sent`: runs to the end, in which everything is sent.
fn finds(program: &Program, job: Job, [first, second]: &[Outcome; 2], sent: &[Outcome; 2]) -> Vec<String> {
    let mut finds = Vec::new();
    let [mut mine, mut theirs] = [known(&sent[0], Secrets::new(1)), known(&sent[1], Secrets::new(2))];
    // An async function's result is moved in the frame that polls it, by the compiler.
    if job.half == Half::Async {
        mine.push(first.returned.clone());
        theirs.push(second.returned.clone());
    }
    for left in first.differences(second) {
        if left.is_made_of(&mine, &theirs) {
            continue;
        }
        let [writer, caller] = [left.writer.pc, left.writer.ra].map(|address| program.function(address));
        finds.push(format!("{job:?}: {:02X?} at 0x{:08X} by {writer}, {caller}", left.bytes, left.address));
    }
    finds
}

fn nothing_is_left(profile: &str) {
    let program = firmware::program(profile);
    let mut finds_of_all = Vec::new();
    for (op, halves) in OPERATIONS {
        for half in *halves {
            let job = Job::new(*op, *half);
            let runs = twice(&program, job);
            assert_eq!(runs.each_ref().map(|run| run.result), [0, 0], "{job:?}");
            finds_of_all.extend(finds(&program, job, &runs, &runs));
        }
    }
    assert!(finds_of_all.is_empty(), "{}", finds_of_all.join("\n"));
}

#[test]
fn nothing_is_left_by_a_small_program() {
    nothing_is_left(profile::SMALL);
}

#[test]
fn nothing_is_left_by_a_program_in_between() {
    nothing_is_left(profile::MIDDLE);
}

#[test]
fn nothing_is_left_by_a_fast_program() {
    nothing_is_left(profile::FAST);
}

#[test]
fn nothing_is_left_by_futures_that_are_dropped() {
    let program = firmware::program(profile::SMALL);
    let mut finds_of_all = Vec::new();
    for (op, _) in OPERATIONS.iter().filter(|(_, halves)| halves.contains(&Half::Async)) {
        let job = Job::new(*op, Half::Async);
        let sent = twice(&program, job);
        let polls = sent[0].polls;
        assert!(polls > 10, "{job:?}");
        // What is long is mostly waiting, but at its end there are results.
        let end = polls.saturating_sub(12).max(2);
        for poll in (2..end).step_by(if polls < 80 { 1 } else { 5 }).chain(end..=polls) {
            let job = Job { drop_at: Some(poll), ..job };
            finds_of_all.extend(finds(&program, job, &twice(&program, job), &sent));
        }
    }
    assert!(finds_of_all.is_empty(), "{}", finds_of_all.join("\n"));
}

/// The test would see it.
#[test]
fn what_is_left_on_purpose_is_found() {
    for profile in [profile::SMALL, profile::MIDDLE, profile::FAST] {
        let program = firmware::program(profile);
        let key = Secrets::new(1).key;
        for op in [Op::LeaveOnStack, Op::LeaveInStatic] {
            let job = Job::new(op, Half::Blocking);
            let runs = twice(&program, job);
            let found: usize = runs[0].differences(&runs[1]).iter().map(|left| left.bytes.len()).sum();
            assert!(found >= 24, "{profile}, {op:?}: {found} bytes");
            assert_eq!(finds(&program, job, &runs, &runs).len(), 1, "{profile}, {op:?}");
            assert_eq!(runs[0].find(&key).len(), 25, "{profile}, {op:?}: windows of eight bytes");
        }
        let runs = twice(&program, Job::new(Op::LeaveInRegister, Half::Blocking));
        assert!(runs[0].registers(&runs[1]).iter().any(|(register, ..)| *register == 31), "{profile}");
    }
}

/// And the program does what it is told with the secrets it is given.
#[test]
fn the_secrets_are_where_they_belong() {
    let program = firmware::program(profile::SMALL);
    let secrets = Secrets::new(1);
    for half in [Half::Blocking, Half::Async] {
        let holds = |op, secret: &[u8]| {
            run(&program, Job::new(op, half), &secrets).written.windows(32).any(|part| part == secret)
        };
        assert!(holds(Op::WritePrivateKey, &secrets.plain));
        assert!(holds(Op::WritePrivateKeyEncrypted, &secrets.plain));
        let read = run(&program, Job::new(Op::ReadEncrypted, half), &secrets).returned;
        assert_eq!(read, secrets.plain);
        let [clear, protected] = [Op::SharedSecret, Op::SharedSecretProtected]
            .map(|op| run(&program, Job::new(op, half), &secrets).returned);
        assert_eq!(clear, protected);
    }
}
