//! How to use the chip (feature `host`, whose functions the pages use).
//!
//! | Page | Says |
//! |---|---|
//! | [`commands`] | the table of all 22 commands: modes, types, operations, names in Microchip's library; a page for each |
//! | [`sharing`] | one chip in several tasks, several devices on one bus |
//! | [`generic`] | code for any board, and for both halves of the driver |
//! | [`bus`] | wake and bus speed, what HALs make of a missing acknowledge, how long anything takes |
//! | [`certificate`] | from a blank chip to a certificate: request, template, chain, renewal (feature `x509`) |
//! | [`trust`] | I have a Trust&GO chip: which part it is, its chain, clouds (feature `x509`) |
//! | [`atcacert`] | the certificate functions of Microchip's library, and what does their job here |
//! | [`fleet`] | from a blank chip to a fleet: which slot for what, the order of locks, what can't be undone |
//! | [`diagnose`] | why the chip refused a command |
//! | [`mock`] | tests of firmware on a mocked bus, and in which order what goes over it |
//!
//! Every example runs, as a test, on the simulated chip.

#[cfg_attr(feature = "x509", doc = include_str!("../docs/guide/atcacert.md"))]
#[cfg_attr(not(feature = "x509"), doc = "With the feature `x509`.")]
pub mod atcacert {}

#[doc = include_str!("../docs/guide/bus.md")]
pub mod bus {}

#[cfg_attr(feature = "x509", doc = include_str!("../docs/guide/certificate.md"))]
#[cfg_attr(not(feature = "x509"), doc = "With the feature `x509`.")]
pub mod certificate {}

#[doc = include_str!("../docs/guide/commands.md")]
pub mod commands {
    #[doc = include_str!("../docs/guide/commands/aes.md")]
    pub mod aes {}

    #[doc = include_str!("../docs/guide/commands/check_mac.md")]
    pub mod check_mac {}

    #[doc = include_str!("../docs/guide/commands/counter.md")]
    pub mod counter {}

    #[doc = include_str!("../docs/guide/commands/derive_key.md")]
    pub mod derive_key {}

    #[doc = include_str!("../docs/guide/commands/ecdh.md")]
    pub mod ecdh {}

    #[doc = include_str!("../docs/guide/commands/gen_dig.md")]
    pub mod gen_dig {}

    #[doc = include_str!("../docs/guide/commands/gen_key.md")]
    pub mod gen_key {}

    #[doc = include_str!("../docs/guide/commands/info.md")]
    pub mod info {}

    #[doc = include_str!("../docs/guide/commands/kdf.md")]
    pub mod kdf {}

    #[doc = include_str!("../docs/guide/commands/lock.md")]
    pub mod lock {}

    #[doc = include_str!("../docs/guide/commands/mac.md")]
    pub mod mac {}

    #[doc = include_str!("../docs/guide/commands/nonce.md")]
    pub mod nonce {}

    #[doc = include_str!("../docs/guide/commands/priv_write.md")]
    pub mod priv_write {}

    #[doc = include_str!("../docs/guide/commands/random.md")]
    pub mod random {}

    #[doc = include_str!("../docs/guide/commands/read.md")]
    pub mod read {}

    #[doc = include_str!("../docs/guide/commands/secure_boot.md")]
    pub mod secure_boot {}

    #[doc = include_str!("../docs/guide/commands/self_test.md")]
    pub mod self_test {}

    #[doc = include_str!("../docs/guide/commands/sha.md")]
    pub mod sha {}

    #[doc = include_str!("../docs/guide/commands/sign.md")]
    pub mod sign {}

    #[doc = include_str!("../docs/guide/commands/update_extra.md")]
    pub mod update_extra {}

    #[doc = include_str!("../docs/guide/commands/verify.md")]
    pub mod verify {}

    #[doc = include_str!("../docs/guide/commands/write.md")]
    pub mod write {}
}

#[doc = include_str!("../docs/guide/diagnose.md")]
pub mod diagnose {}

#[doc = include_str!("../docs/guide/fleet.md")]
pub mod fleet {}

// Its examples run in `testkit`, which has embedded-hal-mock.
#[cfg_attr(not(doctest), doc = include_str!("../docs/guide/mock.md"))]
pub mod mock {}

#[doc = include_str!("../docs/guide/generic.md")]
pub mod generic {}

#[doc = include_str!("../docs/guide/sharing.md")]
pub mod sharing {}

#[cfg_attr(feature = "x509", doc = include_str!("../docs/guide/trust.md"))]
#[cfg_attr(not(feature = "x509"), doc = "With the feature `x509`.")]
pub mod trust {}
