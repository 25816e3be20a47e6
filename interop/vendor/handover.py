"""One server, two masters: the vendor's library and this project's driver take turns at the same chip.
`handover.py GCP_JWT`, with the path of the example program `gcp_jwt`."""

import base64
import json
import subprocess
import sys

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptoauthlib import AtcaReference

import reference
from harness import connect, differ, equal, good, value

MESSAGE = reference.sha256(b"message")


def main(driver):
    connect()
    serial = value("atcab_read_serial_number", size=9)
    zone = value("atcab_read_config_zone", size=128)
    good("atcab_release")

    command = [driver, "--i2c", "/dev/i2c-1", "--lock-chip-for-ever", "--json"]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    equal(report["serial"].lower(), serial.hex(), "the serial number that the driver reads")
    key = load_pem_public_key(report["public_key_pem"].encode()).public_numbers()
    public = key.x.to_bytes(32, "big") + key.y.to_bytes(32, "big")

    connect()
    for zone_id in (0, 1):
        locked = AtcaReference(False)
        good("atcab_is_locked", zone_id, locked)
        equal(locked.value, True, "the lock that the driver closed")
    differ(value("atcab_read_config_zone", size=128), zone, "the configuration")
    equal(value("atcab_get_pubkey", 0, size=64), public, "the key that the driver made")
    signature = value("atcab_sign", 0, MESSAGE, size=64)
    equal(reference.signed_by(public, MESSAGE, signature), True)
    head, _, signature = report["jwt"].rpartition(".")
    equal(
        reference.signed_by(
            public, reference.sha256(head.encode()), base64.urlsafe_b64decode(signature + "==")
        ),
        True,
        "the driver's token",
    )
    good("atcab_release")

    # And once more the driver, which finds its work done.
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    equal((report["new_key"], report["locked_now"]), (False, False), "what the driver did again")
    print("the driver and the vendor's library agree on one chip: 1 passed, 0 failed")


if __name__ == "__main__":
    main(sys.argv[1])
