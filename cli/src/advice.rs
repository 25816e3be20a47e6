//! What helps against a refusal, in commands of this program. What has none is said in the driver's words.

use atecc608::diagnose::Rule;

/// What to do about a rule.
pub(crate) fn help(rule: Rule) -> String {
    match rule {
        Rule::ConfigUnlocked => {
            "`atecc config lint` and `atecc config apply` the configuration, then `atecc lock config`: for ever".into()
        }
        Rule::DataUnlocked => {
            "write what slots and OTP should hold (`atecc slot write`, `atecc key new`), then `atecc lock data`: for ever".into()
        }
        Rule::NoPrivateKey { .. } => "name a slot that is: `atecc key list` shows them".into(),
        Rule::NoPublicKey { .. } => "name a slot that is: `atecc config explain` shows them".into(),
        Rule::ExternalSign { .. } | Rule::InternalSign { .. } | Rule::Ecdh { .. } => {
            "name a key that does: `atecc config explain` shows what each slot's may".into()
        }
        Rule::PrivateSlot { .. } => {
            "name a slot whose KeyConfig has Private = 0; private keys come from `atecc key new` or `atecc key import`".into()
        }
        Rule::PrivWrite { slot } => format!(
            "`atecc key import {0} FILE --write-key FILE` if bit 14 is set, else `atecc key new {0}` or another slot",
            slot.number()
        ),
        Rule::Secret { slot } => {
            format!("nothing reads it; `atecc slot check {} FILE` says whether a key is this one", slot.number())
        }
        Rule::NoMac { slot } => {
            format!("`atecc mac check` and `atecc slot check {} FILE`, which it still does, or another slot", slot.number())
        }
        Rule::Random { slot } => format!(
            "take `atecc hmac {0} FILE` for it, or `atecc slot check {0} FILE`, which begins with a random Nonce; or another slot",
            slot.number()
        ),
        Rule::EcdhToSlot { .. } => {
            "name another key: what happens inside of the chip is for programs (`EcdhInside` of the driver)".into()
        }
        Rule::Latch { .. } => {
            "a program has to set it, each time the chip had no power: no command of `atecc` does; chip reference 5.9".into()
        }
        Rule::NotValidated { .. } | Rule::Validated { .. } => {
            "a program has to validate or invalidate it (chip reference 5.22): no command of `atecc` does".into()
        }
        Rule::IoKey => "leave --io-key out".into(),
        Rule::EcdhForbidden => {
            "take another chip: with this configuration the secret stays in it, which is for programs".into()
        }
        Rule::NoKey { slot } => format!("`atecc key new {}` makes one", slot.number()),
        Rule::NoPoint { slot } => format!("`atecc key write-public {} FILE` writes one", slot.number()),
        Rule::ReadKey { slot, key } | Rule::OtherReadKey { slot, key, .. } => {
            format!("`atecc slot read {} --read-key FILE` with the key in {key}", slot.number())
        }
        Rule::ReadWord { slot } => format!("`atecc slot read {} --read-key FILE`", slot.number()),
        Rule::WriteKey { slot, key }
        | Rule::OtherWriteKey { slot, key, .. }
        | Rule::WriteEncryptedOnly { slot, key } => {
            format!("`atecc slot write {} FILE --write-key FILE` with the key in {key}", slot.number())
        }
        Rule::WriteClearOnly { slot } => format!("`atecc slot write {} FILE` without --write-key", slot.number()),
        Rule::Authorisation { key, .. } => {
            format!("prove what {key} holds: --password FILE, or --auth-key FILE; each use takes a new proof")
        }
        Rule::Mac => "take the right key: what the chip has there is another".into(),
        Rule::Summary => {
            "say with --slot and --otp what was written; slots that are not named have to be blank".into()
        }
        Rule::ExtraByte => "nothing: it is set once".into(),
        Rule::NotLockable { .. } => "nothing: only a configuration that is not locked yet could say otherwise".into(),
        Rule::SlotLocked { .. } | Rule::Spent { .. } => "take another slot".into(),
        rule => rule.help().to_string(),
    }
}
