//! A mock cloud as a program: says where it listens in one line of JSON, then lives until it is killed.

#![forbid(unsafe_code)]

mod aws;
mod azure;
mod broker;
mod google;
mod options;

use std::any::Any;
use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use options::Options;
use serde_json::Value;

/// A cloud that runs.
struct Started {
    /// What is said of it: address, ports, files.
    says: Value,
    /// Its ports, which close when this is dropped.
    _keeps: Box<dyn Any>,
}

/// Clouds, by name.
const CLOUDS: &[&str] = &["aws", "azure", "broker", "google"];

async fn start(options: &Options) -> Result<Started, Box<dyn Error>> {
    match options.cloud.as_str() {
        "aws" => aws::start(options).await,
        "azure" => azure::start(options).await,
        "broker" => broker::start(options).await,
        "google" => google::start(options).await,
        other => Err(format!("there is no cloud {other:?}; there are {}", CLOUDS.join(", ")).into()),
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let options = Options::parse(lexopt::Parser::from_env())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let started = start(&options).await?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", started.says)?;
        out.flush()?;
        drop(out);
        std::future::pending().await
    })
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mock-cloud: {error}");
            ExitCode::FAILURE
        }
    }
}
