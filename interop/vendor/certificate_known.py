"""Calls for certificates that are not like the others, each with its reason. Everything else has to agree with the
driver on what it gives, and to refuse something that the driver refuses too."""

#: Called by ctypes: not in the Python package.
COMPILED = (
    "atcacert_date_enc_compcert_ext",
    "atcacert_date_dec_compcert_ext",
    "atcacert_get_comp_cert",
    "atcacert_cert_build_finish",
    "atcacert_generate_sn",
    "atcacert_get_key_id",
    "atcacert_get_subj_public_key",
    "atcacert_get_subj_key_id",
    "atcacert_get_auth_key_id",
    "atcacert_get_cert_sn",
    "atcacert_get_signature",
    "atcacert_get_issue_date",
    "atcacert_get_expire_date",
    "atcacert_get_signer_id",
    "atcacert_get_tbs",
    "atcacert_get_tbs_digest",
)

#: Can't succeed: the run fails if one of them does.
CANNOT_PASS = {}

NO_SUCH_DAY = "the library takes 31 April, and 29 February of any year; the driver has no such date"
NO_SUCH_HOUR = "the library gives a month 0, a day 0 or an hour 31 as it is; the driver refuses"
ENDS_ISSUED = "the library issues on 29 February for a year that has none; the driver refuses"
ENDS_READ = "the library gives 29 February of a year that has none; the driver has no such date"
NO_DER = "rules C to F: the library keeps zeros in front of a serial number, which DER leaves out; the driver refuses"

#: Where library and driver differ, and why. The run fails if one of them does not occur.
DIFFERENCES = {
    "atcacert_date_enc_compcert": {"no such day": NO_SUCH_DAY, "ends on no day": ENDS_ISSUED},
    "atcacert_date_enc_compcert_ext": {"no such day": NO_SUCH_DAY, "ends on no day": ENDS_ISSUED},
    "atcacert_date_dec_compcert": {"no such day": NO_SUCH_HOUR, "ends on no day": ENDS_READ},
    "atcacert_date_dec_compcert_ext": {
        "no such day": NO_SUCH_HOUR,
        "ends on no day": ENDS_READ,
        "reserved bits": "the library overlooks reserved bits of byte 71; the driver takes it for something else",
        "version": "the library reads version 3 and up as version 0; the driver refuses",
    },
    "atcacert_create_csr": {
        "256 bytes": "the library fails when the signature makes a request longer than 255 bytes whose definition's was not",
    },
    "atcacert_get_comp_cert": {
        "no DER": NO_DER,
        "not what comes back": "minutes, another serial number, another name: the library makes 72 bytes that stand "
        "for another certificate; the driver refuses",
    },
    "atcacert_cert_build_finish": {
        "no DER": NO_DER,
        "not verified": "the library gives a certificate whatever signature and keys are; the driver refuses",
        "another length": "rule 7: the library cuts a serial number to the length of its template's",
    },
    "tng_atcacert_read_device_cert": {
        "another root": "the library hands out what Microchip's root did not sign; the driver refuses",
    },
    "tng_atcacert_read_signer_cert": {
        "another root": "the library has Microchip's root key in the authority key id, whoever signed; the driver takes "
        "the root that it is given",
    },
    "tng_get_device_pubkey": {
        "slot 0": "the library asks slot 0, and LoRaWAN parts have their key in slot 1",
    },
}

NO_CHIP = "asks no chip"
ANY_BITS = "any bits are some date"

#: Can't be refused.
NO_REFUSAL = {
    "atcacert_date_dec_compcert": ANY_BITS,
    "atcacert_date_dec_compcert_ext": ANY_BITS,
    "atcacert_date_get_max_date": "is defined for any kind of time",
    "atcacert_get_key_id": "is defined for any 64 bytes",
    "atcacert_max_cert_size": "is defined for any template",
    "tng_atcacert_max_device_cert_size": NO_CHIP,
    "tng_atcacert_max_signer_cert_size": NO_CHIP,
    "tng_atcacert_root_cert": NO_CHIP,
    "tng_atcacert_root_cert_size": NO_CHIP,
    "tng_atcacert_root_public_key": NO_CHIP,
}
