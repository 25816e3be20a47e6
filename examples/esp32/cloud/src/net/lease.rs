//! The device's address: when it comes, goes, and does not come.

use embassy_net::Stack;
use embassy_time::{Duration, with_timeout};
use esp_println::println;

/// A DHCP server answers within a second or two.
const PATIENCE: Duration = Duration::from_secs(15);

/// Says what DHCP gives.
#[embassy_executor::task]
pub(super) async fn watch(stack: Stack<'static>) -> ! {
    loop {
        stack.wait_link_up().await;
        while with_timeout(PATIENCE, stack.wait_config_up()).await.is_err() {
            if !stack.is_link_up() {
                break;
            }
            println!(
                "DHCP: no address within {} s: the network let this device in, but no DHCP server answers; \
                 check the router. Still asking",
                PATIENCE.as_secs()
            );
        }
        if let Some(lease) = stack.config_v4() {
            match lease.dns_servers.first() {
                Some(dns) => println!("DHCP: address {}, DNS server {dns}", lease.address),
                None => println!(
                    "DHCP: address {}, but no DNS server: only servers with `address` in config.toml can be \
                     reached",
                    lease.address
                ),
            }
            stack.wait_config_down().await;
            println!("DHCP: address gone");
        }
    }
}
