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
