//! What was recorded, and the expectations it makes.

use embedded_hal::i2c::ErrorKind;
use embedded_hal_mock::eh1::delay::{Transaction as DelayTransaction, TransactionKind};
use embedded_hal_mock::eh1::i2c::Transaction;

/// One call to the bus, or one delay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A transfer.
    Transfer {
        /// The 7-bit address.
        address: u8,
        /// What was asked for.
        transfer: Transfer,
        /// How it failed, if it did.
        error: Option<ErrorKind>,
    },
    /// A delay, in nanoseconds.
    Delay(u64),
}

/// Calls as the mock tells them apart. After an error the bytes read are only so many zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Transfer {
    Write(Vec<u8>),
    Read(Vec<u8>),
    WriteRead(Vec<u8>, Vec<u8>),
    /// The beginning of a call of `transaction`, whose operations follow.
    Start,
    /// Its end.
    End,
}

/// What a [`Recorder`](super::Recorder) wrote down, in the order of the calls.
///
/// `Display` prints the transfers as Rust source: an expression of type `Vec<Transaction>` that needs
///
/// ```
/// # #![allow(unused_imports)]
/// use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};
/// use embedded_hal_mock::eh1::i2c::Transaction;
/// ```
///
/// Delays stand between them as comments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    pub(super) steps: Vec<Step>,
}

impl Recording {
    /// The same run with a chip that is busy for a single poll each time: of equal reads one after another that
    /// were not acknowledged, and the delays between them, the first is left. Shorter to read and to paste. A driver
    /// that asks until it is answered goes through it too, in less time: use `NoopDelay` with it.
    #[must_use]
    pub fn fold_polls(&self) -> Recording {
        let mut steps: Vec<Step> = Vec::new();
        for step in &self.steps {
            let before = steps.iter().rposition(|step| matches!(step, Step::Transfer { .. }));
            match before {
                Some(before) if is_poll(step) && steps[before] == *step => steps.truncate(before + 1),
                _ => steps.push(step.clone()),
            }
        }
        Recording { steps }
    }

    /// The transfers, for `embedded_hal_mock::eh1::i2c::Mock::new`.
    ///
    /// A transfer that failed is an expectation that fails in the same way
    /// (`with_error(ErrorKind::NoAcknowledge(..))` for a chip that is busy or asleep). A call of `transaction` that
    /// failed can't be replayed: the mock panics there.
    #[must_use]
    pub fn i2c(&self) -> Vec<Transaction> {
        self.steps.iter().filter_map(transaction).collect()
    }

    /// The delays, for `embedded_hal_mock::eh1::delay::CheckedDelay::new`, blocking or async. A test that does not
    /// care how long the code waits uses `NoopDelay` instead.
    #[must_use]
    pub fn delays(&self) -> Vec<DelayTransaction> {
        let delays = self.steps.iter().filter_map(|step| match step {
            Step::Delay(ns) => Some(DelayTransaction::new(TransactionKind::DelayNs(*ns))),
            Step::Transfer { .. } => None,
        });
        delays.collect()
    }
}

/// A read that was not acknowledged.
fn is_poll(step: &Step) -> bool {
    let Step::Transfer { transfer: Transfer::Read(_), error: Some(kind), .. } = step else { return false };
    matches!(kind, ErrorKind::NoAcknowledge(_))
}

fn transaction(step: &Step) -> Option<Transaction> {
    let Step::Transfer { address, transfer, error } = step else { return None };
    let address = *address;
    let transaction = match transfer.clone() {
        Transfer::Write(bytes) => Transaction::write(address, bytes),
        Transfer::Read(bytes) => Transaction::read(address, bytes),
        Transfer::WriteRead(written, read) => Transaction::write_read(address, written, read),
        Transfer::Start => Transaction::transaction_start(address),
        Transfer::End => Transaction::transaction_end(address),
    };
    Some(match error {
        Some(kind) => transaction.with_error(*kind),
        None => transaction,
    })
}
