//! What can go wrong, what a person reads then, and that the handle works again when it is over.

use std::error::Error as _;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

use atecc608::command::CounterId;
use atecc608::config::{ConfigZone, preset};
use atecc608::irreversible::NoMoreConfigWrites;
use atecc608::x509::trust::{self, TrustAnchor};
use atecc608::x509::{self, Csr, Name};
use atecc608::{Address, PublicKey, Slot};
use atecc608_linux::{Failure, Location, OpenError, Options, SharedChip};
use atecc608_sim::preset::{Preset, demo_root};
use atecc608_sim::{Bus, Chip, ChipId, server};

use crate::served::Served;
use crate::traffic::SIGN;

const ADDRESS: Address = Address::from_7bit(0x35).expect("an address");

#[test]
fn a_chip_that_is_taken_out_and_put_back() {
    let bus = Bus::new();
    let socket = bus.add(Preset::TngTls.chip(1));
    let chip = SharedChip::on_simulator(&bus, ADDRESS);
    chip.sign_digest(Slot::S0, &[1; 32]).unwrap();

    let memory = bus.remove(socket).unwrap();
    let error = chip.sign_digest(Slot::S0, &[2; 32]).unwrap_err();
    assert!(error.is_gone() && error.refusal().is_none() && error.trouble().is_none(), "{error}");
    let text = error.to_string();
    let asked = "the chip at 0x35 on sim: was asked to sign with slot 0, and that failed: ";
    assert!(text.starts_with(asked) && text.contains("no chip answers: check address"), "{text}");
    // The driver's own.
    let source = error.source().unwrap().downcast_ref::<atecc608::Error<atecc608_linux::BusError>>();
    assert!(text.ends_with(&source.unwrap().to_string()));

    // Also of operations whose errors are of their own kind, and of another chip's.
    let error = chip.with(|chip| {
        chip.lock_config(&preset::gcp_device(&ConfigZone::from_bytes([0; 128])), NoMoreConfigWrites)
    });
    let error = error.unwrap_err();
    assert!(matches!(error.failure(), Failure::Other(_)) && error.is_gone(), "{error}");
    let other = SharedChip::open("sim:tngtls", None).unwrap();
    assert!(other.with(|_| chip.random()).unwrap_err().is_gone());

    bus.replace(socket, Chip::with_eeprom(memory));
    chip.sign_digest(Slot::S0, &[2; 32]).unwrap();
}

/// In the middle of a session.
#[test]
fn a_chip_that_is_taken_out_between_two_commands() {
    let bus = Bus::new();
    let socket = bus.add(Preset::TngTls.chip(1));
    let chip = SharedChip::on_simulator(&bus, ADDRESS);
    let mut memory = None;
    let error = chip
        .with(|chip| {
            chip.random()?;
            memory = bus.remove(socket);
            chip.random()
        })
        .unwrap_err();
    assert!(error.is_gone(), "{error}");
    bus.replace(socket, Chip::with_eeprom(memory.unwrap()));
    chip.random().unwrap();
}

#[test]
fn a_refusal_says_what_was_refused() {
    let chip = SharedChip::open("sim:tngtls", None).unwrap();
    let error = chip.sign_digest(Slot::S8, &[1; 32]).unwrap_err();
    assert_eq!(error.refusal(), Some(atecc608::Status::Execution));
    assert!(matches!(error.failure(), Failure::Chip(_)));
    assert!(!error.is_gone() && !error.is_timeout());
    let text = error.to_string();
    assert!(text.contains("was asked to sign with slot 8, and that failed: Sign: "), "{text}");
}

/// The chip is taken out while it signs.
#[test]
fn a_chip_that_is_taken_out_in_its_command() {
    let memory = Arc::new(Mutex::new(None));
    let served = Served::with(server::Options::new().after_each({
        let memory = Arc::clone(&memory);
        move |bus| {
            let mut memory = memory.lock().unwrap();
            let signs = |chip: &mut Chip| chip.executed().last().is_some_and(|last| last.opcode == SIGN);
            if memory.is_none() && bus.with_chip(ChipId::FIRST, signs) {
                *memory = bus.remove(ChipId::FIRST);
            }
            Ok(())
        }
    }));
    let chip = served.chip();
    let error = chip.sign_digest(Slot::S0, &[1; 32]).unwrap_err();
    assert!(error.is_timeout() && error.may_have_run() && !error.is_gone(), "{error}");
    assert!(error.to_string().contains("no answer within the longest execution time"), "{error}");

    let memory = memory.lock().unwrap().clone().unwrap();
    served.bus.replace(ChipId::FIRST, Chip::with_eeprom(memory));
    assert_eq!(chip.counter(CounterId::Counter0).unwrap(), 0);
}

fn refused(text: &str) -> String {
    SharedChip::open(text, None).unwrap_err().to_string()
}

/// Its chain is that of the preset, so `sim:tngtls` is the chip that `atecc608-sim chain tngtls` is for.
#[test]
fn simulated_chips_by_name() {
    for preset in Preset::ALL {
        let chip = SharedChip::open(&format!("sim:{preset}"), None).unwrap();
        assert_eq!(chip.address().to_7bit(), preset.address());
        assert_eq!(chip.location(), &Location::Preset(preset));
        let serial = chip.serial_number().unwrap().0;
        assert_eq!(serial[..4], preset.eeprom(0).config()[..4]);
    }
    let (one, two) = (SharedChip::open("sim:", None).unwrap(), SharedChip::open("sim:", None).unwrap());
    assert_ne!(one.serial_number().unwrap(), two.serial_number().unwrap(), "each is a new one");
    assert!(refused("sim:tng").contains("no preset \"tng\"; there are tngtls, "));
}

#[test]
fn a_simulated_chip_is_kept_in_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chip");
    let location = format!("sim:{}", path.display());
    let chip = SharedChip::open(&location, None).unwrap();
    let wanted = chip
        .with(|chip| -> Result<_, Failure> {
            let wanted = preset::gcp_device(&chip.read_config()?);
            chip.write_config(&wanted)?;
            Ok(wanted)
        })
        .unwrap();
    // Each session's changes are in the file when it is over.
    let written = fs::read(&path).unwrap();
    chip.with(|chip| chip.lock_config(&wanted, NoMoreConfigWrites)).unwrap();
    assert_ne!(fs::read(&path).unwrap(), written);
    let (key, _) = chip.with(|chip| chip.ensure_key(Slot::S0)).unwrap();

    let busy = refused(&location);
    assert!(busy.contains("is in use by another simulator. For several programs"), "{busy}");
    let clone = chip.clone();
    drop(chip);
    assert!(refused(&location).contains("is in use"), "a clone has it");
    drop(clone);

    let chip = SharedChip::open(&location, None).unwrap();
    assert_eq!(chip.public_key(Slot::S0).unwrap(), key);
    let signature = chip.sign_digest(Slot::S0, &[1; 32]).unwrap();
    chip.verify(&key, &[1; 32], &signature).unwrap();
    drop(chip);

    fs::write(&path, "no memory of a chip").unwrap();
    let damaged = refused(&location);
    assert!(damaged.contains("holds no usable EEPROM") && damaged.contains("Name a file"), "{damaged}");
    let nowhere = refused(&format!("sim:{}/nowhere/chip", folder.path().display()));
    assert!(nowhere.contains("cannot create") && nowhere.contains("nowhere/chip"), "{nowhere}");
}

/// What happened in the session is not lost without a word.
#[test]
fn a_file_that_can_not_be_written_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let chip = SharedChip::open(&format!("sim:{}/chip", inner.display()), None).unwrap();
    fs::remove_dir_all(&inner).unwrap();
    let error = chip
        .with(|chip| -> Result<_, Failure> {
            let wanted = preset::gcp_device(&chip.read_config()?);
            Ok(chip.write_config(&wanted)?)
        })
        .unwrap_err();
    assert!(matches!(error.failure(), Failure::State(_)), "{error}");
    assert!(error.to_string().contains("cannot create"), "{error}");
}

/// Without an address the usual ones are tried.
#[test]
fn a_chip_is_found_at_its_address() {
    let served = Served::new();
    let location = format!("tcp:{}", served.place);
    let chip = Options::new().locks(served.locks()).open(&location).unwrap();
    assert_eq!(chip.address(), ADDRESS);
    served.bus.remove(ChipId::FIRST);
    assert!(chip.random().unwrap_err().is_gone());
    let nobody = Options::new().locks(served.locks()).open(&location).unwrap_err();
    assert!(
        nobody.to_string().starts_with("no chip answers at 0x60, 0x35, 0x36; of the first: "),
        "{nobody}"
    );
    assert!(matches!(nobody, OpenError::NoChip { .. }));
}

#[test]
fn a_folder_for_locks_that_is_none() {
    let served = Served::new();
    let open = |folder: &Path| {
        let location = format!("tcp:{}", served.place);
        let opened = Options::new().address(ADDRESS).locks(folder).open(&location);
        opened.unwrap_err().to_string()
    };
    let missing = open(&served.locks().join("none"));
    assert!(missing.contains("can't create") && missing.ends_with("Make the folder, or name another one"));
    // Somebody would have another file written to.
    let victim = served.locks().join("victim");
    fs::write(&victim, "precious").unwrap();
    std::os::unix::fs::symlink(&victim, served.lock()).unwrap();
    assert!(open(served.locks()).contains("Remove it if it is no lock of yours"));
    fs::remove_file(served.lock()).unwrap();
    fs::hard_link(&victim, served.lock()).unwrap();
    assert!(open(served.locks()).contains("it is no file, or has another name as well"));
    assert_eq!(fs::read(&victim).unwrap(), b"precious");
}

/// One that cuts the connection: an error in words, and the next session is on a new connection.
#[test]
fn a_server_that_goes_away_and_comes_back() {
    let served = Served::new();
    // Between the program and the server, and cuts all connections when it is told so.
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let place = listener.local_addr().unwrap();
    let cut = Arc::new(Mutex::new(Vec::<TcpStream>::new()));
    thread::spawn({
        let (cut, server) = (Arc::clone(&cut), served.place.clone());
        move || {
            for client in listener.incoming().map(Result::unwrap) {
                let server = TcpStream::connect(&server).unwrap();
                cut.lock().unwrap().push(client.try_clone().unwrap());
                for (mut from, mut to) in
                    [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)]
                {
                    thread::spawn(move || std::io::copy(&mut from, &mut to));
                }
            }
        }
    });
    let chip = Options::new().address(ADDRESS).locks(served.locks()).open(&format!("tcp:{place}")).unwrap();
    chip.random().unwrap();
    let error = chip
        .with(|chip| {
            for connection in cut.lock().unwrap().drain(..) {
                connection.shutdown(std::net::Shutdown::Both).unwrap();
            }
            chip.random()
        })
        .unwrap_err();
    let text = error.to_string();
    let said = format!(
        "a session with the chip at 0x35 on tcp:{place} failed: the simulator at {place} has cut the connection ("
    );
    assert!(text.contains(&said) && text.ends_with("see whether it still runs"), "{text}");
    assert!(!text.contains("wiring"), "{text}");
    chip.random().unwrap();
}

#[test]
fn nobody_and_somebody_else_behind_a_port() {
    // A port that was just free.
    let place = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let nobody = refused(&format!("tcp:{place}"));
    assert!(nobody.starts_with(&format!("no simulator listens at {place} (")), "{nobody}");
    assert!(nobody.ends_with("start one with `atecc608-sim serve`, and look which address it prints"));

    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let place = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut client in listener.incoming().map(Result::unwrap) {
            let mut byte = [0];
            client.read_exact(&mut byte).unwrap();
            client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new().address(ADDRESS).locks(folder.path());
    let error = options.open(&format!("tcp:{place}")).unwrap().random().unwrap_err();
    assert!(error.to_string().contains("it is no atecc608-sim"), "{error}");
}

/// What a chip holds or not, by the kinds of error that operations with certificates have.
#[test]
fn certificates_that_are_not_there() {
    let chip = SharedChip::open("sim:tflxtls", None).unwrap();
    let kind = trust::TFLXTLS;
    // Microchip's root did not sign what the simulator's did.
    let error = chip.read_trust_chain(&trust::MICROCHIP).unwrap_err();
    assert!(matches!(error.failure(), Failure::Other(_)) && error.to_string().contains("root"), "{error}");
    let demo = PublicKey::from_bytes(demo_root().public_key);
    let chain = chip.read_chain(kind.device(), &kind.signer(&TrustAnchor::new(demo)), &demo).unwrap();
    assert_eq!(chain, Preset::TflxTls.chain(0)[..2]);
    let signer = kind.signer(&TrustAnchor::new(demo));
    assert_eq!(chip.read_certificate(&signer).unwrap(), chain[1]);
    let error = chip.read_certificate(&kind.signer(&trust::ROOT)).unwrap_err();
    assert!(matches!(error.failure(), Failure::X509(x509::Error::NotVerified)), "{error}");
    assert!(!error.is_gone() && error.refusal().is_none());

    let unsigned = chip.sign_csr_pem(Slot::S8, &Csr::new(Name::Attributes(&[]))).unwrap_err();
    assert!(
        unsigned.to_string().contains("was asked to sign a certificate request with slot 8"),
        "{unsigned}"
    );
}
