"""Operations of cryptoauthlib on the chip at /dev/i2c-1: `operations.py PART JOBS`. Says what is done, and waits to be
told to go on. Each job with the fewest of the library's calls, from a sleeping chip."""

import json
import os
import sys

from device import DATA_ZONE, crc16
from harness import connect, equal, good, value
from reference import sha256, signed_by
from cryptoauthlib import AtcaReference
from cryptoauthlib.library import get_cryptoauthlib

READ_KEY, SECRET, DIGEST = bytes([0x44] * 32), bytes(range(32)), bytes([0x5A] * 32)


def done(name):
    print(name, flush=True)
    sys.stdin.readline()


def at_rest():
    # Refused by a chip that sleeps already.
    get_cryptoauthlib().atcab_sleep()
    done("-")


def written(config):
    """The configuration is what was wanted."""
    equal(value("atcab_read_config_zone", size=128)[16:84], config[16:84])


def provisioning(config, **_):
    """The shortest way: nothing is compared before a lock."""
    at_rest()
    good("atcab_write_config_zone", config)
    good("atcab_lock_config_zone")
    key = value("atcab_genkey", 0, size=64)
    good("atcab_lock_data_zone")
    done("whole provisioning")
    equal(signed_by(key, DIGEST, value("atcab_sign", 0, DIGEST, size=64)), True)


def operations(readable, token_input, **_):
    at_rest()
    good("atcab_write_config_zone", readable)
    done("write config")
    written(readable)
    good("atcab_lock_config_zone_crc", crc16(value("atcab_read_config_zone", size=128)))
    key = value("atcab_genkey", 0, size=64)
    good("atcab_write_zone", DATA_ZONE, 4, 0, 0, READ_KEY, 32)
    good("atcab_write_zone", DATA_ZONE, 8, 0, 0, SECRET, 32)
    good("atcab_lock_data_zone")
    at_rest()
    value("atcab_info", size=4)
    done("info")
    at_rest()
    value("atcab_read_serial_number", size=9)
    done("serial number")
    at_rest()
    value("atcab_read_config_zone", size=128)
    done("read config")
    at_rest()
    value("atcab_genkey", 1, size=64)
    done("generate key")
    for name in ("sign digest", "token, host hashes"):
        at_rest()
        signature = value("atcab_sign", 0, DIGEST, size=64)
        done(name)
        equal(signed_by(key, DIGEST, signature), True)
    at_rest()
    verified = AtcaReference(0)
    good("atcab_verify_extern", DIGEST, signature, key, verified)
    assert verified.value
    done("verify")
    at_rest()
    digest = value("atcab_sha", 1024, bytes([0x5A] * 1024), size=32)
    done("SHA-256 of 1 KiB")
    equal(digest, sha256(bytes([0x5A] * 1024)))
    at_rest()
    data = bytearray(32)
    good("atcab_read_enc", 8, 0, data, READ_KEY, 4)
    done("encrypted read")
    equal(data, SECRET)
    at_rest()
    digest = value("atcab_sha", len(token_input), token_input, size=32)
    signature = value("atcab_sign", 0, digest, size=64)
    done("token, chip hashes")
    equal(signed_by(key, sha256(token_input), signature), True)


jobs = json.loads(sys.argv[2])
connect()
{"operations": operations, "provisioning": provisioning}[sys.argv[1]](
    config=bytes.fromhex(jobs["config"]),
    readable=bytes.fromhex(jobs["readable"]),
    token_input=bytes.fromhex(jobs["input"]),
)
good("atcab_release")
os._exit(0)
