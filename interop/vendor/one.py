"""One scenario on the chip that is on /dev/i2c-1: `one.py SCENARIO REPORT`."""

import importlib
import sys

import harness

importlib.import_module(f"scenario_{sys.argv[1]}")
harness.run(sys.argv[2])
