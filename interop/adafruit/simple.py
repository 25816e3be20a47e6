"""Adafruit's own simple test, as it is in the source distribution named on the command line: run twice on the chip
that is on /dev/i2c-1, and checked by what it prints."""

import contextlib
import hashlib
import io
import pathlib
import re
import sys
import tarfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "mock"))

TEST = "examples/atecc_simpletest.py"
#: The text of which it prints the digest, and how real chips answer.
TEXT = b"Nobody inspects the spammish repetition"
#: Sixteen bytes FF FF 00 00 ..., as its `random` adds them up: a chip whose configuration is not locked.
NOT_LOCKED = 8 * 0xFF % 1024

passed, failed = [], []


def check(what, holds):
    (passed if holds else failed).append(what)
    print(f"{'ok    ' if holds else 'FAILED'} {what}")


def source(archive):
    with tarfile.open(archive) as files:
        (member,) = (name for name in files.getnames() if name.endswith(f"/{TEST}"))
        return files.extractfile(member).read()


def run(program):
    """What it prints, by the words in front of each colon."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(program, TEST, "exec"), {"__name__": "__main__"})
    lines = printed.getvalue().splitlines()
    for line in lines:
        print(f"       {line}")
    return dict(line.split(":", 1) for line in lines if ":" in line)


def value(text):
    """The bytes of a printed bytearray."""
    return eval(text, {"bytearray": bytearray})


program = source(sys.argv[1])
first, second = run(program), run(program)
for output in first, second:
    check("serial number", re.fullmatch("0123[0-9A-F]{12}EE", output["ATECC Serial"].strip()) is not None)
    check("digest", value(output["SHA Digest"]) == hashlib.sha256(TEXT).digest())
counts = [int.from_bytes(value(output["ATECC Counter #1 Value"]), "little") for output in (first, second)]
check("counter", counts[0] > 0 and counts[1] == counts[0] + 1)
numbers = [int(output["Random Value"]) for output in (first, second)]
check("random numbers", numbers == [NOT_LOCKED] * 2 or len(set(numbers)) == 2)
print(f"{len(passed)} passed, {len(failed)} failed")
sys.exit(bool(failed))
