"""Operations of cryptoauthlib on the chip at /dev/i2c-1; says what is done, and waits to be told to go on."""

import os
import sys

from device import CONFIG, crc16
from harness import connect, good, value
from cryptoauthlib import AtcaReference
from cryptoauthlib.library import get_cryptoauthlib


def done(name):
    print(name, flush=True)
    sys.stdin.readline()


def at_rest():
    # Refused by a chip that sleeps already.
    get_cryptoauthlib().atcab_sleep()
    done("-")


connect()
at_rest()
value("atcab_info", size=4)
done("info")
at_rest()
value("atcab_read_serial_number", size=9)
done("serial number")
at_rest()
zone = value("atcab_read_config_zone", size=128)
done("read config")
at_rest()
# Another configuration than the other drivers write, so not a row.
good("atcab_write_config_zone", zone[:16] + CONFIG)
good("atcab_lock_config_zone_crc", crc16(value("atcab_read_config_zone", size=128)))
at_rest()
key = value("atcab_genkey", 0, size=64)
done("generate key")
good("atcab_lock_data_zone")
at_rest()
signature = value("atcab_sign", 0, bytes([0x5A] * 32), size=64)
done("sign digest")
at_rest()
verified = AtcaReference(0)
good("atcab_verify_extern", bytes([0x5A] * 32), signature, key, verified)
assert verified.value
done("verify")
at_rest()
value("atcab_sha", 1024, bytes([0x5A] * 1024), size=32)
done("SHA-256 of 1 KiB")
good("atcab_release")
os._exit(0)
