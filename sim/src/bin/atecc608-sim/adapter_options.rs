//! The I2C adapter and its kernel driver, as the options of `run` describe them to the preload library.

use std::fmt::Display;

use clap::builder::PossibleValuesParser;
use clap::{Args, builder::TypedValueParser};

/// What a kernel driver calls a missing acknowledgement.
const NACK: [&str; 4] = ["enxio", "eremoteio", "eio", "etimedout"];
/// How an adapter refuses what it can't do.
const REFUSAL: [&str; 3] = ["einval", "eopnotsupp", "eio"];

#[derive(Args)]
#[command(next_help_heading = "The adapter and its kernel driver")]
pub(crate) struct AdapterOptions {
    /// The error of a missing acknowledgement: of an address, and after a comma of a data byte if that is
    /// another one. enxio, eremoteio (Raspberry Pi), eio, etimedout.
    #[arg(long, value_name = "ERRNO[,ERRNO]", default_value = "enxio,eio", value_parser = nack)]
    nack: String,

    /// A kernel driver holds this 7-bit address: I2C_SLAVE fails with EBUSY. May be repeated.
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    busy: Vec<u8>,

    /// The longest write in bytes, the chip's word address included. A longer one fails with eopnotsupp, with
    /// einval if that follows after a comma, or loses its end without a word if `cut` does.
    #[arg(long, value_name = "N[,HOW]", value_parser = max_write)]
    max_write: Option<String>,

    /// The adapter does not send address 0x00; the transfer fails with einval, eopnotsupp or eio.
    #[arg(long, value_name = "ERRNO", num_args = 0..=1, require_equals = true, default_missing_value = "einval",
          value_parser = PossibleValuesParser::new(REFUSAL).map(|error| error.to_string()),
          conflicts_with = "no_reserved")]
    no_general_call: Option<String>,

    /// The same for all addresses that I2C reserves: 0x00 to 0x07 and 0x78 to 0x7F.
    #[arg(long, value_name = "ERRNO", num_args = 0..=1, require_equals = true, default_missing_value = "einval",
          value_parser = PossibleValuesParser::new(REFUSAL).map(|error| error.to_string()))]
    no_reserved: Option<String>,

    /// Opening the bus fails: eacces (no permission), enoent (no such file), enodev (the adapter is gone).
    #[arg(long, value_name = "ERRNO", value_parser = PossibleValuesParser::new(["eacces", "enoent", "enodev"]))]
    open_fails: Option<String>,
}

impl AdapterOptions {
    /// The variables of the preload library. All of them: what the caller's environment has is not meant.
    pub(crate) fn environment(&self) -> [(&'static str, String); 5] {
        let refused = match (&self.no_general_call, &self.no_reserved) {
            (Some(error), _) => format!("general-call,{error}"),
            (_, Some(error)) => format!("reserved,{error}"),
            _ => String::new(),
        };
        let busy: Vec<String> = self.busy.iter().map(u8::to_string).collect();
        [
            ("ATECC608_SIM_NACK", self.nack.clone()),
            ("ATECC608_SIM_BUSY", busy.join(",")),
            ("ATECC608_SIM_MAX_WRITE", self.max_write.clone().unwrap_or_default()),
            ("ATECC608_SIM_REFUSED", refused),
            ("ATECC608_SIM_OPEN", self.open_fails.clone().unwrap_or_default()),
        ]
    }
}

fn nack(text: &str) -> Result<String, String> {
    let (address, data) = text.split_once(',').unwrap_or((text, text));
    for name in [address, data] {
        if !NACK.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return Err(format!(
                "no kernel driver reports {name:?} for a missing acknowledgement; use {}, or two of them as in \
                 enxio,eio (address, data)",
                NACK.join(", ")
            ));
        }
    }
    Ok(text.to_ascii_lowercase())
}

fn address(text: &str) -> Result<u8, String> {
    let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => text.parse(),
    };
    let explain = |hint: &dyn Display| {
        Err(format!("a 7-bit address is 0x00 to 0x7F, and the chip's is 0x60 as a rule{hint}"))
    };
    match number {
        Ok(address) if address < 0x80 => Ok(address),
        Ok(address) => explain(&format_args!("; in 8-bit notation {address:#04X} is {:#04X}", address >> 1)),
        Err(_) => explain(&""),
    }
}

fn max_write(text: &str) -> Result<String, String> {
    let (bytes, how) = text.split_once(',').unwrap_or((text, "eopnotsupp"));
    if !bytes.parse::<u16>().is_ok_and(|bytes| (1..=8192).contains(&bytes)) {
        return Err(format!("{bytes:?} is no number of bytes from 1 to 8192"));
    }
    let how = how.to_ascii_lowercase();
    if !["eopnotsupp", "einval", "cut"].contains(&how.as_str()) {
        return Err(format!(
            "a write that is too long fails with eopnotsupp or einval, or is cut; not {how:?}"
        ));
    }
    Ok(format!("{bytes},{how}"))
}
