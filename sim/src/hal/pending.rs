//! Async calls that do not end at once.

use core::future::poll_fn;
use core::task::Poll;

/// Is pending once, if asked to.
pub(super) async fn pend(mut pending: bool) {
    poll_fn(|context| {
        if core::mem::take(&mut pending) {
            context.waker().wake_by_ref();
            Poll::Pending
        } else {
            Poll::Ready(())
        }
    })
    .await;
}
