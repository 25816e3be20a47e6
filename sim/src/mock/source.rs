//! A recording as Rust source.

use core::fmt;

use embedded_hal::i2c::ErrorKind;

use super::recording::{Recording, Step, Transfer};

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("vec![\n")?;
        for step in &self.steps {
            match step {
                Step::Delay(ns) if ns % 1_000 == 0 => writeln!(f, "    // {} us", ns / 1_000)?,
                Step::Delay(ns) => writeln!(f, "    // {ns} ns")?,
                Step::Transfer { address, transfer, error } => {
                    write!(f, "    Transaction::")?;
                    call(f, *address, transfer, error.is_some())?;
                    if let Some(kind) = error {
                        write!(f, "\n        .with_error({})", Kind(*kind))?;
                    }
                    writeln!(f, ",")?;
                }
            }
        }
        f.write_str("]")
    }
}

/// The constructor of a transaction.
fn call(f: &mut fmt::Formatter<'_>, address: u8, transfer: &Transfer, failed: bool) -> fmt::Result {
    match transfer {
        Transfer::Write(bytes) => write!(f, "write({address:#04X}, {})", Bytes(bytes)),
        Transfer::Read(bytes) if failed => write!(f, "read({address:#04X}, vec![0; {}])", bytes.len()),
        Transfer::Read(bytes) => write!(f, "read({address:#04X}, {})", Bytes(bytes)),
        Transfer::WriteRead(written, read) if failed => {
            write!(f, "write_read({address:#04X}, {}, vec![0; {}])", Bytes(written), read.len())
        }
        Transfer::WriteRead(written, read) => {
            write!(f, "write_read({address:#04X}, {}, {})", Bytes(written), Bytes(read))
        }
        Transfer::Start => write!(f, "transaction_start({address:#04X})"),
        Transfer::End => write!(f, "transaction_end({address:#04X})"),
    }
}

/// A vector of bytes.
struct Bytes<'a>(&'a [u8]);

impl fmt::Display for Bytes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: Vec<String> = self.0.iter().map(|byte| format!("{byte:#04X}")).collect();
        write!(f, "vec![{}]", bytes.join(", "))
    }
}

/// A kind of error.
struct Kind(ErrorKind);

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ErrorKind::NoAcknowledge(source) => {
                write!(f, "ErrorKind::NoAcknowledge(NoAcknowledgeSource::{source:?})")
            }
            kind => write!(f, "ErrorKind::{kind:?}"),
        }
    }
}
