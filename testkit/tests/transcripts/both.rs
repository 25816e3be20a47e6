//! One transcript, two drivers.

use crate::bus::Log;

/// What a transcript gave: the results of the calls, and what happened on the bus.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run<T> {
    pub(crate) result: T,
    pub(crate) log: Log,
}

/// Plays a transcript for the blocking and for the async driver, asserts that they agree, and gives
/// the [`Run`]. Several calls give a tuple of results.
///
/// `both!(script; chip => chip.revision())`, or with settings and more calls
/// `both!(script, .with_low_power(LowPower::Idle); chip => chip.revision(), chip.random())`. Within the
/// settings `driver` is the module in use.
macro_rules! both {
    (
        $script:expr $(, .$setting:ident($($argument:expr),*))*;
        $chip:ident => $call:expr $(, $more:expr)* $(,)?
    ) => {{
        let script: $crate::script::Script = $script;
        let blocking = {
            #[allow(unused_imports)]
            use atecc608::blocking as driver;
            let (bus, clock, stage) = script.play();
            let mut $chip = atecc608::blocking::Atecc608::new(bus, clock)$(.$setting($($argument),*))*;
            let result = both!(@results $call $(, $more)*);
            $crate::both::Run { result, log: stage.finish() }
        };
        let asynch = {
            #[allow(unused_imports)]
            use atecc608::asynch as driver;
            use embassy_futures::block_on;
            let (bus, clock, stage) = script.play();
            let mut $chip = atecc608::asynch::Atecc608::new(bus, clock)$(.$setting($($argument),*))*;
            let result = both!(@results block_on($call) $(, block_on($more))*);
            $crate::both::Run { result, log: stage.finish() }
        };
        assert_eq!(blocking, asynch, "blocking (left) and async (right) disagree");
        asynch
    }};
    (@results $one:expr) => { $one };
    (@results $($call:expr),+) => { ($($call),+) };
}

/// One command: exactly these bytes out, these in, this response; asleep afterwards.
macro_rules! executes {
    ($command:expr, $group:expr, $answer:expr => $response:expr) => {{
        let command = $command;
        let (group, answer): (&str, &str) = (&$group, &$answer);
        let script = $crate::script::operation(|s| s.exchange(group, answer));
        assert_eq!(both!(script; chip => chip.execute(&command)).result, Ok($response));
    }};
}

/// One command that the chip refuses (status 0x0F) although a good answer would have this length.
macro_rules! refused {
    ($command:expr, $group:expr, $len:expr) => {{
        let command = $command;
        let script =
            $crate::script::operation(|s| s.command(&$group).read_short($len, $crate::script::REFUSED));
        let error = both!(script; chip => chip.execute(&command)).result.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Status(Status::Execution));
        assert_eq!(error.command, Some(atecc608::command::Command::request(&command).opcode));
    }};
}
