//! `atecc config` and `atecc why` with files.
#![cfg(target_os = "linux")]

use atecc608::config::{ConfigZone, preset};
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_atecc")).env_remove("ATECC608_BUS").args(arguments).output().unwrap()
}

/// What it prints, ending with this status.
fn printed(arguments: &[&str], status: i32) -> String {
    let output = run(arguments);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {errors}");
    let said = if status == 1 { "lint found errors: do not lock this\n" } else { "" };
    assert_eq!(errors, said, "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// What it complains of.
fn refused(arguments: &[&str], status: i32) -> String {
    let output = run(arguments);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {errors}");
    assert!(output.stdout.is_empty());
    errors
}

/// A folder with files in it.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Files {
        Files(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, contents).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn gcp() -> ConfigZone {
    preset::gcp_device(&ConfigZone::from_bytes(preset::FACTORY))
}

/// One slot, and why it does not do what it does not.
#[test]
fn why() {
    let text = printed(&["why", "0", "gcp"], 0);
    assert!(text.starts_with("slot 0, after both locks:\n"));
    assert!(text.contains("+ Sign external: by anyone\n"), "{text}");
    assert!(text.contains("- GenKey new key: after the data lock no new key is made in slot 0"), "{text}");
    assert_eq!(text.lines().count(), 1 + atecc608::config::explain::Action::ALL.len());
    assert!(refused(&["why", "16", "gcp"], 2).contains("they are 0 to 15"));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("0x{byte:02X}, ")).collect()
}

#[test]
fn one_configuration_in_every_form() {
    let files = Files::new();
    let bytes = *gcp().as_bytes();
    let lines: String = bytes.chunks(16).map(|line| format!("{} # a line\n", hex(line))).collect();
    let expected = printed(&["config", "lint", "gcp"], 0);
    assert!(expected.ends_with(" notices\n") && expected.contains("\n0 errors, 0 warnings, "));
    for file in [
        files.file("c.hex", &lines),
        files.file("short.txt", hex(&bytes[16..])),
        files.file("c.bin", bytes),
        files.file("short.bin", &bytes[16..]),
        files.file("config.toml", format!("config = \"\"\"{}\"\"\"", lines)),
        files.file("preset.toml", "preset = \"gcp\""),
    ] {
        assert_eq!(printed(&["config", "lint", &file], 0), expected, "{file}");
    }
}

#[test]
fn purposes_and_bytes_in_toml() {
    let files = Files::new();
    let purposes =
        "[slots]\n0 = \"signing key\"\n4 = \"storage key\"\n8 = \"encrypted storage under key 4\"\n";
    let good = files.file("good.toml", purposes);
    assert!(
        printed(&["config", "explain", &good], 0)
            .lines()
            .any(|line| line.starts_with("   8 secret") && line.contains("e4"))
    );
    let bad = files.file("bad.toml", format!("{purposes}[bytes]\n16 = 0x00\n"));
    let text = printed(&["config", "lint", &bad], 1);
    assert!(text.starts_with("error: byte 16 (I2C address): "), "{text}");
    assert!(text.contains("\n1 error, 0 warnings, "));
}

#[test]
fn html() {
    let files = Files::new();
    let page = files.file("page.html", "");
    printed(&["config", "explain", "tflxtls", "--html", &page], 0);
    let text = std::fs::read_to_string(&page).unwrap();
    assert!(text.starts_with("<!DOCTYPE html>") && text.trim_end().ends_with("</html>"));
    assert!(
        refused(&["config", "explain", "gcp", "--html", "/no/such/folder/page.html"], 8)
            .contains("/no/such/folder/page.html was written")
    );
}

#[test]
fn plans() {
    let files = Files::new();
    let mut chip = preset::FACTORY;
    chip[2] = 0x77;
    let present = files.file("chip.bin", chip);
    let text = printed(&["config", "plan", "gcp", "--present", &present], 0);
    assert!(text.starts_with("Chip 01237700"), "{text}");
    assert!(
        text.contains("byte 20 (SlotConfig): 83 becomes 81") && text.contains("CRC of the configuration")
    );
    // A chip that is as it should be.
    assert!(printed(&["config", "plan", "factory", "--present", "factory"], 0).contains("\n0 bytes change"));
    let bad = files.file("bad.toml", "preset = \"gcp\"\n[bytes]\n96 = 0x1F\n");
    assert!(
        printed(&["config", "plan", &bad, "--present", "factory"], 1)
            .contains("a private key must be of type P-256")
    );
    chip[87] = 0;
    let locked = files.file("locked.bin", chip);
    assert!(refused(&["config", "plan", "gcp", "--present", &locked], 5).contains("locked already"));
}

#[test]
fn wrong_questions() {
    let files = Files::new();
    let short = files.file("short.hex", "01 02 03");
    let odd = files.file("odd.hex", "01 0");
    let text = files.file("text.hex", "hello");
    let bad = |contents: &str| files.file("bad.toml", contents);
    for (arguments, status, words) in [
        (&["config"][..], 2, "Usage"),
        (&["config", "lint", "--nonsense"], 2, "unexpected argument"),
        (&["config", "fly"], 2, "unrecognized subcommand"),
        (
            &["config", "lint", "nobody"],
            8,
            "name a file, a preset (factory, tngtls, tflxtls, gcp, x509) or `chip`",
        ),
        (&["config", "lint", "/no/such/file"], 8, "can't be read"),
        (&["config", "lint", &short], 2, "128 bytes (or 112 without the first 16), not 3"),
        (&["config", "lint", &odd], 2, "line 1: these numbers can be hex or decimal"),
        (&["config", "lint", &text], 2, "neither 128 bytes nor numbers"),
        (&["config", "lint", "--bus", "/dev/i2c-x", "--address", "0xC0"], 2, "the 7-bit address is 0x60"),
        (&["config", "lint", "--bus", "/dev/i2c-x", "--address", "0xFF"], 2, "0x08 to 0x77"),
        (&["config", "explain", "--bus", "/dev/i2c-no-such-bus"], 3, "there is no /dev/i2c-no-such-bus"),
        (&["config", "explain", "/dev/i2c-no-such-bus"], 3, "there is no /dev/i2c-no-such-bus"),
    ] {
        let complaint = refused(arguments, status);
        assert!(complaint.contains(words), "{complaint}");
    }
    for (contents, words) in [
        ("", "one of config, preset and slots"),
        ("preset = 1", "invalid type"),
        ("colour = \"red\"", "unknown field"),
        ("[slots]\n16 = \"data\"", "no slot \"16\""),
        ("[slots]\n0 = \"toaster\"", "no such purpose"),
        ("[slots]\n0 = \"public key\"", "too small"),
        ("preset = \"gcp\"\n[bytes]\n128 = 0", "no byte \"128\""),
    ] {
        let complaint = refused(&["config", "lint", &bad(contents)], 2);
        assert!(complaint.contains(words), "{contents:?}: {complaint}");
    }
}

/// What `read` writes, `lint` and `diff` read, in each form and through a pipe.
#[test]
fn there_and_back() {
    use std::io::Write as _;
    use std::process::Stdio;
    let files = Files::new();
    let expected = printed(&["config", "lint", "gcp"], 0);
    for (form, name) in [("hex", "c.hex"), ("toml", "c.toml"), ("bytes", "c.bin")] {
        let contents = run(&["config", "read", "gcp", "--as", form]).stdout;
        let file = files.file(name, &contents);
        assert_eq!(printed(&["config", "lint", &file], 0), expected);
        assert_eq!(printed(&["config", "diff", "gcp", &file], 0), "No difference\n");
        let mut piped = Command::new(env!("CARGO_BIN_EXE_atecc"));
        piped.args(["config", "lint", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut piped = piped.spawn().unwrap();
        piped.stdin.take().unwrap().write_all(&contents).unwrap();
        assert_eq!(String::from_utf8(piped.wait_with_output().unwrap().stdout).unwrap(), expected, "{form}");
    }
}

/// The page on locking shows a configuration and the worst that lint says about it.
#[test]
fn the_page_on_locking_shows_what_is_printed() {
    let page = include_str!("../../docs/locking.md");
    let block = |language: &str, word: &str| {
        let fence = format!("```{language}\n");
        let mut blocks = page.split(&fence).skip(1);
        let block = blocks.find(|block| block.split("```").next().unwrap().contains(word)).unwrap();
        block.split("```").next().unwrap().to_owned()
    };
    let files = Files::new();
    let file = files.file("my-config.toml", block("toml", "[bytes]"));
    let printed = printed(&["config", "lint", &file], 1);
    assert!(printed.starts_with(&block("text", "help")), "{printed}");
}
