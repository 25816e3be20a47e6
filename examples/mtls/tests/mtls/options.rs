//! The command line.

use testkit::examples::Ran;

use crate::program::run;

#[test]
fn wrong_options_are_refused() {
    for (arguments, explanation) in [
        (&["--cloud", "ibm"][..], "aws, azure, google or mosquitto"),
        (&["--cloud"], "missing"),
        (&["--service", "hub"], "--service can only be used with --cloud azure"),
        (&["--cloud", "azure", "--service", "x"], "event-grid, hub and dps"),
        (&["--cloud", "azure", "--service", "hub", "--tls", "1.3"], "they speak TLS 1.2"),
        (&["--cloud", "azure", "--service", "dps", "--topic", "t"], "a hub's topics are fixed"),
        (&["--tls", "1.1"], "1.2 and 1.3"),
        (&["--onboard", "x"], "registered, jitr, jitp and claim"),
        (&["--cloud", "google", "--onboard", "jitr"], "--cloud aws"),
        (&["--cloud", "mosquitto", "--alpn"], "--cloud aws"),
        (&["--template", "x"], "--onboard claim"),
        (&["--onboard", "claim", "--endpoint", "h"], "--claim-certificate and --claim-key"),
        (&["--claim-key", "f"], "--onboard claim and --endpoint"),
        (&["--save-certificate", "f"], "--onboard claim"),
        (&["--id-scope", "x"], "--service dps"),
        (&["--cloud", "google", "--endpoint", "h"], "--project-number"),
        (&["--project-number", "7"], "--cloud google"),
        (&["--cloud", "google", "--project-number", "x"], "only digits"),
        (&["--project", "p"], "--cloud google"),
        (&["--ca", "f"], "--endpoint or --project-number"),
        (&["--endpoint", "https://x"], "no URL"),
        (&["--endpoint", "host:99999"], "1 to 65535"),
        (&["--endpoint", "host:"], "1 to 65535"),
        (&["--endpoint", ":1"], "no host"),
        (&["--slot", "3"], "--certificate, --csr or --onboard claim"),
        (&["--slot", "16", "--csr"], "0 to 15"),
        (&["--address", "0xC0"], "the 7-bit address is 0x60"),
        (&["--i2c", "nowhere"], "is no place of a chip"),
        (&["--i2c", "sim:nonsense"], "tngtls"),
        (&["--i2c", "tcp:host"], "the port is missing"),
        (&["--tng", "--certificate", "f"], "cannot be used with"),
        (&["--tng", "--lock-chip-for-ever"], "cannot be used with"),
        (&["--certificate", "f", "--authority", "d"], "cannot be used with"),
        (&["--wait", "soon"], "a span such as 90s"),
        (&["--timeout", "-1"], "a span such as 90s"),
        (&["argument"], "unexpected argument"),
        (&["-x"], "invalid option"),
        (&["--nonsense"], "unexpected argument"),
    ] {
        let Ran { code, stdout, stderr } = run(arguments);
        assert_eq!((code, &*stdout), (Some(2), ""), "{arguments:?}: {stderr}");
        assert!(stderr.starts_with("error: ") && stderr.contains(explanation), "{arguments:?}: {stderr}");
        assert!(stderr.ends_with("For more information, try '--help'.\n"), "{stderr}");
    }
}

#[test]
fn help_has_every_option() {
    let Ran { code, stdout, stderr } = run(&["--help"]);
    assert_eq!((code, &*stderr), (Some(0), ""));
    // What the command line is read by.
    let source = include_str!("../../src/cli.rs");
    let (_, arms) = source.split_once("match &*name {").unwrap();
    let (arms, _) = arms.split_once("_ => return Err").unwrap();
    let options: Vec<&str> = arms
        .lines()
        .filter_map(|line| line.trim().strip_prefix('"')?.split_once("=>").map(|(names, _)| names))
        .flat_map(|names| names.split('|').map(|name| name.trim().trim_matches('"')))
        .collect();
    assert!(options.len() > 25, "{options:?}");
    for option in options {
        assert!(stdout.contains(&format!("--{option}")), "{option}");
    }
    assert!(stdout.lines().all(|line| line.len() <= 124), "lines are too long");
    assert_eq!(run(&["-V"]).stdout, concat!("mtls ", env!("CARGO_PKG_VERSION"), "\n"));
}
