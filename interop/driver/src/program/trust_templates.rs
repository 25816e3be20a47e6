//! Templates of Trust&GO and TrustFLEX.

use atecc608::x509::Template;
use atecc608::x509::trust::{SIGNER, TFLXTLS, TNGLORA, TNGLORA_LEGACY, TNGTLS, TNGTLS_LEGACY};

/// The driver's own templates, by the names that the vendor's library has for them.
pub(super) const TEMPLATES: [(&str, &Template<'static>); 7] = [
    ("g_tngtls_cert_def_1_signer", &SIGNER),
    ("g_tnglora_cert_def_1_signer", &SIGNER),
    ("g_tngtls_cert_def_2_device", TNGTLS_LEGACY.device().template()),
    ("g_tnglora_cert_def_2_device", TNGLORA_LEGACY.device().template()),
    ("g_tngtls_cert_def_3_device", TNGTLS.device().template()),
    ("g_tflxtls_cert_def_4_device", TFLXTLS.device().template()),
    ("g_tnglora_cert_def_4_device", TNGLORA.device().template()),
];
