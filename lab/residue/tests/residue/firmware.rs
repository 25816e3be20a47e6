//! The program, compiled by the Cargo at hand, and what it can do.

use residue::{Half, Op, Program};
use std::path::Path;
use std::process::Command;

/// The program's profiles.
pub(crate) mod profile {
    /// `opt-level = "z"`, fat LTO.
    pub(crate) const SMALL: &str = "small";
    /// `opt-level = "s"`, many units.
    pub(crate) const MIDDLE: &str = "middle";
    /// `opt-level = 3`, fat LTO.
    pub(crate) const FAST: &str = "fast";
}

/// Optimized as the profile says.
pub(crate) fn program(profile: &str) -> Program {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("firmware");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--locked", "--target", "riscv32imc-unknown-none-elf"])
        .args(["--profile", profile, "--target-dir"])
        .arg(&target)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("firmware"))
        .status()
        .unwrap();
    assert!(status.success(), "`rustup target add riscv32imc-unknown-none-elf` may be missing");
    Program::read(&target.join("riscv32imc-unknown-none-elf").join(profile).join("residue-firmware")).unwrap()
}

/// Each half of the driver.
pub(crate) const BOTH: &[Half] = &[Half::Blocking, Half::Async];
const ONE: &[Half] = &[Half::Blocking];

/// What handles a [`atecc608::Secret`]; what needs no chip, once.
pub(crate) const OPERATIONS: &[(Op, &[Half])] = &[
    (Op::Compare, ONE),
    (Op::CompareCommands, ONE),
    (Op::CompareShared, ONE),
    (Op::CloneAndDrop, ONE),
    (Op::WriteEncrypted, BOTH),
    (Op::ReadEncrypted, BOTH),
    (Op::WritePrivateKey, BOTH),
    (Op::WritePrivateKeyEncrypted, BOTH),
    (Op::SharedSecret, BOTH),
    (Op::SharedSecretProtected, BOTH),
    (Op::EphemeralSecret, BOTH),
    (Op::Derive, BOTH),
    (Op::DeriveProtected, BOTH),
    (Op::CheckPassword, BOTH),
    (Op::VerifyProtected, BOTH),
    (Op::VerifyStoredProtected, BOTH),
    (Op::SecureBootProtected, BOTH),
    (Op::HostNonce, ONE),
    (Op::HostGenDig, ONE),
    (Op::HostGenKey, ONE),
    (Op::HostMac, ONE),
    (Op::HostCheckMac, ONE),
    (Op::HostDeriveKey, ONE),
    (Op::HostDeriveKeyMac, ONE),
    (Op::HostEncryptWrite, ONE),
    (Op::HostDecryptRead, ONE),
    (Op::HostEncryptPrivWrite, ONE),
    (Op::HostIoDecrypt, ONE),
    (Op::HostVerifyMac, ONE),
    (Op::HostSecureBoot, ONE),
    (Op::HostHkdf, ONE),
    (Op::HostPrf, ONE),
    (Op::HostStatement, ONE),
];
