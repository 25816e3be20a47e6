//! A provider and its trust store, as `gcloud iam workload-identity-pools providers create-x509` takes them.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// Certificates that chains lead to, and some in between.
#[derive(Debug, Clone, Default)]
pub struct TrustStore {
    /// `trustAnchors`
    pub anchors: Vec<CertificateDer<'static>>,
    /// `intermediateCas`
    pub intermediates: Vec<CertificateDer<'static>>,
}

impl TrustStore {
    /// With one anchor.
    pub fn of(anchor: &CertificateDer<'_>) -> Self {
        Self { anchors: vec![anchor.clone().into_owned()], intermediates: Vec::new() }
    }

    /// What the file of `--trust-store-config-path` says. Of YAML as much as that takes: lists of `pemCertificate`, each
    /// a block (`|`) or, as in Google's example, a text with `\n` in it.
    ///
    /// # Errors
    /// In words.
    pub fn from_yaml(text: &str) -> Result<Self, String> {
        let (mut store, mut list, mut block) = (Self::default(), "", None::<String>);
        for line in text.lines() {
            let said = line.trim();
            if let Some(pem) = &mut block {
                pem.push_str(said);
                pem.push('\n');
                if said.starts_with("-----END") {
                    store.add(list, pem)?;
                    block = None;
                }
                continue;
            }
            match said.strip_prefix("- pemCertificate:").map(str::trim) {
                Some("|" | "|-") => block = Some(String::new()),
                Some(quoted) => store.add(list, &quoted.trim_matches('"').replace("\\n", "\n"))?,
                None => match said {
                    "" | "trustStore:" => {}
                    "trustAnchors:" | "intermediateCas:" => list = said,
                    other => return Err(format!("{other:?} is not expected in a trust store")),
                },
            }
        }
        match block {
            Some(_) => Err("a certificate has no end".into()),
            None if store.anchors.is_empty() => Err("there is no trust anchor".into()),
            None => Ok(store),
        }
    }

    fn add(&mut self, list: &str, pem: &str) -> Result<(), String> {
        let certificate =
            CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|error| error.to_string())?;
        match list {
            "trustAnchors:" => self.anchors.push(certificate),
            "intermediateCas:" => self.intermediates.push(certificate),
            _ => return Err("a certificate in no list".into()),
        }
        Ok(())
    }
}

/// A provider of a workload identity pool, for certificates.
#[derive(Debug, Clone)]
pub struct Provider {
    /// The pool's id.
    pub pool: String,
    /// Its own id.
    pub id: String,
    /// Whose certificates it takes.
    pub trust: TrustStore,
    /// `--attribute-mapping`: what `google.subject` is made of.
    pub subject: String,
    /// `--attribute-condition`
    pub condition: Option<String>,
}

impl Provider {
    /// The common name is the subject, as it is if nothing else is said; without a condition.
    pub fn new(pool: &str, id: &str, trust: TrustStore) -> Self {
        Self {
            pool: pool.to_owned(),
            id: id.to_owned(),
            trust,
            subject: "assertion.subject.dn.cn".to_owned(),
            condition: None,
        }
    }

    /// The full name, from `//iam.googleapis.com/` on.
    pub fn name(&self, project_number: u64) -> String {
        let Self { pool, id, .. } = self;
        format!(
            "//iam.googleapis.com/projects/{project_number}/locations/global/workloadIdentityPools/{pool}/providers/{id}"
        )
    }
}
