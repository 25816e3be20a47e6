//! `scan`, `provision`, `sign` and `csr`, built for the ESP32-C3 and run on an emulated one whose I2C bus is the simulator's:
//! what a person at the serial line sees. openssl verifies the tokens and the request.

use crate::cargo;
use crate::process::{Result, Run, command, root};
use crate::token::{Token, decoded};
use crate::tools;
use base64ct::{Base64, Encoding};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const TARGET: &str = "riscv32imc-unknown-none-elf";
/// When the tokens are made.
const NOW: u64 = 1_800_000_000;

/// See above.
pub(crate) fn main(_: &[String]) -> Result {
    tools::target(TARGET)?;
    let folder = root().join("examples/esp32");
    let config = folder.join("config.toml");
    let ours = !config.exists();
    if ours {
        fs::copy(folder.join("config.example.toml"), &config)?;
    }
    let ran = build(&folder).and_then(|bench| bench.run(&config));
    if ours {
        fs::remove_file(config)?;
    }
    ran
}

fn build(folder: &Path) -> Result<Bench> {
    command("cargo build --quiet --locked -p atecc608-sim").check()?;
    command("cargo build --quiet --locked --manifest-path lab/Cargo.toml --target-dir target -p c3-emulator")
        .check()?;
    let line = format!("cargo build --locked --release --target {TARGET} --features esp32c3");
    command(&line)
        .args(["--bin", "scan", "--bin", "provision", "--bin", "sign", "--bin", "csr"])
        .current_dir(folder)
        .check()?;
    let programs = root().join("target/debug");
    Ok(Bench {
        emulator: programs.join("c3-emulator"),
        simulator: cargo::target_directory(root())?.join("debug/atecc608-sim"),
        firmware: cargo::target_directory(folder)?.join(TARGET).join("release"),
        work: tempfile::tempdir()?,
        checks: 0,
    })
}

struct Bench {
    emulator: PathBuf,
    simulator: PathBuf,
    firmware: PathBuf,
    work: tempfile::TempDir,
    /// Lines and tokens that were as they should be.
    checks: u32,
}

/// A server that ends with the value.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().and_then(|()| self.0.wait()).ok();
    }
}

/// The chip's memory as TOML, and whether its data and its configuration zone are unlocked.
type Memory = (String, [bool; 2]);

impl Bench {
    fn state(&self) -> PathBuf {
        self.work.path().join("chip")
    }

    /// What the program prints until the emulator ends with this code.
    fn emulate(
        &self,
        program: &str,
        options: &[&str],
        until: Option<&str>,
        typed: &str,
        code: i32,
    ) -> Result<String> {
        let mut emulator = Command::new(&self.emulator);
        emulator.arg(self.firmware.join(program)).args(options);
        if let Some(text) = until {
            emulator.arg(format!("--until={text}"));
        }
        let mut child =
            emulator.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
        // It may end before it reads.
        child.stdin.take().ok_or("no input")?.write_all(typed.as_bytes()).ok();
        let output = child.wait_with_output()?;
        let text = String::from_utf8(output.stdout)?.replace('\r', "");
        if output.status.code() != Some(code) {
            return Err(format!("{program} {options:?} {until:?}: {}\n{text}", output.status).into());
        }
        Ok(text)
    }

    /// The same with the chip that is kept.
    fn kept(&self, program: &str, until: &str, typed: &str) -> Result<String> {
        self.emulate(program, &["--state", &self.state().to_string_lossy()], Some(until), typed, 0)
    }

    fn shows(&mut self, text: &str, lines: &[&str]) -> Result {
        for line in lines {
            if !text.contains(line) {
                return Err(format!("no {line:?} in:\n{text}").into());
            }
            self.checks += 1;
        }
        Ok(())
    }

    fn memory(&self) -> Result<Memory> {
        let dump = Command::new(&self.simulator).arg("dump").arg(self.state()).text()?;
        let value: Value = toml::from_str(&dump)?;
        let config = value["config"].as_str().ok_or("no configuration")?.replace(char::is_whitespace, "");
        let unlocked = [86, 87].map(|at| config.get(2 * at..2 * at + 2) == Some("55"));
        Ok((dump, unlocked))
    }

    fn run(mut self, config: &Path) -> Result {
        let config: Value = toml::from_str(&fs::read_to_string(config)?)?;
        let project = config["device"]["project"].as_str().ok_or("config.toml: no project")?;

        // A blank chip, and no chip.
        let blank = self.kept("scan", "Next:", "")?;
        self.shows(&blank, &["Chip:   ATECC608A", "Serial: 0123", "is blank"])?;
        self.shows(&blank, &["Locks:  config zone unlocked, data zone unlocked"])?;
        let missing = self.emulate("scan", &["--chip", "none"], Some("5. "), "", 0)?;
        self.shows(&missing, &["ERROR: no ATECC608 found at 0x60", "Nobody answers on the whole bus."])?;
        self.shows(
            &missing,
            &["Check, in this order:", "1. wiring", "2. supply", "3. pull-ups", "4. address", "5. bus speed"],
        )?;

        // Without the typed word nothing is written: nobody types, or somebody types something else.
        let before = self.memory()?;
        demand(before.1 == [true, true], "the chip is not blank")?;
        let state = self.state().to_string_lossy().into_owned();
        let silent = self.emulate("provision", &["--state", &state, "--max-seconds", "3"], None, "", 4)?;
        self.shows(&silent, &["The plan:", "Type LOCK"])?;
        let other = self.kept("provision", "Not LOCK", "lock\n")?;
        self.shows(&other, &["nothing was locked"])?;
        demand(self.memory()? == before, "the chip is no longer what it was")?;

        // No key, no token. Then the word, the key and the locks; and a second time, nothing but the key.
        let keyless = self.kept("sign", "Flash `provision`", "")?;
        self.shows(&keyless, &["no slot of the chip that may sign holds a key"])?;
        let made = self.kept("provision", "{\"keys\"", "LOCK\n")?;
        self.shows(
            &made,
            &["Configuration written and locked.", "Key made in slot 0.", "Data zone locked."],
        )?;
        let locked = self.memory()?;
        demand(locked.1 == [false, false], "the chip is not locked")?;
        let again = self.kept("provision", "{\"keys\"", "")?;
        self.shows(&again, &["is ready; nothing is changed."])?;
        demand(self.memory()? == locked, "the second run changed the chip")?;
        let ready = self.kept("scan", "Next:", "")?;
        self.shows(&ready, &["config zone locked, data zone locked", "The chip is ready."])?;

        let pem = key(&made)?;
        demand(again.contains(pem.trim_end()), "the second run printed another key")?;

        // A token for the time that was typed, by the chip in the emulator's process and by one that is served.
        let typed = format!("{NOW}\n");
        let signed = self.kept("sign", "password of", &typed)?;
        self.token(&signed, &pem, project)?;
        let served = {
            let serve = ["serve", "--listen", "127.0.0.1:0", "--state", &state];
            let mut server =
                Server(Command::new(&self.simulator).args(serve).stdout(Stdio::piped()).spawn()?);
            let mut said = String::new();
            BufReader::new(server.0.stdout.take().ok_or("no output")?).read_line(&mut said)?;
            let address =
                said.split_whitespace().last().ok_or("the simulator does not say where it listens")?;
            self.emulate("sign", &["--bus", address], Some("password of"), &typed, 0)?
        };
        self.token(&served, &pem, project)?;

        // A request for a certificate of the same key, with the name that was typed.
        let asked = self.kept("csr", "-----END CERTIFICATE REQUEST-----", "sensor-7\n")?;
        self.shows(&asked, &["Request for sensor-7, signed in slot 0"])?;
        self.request(&asked, &pem)?;
        println!(
            "{} lines, tokens and requests on the emulated ESP32-C3 are as they should be; openssl verifies both tokens \
             and the request",
            self.checks
        );
        Ok(())
    }

    fn request(&mut self, text: &str, pem: &str) -> Result {
        let start = text.find("-----BEGIN CERTIFICATE REQUEST-----").ok_or("no request")?;
        let file = self.work.path().join("device.csr");
        fs::write(&file, &text[start..])?;
        let said = command("openssl req -verify -noout -subject -pubkey -in").arg(&file).text()?;
        demand(said.replace(" = ", "=").contains("CN=sensor-7"), &format!("the request is for {said}"))?;
        demand(said.contains(pem.trim_end()), "the request has another key")?;
        self.checks += 1;
        Ok(())
    }

    fn token(&mut self, text: &str, pem: &str, project: &str) -> Result {
        let token = text.lines().find(|line| line.starts_with("ey") && line.matches('.').count() == 2);
        let token = Token::new(token.ok_or("no token")?)?;
        let [header, claims] = token.parts()?;
        demand(header["alg"] == "ES256", "no ES256")?;
        let said = [&claims["iat"], &claims["exp"], &claims["aud"]];
        let wanted: [Value; 3] = [NOW.into(), (NOW + 3600).into(), project.into()];
        demand(said == wanted.each_ref(), &format!("claims: {claims}"))?;
        token.check(pem, self.work.path())?;
        self.checks += 1;
        Ok(())
    }
}

fn demand(good: bool, trouble: &str) -> Result {
    if good { Ok(()) } else { Err(trouble.into()) }
}

/// The printed key, which stands there in two forms.
fn key(text: &str) -> Result<String> {
    const END: &str = "-----END PUBLIC KEY-----";
    let start = text.find("-----BEGIN PUBLIC KEY-----").ok_or("no key")?;
    let end = text.find(END).ok_or("no end of the key")? + END.len();
    let pem = format!("{}\n", &text[start..end]);
    let lines: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = Base64::decode_vec(&lines).map_err(|error| format!("the key: {error}"))?;
    let point = &der[der.len().checked_sub(64).ok_or("a short key")?..];
    let line = text.lines().find(|line| line.starts_with("{\"keys\"")).ok_or("no JWK")?;
    let keys: Value = serde_json::from_str(line)?;
    let keys = keys["keys"].as_array().ok_or("no keys")?;
    demand(keys.len() == 1, "not one JWK")?;
    let coordinate = |name: &str| decoded(keys[0][name].as_str().unwrap_or_default());
    demand([coordinate("x")?, coordinate("y")?].concat() == point, "PEM and JWK are different keys")?;
    Ok(pem)
}
