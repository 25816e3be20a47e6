//! The command line.

use clap::Parser;

/// A certificate for the key in an ATECC608: request, issue, store, read back, verify; on simulated chips. With the chip
/// on your board: the tool `atecc` (`atecc cert`, `atecc tng`).
#[derive(Debug, Parser)]
#[command(name = "x509", version)]
pub(crate) struct Options {
    /// The chain of a Trust&GO chip instead, up to its root.
    #[arg(long)]
    pub(crate) tng: bool,

    /// The Trust&GO chip whose public data is published, instead of one with certificates of a demo root.
    #[arg(long, requires = "tng")]
    pub(crate) published: bool,

    /// Prints one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}
