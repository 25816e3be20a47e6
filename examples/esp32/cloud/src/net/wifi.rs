//! In and out of the network, with a line for each.

use embassy_time::{Duration, Timer};
use esp_println::println;
use esp_radio::wifi::sta::StationConfig;
use esp_radio::wifi::{
    AuthenticationMethodConfig, Config, ConnectionError, DisconnectReason, WifiController,
};
use esp32::settings::Wifi;

/// Between two tries, in seconds.
const PAUSE_S: u64 = 5;

/// The network and how to get in. The build has checked the lengths.
pub(super) fn config(network: &Wifi) -> Config {
    let station = StationConfig::default();
    let station = match network.network.try_into() {
        Ok(ssid) => station.with_ssid(ssid),
        Err(_) => station,
    };
    let method = match (network.password, network.password.try_into()) {
        ("", _) | (_, Err(_)) => AuthenticationMethodConfig::Open,
        (_, Ok(password)) => AuthenticationMethodConfig::Wpa2Personal(password),
    };
    Config::Station(station.with_authentication(method))
}

/// Connects, and connects again, for ever.
#[embassy_executor::task]
pub(super) async fn keep_connected(mut controller: WifiController<'static>, name: &'static str) -> ! {
    loop {
        println!("Wi-Fi: connecting to {name}");
        match controller.connect_async().await {
            Ok(info) => {
                match controller.rssi() {
                    Ok(dbm) => println!("Wi-Fi: connected, channel {}, {dbm} dBm", info.channel),
                    Err(_) => println!("Wi-Fi: connected, channel {}", info.channel),
                }
                match controller.wait_for_disconnect_async().await {
                    Ok(lost) => println!("Wi-Fi: lost: {}", explain(lost.reason)),
                    Err(error) => println!("Wi-Fi: lost: {error}"),
                }
            }
            Err(ConnectionError::Failed(failed)) => {
                println!("Wi-Fi: not connected: {}; next try in {PAUSE_S} s", explain(failed.reason));
            }
            Err(error) => println!("Wi-Fi: not connected: the radio says: {error}; next try in {PAUSE_S} s"),
        }
        Timer::after(Duration::from_secs(PAUSE_S)).await;
    }
}

/// The likely cause and what to do.
fn explain(reason: DisconnectReason) -> &'static str {
    use DisconnectReason as R;
    match reason {
        R::NoAccessPointFound => {
            "no such network in reach; check wifi.network in config.toml, distance, and that it has 2.4 GHz"
        }
        R::NoAccessPointFoundWithCompatibleSecurity | R::NoAccessPointFoundInAuthmodeThreshold => {
            "the network has another kind of security; with a password WPA2 is needed, without one none"
        }
        R::AuthenticationFailed
        | R::AuthenticationExpired
        | R::FourWayHandshakeTimeout
        | R::HandshakeTimeout
        | R::MicFailure
        | R::_802_1xAuthenticationFailed => {
            "the access point did not take the password; check wifi.password in config.toml"
        }
        R::AssociationTooMany => "the access point is full",
        R::BeaconTimeout | R::NoAccessPointFoundInRssiThreshold | R::MissingAcks => {
            "the access point went silent; it is off or too far away"
        }
        R::AuthenticationLeave
        | R::AssociationLeave
        | R::AccessPointInitiatedDisassociation
        | R::PeerInitiated => "the access point sent this device away; is it restarting?",
        R::AssociationFailed | R::ConnectionFailed => "the access point did not let this device in",
        _ => "the access point or the radio gave up",
    }
}
