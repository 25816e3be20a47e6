//! `atecc sim serve`.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};

use atecc608_linux::Location;
use atecc608_sim::server::{self, Options};
use atecc608_sim::state::StateFile;
use atecc608_sim::{Bus, Chip, ChipId};
use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::bus::Place;
use crate::failure::{Failure, Kind};

/// Serves a simulated chip to several programs at once, until it is ended. [changes nothing]
///
/// The chip is the one that --bus names, sim if nothing is said. The programs say --bus tcp:HOST:PORT.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Where to listen; port 0 takes a free one. Whoever reaches it can do all with the chip.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:6080")]
    listen: SocketAddr,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    bus: String,
    serial: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "chip {} for everybody who says --bus {}; Ctrl-C ends it", self.serial, self.bus)
    }
}

impl Serve {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let tried = "a simulated chip was to be served";
        let (bus, options) = served(app, tried)?;
        let cannot = |error: io::Error| {
            let cause = format!("can't listen on {}: {error}", self.listen);
            Failure::new(Kind::Bus, tried, cause, "give --listen another port; 0 takes a free one")
        };
        let listener = TcpListener::bind(self.listen).map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let serial = bus.with_chip(ChipId::FIRST, |chip| super::serial(chip));
        app.answer_now(&Answer { bus: format!("tcp:{address}"), serial })?;
        let error = server::serve(listener, bus, options);
        Err(Failure::new(Kind::Contact, tried, error, "start it again"))
    }
}

/// The bus, and what keeps its chip.
fn served(app: &App, tried: &str) -> Result<(Bus, Options), Failure> {
    match Place::of(Some(app.global().bus().unwrap_or("sim")))?.location {
        Location::Simulator => Ok((Bus::with_blank_chip(0), Options::new())),
        Location::Preset(preset) => Ok((super::alone(preset.chip(0)), Options::new())),
        Location::SimulatorFile(file) => {
            let of = |error| Failure::of_state(tried, &error);
            let mut state = StateFile::lock(file).map_err(of)?;
            let bus = super::alone(state.chip(0).map_err(of)?);
            let keep = move |bus: &Bus| {
                let keep = |chip: &mut Chip| state.keep(chip.eeprom());
                bus.with_chip(ChipId::FIRST, keep).map_err(io::Error::other)
            };
            Ok((bus, Options::new().after_each(keep)))
        }
        _ => Err(Failure::new(
            Kind::Usage,
            tried,
            "--bus names no simulated chip",
            "write --bus sim, sim:FILE or sim:PRESET",
        )),
    }
}
