//! `chain`: the certificates of a preset's chip, for whoever has to trust it.

use std::error::Error;

use atecc608_sim::preset::Preset;
use clap::Args;
use pem_rfc7468::LineEnding;

#[derive(Args)]
pub(crate) struct Chain {
    /// A preset with certificates: tngtls, tngtls-legacy, tflxtls, tnglora, tngact, demo-signer.
    preset: Preset,

    /// The seed that the chip has.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

/// One after the other, as a server or OpenSSL reads them.
pub(crate) fn text(options: &Chain) -> Result<String, Box<dyn Error>> {
    let chain = options.preset.chain(options.seed);
    if chain.is_empty() {
        return Err(format!("the demo root issued no certificate for {}", options.preset).into());
    }
    let pem = |der: Vec<u8>| pem_rfc7468::encode_string("CERTIFICATE", LineEnding::LF, &der);
    Ok(chain.into_iter().map(pem).collect::<Result<_, _>>()?)
}
