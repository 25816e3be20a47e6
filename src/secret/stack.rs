//! What operations with secrets leave on the stack: calls below them, of this crate and of others, moves of
//! values, spilled registers. It is overwritten when they are done.

/// How deep below an operation: hashes in it have been seen to before. `lab/residue` fails if it is too little.
const OPERATION: usize = 1024;
/// Below a SHA-256.
#[cfg(feature = "host")]
pub(crate) const SHA256: usize = 896;
/// Below an HMAC.
#[cfg(feature = "host")]
pub(crate) const HMAC: usize = 1536;

/// Overwrites the stack below the caller's frame.
#[inline(never)]
fn scrub<const DEPTH: usize>() {
    let area = [0_u8; DEPTH];
    // It has to be there, all of it.
    core::hint::black_box(&area);
}

pub(crate) mod blocking {
    /// Does the work, and overwrites what it leaves on the stack. The result is not overwritten, so secrets
    /// go where the work's closure points to.
    pub(crate) fn scrubbed<T>(work: impl FnOnce() -> T) -> T {
        scrubbed_to::<{ super::OPERATION }, T>(work)
    }

    /// The same, as deep as the caller knows.
    pub(crate) fn scrubbed_to<const DEPTH: usize, T>(work: impl FnOnce() -> T) -> T {
        let result = below(work);
        super::scrub::<DEPTH>();
        result
    }

    /// Has a frame of its own, whatever is inlined into it.
    #[inline(never)]
    fn below<T>(work: impl FnOnce() -> T) -> T {
        work()
    }
}

pub(crate) mod asynch {
    use core::future::poll_fn;
    use core::pin::{Pin, pin};
    use core::task::{Context, Poll};

    /// As the blocking one, after each poll.
    pub(crate) async fn scrubbed<T>(work: impl AsyncFnOnce() -> T) -> T {
        let mut future = pin!(work());
        poll_fn(|context| {
            let result = below(future.as_mut(), context);
            super::scrub::<{ super::OPERATION }>();
            result
        })
        .await
    }

    #[inline(never)]
    fn below<F: Future>(future: Pin<&mut F>, context: &mut Context<'_>) -> Poll<F::Output> {
        future.poll(context)
    }
}
