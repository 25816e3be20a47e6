"""The library where the kernel or the adapter does not do what it wants: what it answers then.
`conditions.py SIMULATOR`."""

import subprocess
import sys

import cryptoauthlib
from cryptoauthlib import Status, atcab
from cryptoauthlib.library import load_cryptoauthlib

OK, COMM, AWAKE = "ATCA_SUCCESS", "ATCA_COMM_FAIL", "ATCA_WAKE_SUCCESS"

#: Options of the simulator, and the answers of `inside`. The library has the same number for all of it: a write
#: or an ioctl has failed. Of an error's number it takes no notice (hal_linux_i2c_userspace.c).
CONDITIONS = [
    ([], (OK, OK, OK, OK)),
    # Nothing is on the bus, not even the wake pulse of the second call.
    (["--open-fails", "eacces"], (OK, COMM, COMM, COMM)),
    (["--open-fails", "enoent"], (OK, COMM, COMM, COMM)),
    # It asks for the address with I2C_SLAVE, so it can't get past a kernel driver.
    (["--busy", "0x60"], (OK, COMM, COMM, COMM)),
    # The first call fails. It ends with a write to 0xC0 that nobody acknowledges, whose six zero bits wake the
    # chip; so the second one works, and sleep follows, and the third fails again.
    (["--no-general-call"], (OK, COMM, OK, COMM)),
    # Nonce with 32 bytes is a write of 40.
    (["--max-write", "39"], (OK, OK, OK, COMM)),
    (["--max-write", "39,einval"], (OK, OK, OK, COMM)),
    (["--max-write", "40"], (OK, OK, OK, OK)),
    # The chip waits for the rest. The library rewinds before it reads, which ends the waiting, and finds 04 11 33 43.
    (["--max-write", "39,cut"], (OK, OK, OK, AWAKE)),
]


def inside():
    load_cryptoauthlib()
    config = cryptoauthlib.cfg_ateccx08a_i2c_default()
    config.cfg.atcai2c.bus = 1
    config.cfg.atcai2c.address = 0xC0
    results = [
        atcab.atcab_init(config),
        atcab.atcab_read_serial_number(bytearray(9)),
        atcab.atcab_info(bytearray(4)),
        atcab.atcab_nonce(bytes(32)),
    ]
    print(*(Status(result).name for result in results))


def main(simulator):
    failed = 0
    for options, expected in CONDITIONS:
        command = [simulator, "run", *options, "--", sys.executable, __file__]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        answers = tuple(output.split())
        failed += answers != expected
        verdict = "ok    " if answers == expected else f"FAILED, expected {expected}:"
        print(f"{verdict} {' '.join(options) or 'nothing special'}: {' '.join(answers)}")
    print(f"{len(CONDITIONS) - failed} passed, {failed} failed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) > 1 else inside())
