"""Calls of the vendor's library, counted: good answers, refusals by the chip, failures."""

import collections
import ctypes
import json
import sys
import traceback

import cryptoauthlib
from cryptoauthlib import Status, atcab
from cryptoauthlib.library import load_cryptoauthlib

EXECUTION = int(Status.ATCA_EXECUTION_ERROR)
PARSE = int(Status.ATCA_PARSE_ERROR)
MISCOMPARE = int(Status.ATCA_CHECKMAC_VERIFY_FAILED)
BY_CHIP = (EXECUTION, PARSE, MISCOMPARE)

#: Every call of the Python API.
CALLS = sorted(name for name in atcab.__all__ if name.startswith("atcab_"))

TEMPKEY = 0xFFFF


class Failure(Exception):
    """Something is not as it has to be."""


class Context(ctypes.Structure):
    """Room for any context of the C library. The Python package declares some of them shorter than they are
    (no device pointer in CTR, for instance), and the library would write past their end."""

    _fields_ = [("room", ctypes.c_uint8 * 1024)]


good_answers = collections.Counter()
refusals = collections.Counter()
failures = []
steps = []
_last = [None]


def _call(name, arguments):
    _last[0] = name
    return int(getattr(atcab, name)(*arguments))


def good(name, *arguments):
    """The call succeeds."""
    status = _call(name, arguments)
    if status != 0:
        raise Failure(f"answers {status}, not 0")
    good_answers[name] += 1


def answers(name, *arguments, expected):
    """The call returns `expected`, or if that is `None` anything but 0."""
    answer = _call(name, arguments)
    if answer == 0 if expected is None else answer != expected:
        raise Failure(f"answers {answer}")
    good_answers[name] += 1


def absent(name, *arguments):
    """The call is in the Python API, but not in the compiled library. Anything else counts as an answer."""
    try:
        _call(name, arguments)
    except AttributeError:
        return
    good_answers[name] += 1


def value(name, *arguments, size):
    """The call succeeds; the bytes it returns in its last argument."""
    out = bytearray(size)
    good(name, *arguments, out)
    return bytes(out)


def refused(name, *arguments, status=EXECUTION):
    """The chip refuses the call, with that status."""
    assert status in BY_CHIP
    answer = _call(name, arguments)
    if answer != status:
        raise Failure(f"answers {answer}, not {status}")
    refusals[name] += 1


def verdict(name, *arguments, expected):
    """The call runs and returns `expected` in its last argument; a "no" of the chip counts as a refusal."""
    verified = cryptoauthlib.AtcaReference(int(not expected))
    status = _call(name, (*arguments, verified))
    if status != 0:
        raise Failure(f"answers {status}, not 0")
    if bool(verified.value) != expected:
        raise Failure(f"says {bool(verified.value)}")
    (good_answers if expected else refusals)[name] += 1


def equal(actual, expected, what="the answer"):
    """What the last call returned is right, by somebody else's computation."""
    if actual != expected:
        show = [v.hex() if isinstance(v, (bytes, bytearray)) else repr(v) for v in (actual, expected)]
        raise Failure(f"{what} is {show[0]}, not {show[1]}")


def differ(first, second, what):
    """Two values that must not be the same."""
    if first == second:
        raise Failure(f"{what}: twice the same")


def step(function):
    """A part of a scenario. The next one runs even if this one fails."""
    steps.append(function)
    return function


def connect(address=0xC0):
    """The library, on /dev/i2c-1."""
    load_cryptoauthlib()
    config = cryptoauthlib.cfg_ateccx08a_i2c_default()
    config.cfg.atcai2c.bus = 1
    config.cfg.atcai2c.address = address
    good("atcab_init", config)


def run(report):
    """All steps in the order they were written; the counts go to the file `report`."""
    connect()
    for function in steps:
        _last[0] = None
        try:
            function()
        except Exception as error:
            if not isinstance(error, Failure):
                traceback.print_exc()
            frames = traceback.extract_tb(error.__traceback__)
            line = next((frame.lineno for frame in reversed(frames) if frame.name == function.__name__), 0)
            where = f"{function.__module__}:{line} {function.__name__}"
            failures.append((_last[0], f"{where}: {_last[0]} {error}"))
            print(failures[-1][1], file=sys.stderr)
    good("atcab_release")
    with open(report, "w") as file:
        json.dump({"good": good_answers, "refused": refusals, "failures": failures}, file)
