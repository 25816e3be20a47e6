"""Calls for certificates that are not like the others, each with its reason. Everything else has to agree with the
driver on what it gives, and to refuse something that the driver refuses too."""

NEEDS_CHIP = "refuses only what the chip refuses"

#: Where library and driver differ, and why. The run fails if one of them does not occur.
DIFFERENCES = {
    "atcacert_date_enc_compcert_ext": {
        "no such day": "the library takes 31 April and 29 February of any year; the driver has no such date",
        "ends on no day": "the library issues on 29 February for a year that has none; the driver refuses",
    },
    "atcacert_date_dec_compcert_ext": {
        "no such day": "the library gives a month 0, a day 0 or an hour 31 as it is; the driver refuses",
        "ends on no day": "the library gives 29 February of a year that has none; the driver has no such date",
        "reserved bits": "the library overlooks them; the driver takes the slot for something else",
        "version": "the library reads version 3 and up as version 0; the driver refuses",
    },
    "atcacert_get_comp_cert": {
        "no DER": "rules C to F: a serial number with zeros that DER leaves out; the driver takes it for no certificate",
        "not what comes back": "minutes, another serial number, another name: the library makes 72 bytes that stand for "
        "another certificate; the driver refuses",
    },
    "atcacert_cert_build_finish": {
        "no DER": "the same",
        "not verified": "the library gives a certificate whatever the signature and the keys are; the driver refuses",
        "another length": "rule 7: the library fits a serial number into the template's length; the signature is wrong",
    },
}

#: Can't be refused.
NO_REFUSAL = {
    "atcacert_get_key_id": "is defined for any 64 bytes",
}
