"""The calls that are not like the others, each with its reason. Everything else has to succeed with good
arguments and to be refused by the chip at least once."""

#: Can't succeed: the run fails if one of them does.
CANNOT_PASS = {
    "atcab_verify_extern_stored_mac": "the Python package defines it, its compiled library does not export it",
    "atcab_hmac": "the HMAC command of the 508A, which the ATECC608 does not have; it has to be refused",
}

HOST = "does not ask the chip"
ALWAYS = "the chip does it in every state"
CONFIG = "reads the configuration zone, which is readable in every state"

#: Can't be refused by the chip.
NO_REFUSAL = {
    "atcab_init": HOST,
    "atcab_release": HOST,
    "atcab_get_device": HOST,
    "atcab_get_device_type": HOST,
    "atcab_aes_cbc_init": HOST,
    "atcab_aes_cmac_init": HOST,
    "atcab_aes_ctr_init": HOST,
    "atcab_aes_cbcmac_init": HOST,
    "atcab_aes_cbcmac_finish": HOST + ": the last block was encrypted by update",
    "atcab_aes_ctr_init_rand": ALWAYS + " (Random)",
    "atcab_aes_gfm": ALWAYS + " (a multiplication without key)",
    "atcab_aes_gcm_aad_update": ALWAYS + " (a multiplication without key)",
    "atcab_challenge": ALWAYS + " (Nonce with 32 given bytes)",
    "atcab_challenge_seed_update": ALWAYS + " (random Nonce)",
    "atcab_nonce": ALWAYS + " (Nonce with 32 given bytes)",
    "atcab_nonce_rand": ALWAYS + " (random Nonce)",
    "atcab_random": ALWAYS,
    "atcab_info": ALWAYS + " (Info, revision)",
    "atcab_info_get_latch": ALWAYS + " (Info, latch)",
    "atcab_counter_read": ALWAYS + "; the library itself refuses a third counter",
    "atcab_selftest": ALWAYS + "; the library takes any status for a result (chip reference 7.5)",
    "atcab_sha": ALWAYS,
    "atcab_sha_start": ALWAYS,
    "atcab_hw_sha2_256": ALWAYS,
    "atcab_hw_sha2_256_init": ALWAYS,
    "atcab_read_serial_number": CONFIG,
    "atcab_read_config_zone": CONFIG,
    "atcab_cmp_config_zone": CONFIG,
    "atcab_is_locked": CONFIG,
    "atcab_is_slot_locked": CONFIG,
}
