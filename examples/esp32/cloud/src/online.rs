//! Logging in only makes sense while there is a network.

use embassy_futures::select::select;
use embassy_net::Stack;
use embassy_time::Timer;

/// So long after the network has come back at most: not every device behind it at the same moment.
const SPREAD_MS: u64 = 2_000;

/// Waits for an address, then for up to 2 seconds more, drawn by `seed`.
pub async fn online(stack: Stack<'static>, seed: u64) {
    if !stack.is_config_up() {
        stack.wait_config_up().await;
        Timer::after_millis(seed % SPREAD_MS).await;
    }
}

/// Runs `work` until it is done or the network is gone, whatever comes first: what waits for a server that
/// can't be reached, or for its next try, should begin anew when the network is back.
pub async fn while_online(stack: Stack<'static>, work: impl Future<Output = ()>) {
    select(work, stack.wait_config_down()).await;
}
