//! A program that uses a chip as it is told to, line by line. The other tests run it, as processes of their own.

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use atecc608::command::{InfoState, MessageSource, NonceFixed, SignExternal};
use atecc608::{Address, Error, Slot};
use atecc608_linux::{Failure, Options, SharedChip};

/// Where the program finds its chip; without it is a test of its own.
const LOCATION: &str = "ATECC608_TEST_LOCATION";
const ADDRESS: &str = "ATECC608_TEST_ADDRESS";
const LOCKS: &str = "ATECC608_TEST_LOCKS";
const WAIT_MS: &str = "ATECC608_TEST_WAIT_MS";
pub(crate) const MAX_WRITE: &str = "ATECC608_TEST_MAX_WRITE";

/// Before each answer, to tell it from what the test harness prints.
const MARK: &str = "> ";

#[test]
fn program() {
    let Ok(location) = std::env::var(LOCATION) else {
        let chip = SharedChip::open("sim:tngtls", None).unwrap();
        assert_eq!(answer(&chip, "sign 1"), "signed");
        return;
    };
    let mut options = Options::new();
    if let Ok(address) = std::env::var(ADDRESS) {
        options = options.address(Address::from_7bit(address.parse().unwrap()).unwrap());
    }
    if let Ok(locks) = std::env::var(LOCKS) {
        options = options.locks(locks);
    }
    if let Ok(wait) = std::env::var(WAIT_MS) {
        options = options.wait(Duration::from_millis(wait.parse().unwrap()));
    }
    if let Ok(bytes) = std::env::var(MAX_WRITE) {
        options = options.max_write(bytes.parse().unwrap());
    }
    let chip = match options.open(&location) {
        Ok(chip) => chip,
        Err(error) => return say(&format!("not opened: {error}")),
    };
    say("opened");
    while let Some(line) = next_line() {
        let answer = answer(&chip, &line);
        say(&answer);
    }
}

fn answer(chip: &SharedChip, line: &str) -> String {
    let (job, id) = line.split_once(' ').unwrap_or((line, "0"));
    let id: u8 = id.parse().unwrap();
    let result = match job {
        "sign" => chip.sign_digest(Slot::S0, &[id; 32]).map(|_| "signed".into()),
        "verify" => chip.public_key(Slot::S0).and_then(|key| {
            let signature = chip.sign_digest(Slot::S0, &[id; 32])?;
            chip.verify(&key, &[id; 32], &signature)?;
            Ok("verified".into())
        }),
        "many" => (0..15)
            .try_for_each(|_| chip.sign_digest(Slot::S0, &[id; 32]).map(drop))
            .map(|()| "signed".into()),
        "hold" => chip
            .with(|chip| {
                chip.session(|chip| -> Result<_, Error<_>> {
                    chip.execute(&NonceFixed::TempKey(&[id; 32]))?;
                    chip.execute(&NonceFixed::MessageDigest(&[id; 32]))?;
                    say("holding");
                    next_line();
                    chip.execute(&SignExternal { slot: Slot::S0, source: MessageSource::MessageDigest })
                })
            })
            .map(|_| "signed".into()),
        "idle" => chip
            .with(|_| {
                say("holding");
                next_line();
                Ok::<_, Failure>(())
            })
            .map(|()| "done".into()),
        "loop" => {
            let (stop, stopped) = mpsc::channel();
            thread::spawn(move || stop.send(next_line()));
            let mut sessions = 0;
            loop {
                if let Err(error) = chip.serial_number() {
                    break Err(error);
                }
                sessions += 1;
                if sessions == 1 {
                    say("looping");
                }
                if stopped.try_recv().is_ok() {
                    break Ok("stopped".into());
                }
            }
        }
        "left" => chip
            .with(|chip| chip.execute(&InfoState))
            .map(|state| format!("TempKey {}", state.temp_key_valid)),
        "told" => chip
            .with(|chip| chip.random().map_err(|error| Failure::Other(format!("told: {error}").into())))
            .map(|_| "random".into()),
        "unsent" => chip.with(|_| Err(Failure::Other("nothing was sent".into()))),
        "note" => Ok(chip.note().unwrap_or_default()),
        "serial" => chip.serial_number().map(|serial| serial.to_string()),
        other => panic!("{other:?}"),
    };
    result.unwrap_or_else(|error| format!("error: {error}"))
}

fn next_line() -> Option<String> {
    io::stdin().lock().lines().next().transpose().unwrap()
}

fn say(text: &str) {
    println!("\n{MARK}{}", text.replace('\n', " "));
    io::stdout().flush().unwrap();
}

/// How the program is run.
pub(crate) struct Start<'a> {
    pub(crate) location: &'a str,
    pub(crate) address: Option<u8>,
    pub(crate) locks: &'a Path,
    pub(crate) wait: Duration,
}

/// The program, running.
pub(crate) struct Running {
    child: Child,
    input: Option<ChildStdin>,
    output: io::Lines<io::BufReader<ChildStdout>>,
}

impl Start<'_> {
    pub(crate) fn run(&self) -> Running {
        let mut running = self.spawn(Command::new(std::env::current_exe().unwrap()));
        assert_eq!(running.answer(), "opened");
        running
    }

    /// With a command that runs this test program with the arguments that it is given.
    pub(crate) fn spawn(&self, mut command: Command) -> Running {
        command
            .args(["--exact", "program::program", "--nocapture"])
            .env(LOCATION, self.location)
            .env(LOCKS, self.locks)
            .env(WAIT_MS, self.wait.as_millis().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if let Some(address) = self.address {
            command.env(ADDRESS, address.to_string());
        }
        let mut child = command.spawn().unwrap();
        let output = io::BufReader::new(child.stdout.take().unwrap()).lines();
        Running { input: child.stdin.take(), output, child }
    }
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn tell(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// What it says next.
    pub(crate) fn answer(&mut self) -> String {
        let answers = &mut self.output;
        let answer = answers.find_map(|line| Some(line.unwrap().strip_prefix(MARK)?.to_owned()));
        answer.expect("the program has ended without an answer")
    }

    pub(crate) fn ask(&mut self, line: &str) -> String {
        self.tell(line);
        self.answer()
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// No more lines: it ends by itself.
    pub(crate) fn end(&mut self) -> ExitStatus {
        drop(self.input.take());
        self.output.by_ref().for_each(drop);
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if thread::panicking() {
            self.child.kill().ok();
        }
        self.end();
    }
}
