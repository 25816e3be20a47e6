//! Tokens for steps that can't be undone: each names what is lost.
//!
//! An operation or bare command that takes one of these is final for this chip, for ever. Write the
//! token out at the call, where a reviewer sees it; there is no way to make one by accident (no
//! `Default`). Only [`raw`](crate::command::raw) bytes need none.

/// The configuration zone can never be written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NoMoreConfigWrites;

/// OTP can never be written again, and slots only as their configuration permits; what it does not
/// permit (keys made, data written) can never be made up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NoMoreFreeDataWrites;

/// The slot's contents can never change again, by no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NoMoreSlotChanges;

/// The private key that the slot may hold is lost, and with it every certificate and registration
/// of its public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct OldKeyIsLost;

/// One of the counter's 2 097 151 steps is used up; it never goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct CountIsSpent;

/// The byte can be set once; it keeps this value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ByteIsFixed;
