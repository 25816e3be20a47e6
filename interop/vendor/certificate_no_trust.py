"""A chip that is no part of Microchip's: the `tng` calls refuse it, and so does the driver."""

from certificate_trust import certificate, key
from cryptoauthlib import tng


def run(table, driver):
    refuse = lambda: driver.ask("trust", root=None)
    for call in (tng.tng_atcacert_read_device_cert, tng.tng_atcacert_read_signer_cert):
        table.compare(call.__name__, "no trust part", lambda: certificate(call), refuse)
    for call in (
        tng.tng_atcacert_device_public_key,
        tng.tng_atcacert_signer_public_key,
        tng.tng_get_device_pubkey,
    ):
        table.compare(call.__name__, "no trust part", lambda: key(call), refuse)
