//! Options that need others, and that exclude each other.

use super::{Cloud, Onboard, Options, Service, Version};

impl Options {
    pub(super) fn check(&self) -> Result<(), String> {
        let Self { chip, aws, google, .. } = self;
        let (is_aws, is_google) = (self.cloud == Cloud::Aws, self.cloud == Cloud::Google);
        let (claims, elsewhere) = (aws.onboard == Some(Onboard::Claim), !self.is_mock());
        let number = google.project_number.is_some();
        for (given, name, there, needed) in [
            (!self.ca.is_empty(), "--ca", elsewhere, "--endpoint or --project-number"),
            (aws.onboard.is_some(), "--onboard", is_aws, "--cloud aws"),
            (aws.alpn, "--alpn", is_aws, "--cloud aws"),
            (aws.template.is_some(), "--template", claims, "--onboard claim"),
            (aws.save_certificate.is_some(), "--save-certificate", claims, "--onboard claim"),
            (aws.claim_certificate.is_some(), "--claim-certificate", claims && elsewhere, CLAIM_ELSEWHERE),
            (aws.claim_key.is_some(), "--claim-key", claims && elsewhere, CLAIM_ELSEWHERE),
            (
                self.id_scope.is_some(),
                "--id-scope",
                self.cloud == Cloud::Azure(Service::Dps),
                "--service dps",
            ),
            (number, "--project-number", is_google, "--cloud google"),
            (google.project.is_some(), "--project", is_google, "--cloud google"),
            (google.pool.is_some(), "--pool", is_google, "--cloud google"),
            (google.provider.is_some(), "--provider", is_google, "--cloud google"),
            (google.subscription.is_some(), "--subscription", is_google, "--cloud google"),
            (is_google && self.endpoint.is_some(), "--endpoint", number, "--project-number, at google"),
            (
                claims && elsewhere,
                "--onboard claim at a real server",
                both_files(self),
                "--claim-certificate and --claim-key",
            ),
            (
                chip.slot.is_some(),
                "--slot",
                chip.certificate.is_some() || chip.csr || claims,
                "--certificate, --csr or --onboard claim",
            ),
        ] {
            if given && !there {
                return Err(format!("{name} can only be used with {needed}"));
            }
        }
        let own_hub = matches!(self.cloud, Cloud::Azure(Service::Hub | Service::Dps));
        for (both, one, other) in [
            (chip.tng && chip.certificate.is_some(), "--tng", "--certificate"),
            (chip.tng && chip.authority.is_some(), "--tng", "--authority"),
            (chip.tng && chip.lock_chip_for_ever, "--tng", "--lock-chip-for-ever"),
            (chip.certificate.is_some() && chip.authority.is_some(), "--certificate", "--authority"),
            (chip.certificate.is_some() && chip.lock_chip_for_ever, "--certificate", "--lock-chip-for-ever"),
            (
                own_hub && self.tls == Some(Version::Tls13),
                "--service hub or dps",
                "--tls 1.3: they speak TLS 1.2",
            ),
            (own_hub && self.topic.is_some(), "--service hub or dps", "--topic: a hub's topics are fixed"),
        ] {
            if both {
                return Err(format!("{one} cannot be used with {other}"));
            }
        }
        Ok(())
    }
}

const CLAIM_ELSEWHERE: &str = "--onboard claim and --endpoint";

fn both_files(options: &Options) -> bool {
    options.aws.claim_certificate.is_some() && options.aws.claim_key.is_some()
}
