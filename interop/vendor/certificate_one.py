"""One scenario on the chip that is on /dev/i2c-1: `certificate_one.py SCENARIO ADDRESS REPORT DRIVER [CHAIN]`, with the
8-bit address, the program that is `interop/driver`, and a file with the chain that the chip has."""

import importlib
import sys

from certificate_published import certificates
from certificate_table import Table
from driver import Driver
from harness import connect, good


def main(name, address, report, program, *chain):
    address = int(address, 16)
    connect(address)
    table = Table()
    with Driver(program, "--i2c", "/dev/i2c-1", "--address", f"{address >> 1:#04x}") as driver:
        scenario = importlib.import_module(f"certificate_{name}")
        scenario.run(table, driver, *map(certificates, chain))
    good("atcab_release")
    table.write(report)


if __name__ == "__main__":
    main(*sys.argv[1:])
